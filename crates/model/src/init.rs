//! Initial weights, drawn from the run's own stream on the host: the same on every device.

mod draw;

use burn::module::{Param, ParamId};
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::{Initializer as BurnInitializer, Linear, PaddingConfig2d};
use burn::tensor::{Device, Tensor, TensorData};
use rand::SeedableRng;
use rand_xoshiro::Xoshiro256PlusPlus;

use hourglass_experiment::{
    Activation, Experiment, Initialization, InitializationKind, Kernels, Stream, stream_seed,
};

use draw::Fans;

/// Networks of a run that are made apart, so that one's presence changes nothing about another: their weights
/// come from addresses of their own and their parameters have names of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Encoder and decoder.
    Autoencoder,
    /// The discriminator of an adversarial prior.
    Discriminator,
    /// The classifier that starts from the trained encoder.
    TunedClassifier,
    /// The classifier that starts from the encoder's first weights.
    RandomClassifier,
}

/// Makes layers one after the other; each draws its weights from a generator of its own.
pub struct Initializer<'a> {
    seed: u64,
    rule: Initialization,
    device: &'a Device,
    n_layers: u64,
    n_params: u64,
}

impl<'a> Initializer<'a> {
    /// Starts the weights of a network that belongs to no experiment.
    pub fn new(seed: u64, device: &'a Device) -> Self {
        Self {
            seed,
            rule: Initialization::default(),
            device,
            n_layers: 0,
            n_params: 0,
        }
    }

    /// Starts the weights of one part of a run.
    pub fn of(part: Part, experiment: &Experiment, device: &'a Device) -> Self {
        let (n_layers, n_params) = match part {
            Part::Autoencoder => (0, 0),
            Part::Discriminator => (1000, 10_000),
            // Both classifiers start as the encoder does: with the same weights, and with the same last layer.
            Part::TunedClassifier => (0, 20_000),
            Part::RandomClassifier => (0, 30_000),
        };
        let rule = match part {
            Part::Discriminator => Initialization::default(), // the experiment's is of encoder and decoder
            Part::Autoencoder | Part::TunedClassifier | Part::RandomClassifier => {
                experiment.initialization
            }
        };
        Self {
            seed: experiment.seed,
            rule,
            device,
            n_layers,
            n_params,
        }
    }

    /// A fully connected layer whose values go through `activation`.
    pub fn linear(&mut self, n_inputs: usize, n_outputs: usize, activation: Activation) -> Linear {
        let fans = Fans::of_dense(n_inputs, n_outputs);
        let weight = TensorData::new(self.draw(fans, activation), [n_inputs, n_outputs]);
        Linear {
            weight: Param::initialized(self.next_id(), self.leaf(weight)),
            bias: Some(self.bias(n_outputs, activation)),
        }
    }

    /// A convolution whose values go through `activation`: kernel² · in inputs and kernel² · out outputs, as Keras
    /// counts them.
    pub fn convolution(
        &mut self,
        n_inputs: usize,
        Kernels {
            channels: n_outputs,
            kernel,
            stride,
            padding,
        }: Kernels,
        activation: Activation,
    ) -> Conv2d {
        let fans = Fans::of_convolution(kernel * kernel, n_inputs, n_outputs);
        let weight = self.draw(fans, activation);
        let weight = TensorData::new(weight, [n_outputs, n_inputs, kernel, kernel]);
        let config = Conv2dConfig::new([n_inputs, n_outputs], [kernel, kernel])
            .with_stride([stride, stride])
            .with_padding(PaddingConfig2d::Explicit(
                padding, padding, padding, padding,
            ))
            .with_initializer(BurnInitializer::Zeros);
        Conv2d {
            weight: Param::initialized(self.next_id(), self.leaf(weight)),
            bias: Some(self.bias(n_outputs, activation)),
            ..config.init(self.device)
        }
    }

    /// Biases of units with this activation.
    pub fn bias(&mut self, n_units: usize, activation: Activation) -> Param<Tensor<1>> {
        let biases = TensorData::new(vec![self.first_bias(activation); n_units], [n_units]);
        Param::initialized(self.next_id(), self.leaf(biases))
    }

