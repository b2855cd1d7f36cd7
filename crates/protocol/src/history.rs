//! What a run recorded, row by row, as `metrics.csv` keeps it.

use std::sync::Arc;

use hourglass_experiment::{Experiment, Term};

use super::{Evaluation, EvaluationScope, GradientRow, Mark, kept_to};

/// What was measured in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measured {
    /// One step, on its own batch.
    Step,
    /// The model, on test images.
    Test(EvaluationScope),
}

/// One recorded step or evaluation.
#[derive(Clone, Debug, PartialEq)]
pub struct HistoryRow {
    /// The step, or the steps taken before the evaluation.
    pub step: u64,
    /// The same in epochs.
    pub epoch: f64,
    pub measured: Measured,
    /// Each term's value, the objective first.
    pub values: Vec<(Term, f64)>,
    /// Time since the start of training, in seconds.
    pub elapsed_secs: f64,
}

/// What a run that was opened had recorded before.
#[derive(Clone, Debug, PartialEq)]
pub struct RunHistory {
    /// Its steps and evaluations, in the order they happened.
    pub rows: Arc<[HistoryRow]>,
    /// How gradients reached its layers, in the order measured; empty where that was not recorded.
    pub gradients: Arc<[GradientRow]>,
    /// The model as it was found again, on the whole test split.
    pub evaluation: Evaluation,
    /// Time spent in training steps, in seconds.
    pub training_secs: f64,
    /// Training images a second while those steps were taken; 0 where none were.
    pub images_per_sec: f64,
    /// Whether the run continues where it was left; otherwise only its weights are used.
    pub goes_on: bool,
    /// The moments at which its experiment changed, oldest first.
    pub marks: Vec<Mark>,
    /// What a person changed in its experiment's file since it was saved, which holds from here on; `None` if nothing.
    pub edited: Option<String>,
    /// What could not be loaded, and what follows from it; `None` if everything was.
    pub lost: Option<String>,
}

impl RunHistory {
    /// Whether the run went the way of its experiment, as far as it is recorded.
    #[must_use]
    pub fn kept_to(&self, experiment: &Experiment) -> bool {
        let epoch = self.evaluation.epoch;
        kept_to(experiment, epoch, &self.marks, !self.goes_on)
    }
}
