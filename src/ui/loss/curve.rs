//! A curve made ready for drawing: smoothed, on the axis' scale, thinned to the columns of the screen.

use egui::Pos2;

use crate::state::Series;
use crate::ui::plot::{Interval, Transform};

/// Which part of a run is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Window {
    /// All of it, thinned.
    #[default]
    Whole,
    /// The newest steps, each of them.
    Recent,
}

/// How values become heights.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Scale {
    /// As log₁₀; values of zero and below have no place.
    #[default]
    Log,
    /// As they are.
    Linear,
}

impl Scale {
    /// The height of a value; NaN where it has none.
    #[must_use]
    pub fn height(self, value: f64) -> f64 {
        match self {
            Self::Log if value > 0.0 => value.log10(),
            Self::Log => f64::NAN,
            Self::Linear => value,
        }
    }

    /// The value at a height.
    #[must_use]
    pub fn value(self, height: f64) -> f64 {
        match self {
            Self::Log => 10_f64.powf(height),
            Self::Linear => height,
        }
    }

    /// Share of the largest heights that need not fit into the plot: the first moments of a run, which
    /// would squeeze all that follows to the ground. A log axis has room for nearly all of them.
    fn skipped_share(self) -> f64 {
        match self {
            Self::Log => 0.004,
            Self::Linear => 0.05,
        }
    }
}

/// How a curve is made from its series.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Recipe {
    /// Which part of the run.
    pub window: Window,
    /// How values become heights.
    pub scale: Scale,
    /// β of the smoothing, 0 (none) up to but not including 1.
    pub smoothing: f32,
}

/// A curve ready for drawing, `[epoch, height]`; points without a height are left out.
#[derive(Debug, Default)]
pub struct Curve {
    /// What it was made from, to tell when it has to be made again.
    made_from: Option<(Recipe, Stamp)>,
    /// The points as measured; empty without smoothing.
    pub raw: Vec<[f64; 2]>,
    /// The points smoothed.
    pub smooth: Vec<[f64; 2]>,
    /// The heights worth showing.
    pub heights: Option<Interval>,
}

/// Tells whether a series has grown: its thinned length, and its newest point as bits.
type Stamp = (usize, u64, u64);

impl Curve {
    /// Makes the curve again if its series has grown or the recipe changed; tells whether it did.
    pub fn update(&mut self, series: &Series, recipe: Recipe) -> bool {
        let [epoch, value] = series.last().unwrap_or_default();
        let made_from = (
            recipe,
            (series.whole().len(), epoch.to_bits(), value.to_bits()),
        );
        if self.made_from == Some(made_from) {
            return false;
        }
        self.made_from = Some(made_from);

        let points: Vec<[f64; 2]> = match recipe.window {
            Window::Whole => {
                let whole = series.whole();
                let end = whole.last().map_or(f64::NEG_INFINITY, |point| point[0]);
                // The newest values may not fill a thinned point yet; the line still ends at the last.
                let newest = series.last().filter(|point| point[0] > end);
                whole.iter().copied().chain(newest).collect()
            }
            Window::Recent => series.recent().collect(),
        };
        let to_heights = |points: Vec<[f64; 2]>| -> Vec<[f64; 2]> {
            let heights = points
                .into_iter()
                .map(|[epoch, value]| [epoch, recipe.scale.height(value)]);
            heights.filter(|point| point[1].is_finite()).collect()
        };
        if recipe.smoothing > 0.0 {
            self.smooth = to_heights(smoothed(&points, f64::from(recipe.smoothing)));
            self.raw = to_heights(points);
        } else {
            self.smooth = to_heights(points);
            self.raw.clear();
        }
        let measured = if self.raw.is_empty() {
            &self.smooth
        } else {
            &self.raw
        };
        self.heights = heights_worth_showing(measured, recipe.scale.skipped_share());
        true
    }

    /// What holds every point between two epochs.
    #[must_use]
    pub fn heights_within(&self, epochs: Interval) -> Option<Interval> {
        let points = self.raw.iter().chain(&self.smooth);
        let within = points.filter(|point| epochs.min <= point[0] && point[0] <= epochs.max);
        Interval::around(within.map(|point| point[1]))
    }

    /// The epochs of its first and its last point.
    pub fn ends(&self) -> impl Iterator<Item = f64> {
        let ends = [self.smooth.first(), self.smooth.last()];
        ends.into_iter().flatten().map(|point| point[0])
    }

