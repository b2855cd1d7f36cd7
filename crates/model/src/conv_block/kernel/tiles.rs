//! The arithmetic of a convolution and of its weights' gradients, in tiles that stay in registers.
#![expect(
    clippy::inline_always,
    reason = "vector instructions are used only where they are inlined into a function that was made for them"
)]

use pulp::{Simd, WithSimd};

use super::block::WIDE;
use super::grid::{Grid, SIDE};
use super::phases::{Group, Window};

/// Registers of AVX-512 and NEON; AVX2 has half as many.
const MANY_REGISTERS: usize = 32;

/// Channels of the widest tile.
pub(super) struct WidestTile;

impl WithSimd for WidestTile {
    type Output = usize;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> usize {
        if S::REGISTER_COUNT >= MANY_REGISTERS {
            2 * WIDE
        } else {
            WIDE
        }
    }
}

/// Weights in the order in which tiles read them.
pub(super) struct Filters {
    tiles: Vec<Tile>,
}

/// Output channels that are computed together.
struct Tile {
    /// The plane of sums of the first of them.
    first: usize,
    bias: Vec<f32>,
    /// From a position in the first plane to where each factor lies.
    offsets: Vec<usize>,
    /// For each factor, the weights of the tile's outputs.
    weights: Vec<f32>,
}

impl Filters {
    /// Orders the weights of groups whose outputs have the same bias.
    pub fn new(groups: &[Group], bias: &[f32], widest: usize) -> Self {
        let mut tiles = Vec::new();
        for (number, group) in groups.iter().enumerate() {
            let mut first = 0;
            while first < bias.len() {
                let width = tile_width(bias.len() - first, widest);
                let rows = group.weights.chunks_exact(bias.len());
                tiles.push(Tile {
                    first: number * bias.len() + first,
                    bias: bias[first..first + width].to_vec(),
                    offsets: group.offsets.clone(),
                    weights: rows
                        .flat_map(|row| &row[first..first + width])
                        .copied()
                        .collect(),
                });
                first += width;
            }
        }
        Self { tiles }
    }
}

/// The width of the next tile: a power of two.
fn tile_width(n_left: usize, widest: usize) -> usize {
    (1 << n_left.ilog2()).min(widest)
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
    for tile in &filters.tiles {
        let sums = &mut sums[tile.first * grid.padded_span..];
        match tile.bias.len() {
            8 => convolve_tile::<S, 2, 8>(simd, grid, tile, planes, sums),
            4 => convolve_tile::<S, 2, 4>(simd, grid, tile, planes, sums),
            2 => convolve_tile::<S, 4, 2>(simd, grid, tile, planes, sums),
            _ => convolve_tile::<S, 4, 1>(simd, grid, tile, planes, sums),
        }
    }
}

/// `C` output channels, in steps of `V` vectors of positions.
#[inline(always)]
fn convolve_tile<S: Simd, const V: usize, const C: usize>(
    simd: S,
    grid: &Grid,
    tile: &Tile,
    planes: &[f32],
    sums: &mut [f32],
) {
    let weights = tile.weights.as_chunks::<C>().0;
    let n_positions = V * S::F32_LANES;
    for start in (0..grid.span).step_by(n_positions) {
        let mut found = [[simd.splat_f32s(0.0); V]; C];
        for (found, &bias) in found.iter_mut().zip(&tile.bias) {
            *found = [simd.splat_f32s(bias); V];
        }
        for (offset, weights) in tile.offsets.iter().zip(weights) {
            let inputs = S::as_simd_f32s(&planes[start + offset..][..n_positions]).0;
            for (found, &weight) in found.iter_mut().zip(weights) {
                let weight = simd.splat_f32s(weight);
                for (sum, &input) in found.iter_mut().zip(inputs) {
                    *sum = simd.mul_add_e_f32s(weight, input, *sum);
                }
            }
        }
        for (channel, found) in found.iter().enumerate() {
            let start = channel * grid.padded_span + start;
            let sums = S::as_mut_simd_f32s(&mut sums[start..][..n_positions]).0;
            for (to, &sum) in sums.iter_mut().zip(found) {
                *to = sum;
            }
        }
    }
}

