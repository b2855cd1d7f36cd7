//! A grid of codes across the latent plane, for the decoder to draw.

use std::f64::consts::SQRT_2;

use hourglass_experiment::LatentPrior;
use hourglass_protocol::{Axes, Spacing};

use super::pca::PrincipalAxes;
use super::unit_ranges::ends;

/// A grid of codes.
#[derive(Clone, Debug, PartialEq)]
pub struct Grid {
    /// How its plane lies in the space of codes.
    pub axes: Axes,
    /// Where its places are from.
    pub spacing: Spacing,
    /// Places along the first axis, rising.
    pub xs: Vec<f32>,
    /// Places along the second axis, rising; one where there is no second axis.
    pub ys: Vec<f32>,
    /// The codes, those of the lowest `y` first: `[ys · xs, size]`.
    pub codes: Vec<f32>,
}

impl Grid {
    /// A grid of `n_places` places along each axis over the codes `[n, size]` of a model.
    ///
    /// Codes of one or two units are taken as they are: at the quantiles of their prior, where they have one. Wider
    /// ones are taken from the plane of their principal axes, which `axes` are.
    #[must_use]
    pub fn over(
        codes: &[f32],
        size: usize,
        prior: Option<LatentPrior>,
        axes: Option<&PrincipalAxes>,
        n_places: usize,
    ) -> Self {
        if size <= 2 {
            let place = |axis: usize| column(codes, size, axis);
            let (spacing, xs) = places(prior, place(0), n_places);
            let ys = match size {
                2 => places(prior, place(1), n_places).1,
                _ => vec![0.0],
            };
            let codes = pairs(&xs, &ys).flat_map(|pair| pair[..size].to_vec());
            return Self {
                axes: Axes::Raw,
                spacing,
                codes: codes.collect(),
                xs,
                ys,
            };
        }
        let Some(axes) = axes else {
            // Codes without variance are all the same.
            return Self {
                axes: Axes::Pca {
                    explained: [0.0; 2],
                },
                spacing: Spacing::Codes,
                xs: vec![0.0],
                ys: vec![0.0],
                codes: codes[..size.min(codes.len())].to_vec(),
            };
        };
        let points = axes.project(codes);
        let place = |axis: usize| points.iter().map(|point| point[axis]).collect();
        let (spacing, xs) = places(None, place(0), n_places);
        let (_, ys) = places(None, place(1), n_places);
        let codes = pairs(&xs, &ys).flat_map(|pair| axes.code_at(pair));
        Self {
            axes: Axes::Pca {
                explained: axes.explained,
            },
            spacing,
            codes: codes.collect(),
            xs,
            ys,
        }
    }

    /// A grid across two units of codes `[n, size]`, with all other units as in `rest`, `[size]`.
    #[must_use]
    pub fn across(
        codes: &[f32],
        rest: &[f32],
        prior: Option<LatentPrior>,
        [first, second]: [usize; 2],
        n_places: usize,
    ) -> Self {
        let size = rest.len();
        let place = |axis: usize| places(prior, column(codes, size, axis), n_places);
        let (spacing, xs) = place(first);
        let (_, ys) = place(second);
        let codes = pairs(&xs, &ys).flat_map(|[x, y]| {
            let mut code = rest.to_vec();
            code[second] = y;
            code[first] = x;
            code
        });
        Self {
            axes: Axes::Raw,
            spacing,
            codes: codes.collect(),
            xs,
            ys,
        }
    }
}

fn pairs(xs: &[f32], ys: &[f32]) -> impl Iterator<Item = [f32; 2]> {
    ys.iter().flat_map(|&y| xs.iter().map(move |&x| [x, y]))
}

fn column(codes: &[f32], size: usize, axis: usize) -> Vec<f32> {
    let column = codes.iter().skip(axis).step_by(size.max(1));
    column.copied().collect()
}

/// Places along one axis, rising.
fn places(prior: Option<LatentPrior>, values: Vec<f32>, n_places: usize) -> (Spacing, Vec<f32>) {
    let n_places = n_places.max(1);
    let between = |[from, to]: [f64; 2]| {
        let share = |idx: usize| {
            if n_places == 1 {
                0.5
            } else {
                idx as f64 / (n_places - 1) as f64
            }
        };
        (0..n_places)
            .map(|idx| (from + (to - from) * share(idx)) as f32)
            .collect()
    };
    // The middles of equal shares, so that each place stands for as much of the prior.
    let shares = (0..n_places).map(|idx| (idx as f64 + 0.5) / n_places as f64);
    match prior {
        Some(prior @ LatentPrior::Gaussian) => {
            let quantiles = shares.map(|share| normal_quantile(share) as f32);
            (Spacing::Quantiles(prior), quantiles.collect())
        }
        Some(prior @ LatentPrior::Uniform) => {
            let extent = f64::from(LatentPrior::UNIFORM_EXTENT);
            let quantiles = shares.map(|share| (extent * (2.0 * share - 1.0)) as f32);
            (Spacing::Quantiles(prior), quantiles.collect())
        }
        Some(prior @ (LatentPrior::Mixture | LatentPrior::SwissRoll)) => {
            let outline = prior.outline();
            let reach = outline
                .iter()
                .flatten()
                .flatten()
                .fold(0.0_f32, |reach, value| reach.max(value.abs()));
            let reach = f64::from(reach);
            (Spacing::Extent(prior), between([-reach, reach]))
        }
        None => (Spacing::Codes, between(ends(values).map(f64::from))),
    }
}

