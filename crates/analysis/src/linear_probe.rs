//! How well a linear classifier predicts the class from the code: multinomial logistic regression.
//!
//! A linear probe (Alain & Bengio, 2016, `arXiv:1610.01644`) learns on the codes of the training images what
//! digit each shows, and is tested on the test images. It runs on the host, without random numbers.

#![expect(
    clippy::inline_always,
    reason = "a call would keep loops from being vectorised"
)]

use faer::linalg::matmul::matmul;
use faer::{Accum, MatMut, MatRef, Par};
use pulp::{Arch, NullaryFnOnce};
use rayon::prelude::*;

use super::code_moments::CodeMoments;
use super::lbfgs;
use hourglass_protocol::ProbeResult;
use hourglass_simd::exp_of_negative;

/// Weight of `|W|²/2` beside the mean cross-entropy: enough to keep weights finite where classes can be told
/// apart without error, too little to be seen in the accuracy.
const WEIGHT_DECAY: f64 = 1e-4;

/// Largest component of the gradient of the mean loss, in nats per unit of weight, at which training has converged: what
/// scikit-learn's `LogisticRegression` takes by default.
const TOLERANCE: f64 = 1e-4;

/// Steps of L-BFGS after which training is given up: several times what raw pixels of MNIST take.
const MAX_STEPS: usize = 1_000;

/// Codes a thread works on at once. Their sums are added in order, so that the number of threads changes
/// nothing.
const ROWS_PER_BLOCK: usize = 512;

/// Codes whose logits are still in the cache when their gradient is worked out: a quarter of a megabyte of them.
const ROWS_IN_CACHE: usize = 64;

/// Share of test codes that softmax regression on the training codes puts into their class, and how the regression
/// ended.
///
/// Each unit is standardised by mean and deviation over the training codes; one that does not vary counts
/// as 0. Minimised are the mean cross-entropy `−ln softmax(xW + b)` of the class and `1e-4 |W|²/2`, by
/// L-BFGS from zero, until no component of the gradient is above 1e-4. Equal codes give equal answers, whatever the
/// number of threads. `None` if a split is empty or a value is not finite. What it finds after it is no longer wanted
/// is of no use.
///
/// # Shapes
/// Codes `[n, size]`, row by row, with labels `[n]` of `0..n_classes`. A step with 20,000 codes of 784 values takes a
/// hundredth of a second on two cores, and they 63 MB beside them.
///
/// # Panics
/// When `size` is zero, codes and labels do not fit, or a label is no class.
#[must_use]
pub fn linear_probe(
    train_codes: &[f32],
    train_labels: &[u8],
    test_codes: &[f32],
    test_labels: &[u8],
    [size, n_classes]: [usize; 2],
    is_wanted: impl Fn() -> bool,
) -> Option<ProbeResult> {
    assert!(size > 0, "a code has values");
    let moments = CodeMoments::of(train_codes, size);
    let is_finite = |codes: &[f32]| codes.iter().all(|value| value.is_finite());
    if train_labels.is_empty()
        || test_labels.is_empty()
        || !is_finite(train_codes)
        || !is_finite(test_codes)
    {
        return None;
    }
    let test = Examples::new(test_codes, test_labels, &moments, n_classes);
    let train = Examples::new(train_codes, train_labels, &moments, n_classes);
    let start = vec![0.0; (size + 1) * n_classes];
    let found = lbfgs::minimise(
        |weights| train.loss_and_gradient(weights),
        start,
        TOLERANCE,
        MAX_STEPS,
        is_wanted,
    );
    Some(ProbeResult {
        accuracy: test.accuracy(&found.point),
        n_steps: found.n_steps,
        has_converged: found.has_converged,
    })
}

/// Standardised codes and their classes.
struct Examples<'a> {
    /// `[n, width]`: the units and a constant 1, whose weights are the biases.
    features: Vec<f32>,
    labels: &'a [u8],
    width: usize,
    n_classes: usize,
}

