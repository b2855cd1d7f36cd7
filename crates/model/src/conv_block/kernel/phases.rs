//! What the maps are convolved with.
//!
//! Each value of an upsampled map stands twice in either direction. For outputs in even and odd rows and columns
//! alike, taps that fall on the same value are one tap with the sum of their weights: 2×2 taps on the map as it
//! came take the place of 3×3 on the larger one, 4 products of 9. The four phases (Shi et al. 2016, “sub-pixel
//! convolution”) are channels of their own, put together at the end.

use super::Block;
use super::grid::{Grid, SIDE, TAPS};

/// A convolution that gives all values of the outputs, or those of every second row and column.
pub(super) struct Phase {
    /// `[n_outputs, n_inputs, taps]`
    weights: Vec<f32>,
    /// Where the taps lie.
    pub window: Window,
}

/// Taps within the nine of a kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Window {
    /// Row and column of the first.
    pub first: [usize; 2],
    /// Rows and columns.
    pub side: usize,
}

impl Window {
    const WHOLE: Self = Self {
        first: [0; 2],
        side: SIDE,
    };

    /// How many taps there are.
    pub fn n_taps(self) -> usize {
        self.side * self.side
    }

    /// The numbers of the taps in a kernel, row by row.
    pub fn taps(self) -> impl Iterator<Item = usize> {
        let [top, left] = self.first;
        (0..self.n_taps()).map(move |idx| {
            let (y, x) = (idx / self.side, idx % self.side);
            (top + y) * SIDE + left + x
        })
    }

    /// The taps opposite.
    pub fn turned(self) -> Self {
        Self {
            first: self.first.map(|first| SIDE - self.side - first),
            ..self
        }
    }
}

/// The channels of a tile's outputs, and what they are sums of.
pub(super) struct Group {
    /// From a position in the first plane to where each factor lies.
    pub offsets: Vec<usize>,
    /// For each of them, the weights of all the group's outputs.
    pub weights: Vec<f32>,
}

impl Phase {
    /// The phases of a block: four where it is convolved before it is upsampled, else one.
    pub fn all(block: &Block, weights: &[f32]) -> Vec<Self> {
        let phases = windows(block);
        let mut found = Vec::with_capacity(phases.len());
        for (phase, window) in phases.into_iter().enumerate() {
            let mut folded = Vec::with_capacity(weights.len());
            for kernel in weights.chunks_exact(TAPS) {
                let start = folded.len();
                folded.resize(start + window.n_taps(), 0.0);
                for (tap, weight) in kernel.iter().enumerate() {
                    folded[start + folded_tap(window, phase, tap)] += weight;
                }
            }
            found.push(Self {
                weights: folded,
                window,
            });
        }
        found
    }
}

/// The windows of a block's phases.
pub(super) fn windows(block: &Block) -> Vec<Window> {
    if !block.is_split() {
        return vec![Window::WHOLE];
    }
    let corners = [[0, 0], [0, 1], [1, 0], [1, 1]];
    let window = |first| Window { first, side: 2 };
    corners.map(window).to_vec()
}

/// The tap of a phase that a tap of the kernel is part of.
fn folded_tap(window: Window, phase: usize, tap: usize) -> usize {
    if window.side == SIDE {
        return tap;
    }
    // Of an even row the last two taps meet the same value, of an odd one the first two.
    let folded = |is_odd: usize, at: usize| (at + 1 - is_odd) / 2;
    window.side * folded(phase / 2, tap / SIDE) + folded(phase % 2, tap % SIDE)
}

/// What each phase's outputs are sums of.
pub(super) fn forward_groups(block: &Block, grid: &Grid, phases: &[Phase]) -> Vec<Group> {
    let groups = phases.iter().map(|phase| {
        let mut group = Group::empty(block.n_inputs * TAPS, block.n_outputs);
        for input in 0..block.n_inputs {
            for (idx, tap) in phase.window.taps().enumerate() {
                group
                    .offsets
                    .push(input * grid.plane_len + grid.offsets[tap]);
                let of_output = |output| phase.weight(block, output, input, idx);
                group.weights.extend((0..block.n_outputs).map(of_output));
            }
        }
        group
    });
    groups.collect()
}

/// What the gradients by the inputs are sums of: those by the outputs of all phases, under the taps opposite.
pub(super) fn backward_group(block: &Block, grid: &Grid, phases: &[Phase]) -> Group {
    let mut group = Group::empty(phases.len() * block.n_outputs * TAPS, block.n_inputs);
    for (number, phase) in phases.iter().enumerate() {
        for output in 0..block.n_outputs {
            let plane = number * block.n_outputs + output;
            for (idx, tap) in phase.window.taps().enumerate() {
                let offset = grid.offsets[TAPS - 1 - tap];
                group.offsets.push(plane * grid.plane_len + offset);
                let of_input = |input| phase.weight(block, output, input, idx);
                group.weights.extend((0..block.n_inputs).map(of_input));
            }
        }
    }
    group
}

/// The gradient by the weights from those by the weights of each phase, one after the other.
pub(super) fn unfold(block: &Block, by_phases: &[f32]) -> Vec<f32> {
    let n_kernels = block.n_outputs * block.n_inputs;
    let mut found = vec![0.0; n_kernels * TAPS];
    let mut rest = by_phases;
    for (phase, window) in windows(block).into_iter().enumerate() {
        let (folded, others) = rest.split_at(n_kernels * window.n_taps());
        rest = others;
        let kernels = found.chunks_exact_mut(TAPS);
        for (kernel, folded) in kernels.zip(folded.chunks_exact(window.n_taps())) {
            for (tap, gradient) in kernel.iter_mut().enumerate() {
                *gradient += folded[folded_tap(window, phase, tap)];
            }
        }
    }
    found
}

/// Kernels with inputs and outputs in each other's place, and upside down. Twice is as before.
///
/// # Shapes
/// `[outputs, inputs, taps] → [inputs, outputs, taps]`
pub(super) fn turned(
    weights: &[f32],
    n_outputs: usize,
    n_inputs: usize,
    n_taps: usize,
) -> Vec<f32> {
    let mut turned = Vec::with_capacity(weights.len());
    for input in 0..n_inputs {
        for output in 0..n_outputs {
            let kernel = &weights[(output * n_inputs + input) * n_taps..][..n_taps];
            turned.extend(kernel.iter().rev());
        }
    }
    turned
}

impl Phase {
    fn weight(&self, block: &Block, output: usize, input: usize, idx: usize) -> f32 {
        self.weights[(output * block.n_inputs + input) * self.window.n_taps() + idx]
    }
}

impl Group {
    fn empty(n_factors: usize, n_outputs: usize) -> Self {
        Self {
            offsets: Vec::with_capacity(n_factors),
            weights: Vec::with_capacity(n_factors * n_outputs),
        }
    }
}
