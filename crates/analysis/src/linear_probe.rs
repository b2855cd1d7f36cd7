//! How well a linear classifier predicts the class from the code: multinomial logistic regression.
//!
//! A linear probe (Alain & Bengio, 2016, `arXiv:1610.01644`) learns on the codes of the training images what
//! digit each shows, and is tested on the test images. It runs on the host, without random numbers.

use faer::linalg::matmul::matmul;
use faer::{Accum, MatMut, MatRef, Par};
use rayon::prelude::*;

use super::code_moments::CodeMoments;
use super::lbfgs;
use hourglass_protocol::ProbeResult;

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

/// Share of test codes that softmax regression on the training codes puts into their class, and how the regression
/// ended.
///
/// Each unit is standardised by mean and deviation over the training codes; one that does not vary counts
/// as 0. Minimised are the mean cross-entropy `−ln softmax(xW + b)` of the class and `1e-4 |W|²/2`, by
/// L-BFGS from zero, until no component of the gradient is above 1e-4. Equal codes give equal answers, whatever the
/// number of threads. `None` if a split is empty or a value is not finite.
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
        let mut rows = self.logits(features, weights);
        let mut loss = 0.0;
        for (row, &label) in rows.chunks_exact_mut(self.n_classes).zip(labels) {
            loss += f64::from(errors_of(row, usize::from(label)));
        }
        let n_codes = labels.len();
        let mut gradient = vec![0.0; self.width * self.n_classes];
        matmul(
            MatMut::from_row_major_slice_mut(&mut gradient, self.width, self.n_classes),
            Accum::Replace,
            MatRef::from_row_major_slice(features, n_codes, self.width).transpose(),
            MatRef::from_row_major_slice(&rows, n_codes, self.n_classes),
            1.0,
            Par::Seq,
        );
        (loss, gradient)
    }

    fn accuracy(&self, weights: &[f64]) -> f64 {
        let in_single: Vec<f32> = weights.iter().copied().map(single).collect();
        let n_right: usize = self
            .blocks()
            .map(|(features, labels)| {
                let logits = self.logits(features, &in_single);
                let rows = logits.chunks_exact(self.n_classes).zip(labels);
                rows.filter(|(row, label)| largest(row) == usize::from(**label))
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

    /// `features` `[n, width]` times weights `[width, classes]`: `[n, classes]`.
    fn logits(&self, features: &[f32], weights: &[f32]) -> Vec<f32> {
        let n_codes = features.len() / self.width;
        let mut logits = vec![0.0; n_codes * self.n_classes];
        matmul(
            MatMut::from_row_major_slice_mut(&mut logits, n_codes, self.n_classes),
            Accum::Replace,
            MatRef::from_row_major_slice(features, n_codes, self.width),
            MatRef::from_row_major_slice(weights, self.width, self.n_classes),
            1.0,
            Par::Seq,
        );
        logits
    }
}

/// Turns the logits of a code into `p − y`, the error of each class, and returns `−ln p` of the right one.
fn errors_of(row: &mut [f32], label: usize) -> f32 {
    let highest = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let right = row[label] - highest;
    let mut total = 0.0;
    for value in row.iter_mut() {
        *value = (*value - highest).exp();
        total += *value;
    }
    for value in row.iter_mut() {
        *value /= total;
    }
    row[label] -= 1.0;
    total.ln() - right
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
        let found = linear_probe(&train, &train_labels, &test, &test_labels, [3, N_CLASSES]);
        let found = found.expect("there are codes");
        assert!(found.accuracy > 0.999, "{found:?}");
        assert!(found.has_converged && found.n_steps > 0, "{found:?}");
    }

    #[test]
    fn where_nothing_is_known_the_commonest_class_is_named() {
        let labels = [3, 3, 3, 1, 2];
        let found = linear_probe(&[1.0; 5], &labels, &[1.0, 9.0], &[3, 1], [1, N_CLASSES]);
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
    fn two_classes_on_a_line_end_where_calculus_says() {
        // At x = ±1 three of four codes belong to the class of that side. Without decay p = 3/4 there, so the
        // logits differ by ln 3; a decay of 1e-4 takes less than a thousandth of it.
        let codes = [1.0, 1.0, 1.0, 1.0, -1.0, -1.0, -1.0, -1.0];
        let labels = [1, 1, 1, 0, 0, 0, 0, 1];
        let examples = Examples::new(&codes, &labels, &CodeMoments::of(&codes, 1), 2);
        let start = vec![0.0; 2 * 2];
        let found = lbfgs::minimise(|w| examples.loss_and_gradient(w), start, 1e-5, 200);
        let weights = found.point;
        assert!((weights[1] - weights[0] - 3.0_f64.ln()).abs() < 2e-3);
    }

    #[test]
    fn nothing_to_learn_from_has_no_accuracy() {
        assert_eq!(linear_probe(&[], &[], &[1.0], &[0], [1, N_CLASSES]), None);
        assert_eq!(linear_probe(&[1.0], &[0], &[], &[], [1, N_CLASSES]), None);
        assert_eq!(
            linear_probe(&[f32::NAN], &[0], &[1.0], &[0], [1, N_CLASSES]),
            None
        );
    }
}
