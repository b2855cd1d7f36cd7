//! The nonlinearities of hidden layers, code and output.

use serde::{Deserialize, Serialize};

/// Activation of a hidden layer, of the code or of the reconstruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Activation {
    /// `a(z) = z`
    Linear,
    /// `a(z) = 1 / (1 + e⁻ᶻ)`, between 0 and 1.
    Sigmoid,
    /// `a(z) = tanh z`, between −1 and 1.
    Tanh,
    /// `a(z) = max(0, z)`
    Relu,
    /// `a(z) = max(0.01 z, z)`
    LeakyRelu,
    /// `a(z) = z` for positive z, `eᶻ − 1` otherwise.
    Elu,
    /// `a(z) = z Φ(z)`, Φ the normal distribution function.
    Gelu,
}

impl Activation {
    /// All activations, in the order a menu shows them.
    pub const ALL: [Self; 7] = [
        Self::Linear,
        Self::Sigmoid,
        Self::Tanh,
        Self::Relu,
        Self::LeakyRelu,
        Self::Elu,
        Self::Gelu,
    ];

    /// The name people use for it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Linear => "linear",
            Self::Sigmoid => "sigmoid",
            Self::Tanh => "tanh",
            Self::Relu => "ReLU",
            Self::LeakyRelu => "leaky ReLU",
            Self::Elu => "ELU",
            Self::Gelu => "GELU",
        }
    }
}
