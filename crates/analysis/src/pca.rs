//! Principal axes of a cloud of codes.

use faer::{Mat, Side};

use hourglass_protocol::Turn;

/// Codes wider than this are analysed through their rows: the eigenvectors of a `p × p` matrix cost p³.
const MAX_COVARIANCE_SIZE: usize = 256;

/// Rows used for codes wider than that, evenly spaced.
const MAX_GRAM_ROWS: usize = 512;

/// Two principal axes of a cloud of codes, by default the directions of largest variance.
#[derive(Clone, Debug, PartialEq)]
pub struct PrincipalAxes {
    /// Centre of the cloud: `[size]`.
    mean: Vec<f64>,
    /// Unit vectors along the axes: `[size]` each.
    axes: [Vec<f64>; 2],
    /// Which axes they are, counted from 0 in the order of falling variance.
    components: [usize; 2],
    /// Share of the variance along each axis, 0..1.
    pub explained: [f32; 2],
}

impl PrincipalAxes {
    /// Finds the two first axes of codes `[n, size]`, row by row.
    ///
    /// Exact for codes of up to 256 units; wider ones are represented by 512 evenly spaced rows. `None` when
    /// there is no plane to find: a single unit, fewer than two rows, no variance, values that are not
    /// finite.
    #[must_use]
    pub fn fit(codes: &[f32], size: usize) -> Option<Self> {
        Self::fit_components(codes, size, [0, 1])
    }

    /// Finds two axes, counted from 0 in the order of falling variance.
    ///
    /// As [`Self::fit`]; also `None` if there are not this many axes.
    #[must_use]
    pub fn fit_components(codes: &[f32], size: usize, components: [usize; 2]) -> Option<Self> {
        if size < 2 || codes.len() < 2 * size || codes.iter().any(|value| !value.is_finite()) {
            return None;
        }
        if size <= MAX_COVARIANCE_SIZE {
            Self::from_covariance(&Centred::new(codes, size, 1), components)
        } else {
            let n_rows = codes.len() / size;
            let stride = n_rows.div_ceil(MAX_GRAM_ROWS);
            Self::from_gram(&Centred::new(codes, size, stride), components)
        }
    }

    /// Eigenvectors of `XᵀX`, whose trace is the whole variance.
    fn from_covariance(centred: &Centred, components: [usize; 2]) -> Option<Self> {
        let rows = &centred.rows;
        let covariance = rows.transpose() * rows;
        let total = trace(&covariance);
        let eigen = covariance.self_adjoint_eigen(Side::Lower).ok()?;
        let size = covariance.nrows(); // eigenvalues rise: the largest are last
        let axis = |from_last: usize| {
            let column = size.checked_sub(1 + from_last)?;
            let variance = eigen.S()[column].max(0.0);
            let direction = (0..size).map(|row| eigen.U()[(row, column)]).collect();
            Some((direction, variance))
        };
        let [first, second] = components.map(axis);
        Self::assemble(centred, [first?, second?], components, total)
    }

    /// Eigenvectors of `XXᵀ`, mapped back: if `XXᵀu = λu` then `Xᵀu/√λ` is a principal axis.
    fn from_gram(centred: &Centred, components: [usize; 2]) -> Option<Self> {
        let rows = &centred.rows;
        let gram = rows * rows.transpose();
        let total = trace(&gram);
        let eigen = gram.self_adjoint_eigen(Side::Lower).ok()?;
        let axis = |from_last: usize| {
            let column = gram.nrows().checked_sub(1 + from_last)?;
            let variance = eigen.S()[column].max(0.0);
            let direction = rows.transpose() * eigen.U().col(column);
            let length = direction.norm_l2().max(f64::MIN_POSITIVE);
            let direction = (0..direction.nrows()).map(|idx| direction[idx] / length);
            Some((direction.collect(), variance))
        };
        let [first, second] = components.map(axis);
        Self::assemble(centred, [first?, second?], components, total)
    }

    fn assemble(
        centred: &Centred,
        axes: [(Vec<f64>, f64); 2],
        components: [usize; 2],
        total: f64,
    ) -> Option<Self> {
        let [(first, first_variance), (second, second_variance)] = axes;
        let share = |variance: f64| (variance / total) as f32;
        (total > 0.0).then(|| Self {
            mean: centred.mean.clone(),
            axes: [first, second],
            components,
            explained: [share(first_variance), share(second_variance)],
        })
    }

    /// Turns axes that point away from those of an earlier cloud around: the sign of an eigenvector is
    /// arbitrary, and a cloud that moves must not flip. Other components have nothing to be aligned with.
    pub fn align_with(&mut self, earlier: &Self) {
        if self.components != earlier.components {
            return;
        }
        for (axis, before) in self.axes.iter_mut().zip(&earlier.axes) {
            let along: f64 = axis.iter().zip(before).map(|(a, b)| a * b).sum();
            if along < 0.0 {
                for value in axis {
                    *value = -*value;
                }
            }
        }
    }

