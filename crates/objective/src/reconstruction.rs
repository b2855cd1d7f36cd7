//! Δ, how far a reconstruction is from its target: means over pixels and batch.

use burn::tensor::Tensor;
use burn::tensor::activation::log_sigmoid;

use hourglass_experiment::{Activation, Reconstruction};
use hourglass_model::activate;

use super::mean_error::{self, PixelError};

/// The error of each pixel, of which Δ is the mean, from what comes before the output's activation.
///
/// # Shapes
/// `[batch, n], [batch, n] → [batch, n]`, target between 0 and 1
#[must_use]
pub fn errors(
    error: Reconstruction,
    logits: Tensor<2>,
    activation: Activation,
    target: Tensor<2>,
) -> Tensor<2> {
    match error {
        Reconstruction::Mse => squared_errors(activate(activation, logits), target),
        Reconstruction::Bce => cross_entropies(logits, target),
        Reconstruction::Mae => absolute_errors(activate(activation, logits), target),
    }
}

/// Mean squared error, `1/(batch·n) Σ (x̂ − x)²`.
///
/// # Shapes
/// `[batch, n], [batch, n] → [1]`
#[must_use]
pub fn mse(reconstruction: Tensor<2>, target: Tensor<2>) -> Tensor<1> {
    if mean_error::computes(&reconstruction) {
        mean_error::mean(PixelError::Squared, reconstruction, target)
    } else {
        squared_errors(reconstruction, target).mean()
    }
}

/// The squared error of each pixel, `(x̂ − x)²`.
///
/// # Shapes
/// `[batch, n], [batch, n] → [batch, n]`
#[must_use]
pub fn squared_errors(reconstruction: Tensor<2>, target: Tensor<2>) -> Tensor<2> {
    (reconstruction - target).square()
}

/// Mean absolute error, `1/(batch·n) Σ |x̂ − x|`.
///
/// # Shapes
/// `[batch, n], [batch, n] → [1]`
#[must_use]
pub fn mae(reconstruction: Tensor<2>, target: Tensor<2>) -> Tensor<1> {
    absolute_errors(reconstruction, target).mean()
}

/// The absolute error of each pixel, `|x̂ − x|`.
///
/// # Shapes
/// `[batch, n], [batch, n] → [batch, n]`
fn absolute_errors(reconstruction: Tensor<2>, target: Tensor<2>) -> Tensor<2> {
    (reconstruction - target).abs()
}

/// Binary cross-entropy in nats, `1/(batch·n) Σ −x ln σ(z) − (1 − x) ln(1 − σ(z))`, for targets anywhere in
/// 0..1. Its smallest value is the entropy of the target's grey pixels, not zero.
///
/// # Shapes
/// `[batch, n], [batch, n] → [1]`
#[must_use]
pub fn bce_from_logits(logits: Tensor<2>, target: Tensor<2>) -> Tensor<1> {
    if mean_error::computes(&logits) {
        mean_error::mean(PixelError::CrossEntropy, logits, target)
    } else {
        cross_entropies(logits, target).mean()
    }
}

/// The cross-entropy of each pixel.
///
/// Because `1 − σ(z) = σ(−z)` and `ln σ(−z) = ln σ(z) − z`, it equals `(1 − x) z − ln σ(z)`, which neither
/// overflows nor takes the logarithm of zero, however sure the network is.
///
/// # Shapes
/// `[batch, n], [batch, n] → [batch, n]`
#[must_use]
pub fn cross_entropies(logits: Tensor<2>, target: Tensor<2>) -> Tensor<2> {
    let not_target = target.neg().add_scalar(1.0);
    not_target * logits.clone() - log_sigmoid(logits)
}
