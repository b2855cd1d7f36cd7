//! First weights, drawn from the run's own stream on the host: the same on every device.

use burn::module::{Param, ParamId};
use burn::nn::Linear;
use burn::tensor::{Device, Tensor, TensorData};
use rand::SeedableRng;
use rand::distr::{Distribution, Uniform};
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::experiment::{Stream, stream_seed};

/// Makes layers one after the other; each draws its weights from a generator of its own.
pub struct Initializer<'a> {
    seed: u64,
    device: &'a Device,
    n_layers: u64,
    n_params: u64,
}

impl<'a> Initializer<'a> {
    /// Starts the weights of a run with `seed`.
    pub fn new(seed: u64, device: &'a Device) -> Self {
        Self {
            seed,
            device,
            n_layers: 0,
            n_params: 0,
        }
    }

    /// A fully connected layer with Glorot uniform weights, `U(−√(6/(in+out)), √(6/(in+out)))`, and zero
    /// bias (Glorot & Bengio 2010, eq. 16).
    pub fn linear(&mut self, n_inputs: usize, n_outputs: usize) -> Linear {
        let seed = stream_seed(self.seed, Stream::Weights, &[self.n_layers]);
        self.n_layers += 1;
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);

        #[expect(
            clippy::cast_precision_loss,
            reason = "layers have a few thousand units"
        )]
        let bound = (6.0 / (n_inputs + n_outputs) as f32).sqrt();
        let uniform = Uniform::new(-bound, bound).expect("the bound is finite and positive");
        let weights: Vec<f32> = uniform
            .sample_iter(&mut rng)
            .take(n_inputs * n_outputs)
            .collect();

        let weight = TensorData::new(weights, [n_inputs, n_outputs]);
        let bias = TensorData::new(vec![0.0_f32; n_outputs], [n_outputs]);
        Linear {
            weight: Param::initialized(self.next_id(), self.leaf(weight)),
            bias: Some(Param::initialized(self.next_id(), self.leaf(bias))),
        }
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
