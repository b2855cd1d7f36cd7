//! The curves of a run as CSV: one row for each recorded step, one column for each term.

use std::fmt::Write;

use crate::experiment::{Experiment, Term};
use crate::protocol::{Evaluation, EvaluationScope, StepBatch};

/// Rows of `metrics.csv`, in the order they happened.
#[derive(Clone, Debug)]
pub struct MetricsTable {
    terms: Vec<Term>,
    text: String,
}

impl MetricsTable {
    /// An empty table with a column for each term of the experiment, its unit in the header.
    #[must_use]
    pub fn new(experiment: &Experiment) -> Self {
        let objective = &experiment.objective;
        let terms = experiment.terms();
        let mut text = "step,epoch,split".to_owned();
        for &term in &terms {
            let unit = objective.unit(term);
            write!(text, ",{} ({unit})", term.key()).expect("a string takes everything");
        }
        text.push_str(",elapsed (s)\n");
        Self { terms, text }
    }

    /// Adds a row for each step of a batch; `elapsed_secs` is the time since the start of training.
    pub fn push_steps(&mut self, steps: &StepBatch, elapsed_secs: f64) {
        for (idx, (step, &epoch)) in (steps.first_step..).zip(&steps.epochs).enumerate() {
            let value = |term: Term| {
                let column = steps.terms.iter().find(|(candidate, _)| *candidate == term);
                column.and_then(|(_, values)| values.get(idx).copied())
            };
            let values: Vec<String> = self
                .terms
                .iter()
                .map(|&term| value(term).map_or_else(String::new, |value| value.to_string()))
                .collect();
            self.push_row(step, epoch, "train", &values, elapsed_secs);
        }
    }

    /// Adds a row for an evaluation.
    pub fn push_evaluation(&mut self, evaluation: &Evaluation, elapsed_secs: f64) {
        let split = match evaluation.scope {
            EvaluationScope::Full => "test",
            EvaluationScope::Running => "test-sample",
        };
        let values: Vec<String> = self
            .terms
            .iter()
            .map(|&term| {
                evaluation
                    .term(term)
                    .map_or_else(String::new, |value| value.to_string())
            })
            .collect();
        self.push_row(
            evaluation.step,
            evaluation.epoch,
            split,
            &values,
            elapsed_secs,
        );
    }

    /// The whole table as text.
    #[must_use]
    pub fn as_csv(&self) -> &str {
        &self.text
    }

    fn push_row(&mut self, step: u64, epoch: f64, split: &str, values: &[String], secs: f64) {
        let values = values.join(",");
        writeln!(self.text, "{step},{epoch},{split},{values},{secs:.3}")
            .expect("a string takes everything");
    }
}
