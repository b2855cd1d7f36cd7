//! The variational prior: keeps each image's Gaussian of codes near N(0, I).

use burn::tensor::Tensor;

use hourglass_experiment::Variational;

/// `KL(N(μ, σ²) ‖ N(0, I))` of each image and unit, `½ (μ² + σ² − ln σ² − 1)` in nats (Kingma & Welling 2013,
/// appendix B).
///
/// # Shapes
/// `[batch, code], [batch, code] → [batch, code]`
#[must_use]
pub fn kl_of_units(mean: Tensor<2>, log_variance: Tensor<2>) -> Tensor<2> {
    let variance = log_variance.clone().exp();
    (mean.square() + variance - log_variance)
        .sub_scalar(1.0)
        .mul_scalar(0.5)
}

/// The same, summed over units and averaged over the batch.
///
/// # Shapes
/// `[batch, code], [batch, code] → [1]`
#[must_use]
pub fn kl(mean: Tensor<2>, log_variance: Tensor<2>) -> Tensor<1> {
    kl_of_units(mean, log_variance).sum_dim(1).mean()
}

/// The divergence as the objective counts it: `β KL`, or with a capacity `β |KL − C|` (Burgess et al. 2018, eq. 8, where
/// β is called γ). β and C are those after `epoch` epochs; a C that is still 0 leaves `β KL`, which is never negative.
///
/// # Shapes
/// `[1] → [1]`
#[must_use]
pub fn weighted(kl: Tensor<1>, prior: &Variational, epoch: f64) -> Tensor<1> {
    let kl = if prior.capacity > 0.0 {
        kl.sub_scalar(prior.capacity_at(epoch)).abs()
    } else {
        kl
    };
    kl.mul_scalar(prior.beta_at(epoch))
}

/// [`weighted`] of a divergence that is known, in double precision. `|KL − C|` is convex in KL, so its mean over batches
/// lies above that of their mean: a split is measured by the KL of all its images.
#[must_use]
pub fn weighted_kl(kl: f64, prior: &Variational, epoch: f64) -> f64 {
    let kl = if prior.capacity > 0.0 {
        (kl - f64::from(prior.capacity_at(epoch))).abs()
    } else {
        kl
    };
    f64::from(prior.beta_at(epoch)) * kl
}
