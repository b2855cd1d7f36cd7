//! The fused layer as an operation of Burn's processor backend, with its backward pass.

use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, Backend, Dispatch, Flex, TensorMetadata, backend_extension};
use burn::tensor::Tensor;

use crate::processor::{Numbers, numbers, tensor};

use super::product::{self, Layer, Passed};

/// The outputs of a layer, differentiable.
///
/// # Shapes
/// `[batch, inputs]`, the layer's weights, `[units]` → `[batch, units]`
pub(super) fn dense(
    inputs: Tensor<2>,
    weights: Tensor<2>,
    bias: Tensor<1>,
    layer: Layer,
) -> Tensor<2> {
    let [inputs, weights] = [inputs, weights].map(Tensor::into_dispatch);
    let outputs = Dispatch::fused_dense(inputs, weights, bias.into_dispatch(), layer);
    Tensor::from_dispatch(outputs)
}

#[backend_extension(Flex, Autodiff)]
trait FusedDense: Backend {
    fn fused_dense(
        inputs: FloatTensor<Self>,
        weights: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        layer: Layer,
    ) -> FloatTensor<Self>;
}

impl FusedDense for Flex {
    fn fused_dense(inputs: Numbers, weights: Numbers, bias: Numbers, layer: Layer) -> Numbers {
        forward(&inputs, &weights, &bias, layer)
    }
}

impl<C: CheckpointStrategy> FusedDense for Autodiff<Flex, C> {
    fn fused_dense(
        inputs: FloatTensor<Self>,
        weights: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        layer: Layer,
    ) -> FloatTensor<Self> {
        let parents = [inputs.node(), weights.node(), bias.node()];
        let prepared = FusedBackward
            .prepare::<C>(parents)
            .compute_bound()
            .stateful();
        let [inputs, weights, bias] =
            [inputs, weights, bias].map(FloatTensor::<Self>::into_primitive);
        // Contiguous once, so that the backward pass need not copy again.
        let [inputs, weights] = [inputs, weights].map(|tensor| tensor.to_contiguous());
        let outputs = forward(&inputs, &weights, &bias, layer);
        match prepared {
            OpsKind::Tracked(prepared) => {
                let state = State {
                    layer,
                    inputs,
                    weights,
                    outputs: outputs.clone(),
                };
                prepared.finish(state, outputs)
            }
            OpsKind::UnTracked(prepared) => prepared.finish(outputs),
        }
    }
}

/// What the backward pass remembers of the forward pass. The tensors share their memory with those outside.
#[derive(Clone, Debug)]
struct State {
    layer: Layer,
    inputs: Numbers,
    weights: Numbers,
    outputs: Numbers,
}

#[derive(Debug)]
struct FusedBackward;

impl Backward<Flex, 3> for FusedBackward {
    type State = State;

    fn backward(self, ops: Ops<State, 3>, grads: &mut Gradients, _: &mut Checkpointer) {
        let nodes = ops.parents.map(|node| node.map(|node| node.id));
        let by_outputs = grads.consume::<Flex>(&ops.node).to_contiguous();
        let State {
            layer,
            inputs,
            weights,
            outputs,
        } = ops.state;
        let passed = Passed {
            inputs: numbers(&inputs),
            weights: numbers(&weights),
            outputs: numbers(&outputs),
        };
        let wants_inputs = nodes[0].is_some();
        let found = product::backward(&layer, passed, numbers(&by_outputs), wants_inputs);
        found.register(grads, nodes, [&inputs, &weights]);
    }
}

fn forward(inputs: &Numbers, weights: &Numbers, bias: &Numbers, layer: Layer) -> Numbers {
    let [inputs, weights, bias] = [inputs, weights, bias].map(Numbers::to_contiguous);
    let outputs = product::forward(&layer, numbers(&inputs), numbers(&weights), numbers(&bias));
    let n_rows = inputs.shape()[0];
    tensor(outputs, [n_rows, layer.n_units])
}
