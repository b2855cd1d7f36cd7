//! Maps in planes with a border of zeros, and what happens to them before and after a convolution.
#![expect(
    clippy::inline_always,
    reason = "vector instructions are used only where they are inlined into a function that was made for them"
)]

use crate::processor::without_faint;

use super::Block;
use super::grid::Grid;

/// Copies one image's input maps into planes, upsampled where the block does so.
#[inline(always)]
pub(super) fn lay_out(block: &Block, grid: &Grid, maps: &[f32], planes: &mut [f32]) {
    let side = block.input_side();
    let maps = maps.chunks_exact(side * side);
    for (map, plane) in maps.zip(planes.chunks_exact_mut(grid.plane_len)) {
        plane.fill(0.0);
        for (y, row) in map.chunks_exact(side).enumerate() {
            if !block.repeats_inputs() {
                plane[grid.row(y)].copy_from_slice(row);
                continue;
            }
            for (pair, &value) in plane[grid.row(2 * y)].chunks_mut(2).zip(row) {
                pair.fill(value);
            }
            if 2 * y + 1 < grid.side {
                plane.copy_within(grid.row(2 * y), grid.row(2 * y + 1).start);
            }
        }
    }
}

/// Makes one image's outputs of what the convolution gave, and notes the winners of pooling.
pub(super) fn finish(
    block: &Block,
    grid: &Grid,
    sums: &mut [f32],
    outputs: &mut [f32],
    winners: &mut [u8],
) {
    let side = block.output_side();
    let channels = sums
        .chunks_exact_mut(grid.padded_span)
        .zip(outputs.chunks_exact_mut(side * side));
    if block.is_split() {
        interleave(block, grid, sums, outputs);
    } else if block.pooled {
        for ((sums, outputs), winners) in channels.zip(winners.chunks_exact_mut(side * side)) {
            pool(grid, sums, outputs, winners);
        }
    } else {
        for (sums, outputs) in channels {
            let rows = sums.chunks_exact(grid.stride);
            for (row, outputs) in rows.zip(outputs.chunks_exact_mut(side)) {
                outputs.copy_from_slice(&row[..side]);
            }
        }
    }
    block.nonlinearity.apply(outputs);
}

/// Puts the phases of one image's outputs together.
#[inline(always)]
fn interleave(block: &Block, grid: &Grid, sums: &[f32], outputs: &mut [f32]) {
    let side = block.output_side();
    for (channel, outputs) in outputs.chunks_exact_mut(side * side).enumerate() {
        for (y, outputs) in outputs.chunks_exact_mut(side).enumerate() {
            let [even, odd] = [0, 1].map(|x| {
                let plane = block.phase_plane(channel, y, x) * grid.padded_span;
                &sums[plane + y / 2 * grid.stride..][..grid.side]
            });
            let pairs = outputs.as_chunks_mut::<2>().0.iter_mut();
            for (pair, (&even, &odd)) in pairs.zip(even.iter().zip(odd)) {
                *pair = [even, odd];
            }
        }
    }
}

/// Keeps the first of the largest of each 2×2 values, and those that are not numbers.
fn pool(grid: &Grid, sums: &mut [f32], outputs: &mut [f32], winners: &mut [u8]) {
    let side = grid.side.div_ceil(2);
    if !grid.side.is_multiple_of(2) {
        for row in sums.chunks_exact_mut(grid.stride).take(grid.side) {
            row[grid.side] = f32::NEG_INFINITY; // never larger than what the last column has
        }
    }
    let rows = outputs
        .chunks_exact_mut(side)
        .zip(winners.chunks_exact_mut(side));
    for (y, (outputs, winners)) in rows.enumerate() {
        let row = |y: usize| &sums[y * grid.stride..][..2 * side];
        let upper = row(2 * y);
        let lower = row((2 * y + 1).min(grid.side - 1)); // of an odd side the last row meets itself and wins
        let pairs = upper
            .as_chunks::<2>()
            .0
            .iter()
            .zip(lower.as_chunks::<2>().0);
        for ((output, winner), (upper, lower)) in outputs.iter_mut().zip(winners).zip(pairs) {
            let (top, top_is_right) = larger(upper[0], upper[1]);
            let (bottom, bottom_is_right) = larger(lower[0], lower[1]);
            let (largest, is_bottom) = larger(top, bottom);
            *output = largest;
            let [is_bottom, top, bottom] = [is_bottom, top_is_right, bottom_is_right].map(u8::from);
            *winner = 2 * is_bottom + is_bottom * bottom + (1 - is_bottom) * top;
        }
    }
}

