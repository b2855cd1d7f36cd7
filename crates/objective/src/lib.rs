//! What training minimises, one term per file.

pub mod adversarial;
pub mod classification;
pub mod contraction;
mod mean_error;
pub mod penalties;
pub mod reconstruction;
pub mod variational;

use std::collections::BTreeMap;

use burn::tensor::{Bool, Tensor};

use hourglass_experiment::{Activation, Objective, Prior, Reconstruction, Term, Variational};
use hourglass_model::{Autoencoder, Discriminator, Output, activate};

pub use penalties::penalties;

/// A batch on its way through the model, and what terms beyond the reconstruction need to know.
#[derive(Debug)]
pub struct Pass<'a> {
    pub model: &'a Autoencoder,
    /// What the encoder saw: `[batch, 784]`.
    pub input: Tensor<2>,
    /// What came out.
    pub output: Output,
    /// The weight of each pixel's error in Δ, where pixels do not count alike: `[batch, 784]`.
    pub weights: Option<Tensor<2>>,
    /// Epochs since the start of joint training, for a weight that warms up.
    pub epoch: f64,
    /// Directions along which the Jacobian is estimated, standard normal: `[batch, 784]`. Needed for a
    /// contraction that has no closed form.
    pub directions: Option<Tensor<2>>,
    /// The discriminator of an adversarial prior, where the pass is to tell what it makes of the codes.
    pub discriminator: Option<&'a Discriminator>,
}

/// The objective of a batch and the terms it adds up, each a mean over the batch with shape `[1]`.
#[derive(Clone, Debug)]
pub struct Terms {
    /// J, the sum.
    pub objective: Tensor<1>,
    /// Every other term of [`Objective::terms`] that can be told from a pass.
    pub parts: TermValues,
}

/// Terms with their values, each a mean over the batch with shape `[1]`, in the order of [`Objective::terms`].
pub type TermValues = BTreeMap<Term, Tensor<1>>;

/// Evaluates `J = Δ(target, x̂) + sparsity(h) + λ_c·‖∂h/∂x‖² + prior(h)` for a batch.
///
/// # Shapes
/// `target`: `[batch, 784]`, values 0..1
#[must_use]
pub fn evaluate(objective: &Objective, pass: &Pass<'_>, target: Tensor<2>) -> Terms {
    let weights = pass.weights.clone();
    let reconstruction = reconstruction(objective, &pass.output, target, weights);
    let mut parts = penalties(objective, pass);
    let penalties = parts.iter().filter(|(term, _)| term.is_part());
    let sum = penalties.fold(reconstruction.clone(), |sum, (_, value)| {
        sum + value.clone()
    });
    parts.insert(
        Term::Reconstruction(objective.reconstruction),
        reconstruction,
    );
    Terms {
        objective: sum,
        parts,
    }
}

/// Δ as the objective counts it: a mean over pixels, or with a prior that is added the sum over an image's pixels.
fn reconstruction(
    objective: &Objective,
    output: &Output,
    target: Tensor<2>,
    weights: Option<Tensor<2>>,
) -> Tensor<1> {
    let [_, n_pixels] = target.dims();
    let (logits, activation) = (output.logits.clone(), output.activation());
    let mean = error(
        objective.reconstruction,
        logits,
        activation,
        target,
        weights,
    );
    let [scale, shift] = scale_and_shift(objective, n_pixels);
    let (scale, shift) = (scale as f32, shift as f32);
    if scale.to_bits() == 1.0_f32.to_bits() && shift == 0.0 {
        mean // nothing to multiply: the plain variants stay as fast as they were
    } else {
        mean.mul_scalar(scale).add_scalar(shift)
    }
}

/// The mean error over pixels and batch, each pixel's with its weight where there are weights.
///
/// # Shapes
/// `logits`, `target`, `weights`: `[batch, n] → [1]`
#[must_use]
pub fn error(
    error: Reconstruction,
    logits: Tensor<2>,
    activation: Activation,
    target: Tensor<2>,
    weights: Option<Tensor<2>>,
) -> Tensor<1> {
    match (error, weights) {
        (Reconstruction::Bce, None) => reconstruction::bce_from_logits(logits, target),
        (Reconstruction::Mse, None) => reconstruction::mse(activate(activation, logits), target),
        (error, None) => reconstruction::errors(error, logits, activation, target).mean(),
        (error, Some(weights)) => {
            (reconstruction::errors(error, logits, activation, target) * weights).mean()
        }
    }
}

/// What turns a mean over pixels into the objective's Δ: factor and summand. The squared error becomes
/// `Σ (x̂ − x)²/(2σ²) + n/2 ln(2πσ²)`, the negative logarithm of a Gaussian likelihood, where a bound needs one.
#[must_use]
pub fn scale_and_shift(objective: &Objective, n_pixels: usize) -> [f64; 2] {
    let n_pixels = n_pixels as f64;
    match (objective.prior, objective.reconstruction) {
        (prior, _) if !prior.is_added() => [1.0, 0.0],
        (
            Prior::Variational(Variational {
                likelihood_sigma, ..
            }),
            Reconstruction::Mse,
        ) => {
            let variance = f64::from(likelihood_sigma).powi(2);
            let normalizer = n_pixels / 2.0 * (std::f64::consts::TAU * variance).ln();
            [n_pixels / (2.0 * variance), normalizer]
        }
        _ => [n_pixels, 0.0],
    }
}

/// 1 where a condition holds, 0 elsewhere.
fn indicator(condition: Tensor<2, Bool>) -> Tensor<2> {
    condition.float()
}