    /// Turns the axes within their plane. Each of them is then a mixture of the two components.
    pub fn turn(&mut self, turn: Turn) {
        let Turn { cos, sin, mirror } = turn;
        let [first, second] = &mut self.axes;
        for (a, b) in first.iter_mut().zip(second) {
            (*a, *b) = (cos * *a - sin * mirror * *b, sin * *a + cos * mirror * *b);
        }
        // The components are uncorrelated: variances along a mixture add up.
        let [first, second] = self.explained.map(f64::from);
        let (cos2, sin2) = (cos * cos, sin * sin);
        self.explained = [
            (cos2 * first + sin2 * second) as f32,
            (sin2 * first + cos2 * second) as f32,
        ];
    }

    /// Turns each axis so that its largest entry is positive: the sign of an eigenvector is arbitrary, and a cloud
    /// that is refitted must not flip where there is no earlier one to align with.
    #[must_use]
    pub fn upright(mut self) -> Self {
        for axis in &mut self.axes {
            let largest = axis.iter().copied().reduce(|largest, value| {
                if value.abs() > largest.abs() {
                    value
                } else {
                    largest
                }
            });
            if largest.is_some_and(|largest| largest < 0.0) {
                for value in axis {
                    *value = -*value;
                }
            }
        }
        self
    }

    /// The code at a place of the plane: `[size]`.
    #[must_use]
    pub fn code_at(&self, [x, y]: [f32; 2]) -> Vec<f32> {
        let [first, second] = &self.axes;
        let axes = first.iter().zip(second).zip(&self.mean);
        axes.map(|((a, b), mean)| (mean + f64::from(x) * a + f64::from(y) * b) as f32)
            .collect()
    }

    /// Where codes `[n, size]` lie in the plane of the axes.
    #[must_use]
    pub fn project(&self, codes: &[f32]) -> Vec<[f32; 2]> {
        let offsets = self
            .axes
            .each_ref()
            .map(|axis| axis.iter().zip(&self.mean).map(|(a, m)| a * m).sum::<f64>());
        codes
            .chunks_exact(self.mean.len())
            .map(|code| {
                let along = |axis: &[f64], offset: f64| -> f32 {
                    let dot: f64 = code.iter().zip(axis).map(|(&c, a)| f64::from(c) * a).sum();

                    (dot - offset) as f32
                };
                [
                    along(&self.axes[0], offsets[0]),
                    along(&self.axes[1], offsets[1]),
                ]
            })
            .collect()
    }
}

/// Rows with their mean taken off.
struct Centred {
    mean: Vec<f64>,
    rows: Mat<f64>,
}

impl Centred {
    /// Every `stride`-th row of `[n, size]`.
    fn new(codes: &[f32], size: usize, stride: usize) -> Self {
        let rows: Vec<&[f32]> = codes.chunks_exact(size).step_by(stride).collect();
        let mut mean = vec![0.0; size];
        for row in &rows {
            for (sum, &value) in mean.iter_mut().zip(*row) {
                *sum += f64::from(value);
            }
        }
        let n_rows = rows.len() as f64;
        for sum in &mut mean {
            *sum /= n_rows;
        }
        let rows = Mat::from_fn(rows.len(), size, |row, column| {
            f64::from(rows[row][column]) - mean[column]
        });
        Self { mean, rows }
    }
}

