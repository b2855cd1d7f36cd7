//! Points of few dimensions that lie no farther from one another than the codes they stand for.
//!
//! A code is projected onto an orthonormal basis, and the length of what is left over is one more coordinate. By
//! Pythagoras and the triangle inequality no distance grows, whatever the basis; it shrinks little if the basis holds
//! most of the variance. So what is too far away in the sketch need not be looked at in full.

use faer::linalg::matmul::matmul;
use faer::{Accum, Mat, MatMut, MatRef, Par};
use rayon::prelude::*;

/// Directions of the basis.
const N_DIRECTIONS: usize = 64;

/// Numbers of a point.
pub const WIDTH: usize = N_DIRECTIONS + 1;

/// Codes of fewer numbers are as quickly compared in full.
const LEAST_SIZE: usize = 2 * N_DIRECTIONS;

/// Codes that the basis is found from.
const N_ROWS: usize = 1_000;

/// Rounds of subspace iteration: after each, directions of small variance weigh less.
const N_ROUNDS: usize = 3;

/// Codes projected at once by a thread.
const ROWS_PER_BLOCK: usize = 256;

/// An orthonormal basis for codes.
#[derive(Clone, Debug)]
pub struct Sketch {
    /// `[size, directions]`, row by row.
    basis: Vec<f32>,
    size: usize,
}

impl Sketch {
    /// A basis that holds much of the variance of centred codes `[n, size]`; `None` where codes are small or few.
    ///
    /// By subspace iteration (Golub and Van Loan, *Matrix Computations*, 8.2.4) on evenly spaced codes, from some of them;
    /// nothing is random.
    #[must_use]
    pub fn of(centred: &[f32], size: usize) -> Option<Self> {
        let n_codes = centred.len() / size.max(1);
        if size < LEAST_SIZE || n_codes < N_ROWS {
            return None;
        }
        let row = |idx: usize| &centred[idx * (n_codes / N_ROWS) * size..][..size];
        let rows = Mat::from_fn(N_ROWS, size, |idx, column| f64::from(row(idx)[column]));
        let mut basis = Mat::from_fn(size, N_DIRECTIONS, |at, direction| {
            rows[(direction * (N_ROWS / N_DIRECTIONS), at)]
        });
        for _ in 0..N_ROUNDS {
            let along = &rows * &basis;
            basis = (rows.transpose() * along).qr().compute_thin_Q();
        }
        let values = (0..size).flat_map(|at| (0..N_DIRECTIONS).map(move |along| (at, along)));
        Some(Self {
            basis: values.map(|place| basis[place] as f32).collect(),
            size,
        })
    }

    /// Points `[n, WIDTH]` of codes `[n, size]`, row by row.
    #[must_use]
    pub fn points(&self, codes: &[f32]) -> Vec<f32> {
        let size = self.size;
        let mut points = vec![0.0; codes.len() / size * WIDTH];
        points
            .par_chunks_mut(ROWS_PER_BLOCK * WIDTH)
            .zip(codes.par_chunks(ROWS_PER_BLOCK * size))
            .for_each(|(points, codes)| {
                let n_codes = codes.len() / size;
                let mut along = vec![0.0; n_codes * N_DIRECTIONS];
                matmul(
                    MatMut::from_row_major_slice_mut(&mut along, n_codes, N_DIRECTIONS),
                    Accum::Replace,
                    MatRef::from_row_major_slice(codes, n_codes, size),
                    MatRef::from_row_major_slice(&self.basis, size, N_DIRECTIONS),
                    1.0,
                    Par::Seq,
                );
                let rows = codes
                    .chunks_exact(size)
                    .zip(along.chunks_exact(N_DIRECTIONS));
                for (point, (code, along)) in points.chunks_exact_mut(WIDTH).zip(rows) {
                    let left = (squared(code) - squared(along)).max(0.0);
                    point[..N_DIRECTIONS].copy_from_slice(along);
                    point[N_DIRECTIONS] = left.sqrt() as f32;
                }
            });
        points
    }
}

/// Sum of squares.
fn squared(values: &[f32]) -> f64 {
    values.iter().map(|&value| f64::from(value).powi(2)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Codes with most of their variance along few directions.
    fn codes(n: usize, size: usize) -> Vec<f32> {
        let value = |row: usize, at: usize| {
            let (row, at) = (row as f64, at as f64);
            let wave = |speed: f64| (row * speed).sin() * (at * speed).cos();
            let noise = ((row * 12.9898 + at * 78.233).sin() * 43_758.547).fract();
            wave(0.13) + wave(0.31) + wave(0.7) + 0.05 * noise
        };
        let all = (0..n).flat_map(|row| (0..size).map(move |at| (row, at)));
        all.map(|(row, at)| value(row, at) as f32).collect()
    }

    fn distance(a: &[f32], b: &[f32]) -> f64 {
        let pairs = a.iter().zip(b);
        pairs
            .map(|(&a, &b)| (f64::from(a) - f64::from(b)).powi(2))
            .sum()
    }

    #[test]
    fn no_distance_grows_and_most_of_it_stays() {
        let size = 150;
        let codes = codes(1_000, size);
        let sketch = Sketch::of(&codes, size).expect("many and large");
        let points = sketch.points(&codes);
        let (mut kept, mut whole) = (0.0, 0.0);
        for first in (0..1_000).step_by(37) {
            for second in (0..1_000).step_by(11) {
                let [full, short] = [(&codes, size), (&points, WIDTH)].map(|(values, width)| {
                    let row = |idx: usize| &values[idx * width..][..width];
                    distance(row(first), row(second))
                });
                assert!(short <= full + 1e-4, "{first} {second}: {short} {full}");
                (kept, whole) = (kept + short, whole + full);
            }
        }
        assert!(kept > 0.95 * whole, "{kept} of {whole}");
    }

    #[test]
    fn few_or_small_codes_are_left_as_they_are() {
        assert!(Sketch::of(&codes(999, 150), 150).is_none());
        assert!(Sketch::of(&codes(1_000, 100), 100).is_none());
        assert!(Sketch::of(&[], 150).is_none());
        // Codes that do not vary have a basis all the same.
        let constant = vec![0.0; 1_000 * 150];
        let sketch = Sketch::of(&constant, 150).expect("many and large");
        assert!(
            sketch
                .points(&constant)
                .iter()
                .all(|value| value.abs() < 1e-6)
        );
    }
}
