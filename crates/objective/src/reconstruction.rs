//! Δ, how far a reconstruction is from its target: means over pixels and batch.

use burn::tensor::Tensor;
use burn::tensor::activation::log_sigmoid;

use super::cross_entropy;

/// Mean squared error, `1/(batch·n) Σ (x̂ − x)²`.
///
/// # Shapes
/// `[batch, n], [batch, n] → [1]`
#[must_use]
pub fn mse(reconstruction: Tensor<2>, target: Tensor<2>) -> Tensor<1> {
    squared_errors(reconstruction, target).mean()
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
    (reconstruction - target).abs().mean()
}

/// Binary cross-entropy in nats, `1/(batch·n) Σ −x ln σ(z) − (1 − x) ln(1 − σ(z))`, for targets anywhere in
/// 0..1. Its smallest value is the entropy of the target's grey pixels, not zero.
///
/// # Shapes
/// `[batch, n], [batch, n] → [1]`
#[must_use]
pub fn bce_from_logits(logits: Tensor<2>, target: Tensor<2>) -> Tensor<1> {
    if cross_entropy::computes(&logits) {
        cross_entropy::mean(logits, target)
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
