//! What is known of a layer beside its activations.

use std::sync::Arc;

use hourglass_experiment::{LayerName, Sparsity};
use hourglass_protocol::{ActivationView, CodeFigures};
use hourglass_state::RunState;

/// What is known of the layer beside its activations.
pub(super) struct LayerActivations<'a> {
    pub view: &'a Arc<ActivationView>,
    /// ρ, the mean asked for.
    pub target: Option<f32>,
    /// `‖∂h/∂x‖²_F` of the encoder.
    pub jacobian_norm: Option<f64>,
    /// The same divided by the code's variance.
    pub relative_jacobian_norm: Option<f64>,
    /// Units of the code that carry information, as the newest evaluation found.
    pub active_units: Option<usize>,
}

impl<'a> LayerActivations<'a> {
    pub fn new(view: &'a Arc<ActivationView>, run: &RunState) -> Self {
        let is_code = view.layer == LayerName::Code;
        // Of a moment of the past, figures of now would mix the times.
        let is_live = run.replay.past().is_none();
        let figures = run.full_evaluation.as_ref();
        let figures = figures.filter(|_| is_code && is_live);
        let code = figures.and_then(|figures| figures.code.as_ref());
        let variational = figures.and_then(|figures| figures.variational.as_ref());
        Self {
            view,
            target: match run.experiment.objective.sparsity {
                Sparsity::Kl { target, .. } if is_code => Some(target),
                _ => None,
            },
            jacobian_norm: code.map(|code| code.jacobian_norm),
            relative_jacobian_norm: code.and_then(CodeFigures::relative_jacobian_norm),
            active_units: variational.map(|variational| variational.active_units),
        }
    }
}
