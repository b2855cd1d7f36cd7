//! How gradients reach the layers, and how far a step moves their weights.

use hourglass_experiment::network::Place;

/// What was measured of one layer, as `gradients.csv` keeps it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GradientRow {
    /// The step, from 1; 0 of what was measured before the first.
    pub step: u64,
    /// The same in epochs.
    pub epoch: f64,
    /// The layer, which is also the name of the weights that make it.
    pub layer: Place,
    pub figures: GradientFigures,
}

/// The figures of one layer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum GradientFigures {
    /// Of the network as it was before its first step.
    Spread(LayerSpread),
    /// Of a step.
    Update(WeightUpdate),
}

/// How widely a layer's values are spread over the images of the first batch and its units, with the initial weights
/// (Glorot & Bengio 2010, “Understanding the difficulty of training deep feedforward neural networks”, figures 6 and
/// 7).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LayerSpread {
    /// Standard deviation of the activations, after pooling where there is some.
    pub activations: f32,
    /// Standard deviation of ∂J/∂z, where z is what the weights make, before the activation. J is a mean over the batch,
    /// so that twice the batch has half of it; without the contraction penalty.
    pub gradients: f32,
}

/// How a step moves a layer's weights, without its biases.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WeightUpdate {
    /// `‖g‖₂`, the norm of the gradient of what is minimised, before weight decay and clipping.
    pub gradient_norm: f32,
    /// `‖ΔW‖₂/‖W‖₂`: by how much of their norm the step changes the weights.
    pub ratio: f32,
}
