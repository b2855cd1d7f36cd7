//! A fully connected layer on slices of numbers: products of matrices, bias and nonlinearity in one pass over the
//! outputs, forward and backward.
//!
//! The products are faer's, each on one thread. The outputs are cut into tiles whose size depends on the shapes alone, so
//! that a result does not depend on the number of threads.
//!
//! Matrices lie row by row.

#![expect(
    clippy::inline_always,
    reason = "a call would keep loops from being vectorised"
)]

use std::borrow::Cow;

use faer::linalg::matmul::matmul;
use faer::{Accum, MatMut, MatRef, Par};
use pulp::{Arch, NullaryFnOnce};
use rayon::prelude::*;

use crate::layer_gradients::LayerGradients;
use crate::nonlinearity::Nonlinearity;

/// Products of fewer multiplications than this are not worth a second thread.
const WORTH_THREADS: usize = 1 << 17;

/// Columns of the left matrix, and rows of the right one, that are multiplied before the next: what faer packs of them
/// stays in the caches.
const DEPTH: usize = 192;

/// Sizes of the tiles that one thread computes at a time, in rows and columns, and how many of them the outputs must hold:
/// the first that they hold often enough is taken, so that several threads have work. faer computes 96 columns at a time
/// with AVX-512, and 24 with AVX2; the fewer the rows, the larger the share of packing the right matrix.
const TILES: [(usize, usize, usize); 5] = [
    (256, 192, 8),
    (256, 96, 8),
    (128, 96, 8),
    (64, 96, 4),
    (32, 96, 0),
];

/// Columns that one thread adds up at a time.
const COLUMNS_AT_ONCE: usize = 64;

/// Values whose gradients one thread takes through a nonlinearity at a time.
const VALUES_AT_ONCE: usize = 1 << 12;

/// The sizes of a layer, and what its weights and their outputs are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layer {
    pub n_inputs: usize,
    pub n_units: usize,
    /// Whether the weights are `[n_units, n_inputs]` and not `[n_inputs, n_units]`.
    pub is_transposed: bool,
    pub nonlinearity: Nonlinearity,
}

/// Rows and columns of a tile. Tiles have about as many rows each, in fours, as faer computes them.
fn tile_size(n_rows: usize, n_columns: usize, depth: usize) -> (usize, usize) {
    if n_rows * n_columns * depth < WORTH_THREADS {
        return (n_rows.max(1), n_columns.max(1));
    }
    let is_enough = |&(rows, columns, n_tiles): &(usize, usize, usize)| {
        n_rows.div_ceil(rows) * n_columns.div_ceil(columns) >= n_tiles
    };
    let found = TILES.into_iter().find(is_enough);
    let (rows, columns, _) = found.expect("the last one is always enough");
    let even = n_rows.div_ceil(n_rows.div_ceil(rows));
    (even.next_multiple_of(4), columns)
}

impl Layer {
    /// `[n_inputs, n_units]`
    fn matrix<'a>(&self, weights: &'a [f32]) -> MatRef<'a, f32> {
        if self.is_transposed {
            MatRef::from_row_major_slice(weights, self.n_units, self.n_inputs).transpose()
        } else {
            MatRef::from_row_major_slice(weights, self.n_inputs, self.n_units)
        }
    }
}

/// The outputs of a layer: `a(X W + b)`.
///
/// # Shapes
/// `inputs`: `[batch, n_inputs]`, `bias`: `[n_units]` → `[batch, n_units]`
pub fn forward(layer: &Layer, inputs: &[f32], weights: &[f32], bias: &[f32]) -> Vec<f32> {
    let n_rows = inputs.len() / layer.n_inputs;
    let inputs = MatRef::from_row_major_slice(inputs, n_rows, layer.n_inputs);
    let weights = layer.matrix(weights);
    let arch = Arch::new();
    let nonlinearity = layer.nonlinearity;
    let mut outputs = bias.repeat(n_rows);
    tiled(&mut outputs, inputs, weights, |mut outputs, left, right| {
        add_up(outputs.as_mut(), Accum::Add, left, right);
        arch.dispatch(Applied {
            nonlinearity,
            outputs,
        });
    });
    outputs
}

