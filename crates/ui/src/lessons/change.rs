//! Settings that lessons change.

use hourglass_experiment::{Corruption, Experiment, Sparsity};

/// A setting that a lesson changes.
#[derive(Clone, Copy, Debug)]
pub enum Change {
    /// Units of the code.
    Code(usize),
    /// Hidden layers of a dense network.
    Hidden(&'static [usize]),
    /// Penalty on the code.
    Sparsity(Sparsity),
    /// What happens to the input.
    Corruption(Corruption),
    /// Strength of the corruption when measuring.
    TestNoise(f32),
    /// Epochs with all layers together.
    Epochs(usize),
}

impl Change {
    /// What it comes to, after "with": "a code of 8". How long to train goes without saying.
    #[must_use]
    pub fn phrase(self) -> Option<String> {
        match self {
            Self::Code(units) => Some(format!("a code of {units}")),
            Self::Hidden(_) => Some("hidden layers".to_owned()),
            Self::Sparsity(_) => Some("the larger penalty".to_owned()),
            Self::Corruption(_) => Some("masked images".to_owned()),
            Self::TestNoise(_) => Some("stronger noise at test".to_owned()),
            Self::Epochs(_) => None,
        }
    }

    pub fn apply(self, experiment: &mut Experiment) {
        match self {
            Self::Code(units) => {
                if let Some(dense) = experiment.architecture.as_dense_mut() {
                    dense.code = units;
                }
            }
            Self::Hidden(sizes) => {
                if let Some(dense) = experiment.architecture.as_dense_mut() {
                    dense.hidden = sizes.to_vec();
                }
            }
            Self::Sparsity(sparsity) => experiment.objective.sparsity = sparsity,
            Self::Corruption(corruption) => experiment.corruption = corruption,
            Self::TestNoise(strength) => experiment.test_noise = Some(strength),
            Self::Epochs(epochs) => experiment.training.epochs = epochs,
        }
    }
}