/// `Φ⁻¹(p)`, where `Φ(x) = erfc(−x/√2) / 2` is the distribution function of N(0, 1); infinite at 0 and 1.
#[must_use]
pub fn normal_quantile(p: f64) -> f64 {
    if p <= 0.0 || p >= 1.0 {
        return if p <= 0.0 {
            f64::NEG_INFINITY
        } else {
            f64::INFINITY
        };
    }
    // Halving [−40, 40] sixty times leaves 1e-16.
    let (mut low, mut high) = (-40.0, 40.0);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if normal_distribution(middle) < p {
            low = middle;
        } else {
            high = middle;
        }
    }
    f64::midpoint(low, high)
}

fn normal_distribution(x: f64) -> f64 {
    0.5 * libm::erfc(-x / SQRT_2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn quantiles_invert_the_distribution(p in 1e-9..1.0_f64) {
            let x = normal_quantile(p);
            prop_assert!((normal_distribution(x) - p).abs() < 1e-12, "{p}: {x}");
            // Both tails are alike; near 1, p itself has lost the digits that the tail is made of.
            prop_assert!((normal_quantile(1.0 - p) + x).abs() < 1e-6 * (1.0 + 1e-9 / p.min(1.0 - p)));
        }
    }

    #[test]
    fn known_quantiles_are_met() {
        // Abramowitz & Stegun 1964, table 26.5, and the usual 95 %.
        for (p, x) in [
            (0.5, 0.0),
            (0.975, 1.959_963_984_540_054),
            (0.9, 1.281_551_565_544_600_4),
            (0.1, -1.281_551_565_544_600_4),
        ] {
            assert!((normal_quantile(p) - x).abs() < 1e-12, "{p}");
        }
        assert!(normal_quantile(0.0).is_infinite() && normal_quantile(1.0).is_infinite());
    }

    #[test]
    fn a_grid_of_a_gaussian_code_lies_at_its_quantiles() {
        let codes = [9.0; 20]; // what the codes are does not matter
        let grid = Grid::over(&codes, 2, Some(LatentPrior::Gaussian), None, 4);
        assert_eq!(grid.spacing, Spacing::Quantiles(LatentPrior::Gaussian));
        let expected = [0.125, 0.375, 0.625, 0.875].map(normal_quantile);
        for (x, expected) in grid.xs.iter().zip(expected) {
            assert!((f64::from(*x) - expected).abs() < 1e-6);
        }
        assert_eq!(grid.ys, grid.xs);
        assert_eq!(grid.codes.len(), 4 * 4 * 2);
        assert_eq!(grid.codes[..2], [grid.xs[0], grid.ys[0]]);
        assert_eq!(grid.codes[2..4], [grid.xs[1], grid.ys[0]], "x runs first");
    }

    #[test]
    fn a_code_without_a_prior_is_covered_but_for_its_tails() {
        let codes: Vec<f32> = (0..=1000_u16)
            .flat_map(|idx| [f32::from(idx), 5.0])
            .collect();
        let grid = Grid::over(&codes, 2, None, None, 3);
        assert_eq!(
            (grid.spacing, &grid.xs),
            (Spacing::Codes, &vec![10.0, 500.0, 990.0])
        );
        let one_unit: Vec<f32> = (0..=100_u8).map(f32::from).collect();
        let grid = Grid::over(&one_unit, 1, None, None, 3);
        assert_eq!((grid.ys.len(), grid.codes.len()), (1, 3));
    }

    #[test]
    fn two_units_of_a_wide_code_span_a_grid_while_the_others_rest() {
        let codes: Vec<f32> = (0..=100_u8)
            .flat_map(|t| [1.0, 2.0, 3.0].map(|width| width * f32::from(t)))
            .collect();
        let grid = Grid::across(&codes, &[7.0, 8.0, 9.0], None, [2, 0], 2);
        assert_eq!(grid.xs, [3.0, 297.0]);
        assert_eq!(grid.ys, [1.0, 99.0]);
        let expected = [
            [1.0, 8.0, 3.0],
            [1.0, 8.0, 297.0],
            [99.0, 8.0, 3.0],
            [99.0, 8.0, 297.0],
        ];
        assert_eq!(grid.codes, expected.concat());
        let grid = Grid::across(&codes, &[0.0; 3], Some(LatentPrior::Gaussian), [0, 1], 3);
        assert_eq!(grid.spacing, Spacing::Quantiles(LatentPrior::Gaussian));
        assert!((f64::from(grid.xs[2]) - normal_quantile(5.0 / 6.0)).abs() < 1e-6);
        assert!(grid.codes.chunks_exact(3).all(|code| code[2] == 0.0));
    }

    #[test]
    fn a_wide_code_is_taken_from_its_principal_plane() {
        // On the line h = (1, 2, 3) t with a little across it.
        let codes: Vec<f32> = (-100..=100_i16)
            .flat_map(|t| {
                let (t, across) = (f32::from(t), 0.1 * f32::from(t % 3));
                [t - across, 2.0 * t, 3.0 * t + across]
            })
            .collect();
        let axes = PrincipalAxes::fit(&codes, 3).expect("a plane");
        let grid = Grid::over(&codes, 3, None, Some(&axes), 5);
        assert_eq!(grid.codes.len(), 5 * 5 * 3);
        let back = axes.project(&grid.codes);
        for (place, expected) in back.iter().zip(pairs(&grid.xs, &grid.ys)) {
            let distance = (place[0] - expected[0]).hypot(place[1] - expected[1]);
            assert!(distance < 1e-2, "{place:?} {expected:?}");
        }
        let same = Grid::over(&[2.0; 30], 3, None, None, 5);
        assert_eq!((same.xs.len(), same.codes), (1, vec![2.0; 3]));
    }
}
