//! What is trained when: greedy layer-wise pre-training, joint training, supervised fine-tuning.
//!
//! The stage of a step follows from its epoch alone, so a checkpoint needs no place in the plan.

use serde::{Deserialize, Serialize};

use super::zero::is_zero;

/// The parts of training beside the joint one, whose length is in [`Training`](super::Training).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Greedy layer-wise denoising pre-training (Vincent et al. 2010): one entry for each layer of the
    /// encoder, the one next to the pixels first. Empty: none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pretraining: Vec<LayerPretraining>,
    /// Supervised training of the encoder with a softmax layer on the code, after everything else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fine_tuning: Option<FineTuning>,
}

/// How one layer is trained by itself, to reconstruct its own input from a masked one.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LayerPretraining {
    /// Passes over the training images.
    pub epochs: usize,
    /// ν, share of the layer's inputs that are set to 0.
    pub corruption: f32,
}

/// How encoder and softmax layer are trained to name the class.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FineTuning {
    /// Passes over the training images.
    pub epochs: usize,
    /// α, the length of a step.
    pub learning_rate: f64,
    /// ν, share of the pixels that are set to 0.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub corruption: f32,
}

/// A part of training.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Stage {
    /// One layer of the encoder with its mirror in the decoder.
    Pretraining {
        /// Which layer, from 0.
        layer: usize,
        /// Layers that are trained so.
        of: usize,
    },
    /// Encoder and decoder together.
    #[default]
    Joint,
    /// Encoder and a softmax layer, beside the same network from random weights.
    FineTuning,
}

impl Stage {
    /// Where in the plan, for people: "layer 2 of 3", "all layers", "fine-tuning".
    #[must_use]
    pub fn label(self) -> String {
        match self {
            Self::Pretraining { layer, of } => format!("layer {} of {of}", layer + 1),
            Self::Joint => "all layers".to_owned(),
            Self::FineTuning => "fine-tuning".to_owned(),
        }
    }
}

impl Plan {
    /// Whether there is nothing but joint training.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        *self == Self::default()
    }
}