impl<'a> Examples<'a> {
    fn new(codes: &[f32], labels: &'a [u8], moments: &CodeMoments, n_classes: usize) -> Self {
        let size = moments.mean.len();
        assert_eq!(codes.len(), labels.len() * size, "a code for each label");
        assert!(
            labels.iter().all(|&label| usize::from(label) < n_classes),
            "classes are 0..{n_classes}"
        );
        let scales: Vec<f64> = moments
            .variance
            .iter()
            .map(|&variance| scale(variance))
            .collect();
        let mut features = vec![1.0; labels.len() * (size + 1)];
        features
            .par_chunks_exact_mut(size + 1)
            .zip(codes.par_chunks_exact(size))
            .for_each(|(features, code)| {
                let units = code.iter().zip(&moments.mean).zip(&scales);
                for (feature, ((&value, mean), scale)) in features.iter_mut().zip(units) {
                    *feature = single((f64::from(value) - mean) * scale);
                }
            });
        Self {
            features,
            labels,
            width: size + 1,
            n_classes,
        }
    }

    /// Mean cross-entropy in nats with its decay term, and its gradient, at weights `[width, classes]`, row by
    /// row.
    fn loss_and_gradient(&self, weights: &[f64]) -> (f64, Vec<f64>) {
        let in_single: Vec<f32> = weights.iter().copied().map(single).collect();
        let blocks: Vec<(f64, Vec<f32>)> = self
            .blocks()
            .map(|(features, labels)| self.block_sums(features, labels, &in_single))
            .collect();
        let (mut loss, mut gradient) = (0.0, vec![0.0; weights.len()]);
        for (block_loss, block_gradient) in &blocks {
            loss += block_loss;
            for (sum, &value) in gradient.iter_mut().zip(block_gradient) {
                *sum += f64::from(value);
            }
        }
        let n_codes = self.labels.len() as f64;
        loss /= n_codes;
        for slope in &mut gradient {
            *slope /= n_codes;
        }
        let n_decaying = (self.width - 1) * self.n_classes; // biases do not decay
        for (slope, weight) in gradient.iter_mut().zip(weights).take(n_decaying) {
            loss += WEIGHT_DECAY / 2.0 * weight * weight;
            *slope += WEIGHT_DECAY * weight;
        }
        (loss, gradient)
    }

    /// Cross-entropy summed over some codes, and its gradient `Xᵀ(p − y)` as `[width, classes]`.
    fn block_sums(&self, features: &[f32], labels: &[u8], weights: &[f32]) -> (f64, Vec<f32>) {
        let (arch, mut loss) = (Arch::new(), 0.0);
        let mut gradient = vec![0.0; self.width * self.n_classes];
        let parts = features
            .chunks(ROWS_IN_CACHE * self.width)
            .zip(labels.chunks(ROWS_IN_CACHE));
        for (features, labels) in parts {
            let n_codes = labels.len();
            let mut errors = self.logits(features, weights);
            let logits = &mut errors;
            loss += arch.dispatch(Softmax { logits, labels });
            matmul(
                MatMut::from_row_major_slice_mut(&mut gradient, self.width, self.n_classes),
                Accum::Add,
                MatRef::from_row_major_slice(features, n_codes, self.width).transpose(),
                MatRef::from_column_major_slice(&errors, n_codes, self.n_classes),
                1.0,
                Par::Seq,
            );
        }
        (loss, gradient)
    }

    fn accuracy(&self, weights: &[f64]) -> f64 {
        let in_single: Vec<f32> = weights.iter().copied().map(single).collect();
        let n_right: usize = self
            .blocks()
            .map(|(features, labels)| {
                let logits = self.logits(features, &in_single);
                let n_codes = labels.len();
                let best = |idx: usize| {
                    let of_classes: Vec<f32> =
                        logits[idx..].iter().step_by(n_codes).copied().collect();
                    largest(&of_classes)
                };
                let labels = labels.iter().enumerate();
                labels
                    .filter(|&(idx, &label)| best(idx) == usize::from(label))
                    .count()
            })
            .sum();

        n_right as f64 / self.labels.len() as f64
    }

    fn blocks(&self) -> impl IndexedParallelIterator<Item = (&[f32], &[u8])> {
        self.features
            .par_chunks(ROWS_PER_BLOCK * self.width)
            .zip(self.labels.par_chunks(ROWS_PER_BLOCK))
    }

