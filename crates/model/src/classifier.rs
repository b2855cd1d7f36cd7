//! Softmax classifiers: a small one for judging data, and one that grows out of an encoder.

use burn::module::{Module, ParamId};
use burn::nn::Linear;
use burn::tensor::{Device, Tensor};

use hourglass_experiment::network::Place;
use hourglass_experiment::{Activation, Experiment, LayerName};

use super::autoencoder;
use super::dense::Dense;
use super::init::Initializer;
use super::{Part, Stack};

/// Fully connected layers that end in a logit for each class.
#[derive(Module, Debug)]
pub struct Classifier {
    stack: Stack,
}

impl Classifier {
    /// A classifier of inputs of `sizes[0]` values as the last of `sizes` classes, with `ReLU` layers between.
    #[must_use]
    pub fn new(sizes: &[usize], seed: u64, device: &Device) -> Self {
        let mut init = Initializer::new(seed, device);
        Self {
            stack: Stack::dense(sizes, &mut init),
        }
    }

    /// # Shapes
    /// `[batch, inputs] → logits [batch, classes]`
    #[must_use]
    pub fn forward(&self, input: Tensor<2>) -> Tensor<2> {
        self.stack.forward(input)
    }
}

/// An encoder with a softmax layer on its code.
#[derive(Module, Debug)]
pub struct CodeClassifier {
    encoder: Stack,
    head: Linear,
}

impl CodeClassifier {
    /// The encoder with the first weights that the experiment's seed stands for, and a softmax layer.
    #[must_use]
    pub fn new(experiment: &Experiment, part: Part, device: &Device) -> Self {
        let mut init = Initializer::of(part, experiment, device);
        Self {
            encoder: autoencoder::encoder(&experiment.architecture, &mut init),
            head: init.linear(
                experiment.architecture.code_size(),
                experiment.n_classes,
                Activation::Linear,
            ),
        }
    }

    /// # Shapes
    /// `[batch, pixels] → logits [batch, classes]`
    #[must_use]
    pub fn forward(&self, images: Tensor<2>) -> Tensor<2> {
        Dense::LINEAR.of(&self.head, self.encoder.forward(images))
    }

    /// Which parameter the weights are that make each layer, without biases: those of the encoder and the softmax
    /// layer.
    #[must_use]
    pub fn weights(&self) -> Vec<(Place, ParamId)> {
        let code = Place::Layer(LayerName::Code);
        let mut weights = self.encoder.weight_ids(LayerName::Encoder, code);
        weights.push((Place::Classes, self.head.weight.id));
        weights
    }
}
