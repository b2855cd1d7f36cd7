//! Fits ink into a small square with its proportions kept, each pixel the mean of what it covers.

use super::ink::Ink;
use super::pixels::PixelBox;

/// Scales a part of the ink so that its longer side is `side` pixels, in the middle of `side` × `side`.
///
/// Where it shrinks, a pixel is the mean of what it covers; where it grows, values lie on straight lines
/// between the pixels' centres.
#[must_use]
pub fn fit(ink: &Ink, part: PixelBox, side: usize) -> Vec<f32> {
    let scale = part.width().max(part.height()) as f64 / side as f64;
    let columns = Axis::new(part.left, part.right, scale, side);
    let rows = Axis::new(part.top, part.bottom, scale, side);
    let mut narrow = vec![0.0; part.height() * side]; // [height of the part, side]
    let lines = ink.amount.chunks_exact(ink.width).skip(part.top);
    for (line, out) in lines.zip(narrow.chunks_exact_mut(side)) {
        for (value, weights) in out.iter_mut().zip(&columns.weights) {
            *value = weights.iter().map(|&(at, weight)| weight * line[at]).sum();
        }
    }
    let mut fitted = vec![0.0_f32; side * side];
    for (out, weights) in fitted.chunks_exact_mut(side).zip(&rows.weights) {
        for &(at, weight) in weights {
            let line = &narrow[(at - part.top) * side..][..side];
            for (value, narrow) in out.iter_mut().zip(line) {
                *value += weight * narrow;
            }
        }
    }
    fitted
}

/// Which source pixels make up each pixel along an axis, and with which weights.
struct Axis {
    weights: Vec<Vec<(usize, f32)>>,
}

impl Axis {
    fn new(from: usize, to: usize, scale: f64, side: usize) -> Self {
        // The shorter side is put into the middle by whole pixels, so that its first pixel starts where the
        // ink does: centring moves by whole pixels too.
        let length = ((to - from) as f64 / scale - 1e-9)
            .ceil()
            .clamp(1.0, side as f64);
        let margin = ((side as f64 - length) / 2.0).floor();
        let weights = (0..side).map(|pixel| {
            let start = from as f64 + (pixel as f64 - margin) * scale;
            if scale >= 1.0 {
                covered(start, start + scale, from, to)
            } else {
                on_line(start + scale / 2.0, start, start + scale, from, to)
            }
        });
        Self {
            weights: weights.collect(),
        }
    }
}

/// Shares of an interval that source pixels cover; outside the part there is paper.
fn covered(start: f64, end: f64, from: usize, to: usize) -> Vec<(usize, f32)> {
    let clamped = |at: f64| at.clamp(from as f64, to as f64);
    let pixels = clamped(start).floor() as usize..clamped(end).ceil() as usize;
    pixels
        .map(|pixel| {
            let overlap = end.min(pixel as f64 + 1.0) - start.max(pixel as f64);
            (pixel, (overlap.max(0.0) / (end - start)) as f32)
        })
        .collect()
}

/// The two source pixels whose centres lie around a place, weighed by nearness; nothing where the interval
/// around it lies outside the part.
fn on_line(at: f64, start: f64, end: f64, from: usize, to: usize) -> Vec<(usize, f32)> {
    let inside = (end.min(to as f64) - start.max(from as f64)) / (end - start);
    if inside <= 0.0 {
        return Vec::new();
    }
    let centre = (at - 0.5).clamp(from as f64, (to - 1) as f64);
    let left = centre.floor() as usize;
    let right = (left + 1).min(to - 1);
    let share = centre - centre.floor();
    [(left, 1.0 - share), (right, share)]
        .map(|(pixel, weight)| (pixel, (inside * weight) as f32))
        .to_vec()
}
