//! Finds the point nearest to the pointer without asking all of them.

/// Points sorted into square cells of equal size. Built once for each scatter, in O(n).
#[derive(Debug, Default)]
pub struct PointGrid {
    /// Lower left corner.
    origin: [f32; 2],
    /// Width and height of a cell.
    cell: [f32; 2],
    /// Cells along each axis.
    n_cells: [usize; 2],
    /// Where in `members` each cell begins, row by row, and the end: `[n_cells + 1]`.
    starts: Vec<u32>,
    /// Positions of points, cell by cell; points that are not finite are left out.
    members: Vec<u32>,
}

impl PointGrid {
    /// Points a cell holds on average: few enough to be quick, enough to keep the grid small.
    const POINTS_PER_CELL: f32 = 4.0;
    /// Most cells along an axis.
    const MAX_CELLS: f32 = 256.0;

    /// Sorts points into cells.
    #[must_use]
    pub fn new(points: &[[f32; 2]]) -> Self {
        let finite = || points.iter().filter(|point| is_finite(**point));
        let Some(&first) = finite().next() else {
            return Self::default();
        };
        let (mut min, mut max) = (first, first);
        for point in finite() {
            for axis in 0..2 {
                min[axis] = min[axis].min(point[axis]);
                max[axis] = max[axis].max(point[axis]);
            }
        }
        let side = (points.len() as f32 / Self::POINTS_PER_CELL)
            .sqrt()
            .ceil()
            .clamp(1.0, Self::MAX_CELLS);
        let n_side = side as usize;
        let mut grid = Self {
            origin: min,
            // All points on a line: any height of cell will do.
            cell: [0, 1].map(|axis| ((max[axis] - min[axis]) / side).max(f32::MIN_POSITIVE)),
            n_cells: [n_side; 2],
            starts: vec![0; n_side * n_side + 1],
            members: Vec::new(),
        };
        grid.fill(points);
        grid
    }

    /// A counting sort: how many in each cell, where each cell begins, then each point to its place.
    fn fill(&mut self, points: &[[f32; 2]]) {
        for point in points.iter().filter(|point| is_finite(**point)) {
            let cell = self.cell_of(*point);
            self.starts[cell + 1] += 1;
        }
        for cell in 1..self.starts.len() {
            self.starts[cell] += self.starts[cell - 1];
        }
        let mut next = self.starts.clone();
        self.members = vec![0; self.starts.last().map_or(0, |&end| end as usize)];
        for (idx, point) in (0_u32..).zip(points) {
            if is_finite(*point) {
                let place = &mut next[self.cell_of(*point)];
                self.members[*place as usize] = idx;
                *place += 1;
            }
        }
    }

    /// Position of the accepted point nearest to `at`, within an ellipse of half axes `reach`: the distance
    /// is counted in units of `reach`, so that it can be a circle on the screen.
    #[must_use]
    pub fn nearest(
        &self,
        points: &[[f32; 2]],
        at: [f32; 2],
        reach: [f32; 2],
        accept: impl Fn(usize) -> bool,
    ) -> Option<usize> {
        if self.members.is_empty() {
            return None;
        }
        let [columns, rows] = [0, 1].map(|axis| {
            let low = self.cell_along(axis, at[axis] - reach[axis]);
            let high = self.cell_along(axis, at[axis] + reach[axis]);
            low..=high
        });
        let mut best: Option<(f32, usize)> = None;
        for row in rows {
            let first = self.starts[row * self.n_cells[0] + columns.start()];
            let end = self.starts[row * self.n_cells[0] + columns.end() + 1];
            for &member in &self.members[first as usize..end as usize] {
                let idx = member as usize;
                let [dx, dy] = [0, 1].map(|axis| (points[idx][axis] - at[axis]) / reach[axis]);
                let distance = dx * dx + dy * dy;
                let is_better = best.is_none_or(|(least, _)| distance < least);
                if distance <= 1.0 && is_better && accept(idx) {
                    best = Some((distance, idx));
                }
            }
        }
        best.map(|(_, idx)| idx)
    }

    fn cell_of(&self, point: [f32; 2]) -> usize {
        self.cell_along(1, point[1]) * self.n_cells[0] + self.cell_along(0, point[0])
    }

    /// The cell along one axis; the outermost for places beyond the grid.
    fn cell_along(&self, axis: usize, value: f32) -> usize {
        let cell = (value - self.origin[axis]) / self.cell[axis];
        let cell = cell.max(0.0) as usize;
        cell.min(self.n_cells[axis] - 1)
    }
}

fn is_finite(point: [f32; 2]) -> bool {
    point[0].is_finite() && point[1].is_finite()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn brute_force(
        points: &[[f32; 2]],
        at: [f32; 2],
        reach: [f32; 2],
        accept: impl Fn(usize) -> bool,
    ) -> Option<f32> {
        let distances = points
            .iter()
            .enumerate()
            .filter(|(idx, _)| accept(*idx))
            .map(|(_, p)| distance(*p, at, reach));
        distances
            .filter(|distance| *distance <= 1.0)
            .min_by(f32::total_cmp)
    }

    fn distance(point: [f32; 2], at: [f32; 2], reach: [f32; 2]) -> f32 {
        let [dx, dy] = [0, 1].map(|axis| (point[axis] - at[axis]) / reach[axis]);
        dx * dx + dy * dy
    }

    proptest! {
        #[test]
        fn nearest_is_the_one_brute_force_finds(
            points in prop::collection::vec([-5.0..5.0_f32, -0.5..0.5_f32], 0..300),
            at in [-6.0..6.0_f32, -1.0..1.0_f32],
            reach in [0.01..3.0_f32, 0.01..3.0_f32],
            modulus in 1..4_usize,
        ) {
            let accept = |idx: usize| idx.is_multiple_of(modulus);
            let found = PointGrid::new(&points).nearest(&points, at, reach, accept);
            let expected = brute_force(&points, at, reach, accept);
            prop_assert_eq!(found.map(|idx| distance(points[idx], at, reach)), expected);
            prop_assert!(found.is_none_or(accept));
        }
    }

    #[test]
    fn points_that_are_nowhere_are_never_found() {
        let points = [[f32::NAN, 0.0], [1.0, f32::INFINITY], [1.0, 1.0]];
        let grid = PointGrid::new(&points);
        assert_eq!(
            grid.nearest(&points, [1.0, 1.0], [9.0, 9.0], |_| true),
            Some(2)
        );
        assert_eq!(
            PointGrid::new(&points[..2]).nearest(&points, [0.0, 0.0], [9.0, 9.0], |_| true),
            None
        );
    }

    #[test]
    fn points_in_one_place_are_found() {
        let points = [[2.0, 3.0]; 50];
        assert!(
            PointGrid::new(&points)
                .nearest(&points, [2.1, 3.0], [0.2, 0.2], |_| true)
                .is_some()
        );
        assert!(
            PointGrid::new(&points)
                .nearest(&points, [9.0, 3.0], [0.2, 0.2], |_| true)
                .is_none()
        );
    }
}
