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
    #[expect(
        clippy::cast_precision_loss,
        reason = "batches have a few thousand images"
    )]
    let scale = weight / n_samples as f32;
    code.abs().sum().mul_scalar(scale)
}
