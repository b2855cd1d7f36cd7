//! The fused kernel as an operation of Burn's processor backend, with its backward pass.

use std::sync::Arc;

use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, Backend, Dispatch, Flex, TensorMetadata, backend_extension};
use burn::tensor::Tensor;
use pulp::Arch;

use crate::processor::{Numbers, numbers, tensor};

use super::kernel::{self, Block, Parameters, Passed};

/// The outputs of a block, differentiable.
///
/// # Shapes
/// `[batch, inputs, side, side]`, `[outputs, inputs, 3, 3]`, `[outputs]` → `[batch, outputs, side, side]`, where
/// the first side is the block's input side and the last its output side
pub(super) fn conv_block(
    maps: Tensor<4>,
    weights: Tensor<4>,
    bias: Tensor<1>,
    block: Block,
) -> Tensor<4> {
    let [maps, weights] = [maps, weights].map(Tensor::into_dispatch);
    let outputs = Dispatch::fused_convolution(maps, weights, bias.into_dispatch(), block);
    Tensor::from_dispatch(outputs)
}

#[backend_extension(Flex, Autodiff)]
trait FusedConvolution: Backend {
    fn fused_convolution(
        maps: FloatTensor<Self>,
        weights: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        block: Block,
    ) -> FloatTensor<Self>;
}

impl FusedConvolution for Flex {
    fn fused_convolution(maps: Numbers, weights: Numbers, bias: Numbers, block: Block) -> Numbers {
        forward(&maps, &weights, &bias, block).0
    }
}

impl<C: CheckpointStrategy> FusedConvolution for Autodiff<Flex, C> {
    fn fused_convolution(
        maps: FloatTensor<Self>,
        weights: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        block: Block,
    ) -> FloatTensor<Self> {
        let parents = [maps.node(), weights.node(), bias.node()];
        let prepared = FusedBackward
            .prepare::<C>(parents)
            .compute_bound()
            .stateful();
        let [maps, weights, bias] = [maps, weights, bias].map(FloatTensor::<Self>::into_primitive);
        // Contiguous once, so that the backward pass need not copy again.
        let [maps, weights] = [maps, weights].map(|tensor| tensor.to_contiguous());
        let (outputs, winners) = forward(&maps, &weights, &bias, block);
        match prepared {
            OpsKind::Tracked(prepared) => {
                let state = State {
                    block,
                    maps,
                    weights,
                    outputs: outputs.clone(),
                    winners: winners.into(),
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
    block: Block,
    maps: Numbers,
    weights: Numbers,
    outputs: Numbers,
    winners: Arc<[u8]>,
}

#[derive(Debug)]
struct FusedBackward;

impl Backward<Flex, 3> for FusedBackward {
    type State = State;

    fn backward(self, ops: Ops<State, 3>, grads: &mut Gradients, _: &mut Checkpointer) {
        let nodes = ops.parents.map(|node| node.map(|node| node.id));
        let by_outputs = grads.consume::<Flex>(&ops.node).to_contiguous();
        let State {
            block,
            maps,
            weights,
            outputs,
            winners,
        } = ops.state;
        let passed = Passed {
            inputs: numbers(&maps),
            weights: numbers(&weights),
            outputs: numbers(&outputs),
            winners: &winners,
        };
        let wants_maps = nodes[0].is_some();
        let found = kernel::backward(
            Arch::new(),
            &block,
            passed,
            numbers(&by_outputs),
            wants_maps,
        );
        found.register(grads, nodes, [&maps, &weights]);
    }
}

/// Outputs and winners.
fn forward(maps: &Numbers, weights: &Numbers, bias: &Numbers, block: Block) -> (Numbers, Vec<u8>) {
    let [maps, weights, bias] = [maps, weights, bias].map(Numbers::to_contiguous);
    let parameters = Parameters {
        weights: numbers(&weights),
        bias: numbers(&bias),
    };
    let found = kernel::forward(Arch::new(), &block, numbers(&maps), parameters);
    let n_images = maps.shape()[0];
    let side = block.output_side();
    let shape = [n_images, block.n_outputs, side, side];
    (tensor(found.outputs, shape), found.winners)
}