/// The forward pass that a backward pass goes back through.
#[derive(Clone, Copy, Debug)]
pub struct Passed<'a> {
    /// `[batch, n_inputs]`
    pub inputs: &'a [f32],
    pub weights: &'a [f32],
    /// `[batch, n_units]`
    pub outputs: &'a [f32],
}

/// The gradients of a layer from those by its outputs.
///
/// # Shapes
/// `by_outputs`: `[batch, n_units]`
pub fn backward(
    layer: &Layer,
    passed: Passed<'_>,
    by_outputs: &[f32],
    wants_inputs: bool,
) -> LayerGradients {
    let Layer {
        n_inputs,
        n_units,
        is_transposed,
        nonlinearity,
    } = *layer;
    let n_rows = passed.inputs.len() / n_inputs;
    let by_sums = slopes(nonlinearity, by_outputs, passed.outputs);
    let gradients = MatRef::from_row_major_slice(&by_sums, n_rows, n_units);
    let inputs = MatRef::from_row_major_slice(passed.inputs, n_rows, n_inputs);
    let of_weights = || {
        if is_transposed {
            product(gradients.transpose(), inputs)
        } else {
            product(inputs.transpose(), gradients)
        }
    };
    let of_inputs =
        || wants_inputs.then(|| product(gradients, layer.matrix(passed.weights).transpose()));
    let of_bias = || column_sums(&by_sums, n_units);
    let (weights, (inputs, bias)) = rayon::join(of_weights, || rayon::join(of_inputs, of_bias));
    LayerGradients {
        inputs,
        weights,
        bias,
    }
}

/// The gradients before a nonlinearity.
fn slopes<'a>(
    nonlinearity: Nonlinearity,
    by_outputs: &'a [f32],
    outputs: &[f32],
) -> Cow<'a, [f32]> {
    if nonlinearity == Nonlinearity::None {
        return Cow::Borrowed(by_outputs);
    }
    let mut by_sums = vec![0.0; by_outputs.len()];
    let arch = Arch::new();
    by_sums
        .par_chunks_mut(VALUES_AT_ONCE)
        .zip(by_outputs.par_chunks(VALUES_AT_ONCE))
        .zip(outputs.par_chunks(VALUES_AT_ONCE))
        .for_each(|((by_sums, by_outputs), outputs)| {
            arch.dispatch(Slopes {
                nonlinearity,
                by_outputs,
                outputs,
                by_sums,
            });
        });
    Cow::Owned(by_sums)
}

/// `left · right`, row by row.
fn product(left: MatRef<'_, f32>, right: MatRef<'_, f32>) -> Vec<f32> {
    let mut outputs = vec![0.0; left.nrows() * right.ncols()];
    tiled(&mut outputs, left, right, |outputs, left, right| {
        add_up(outputs, Accum::Replace, left, right);
    });
    outputs
}

/// `sums = left · right`, or the same added, on this thread.
fn add_up(mut sums: MatMut<'_, f32>, first: Accum, left: MatRef<'_, f32>, right: MatRef<'_, f32>) {
    let mut accum = first;
    for start in (0..left.ncols()).step_by(DEPTH) {
        let depth = DEPTH.min(left.ncols() - start);
        let (left, right) = (left.subcols(start, depth), right.subrows(start, depth));
        matmul(sums.as_mut(), accum, left, right, 1.0, Par::Seq);
        accum = Accum::Add;
    }
}

