//! The autoencoder: an encoder, a code, a decoder.

use burn::module::Module;
use burn::nn::Linear;
use burn::tensor::{Device, Tensor};

use hourglass_experiment::{Activation, Architecture, Experiment, LayerName, Prior};

use super::activation::activate;
use super::dense::Dense;
use super::init::Initializer;
use super::stack::Naming;
use super::{Part, Stack};

/// An encoder and a decoder that share the code between them.
///
/// The decoder ends in logits `z`, not pixels: the objective may need them (cross-entropy is computed from
/// logits), and [`Output`] knows how they become pixels.
#[derive(Module, Debug)]
pub struct Autoencoder {
    pub(super) encoder: Stack,
    pub(super) decoder: Stack,
    /// `ln σ²` of a variational code, from the same inputs as its mean.
    pub(super) log_variance: Option<Linear>,
    #[module(skip)]
    code_activation: Activation,
    #[module(skip)]
    pub(super) output_activation: Activation,
}

/// The code of a batch and what the decoder made of it.
#[derive(Clone, Debug)]
pub struct Output {
    /// `h`, the activations of the bottleneck; of a variational code the mean μ: `[batch, code]`.
    pub code: Tensor<2>,
    /// `ln σ²` of a variational code: `[batch, code]`.
    pub log_variance: Option<Tensor<2>>,
    /// `z`, the decoder's output before its activation: `[batch, 784]`.
    pub logits: Tensor<2>,
    pub(super) activation: Activation,
}

/// A batch of codes, each a point or a Gaussian.
#[derive(Clone, Debug)]
pub struct Code {
    /// The point, or the Gaussian's mean: `[batch, code]`.
    pub mean: Tensor<2>,
    /// `ln σ²` of the Gaussian: `[batch, code]`; `None` for a point.
    pub log_variance: Option<Tensor<2>>,
}

impl Code {
    /// `μ + σ ε`, or the mean without a variance or noise.
    ///
    /// # Shapes
    /// `noise` (ε): `[batch, code] → [batch, code]`
    #[must_use]
    pub fn drawn(&self, noise: Option<Tensor<2>>) -> Tensor<2> {
        let mean = self.mean.clone();
        match (&self.log_variance, noise) {
            (Some(log_variance), Some(noise)) => {
                mean + log_variance.clone().mul_scalar(0.5).exp() * noise
            }
            _ => mean,
        }
    }
}

/// What one layer and its mirror made of the layer's input, in greedy pre-training.
#[derive(Clone, Debug)]
pub struct LayerOutput {
    /// The mirror's output before its activation: `[batch, inputs of the layer]`.
    pub logits: Tensor<2>,
    pub activation: Activation,
}

impl Output {
    /// `x̂`, the reconstruction: `[batch, 784]`, between 0 and 1 only with a sigmoid output.
    #[must_use]
    pub fn reconstruction(&self) -> Tensor<2> {
        activate(self.activation, self.logits.clone())
    }

    /// How logits become pixels.
    #[must_use]
    pub fn activation(&self) -> Activation {
        self.activation
    }
}

/// The encoder of an experiment with the next weights of `init`.
pub fn encoder(architecture: &Architecture, init: &mut Initializer<'_>) -> Stack {
    let naming = match architecture {
        Architecture::Convolutional(_) => Naming::ConvEncoder,
        Architecture::Dense(_) | Architecture::Layers(_) => Naming::Listed,
    };
    Stack::new(architecture.blocks().encoder, naming, init)
}

fn decoder(architecture: &Architecture, init: &mut Initializer<'_>) -> Stack {
    let naming = match architecture {
        Architecture::Convolutional(_) => Naming::ConvDecoder,
        Architecture::Dense(_) | Architecture::Layers(_) => Naming::Listed,
    };
    Stack::new(architecture.blocks().decoder, naming, init)
}

impl Autoencoder {
    /// A model with the first weights that the experiment's seed stands for. Encoder and decoder draw theirs
    /// first, so that a prior changes nothing about them.
    #[must_use]
    pub fn new(experiment: &Experiment, device: &Device) -> Self {
        let mut init = Initializer::of(Part::Autoencoder, experiment, device);
        let architecture = &experiment.architecture;
        let encoder = encoder(architecture, &mut init);
        let decoder = decoder(architecture, &mut init);
        let log_variance = match experiment.objective.prior {
            Prior::Variational(_) => {
                let inputs = architecture.blocks().met_by_variance().size();
                Some(init.linear(inputs, architecture.code_size(), Activation::Linear))
            }
            Prior::None | Prior::Adversarial(_) => None,
        };
        Self {
            encoder,
            decoder,
            log_variance,
            code_activation: architecture.code_activation(),
            output_activation: architecture.output_activation(),
        }
    }

    /// Encodes and decodes; a variational code is decoded at its mean.
    ///
    /// # Shapes
    /// `[batch, 784] → code [batch, code], logits [batch, 784]`
    #[must_use]
    pub fn forward(&self, input: Tensor<2>) -> Output {
        let code = self.encode(input);
        self.decode(code)
    }

