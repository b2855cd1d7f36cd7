//! Cross-entropy of classes, for supervised fine-tuning.

use burn::tensor::activation::log_softmax;
use burn::tensor::{Int, Tensor};

use super::indicator;

/// `−1/batch Σ ln softmax(z)_class`, in nats per image.
///
/// # Shapes
/// `logits`: `[batch, classes]`, `labels`: `[batch, 1]` → `[1]`
#[must_use]
pub fn cross_entropy(logits: Tensor<2>, labels: Tensor<2, Int>) -> Tensor<1> {
    log_softmax(logits, 1).gather(1, labels).mean().neg()
}

/// Share of images whose largest logit is not their class's, in per cent.
///
/// # Shapes
/// `logits`: `[batch, classes]`, `labels`: `[batch, 1]` → `[1]`
#[must_use]
pub fn error_percent(logits: Tensor<2>, labels: Tensor<2, Int>) -> Tensor<1> {
    let wrong = indicator(logits.argmax(1).not_equal(labels)); // [batch, 1]
    wrong.mean().mul_scalar(100.0)
}
