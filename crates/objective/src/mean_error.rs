//! The mean error of all pixels with its gradient in one pass on all threads, where the processor trains.
//!
//! Burn takes a pass for each operation, on one thread, and of the cross-entropy exponentials twice.
//!
//! Other devices use Burn's operations (`reconstruction`), and tests compare the two.

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

/// Values whose squares are added up side by side.
const LANES: usize = 8;

/// Which error of a pixel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PixelError {
    /// `(1 − x) z − ln σ(z)`, of logits z.
    CrossEntropy,
    /// `(x̂ − x)²`, of reconstructions x̂.
    Squared,
}

/// Whether the mean is found here: for tensors in memory, with gradients or without.
pub(super) fn computes(outputs: &Tensor<2>) -> bool {
    is_processor(&outputs.device()) && outputs.dtype() == DType::F32
}

/// The mean error over pixels and batch, differentiable by the outputs; the target counts as a constant.
///
/// # Shapes
/// `[batch, n], [batch, n] → [1]`
pub(super) fn mean(error: PixelError, outputs: Tensor<2>, target: Tensor<2>) -> Tensor<1> {
    let [outputs, target] = [outputs, target.detach()].map(Tensor::into_dispatch);
    Tensor::from_dispatch(Dispatch::mean_error(outputs, target, error))
}

#[backend_extension(Flex, Autodiff)]
trait MeanError: Backend {
    fn mean_error(
        outputs: FloatTensor<Self>,
        target: FloatTensor<Self>,
        error: PixelError,
    ) -> FloatTensor<Self>;
}

impl MeanError for Flex {
    fn mean_error(outputs: Numbers, target: Numbers, error: PixelError) -> Numbers {
        tensor(vec![pass(error, &outputs, &target).0], [1])
    }
}

impl<C: CheckpointStrategy> MeanError for Autodiff<Flex, C> {
    fn mean_error(
        outputs: FloatTensor<Self>,
        target: FloatTensor<Self>,
        error: PixelError,
    ) -> FloatTensor<Self> {
        let prepared = BackwardPass
            .prepare::<C>([outputs.node()])
            .compute_bound()
            .stateful();
        let [outputs, target] = [outputs, target].map(FloatTensor::<Self>::into_primitive);
        let (mean, slopes) = pass(error, &outputs, &target);
        match prepared {
            OpsKind::Tracked(prepared) => {
                let state = tensor(slopes, outputs.shape());
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
        let mut by_outputs = ops.state;
        let values = by_outputs.storage_mut::<f32>();
        let factor = by_mean / values.len() as f32;
        let arch = Arch::new();
        values
            .par_chunks_mut(CHUNK)
            .for_each(|values| arch.dispatch(Scaled { values, factor }));
        grads.register::<Flex>(node.id, by_outputs);
    }
}

/// Gradients of the mean in the place of those of the sum. Those of sure pixels are faint.
struct Scaled<'a> {
    values: &'a mut [f32],
    factor: f32,
}

impl NullaryFnOnce for Scaled<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        for value in self.values {
            *value = without_faint(*value * self.factor);
        }
    }
}

/// The mean, and the gradient of the sum.
fn pass(error: PixelError, outputs: &Numbers, target: &Numbers) -> (f32, Vec<f32>) {
    let [outputs, target] = [outputs, target].map(Numbers::to_contiguous);
    let [outputs, target] = [&outputs, &target].map(numbers);
    let mut slopes = vec![0.0; outputs.len()];
    let arch = Arch::new();
    let sums: Vec<f64> = slopes
        .par_chunks_mut(CHUNK)
        .zip(outputs.par_chunks(CHUNK))
        .zip(target.par_chunks(CHUNK))
        .map(|((slopes, outputs), target)| {
            arch.dispatch(Chunk {
                error,
                outputs,
                target,
                slopes,
            })
        })
        .collect();
    let mean = (sums.iter().sum::<f64>() / outputs.len() as f64) as f32;
    (mean, slopes)
}

