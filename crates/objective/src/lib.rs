//! What training minimises, one term a file.

pub mod adversarial;
pub mod classification;
pub mod contraction;
mod cross_entropy;
pub mod reconstruction;
pub mod sparsity;
pub mod variational;

use burn::tensor::{Bool, Tensor};

use hourglass_experiment::{
    N_PIXELS, Objective, Prior, Reconstruction, Sparsity, Term, Variational,
};
use hourglass_model::{Autoencoder, Discriminator, Output};

/// A batch on its way through the model, and what terms beyond the reconstruction need to know.
#[derive(Debug)]
pub struct Pass<'a> {
    pub model: &'a Autoencoder,
    /// What the encoder saw: `[batch, 784]`.
    pub input: Tensor<2>,
    /// What came out.
    pub output: Output,
    /// Epochs since the start of joint training, for a weight that warms up.
    pub epoch: f64,
    /// Directions along which the Jacobian is estimated, standard normal: `[batch, 784]`. Needed for a
    /// contraction that has no closed form.
    pub directions: Option<Tensor<2>>,
    /// The discriminator of an adversarial prior.
    pub discriminator: Option<&'a Discriminator>,
}

/// The objective of a batch and the terms it adds up, each a mean over the batch with shape `[1]`.
#[derive(Clone, Debug)]
pub struct Terms {
    /// J, the sum.
    pub objective: Tensor<1>,
    /// The terms, in the order of [`Objective::terms`] without the objective itself, then figures beside them.
    pub parts: Vec<(Term, Tensor<1>)>,
}

/// Evaluates `J = Δ(target, x̂) + sparsity(h) + λ_c·‖∂h/∂x‖² + prior(h)` for a batch.
///
/// # Shapes
/// `target`: `[batch, 784]`, values 0..1
#[must_use]
pub fn evaluate(objective: &Objective, pass: &Pass<'_>, target: Tensor<2>) -> Terms {
    let reconstruction = (
        Term::Reconstruction(objective.reconstruction),
        reconstruction(objective, &pass.output, target),
    );
    let mut sum = reconstruction.1.clone();
    let mut parts = vec![reconstruction];
    for (term, value) in penalties(objective, pass) {
        if term.is_part() {
            sum = sum + value.clone();
        }
        parts.push((term, value));
    }
    Terms {
        objective: sum,
        parts,
    }
}

/// Δ as the objective counts it: a mean over pixels, or with a prior the sum over an image's pixels.
fn reconstruction(objective: &Objective, output: &Output, target: Tensor<2>) -> Tensor<1> {
    let mean = match objective.reconstruction {
        Reconstruction::Mse => reconstruction::mse(output.reconstruction(), target),
        Reconstruction::Bce => reconstruction::bce_from_logits(output.logits.clone(), target),
        Reconstruction::Mae => reconstruction::mae(output.reconstruction(), target),
    };
    let [scale, shift] = scale_and_shift(objective);
    let (scale, shift) = (scale as f32, shift as f32);
    if scale.to_bits() == 1.0_f32.to_bits() && shift == 0.0 {
        mean // nothing to multiply: the plain variants stay as fast as they were
    } else {
        mean.mul_scalar(scale).add_scalar(shift)
    }
}

/// What turns a mean over pixels into the objective's Δ: factor and summand. The squared error becomes
/// `Σ (x̂ − x)²/(2σ²) + n/2 ln(2πσ²)`, the negative logarithm of a Gaussian likelihood, where a bound needs one.
#[must_use]
pub fn scale_and_shift(objective: &Objective) -> [f64; 2] {
    let n_pixels = N_PIXELS as f64;
    match (objective.prior, objective.reconstruction) {
        (Prior::None, _) => [1.0, 0.0],
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
        (Prior::Variational(_) | Prior::Adversarial(_), _) => [n_pixels, 0.0],
    }
}

/// Every term but the reconstruction, in the order of [`Objective::terms`].
#[must_use]
pub fn penalties(objective: &Objective, pass: &Pass<'_>) -> Vec<(Term, Tensor<1>)> {
    let code = || pass.output.code.clone();
    let mut found = Vec::new();
    match objective.sparsity {
        Sparsity::None => {}
        Sparsity::L1 { weight } => found.push((Term::L1, sparsity::l1(code(), weight))),
        Sparsity::Kl { target, weight } => {
            found.push((Term::KlSparsity, sparsity::kl(code(), target, weight)));
        }
    }
    let norm = (objective.contraction > 0.0)
        .then(|| {
            let (input, directions) = (pass.input.clone(), pass.directions.clone());
            contraction::jacobian_norm(pass.model, input, code(), directions)
        })
        .flatten();
    if let Some(norm) = &norm {
        let weighted = norm.clone().mul_scalar(objective.contraction);
        found.push((Term::Contraction, weighted));
    }
    match (
        objective.prior,
        &pass.output.log_variance,
        pass.discriminator,
    ) {
        (Prior::Variational(prior), Some(log_variance), _) => {
            let kl = variational::kl(code(), log_variance.clone());
            let weighted = variational::weighted(kl, &prior, pass.epoch);
            found.push((Term::LatentKl, weighted));
        }
        (Prior::Adversarial(prior), _, Some(discriminator)) => {
            let loss = adversarial::generator(discriminator.forward(code()));
            found.push((Term::Generator, loss.mul_scalar(prior.weight)));
        }
        _ => {}
    }
    found.extend(norm.map(|norm| (Term::JacobianNorm, norm)));
    found
}

/// 1 where a condition holds, 0 elsewhere.
fn indicator(condition: Tensor<2, Bool>) -> Tensor<2> {
    condition.float()
}
