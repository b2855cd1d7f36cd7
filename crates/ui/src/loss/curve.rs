//! A curve prepared for drawing: smoothed, and on the axis' scale.
//!
//! `egui_plot` has linear axes only. On a logarithmic axis the data are transformed to log₁₀, and `figure/ticks.rs`
//! writes the decades.

use egui_plot::PlotPoint;

use crate::plot::Interval;
use hourglass_figure::loss::MovingAverage;
use hourglass_state::Series;

/// Which part of a run is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum CurveWindow {
    /// All of it, thinned.
    #[default]
    Whole,
    /// The newest steps, each of them.
    Recent,
}

/// How values become heights.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum LossScale {
    /// As log₁₀; values of zero and below have no place.
    #[default]
    Log,
    /// As they are.
    Linear,
}

impl LossScale {
    /// The height of a value; NaN where it has none.
    #[must_use]
    pub fn height(self, value: f64) -> f64 {
        match self {
            Self::Log if value > 0.0 => value.log10(),
            Self::Log => f64::NAN,
            Self::Linear => value,
        }
    }

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
pub struct CurveSettings {
    /// Which part of the run.
    pub window: CurveWindow,
    /// How values become heights.
    pub scale: LossScale,
    /// β of the smoothing, 0 (none) up to but not including 1.
    pub smoothing: f32,
    /// What values are divided by.
    pub divisor: f64,
}

/// A curve ready for drawing: heights over epochs; points without a height are left out.
#[derive(Debug, Default)]
pub struct LossCurve {
    /// What it was made from, to tell when it has to be made again.
    made_from: Option<(CurveSettings, Stamp)>,
    /// How much of it stays when its series grows.
    settled: Option<Settled>,
    /// The points as measured; empty without smoothing.
    pub raw: Vec<PlotPoint>,
    /// The points smoothed.
    pub smooth: Vec<PlotPoint>,
    /// The heights worth showing.
    pub heights: Option<Interval>,
}

/// Tells whether a series has grown: its thinned length, and its newest point as bits.
type Stamp = (usize, u64, u64);

/// The thinned points that a curve has taken in.
#[derive(Clone, Copy, Debug)]
struct Settled {
    n: usize,
    /// The last of them, as bits.
    last: [u64; 2],
    /// How many points they came to.
    n_raw: usize,
    n_smooth: usize,
    /// The average after them.
    average: MovingAverage,
}

impl Settled {
    /// Whether a series begins with these points; where it was thinned since, it does not.
    fn begins(&self, whole: &[[f64; 2]]) -> bool {
        whole.get(self.n - 1).map(|point| point.map(f64::to_bits)) == Some(self.last)
    }
}

impl LossCurve {
    /// Brings the curve up to date if its series has grown or the settings changed; tells whether it did.
    pub fn update(&mut self, series: &Series, settings: CurveSettings) -> bool {
        let [epoch, value] = series.last().unwrap_or_default();
        let made_from = (
            settings,
            (series.whole().len(), epoch.to_bits(), value.to_bits()),
        );
        if self.made_from == Some(made_from) {
            return false;
        }
        let is_same_settings = self.made_from.is_some_and(|(before, _)| before == settings);
        self.made_from = Some(made_from);

        match settings.window {
            CurveWindow::Whole => self.grow(series, settings, is_same_settings),
            CurveWindow::Recent => {
                let mut average = self.begin(settings);
                for point in series.recent() {
                    self.take(point, settings, &mut average);
                }
            }
        }
        let measured = if self.raw.is_empty() {
            &self.smooth
        } else {
            &self.raw
        };
        self.heights = heights_worth_showing(measured, settings.scale.skipped_share());
        true
    }

