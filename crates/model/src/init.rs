//! Initial weights, drawn from the run's own stream on the host: the same on every device.

use burn::module::{Param, ParamId};
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::{Initializer as BurnInitializer, Linear, PaddingConfig2d};
use burn::tensor::{Device, Tensor, TensorData};
use rand::SeedableRng;
use rand::distr::{Distribution, Uniform};
use rand_xoshiro::Xoshiro256PlusPlus;

use hourglass_experiment::{Kernels, Stream, stream_seed};

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
    device: &'a Device,
    n_layers: u64,
    n_params: u64,
}

impl<'a> Initializer<'a> {
    /// Starts the weights of a run's autoencoder with `seed`.
    pub fn new(seed: u64, device: &'a Device) -> Self {
        Self::of(Part::Autoencoder, seed, device)
    }

    /// Starts the weights of one part of a run with `seed`.
    pub fn of(part: Part, seed: u64, device: &'a Device) -> Self {
        let (n_layers, n_params) = match part {
            Part::Autoencoder => (0, 0),
            Part::Discriminator => (1000, 10_000),
            // Both classifiers start as the encoder does: with the same weights, and with the same last layer.
            Part::TunedClassifier => (0, 20_000),
            Part::RandomClassifier => (0, 30_000),
        };
        Self {
            seed,
            device,
            n_layers,
            n_params,
        }
    }

    /// A fully connected layer with Glorot uniform weights, `U(−√(6/(in+out)), √(6/(in+out)))`, and zero
    /// bias (Glorot & Bengio 2010, eq. 16).
    pub fn linear(&mut self, n_inputs: usize, n_outputs: usize) -> Linear {
        let weight = self.glorot(n_inputs, n_outputs, n_inputs * n_outputs);
        let weight = TensorData::new(weight, [n_inputs, n_outputs]);
        Linear {
            weight: Param::initialized(self.next_id(), self.leaf(weight)),
            bias: Some(self.bias(n_outputs)),
        }
    }

    /// A convolution with Glorot uniform weights over its kernel² · in inputs and kernel² · out outputs, as Keras
    /// counts them, and zero bias.
    pub fn convolution(
        &mut self,
        n_inputs: usize,
        Kernels {
            channels: n_outputs,
            kernel,
            stride,
            padding,
        }: Kernels,
    ) -> Conv2d {
        let taps = kernel * kernel;
        let weight = self.glorot(
            taps * n_inputs,
            taps * n_outputs,
            taps * n_inputs * n_outputs,
        );
        let weight = TensorData::new(weight, [n_outputs, n_inputs, kernel, kernel]);
        let config = Conv2dConfig::new([n_inputs, n_outputs], [kernel, kernel])
            .with_stride([stride, stride])
            .with_padding(PaddingConfig2d::Explicit(
                padding, padding, padding, padding,
            ))
            .with_initializer(BurnInitializer::Zeros);
        Conv2d {
            weight: Param::initialized(self.next_id(), self.leaf(weight)),
            bias: Some(self.bias(n_outputs)),
            ..config.init(self.device)
        }
    }

    /// Zeros.
    pub fn bias(&mut self, n_units: usize) -> Param<Tensor<1>> {
        let zeros = TensorData::new(vec![0.0_f32; n_units], [n_units]);
        Param::initialized(self.next_id(), self.leaf(zeros))
    }

    fn glorot(&mut self, fan_in: usize, fan_out: usize, n_values: usize) -> Vec<f32> {
        let seed = stream_seed(self.seed, Stream::Weights, &[self.n_layers]);
        self.n_layers += 1;
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
        let bound = (6.0 / (fan_in + fan_out) as f32).sqrt();
        let uniform = Uniform::new(-bound, bound).expect("the bound is finite and positive");
        uniform.sample_iter(&mut rng).take(n_values).collect()
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
