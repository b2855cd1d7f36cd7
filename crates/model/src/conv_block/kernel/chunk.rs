//! Forward and backward through the images of one chunk, on one thread.
#![expect(
    clippy::inline_always,
    reason = "vector instructions are used only where they are inlined into a function that was made for them"
)]

use std::cell::RefCell;

use pulp::{Arch, Simd, WithSimd};

use super::Block;
use super::grid::Grid;
use super::phases::Window;
use super::planes::{self, collect_gradients, finish, lay_out, lay_out_gradients};
use super::tiles::{Channels, Filters, convolve, correlate, sum};

/// The planes and sums of a chunk. Each thread keeps its own from call to call, because fresh memory costs
/// more than the arithmetic.
#[derive(Default)]
pub(super) struct Scratch {
    inputs: Vec<f32>,
    gradients: Vec<f32>,
    slopes: Vec<f32>,
    sums: Vec<f32>,
}

/// The first numbers of a buffer that grows as needed; they are what was left there.
fn room(buffer: &mut Vec<f32>, len: usize) -> &mut [f32] {
    if buffer.len() < len {
        buffer.resize(len, 0.0);
    }
    &mut buffer[..len]
}

/// What is to be done with a chunk.
pub(super) trait Task {
    /// Does it with the instructions that `simd` stands for.
    fn run<S: Simd>(self, simd: S, scratch: &mut Scratch);
}

/// Does it with the best instructions of an architecture.
pub(super) fn run(arch: Arch, task: impl Task) {
    thread_local! {
        static SCRATCH: RefCell<Scratch> = RefCell::default();
    }
    SCRATCH.with_borrow_mut(|scratch| arch.dispatch(OnScratch { task, scratch }));
}

struct OnScratch<'a, T> {
    task: T,
    scratch: &'a mut Scratch,
}

impl<T: Task> WithSimd for OnScratch<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        self.task.run(simd, self.scratch);
    }
}

/// Inputs to outputs.
pub(super) struct Forward<'a> {
    pub block: &'a Block,
    pub grid: &'a Grid,
    pub filters: &'a Filters,
    pub inputs: &'a [f32],
    pub outputs: &'a mut [f32],
    /// Empty without pooling.
    pub winners: &'a mut [u8],
}

impl Task for Forward<'_> {
    #[inline(always)]
    fn run<S: Simd>(self, simd: S, scratch: &mut Scratch) {
        let Self { block, grid, .. } = self;
        let planes = room(&mut scratch.inputs, block.n_inputs * grid.plane_len);
        let sums = room(
            &mut scratch.sums,
            block.n_output_planes() * grid.padded_span,
        );
        let mut winners = self.winners.chunks_exact_mut(block.output_len());
        let images = self
            .inputs
            .chunks_exact(block.input_len())
            .zip(self.outputs.chunks_exact_mut(block.output_len()));
        for (inputs, outputs) in images {
            lay_out(block, grid, inputs, planes);
            convolve(simd, grid, self.filters, planes, sums);
            let winners = winners.next().unwrap_or_default();
            finish(block, grid, sums, outputs, winners);
        }
    }
}

/// Gradients by the outputs to all others.
pub(super) struct Backward<'a> {
    pub block: &'a Block,
    pub grid: &'a Grid,
    /// Of each phase.
    pub windows: &'a [Window],
    /// The kernels turned.
    pub turned: &'a Filters,
    pub inputs: &'a [f32],
    pub outputs: &'a [f32],
    /// Empty without pooling.
    pub winners: &'a [u8],
    pub gradients: &'a [f32],
    /// Where these are wanted.
    pub by_inputs: Option<&'a mut [f32]>,
    /// By the weights, turned where the block says so, and by the bias.
    pub by_parameters: (&'a mut [f32], &'a mut [f32]),
}

impl Task for Backward<'_> {
    #[inline(always)]
    fn run<S: Simd>(self, simd: S, scratch: &mut Scratch) {
        let Self { block, grid, .. } = self;
        let n_images = self.inputs.len() / block.input_len();
        let input_len = block.n_inputs * grid.plane_len;
        let output_len = block.n_output_planes() * grid.plane_len;
        let inputs = room(&mut scratch.inputs, n_images * input_len);
        let gradients = room(&mut scratch.gradients, n_images * output_len);
        let slopes = room(&mut scratch.slopes, block.output_len());
        self.lay_out(inputs, slopes, gradients);

        let (by_weights, by_bias) = self.by_parameters;
        for planes in gradients.chunks_exact(output_len) {
            for (idx, plane) in planes.chunks_exact(grid.plane_len).enumerate() {
                by_bias[idx % block.n_outputs] += sum(simd, plane);
            }
        }
        let mut rest = by_weights;
        for (number, &window) in self.windows.iter().enumerate() {
            let of_inputs = Channels {
                planes: &*inputs,
                of: block.n_inputs,
                first: 0,
                n: block.n_inputs,
            };
            let of_outputs = Channels {
                planes: &*gradients,
                of: block.n_output_planes(),
                first: number * block.n_outputs,
                n: block.n_outputs,
            };
            let n_weights = block.n_inputs * block.n_outputs * window.n_taps();
            let (by_weights, others) = rest.split_at_mut(n_weights);
            rest = others;
            if block.swaps_sums() {
                let window = window.turned();
                correlate(simd, grid, window, of_inputs, of_outputs, by_weights);
            } else {
                correlate(simd, grid, window, of_outputs, of_inputs, by_weights);
            }
        }
        if let Some(by_inputs) = self.by_inputs {
            let sums = room(&mut scratch.sums, block.n_inputs * grid.padded_span);
            let images = by_inputs.chunks_exact_mut(block.input_len());
            for (by_inputs, planes) in images.zip(gradients.chunks_exact(output_len)) {
                convolve(simd, grid, self.turned, planes, sums);
                collect_gradients(block, grid, sums, by_inputs);
            }
        }
    }
}

impl Backward<'_> {
    /// Fills the planes of all images.
    #[inline(always)]
    fn lay_out(&self, inputs: &mut [f32], slopes: &mut [f32], gradients: &mut [f32]) {
        let Self { block, grid, .. } = self;
        let planes = inputs.chunks_exact_mut(block.n_inputs * grid.plane_len);
        for (maps, planes) in self.inputs.chunks_exact(block.input_len()).zip(planes) {
            lay_out(block, grid, maps, planes);
        }
        let mut winners = self.winners.chunks_exact(block.output_len());
        let images = self
            .gradients
            .chunks_exact(block.output_len())
            .zip(self.outputs.chunks_exact(block.output_len()));
        let planes = gradients.chunks_exact_mut(block.n_output_planes() * grid.plane_len);
        for ((gradients, outputs), planes) in images.zip(planes) {
            planes::slopes(block, gradients, outputs, slopes);
            let winners = winners.next().unwrap_or_default();
            lay_out_gradients(block, grid, slopes, winners, planes);
        }
    }
}
