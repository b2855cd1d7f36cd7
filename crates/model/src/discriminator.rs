//! The adversary of an adversarial prior.

use burn::module::Module;
use burn::tensor::{Device, Tensor};

use hourglass_experiment::{Adversarial, Experiment};

use super::init::Initializer;
use super::{Part, Stack};

/// Tells samples of the prior from codes: two hidden layers, one logit.
#[derive(Module, Debug)]
pub struct Discriminator {
    stack: Stack,
}

impl Discriminator {
    /// A discriminator of the experiment's codes, its weights drawn apart from the autoencoder's.
    #[must_use]
    pub fn new(experiment: &Experiment, device: &Device) -> Self {
        let mut init = Initializer::of(Part::Discriminator, experiment, device);
        let sizes: Vec<usize> = [experiment.architecture.code_size()]
            .into_iter()
            .chain(Adversarial::DISCRIMINATOR_HIDDEN)
            .chain([1])
            .collect();
        Self {
            stack: Stack::dense(&sizes, &mut init),
        }
    }

    /// The logit of `D`, the probability that a code is a sample of the prior.
    ///
    /// # Shapes
    /// `[batch, code] → [batch, 1]`
    #[must_use]
    pub fn forward(&self, codes: Tensor<2>) -> Tensor<2> {
        self.stack.forward(codes)
    }
}