/// Calls for each tile of a product's outputs, on all threads: with the tile, the rows of the left matrix and the columns
/// of the right one that it is of.
///
/// # Shapes
/// `outputs`: `[left.nrows(), right.ncols()]`, row by row
fn tiled(
    outputs: &mut [f32],
    left: MatRef<'_, f32>,
    right: MatRef<'_, f32>,
    work: impl Fn(MatMut<'_, f32>, MatRef<'_, f32>, MatRef<'_, f32>) + Sync,
) {
    let (n_rows, n_columns) = (left.nrows(), right.ncols());
    let outputs = MatMut::from_row_major_slice_mut(outputs, n_rows, n_columns);
    let size = tile_size(n_rows, n_columns, left.ncols());
    each_tile(size, outputs, left, right, &work);
}

fn each_tile(
    size: (usize, usize),
    outputs: MatMut<'_, f32>,
    left: MatRef<'_, f32>,
    right: MatRef<'_, f32>,
    work: &(impl Fn(MatMut<'_, f32>, MatRef<'_, f32>, MatRef<'_, f32>) + Sync),
) {
    if let Some(row) = middle(outputs.nrows(), size.0) {
        let (above, below) = outputs.split_at_row_mut(row);
        let (left_above, left_below) = left.split_at_row(row);
        rayon::join(
            || each_tile(size, above, left_above, right, work),
            || each_tile(size, below, left_below, right, work),
        );
    } else if let Some(column) = middle(outputs.ncols(), size.1) {
        let (before, after) = outputs.split_at_col_mut(column);
        let (right_before, right_after) = right.split_at_col(column);
        rayon::join(
            || each_tile(size, before, left, right_before, work),
            || each_tile(size, after, left, right_after, work),
        );
    } else {
        work(outputs, left, right);
    }
}

/// Where half of `n` ends in whole parts, if it has more than one.
fn middle(n: usize, part: usize) -> Option<usize> {
    let n_parts = n.div_ceil(part);
    (n_parts > 1).then(|| n_parts / 2 * part)
}

/// Calls for each row.
#[inline(always)]
fn each_row(matrix: MatMut<'_, f32>, mut work: impl FnMut(&mut [f32])) {
    for row in matrix.row_iter_mut() {
        let row = row
            .try_as_row_major_mut()
            .expect("outputs lie row by row")
            .as_slice_mut();
        work(row);
    }
}

/// The sum of each column.
fn column_sums(matrix: &[f32], n_columns: usize) -> Vec<f32> {
    let mut sums = vec![0.0; n_columns];
    let arch = Arch::new();
    let chunks = sums.par_chunks_mut(COLUMNS_AT_ONCE).enumerate();
    chunks.for_each(|(chunk, sums)| {
        arch.dispatch(ColumnSums {
            matrix,
            n_columns,
            start: chunk * COLUMNS_AT_ONCE,
            sums,
        });
    });
    sums
}

/// A nonlinearity in the place of its inputs.
struct Applied<'a> {
    nonlinearity: Nonlinearity,
    outputs: MatMut<'a, f32>,
}

impl NullaryFnOnce for Applied<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        each_row(self.outputs, |row| self.nonlinearity.apply(row));
    }
}

/// Gradients through a nonlinearity.
struct Slopes<'a> {
    nonlinearity: Nonlinearity,
    by_outputs: &'a [f32],
    outputs: &'a [f32],
    by_sums: &'a mut [f32],
}

impl NullaryFnOnce for Slopes<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        self.nonlinearity
            .slopes(self.by_outputs, self.outputs, self.by_sums);
    }
}

/// The sums of some columns.
struct ColumnSums<'a> {
    matrix: &'a [f32],
    n_columns: usize,
    start: usize,
    sums: &'a mut [f32],
}

