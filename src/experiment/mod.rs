//! The recipe of a run as plain, validated data.
//!
//! An autoencoder is one point in a space of independent choices: an architecture, a corruption, an
//! objective, an optimizer, a training length. A preset is a named point. This module knows nothing of
//! tensors, windows or files: it depends on `std`, `serde` and `thiserror` alone, so that both threads,
//! the command line and the files speak of the same recipe.

mod activation;
mod architecture;
mod corruption;
mod objective;
mod optimizer;
pub mod preset;
pub mod settings;
mod streams;
mod training;
mod validate;

use serde::{Deserialize, Serialize};

pub use activation::{Activation, OutputActivation};
pub use architecture::{Architecture, Dense, LayerName};
pub use corruption::Corruption;
pub use objective::{Objective, Reconstruction, Sparsity, Term};
pub use optimizer::{Adam, Optimizer};
pub use preset::{Preset, PresetId};
pub use streams::{Stream, stream_seed};
pub use training::Training;
pub use validate::InvalidExperiment;

/// Height and width of an image, in pixels.
pub const IMAGE_SIDE: usize = 28;

/// Pixels of an image: the `n` inputs and outputs of every autoencoder here.
pub const N_PIXELS: usize = IMAGE_SIDE * IMAGE_SIDE;

/// Digit classes in every data set the program knows.
pub const N_CLASSES: usize = 10;

/// Everything needed to repeat a run on the same data.
///
/// The order of the fields is the order of `experiment.toml`: plain values first, then the tables.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Experiment {
    /// The preset this recipe started from, if it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preset: Option<PresetId>,
    /// Every random choice of the run derives from this number through its own [`Stream`].
    pub seed: u64,
    /// Layers and activations.
    pub architecture: Architecture,
    /// What happens to an image before the encoder sees it.
    pub corruption: Corruption,
    /// What training minimises.
    pub objective: Objective,
    /// How the weights follow the gradient.
    pub optimizer: Optimizer,
    /// How long and in which portions.
    pub training: Training,
}

impl Default for Experiment {
    /// The recipe the window starts with: `vanilla-64`.
    fn default() -> Self {
        PresetId::default().preset().experiment()
    }
}

impl Experiment {
    /// Whether a run of `self` can take on `other` at its next step, keeping its weights.
    ///
    /// The architecture fixes the weights' shapes, the seed their first values, and the number of
    /// training images the meaning of an epoch; everything else may change while the run goes on.
    #[must_use]
    pub fn keeps_model_of(&self, other: &Self) -> bool {
        self.architecture == other.architecture
            && self.seed == other.seed
            && self.training.train_samples == other.training.train_samples
    }

    /// Whether the recipe is still exactly the preset it names, whatever its seed.
    #[must_use]
    pub fn is_pristine(&self) -> bool {
        self.preset.is_some_and(|id| {
            let mut original = id.preset().experiment();
            original.seed = self.seed;
            original == *self
        })
    }
}
