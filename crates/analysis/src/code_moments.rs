//! Mean and variance of each unit of a code.

use rayon::prelude::*;

/// Rows added up at once, by one thread. Sums of such blocks are added in their order, so that the number of
/// threads changes nothing.
const ROWS_PER_BLOCK: usize = 1_024;

/// Mean and variance of each unit.
#[derive(Clone, Debug, PartialEq)]
pub struct CodeMoments {
    /// Mean of each unit: `[size]`.
    pub mean: Vec<f64>,
    /// Variance of each unit, the mean squared distance to its mean: `[size]`.
    pub variance: Vec<f64>,
}

impl CodeMoments {
    /// Moments of codes `[n, size]`, row by row. Of no codes, every figure is zero.
    #[must_use]
    pub fn of(codes: &[f32], size: usize) -> Self {
        let mean = mean_of(codes, size, |_, value| value);
        let variance = mean_of(codes, size, |unit, value| (value - mean[unit]).powi(2));
        Self { mean, variance }
    }
}

/// Mean over rows of a figure of each unit's value, in double precision.
fn mean_of(codes: &[f32], size: usize, figure: impl Fn(usize, f64) -> f64 + Sync) -> Vec<f64> {
    let blocks: Vec<Vec<f64>> = codes
        .par_chunks(ROWS_PER_BLOCK * size.max(1))
        .map(|block| {
            let mut sums = vec![0.0; size];
            for row in block.chunks_exact(size.max(1)) {
                for (unit, (sum, &value)) in sums.iter_mut().zip(row).enumerate() {
                    *sum += figure(unit, f64::from(value));
                }
            }
            sums
        })
        .collect();
    let n_rows = (codes.len() / size.max(1)).max(1) as f64;
    (0..size)
        .map(|unit| blocks.iter().map(|sums| sums[unit]).sum::<f64>() / n_rows)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_of_tiny_codes_are_exact() {
        let moments = CodeMoments::of(&[1.0, 5.0, 3.0, 5.0, 5.0, 5.0, 7.0, 5.0], 2);
        assert_eq!(moments.mean, [4.0, 5.0]);
        assert_eq!(moments.variance, [5.0, 0.0]);
    }

    #[test]
    fn moments_hold_over_many_blocks_and_far_from_zero() {
        // 0, 1, …, 4,999 far from zero: mean 2,499.5, variance (n² − 1) / 12.
        let codes: Vec<f32> = (0..5_000_u16).map(|i| f32::from(i) + 1e6).collect();
        let moments = CodeMoments::of(&codes, 1);
        assert!((moments.mean[0] - 1_002_499.5).abs() < 1e-6);
        assert!((moments.variance[0] - (25e6 - 1.0) / 12.0).abs() < 1e-3);
    }

    #[test]
    fn no_codes_give_zeros_not_nan() {
        let moments = CodeMoments::of(&[], 2);
        assert_eq!(
            (moments.mean, moments.variance),
            (vec![0.0; 2], vec![0.0; 2])
        );
        assert!(CodeMoments::of(&[], 0).mean.is_empty());
    }
}