    /// `features` `[n, width]` times weights `[width, classes]`, the other way round: `[classes, n]`.
    fn logits(&self, features: &[f32], weights: &[f32]) -> Vec<f32> {
        let n_codes = features.len() / self.width;
        let mut logits = vec![0.0; n_codes * self.n_classes];
        matmul(
            MatMut::from_column_major_slice_mut(&mut logits, n_codes, self.n_classes),
            Accum::Replace,
            MatRef::from_row_major_slice(features, n_codes, self.width),
            MatRef::from_row_major_slice(weights, self.width, self.n_classes),
            1.0,
            Par::Seq,
        );
        logits
    }
}

/// Turns the logits of some codes into `p − y`, the error of each class, and returns `−ln p` of the right ones, summed.
///
/// Codes lie side by side, so that several are worked on at once.
struct Softmax<'a> {
    /// `[classes, n]`.
    logits: &'a mut [f32],
    /// `[n]`.
    labels: &'a [u8],
}

impl NullaryFnOnce for Softmax<'_> {
    type Output = f64;

    #[inline(always)]
    fn call(self) -> f64 {
        let Self { logits, labels } = self;
        let n_codes = labels.len();
        let mut highest = vec![f32::NEG_INFINITY; n_codes];
        for row in logits.chunks_exact(n_codes) {
            for (highest, &logit) in highest.iter_mut().zip(row) {
                *highest = if logit > *highest { logit } else { *highest };
            }
        }
        let right = |logits: &[f32], idx: usize| logits[usize::from(labels[idx]) * n_codes + idx];
        let mut loss = 0.0;
        for (idx, highest) in highest.iter().enumerate() {
            loss += f64::from(highest - right(logits, idx));
        }
        let mut totals = vec![0.0_f32; n_codes];
        for row in logits.chunks_exact_mut(n_codes) {
            for ((logit, highest), total) in row.iter_mut().zip(&highest).zip(&mut totals) {
                *logit = exp_of_negative(*logit - highest);
                *total += *logit;
            }
        }
        for row in logits.chunks_exact_mut(n_codes) {
            for (share, total) in row.iter_mut().zip(&totals) {
                *share /= total;
            }
        }
        for (idx, &label) in labels.iter().enumerate() {
            logits[usize::from(label) * n_codes + idx] -= 1.0;
        }
        loss + totals
            .iter()
            .map(|total| f64::from(total.ln()))
            .sum::<f64>()
    }
}

/// Place of the largest value, of equals the first.
fn largest(row: &[f32]) -> usize {
    (1..row.len()).fold(0, |best, idx| if row[idx] > row[best] { idx } else { best })
}

/// One over the deviation, or 0 where there is none.
fn scale(variance: f64) -> f64 {
    if variance > 0.0 {
        variance.sqrt().recip()
    } else {
        0.0
    }
}

