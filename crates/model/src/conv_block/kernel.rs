//! The fused convolution block on slices of numbers: upsampling, 3×3 convolution, activation and pooling in
//! one pass over each image, forward and backward.
//!
//! Each image is copied once into planes with a border of zeros, so that the nine inputs of an output are nine
//! shifted views of one slice and nothing is gathered. Images are independent but for the gradients of weights
//! and bias: these are summed over [`CHUNK`] images, then over the chunks in their order, so that a result
//! does not depend on the number of threads.
//!
//! Upsampled maps are convolved at the size they came in, in four phases.
//!
//! Maps are square and lie row by row, channel by channel, image by image.

mod block;
mod chunk;
mod grid;
mod phases;
mod planes;
#[cfg(test)]
mod tests;
mod tiles;

use pulp::Arch;
use rayon::iter::{IntoParallelIterator, ParallelIterator};

use crate::layer_gradients::LayerGradients;

pub use block::Block;
use chunk::{Backward, Forward};
use phases::{Phase, backward_group, forward_groups, turned, unfold, windows};
use tiles::{Filters, WidestTile};

/// Images that one thread takes at a time: enough to pay for adding up vectors at the end of a weight's
/// gradient, few enough that their planes stay in the second-level cache and that 64 images occupy 16 threads.
const CHUNK: usize = 4;

/// Weights and bias of a convolution.
#[derive(Clone, Copy, Debug)]
pub struct Parameters<'a> {
    /// `[n_outputs, n_inputs, 3, 3]`, a cross-correlation as in PyTorch.
    pub weights: &'a [f32],
    /// `[n_outputs]`
    pub bias: &'a [f32],
}

/// What a forward pass leaves.
#[derive(Clone, Debug, PartialEq)]
pub struct Activations {
    /// `[images, n_outputs, output side, output side]`
    pub outputs: Vec<f32>,
    /// Which of its 2×2 values each output is, counted row by row; empty without pooling.
    pub winners: Vec<u8>,
}

/// The forward pass that a backward pass goes back through.
#[derive(Clone, Copy, Debug)]
pub struct Passed<'a> {
    /// `[images, n_inputs, input side, input side]`
    pub inputs: &'a [f32],
    /// As in [`Parameters`].
    pub weights: &'a [f32],
    /// As in [`Activations`].
    pub outputs: &'a [f32],
    /// As in [`Activations`].
    pub winners: &'a [u8],
}

/// The outputs of a block for some images.
///
/// # Shapes
/// `[images, n_inputs, input side, input side] → [images, n_outputs, output side, output side]`
#[must_use]
pub fn forward(arch: Arch, block: &Block, inputs: &[f32], parameters: Parameters) -> Activations {
    let n_images = inputs.len() / block.input_len();
    let mut outputs = vec![0.0; n_images * block.output_len()];
    let mut winners = vec![0; if block.pooled { outputs.len() } else { 0 }];
    let grid = block.grid();
    let phases = Phase::all(block, parameters.weights);
    let filters = Filters::new(
        &forward_groups(block, &grid, &phases),
        parameters.bias,
        arch.dispatch(WidestTile),
    );
    let mut winners_left = winners.chunks_mut(CHUNK * block.output_len());
    let chunks: Vec<Forward> = inputs
        .chunks(CHUNK * block.input_len())
        .zip(outputs.chunks_mut(CHUNK * block.output_len()))
        .map(|(inputs, outputs)| Forward {
            block,
            grid: &grid,
            filters: &filters,
            inputs,
            outputs,
            winners: winners_left.next().unwrap_or_default(),
        })
        .collect();
    chunks
        .into_par_iter()
        .for_each(|chunk| chunk::run(arch, chunk));
    Activations { outputs, winners }
}

/// The gradients of a loss, from those by the outputs. Gradients so small that their squares vanish count as 0.
#[must_use]
pub fn backward(
    arch: Arch,
    block: &Block,
    passed: Passed,
    gradients: &[f32],
    wants_inputs: bool,
) -> LayerGradients {
    let grid = block.grid();
    let phases = Phase::all(block, passed.weights);
    let filters = Filters::new(
        &[backward_group(block, &grid, &phases)],
        &vec![0.0; block.n_inputs],
        arch.dispatch(WidestTile),
    );
    let (input_len, output_len) = (CHUNK * block.input_len(), CHUNK * block.output_len());
    let windows = windows(block);
    let n_taps: usize = windows.iter().map(|window| window.n_taps()).sum();
    let n_weights = block.n_outputs * block.n_inputs * n_taps; // of all phases
    let n_parameters = n_weights + block.n_outputs;
    let n_chunks = passed.inputs.len().div_ceil(input_len);
    let mut parts = vec![0.0; n_chunks * n_parameters];
    let mut by_inputs = vec![0.0; if wants_inputs { passed.inputs.len() } else { 0 }];
    let mut by_inputs_left = by_inputs.chunks_mut(input_len);
    let mut winners_left = passed.winners.chunks(output_len);
    let chunks: Vec<Backward> = passed
        .inputs
        .chunks(input_len)
        .zip(passed.outputs.chunks(output_len))
        .zip(gradients.chunks(output_len))
        .zip(parts.chunks_exact_mut(n_parameters))
        .map(|(((inputs, outputs), gradients), part)| Backward {
            block,
            grid: &grid,
            windows: &windows,
            turned: &filters,
            inputs,
            outputs,
            winners: winners_left.next().unwrap_or_default(),
            gradients,
            by_inputs: by_inputs_left.next(),
            by_parameters: part.split_at_mut(n_weights),
        })
        .collect();
    chunks
        .into_par_iter()
        .for_each(|chunk| chunk::run(arch, chunk));

    let mut by_weights = sum_in_order(&parts, n_parameters);
    let by_bias = by_weights.split_off(n_weights);
    if block.swaps_sums() {
        let n_taps = windows[0].n_taps();
        let phases = by_weights.chunks_exact(block.n_outputs * block.n_inputs * n_taps);
        by_weights = phases
            .flat_map(|phase| turned(phase, block.n_inputs, block.n_outputs, n_taps))
            .collect();
    }
    LayerGradients {
        inputs: wants_inputs.then_some(by_inputs),
        weights: unfold(block, &by_weights),
        bias: by_bias,
    }
}

/// The sum of the rows of a matrix, always from the first to the last.
fn sum_in_order(rows: &[f32], len: usize) -> Vec<f32> {
    let mut sums = vec![0.0; len];
    for row in rows.chunks_exact(len) {
        for (sum, value) in sums.iter_mut().zip(row) {
            *sum += value;
        }
    }
    sums
}
