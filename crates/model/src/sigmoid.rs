//! The logistic function with its gradient on all threads, where the processor trains.
//!
//! Burn's takes one thread and a call into the C library for each value: with a thousand units a quarter of a step.
//!
//! Other devices use Burn's, and a test compares the two.

#![expect(
    clippy::inline_always,
    reason = "a call would keep loops from being vectorised"
)]

use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, Backend, Dispatch, Flex, TensorMetadata, backend_extension};
use burn::tensor::{DType, Tensor, activation};
use pulp::{Arch, NullaryFnOnce};
use rayon::prelude::*;

use hourglass_simd::exp_of_negative;

use super::processor::{Numbers, is_processor, numbers, tensor, without_faint};

/// Values that one thread takes at a time.
const CHUNK: usize = 1 << 12;

/// `σ(z) = 1 / (1 + e⁻ᶻ)`, differentiable.
///
/// # Shapes
/// any → the same
#[must_use]
pub fn sigmoid<const D: usize>(z: Tensor<D>) -> Tensor<D> {
    if is_processor(&z.device()) && z.dtype() == DType::F32 {
        Tensor::from_dispatch(Dispatch::logistic(z.into_dispatch()))
    } else {
        activation::sigmoid(z)
    }
}

#[backend_extension(Flex, Autodiff)]
trait Logistic: Backend {
    fn logistic(z: FloatTensor<Self>) -> FloatTensor<Self>;
}

impl Logistic for Flex {
    fn logistic(z: Numbers) -> Numbers {
        forward(&z)
    }
}

impl<C: CheckpointStrategy> Logistic for Autodiff<Flex, C> {
    fn logistic(z: FloatTensor<Self>) -> FloatTensor<Self> {
        let prepared = BackwardPass
            .prepare::<C>([z.node()])
            .compute_bound()
            .stateful();
        let outputs = forward(&z.into_primitive());
        match prepared {
            OpsKind::Tracked(prepared) => prepared.finish(outputs.clone(), outputs),
            OpsKind::UnTracked(prepared) => prepared.finish(outputs),
        }
    }
}

/// The state is the outputs, which share their memory with those outside.
#[derive(Debug)]
struct BackwardPass;

impl Backward<Flex, 1> for BackwardPass {
    type State = Numbers;

    fn backward(self, ops: Ops<Numbers, 1>, grads: &mut Gradients, _: &mut Checkpointer) {
        let [node] = ops.parents;
        let by_outputs = grads.consume::<Flex>(&ops.node).to_contiguous();
        let Some(node) = node else { return };
        let outputs = ops.state;
        let mut by_inputs = vec![0.0; numbers(&outputs).len()];
        let arch = Arch::new();
        by_inputs
            .par_chunks_mut(CHUNK)
            .zip(numbers(&outputs).par_chunks(CHUNK))
            .zip(numbers(&by_outputs).par_chunks(CHUNK))
            .for_each(|((by_inputs, outputs), by_outputs)| {
                arch.dispatch(Slopes {
                    outputs,
                    by_outputs,
                    by_inputs,
                });
            });
        grads.register::<Flex>(node.id, tensor(by_inputs, outputs.shape()));
    }
}

fn forward(z: &Numbers) -> Numbers {
    let z = z.to_contiguous();
    let mut outputs = vec![0.0; numbers(&z).len()];
    let arch = Arch::new();
    outputs
        .par_chunks_mut(CHUNK)
        .zip(numbers(&z).par_chunks(CHUNK))
        .for_each(|(outputs, z)| arch.dispatch(Values { z, outputs }));
    tensor(outputs, z.shape())
}

/// The outputs of some values.
struct Values<'a> {
    z: &'a [f32],
    outputs: &'a mut [f32],
}

impl NullaryFnOnce for Values<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        for (output, &z) in self.outputs.iter_mut().zip(self.z) {
            *output = logistic(z).0;
        }
    }
}

/// The gradients of some values: `σ′(z) = σ(z) (1 − σ(z))`.
struct Slopes<'a> {
    outputs: &'a [f32],
    by_outputs: &'a [f32],
    by_inputs: &'a mut [f32],
}

impl NullaryFnOnce for Slopes<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let pairs = self.outputs.iter().zip(self.by_outputs);
        for (by_input, (&output, &by_output)) in self.by_inputs.iter_mut().zip(pairs) {
            *by_input = without_faint(by_output * (output * (1.0 - output)));
        }
    }
}

/// `σ(z)` and `e^{−|z|}`: with the exponential of what is not positive nothing overflows. What is not a number stays
/// none.
#[inline(always)]
#[must_use]
pub fn logistic(z: f32) -> (f32, f32) {
    let small = exp_of_negative(-z.abs());
    let of_size = 1.0 / (1.0 + small); // σ(|z|)
    let value = if z < 0.0 { small * of_size } else { of_size };
    (value, small)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn far_out_it_is_flat_and_what_is_not_a_number_stays_none() {
        for (z, expected) in [(1e4, 1.0), (-1e4, 0.0), (0.0, 0.5), (f32::INFINITY, 1.0)] {
            let (value, _) = logistic(z);
            assert!((value - expected).abs() < 1e-30, "{z}: {value}");
        }
        assert!(logistic(f32::NAN).0.is_nan());
    }
}
