//! A small softmax classifier, for judging data and codes.

use burn::module::Module;
use burn::tensor::{Device, Tensor};

use crate::experiment::{Activation, N_CLASSES};

use super::DenseStack;
use super::init::Initializer;

/// Fully connected layers that end in a logit for each class.
#[derive(Module, Debug)]
pub struct Classifier {
    stack: DenseStack,
}

impl Classifier {
    /// A classifier of inputs of `n_inputs` values with `ReLU` hidden layers.
    #[must_use]
    pub fn new(n_inputs: usize, hidden: &[usize], seed: u64, device: &Device) -> Self {
        let sizes: Vec<usize> = [n_inputs]
            .into_iter()
            .chain(hidden.iter().copied())
            .chain([N_CLASSES])
            .collect();
        let mut init = Initializer::new(seed, device);
        Self {
            stack: DenseStack::new(&sizes, Activation::Relu, Activation::Linear, &mut init),
        }
    }

    /// # Shapes
    /// `[batch, inputs] → logits [batch, 10]`
    #[must_use]
    pub fn forward(&self, input: Tensor<2>) -> Tensor<2> {
        self.stack.forward(input)
    }
}
