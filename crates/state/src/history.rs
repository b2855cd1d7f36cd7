//! The curves of one run.

use std::collections::BTreeMap;

use hourglass_experiment::field::Field;
use hourglass_experiment::{Experiment, Term};
use hourglass_protocol::{Evaluation, HistoryRow, Mark, Marks, Measured, StepBatch};

use super::Series;

/// The curves of one run and the moments at which its experiment changed.
#[derive(Clone, Debug, Default)]
pub struct History {
    train: BTreeMap<Term, Series>,
    test: BTreeMap<Term, Series>,
    marks: Marks,
}

impl History {
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
        self.marks.all()
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
        self.marks.concern(field)
    }

    /// Marks a change of experiment: the first step taken with it, and the epochs before that step.
    pub(super) fn push_mark(&mut self, at: (u64, f64), before: &Experiment, after: &Experiment) {
        self.marks.push(at, before, after);
    }

    /// Takes over the marks that a run had before it was opened.
    pub(super) fn put_marks(&mut self, marks: Vec<Mark>) {
        self.marks = marks.into();
    }
}
