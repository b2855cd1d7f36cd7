//! Δ, how far a reconstruction is from its target.

use serde::{Deserialize, Serialize};

use super::piece::pieces;
use super::{Emphasis, Piece, Prior, Written};

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

    /// Δ of an objective with a prior that is added to it, or without one.
    pub(super) fn written(self, emphasis: Emphasis, prior: &Prior) -> Written {
        let weights = emphasis.weights();
        let [formula, note] = match weights.map(|weights| weights.map(Piece::Number)) {
            None => [self.formula(prior), Vec::new()],
            Some(weights) => [
                self.weighted_formula(prior),
                pieces("*w* = # if corrupted, # if clean", &weights),
            ],
        };
        Written {
            name: self.short_label(),
            choice: self.short_label(),
            formula,
            note,
            letters: weights.map(|_| "w a pixel's weight"),
            ..Written::default()
        }
    }

    /// The same where the error of each pixel has a weight.
    fn weighted_formula(self, prior: &Prior) -> Vec<Piece> {
        let text = match (self, prior.is_added()) {
            (Self::Mse, false) => "1/*n* Σ *w*(*x̂* − *x*)²",
            (Self::Mse, true) => "Σ *w*(*x̂* − *x*)²",
            (Self::Mae, false) => "1/*n* Σ *w*|*x̂* − *x*|",
            (Self::Mae, true) => "Σ *w*|*x̂* − *x*|",
            (Self::Bce, false) => "−1/*n* Σ *w*[*x* ln *x̂* + (1−*x*) ln(1−*x̂*)]",
            (Self::Bce, true) => "−Σ *w*[*x* ln *x̂* + (1−*x*) ln(1−*x̂*)]",
        };
        pieces(text, &[])
    }

    /// A mean over pixels, or with a prior that is added a sum; of a Gaussian likelihood without its normaliser
    /// ln σ√2π, which does
    /// not depend on the weights.
    fn formula(self, prior: &Prior) -> Vec<Piece> {
        let sigma = prior.variational().map(|prior| prior.likelihood_sigma);
        let text = match (self, prior.is_added()) {
            (Self::Mse, false) => "1/*n* Σ(*x̂* − *x*)²",
            (Self::Mse, true) if sigma.is_some() => "1/(2·#²) Σ(*x̂* − *x*)²",
            (Self::Mse, true) => "Σ(*x̂* − *x*)²",
            (Self::Mae, false) => "1/*n* Σ|*x̂* − *x*|",
            (Self::Mae, true) => "Σ|*x̂* − *x*|",
            (Self::Bce, false) => "−1/*n* Σ[*x* ln *x̂* + (1−*x*) ln(1−*x̂*)]",
            (Self::Bce, true) => "−Σ[*x* ln *x̂* + (1−*x*) ln(1−*x̂*)]",
        };
        pieces(text, sigma.map(Piece::Number).as_slice())
    }
}