fn single(value: f64) -> f32 {
    value as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    const N_CLASSES: usize = 10;

    /// [`linear_probe`] of codes and their labels, to its end.
    fn probe(
        train: &[f32],
        train_labels: &[u8],
        test: &[f32],
        test_labels: &[u8],
        size: usize,
    ) -> Option<ProbeResult> {
        let sizes = [size, N_CLASSES];
        linear_probe(train, train_labels, test, test_labels, sizes, || true)
    }

    /// Codes around ten corners of a polygon, which straight lines tell apart, with units of very different
    /// size and one that never varies.
    fn polygon(n_codes: usize) -> (Vec<f32>, Vec<u8>) {
        let mut codes = Vec::new();
        let mut labels = Vec::new();
        for idx in 0..n_codes {
            let label = (idx * 7 % N_CLASSES).to_le_bytes()[0];
            let wobble = f32::from((idx % 13).to_le_bytes()[0]) / 13.0 - 0.5;
            let angle = (f32::from(label) + 0.6 * wobble) * std::f32::consts::TAU / 10.0;
            codes.extend([1e4 * angle.cos() + 1e5, 5.0, 1e-4 * angle.sin()]);
            labels.push(label);
        }
        (codes, labels)
    }

    #[test]
    fn corners_of_a_polygon_are_told_apart_in_any_units() {
        let (train, train_labels) = polygon(1_300);
        let (test, test_labels) = polygon(130);
        let found = probe(&train, &train_labels, &test, &test_labels, 3);
        let found = found.expect("there are codes");
        assert!(found.accuracy > 0.999, "{found:?}");
        assert!(found.has_converged && found.n_steps > 0, "{found:?}");
    }

    #[test]
    fn where_nothing_is_known_the_commonest_class_is_named() {
        let labels = [3, 3, 3, 1, 2];
        let found = probe(&[1.0; 5], &labels, &[1.0, 9.0], &[3, 1], 1);
        let accuracy = found.map(|found| found.accuracy);
        assert_eq!(accuracy, Some(0.5));
    }

    #[test]
    fn the_gradient_agrees_with_finite_differences() {
        let (codes, labels) = polygon(40);
        let examples = Examples::new(&codes, &labels, &CodeMoments::of(&codes, 3), N_CLASSES);
        let weights: Vec<f64> = (0..40_u8).map(|i| f64::from(i).sin()).collect();
        let (_, gradient) = examples.loss_and_gradient(&weights);
        for idx in [0, 11, 25, 39] {
            let step = 1e-2; // single precision of the loss leaves 1e-7 / 1e-2
            let at = |offset: f64| {
                let mut weights = weights.clone();
                weights[idx] += offset;
                examples.loss_and_gradient(&weights).0
            };
            let slope = (at(step) - at(-step)) / (2.0 * step);
            assert!((slope - gradient[idx]).abs() < 1e-4, "weight {idx}");
        }
    }

    #[test]
    fn errors_and_losses_of_codes_side_by_side_are_those_of_each() {
        let (n_codes, n_classes) = (5, 3);
        let rows: Vec<f64> = (0..15_u8)
            .map(|i| 9.0 * f64::from(i * 7 % 11).sin())
            .collect();
        let labels = [0, 1, 2, 1, 0];
        // One code after the other, turned so that they lie side by side.
        let mut logits: Vec<f32> = (0..15)
            .map(|at| single(rows[at % n_codes * n_classes + at / n_codes]))
            .collect();
        let loss = Arch::new().dispatch(Softmax {
            logits: &mut logits,
            labels: &labels,
        });
        let mut expected = 0.0;
        for (idx, (row, &label)) in rows.chunks_exact(n_classes).zip(&labels).enumerate() {
            let total: f64 = row.iter().map(|logit| logit.exp()).sum();
            expected += total.ln() - row[usize::from(label)];
            for (class, logit) in row.iter().enumerate() {
                let error = logit.exp() / total - f64::from(u8::from(class == usize::from(label)));
                let found = f64::from(logits[class * n_codes + idx]);
                assert!(
                    (found - error).abs() < 1e-6,
                    "{idx} {class}: {found} {error}"
                );
            }
        }
        assert!((loss - expected).abs() < 1e-5, "{loss} {expected}");
    }

    #[test]
    fn two_classes_on_a_line_end_where_calculus_says() {
        // At x = ±1 three of four codes belong to the class of that side. Without decay p = 3/4 there, so the
        // logits differ by ln 3; a decay of 1e-4 takes less than a thousandth of it.
        let codes = [1.0, 1.0, 1.0, 1.0, -1.0, -1.0, -1.0, -1.0];
        let labels = [1, 1, 1, 0, 0, 0, 0, 1];
        let examples = Examples::new(&codes, &labels, &CodeMoments::of(&codes, 1), 2);
        let start = vec![0.0; 2 * 2];
        let found = lbfgs::minimise(
            |weights| examples.loss_and_gradient(weights),
            start,
            1e-5,
            200,
            || true,
        );
        let weights = found.point;
        assert!((weights[1] - weights[0] - 3.0_f64.ln()).abs() < 2e-3);
    }

    #[test]
    fn nothing_to_learn_from_has_no_accuracy() {
        assert_eq!(probe(&[], &[], &[1.0], &[0], 1), None);
        assert_eq!(probe(&[1.0], &[0], &[], &[], 1), None);
        assert_eq!(probe(&[f32::NAN], &[0], &[1.0], &[0], 1), None);
    }
}