    /// Encodes and decodes; a variational code is decoded at `μ + σ ε`, the reparametrisation of Kingma &
    /// Welling 2013 (section 2.4).
    ///
    /// # Shapes
    /// `input`: `[batch, 784]`, `noise` (ε): `[batch, code]`
    #[must_use]
    pub fn forward_sampled(&self, input: Tensor<2>, noise: Option<Tensor<2>>) -> Output {
        let code = self.latent(input);
        let drawn = code.drawn(noise);
        let Code { mean, log_variance } = code;
        Output {
            log_variance,
            code: mean,
            ..self.decode(drawn)
        }
    }

    /// The code, of a variational one the mean.
    ///
    /// # Shapes
    /// `[batch, 784] → [batch, code]`
    #[must_use]
    pub fn encode(&self, input: Tensor<2>) -> Tensor<2> {
        self.encoder.forward(input)
    }

    /// How the code, of a variational one the mean, changes along a direction for each input: `∂h/∂x · v`, exactly.
    ///
    /// # Shapes
    /// `[batch, 784], [batch, 784] → [batch, code]`
    #[must_use]
    pub fn code_derivative(&self, input: Tensor<2>, direction: Tensor<2>) -> Tensor<2> {
        self.encoder.directional_derivative(input, direction, None)
    }

    /// The code with the variance of a variational one.
    ///
    /// # Shapes
    /// `[batch, 784] → [batch, code]` twice
    #[must_use]
    pub fn latent(&self, input: Tensor<2>) -> Code {
        let (trunk, mean) = self.encoder.trunk_and_code(input);
        let log_variance = self
            .log_variance
            .as_ref()
            .map(|head| Dense::LINEAR.of(head, trunk));
        Code { mean, log_variance }
    }

    /// # Shapes
    /// `[batch, code] → code [batch, code], logits [batch, 784]`
    #[must_use]
    pub fn decode(&self, code: Tensor<2>) -> Output {
        Output {
            logits: self.decode_through(code.clone(), self.decoder.depth()),
            code,
            log_variance: None,
            activation: self.output_activation,
        }
    }

    /// The values after this many layers of the decoder, the output's before their activation.
    fn decode_through(&self, code: Tensor<2>, n_layers: usize) -> Tensor<2> {
        let mirror = Some(&self.encoder);
        self.decoder.forward_through(code, n_layers, mirror)
    }

    #[must_use]
    pub fn encoder(&self) -> &Stack {
        &self.encoder
    }

    #[must_use]
    pub fn decoder(&self) -> &Stack {
        &self.decoder
    }

    #[must_use]
    pub fn code_activation(&self) -> Activation {
        self.code_activation
    }

    /// Weights of the encoder where it is one fully connected layer: `[784, code]`.
    #[must_use]
    pub fn single_layer(&self) -> Option<Tensor<2>> {
        match self.encoder.blocks() {
            [block] if block.is_plain_dense() => self.encoder.dense_weight(0),
            _ => None,
        }
    }

    /// Greedy pre-training: one layer encodes a damaged version of its own input, its mirror in the decoder
    /// reconstructs it. None for convolutions.
    ///
    /// # Shapes
    /// `[batch, inputs of the layer] → [batch, inputs of the layer]`
    #[must_use]
    pub fn rebuild_layer(&self, input: Tensor<2>, layer: usize) -> Option<LayerOutput> {
        let (hidden, activation) = self.encoder.linear_one(input, layer, None)?;
        let hidden = activate(activation, hidden);
        let mirror = self.encoder.depth() - 1 - layer;
        let (logits, activation) = self
            .decoder
            .linear_one(hidden, mirror, Some(&self.encoder))?;
        let activation = match layer {
            0 => self.output_activation,
            _ => activation,
        };
        Some(LayerOutput { logits, activation })
    }

    /// The activations after this many layers of the encoder; after 0 layers, the input.
    ///
    /// # Shapes
    /// `[batch, 784] → [batch, units of layer n_layers − 1]`
    #[must_use]
    pub fn encode_through(&self, input: Tensor<2>, n_layers: usize) -> Tensor<2> {
        if n_layers == 0 {
            return input;
        }
        self.encoder.forward_through(input, n_layers, None)
    }

    /// The activations of one layer.
    ///
    /// # Shapes
    /// `[batch, 784] → [batch, units of the layer]`
    #[must_use]
    pub fn activations(&self, input: Tensor<2>, layer: LayerName) -> Tensor<2> {
        match layer {
            LayerName::Encoder(idx) => self.encoder.forward_through(input, idx + 1, None),
            LayerName::Code => self.encode(input),
            LayerName::Decoder(idx) => {
                let code = self.encode(input);
                self.decode_through(code, idx + 1)
            }
        }
    }
}

impl LayerOutput {
    /// The reconstructed input: `[batch, inputs of the layer]`.
    #[must_use]
    pub fn reconstruction(&self) -> Tensor<2> {
        activate(self.activation, self.logits.clone())
    }
}
