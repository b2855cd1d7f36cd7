//! How the weights follow the gradient.

use serde::{Deserialize, Serialize};

/// The rule that turns gradients into new weights.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Optimizer {
    /// Adaptive moments (Kingma & Ba 2014, algorithm 1).
    Adam(Adam),
}

/// Adam with β₁ = 0.9, β₂ = 0.999 and ε = 1e-7, Keras' defaults, against which the presets were measured.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Adam {
    /// α, the length of a step.
    pub learning_rate: f64,
}

impl Adam {
    /// Decay of the first moment.
    pub const BETA_1: f32 = 0.9;
    /// Decay of the second moment.
    pub const BETA_2: f32 = 0.999;
    /// ε, added to the root of the second moment. Burn's own default is 1e-5.
    pub const EPSILON: f32 = 1e-7;
}

impl Optimizer {
    /// α, the length of a step.
    #[must_use]
    pub fn learning_rate(&self) -> f64 {
        match self {
            Self::Adam(adam) => adam.learning_rate,
        }
    }

    /// α, to be changed in place.
    pub fn learning_rate_mut(&mut self) -> &mut f64 {
        match self {
            Self::Adam(adam) => &mut adam.learning_rate,
        }
    }

    /// The name people use for it.
    #[must_use]
    pub fn label(&self) -> &'static str {
        match self {
            Self::Adam(_) => "Adam",
        }
    }
}
