//! The curves of one run.

use std::collections::BTreeMap;

use crate::experiment::{Experiment, Term};
use crate::protocol::{Evaluation, StepBatch};

use super::Series;

/// The curves of one run and the moments at which its recipe changed.
#[derive(Clone, Debug, Default)]
pub struct History {
    train: BTreeMap<Term, Series>,
    test: BTreeMap<Term, Series>,
    marks: Vec<Mark>,
}

/// A moment at which the recipe of a run changed.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    /// When, in epochs.
    pub epoch: f64,
    /// What changed: "learning rate 0.001 → 0.01".
    pub change: String,
}

impl History {
    /// Most marks kept; dragging a slider makes many.
    pub const MAX_MARKS: usize = 64;

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

    /// Every term with a curve, the objective first.
    pub fn terms(&self) -> impl Iterator<Item = Term> + '_ {
        self.train.keys().copied()
    }

    /// Moments at which the recipe changed, oldest first.
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

    /// Marks a change of recipe. Changes at the same moment or of the same setting in quick succession
    /// (a slider being dragged) make one mark.
    pub(super) fn push_mark(&mut self, epoch: f64, before: &Experiment, after: &Experiment) {
        let change = describe_change(before, after);
        if change.is_empty() {
            return;
        }
        if self.marks.len() == Self::MAX_MARKS {
            self.marks.remove(0);
        }
        self.marks.push(Mark { epoch, change });
    }
}

/// Names every live setting that differs, with both values.
fn describe_change(before: &Experiment, after: &Experiment) -> String {
    let mut changes = Vec::new();
    let (old, new) = (
        before.optimizer.learning_rate(),
        after.optimizer.learning_rate(),
    );
    if old.to_bits() != new.to_bits() {
        changes.push(format!("learning rate {old} → {new}"));
    }
    if before.corruption != after.corruption {
        let text = |c: crate::experiment::Corruption| {
            if c.is_none() {
                "none".to_owned()
            } else {
                format!("{} {}", c.label(), c.strength())
            }
        };
        changes.push(format!(
            "corruption {} → {}",
            text(before.corruption),
            text(after.corruption)
        ));
    }
    if before.objective.reconstruction != after.objective.reconstruction {
        changes.push(format!(
            "{} → {}",
            before.objective.reconstruction.short_label(),
            after.objective.reconstruction.short_label()
        ));
    }
    if before.objective.sparsity != after.objective.sparsity {
        use crate::experiment::Sparsity;
        let weight = |sparsity| match sparsity {
            Sparsity::None => 0.0,
            Sparsity::L1 { weight } => weight,
        };
        changes.push(format!(
            "L1 weight {} → {}",
            weight(before.objective.sparsity),
            weight(after.objective.sparsity)
        ));
    }
    if before.training.batch_size != after.training.batch_size {
        changes.push(format!(
            "batch size {} → {}",
            before.training.batch_size, after.training.batch_size
        ));
    }
    changes.join(", ")
}