impl NullaryFnOnce for ColumnSums<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let n = self.sums.len();
        for row in self.matrix.chunks_exact(self.n_columns) {
            for (sum, value) in self.sums.iter_mut().zip(&row[self.start..self.start + n]) {
                *sum += value;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use rayon::ThreadPoolBuilder;

    use super::*;

    fn numbers(len: usize, seed: usize) -> Vec<f32> {
        let number = |at: usize| ((at * 31 + seed * 17) % 101) as f32 / 50.0 - 1.0;
        (0..len).map(number).collect()
    }

    /// Outputs and gradients of a layer of these sizes.
    fn both(layer: &Layer, n_rows: usize, wants_inputs: bool) -> (Vec<f32>, LayerGradients) {
        let inputs = numbers(n_rows * layer.n_inputs, 1);
        let weights = numbers(layer.n_inputs * layer.n_units, 2);
        let bias = numbers(layer.n_units, 3);
        let outputs = forward(layer, &inputs, &weights, &bias);
        let by_outputs = numbers(outputs.len(), 4);
        let passed = Passed {
            inputs: &inputs,
            weights: &weights,
            outputs: &outputs,
        };
        let gradients = backward(layer, passed, &by_outputs, wants_inputs);
        (outputs, gradients)
    }

    fn layer(is_transposed: bool) -> Layer {
        Layer {
            n_inputs: 100,
            n_units: 70,
            is_transposed,
            nonlinearity: Nonlinearity::Sigmoid,
        }
    }

    #[test]
    fn the_number_of_threads_changes_no_bit() {
        for is_transposed in [false, true] {
            for n_rows in [1, 50, 150, 2 * DEPTH + 70, 1030] {
                let with_threads = |n: usize| {
                    let pool = ThreadPoolBuilder::new().num_threads(n).build();
                    let pool = pool.expect("threads can be started");
                    pool.install(|| both(&layer(is_transposed), n_rows, true))
                };
                let alone = with_threads(1);
                assert!(
                    alone == with_threads(2) && alone == with_threads(5),
                    "{n_rows}"
                );
            }
        }
    }

    #[test]
    fn products_are_whole_whatever_their_shape() {
        for (n_rows, depth, n_columns) in [
            (3, DEPTH - 1, 33),
            (40, DEPTH, 33),
            (600, 2 * DEPTH + 1, 33),
            (64, 40, 301),
            (1030, 3, 400),
        ] {
            let left = numbers(n_rows * depth, 1);
            let right = numbers(depth * n_columns, 2);
            let found = product(
                MatRef::from_row_major_slice(&left, n_rows, depth),
                MatRef::from_row_major_slice(&right, depth, n_columns),
            );
            for (at, found) in found.iter().enumerate() {
                let (row, column) = (at / n_columns, at % n_columns);
                let terms = (0..depth).map(|k| {
                    f64::from(left[row * depth + k]) * f64::from(right[k * n_columns + column])
                });
                let expected: f64 = terms.sum();
                assert!((f64::from(*found) - expected).abs() < 1e-3, "{at}");
            }
        }
    }

    #[test]
    fn every_tile_gets_its_own_bias() {
        let (n_rows, n_units) = (1030, 400);
        let wide = Layer {
            n_inputs: 2,
            n_units,
            is_transposed: false,
            nonlinearity: Nonlinearity::Relu,
        };
        let bias = numbers(n_units, 3);
        let outputs = forward(
            &wide,
            &vec![0.0; n_rows * 2],
            &vec![1.0; 2 * n_units],
            &bias,
        );
        let expected: Vec<f32> = bias.iter().map(|b| b.max(0.0)).collect();
        assert!(outputs.chunks_exact(n_units).all(|row| row == expected));
    }

    #[test]
    fn large_products_are_cut_for_several_threads_and_small_ones_are_not() {
        assert_eq!(tile_size(64, 10, 64), (64, 10));
        for (n_rows, n_columns) in [(64, 64), (64, 784), (256, 64), (784, 64), (1024, 1024)] {
            let (rows, columns) = tile_size(n_rows, n_columns, 784);
            let n_tiles = n_rows.div_ceil(rows) * n_columns.div_ceil(columns);
            assert!(n_tiles >= 2, "{n_rows} by {n_columns}: {n_tiles}");
        }
    }

    #[test]
    fn gradients_by_inputs_are_left_out_unless_asked_for() {
        let (_, found) = both(&layer(false), 9, false);
        let (_, all) = both(&layer(false), 9, true);
        assert_eq!(found.inputs, None);
        assert!(all.inputs.is_some());
        assert_eq!((found.weights, found.bias), (all.weights, all.bias));
    }

    #[test]
    fn sums_are_of_every_column() {
        let matrix = numbers(3 * 70, 1);
        let sums = column_sums(&matrix, 70);
        for (column, sum) in sums.iter().enumerate() {
            let expected: f32 = (0..3).map(|row| matrix[row * 70 + column]).sum();
            assert!((sum - expected).abs() < 1e-6, "{column}");
        }
    }
}
