//! The autoencoder: an encoder, a code, a decoder.

use burn::module::Module;
use burn::tensor::activation::sigmoid;
use burn::tensor::{Device, Tensor};

use crate::experiment::{
    Activation, Architecture, Dense, Experiment, LayerName, N_PIXELS, OutputActivation,
};

use super::DenseStack;
use super::init::Initializer;

/// An encoder and a decoder that share the code between them.
///
/// The decoder ends in logits `z`, not pixels: the objective may need them (cross-entropy is computed from
/// logits), and [`Output`] knows how they become pixels.
#[derive(Module, Debug)]
pub struct Autoencoder {
    encoder: Network,
    decoder: Network,
    #[module(skip)]
    output_activation: OutputActivation,
}

/// One half of an autoencoder, of whatever kind.
#[derive(Module, Debug)]
enum Network {
    Dense(DenseStack),
}

/// The code of a batch and what the decoder made of it.
#[derive(Clone, Debug)]
pub struct Output {
    /// `h`, the activations of the waist: `[batch, code]`.
    pub code: Tensor<2>,
    /// `z`, the decoder's output before its activation: `[batch, 784]`.
    pub logits: Tensor<2>,
    activation: OutputActivation,
}

impl Output {
    /// `x̂`, the reconstruction: `[batch, 784]`, between 0 and 1 only with a sigmoid output.
    #[must_use]
    pub fn reconstruction(&self) -> Tensor<2> {
        match self.activation {
            OutputActivation::Linear => self.logits.clone(),
            OutputActivation::Sigmoid => sigmoid(self.logits.clone()),
        }
    }

    /// How logits become pixels.
    #[must_use]
    pub fn activation(&self) -> OutputActivation {
        self.activation
    }
}

impl Network {
    fn forward(&self, input: Tensor<2>) -> Tensor<2> {
        match self {
            Self::Dense(stack) => stack.forward(input),
        }
    }

    fn forward_through(&self, input: Tensor<2>, n_layers: usize) -> Tensor<2> {
        match self {
            Self::Dense(stack) => stack.forward_through(input, n_layers),
        }
    }
}

impl Autoencoder {
    /// A model with the first weights that the experiment's seed stands for.
    #[must_use]
    pub fn new(experiment: &Experiment, device: &Device) -> Self {
        let mut init = Initializer::new(experiment.seed, device);
        let Architecture::Dense(dense) = &experiment.architecture;
        let Dense {
            hidden,
            code,
            hidden_activation,
            code_activation,
            output_activation,
        } = dense;

        let to_code: Vec<usize> = [N_PIXELS]
            .into_iter()
            .chain(hidden.iter().copied())
            .chain([*code])
            .collect();
        let from_code: Vec<usize> = to_code.iter().rev().copied().collect();
        let encoder = DenseStack::new(&to_code, *hidden_activation, *code_activation, &mut init);
        let decoder = DenseStack::new(
            &from_code,
            *hidden_activation,
            Activation::Linear,
            &mut init,
        );
        Self {
            encoder: Network::Dense(encoder),
            decoder: Network::Dense(decoder),
            output_activation: *output_activation,
        }
    }

    /// # Shapes
    /// `[batch, 784] → code [batch, code], logits [batch, 784]`
    #[must_use]
    pub fn forward(&self, input: Tensor<2>) -> Output {
        let code = self.encode(input);
        self.decode(code)
    }

    /// # Shapes
    /// `[batch, 784] → [batch, code]`
    #[must_use]
    pub fn encode(&self, input: Tensor<2>) -> Tensor<2> {
        self.encoder.forward(input)
    }

    /// # Shapes
    /// `[batch, code] → code [batch, code], logits [batch, 784]`
    #[must_use]
    pub fn decode(&self, code: Tensor<2>) -> Output {
        Output {
            logits: self.decoder.forward(code.clone()),
            code,
            activation: self.output_activation,
        }
    }

    /// The activations of one layer.
    ///
    /// # Shapes
    /// `[batch, 784] → [batch, units of the layer]`
    #[must_use]
    pub fn activations(&self, input: Tensor<2>, layer: LayerName) -> Tensor<2> {
        match layer {
            LayerName::Encoder(idx) => self.encoder.forward_through(input, idx + 1),
            LayerName::Code => self.encode(input),
            LayerName::Decoder(idx) => {
                let code = self.encode(input);
                self.decoder.forward_through(code, idx + 1)
            }
        }
    }
}
