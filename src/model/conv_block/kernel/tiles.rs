//! The arithmetic of a convolution and of its weights' gradients, in tiles that stay in registers.
#![expect(
    clippy::inline_always,
    reason = "vector instructions are used only where they are inlined into a function that was made for them"
)]

use pulp::{Simd, WithSimd};

use super::planes::{Grid, SIDE, TAPS};

/// Channels that a tile of [`correlate`] takes beside the shifted one, where there are registers for 3 × 9 sums.
pub(super) const STILL_CHANNELS: usize = 3;

/// Registers of AVX-512 and NEON; AVX2 has half as many.
const MANY_REGISTERS: usize = 32;

/// Output channels of the widest tile, with two vectors each.
pub(super) struct WidestTile;

impl WithSimd for WidestTile {
    type Output = usize;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> usize {
        if S::REGISTER_COUNT >= MANY_REGISTERS {
            8
        } else {
            4
        }
    }
}

/// Weights in the order in which tiles read them.
pub(super) struct Filters {
    /// For each tile, input channel and tap, the weights of the tile's output channels.
    weights: Vec<f32>,
    bias: Vec<f32>,
    n_inputs: usize,
    widest: usize,
}

impl Filters {
    /// Orders weights `[outputs, inputs, 3, 3]`.
    pub fn new(weights: &[f32], bias: &[f32], widest: usize) -> Self {
        let mut ordered = Vec::with_capacity(weights.len());
        let len = weights.len() / bias.len(); // of one output channel
        let mut first = 0;
        while first < bias.len() {
            let width = tile_width(bias.len() - first, widest);
            for idx in 0..len {
                ordered.extend((first..first + width).map(|output| weights[output * len + idx]));
            }
            first += width;
        }
        Self {
            weights: ordered,
            bias: bias.to_vec(),
            n_inputs: len / TAPS,
            widest,
        }
    }

    /// Output channels.
    pub fn n_outputs(&self) -> usize {
        self.bias.len()
    }
}

/// The width of the next tile: a power of two.
fn tile_width(n_left: usize, widest: usize) -> usize {
    (1 << n_left.ilog2()).min(widest)
}

/// Kernels with inputs and outputs in each other's place, and upside down. Twice is as before.
///
/// # Shapes
/// `[outputs, inputs, 3, 3] → [inputs, outputs, 3, 3]`
pub(super) fn turned(weights: &[f32], n_outputs: usize, n_inputs: usize) -> Vec<f32> {
    let mut turned = Vec::with_capacity(weights.len());
    for input in 0..n_inputs {
        for output in 0..n_outputs {
            let kernel = &weights[(output * n_inputs + input) * TAPS..][..TAPS];
            turned.extend(kernel.iter().rev());
        }
    }
    turned
}

/// Convolves one image's planes; of each output channel `sums` has the whole padded span.
#[inline(always)]
pub(super) fn convolve<S: Simd>(
    simd: S,
    grid: &Grid,
    filters: &Filters,
    planes: &[f32],
    sums: &mut [f32],
) {
    let per_output = filters.n_inputs * TAPS;
    let mut first = 0;
    while first < filters.n_outputs() {
        let width = tile_width(filters.n_outputs() - first, filters.widest);
        let outputs = first..first + width;
        let weights = &filters.weights[first * per_output..outputs.end * per_output];
        let bias = &filters.bias[outputs.clone()];
        let sums = &mut sums[first * grid.padded_span..outputs.end * grid.padded_span];
        match width {
            8 => convolve_tiles::<S, 2, 8>(simd, grid, weights, bias, planes, sums),
            4 => convolve_tiles::<S, 2, 4>(simd, grid, weights, bias, planes, sums),
            2 => convolve_tiles::<S, 4, 2>(simd, grid, weights, bias, planes, sums),
            _ => convolve_tiles::<S, 4, 1>(simd, grid, weights, bias, planes, sums),
        }
        first += width;
    }
}

/// Tiles of `V` vectors of positions by `C` output channels.
#[inline(always)]
fn convolve_tiles<S: Simd, const V: usize, const C: usize>(
    simd: S,
    grid: &Grid,
    weights: &[f32],
    bias: &[f32],
    planes: &[f32],
    sums: &mut [f32],
) {
    let weights = weights.as_chunks::<C>().0;
    let n_positions = V * S::F32_LANES;
    for start in (0..grid.span).step_by(n_positions) {
        let mut tile = [[simd.splat_f32s(0.0); V]; C];
        for (tile, &bias) in tile.iter_mut().zip(bias) {
            *tile = [simd.splat_f32s(bias); V];
        }
        let planes = planes.chunks_exact(grid.plane_len);
        for (plane, weights) in planes.zip(weights.chunks_exact(TAPS)) {
            for (offset, weights) in grid.offsets.iter().zip(weights) {
                let inputs = S::as_simd_f32s(&plane[start + offset..][..n_positions]).0;
                for (tile, &weight) in tile.iter_mut().zip(weights) {
                    let weight = simd.splat_f32s(weight);
                    for (sum, &input) in tile.iter_mut().zip(inputs) {
                        *sum = simd.mul_add_e_f32s(weight, input, *sum);
                    }
                }
            }
        }
        for (channel, tile) in tile.iter().enumerate() {
            let start = channel * grid.padded_span + start;
            let sums = S::as_mut_simd_f32s(&mut sums[start..][..n_positions]).0;
            for (to, &sum) in sums.iter_mut().zip(tile) {
                *to = sum;
            }
        }
    }
}