/// What one thread takes.
struct Chunk<'a> {
    error: PixelError,
    outputs: &'a [f32],
    target: &'a [f32],
    slopes: &'a mut [f32],
}

impl NullaryFnOnce for Chunk<'_> {
    /// The sum of its errors.
    type Output = f64;

    #[inline(always)]
    fn call(self) -> f64 {
        match self.error {
            PixelError::CrossEntropy => {
                let pieces = self.outputs.chunks(PIECE).zip(self.target.chunks(PIECE));
                let mut sum = 0.0;
                for ((logits, target), slopes) in pieces.zip(self.slopes.chunks_mut(PIECE)) {
                    sum += cross_entropies(logits, target, slopes);
                }
                sum
            }
            PixelError::Squared => squared_errors(self.outputs, self.target, self.slopes),
        }
    }
}

/// The sum of some pixels' squared errors, and their gradients `2 (x̂ − x)`.
#[inline(always)]
fn squared_errors(outputs: &[f32], target: &[f32], slopes: &mut [f32]) -> f64 {
    let mut sums = [0.0; LANES];
    let (outputs, last_outputs) = outputs.as_chunks::<LANES>();
    let (target, last_target) = target.as_chunks::<LANES>();
    let (slopes, last_slopes) = slopes.as_chunks_mut::<LANES>();
    for ((outputs, target), slopes) in outputs.iter().zip(target).zip(slopes) {
        for lane in 0..LANES {
            let difference = outputs[lane] - target[lane];
            slopes[lane] = 2.0 * difference;
            sums[lane] += f64::from(difference * difference);
        }
    }
    let rest = last_outputs.iter().zip(last_target).zip(last_slopes);
    for (((output, target), slope), sum) in rest.zip(&mut sums) {
        let difference = output - target;
        *slope = 2.0 * difference;
        *sum += f64::from(difference * difference);
    }
    sums.iter().sum()
}

/// The sum of some pixels' cross-entropies, and their gradients `σ(z) − x`. With `max(0, −z) + ln(1 + e^{−|z|})` in the place of
/// `−ln σ(z)` nothing overflows; the sum of the logarithms is that of a product, which is cheaper. What is not a number
/// stays none.
#[inline(always)]
fn cross_entropies(logits: &[f32], target: &[f32], slopes: &mut [f32]) -> f64 {
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
            let value = cross_entropies(&[logit], &[target], &mut found);
            assert!(
                (value - f64::from(expected)).abs() < 1e-6,
                "{logit}: {value}"
            );
            assert!((found[0] - slope).abs() < 1e-7, "{logit}: {found:?}");
        }
    }

    #[test]
    fn squared_errors_are_added_up_whatever_their_number() {
        let target: Vec<f32> = (0..21).map(|idx| idx as f32 / 21.0).collect();
        let outputs: Vec<f32> = target.iter().rev().copied().collect();
        for n in [1, LANES, 2 * LANES + 5] {
            let mut slopes = vec![f32::NAN; n];
            let sum = squared_errors(&outputs[..n], &target[..n], &mut slopes);
            let pairs = || outputs.iter().zip(&target).take(n);
            let expected: f64 = pairs().map(|(a, b)| f64::from(a - b).powi(2)).sum();
            assert!((sum - expected).abs() < 1e-6, "{n}: {sum}");
            assert!(slopes.into_iter().eq(pairs().map(|(a, b)| 2.0 * (a - b))));
        }
    }

    #[test]
    fn what_is_not_a_number_comes_through() {
        let mut slopes = [0.0; 2];
        let value = squared_errors(&[0.5, f32::NAN], &[0.5, 0.3], &mut slopes);
        assert!(value.is_nan() && slopes[1].is_nan() && slopes[0] == 0.0);
        let mut slopes = [0.0; 2];
        let value = cross_entropies(&[0.5, f32::NAN], &[0.3, 0.3], &mut slopes);
        assert!(value.is_nan() && slopes[1].is_nan() && !slopes[0].is_nan());
    }
}
