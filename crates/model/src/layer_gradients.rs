//! What the program's own kernels of layers with weights hand back to Burn.

use burn::backend::autodiff::NodeId;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::{Flex, TensorMetadata};

use super::processor::{Numbers, tensor};

/// The gradients of a loss by what went into a layer.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerGradients {
    /// By the inputs; `None` if they were not wanted.
    pub inputs: Option<Vec<f32>>,
    pub weights: Vec<f32>,
    pub bias: Vec<f32>,
}

impl LayerGradients {
    /// Registers those by inputs, weights and bias that have a node, in the shapes of `inputs` and `weights`.
    pub fn register(
        self,
        grads: &mut Gradients,
        nodes: [Option<NodeId>; 3],
        [inputs, weights]: [&Numbers; 2],
    ) {
        let bias_shape = [self.bias.len()].into();
        let found = [
            self.inputs.map(|gradient| (gradient, inputs.shape())),
            Some((self.weights, weights.shape())),
            Some((self.bias, bias_shape)),
        ];
        for (node, found) in nodes.into_iter().zip(found) {
            if let (Some(node), Some((gradient, shape))) = (node, found) {
                grads.register::<Flex>(node, tensor(gradient, shape));
            }
        }
    }
}