    /// Takes in what is new of a whole run: in training that is a few points a frame.
    fn grow(&mut self, series: &Series, settings: CurveSettings, is_same_settings: bool) {
        let whole = series.whole();
        let settled = self.settled.take();
        let settled = settled.filter(|settled| is_same_settings && settled.begins(whole));
        let (n, mut average) = if let Some(settled) = settled {
            self.raw.truncate(settled.n_raw);
            self.smooth.truncate(settled.n_smooth);
            (settled.n, settled.average)
        } else {
            (0, self.begin(settings))
        };
        for &point in &whole[n..] {
            self.take(point, settings, &mut average);
        }
        self.settled = whole.last().map(|last| Settled {
            n: whole.len(),
            last: last.map(f64::to_bits),
            n_raw: self.raw.len(),
            n_smooth: self.smooth.len(),
            average,
        });
        if let Some(newest) = series.beyond() {
            self.take(newest, settings, &mut average);
        }
    }

    /// Empties the curve.
    fn begin(&mut self, settings: CurveSettings) -> MovingAverage {
        self.settled = None;
        self.raw.clear();
        self.smooth.clear();
        MovingAverage::new(f64::from(settings.smoothing))
    }

    fn take(
        &mut self,
        [epoch, value]: [f64; 2],
        settings: CurveSettings,
        average: &mut MovingAverage,
    ) {
        let add = |points: &mut Vec<PlotPoint>, value: f64| {
            let height = settings.scale.height(value / settings.divisor);
            if height.is_finite() {
                points.push(PlotPoint::new(epoch, height));
            }
        };
        if settings.smoothing > 0.0 {
            add(&mut self.smooth, average.next(value));
            add(&mut self.raw, value);
        } else {
            add(&mut self.smooth, value);
        }
    }

    /// What holds every point between two epochs.
    #[must_use]
    pub fn heights_within(&self, epochs: Interval) -> Option<Interval> {
        let points = self.raw.iter().chain(&self.smooth);
        let within = points.filter(|point| epochs.min <= point.x && point.x <= epochs.max);
        Interval::around(within.map(|point| point.y))
    }

    /// The epochs of its first and its last point.
    pub fn ends(&self) -> impl Iterator<Item = f64> {
        let ends = [self.smooth.first(), self.smooth.last()];
        ends.into_iter().flatten().map(|point| point.x)
    }

    /// Whether it wobbles from point to point, so that dashes would be thousands of specks.
    #[must_use]
    pub fn is_rough(&self) -> bool {
        /// About as many points as a plot is wide: fewer leave room for dashes between them.
        const MOST_SPARSE: usize = 500;
        let is_smoothed = self
            .made_from
            .is_some_and(|(settings, _)| settings.smoothing > 0.0);
        !is_smoothed && self.smooth.len() > MOST_SPARSE
    }

    /// The points between two epochs.
    #[must_use]
    pub fn within(&self, epochs: Interval) -> &[PlotPoint] {
        let points = &self.smooth;
        let start = points.partition_point(|point| point.x < epochs.min);
        let end = points.partition_point(|point| point.x <= epochs.max);
        &points[start..end]
    }

    /// Its height at an epoch, on the line from one point to the next; `None` before and after the curve.
    #[must_use]
    pub fn height_at(&self, epoch: f64) -> Option<f64> {
        let after = self.smooth.partition_point(|point| point.x < epoch);
        let next = self.smooth.get(after)?;
        let before = after.checked_sub(1).and_then(|idx| self.smooth.get(idx));
        match before {
            Some(before) => {
                let share = (epoch - before.x) / (next.x - before.x);
                Some(before.y + share * (next.y - before.y))
            }
            None => (next.x <= epoch).then_some(next.y),
        }
    }