/// For each channel of `still` and each of `shifted`, and for each tap, the sum over all images and positions
/// of the one times the other under that tap.
///
/// # Shapes
/// planes `[images, n_still]`, planes `[images, n_shifted]` → `[n_still, n_shifted, 3, 3]`
#[inline(always)]
pub(super) fn correlate<S: Simd>(
    simd: S,
    grid: &Grid,
    (still, n_still): (&[f32], usize),
    (shifted, n_shifted): (&[f32], usize),
    sums: &mut [f32],
) {
    let widest = if S::REGISTER_COUNT >= MANY_REGISTERS {
        STILL_CHANNELS
    } else {
        1
    };
    let mut first = 0;
    while first < n_still {
        let width = (n_still - first).min(widest);
        for idx in 0..n_shifted {
            let still = Channels {
                planes: still,
                of: n_still,
                first,
            };
            let shifted = Channels {
                planes: shifted,
                of: n_shifted,
                first: idx,
            };
            let sums = &mut sums[(first * n_shifted + idx) * TAPS..];
            match width {
                STILL_CHANNELS => correlate_tile::<S, 3>(simd, grid, still, shifted, sums),
                2 => correlate_tile::<S, 2>(simd, grid, still, shifted, sums),
                _ => correlate_tile::<S, 1>(simd, grid, still, shifted, sums),
            }
        }
        first += width;
    }
}

/// Some channels of all images of a chunk.
#[derive(Clone, Copy)]
struct Channels<'a> {
    planes: &'a [f32],
    /// How many channels an image has.
    of: usize,
    first: usize,
}

#[inline(always)]
fn correlate_tile<S: Simd, const C: usize>(
    simd: S,
    grid: &Grid,
    still: Channels,
    shifted: Channels,
    sums: &mut [f32],
) {
    let mut tile = [[[simd.splat_f32s(0.0); C]; SIDE]; SIDE];
    let images = still
        .planes
        .chunks_exact(still.of * grid.plane_len)
        .zip(shifted.planes.chunks_exact(shifted.of * grid.plane_len));
    for (still_planes, shifted_planes) in images {
        let still_planes = &still_planes[still.first * grid.plane_len + grid.middle..];
        let plane = &shifted_planes[shifted.first * grid.plane_len..][..grid.plane_len];
        for start in (0..grid.span).step_by(S::F32_LANES) {
            let mut values = [simd.splat_f32s(0.0); C];
            for (channel, value) in values.iter_mut().enumerate() {
                *value = load::<S>(&still_planes[channel * grid.plane_len + start..]);
            }
            // Short loops inside one another are what the compiler unrolls, so that the tile stays in registers.
            for (y, tile) in tile.iter_mut().enumerate() {
                let row = &plane[start + y * grid.stride..][..S::F32_LANES + SIDE - 1];
                for (x, sums) in tile.iter_mut().enumerate() {
                    let view = load::<S>(&row[x..]);
                    for (sum, &value) in sums.iter_mut().zip(&values) {
                        *sum = simd.mul_add_e_f32s(value, view, *sum);
                    }
                }
            }
        }
    }
    for (tap, lanes) in tile.as_flattened().iter().enumerate() {
        for (channel, &lanes) in lanes.iter().enumerate() {
            sums[channel * shifted.of * TAPS + tap] = simd.reduce_sum_f32s(lanes);
        }
    }
}

#[inline(always)]
fn load<S: Simd>(values: &[f32]) -> S::f32s {
    S::as_simd_f32s(&values[..S::F32_LANES]).0[0]
}

/// The sum of all values.
#[inline(always)]
pub(super) fn sum<S: Simd>(simd: S, values: &[f32]) -> f32 {
    let (vectors, rest) = S::as_simd_f32s(values);
    let mut sums = simd.splat_f32s(0.0);
    for &vector in vectors {
        sums = simd.add_f32s(sums, vector);
    }
    simd.reduce_sum_f32s(sums) + rest.iter().sum::<f32>()
}
