//! Δ, how far a reconstruction is from its target.

use serde::{Deserialize, Serialize};

use super::Piece::{self, Exponent, Letter, Number, Sign};
use super::{Prior, Written};

/// Δ, how far a reconstruction is from its target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reconstruction {
    /// Mean squared error, `(x̂ − x)²`.
    Mse,
    /// Binary cross-entropy in nats, `−x ln x̂ − (1 − x) ln(1 − x̂)`, computed from logits.
    Bce,
    /// Mean absolute error, `|x̂ − x|`.
    Mae,
}

impl Reconstruction {
    /// All reconstruction errors, in the order a menu shows them.
    pub const ALL: [Self; 3] = [Self::Mse, Self::Bce, Self::Mae];

    /// The name people use for it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Mse => "mean squared error",
            Self::Bce => "binary cross-entropy",
            Self::Mae => "mean absolute error",
        }
    }

    /// The short name for axes and tables.
    #[must_use]
    pub fn short_label(self) -> &'static str {
        match self {
            Self::Mse => "MSE",
            Self::Bce => "BCE",
            Self::Mae => "MAE",
        }
    }

    /// Δ of an objective with a prior, or without one.
    pub(super) fn written(self, prior: &Prior) -> Written {
        Written {
            name: self.short_label(),
            choice: self.short_label(),
            formula: self.formula(prior),
            ..Written::default()
        }
    }

    /// A mean over pixels, or with a prior a sum; of a Gaussian likelihood without its normaliser ln σ√2π, which does
    /// not depend on the weights.
    fn formula(self, prior: &Prior) -> Vec<Piece> {
        let is_sum = !prior.is_none();
        let mean = |numerator| vec![Sign(numerator), Sign("/"), Letter("n"), Sign(" ")];
        let (factor, error): (_, &[Piece]) = match self {
            Self::Mse => (
                match prior.variational() {
                    Some(prior) => vec![
                        Sign("1/(2·"),
                        Number(prior.likelihood_sigma),
                        Exponent("2"),
                        Sign(") "),
                    ],
                    None if is_sum => Vec::new(),
                    None => mean("1"),
                },
                &[
                    Sign("Σ("),
                    Letter("x̂"),
                    Sign(" − "),
                    Letter("x"),
                    Sign(")"),
                    Exponent("2"),
                ],
            ),
            Self::Mae => (
                if is_sum { Vec::new() } else { mean("1") },
                &[Sign("Σ|"), Letter("x̂"), Sign(" − "), Letter("x"), Sign("|")],
            ),
            Self::Bce => (
                if is_sum {
                    vec![Sign("−")]
                } else {
                    mean("−1")
                },
                &[
                    Sign("Σ["),
                    Letter("x"),
                    Sign(" ln "),
                    Letter("x̂"),
                    Sign(" + (1−"),
                    Letter("x"),
                    Sign(") ln(1−"),
                    Letter("x̂"),
                    Sign(")]"),
                ],
            ),
        };
        [factor.as_slice(), error].concat()
    }
}