fn trace(matrix: &Mat<f64>) -> f64 {
    (0..matrix.nrows()).map(|idx| matrix[(idx, idx)]).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Points along two known orthogonal directions with standard deviations 3 : 1, embedded in `size`
    /// dimensions around a known centre.
    fn cloud(size: usize) -> (Vec<f32>, [usize; 2]) {
        let (major, minor) = (size - 1, 0);
        let mut codes = Vec::new();
        for i in 0..40_u8 {
            let angle = f32::from(i) / 40.0 * std::f32::consts::TAU;
            let mut code = vec![0.5; size];
            code[major] += 3.0 * angle.cos();
            code[minor] += angle.sin();
            codes.extend(code);
        }
        (codes, [major, minor])
    }

    #[test]
    fn known_axes_are_found_with_their_shares() {
        for size in [2, 8, 300] {
            let (codes, [major, minor]) = cloud(size);
            let axes = PrincipalAxes::fit(&codes, size).expect("the cloud has a plane");
            assert!(
                (axes.axes[0][major].abs() - 1.0).abs() < 1e-6,
                "size {size}"
            );
            assert!(
                (axes.axes[1][minor].abs() - 1.0).abs() < 1e-6,
                "size {size}"
            );
            assert!((axes.explained[0] - 0.9).abs() < 1e-5); // 9 : 1 in variance
            assert!((axes.explained[1] - 0.1).abs() < 1e-5);
        }
    }

    #[test]
    fn projections_are_centred_and_keep_distances() {
        let (codes, _) = cloud(8);
        let points = PrincipalAxes::fit(&codes, 8)
            .expect("the cloud has a plane")
            .project(&codes);
        assert_eq!(points.len(), 40);
        let sum = points
            .iter()
            .fold([0.0, 0.0], |s, p| [s[0] + p[0], s[1] + p[1]]);
        assert!(sum[0].abs() < 1e-4 && sum[1].abs() < 1e-4);
        // Opposite ends of the ellipse are 6 apart.
        let distance = (points[0][0] - points[20][0]).hypot(points[0][1] - points[20][1]);
        assert!((distance - 6.0).abs() < 1e-4);
    }

    #[test]
    fn axes_that_are_turned_take_the_points_along_and_share_out_their_variance() {
        let codes: Vec<f32> = (0..60)
            .flat_map(|idx: u16| {
                let t = f32::from(idx);
                [3.0 * t.sin(), t.cos(), 0.1 * (2.0 * t).sin()]
            })
            .collect();
        let axes = PrincipalAxes::fit(&codes, 3).expect("a plane");
        let before = axes.project(&codes);
        let (sin, cos) = 0.7_f64.sin_cos();
        for mirror in [1.0, -1.0] {
            let turn = Turn { cos, sin, mirror };
            let goal: Vec<[f32; 2]> = before.iter().map(|&point| turn.of(point)).collect();
            let mut turned = axes.clone();
            turned.turn(Turn::onto(&before, &goal));
            for (found, wanted) in turned.project(&codes).iter().zip(&goal) {
                assert!((found[0] - wanted[0]).abs() < 1e-4, "{found:?} {wanted:?}");
                assert!((found[1] - wanted[1]).abs() < 1e-4, "{found:?} {wanted:?}");
            }
            let mean_square = |axis: usize| {
                let squares = goal.iter().map(|point| f64::from(point[axis]).powi(2));
                squares.sum::<f64>() / 60.0
            };
            let [x, y] = turned.explained.map(f64::from);
            assert!((x / y - mean_square(0) / mean_square(1)).abs() < 1e-3);
            let there_and_back = turned.project(&turned.code_at([0.5, -0.25]));
            assert!((there_and_back[0][0] - 0.5).abs() < 1e-5);
            assert!((there_and_back[0][1] + 0.25).abs() < 1e-5);
        }
    }

    #[test]
    fn aligned_axes_do_not_flip() {
        let (codes, _) = cloud(8);
        let earlier = PrincipalAxes::fit(&codes, 8).expect("the cloud has a plane");
        let mut flipped = earlier.clone();
        for axis in &mut flipped.axes {
            for value in axis {
                *value = -*value;
            }
        }
        flipped.align_with(&earlier);
        assert_eq!(flipped, earlier);
    }

    #[test]
    fn any_two_components_can_be_chosen() {
        let (codes, [major, minor]) = cloud(8);
        let turned = PrincipalAxes::fit_components(&codes, 8, [1, 0]).expect("eight axes");
        assert!((turned.axes[0][minor].abs() - 1.0).abs() < 1e-6);
        assert!((turned.axes[1][major].abs() - 1.0).abs() < 1e-6);
        assert!((turned.explained[0] - 0.1).abs() < 1e-5);
        let empty = PrincipalAxes::fit_components(&codes, 8, [2, 7]).expect("eight axes");
        assert!(empty.explained.iter().all(|share| share.abs() < 1e-6));
        assert_eq!(PrincipalAxes::fit_components(&codes, 8, [0, 8]), None);
    }

    #[test]
    fn a_cloud_without_a_plane_has_no_axes() {
        assert_eq!(PrincipalAxes::fit(&[1.0; 64], 8), None); // no variance
        assert_eq!(PrincipalAxes::fit(&[1.0, 2.0, 3.0], 1), None);
        assert_eq!(PrincipalAxes::fit(&[], 8), None);
        assert_eq!(PrincipalAxes::fit(&[f32::NAN; 64], 8), None);
    }

    #[test]
    fn upright_axes_do_not_depend_on_the_sign_that_was_found() {
        let axes = |sign: f64| PrincipalAxes {
            mean: vec![0.0; 2],
            axes: [vec![sign * 0.6, sign * -0.8], vec![sign * 0.8, sign * 0.6]],
            components: [0, 1],
            explained: [0.7, 0.3],
        };
        let upright = axes(1.0).upright();
        assert_eq!(upright.axes, [[-0.6, 0.8], [0.8, 0.6]]);
        assert_eq!(axes(-1.0).upright().axes, upright.axes);
    }
}
