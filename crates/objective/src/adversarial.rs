//! The adversarial prior (Makhzani et al. 2015): a discriminator tells samples of the prior, 1, from codes, 0.

use burn::tensor::Tensor;
use burn::tensor::activation::log_sigmoid;

use super::indicator;

/// What the discriminator minimises, `−E ln D(z) − E ln(1 − D(h))`, from logits; 2 ln 2 when it cannot tell.
///
/// # Shapes
/// `[batch, 1], [batch, 1] → [1]`
#[must_use]
pub fn discriminator(of_samples: Tensor<2>, of_codes: Tensor<2>) -> Tensor<1> {
    (log_sigmoid(of_samples).mean() + log_sigmoid(of_codes.neg()).mean()).neg()
}

/// What the encoder minimises, `−E ln D(h)`, from logits: the form of Goodfellow et al. 2014 (section 3) whose
/// gradient does not vanish while the discriminator wins.
///
/// # Shapes
/// `[batch, 1] → [1]`
#[must_use]
pub fn generator(of_codes: Tensor<2>) -> Tensor<1> {
    log_sigmoid(of_codes).mean().neg()
}

/// Share of samples and codes told right, in per cent.
///
/// # Shapes
/// `[batch, 1], [batch, 1] → [1]`
#[must_use]
pub fn accuracy(of_samples: Tensor<2>, of_codes: Tensor<2>) -> Tensor<1> {
    let right =
        indicator(of_samples.greater_elem(0.0)).mean() + indicator(of_codes.lower_elem(0.0)).mean();
    right.mul_scalar(50.0)
}