    /// The point nearest to an epoch; none further than `slack` epochs before or after the curve.
    #[must_use]
    pub fn nearest(&self, epoch: f64, slack: f64) -> Option<[f64; 2]> {
        let points = &self.smooth;
        let (first, last) = (points.first()?, points.last()?);
        if epoch < first[0] - slack || epoch > last[0] + slack {
            return None;
        }
        let after = points.partition_point(|point| point[0] < epoch);
        let candidates = [after.checked_sub(1), Some(after)];
        let found = candidates
            .into_iter()
            .flatten()
            .filter_map(|idx| points.get(idx));
        found
            .min_by(|a, b| (a[0] - epoch).abs().total_cmp(&(b[0] - epoch).abs()))
            .copied()
    }
}

/// An interval that holds all heights but the largest `skipped_share` of them.
fn heights_worth_showing(points: &[[f64; 2]], skipped_share: f64) -> Option<Interval> {
    let mut heights: Vec<f64> = points.iter().map(|point| point[1]).collect();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a few thousand points"
    )]
    let n_skipped = (heights.len() as f64 * skipped_share) as usize;
    let last = heights.len().checked_sub(1 + n_skipped)?;
    let (lower, &mut highest, _) = heights.select_nth_unstable_by(last, f64::total_cmp);
    let lowest = lower.iter().copied().fold(highest, f64::min);
    Some(Interval::new(lowest, highest))
}

/// The exponential moving average, corrected for its start as Adam's moments are (Kingma & Ba 2014,
/// section 3): `mₜ = β mₜ₋₁ + (1 − β) xₜ`, of which `mₜ / (1 − βᵗ)` is drawn.
#[must_use]
pub fn smoothed(points: &[[f64; 2]], beta: f64) -> Vec<[f64; 2]> {
    let mut mean = 0.0;
    let mut weight = 1.0; // βᵗ
    let smooth = points.iter().map(|&[epoch, value]| {
        if value.is_finite() {
            mean = beta * mean + (1.0 - beta) * value;
            weight *= beta;
        }
        [epoch, mean / (1.0 - weight)]
    });
    smooth.collect()
}

/// The points within the plot as places on the screen: at most two for each column, its lowest and its
/// highest, so that no spike gets lost.
#[must_use]
pub fn on_screen(points: &[[f64; 2]], transform: &Transform) -> Vec<Pos2> {
    let x = transform.bounds.x;
    // One point further on each side, so that the line reaches the edge.
    let start = points
        .partition_point(|point| point[0] < x.min)
        .saturating_sub(1);
    let end = (points.partition_point(|point| point[0] <= x.max) + 1).min(points.len());
    let visible = &points[start.min(end)..end];

    let mut places = Vec::with_capacity(visible.len().min(4096));
    let mut column: Option<Column> = None;
    for &point in visible {
        let place = transform.screen_from_plot(point);
        match &mut column {
            Some(column) if column.holds(place) => column.add(place),
            _ => {
                if let Some(full) = column.replace(Column::new(place)) {
                    full.write(&mut places);
                }
            }
        }
    }
    if let Some(last) = column {
        last.write(&mut places);
    }
    places
}

/// The points that share a column of the screen.
struct Column {
    first: Pos2,
    lowest: Pos2,
    highest: Pos2,
    n: usize,
}

impl Column {
    fn new(place: Pos2) -> Self {
        Self {
            first: place,
            lowest: place,
            highest: place,
            n: 1,
        }
    }

    fn holds(&self, place: Pos2) -> bool {
        (place.x.floor() - self.first.x.floor()).abs() < 0.5
    }

    fn add(&mut self, place: Pos2) {
        if place.y > self.lowest.y {
            self.lowest = place;
        }
        if place.y < self.highest.y {
            self.highest = place;
        }
        self.n += 1;
    }

    fn write(&self, places: &mut Vec<Pos2>) {
        if self.n == 1 {
            places.push(self.first);
        } else if self.lowest.x <= self.highest.x {
            places.extend([self.lowest, self.highest]);
        } else {
            places.extend([self.highest, self.lowest]);
        }
    }
}

#[cfg(test)]
#[expect(
    clippy::float_cmp,
    reason = "the same point is found again, to the bit"
)]
mod tests {
    use super::*;
    use crate::ui::plot::Bounds;
    use egui::{Rect, pos2, vec2};
    use proptest::prelude::*;