    /// 0, or what the rule has for units with this activation.
    fn first_bias(&self, activation: Activation) -> f32 {
        match (self.rule.kind, activation) {
            (InitializationKind::Sparse, Activation::Tanh) => Initialization::SPARSE_TANH_BIAS,
            _ => 0.0,
        }
    }

    /// The weights of the next layer.
    fn draw(&mut self, fans: Fans, activation: Activation) -> Vec<f32> {
        let seed = stream_seed(self.seed, Stream::Weights, &[self.n_layers]);
        self.n_layers += 1;
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
        let mut weights = draw::weights(self.rule.kind, fans, &mut rng);
        let scale = match (self.rule.kind, activation) {
            (InitializationKind::Sparse, Activation::Tanh) => {
                self.rule.scale * Initialization::SPARSE_TANH_SCALE
            }
            _ => self.rule.scale,
        };
        for weight in &mut weights {
            *weight *= scale; // by 1 it stays what it is, to the last bit
        }
        weights
    }

    fn leaf<const D: usize>(&self, data: TensorData) -> Tensor<D> {
        let tensor = Tensor::from_data(data, self.device);
        if self.device.is_autodiff() {
            tensor.require_grad()
        } else {
            tensor
        }
    }

    /// Numbered names, so that an optimizer's state finds its parameters again in another process.
    fn next_id(&mut self) -> ParamId {
        self.n_params += 1;
        ParamId::from(self.n_params)
    }
}

#[cfg(test)]
mod tests {
    use hourglass_experiment::PresetId;

    use super::*;

    fn first_layer(rule: Initialization, activation: Activation) -> (Vec<f32>, f32) {
        let mut experiment = PresetId::Vanilla64.preset().experiment();
        experiment.initialization = rule;
        let device = Device::flex();
        let mut init = Initializer::of(Part::Autoencoder, &experiment, &device);
        let weights = init.draw(Fans::of_dense(40, 8), activation);
        (weights, init.first_bias(activation))
    }

    #[test]
    fn sparse_tanh_units_act_as_logistic_ones_would() {
        let sparse = Initialization {
            kind: InitializationKind::Sparse,
            scale: 1.0,
        };
        let (logistic, zero) = first_layer(sparse, Activation::Sigmoid);
        let (tanh, half) = first_layer(sparse, Activation::Tanh);
        assert_eq!(
            [zero, half].map(f32::to_bits),
            [0.0_f32, 0.5].map(f32::to_bits)
        );
        let quarter = logistic.iter().map(|weight| weight / 4.0);
        assert_eq!(tanh, quarter.collect::<Vec<f32>>());
        let (_, glorot) = first_layer(Initialization::default(), Activation::Tanh);
        assert_eq!(glorot.to_bits(), 0.0_f32.to_bits());
    }

    #[test]
    fn the_scale_multiplies_what_is_drawn() {
        for kind in InitializationKind::ALL {
            let of = |scale| first_layer(Initialization { kind, scale }, Activation::Relu);
            let ((once, _), (twice, _)) = (of(1.0), of(2.0));
            let doubled: Vec<f32> = once.iter().map(|weight| weight * 2.0).collect();
            assert_eq!(twice, doubled, "{kind:?}");
        }
    }

    #[test]
    fn a_rule_is_of_the_autoencoder_and_its_classifiers_alone() {
        let mut experiment = PresetId::Aae2.preset().experiment();
        let first = |experiment: &Experiment, part| {
            let device = Device::flex();
            let mut init = Initializer::of(part, experiment, &device);
            init.draw(Fans::of_dense(20, 4), Activation::Relu)
        };
        let before =
            [Part::Discriminator, Part::RandomClassifier].map(|part| first(&experiment, part));
        experiment.initialization.kind = InitializationKind::HeNormal;
        assert_eq!(first(&experiment, Part::Discriminator), before[0]);
        let start = first(&experiment, Part::Autoencoder);
        assert_ne!(start, before[1]);
        assert_eq!(first(&experiment, Part::RandomClassifier), start);
        assert_eq!(first(&experiment, Part::TunedClassifier), start);
    }
}
