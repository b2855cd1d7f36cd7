//! What training minimises, one term a file.

pub mod reconstruction;
pub mod sparsity;

use burn::tensor::Tensor;

use crate::experiment::{Objective, Reconstruction, Sparsity, Term};
use crate::model::Output;

/// The objective of a batch and the terms it adds up, each a mean over the batch with shape `[1]`.
#[derive(Clone, Debug)]
pub struct Terms {
    /// J, the sum.
    pub objective: Tensor<1>,
    /// The terms, in the order of [`Objective::terms`] without the objective itself.
    pub parts: Vec<(Term, Tensor<1>)>,
}

/// Evaluates `J = Δ(target, x̂) + sparsity(h)` for a batch.
///
/// # Shapes
/// `target`: `[batch, 784]`, values 0..1
#[must_use]
pub fn evaluate(objective: &Objective, output: &Output, target: Tensor<2>) -> Terms {
    let reconstruction = match objective.reconstruction {
        Reconstruction::Mse => reconstruction::mse(output.reconstruction(), target),
        Reconstruction::Bce => reconstruction::bce_from_logits(output.logits.clone(), target),
    };
    let reconstruction = (
        Term::Reconstruction(objective.reconstruction),
        reconstruction,
    );
    let penalty = match objective.sparsity {
        Sparsity::None => None,
        Sparsity::L1 { weight } => Some((Term::L1, sparsity::l1(output.code.clone(), weight))),
    };
    let mut sum = reconstruction.1.clone();
    if let Some((_, value)) = &penalty {
        sum = sum + value.clone();
    }
    Terms {
        objective: sum,
        parts: [reconstruction].into_iter().chain(penalty).collect(),
    }
}
