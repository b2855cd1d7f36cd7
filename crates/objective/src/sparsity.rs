//! Penalties that keep most of the code near zero.

use burn::tensor::Tensor;

/// `λ · 1/batch Σ Σⱼ |hⱼ|`: summed over the units, averaged over the batch, so that the same λ means the
/// same whatever the batch size.
///
/// # Shapes
/// `[batch, code] → [1]`
#[must_use]
pub fn l1(code: Tensor<2>, weight: f32) -> Tensor<1> {
    let [n_samples, _] = code.dims();
    let scale = weight / n_samples as f32;
    code.abs().sum().mul_scalar(scale)
}

/// `β Σⱼ KL(ρ ‖ ρ̂ⱼ)` with `KL(ρ ‖ ρ̂) = ρ ln(ρ/ρ̂) + (1 − ρ) ln((1 − ρ)/(1 − ρ̂))` and ρ̂ⱼ the batch mean of unit
/// j (Ng 2011, CS294A notes, section 3). ρ̂ is kept within [1e-6, 1 − 1e-6], where the logarithms are finite.
///
/// # Shapes
/// `[batch, code] → [1]`, code between 0 and 1
#[must_use]
pub fn kl(code: Tensor<2>, target: f32, weight: f32) -> Tensor<1> {
    const EDGE: f32 = 1e-6;
    let [_, n_units] = code.dims();
    let mean = code.mean_dim(0).clamp(EDGE, 1.0 - EDGE); // [1, code]
    let cross = mean.clone().log().mul_scalar(-target)
        - mean.neg().add_scalar(1.0).log().mul_scalar(1.0 - target);
    let entropy = n_units as f32 * (-target * target.ln() - (1.0 - target) * (1.0 - target).ln());
    (cross.sum() - entropy).mul_scalar(weight)
}