    /// The point nearest to an epoch; none further than `slack` epochs before or after the curve.
    #[must_use]
    pub fn nearest(&self, epoch: f64, slack: f64) -> Option<PlotPoint> {
        let points = &self.smooth;
        let (first, last) = (points.first()?, points.last()?);
        if epoch < first.x - slack || epoch > last.x + slack {
            return None;
        }
        let after = points.partition_point(|point| point.x < epoch);
        let candidates = [after.checked_sub(1), Some(after)];
        let found = candidates
            .into_iter()
            .flatten()
            .filter_map(|idx| points.get(idx));
        found
            .min_by(|a, b| (a.x - epoch).abs().total_cmp(&(b.x - epoch).abs()))
            .copied()
    }
}

/// An interval that holds all heights but the largest `skipped_share` of them.
fn heights_worth_showing(points: &[PlotPoint], skipped_share: f64) -> Option<Interval> {
    let mut heights: Vec<f64> = points.iter().map(|point| point.y).collect();
    let n_skipped = (heights.len() as f64 * skipped_share) as usize;
    let last = heights.len().checked_sub(1 + n_skipped)?;
    let (lower, &mut highest, _) = heights.select_nth_unstable_by(last, f64::total_cmp);
    let lowest = lower.iter().copied().fold(highest, f64::min);
    Some(Interval::new(lowest, highest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use hourglass_figure::loss::smoothed;
    use proptest::prelude::*;

    proptest! {
        /// Points that came in between, and thinning, leave no trace.
        #[test]
        fn a_curve_that_grew_is_the_curve_made_at_once(
            looks in prop::collection::vec(1..700_usize, 1..12), smoothing in prop::sample::select(vec![0.0, 0.9_f32]),
            window in prop::sample::select(vec![CurveWindow::Whole, CurveWindow::Recent]),
        ) {
            let settings = CurveSettings { window, scale: LossScale::Log, smoothing, divisor: 2.0 };
            let (mut series, mut grown) = (Series::default(), LossCurve::default());
            let mut steps = 0_u32..;
            for n in looks {
                for step in steps.by_ref().take(n) {
                    let has_logarithm = step % 7 != 3;
                    let step = f64::from(step);
                    let value = if has_logarithm { 1.5 + step.sin() } else { 0.0 };
                    series.push(step / 100.0, value);
                }
                grown.update(&series, settings);
            }
            let mut fresh = LossCurve::default();
            fresh.update(&series, settings);
            prop_assert_eq!(&grown.raw, &fresh.raw);
            prop_assert_eq!(&grown.smooth, &fresh.smooth);
            prop_assert_eq!(grown.heights, fresh.heights);
        }

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
    }

    #[test]
    fn values_without_a_logarithm_are_left_out() {
        let mut series = Series::default();
        for (step, value) in [1.0, 0.0, f64::NAN, 0.01].into_iter().enumerate() {
            series.push(f64::from(u32::try_from(step).unwrap()), value);
        }
        let mut curve = LossCurve::default();
        let settings = CurveSettings {
            window: CurveWindow::Whole,
            scale: LossScale::Log,
            smoothing: 0.0,
            divisor: 1.0,
        };
        assert!(curve.update(&series, settings));
        let [first, last] = [[0.0, 0.0], [3.0, -2.0]].map(PlotPoint::from);
        assert_eq!(curve.smooth, [first, last]);
        assert!(
            !curve.update(&series, settings),
            "nothing changed, nothing is made again"
        );
        assert_eq!(curve.nearest(2.9, 0.0), Some(last));
        assert_eq!(curve.nearest(3.2, 0.1), None);
        let heights = [-0.1, 0.0, 1.5, 3.0, 3.1].map(|epoch| curve.height_at(epoch));
        assert_eq!(heights, [None, Some(0.0), Some(-1.0), Some(-2.0), None]);
    }

    #[test]
    fn the_first_moments_do_not_set_the_scale() {
        let mut series = Series::default();
        for step in 0..1000_u32 {
            series.push(f64::from(step), if step < 10 { 100.0 } else { 0.01 });
        }
        let top = |scale| {
            let mut curve = LossCurve::default();
            curve.update(
                &series,
                CurveSettings {
                    window: CurveWindow::Whole,
                    scale,
                    smoothing: 0.0,
                    divisor: 1.0,
                },
            );
            scale.value(curve.heights.expect("there are points").max)
        };
        assert!(top(LossScale::Linear) < 0.02);
        assert!(top(LossScale::Log) > 99.0);
    }
}
