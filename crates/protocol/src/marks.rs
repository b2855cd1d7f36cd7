//! The moments at which the experiment of a run changed, for the window, the run folder and its readers.

use serde::{Deserialize, Serialize};

use hourglass_experiment::field::{self, Field};
use hourglass_experiment::{Difference, Experiment, live_differences};

/// A moment at which the experiment of a run changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mark {
    /// The first step taken with the change.
    pub step: u64,
    /// Epochs of the run before that step.
    pub epoch: f64,
    /// The settings that changed.
    pub settings: Vec<ChangedSetting>,
}

/// A setting that changed, with both values as people read them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangedSetting {
    /// Where it stands in `experiment.toml`.
    pub setting: String,
    /// Its name for people.
    pub name: String,
    pub before: String,
    pub after: String,
}

impl From<&Difference> for ChangedSetting {
    fn from(difference: &Difference) -> Self {
        Self {
            setting: difference.field.path.to_owned(),
            name: difference.field.label.to_owned(),
            before: difference.before.clone(),
            after: difference.after.clone(),
        }
    }
}

impl Mark {
    /// What changed: "learning rate 0.001 → 0.01".
    #[must_use]
    pub fn change(&self) -> String {
        let change = |changed: &ChangedSetting| {
            format!("{} {} → {}", changed.name, changed.before, changed.after)
        };
        let changes: Vec<String> = self.settings.iter().map(change).collect();
        changes.join(", ")
    }

    /// The same with the moment: "from step 201 on: learning rate 0.001 → 0.01".
    #[must_use]
    pub fn sentence(&self) -> String {
        format!("from step {} on: {}", self.step, self.change())
    }
}

/// The newest moments at which the experiment of a run changed, oldest first.
#[derive(Clone, Debug, Default)]
pub struct Marks {
    marks: Vec<Mark>,
    /// The experiment before the newest of them.
    before_newest: Option<Experiment>,
}

impl From<Vec<Mark>> for Marks {
    fn from(mut marks: Vec<Mark>) -> Self {
        marks.drain(..marks.len().saturating_sub(Self::MAX));
        Self {
            marks,
            before_newest: None,
        }
    }
}

impl Marks {
    /// Most of them kept.
    pub const MAX: usize = 64;

    /// Changes within this many epochs of a mark belong to it.
    const SPAN: f64 = 0.05;

    #[must_use]
    pub fn all(&self) -> &[Mark] {
        &self.marks
    }

    /// Whether a setting was changed on the way, and not back at once.
    #[must_use]
    pub fn concern(&self, field: &Field) -> bool {
        let is_it = |changed: &ChangedSetting| {
            field::fields().any(|other| {
                other == field && changed.setting == other.path && changed.name == other.label
            })
        };
        let mut settings = self.marks.iter().flat_map(|mark| &mark.settings);
        settings.any(is_it)
    }

    /// Marks a change of experiment. Changes in quick succession, such as a slider being dragged, make one mark
    /// that names where they started and where they ended.
    pub fn push(&mut self, (step, epoch): (u64, f64), before: &Experiment, after: &Experiment) {
        let newest = self.marks.last();
        let continues = newest.is_some_and(|newest| epoch - newest.epoch < Self::SPAN);
        let before = match self.before_newest.take() {
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
        if self.marks.len() == Self::MAX {
            self.marks.remove(0);
        }
        self.marks.push(Mark {
            step,
            epoch,
            settings: changes.iter().map(ChangedSetting::from).collect(),
        });
        self.before_newest = Some(before);
    }

    /// Those of a run that went back to an earlier step: the settings stay as they are, from that step on.
    #[must_use]
    pub fn up_to(&self, step: u64, epoch: f64) -> Vec<Mark> {
        let mut marks = self.marks.clone();
        for mark in marks.iter_mut().filter(|mark| mark.step > step + 1) {
            (mark.step, mark.epoch) = (step + 1, epoch);
        }
        marks
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hourglass_experiment::field::ADVERSARIAL_WEIGHT;
    use hourglass_experiment::{Adversarial, LatentPrior, PresetId, Prior, Updates};

    fn with_rate(rate: f64) -> Experiment {
        let mut experiment = Experiment::default();
        experiment.optimizer.learning_rate = rate;
        experiment
    }

    fn with_weight(weight: f32) -> Prior {
        Prior::Adversarial(Adversarial {
            distribution: LatentPrior::Gaussian,
            updates: Updates::OneStep { weight },
            discriminator_learning_rate: 3e-4,
        })
    }

    #[test]
    fn dragging_a_slider_makes_one_mark_from_its_start_to_its_end() {
        let mut marks = Marks::default();
        for (epoch, from, to) in [
            (1.0, 0.001, 0.002),
            (1.01, 0.002, 0.003),
            (1.02, 0.003, 0.01),
        ] {
            marks.push((101, epoch), &with_rate(from), &with_rate(to));
        }
        let changes: Vec<String> = marks.all().iter().map(Mark::change).collect();
        assert_eq!(changes, ["learning rate 0.001 → 0.01"]);

        marks.push((201, 2.0), &with_rate(0.01), &with_rate(0.1));
        assert_eq!(marks.all().len(), 2);
        marks.push((202, 2.01), &with_rate(0.1), &with_rate(0.01)); // back again: nothing happened
        assert_eq!(marks.all().len(), 1);
    }

    #[test]
    fn marks_know_which_settings_changed() {
        let mut before = PresetId::Aae2.preset().experiment();
        before.objective.prior = with_weight(10.0);
        let mut after = before.clone();
        after.optimizer.learning_rate *= 2.0;
        let mut marks = Marks::default();
        marks.push((1, 1.0), &before, &after);
        assert!(!marks.concern(&ADVERSARIAL_WEIGHT));
        let before = after.clone();
        after.objective.prior = with_weight(20.0);
        marks.push((2, 2.0), &before, &after);
        assert!(marks.concern(&ADVERSARIAL_WEIGHT));
    }

    #[test]
    fn invariant_10_marks_stay_bounded() {
        let mut marks = Marks::default();
        let mut epoch = 0.0;
        for n in 0..500_u32 {
            epoch += 1.0;
            let rates = [n + 1, n + 2].map(|rate| with_rate(rate.into()));
            marks.push((n.into(), epoch), &rates[0], &rates[1]);
        }
        assert_eq!(marks.all().len(), Marks::MAX);
    }

    #[test]
    fn a_change_holds_from_the_step_a_run_went_back_to() {
        let mut marks = Marks::default();
        marks.push((101, 1.0), &with_rate(0.1), &with_rate(0.2));
        marks.push((301, 3.0), &with_rate(0.2), &with_rate(0.3));
        let kept = marks.up_to(250, 2.5);
        let steps: Vec<(u64, f64)> = kept.iter().map(|mark| (mark.step, mark.epoch)).collect();
        assert_eq!(steps, [(101, 1.0), (251, 2.5)]);
        assert_eq!(
            kept[1].sentence(),
            "from step 251 on: learning rate 0.2 → 0.3"
        );
    }
}
