//! Whether a recipe makes sense, and if not, why and what would.

use thiserror::Error;

use super::settings::{self, Setting};
use super::{
    Architecture, Corruption, Dense, Experiment, Optimizer, OutputActivation, Reconstruction,
    Sparsity,
};

/// Why a recipe cannot be trained.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum InvalidExperiment {
    /// A number outside its range, or not a number at all.
    #[error("{label} is {value}: choose a value from {allowed}")]
    OutOfRange {
        /// Name of the setting.
        label: &'static str,
        /// What was asked for.
        value: f64,
        /// The range, for people.
        allowed: String,
    },
    /// Cross-entropy of an output that is no probability.
    #[error(
        "binary cross-entropy reads the output as probabilities, and a linear output is none: choose the \
         sigmoid output, or the mean squared error"
    )]
    CrossEntropyOfLinearOutput,
}

impl Experiment {
    /// Checks every number against its range and every combination against reason.
    ///
    /// # Errors
    /// The first thing that is wrong, with what would be right.
    pub fn validate(&self) -> Result<(), InvalidExperiment> {
        match self.problems().into_iter().next() {
            Some(problem) => Err(problem),
            None => Ok(()),
        }
    }

    /// Everything that is wrong, for a window that marks all of it at once.
    #[must_use]
    pub fn problems(&self) -> Vec<InvalidExperiment> {
        let mut problems = Vec::new();
        let mut check = |setting: &Setting, value: f64| problems.extend(setting.check(value).err());

        let Architecture::Dense(Dense { hidden, code, .. }) = &self.architecture;
        check(&settings::N_HIDDEN, count(hidden.len()));
        for &units in hidden {
            check(&settings::HIDDEN_SIZE, count(units));
        }
        check(&settings::CODE_SIZE, count(*code));
        check_corruption(self.corruption, &mut check);
        if let Sparsity::L1 { weight } = self.objective.sparsity {
            check(&settings::L1_WEIGHT, shortest(weight));
        }
        let Optimizer::Adam(adam) = self.optimizer;
        check(&settings::LEARNING_RATE, adam.learning_rate);
        check(&settings::BATCH_SIZE, count(self.training.batch_size));
        check(&settings::EPOCHS, count(self.training.epochs));
        if let Some(n) = self.training.train_samples {
            check(&settings::TRAIN_SAMPLES, count(n));
        }

        if self.objective.reconstruction == Reconstruction::Bce
            && self.architecture.output_activation() == OutputActivation::Linear
        {
            problems.push(InvalidExperiment::CrossEntropyOfLinearOutput);
        }
        problems
    }
}

impl Setting {
    /// Whether a value lies in the range; infinite values and NaN never do.
    ///
    /// # Errors
    /// Names the setting, the value and the range.
    pub fn check(&self, value: f64) -> Result<(), InvalidExperiment> {
        if (self.min..=self.max).contains(&value) {
            Ok(())
        } else {
            Err(InvalidExperiment::OutOfRange {
                label: self.label,
                value,
                allowed: self.range_text(),
            })
        }
    }
}

fn check_corruption(corruption: Corruption, check: &mut impl FnMut(&Setting, f64)) {
    if let Some(setting) = settings::of_corruption(corruption) {
        check(setting, shortest(corruption.strength()));
    }
}

/// A count as a number to compare; counts beyond 2⁵³ are far outside every range anyway.
#[expect(
    clippy::cast_precision_loss,
    reason = "only compared with bounds far below 2^53"
)]
fn count(n: usize) -> f64 {
    n as f64
}

/// The double a person would write for this single: 0.3 rather than 0.30000001192.
fn shortest(value: f32) -> f64 {
    value.to_string().parse().unwrap_or(f64::from(value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::{OutputActivation, PresetId};

    fn vanilla() -> Experiment {
        PresetId::Vanilla64.preset().experiment()
    }

    fn message_of(change: impl FnOnce(&mut Experiment)) -> String {
        let mut experiment = vanilla();
        change(&mut experiment);
        experiment
            .validate()
            .expect_err("the change is invalid")
            .to_string()
    }

    fn dense(experiment: &mut Experiment) -> &mut Dense {
        let Architecture::Dense(dense) = &mut experiment.architecture;
        dense
    }

    #[test]
    fn every_preset_is_valid() {
        for id in PresetId::ALL {
            assert_eq!(id.preset().experiment().problems(), [], "{id}");
        }
    }

    #[test]
    fn a_code_of_size_zero_is_refused_with_its_range() {
        assert_eq!(
            message_of(|experiment| dense(experiment).code = 0),
            "code size is 0: choose a value from 1 to 2048"
        );
    }

    #[test]
    fn negative_noise_is_refused() {
        assert_eq!(
            message_of(|experiment| experiment.corruption = Corruption::Masking { fraction: -0.1 }),
            "noise fraction ν is -0.1: choose a value from 0 to 1"
        );
    }

    #[test]
    fn a_learning_rate_that_is_no_number_is_refused() {
        for bad in [f64::NAN, f64::INFINITY, 0.0, -1.0] {
            let message = message_of(|experiment| *experiment.optimizer.learning_rate_mut() = bad);
            assert!(message.starts_with("learning rate is "), "{message}");
        }
    }

    #[test]
    fn cross_entropy_of_a_linear_output_is_refused_with_the_way_out() {
        let message = message_of(|experiment| {
            dense(experiment).output_activation = OutputActivation::Linear;
            experiment.objective.reconstruction = Reconstruction::Bce;
        });
        assert!(message.contains("choose the sigmoid output"), "{message}");
    }

    #[test]
    fn all_problems_are_reported_at_once() {
        let mut experiment = vanilla();
        dense(&mut experiment).hidden = vec![0, 128];
        experiment.training.batch_size = 0;
        experiment.training.epochs = 0;
        assert_eq!(experiment.problems().len(), 3);
    }
}
