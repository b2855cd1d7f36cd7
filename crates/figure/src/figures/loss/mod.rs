//! The loss plot: what training minimises, over epochs, on train and test images.

mod paint;

use hourglass_experiment::{Group, Term};

use crate::interval::Interval;
use crate::reference::Reference;

/// β of the smoothing of training curves: about ten points.
const SMOOTHING: f64 = 0.9;

/// Which images a curve was measured on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Split {
    /// The batches trained on.
    Train,
    /// The test split.
    Test,
}

impl Split {
    /// Both, in the order of the legend.
    pub const ALL: [Self; 2] = [Self::Train, Self::Test];

    /// Its name for people.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Train => "train",
            Self::Test => "test",
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    /// Which number.
    pub term: Term,
    /// Which images.
    pub split: Split,
    /// `[epoch, value]`, rising in epochs.
    pub points: Vec<[f64; 2]>,
}

/// A run that is drawn beside another.
#[derive(Clone, Debug, PartialEq)]
pub struct OtherRun {
    /// Its name in legend and table.
    pub name: String,
    /// Every curve there is; of those of the group, the main one is drawn.
    pub curves: Vec<Curve>,
}

/// What a loss plot shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Loss {
    /// The run's name in legend and table, where others are drawn beside it.
    pub name: String,
    /// Runs drawn beside it, whose main curve has the same unit.
    pub others: Vec<OtherRun>,
    /// Every curve there is; the table has them all.
    pub curves: Vec<Curve>,
    /// Those that are drawn.
    pub group: Group,
    /// Whether values are drawn by their logarithm.
    pub is_log: bool,
    /// Reference lines.
    pub references: Vec<Reference>,
    /// Epochs at which a setting changed, and how.
    pub marks: Vec<(f64, String)>,
    /// The generator's weight in the objective; `None` if there is none or it changed on the way.
    pub generator_weight: Option<f64>,
    /// The epochs and the values, or their log₁₀, that are drawn; all of them if none.
    pub part: Option<[Interval; 2]>,
}

impl Loss {
    /// The curves that are drawn, the objective last and so on top.
    fn drawn(&self) -> Vec<&Curve> {
        let terms = self
            .group
            .terms_among(self.curves.iter().map(|curve| curve.term));
        let mut drawn: Vec<&Curve> = self
            .curves
            .iter()
            .filter(|curve| terms.contains(&curve.term) && !curve.points.is_empty())
            .collect();
        drawn.sort_by_key(|curve| std::cmp::Reverse((curve.term, curve.split == Split::Train)));
        drawn
    }

    /// The curves that are drawn of another run.
    fn drawn_of<'a>(&self, other: &'a OtherRun) -> impl Iterator<Item = &'a Curve> {
        let term = self.group.main_term();
        let is_drawn = move |curve: &&Curve| curve.term == term && !curve.points.is_empty();
        other.curves.iter().filter(is_drawn)
    }

    fn height(&self, value: f64) -> f64 {
        match self.is_log {
            true if value > 0.0 => value.log10(),
            true => f64::NAN,
            false => value,
        }
    }

    /// The points of the epochs that are drawn, and one before and one after them: lines to these leave the plot.
    fn in_part<'a>(&self, points: &'a [[f64; 2]]) -> &'a [[f64; 2]] {
        let Some([epochs, _]) = self.part else {
            return points;
        };
        let first = points.partition_point(|point| point[0] < epochs.min);
        let end = points.partition_point(|point| point[0] <= epochs.max);
        &points[first.saturating_sub(1)..(end + 1).min(points.len())]
    }

    fn heights(&self, points: &[[f64; 2]]) -> Vec<[f64; 2]> {
        let heights = self
            .in_part(points)
            .iter()
            .map(|&[epoch, value]| [epoch, self.height(value)]);
        heights.filter(|[_, height]| height.is_finite()).collect()
    }
}

/// The exponential moving average, corrected for its start as Adam's moments are (Kingma & Ba 2014,
/// section 3): `mₜ = β mₜ₋₁ + (1 − β) xₜ`, of which `mₜ / (1 − βᵗ)` is drawn.
#[derive(Clone, Copy, Debug)]
pub struct MovingAverage {
    beta: f64,
    mean: f64,
    /// βᵗ
    weight: f64,
}

impl MovingAverage {
    /// Of no value yet, with this β.
    #[must_use]
    pub fn new(beta: f64) -> Self {
        Self {
            beta,
            mean: 0.0,
            weight: 1.0,
        }
    }

    /// Takes in a value, unless it is not finite; gives the average so far, NaN before the first.
    pub fn next(&mut self, value: f64) -> f64 {
        if value.is_finite() {
            self.mean = self.beta * self.mean + (1.0 - self.beta) * value;
            self.weight *= self.beta;
        }
        self.mean / (1.0 - self.weight)
    }
}

/// A curve's [`MovingAverage`].
#[must_use]
pub fn smoothed(points: &[[f64; 2]], beta: f64) -> Vec<[f64; 2]> {
    let mut average = MovingAverage::new(beta);
    let smooth = points
        .iter()
        .map(|&[epoch, value]| [epoch, average.next(value)]);
    smooth.collect()
}
