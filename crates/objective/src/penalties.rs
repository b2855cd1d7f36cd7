//! What the objective adds to the reconstruction error: the value of every penalty, and the short penalties themselves.

use burn::tensor::Tensor;

use hourglass_experiment::{Objective, Sparsity, Term};

use super::{Pass, TermValues, adversarial, contraction, variational};

/// Every term but the reconstruction that can be told from a pass.
#[must_use]
pub fn penalties(objective: &Objective, pass: &Pass<'_>) -> TermValues {
    let code = || pass.output.code.clone();
    let norm = (objective.contraction > 0.0)
        .then(|| {
            let (input, directions) = (pass.input.clone(), pass.directions.clone());
            contraction::jacobian_norm(pass.model, input, code(), directions)
        })
        .flatten();
    let value = |term| match term {
        Term::L1 | Term::KlSparsity => match objective.sparsity {
            Sparsity::None => None,
            Sparsity::L1 { weight } => Some(l1(code(), weight)),
            Sparsity::Kl { target, weight } => Some(kl_sparsity(code(), target, weight)),
        },
        Term::Contraction => Some(norm.clone()?.mul_scalar(objective.contraction)),
        Term::JacobianNorm => norm.clone(),
        Term::LatentKl => {
            let kl = variational::kl(code(), pass.output.log_variance.clone()?);
            let prior = objective.prior.variational()?;
            Some(variational::weighted(kl, prior, pass.epoch))
        }
        Term::Generator => {
            let loss = adversarial::generator(pass.discriminator?.forward(code()));
            Some(loss.mul_scalar(objective.prior.adversarial()?.weight()?))
        }
        Term::GeneratorLoss => {
            let discriminator = pass.discriminator?;
            Some(adversarial::generator(discriminator.forward(code())))
        }
        // Made from the others, or by other networks than the autoencoder.
        Term::Objective
        | Term::Reconstruction(_)
        | Term::Discriminator
        | Term::DiscriminatorAccuracy
        | Term::LayerReconstruction
        | Term::Classification
        | Term::ClassificationFromRandom
        | Term::ErrorRate
        | Term::ErrorRateFromRandom => None,
    };
    let terms = objective.terms().into_iter();
    terms
        .filter_map(|term| Some((term, value(term)?)))
        .collect()
}

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

/// Distance of ρ̂ from 0 and 1 within which it is moved away from them, so that the logarithms stay finite.
const EDGE: f32 = 1e-6;

/// `β Σⱼ KL(ρ ‖ ρ̂ⱼ)` with `KL(ρ ‖ ρ̂) = ρ ln(ρ/ρ̂) + (1 − ρ) ln((1 − ρ)/(1 − ρ̂))` and ρ̂ⱼ the batch mean of unit
/// j (Ng 2011, CS294A notes, section 3). ρ̂ is kept within [1e-6, 1 − 1e-6], where the logarithms are finite.
///
/// # Shapes
/// `[batch, code] → [1]`, code between 0 and 1
#[must_use]
pub fn kl_sparsity(code: Tensor<2>, target: f32, weight: f32) -> Tensor<1> {
    let [_, n_units] = code.dims();
    let mean = code.mean_dim(0).clamp(EDGE, 1.0 - EDGE); // [1, code]
    let cross = mean.clone().log().mul_scalar(-target)
        - mean.neg().add_scalar(1.0).log().mul_scalar(1.0 - target);
    let entropy = n_units as f32 * (-target * target.ln() - (1.0 - target) * (1.0 - target).ln());
    (cross.sum() - entropy).mul_scalar(weight)
}

/// [`kl_sparsity`] of units whose means ρ̂ are known, in double precision. It is convex in ρ̂, so the mean over batches
/// lies above the value of their common means: a split is measured by the means over all of it.
///
/// # Shapes
/// `means`: `[code]`, each between 0 and 1
#[must_use]
pub fn kl_sparsity_of_means(means: &[f64], target: f32, weight: f32) -> f64 {
    let (rho, edge) = (f64::from(target), f64::from(EDGE));
    let divergence = |mean: &f64| {
        let mean = mean.clamp(edge, 1.0 - edge);
        rho * (rho / mean).ln() + (1.0 - rho) * ((1.0 - rho) / (1.0 - mean)).ln()
    };
    f64::from(weight) * means.iter().map(divergence).sum::<f64>()
}