    proptest! {
        /// `m̂ₜ = (1 − β) Σᵢ βᵗ⁻ⁱ xᵢ / (1 − βᵗ)`
        #[test]
        fn smoothing_equals_its_closed_form(
            values in prop::collection::vec(-10.0..10.0_f64, 1..60), beta in 0.0..0.999_f64,
        ) {
            let points: Vec<[f64; 2]> = (0..).map(f64::from).zip(values.iter()).map(|(x, y)| [x, *y]).collect();
            for (t, [_, smooth]) in smoothed(&points, beta).into_iter().enumerate() {
                let weights = (0..=t).map(|i| beta.powi(i32::try_from(t - i).unwrap()));
                let sum: f64 = weights.clone().zip(&values).map(|(w, x)| w * x).sum();
                let expected = sum / weights.sum::<f64>();
                // β up to 0.999 leaves 1 − βᵗ at 1e-3, which costs three of f64's sixteen digits.
                prop_assert!((smooth - expected).abs() < 1e-9, "{smooth} {expected}");
            }
        }

        #[test]
        fn thinning_keeps_the_extremes(values in prop::collection::vec(0.0..1.0_f64, 500..2000)) {
            let n = values.len();
            let points: Vec<[f64; 2]> = (0..).map(f64::from).zip(values).map(|(x, y)| [x, y]).collect();
            let transform = transform(Interval::new(0.0, points[n - 1][0]));
            let places = on_screen(&points, &transform);
            prop_assert!(places.len() <= 2 * 101);
            let highest = points.iter().map(|p| transform.screen_y(p[1])).fold(f32::INFINITY, f32::min);
            prop_assert_eq!(places.iter().map(|p| p.y).fold(f32::INFINITY, f32::min), highest);
            prop_assert!(places.windows(2).all(|pair| pair[0].x <= pair[1].x));
        }
    }

    fn transform(x: Interval) -> Transform {
        Transform {
            rect: Rect::from_min_size(pos2(0.0, 0.0), vec2(100.0, 100.0)),
            bounds: Bounds {
                x,
                y: Interval::new(0.0, 1.0),
            },
        }
    }

    #[test]
    fn only_what_is_visible_is_drawn_and_the_line_reaches_the_edges() {
        let points: Vec<[f64; 2]> = (0..100).map(|x| [f64::from(x), 0.5]).collect();
        let places = on_screen(&points, &transform(Interval::new(40.5, 50.5)));
        assert!(places[0].x < 0.0 && places[places.len() - 1].x > 100.0);
        assert_eq!(places.len(), 12);
        assert!(on_screen(&points, &transform(Interval::new(200.0, 300.0))).len() <= 1);
        assert!(on_screen(&[], &transform(Interval::new(0.0, 1.0))).is_empty());
    }

    #[test]
    fn values_without_a_logarithm_are_left_out() {
        let mut series = Series::default();
        for (step, value) in [1.0, 0.0, f64::NAN, 0.01].into_iter().enumerate() {
            series.push(f64::from(u32::try_from(step).unwrap()), value);
        }
        let mut curve = Curve::default();
        let recipe = Recipe {
            window: Window::Whole,
            scale: Scale::Log,
            smoothing: 0.0,
        };
        assert!(curve.update(&series, recipe));
        assert_eq!(curve.smooth, [[0.0, 0.0], [3.0, -2.0]]);
        assert!(
            !curve.update(&series, recipe),
            "nothing changed, nothing is made again"
        );
        assert_eq!(curve.nearest(2.9, 0.0), Some([3.0, -2.0]));
        assert_eq!(curve.nearest(3.2, 0.1), None);
    }

    #[test]
    fn the_first_moments_do_not_set_the_scale() {
        let mut series = Series::default();
        for step in 0..1000_u32 {
            series.push(f64::from(step), if step < 10 { 100.0 } else { 0.01 });
        }
        let top = |scale| {
            let mut curve = Curve::default();
            curve.update(
                &series,
                Recipe {
                    window: Window::Whole,
                    scale,
                    smoothing: 0.0,
                },
            );
            scale.value(curve.heights.expect("there are points").max)
        };
        assert!(top(Scale::Linear) < 0.02);
        assert!(top(Scale::Log) > 99.0);
    }
}
