//! The curves of one run.

use std::collections::BTreeMap;

use hourglass_experiment::field::Field;
use hourglass_experiment::{Difference, Experiment, Term, live_differences};
use hourglass_protocol::{Evaluation, HistoryRow, Measured, StepBatch};

use super::Series;

/// The curves of one run and the moments at which its experiment changed.
#[derive(Clone, Debug, Default)]
pub struct History {
    train: BTreeMap<Term, Series>,
    test: BTreeMap<Term, Series>,
    marks: Vec<Mark>,
    /// The experiment before the newest mark.
    before_mark: Option<Experiment>,
}

/// A moment at which the experiment of a run changed.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    /// When, in epochs.
    pub epoch: f64,
    /// What changed: "learning rate 0.001 → 0.01".
    pub change: String,
    /// The settings that changed.
    pub fields: Vec<&'static Field>,
}

impl History {
    /// Most marks kept.
    pub const MAX_MARKS: usize = 64;

    /// Changes within this many epochs of a mark belong to it.
    const MARK_SPAN: f64 = 0.05;

    /// A term's training curve, one value a step.
    #[must_use]
    pub fn train(&self, term: Term) -> Option<&Series> {
        self.train.get(&term)
    }

    /// A term's test curve, several values an epoch.
    #[must_use]
    pub fn test(&self, term: Term) -> Option<&Series> {
        self.test.get(&term)
    }

    /// Every term with a training curve, the objective first.
    pub fn terms(&self) -> impl Iterator<Item = Term> + '_ {
        self.train.keys().copied()
    }

    /// Every term with a test curve, the objective first. While a part of the plan trains something else, the
    /// objective is measured all the same.
    pub fn test_terms(&self) -> impl Iterator<Item = Term> + '_ {
        self.test.keys().copied()
    }

    /// Moments at which the experiment changed, oldest first.
    #[must_use]
    pub fn marks(&self) -> &[Mark] {
        &self.marks
    }

    /// Whether there is no curve yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.train.is_empty() && self.test.is_empty()
    }

    pub(super) fn push_steps(&mut self, steps: &StepBatch) {
        for (term, values) in &steps.terms {
            let series = self.train.entry(*term).or_default();
            for (&epoch, &value) in steps.epochs.iter().zip(values) {
                series.push(epoch, f64::from(value));
            }
        }
    }

    pub(super) fn push_evaluation(&mut self, evaluation: &Evaluation) {
        for &(term, value) in &evaluation.terms {
            self.test
                .entry(term)
                .or_default()
                .push(evaluation.epoch, value);
        }
    }

    /// Adds what a run had recorded before it was opened.
    pub(super) fn push_rows(&mut self, rows: &[HistoryRow]) {
        for row in rows {
            let curves = match row.measured {
                Measured::Step => &mut self.train,
                Measured::Test(_) => &mut self.test,
            };
            for &(term, value) in &row.values {
                curves.entry(term).or_default().push(row.epoch, value);
            }
        }
    }

    /// Whether a setting was changed on the way, and not back at once.
    #[must_use]
    pub fn has_changed(&self, field: &Field) -> bool {
        self.marks.iter().any(|mark| mark.fields.contains(&field))
    }

    /// Marks a change of experiment. Changes in quick succession, such as a slider being dragged, make one mark
    /// that names where they started and where they ended.
    pub(super) fn push_mark(&mut self, epoch: f64, before: &Experiment, after: &Experiment) {
        let continues = self
            .marks
            .last()
            .is_some_and(|last| epoch - last.epoch < Self::MARK_SPAN);
        let before = match self.before_mark.take() {
            Some(earlier) if continues => {
                self.marks.pop();
                earlier
            }
            _ => before.clone(),
        };
        let changes = live_differences(&before, after);
        if changes.is_empty() {
            return; // changed and changed back
        }
        if self.marks.len() == Self::MAX_MARKS {
            self.marks.remove(0);
        }
        self.marks.push(Mark {
            epoch,
            change: described(&changes),
            fields: changes.iter().map(|change| change.field).collect(),
        });
        self.before_mark = Some(before);
    }
}

/// Names every setting that changed, with both values.
fn described(changes: &[Difference]) -> String {
    changes
        .iter()
        .map(|change| {
            format!(
                "{} {} → {}",
                change.field.label, change.before, change.after
            )
        })
        .collect::<Vec<_>>()
        .join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use hourglass_experiment::field::ADVERSARIAL_WEIGHT;
    use hourglass_experiment::{PresetId, Prior};

    fn with_rate(rate: f64) -> Experiment {
        let mut experiment = Experiment::default();
        experiment.optimizer.learning_rate = rate;
        experiment
    }

    #[test]
    fn dragging_a_slider_makes_one_mark_from_its_start_to_its_end() {
        let mut history = History::default();
        for (epoch, from, to) in [
            (1.0, 0.001, 0.002),
            (1.01, 0.002, 0.003),
            (1.02, 0.003, 0.01),
        ] {
            history.push_mark(epoch, &with_rate(from), &with_rate(to));
        }
        let changes: Vec<&str> = history
            .marks()
            .iter()
            .map(|mark| mark.change.as_str())
            .collect();
        assert_eq!(changes, ["learning rate 0.001 → 0.01"]);

        history.push_mark(2.0, &with_rate(0.01), &with_rate(0.1));
        assert_eq!(history.marks().len(), 2);
        history.push_mark(2.01, &with_rate(0.1), &with_rate(0.01)); // back again: nothing happened
        assert_eq!(history.marks().len(), 1);
    }

    #[test]
    fn a_mark_knows_which_settings_changed() {
        let before = PresetId::Aae2.preset().experiment();
        let mut after = before.clone();
        after.optimizer.learning_rate *= 2.0;
        let mut history = History::default();
        history.push_mark(1.0, &before, &after);
        assert!(!history.has_changed(&ADVERSARIAL_WEIGHT));
        let before = after.clone();
        let Prior::Adversarial(prior) = &mut after.objective.prior else {
            panic!("adversarial");
        };
        prior.weight *= 2.0;
        history.push_mark(2.0, &before, &after);
        assert!(history.has_changed(&ADVERSARIAL_WEIGHT));
    }

    #[test]
    fn invariant_10_marks_stay_bounded() {
        let mut history = History::default();
        let mut epoch = 0.0;
        for n in 0..500_u32 {
            epoch += 1.0;
            history.push_mark(
                epoch,
                &with_rate(f64::from(n) + 1.0),
                &with_rate(f64::from(n) + 2.0),
            );
        }
        assert_eq!(history.marks().len(), History::MAX_MARKS);
    }
}
