//! What every layer makes of an image, in one pass from the input to the output.

use burn::module::ParamId;
use burn::tensor::Tensor;

use hourglass_experiment::LayerName;
use hourglass_experiment::network::Place;

use super::autoencoder::{Code, Output};
use super::dense::Dense;
use super::stack::{WatchedLayer, zeros};
use super::{Autoencoder, Stack};

/// Images on their way through every layer.
#[derive(Clone, Debug)]
pub struct Trace {
    /// Each layer's activations, from the input to the output, without both: `[batch, units of the layer]`.
    pub layers: Vec<(LayerName, Tensor<2>)>,
    /// `ln σ²` of a variational code: `[batch, code]`.
    pub log_variance: Option<Tensor<2>>,
    /// The code: `[batch, code]`.
    pub code: Tensor<2>,
    /// `x̂`: `[batch, 784]`.
    pub reconstruction: Tensor<2>,
}

impl Autoencoder {
    /// Keeps what every layer makes of some images; a variational code is decoded at its mean.
    ///
    /// # Shapes
    /// `[batch, 784]`
    #[must_use]
    pub fn trace(&self, input: Tensor<2>) -> Trace {
        let mut of_encoder = self.encoder.trace(input.clone(), None);
        let log_variance = self.log_variance.as_ref().map(|head| {
            let trunk = self.encoder.trunk_of(input.clone(), &of_encoder);
            Dense::LINEAR.of(head, trunk)
        });
        let code = of_encoder.pop().unwrap_or(input);
        let mut of_decoder = self.decoder.trace(code.clone(), Some(&self.encoder));
        let output = Output {
            logits: of_decoder.pop().unwrap_or_else(|| code.clone()),
            code: code.clone(),
            log_variance: None,
            activation: self.output_activation,
        };
        let encoded = of_encoder.into_iter().enumerate();
        let decoded = of_decoder.into_iter().enumerate();
        let layers = encoded
            .map(|(idx, values)| (LayerName::Encoder(idx), values))
            .chain([(LayerName::Code, code.clone())])
            .chain(decoded.map(|(idx, values)| (LayerName::Decoder(idx), values)));
        Trace {
            layers: layers.collect(),
            log_variance,
            code,
            reconstruction: output.reconstruction(),
        }
    }
}

/// Images on their way through every layer, with what tells how a loss depends on each.
#[derive(Clone, Debug)]
pub struct Watch {
    /// Each layer with weights, from the input to the output; a variational code's `ln σ²` follows its mean.
    pub layers: Vec<(Place, WatchedLayer)>,
    pub output: Output,
}

impl Autoencoder {
    /// The same as [`Self::forward_sampled`] value by value, on a device with gradients, with all that is on the way.
    ///
    /// # Shapes
    /// `input`: `[batch, 784]`, `noise` (ε): `[batch, code]`
    #[must_use]
    pub fn watch(&self, input: Tensor<2>, noise: Option<Tensor<2>>) -> Watch {
        let of_encoder = self.encoder.watch(input.clone(), None);
        let traced: Vec<Tensor<2>> = of_encoder
            .iter()
            .map(|layer| layer.activations.clone())
            .collect();
        let code = traced.last().cloned().unwrap_or_else(|| input.clone());
        let head = self.log_variance.as_ref().map(|head| {
            let made = Dense::LINEAR.of(head, self.encoder.trunk_of(input, &traced));
            let nudge = zeros(made.dims(), &made);
            WatchedLayer {
                activations: made + nudge.clone(),
                nudge,
            }
        });
        let log_variance = head.as_ref().map(|head| head.activations.clone());
        let drawn = Code {
            mean: code.clone(),
            log_variance: log_variance.clone(),
        };
        let drawn = drawn.drawn(noise);
        let mut of_decoder = self.decoder.watch(drawn.clone(), Some(&self.encoder));
        let logits = of_decoder.last().map(|layer| layer.activations.clone());
        let output = Output {
            code,
            log_variance,
            logits: logits.unwrap_or(drawn),
            activation: self.output_activation,
        };
        if let Some(last) = of_decoder.last_mut() {
            last.activations = output.reconstruction();
        }
        let encoder = named(
            of_encoder,
            LayerName::Encoder,
            Place::Layer(LayerName::Code),
        );
        let decoder = named(of_decoder, LayerName::Decoder, Place::Output);
        let head = head.map(|head| (Place::LogVariance, head));
        Watch {
            layers: encoder.into_iter().chain(head).chain(decoder).collect(),
            output,
        }
    }

    /// Which parameter the weights are that make each layer, without biases, from the input to the output. Tied layers
    /// have none of their own.
    #[must_use]
    pub fn weights(&self) -> Vec<(Place, ParamId)> {
        let head = self.log_variance.as_ref();
        let head = head.map(|head| (Place::LogVariance, head.weight.id));
        let code = Place::Layer(LayerName::Code);
        let encoder = self.encoder.weight_ids(LayerName::Encoder, code);
        let decoder = self.decoder.weight_ids(LayerName::Decoder, Place::Output);
        encoder.into_iter().chain(head).chain(decoder).collect()
    }
}

impl Stack {
    /// Which parameter the weights of each block are, named as layers of one half.
    #[must_use]
    pub fn weight_ids(&self, hidden: fn(usize) -> LayerName, last: Place) -> Vec<(Place, ParamId)> {
        let ids = (0..self.depth()).map(|idx| self.weight_id(idx)).collect();
        let ids = named(ids, hidden, last).into_iter();
        ids.filter_map(|(place, id)| Some((place, id?))).collect()
    }
}

/// What belongs to the blocks of one half, with the names of their layers.
fn named<T>(all: Vec<T>, hidden: fn(usize) -> LayerName, last: Place) -> Vec<(Place, T)> {
    let n = all.len();
    let place = |idx| {
        if idx + 1 == n {
            last
        } else {
            Place::Layer(hidden(idx))
        }
    };
    let all = all.into_iter().enumerate();
    all.map(|(idx, of)| (place(idx), of)).collect()
}
