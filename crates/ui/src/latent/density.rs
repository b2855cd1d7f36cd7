//! How densely points lie, from how many share a cell of a grid: one pass over the points, as quick for ten thousand of
//! them as for a hundred in one place.

use crate::plot::{Bounds, Interval};

/// Cells across and up.
const SIDE: usize = 48;

/// How many points lie near each: those of its cell, smoothed with its neighbours by 1, 2, 1 along both axes. Points that
/// are nowhere (NaN) have none.
pub fn near(points: &[[f32; 2]], extent: Bounds) -> Vec<f32> {
    // A ring of empty cells around all of them, so that each has neighbours.
    const WIDE: usize = SIDE + 2;
    let along = |value: f32, ends: Interval| {
        let share = (f64::from(value) - ends.min) / ends.length().max(f64::MIN_POSITIVE);
        let cell = (share * SIDE as f64).clamp(0.0, (SIDE - 1) as f64);
        1 + cell as usize
    };
    let cell = |[x, y]: [f32; 2]| {
        let is_somewhere = x.is_finite() && y.is_finite();
        is_somewhere.then(|| along(y, extent.y) * WIDE + along(x, extent.x))
    };
    let mut counts = vec![0.0_f32; WIDE * WIDE];
    for at in points.iter().filter_map(|point| cell(*point)) {
        counts[at] += 1.0;
    }
    let smoothed = |at: usize| {
        let row = |from: usize| counts[from - 1] + 2.0 * counts[from] + counts[from + 1];
        (row(at - WIDE) + 2.0 * row(at) + row(at + WIDE)) / 16.0
    };
    let each = points
        .iter()
        .map(|point| cell(*point).map_or(0.0, smoothed));
    each.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_that_lie_together_are_dense() {
        let unit = Interval::new(0.0, 1.0);
        let extent = Bounds { x: unit, y: unit };
        let mut points = vec![[0.51, 0.51]; 16];
        points.extend([[0.0, 0.0], [1.0, 1.0], [f32::NAN, 0.5]]);
        let near = near(&points, extent);
        assert_eq!(
            near[..16],
            [4.0; 16],
            "a quarter of the smoothing is the cell's own"
        );
        assert_eq!(near[16..], [0.25, 0.25, 0.0]);
    }
}