/// The larger of two values, and whether it is the second. What is not a number counts as largest.
fn larger(first: f32, second: f32) -> (f32, bool) {
    let is_second = (second > first) | second.is_nan(); // no branch: what wins is not to be foretold
    (if is_second { second } else { first }, is_second)
}

/// The gradients of one image before the nonlinearity, from those by the outputs.
#[inline(always)]
pub(super) fn slopes(block: &Block, gradients: &[f32], outputs: &[f32], slopes: &mut [f32]) {
    block.nonlinearity.slopes(gradients, outputs, slopes);
}

/// Puts one image's gradients through pooling into planes.
#[inline(always)]
pub(super) fn lay_out_gradients(
    block: &Block,
    grid: &Grid,
    slopes: &[f32],
    winners: &[u8],
    planes: &mut [f32],
) {
    let side = block.output_side();
    planes.fill(0.0);
    for (channel, slopes) in slopes.chunks_exact(side * side).enumerate() {
        if block.is_split() {
            for (y, row) in slopes.chunks_exact(side).enumerate() {
                let [even, odd] = [0, 1].map(|x| {
                    let plane = block.phase_plane(channel, y, x) * grid.plane_len;
                    plane + grid.row(y / 2).start
                });
                let pairs = row.as_chunks::<2>().0;
                for (value, pair) in planes[even..].iter_mut().zip(pairs) {
                    *value = pair[0];
                }
                for (value, pair) in planes[odd..].iter_mut().zip(pairs) {
                    *value = pair[1];
                }
            }
            continue;
        }
        let plane = &mut planes[channel * grid.plane_len..][..grid.plane_len];
        for (y, row) in slopes.chunks_exact(side).enumerate() {
            if block.pooled {
                let winners = &winners[(channel * side + y) * side..][..side];
                let window = &mut plane[grid.row(2 * y).start..];
                for (x, (&slope, winner)) in row.iter().zip(winners).enumerate() {
                    let (lower, right) = (winner / 2, winner % 2);
                    window[usize::from(lower) * grid.stride + 2 * x + usize::from(right)] = slope;
                }
            } else {
                plane[grid.row(y)].copy_from_slice(row);
            }
        }
    }
}

/// Makes one image's gradients by the inputs of what the convolution gave.
#[inline(always)]
pub(super) fn collect_gradients(
    block: &Block,
    grid: &Grid,
    sums: &mut [f32],
    gradients: &mut [f32],
) {
    let side = block.input_side();
    let channels = sums.chunks_exact_mut(grid.padded_span);
    for (sums, gradients) in channels.zip(gradients.chunks_exact_mut(side * side)) {
        for (y, gradients) in gradients.chunks_exact_mut(side).enumerate() {
            if block.repeats_inputs() {
                collect_pairs(grid, sums, y, gradients);
            } else {
                gradients.copy_from_slice(&sums[y * grid.stride..][..side]);
            }
        }
    }
    for gradient in gradients {
        *gradient = without_faint(*gradient);
    }
}

/// A value that was repeated has the gradients of all its places.
#[inline(always)]
fn collect_pairs(grid: &Grid, sums: &mut [f32], y: usize, gradients: &mut [f32]) {
    gradients.fill(0.0);
    let rows = sums[2 * y * grid.stride..].chunks_exact_mut(grid.stride);
    for row in rows.take(2.min(grid.side - 2 * y)) {
        row[grid.side] = 0.0; // of an odd side the last column has no neighbour
        for (gradient, pair) in gradients.iter_mut().zip(row.as_chunks::<2>().0) {
            *gradient += pair[0] + pair[1];
        }
    }
}