/// For each channel of `still` and each of `shifted`, and for each tap of a window, the sum over all images and
/// positions of the one times the other under that tap.
///
/// # Shapes
/// planes of `[images, still.n]` and `[images, shifted.n]` channels → `[still.n, shifted.n, taps]`
#[inline(always)]
pub(super) fn correlate<S: Simd>(
    simd: S,
    grid: &Grid,
    window: Window,
    still: Channels,
    shifted: Channels,
    sums: &mut [f32],
) {
    let widest = WidestTile.with_simd(simd);
    let mut first = 0;
    while first < still.n {
        let width = tile_width(still.n - first, widest);
        for idx in 0..shifted.n {
            let pair = [still.from(first), shifted.from(idx)];
            let sums = &mut sums[(first * shifted.n + idx) * window.n_taps()..];
            let to = (sums, shifted.n);
            match (width, window.side) {
                (8, SIDE) => correlate_tile::<S, 8, SIDE>(simd, grid, window, pair, to),
                (4, SIDE) => correlate_tile::<S, 4, SIDE>(simd, grid, window, pair, to),
                (2, SIDE) => correlate_tile::<S, 2, SIDE>(simd, grid, window, pair, to),
                (_, SIDE) => correlate_tile::<S, 1, SIDE>(simd, grid, window, pair, to),
                (8, _) => correlate_tile::<S, 8, 2>(simd, grid, window, pair, to),
                (4, _) => correlate_tile::<S, 4, 2>(simd, grid, window, pair, to),
                (2, _) => correlate_tile::<S, 2, 2>(simd, grid, window, pair, to),
                (_, _) => correlate_tile::<S, 1, 2>(simd, grid, window, pair, to),
            }
        }
        first += width;
    }
}

/// Channels of all images of a chunk.
#[derive(Clone, Copy)]
pub(super) struct Channels<'a> {
    pub planes: &'a [f32],
    /// How many planes an image has.
    pub of: usize,
    /// The plane of the first.
    pub first: usize,
    /// How many channels there are.
    pub n: usize,
}

impl Channels<'_> {
    fn from(self, idx: usize) -> Self {
        Self {
            first: self.first + idx,
            ..self
        }
    }
}

/// `C` channels by one row of `T` taps at a time: more would not leave registers for several channels.
#[inline(always)]
fn correlate_tile<S: Simd, const C: usize, const T: usize>(
    simd: S,
    grid: &Grid,
    window: Window,
    [still, shifted]: [Channels; 2],
    (sums, n_shifted): (&mut [f32], usize),
) {
    let [top, left] = window.first;
    let n_vectors = grid.span.div_ceil(S::F32_LANES);
    for y in 0..T {
        let mut found = [[simd.splat_f32s(0.0); T]; C];
        let images = still
            .planes
            .chunks_exact(still.of * grid.plane_len)
            .zip(shifted.planes.chunks_exact(shifted.of * grid.plane_len));
        for (still_planes, shifted_planes) in images {
            let still_planes = &still_planes[still.first * grid.plane_len + grid.middle..];
            let mut values: [&[S::f32s]; C] = [&[]; C];
            for (channel, values) in values.iter_mut().enumerate() {
                *values = vectors::<S>(&still_planes[channel * grid.plane_len..], n_vectors);
            }
            let first_tap = grid.offsets[(top + y) * SIDE + left];
            let shifted_plane = &shifted_planes[shifted.first * grid.plane_len + first_tap..];
            let mut views: [&[S::f32s]; T] = [&[]; T];
            for (x, views) in views.iter_mut().enumerate() {
                *views = vectors::<S>(&shifted_plane[x..], n_vectors);
            }
            for position in 0..n_vectors {
                // Not `map`: it is not made for vector instructions, and for the widest it stays a call that copies.
                let mut seen = [simd.splat_f32s(0.0); T];
                for (vector, views) in seen.iter_mut().zip(&views) {
                    *vector = views[position];
                }
                for (sums, values) in found.iter_mut().zip(&values) {
                    let value = values[position];
                    for (sum, &vector) in sums.iter_mut().zip(&seen) {
                        *sum = simd.mul_add_e_f32s(value, vector, *sum);
                    }
                }
            }
        }
        for (channel, lanes) in found.iter().enumerate() {
            let sums = &mut sums[(channel * n_shifted * T + y) * T..][..T];
            for (sum, &lanes) in sums.iter_mut().zip(lanes) {
                *sum = simd.reduce_sum_f32s(lanes);
            }
        }
    }
}

#[inline(always)]
fn vectors<S: Simd>(values: &[f32], n: usize) -> &[S::f32s] {
    &S::as_simd_f32s(values).0[..n]
}

#[inline(always)]
pub(super) fn sum<S: Simd>(simd: S, values: &[f32]) -> f32 {
    let (vectors, rest) = S::as_simd_f32s(values);
    let mut sums = simd.splat_f32s(0.0);
    for &vector in vectors {
        sums = simd.add_f32s(sums, vector);
    }
    simd.reduce_sum_f32s(sums) + rest.iter().sum::<f32>()
}
