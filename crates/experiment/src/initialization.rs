//! What the weights are before the first step.

use serde::{Deserialize, Serialize};

use super::zero::is_one;

/// How the first weights of encoder and decoder are drawn. Biases start at 0 unless the rule says otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Initialization {
    /// The rule.
    #[serde(skip_serializing_if = "InitializationKind::is_default")]
    pub kind: InitializationKind,
    /// What the weights are multiplied by when they have been drawn.
    #[serde(skip_serializing_if = "is_one")]
    pub scale: f32,
}

/// A rule for first weights.
///
/// *in* and *out* are the weights that meet at a unit and those that leave an input; of a convolution, the kernel's
/// area times its channels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InitializationKind {
    /// `U(−a, a)` with `a = √(6 / (in + out))` (Glorot & Bengio 2010, equation 16).
    #[default]
    GlorotUniform,
    /// `N(0, 2 / (in + out))`: the same variance (Glorot & Bengio 2010, equation 12).
    GlorotNormal,
    /// `U(−a, a)` with `a = √(6 / in)`: the same variance as [`Self::HeNormal`].
    HeUniform,
    /// `N(0, 2 / in)`, which keeps the spread of values through `ReLU` layers (He et al. 2015, equation 10).
    HeNormal,
    /// A random matrix with orthonormal rows or columns, whichever are fewer (Saxe, `McClelland` & Ganguli 2014,
    /// section 3).
    Orthogonal,
    /// Each unit gets [`Initialization::INCOMING`] weights from `N(0, 1)`, and the others are 0 (Martens 2010,
    /// section 5; Sutskever et al. 2013, section 3.1). Hidden and code
    /// units with tanh get biases of 0.5 and weights a quarter as large, so that they act as logistic ones would.
    Sparse,
}

impl Default for Initialization {
    fn default() -> Self {
        Self {
            kind: InitializationKind::default(),
            scale: 1.0,
        }
    }
}

impl Initialization {
    /// Weights other than 0 that meet at a unit which is started sparsely, if it has as many inputs.
    pub const INCOMING: usize = 15;
    /// What sparse weights of tanh units are multiplied by: `σ(2a) = (tanh a + 1) / 2`, at both ends of a weight.
    pub const SPARSE_TANH_SCALE: f32 = 0.25;
    /// First biases of tanh units that are started sparsely.
    pub const SPARSE_TANH_BIAS: f32 = 0.5;

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
    pub(super) fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

impl InitializationKind {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
    fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// All rules, in the order a menu shows them.
    pub const ALL: [Self; 6] = [
        Self::GlorotUniform,
        Self::GlorotNormal,
        Self::HeUniform,
        Self::HeNormal,
        Self::Orthogonal,
        Self::Sparse,
    ];

    /// The name people use for it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::GlorotUniform => "Glorot uniform",
            Self::GlorotNormal => "Glorot normal",
            Self::HeUniform => "He uniform",
            Self::HeNormal => "He normal",
            Self::Orthogonal => "orthogonal",
            Self::Sparse => "sparse",
        }
    }
}
