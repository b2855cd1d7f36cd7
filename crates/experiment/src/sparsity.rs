//! A penalty that keeps most of the code near zero.

use serde::{Deserialize, Serialize};

use super::Piece::Number;
use super::piece::weighted;
use super::{Term, Written};

/// A penalty that keeps most of the code near zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Sparsity {
    /// No penalty.
    #[default]
    None,
    /// `λ · mean over the batch of Σⱼ |hⱼ|`
    L1 {
        /// λ
        weight: f32,
    },
    /// `β Σⱼ KL(ρ ‖ ρ̂ⱼ)`, ρ̂ⱼ the batch mean of unit j (Ng 2011, “Sparse autoencoder”, CS294A notes).
    Kl {
        /// ρ, the mean activation asked for.
        target: f32,
        /// β
        weight: f32,
    },
}

impl Sparsity {
    /// One of each kind at a strength that shows, in the order a menu shows them.
    pub const KINDS: [Self; 3] = [
        Self::None,
        Self::L1 { weight: 6.4e-4 },
        Self::Kl {
            target: 0.05,
            weight: 1e-3,
        },
    ];

    /// The name people use for it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::L1 { .. } => "L1",
            Self::Kl { .. } => "KL to a mean ρ",
        }
    }

    /// Whether it adds nothing to the objective.
    #[must_use]
    pub fn is_none(&self) -> bool {
        *self == Self::None
    }

    /// The penalty of this kind; none of none.
    pub(super) fn written(self) -> Option<(Term, Written)> {
        match self {
            Self::None => None,
            Self::L1 { weight } => {
                let written = Written {
                    name: "L1",
                    choice: "L1",
                    settings: vec![("λ", Number(weight))],
                    formula: weighted("+ ", weight, "Σ|*h*|", &[]),
                    ..Written::default()
                };
                Some((Term::L1, written))
            }
            Self::Kl { target, weight } => {
                let rho = Number(target);
                let written = Written {
                    name: "KL sparsity",
                    choice: "KL sparsity",
                    settings: vec![("ρ", rho), ("β", Number(weight))],
                    formula: weighted("+ ", weight, "Σ KL(# || mean *h*)", &[rho]),
                    letters: Some(
                        "mean h a unit's mean activation, in training over the batch, on test over all its images",
                    ),
                    ..Written::default()
                };
                Some((Term::KlSparsity, written))
            }
        }
    }
}
