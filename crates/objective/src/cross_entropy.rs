//! The mean cross-entropy with its gradient in one pass on all threads, where the processor trains.
//!
//! Burn takes a pass for each operation, on one thread, and exponentials twice.
//!
//! Other devices use Burn's operations (`reconstruction::cross_entropies`), and a test compares the two.

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
use burn::tensor::{DType, Tensor};
use pulp::{Arch, NullaryFnOnce};
use rayon::prelude::*;

use hourglass_model::processor::{Numbers, is_processor, numbers, tensor, without_faint};
use hourglass_model::sigmoid::logistic;

/// Values that one thread takes at a time. Sums are taken over them, then over the chunks in their order, so that
/// the mean does not depend on the number of threads.
const CHUNK: usize = 1 << 12;

/// Values whose factors are multiplied before a logarithm is taken: each is at most 2.
const PIECE: usize = 64;

/// Whether the mean is found here: for tensors in memory, with gradients or without.
pub(super) fn computes(logits: &Tensor<2>) -> bool {
    is_processor(&logits.device()) && logits.dtype() == DType::F32
}

/// `1/(batch·n) Σ (1 − x) z − ln σ(z)`, differentiable by the logits; the target counts as a constant.
///
/// # Shapes
/// `[batch, n], [batch, n] → [1]`
pub(super) fn mean(logits: Tensor<2>, target: Tensor<2>) -> Tensor<1> {
    let [logits, target] = [logits, target.detach()].map(Tensor::into_dispatch);
    Tensor::from_dispatch(Dispatch::mean_cross_entropy(logits, target))
}

#[backend_extension(Flex, Autodiff)]
trait MeanCrossEntropy: Backend {
    fn mean_cross_entropy(
        logits: FloatTensor<Self>,
        target: FloatTensor<Self>,
    ) -> FloatTensor<Self>;
}

impl MeanCrossEntropy for Flex {
    fn mean_cross_entropy(logits: Numbers, target: Numbers) -> Numbers {
        tensor(vec![pass(&logits, &target).0], [1])
    }
}

impl<C: CheckpointStrategy> MeanCrossEntropy for Autodiff<Flex, C> {
    fn mean_cross_entropy(
        logits: FloatTensor<Self>,
        target: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        let prepared = BackwardPass
            .prepare::<C>([logits.node()])
            .compute_bound()
            .stateful();
        let [logits, target] = [logits, target].map(FloatTensor::<Self>::into_primitive);
        let (mean, slopes) = pass(&logits, &target);
        match prepared {
            OpsKind::Tracked(prepared) => {
                let state = tensor(slopes, logits.shape());
                prepared.finish(state, tensor(vec![mean], [1]))
            }
            OpsKind::UnTracked(prepared) => prepared.finish(tensor(vec![mean], [1])),
        }
    }
}

/// The state is the gradient of the sum.
#[derive(Debug)]
struct BackwardPass;

impl Backward<Flex, 1> for BackwardPass {
    type State = Numbers;

    fn backward(self, ops: Ops<Numbers, 1>, grads: &mut Gradients, _: &mut Checkpointer) {
        let [node] = ops.parents;
        let by_mean = numbers(&grads.consume::<Flex>(&ops.node))[0];
        let Some(node) = node else { return };
        let mut by_logits = ops.state;
        let values = by_logits.storage_mut::<f32>();
        let factor = by_mean / values.len() as f32;
        for value in values {
            *value = without_faint(*value * factor); // those of sure pixels
        }
        grads.register::<Flex>(node.id, by_logits);
    }
}

/// The mean, and the gradient of the sum: `σ(z) − x`.
fn pass(logits: &Numbers, target: &Numbers) -> (f32, Vec<f32>) {
    let [logits, target] = [logits, target].map(Numbers::to_contiguous);
    let [logits, target] = [&logits, &target].map(numbers);
    let mut slopes = vec![0.0; logits.len()];
    let arch = Arch::new();
    let sums: Vec<f64> = slopes
        .par_chunks_mut(CHUNK)
        .zip(logits.par_chunks(CHUNK))
        .zip(target.par_chunks(CHUNK))
        .map(|((slopes, logits), target)| {
            arch.dispatch(Chunk {
                logits,
                target,
                slopes,
            })
        })
        .collect();
    let mean = (sums.iter().sum::<f64>() / logits.len() as f64) as f32;
    (mean, slopes)
}

/// What one thread takes.
struct Chunk<'a> {
    logits: &'a [f32],
    target: &'a [f32],
    slopes: &'a mut [f32],
}

impl NullaryFnOnce for Chunk<'_> {
    /// The sum of its cross-entropies.
    type Output = f64;

    #[inline(always)]
    fn call(self) -> f64 {
        let pieces = self.logits.chunks(PIECE).zip(self.target.chunks(PIECE));
        let mut sum = 0.0;
        for ((logits, target), slopes) in pieces.zip(self.slopes.chunks_mut(PIECE)) {
            sum += of_piece(logits, target, slopes);
        }
        sum
    }
}

/// The sum of some pixels' cross-entropies, and their gradients. With `max(0, −z) + ln(1 + e^{−|z|})` in the place of
/// `−ln σ(z)` nothing overflows; the sum of the logarithms is that of a product, which is cheaper. What is not a number
/// stays none.
#[inline(always)]
fn of_piece(logits: &[f32], target: &[f32], slopes: &mut [f32]) -> f64 {
    let mut smalls = [0.0; PIECE];
    let pairs = logits.iter().zip(target);
    let found = slopes.iter_mut().zip(&mut smalls);
    for ((&logit, &target), (slope, small)) in pairs.zip(found) {
        let (value, rest) = logistic(logit);
        *slope = value - target;
        *small = rest;
    }
    let (mut sum, mut product) = (0.0, 1.0);
    for ((&logit, &target), &small) in logits.iter().zip(target).zip(&smalls) {
        let below = if logit < 0.0 { -logit } else { 0.0 };
        sum += f64::from((1.0 - target) * logit + below);
        product *= 1.0 + f64::from(small);
    }
    sum + product.ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sure_pixels_do_not_overflow() {
        for (logit, target, expected, slope) in [
            (1e4, 1.0, 0.0, 0.0),
            (-1e4, 0.0, 0.0, 0.0),
            (1e4, 0.0, 1e4, 1.0),
            (-1e4, 1.0, 1e4, -1.0),
            (0.0, 0.5, std::f32::consts::LN_2, 0.0),
        ] {
            let mut found = [0.0];
            let value = of_piece(&[logit], &[target], &mut found);
            assert!(
                (value - f64::from(expected)).abs() < 1e-6,
                "{logit}: {value}"
            );
            assert!((found[0] - slope).abs() < 1e-7, "{logit}: {found:?}");
        }
    }

    #[test]
    fn what_is_not_a_number_comes_through() {
        let mut slopes = [0.0; 2];
        let value = of_piece(&[0.5, f32::NAN], &[0.3, 0.3], &mut slopes);
        assert!(value.is_nan() && slopes[1].is_nan() && !slopes[0].is_nan());
    }
}
