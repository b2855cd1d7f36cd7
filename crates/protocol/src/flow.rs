//! One image on its way through every layer.

use hourglass_experiment::LayerName;

use super::{SampleIdx, TileFigures};

/// One test image on its way through every layer, from what the encoder is shown.
#[derive(Clone, Debug, PartialEq)]
pub struct FlowView {
    /// Steps taken before it.
    pub step: u64,
    /// Which image.
    pub sample: SampleIdx,
    /// Its class.
    pub label: u8,
    /// What the encoder was shown: `[784]`.
    pub input: Vec<f32>,
    /// What each layer made of it, from the input to the output, without both.
    pub layers: Vec<LayerFlow>,
    /// `ln σ²` of a variational code.
    pub log_variance: Option<Vec<f32>>,
    /// `x̂`: `[784]`.
    pub reconstruction: Vec<f32>,
    /// `D(h)`: how probable the discriminator of an adversarial prior holds it that the code is a sample of the
    /// prior.
    pub verdict: Option<f32>,
    /// What the classifier that grew out of the encoder says, once there is one: `[10]`, in sum 1.
    pub classes: Option<Vec<f32>>,
}

/// The activations of one layer.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerFlow {
    pub layer: LayerName,
    /// `[units]`; of maps `[channels, side, side]`.
    pub values: Vec<f32>,
    /// The largest absolute value: the end of a colour scale.
    pub end: f32,
    /// Of each map; empty where the layer has none.
    pub maps: Vec<TileFigures>,
}

impl FlowView {
    /// The activations of one layer.
    #[must_use]
    pub fn layer(&self, layer: LayerName) -> Option<&LayerFlow> {
        self.layers.iter().find(|found| found.layer == layer)
    }
}
