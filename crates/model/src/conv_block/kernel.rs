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

mod chunk;
mod phases;
mod planes;
#[cfg(test)]
mod tests;
mod tiles;

use pulp::Arch;
use rayon::iter::{IntoParallelIterator, ParallelIterator};

use chunk::{Backward, Forward};
use phases::{Phase, backward_group, forward_groups, turned, unfold, windows};
use planes::Grid;
use tiles::{Filters, WidestTile};

/// Images that one thread takes at a time: enough to pay for adding up vectors at the end of a weight's
/// gradient, few enough that their planes stay in the second-level cache and that 64 images occupy 16 threads.
const CHUNK: usize = 4;

/// What follows a convolution, value by value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nonlinearity {
    /// `a(z) = z`
    None,
    /// `a(z) = max(0, z)`
    Relu,
    /// `a(z) = 1 / (1 + e⁻ᶻ)`
    Sigmoid,
}

/// The channels and sizes of a block, and what is around its convolution. Half of an odd side is rounded up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    /// Channels of the input maps.
    pub n_inputs: usize,
    /// Channels of the output maps.
    pub n_outputs: usize,
    /// Height and width of the maps that are convolved.
    pub side: usize,
    /// Whether the input maps have half that side and each value is repeated twice in both directions.
    pub upsampled: bool,
    /// What follows the convolution.
    pub nonlinearity: Nonlinearity,
    /// Whether the largest of each 2×2 values is kept, so that output maps have half the side. It is chosen
    /// before the nonlinearity, which keeps the order.
    pub pooled: bool,
}

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

/// The gradients of a loss.
#[derive(Clone, Debug, PartialEq)]
pub struct Gradients {
    /// By the inputs; `None` where they were not wanted.
    pub inputs: Option<Vec<f32>>,
    pub weights: Vec<f32>,
    pub bias: Vec<f32>,
}

impl Block {
    /// Height and width of the input maps.
    #[must_use]
    pub fn input_side(&self) -> usize {
        halved_if(self.upsampled, self.side)
    }

    /// Height and width of the output maps.
    #[must_use]
    pub fn output_side(&self) -> usize {
        halved_if(self.pooled, self.side)
    }

    /// Numbers of one image's input maps.
    #[must_use]
    pub fn input_len(&self) -> usize {
        self.n_inputs * self.input_side().pow(2)
    }

    /// Numbers of one image's output maps.
    #[must_use]
    pub fn output_len(&self) -> usize {
        self.n_outputs * self.output_side().pow(2)
    }

    /// Whether the maps are convolved before they are upsampled. An odd side would want what is cut as well, and
    /// pooling all four phases at once.
    fn is_split(&self) -> bool {
        self.upsampled && self.side.is_multiple_of(2) && !self.pooled
    }

    /// Where values lie in planes of the maps that are convolved.
    fn grid(&self) -> Grid {
        Grid::new(if self.is_split() {
            self.input_side()
        } else {
            self.side
        })
    }

    /// Whether each value of the inputs is laid out twice in either direction.
    fn repeats_inputs(&self) -> bool {
        self.upsampled && !self.is_split()
    }

    /// Planes of one image's outputs.
    fn n_output_planes(&self) -> usize {
        let n_phases = if self.is_split() { 4 } else { 1 };
        n_phases * self.n_outputs
    }

    /// The plane of a channel's outputs in even or odd rows and columns, where there are phases.
    fn phase_plane(&self, channel: usize, y: usize, x: usize) -> usize {
        (y % 2 * 2 + x % 2) * self.n_outputs + channel
    }

    /// Whether the gradients of the weights are summed with inputs and outputs in each other's place, which
    /// gives them turned. A tile of the sums wants several channels beside the shifted one.
    fn swaps_sums(&self) -> bool {
        self.n_outputs < self.n_inputs.min(tiles::WIDE)
    }
}

fn halved_if(is_halved: bool, side: usize) -> usize {
    if is_halved { side.div_ceil(2) } else { side }
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
) -> Gradients {
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
    Gradients {
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
