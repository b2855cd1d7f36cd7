//! Which curves there are, kept ready from frame to frame.

use std::collections::BTreeMap;

use crate::experiment::Term;
use crate::protocol::RunId;
use crate::state::{History, RunState, Series};
use crate::ui::plot::{Bounds, Interval};

use super::LossOptions;
use super::curve::{Curve, Recipe, Scale, Window};

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

    fn series(self, history: &History, term: Term) -> Option<&Series> {
        match self {
            Self::Train => history.train(term),
            Self::Test => history.test(term),
        }
    }
}

/// Names a curve. The order is the order of drawing: the run before at the bottom, the objective on top.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LineKey {
    /// Whether it is of this run or, as a ghost, of the one before.
    pub is_current: bool,
    /// Which images.
    pub split: Split,
    /// Which number.
    pub term: Term,
}

/// All curves that are shown.
#[derive(Debug, Default)]
pub struct Lines {
    run: Option<RunId>,
    curves: BTreeMap<LineKey, Curve>,
}

impl Lines {
    /// Brings the curves up to date and drops those that are hidden.
    pub fn update(&mut self, run: &RunState, options: &LossOptions) {
        if self.run != Some(run.id) {
            self.curves.clear();
            self.run = Some(run.id);
        }
        self.curves.retain(|key, _| is_shown(*key, run, options));
        let histories = [(true, Some(&run.history)), (false, run.ghost.as_ref())];
        for (is_current, history) in histories {
            let Some(history) = history else { continue };
            for (split, term) in keys(history) {
                let key = LineKey {
                    is_current,
                    split,
                    term,
                };
                let series = split.series(history, term);
                if let Some(series) = series.filter(|_| is_shown(key, run, options)) {
                    let curve = self.curves.entry(key).or_default();
                    curve.update(series, recipe(key, options));
                }
            }
        }
    }

    /// The curves in the order of drawing.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (LineKey, &Curve)> {
        self.curves.iter().map(|(key, curve)| (*key, curve))
    }

    /// One curve, where it is shown and has points.
    #[must_use]
    pub fn get(&self, key: LineKey) -> Option<&Curve> {
        self.curves.get(&key)
    }

    /// What holds the curves: from the start to the end of this run, or of the run before where its goal
    /// lies that far, so that the axis rests while a new run catches up.
    #[must_use]
    pub fn fit(&self, run: &RunState, options: &LossOptions) -> Bounds {
        match options.window {
            Window::Whole => self.fit_whole(run, options.scale),
            Window::Recent => self.fit_recent(),
        }
    }

    fn fit_whole(&self, run: &RunState, scale: Scale) -> Bounds {
        let end = |is_current: bool| {
            let curves = self.iter().filter(|(key, _)| key.is_current == is_current);
            curves
                .flat_map(|(_, curve)| curve.ends())
                .fold(0.0, f64::max)
        };
        #[expect(clippy::cast_precision_loss, reason = "epochs are few")]
        let goal = run.experiment.training.epochs as f64;
        // Not empty before the first steps.
        let x = Interval::new(0.0, end(true).max(end(false).min(goal)).max(1e-3));
        let heights = self.iter().filter_map(|(_, curve)| curve.heights);
        let y = match (scale, heights.reduce(Interval::union)) {
            (_, None) => Interval::new(0.0, 1.0),
            (Scale::Log, Some(heights)) => heights.padded(0.05),
            (Scale::Linear, Some(heights)) => {
                Interval::new(heights.min.min(0.0), heights.max + 0.05 * heights.max.abs())
            }
        };
        Bounds { x, y }
    }

    /// The newest training steps say which epochs are recent: evaluations are few and reach further back.
    fn fit_recent(&self) -> Bounds {
        let of_run = |split: Split| {
            let curves = self
                .iter()
                .filter(move |(key, _)| key.is_current && key.split == split);
            Interval::around(curves.flat_map(|(_, curve)| curve.ends()))
        };
        let x = of_run(Split::Train).or_else(|| of_run(Split::Test));
        let x = x.unwrap_or(Interval::new(0.0, 1.0));
        let of_run = self.iter().filter(|(key, _)| key.is_current);
        let heights = of_run.filter_map(|(_, curve)| curve.heights_within(x));
        let y = heights
            .reduce(Interval::union)
            .unwrap_or(Interval::new(0.0, 1.0));
        Bounds {
            x,
            y: y.padded(0.05),
        }
    }
}

/// The terms that get curves: without a penalty the reconstruction error is the objective, and one curve
/// says it.
#[must_use]
pub fn shown_terms(history: &History) -> Vec<Term> {
    let terms: Vec<Term> = history.terms().collect();
    match terms[..] {
        [Term::Objective, Term::Reconstruction(_)] => vec![Term::Objective],
        _ => terms,
    }
}

fn keys(history: &History) -> impl Iterator<Item = (Split, Term)> {
    let terms = shown_terms(history);
    Split::ALL
        .into_iter()
        .flat_map(move |split| terms.clone().into_iter().map(move |term| (split, term)))
}

fn is_shown(key: LineKey, run: &RunState, options: &LossOptions) -> bool {
    let split = match key.split {
        Split::Train => options.train,
        Split::Test => options.test,
    };
    let owner = key.is_current || options.ghost;
    split
        && owner
        && !options.hidden_terms.contains(&key.term)
        && shown_terms(&run.history).contains(&key.term)
}

/// Test curves are means over many images already; the ghost is shown whole, as a ground to compare with.
fn recipe(key: LineKey, options: &LossOptions) -> Recipe {
    Recipe {
        window: if key.is_current {
            options.window
        } else {
            Window::Whole
        },
        scale: options.scale,
        smoothing: match key.split {
            Split::Train => options.smoothing,
            Split::Test => 0.0,
        },
    }
}
