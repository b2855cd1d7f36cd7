//! Which curves there are, kept ready from frame to frame.

use std::collections::BTreeMap;

use crate::plot::{Bounds, Interval};
use hourglass_experiment::Term;
use hourglass_protocol::RunId;
use hourglass_state::{History, RunState, Series};

use super::curve::{CurveSettings, CurveWindow, LossCurve, LossScale};
use super::group::{Group, terms_of};
use super::options::LossOptions;
use super::reference::{Reference, divisor, extended};
use super::subject::{LossSubject, ShownTerms};

pub use hourglass_figure::Split;

fn series(split: Split, history: &History, term: Term) -> Option<&Series> {
    match split {
        Split::Train => history.train(term),
        Split::Test => history.test(term),
    }
}

/// The run a curve is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LineSource {
    /// The run before, as a ghost.
    Ghost,
    /// The comparison run of a comparison, B.
    ComparisonRun,
    /// The run in progress; A, where two are compared.
    Run,
}

/// Names a curve. The order is the order of drawing: the run before at the bottom, the objective on top.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LineKey {
    /// Of which run.
    pub source: LineSource,
    /// Which images.
    pub split: Split,
    /// Which number.
    pub term: Term,
}

impl LineKey {
    /// Whether it is of the run in progress.
    #[must_use]
    pub fn is_current(self) -> bool {
        self.source == LineSource::Run
    }
}

/// All curves that are shown.
#[derive(Debug, Default)]
pub struct Lines {
    made_for: Option<(RunId, Option<RunId>, Group)>,
    curves: BTreeMap<LineKey, LossCurve>,
}

impl Lines {
    /// Brings the curves up to date and drops those that are hidden.
    pub fn update(&mut self, subject: LossSubject<'_>, options: &LossOptions, shown: &ShownTerms) {
        let LossSubject {
            run, comparison, ..
        } = subject;
        let made_for = Some((
            run.id,
            comparison.map(|comparison| comparison.id),
            shown.group,
        ));
        if self.made_for != made_for {
            self.curves.clear();
            self.made_for = made_for;
        }
        self.curves
            .retain(|key, _| curve_settings(*key, subject, options, shown).is_some());
        let ghost = run.ghost.as_ref().map(|ghost| &ghost.history);
        let histories = [
            (LineSource::Run, Some(&run.history)),
            (
                LineSource::ComparisonRun,
                comparison.map(|comparison| &comparison.history),
            ),
            (LineSource::Ghost, ghost),
        ];
        for (source, history) in histories {
            let Some(history) = history else { continue };
            for (split, term) in keys(history, shown.group) {
                let key = LineKey {
                    source,
                    split,
                    term,
                };
                let settings = curve_settings(key, subject, options, shown);
                if let Some((series, settings)) = series(split, history, term).zip(settings) {
                    self.curves.entry(key).or_default().update(series, settings);
                }
            }
        }
    }

    /// The curves in the order of drawing.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (LineKey, &LossCurve)> {
        self.curves.iter().map(|(key, curve)| (*key, curve))
    }

    /// One curve, where it is shown and has points.
    #[must_use]
    pub fn get(&self, key: LineKey) -> Option<&LossCurve> {
        self.curves.get(&key)
    }

    /// The newest value of a curve, smoothed as it is drawn.
    #[must_use]
    pub fn newest(&self, key: LineKey, shown: &ShownTerms) -> Option<f64> {
        let point = self.get(key)?.smooth.last()?;
        Some(shown.scale.value(point.y))
    }

    /// What holds the curves and the lines that are not too far from them: from the start to the end of this
    /// run, or of the run before where its goal lies that far, so that the axis rests while a new run catches up.
    #[must_use]
    ///
    /// `room` is the share of the height that the name of the lowest line needs below it.
    pub fn fit(
        &self,
        run: &RunState,
        options: &LossOptions,
        shown: &ShownTerms,
        room: f64,
    ) -> Bounds {
        match options.window {
            CurveWindow::Whole => self.fit_whole(run, shown, room),
            CurveWindow::Recent => self.fit_recent(shown, room),
        }
    }

    /// Where the first part of the run begins that has a curve: fine-tuning may start at its fifteenth epoch.
    fn start(&self) -> f64 {
        let firsts = self.iter().filter(|(key, _)| key.is_current());
        let firsts = firsts.filter_map(|(_, curve)| curve.ends().next());
        let first = firsts.fold(f64::INFINITY, f64::min);
        if first.is_finite() {
            first.floor()
        } else {
            0.0
        }
    }

    fn fit_whole(&self, run: &RunState, shown: &ShownTerms, room: f64) -> Bounds {
        let end = |is_ghost: bool| {
            let curves = self.iter();
            let curves = curves.filter(|(key, _)| (key.source == LineSource::Ghost) == is_ghost);
            curves
                .flat_map(|(_, curve)| curve.ends())
                .fold(0.0, f64::max)
        };
        let goal = run.experiment.total_epochs() as f64;
        // Not empty before the first steps.
        let start = self.start();
        let end = end(false).max(end(true).min(goal)).max(start + 1e-3);
        let x = Interval::new(start, end);
        let heights = self.iter().filter_map(|(_, curve)| curve.heights);
        let heights = heights.reduce(Interval::union).map(|heights| {
            let from_zero = Interval::new(heights.min.min(0.0), heights.max);
            match shown.scale {
                LossScale::Log => with_lines(heights, shown),
                LossScale::Linear => with_lines(from_zero, shown),
            }
        });
        let y = match (shown.scale, heights) {
            (_, None) => Interval::new(0.0, 1.0),
            (LossScale::Log, Some(heights)) => padded(heights, shown, room),
            (LossScale::Linear, Some(heights)) => {
                Interval::new(heights.min.min(0.0), heights.max + 0.05 * heights.max.abs())
            }
        };
        Bounds { x, y }
    }

    /// The newest training steps say which epochs are recent: evaluations are few and reach further back.
    fn fit_recent(&self, shown: &ShownTerms, room: f64) -> Bounds {
        let of_run = |split: Split| {
            let curves = self
                .iter()
                .filter(move |(key, _)| key.is_current() && key.split == split);
            Interval::around(curves.flat_map(|(_, curve)| curve.ends()))
        };
        let x = of_run(Split::Train).or_else(|| of_run(Split::Test));
        let x = x.unwrap_or(Interval::new(0.0, 1.0));
        let of_run = self.iter().filter(|(key, _)| key.is_current());
        let heights = of_run.filter_map(|(_, curve)| curve.heights_within(x));
        let y = heights
            .reduce(Interval::union)
            .unwrap_or(Interval::new(0.0, 1.0));
        Bounds {
            x,
            y: padded(with_lines(y, shown), shown, room),
        }
    }
}

fn with_lines(heights: Interval, shown: &ShownTerms) -> Interval {
    let lines = shown.references.iter();
    let extended = lines.map(|line: &Reference| extended(line, heights, shown.scale));
    extended.fold(heights, Interval::union)
}

/// With a margin, and where there are lines with room for the name of the lowest one below it.
fn padded(heights: Interval, shown: &ShownTerms, room: f64) -> Interval {
    const MARGIN: f64 = 0.05;
    let below = if shown.references.is_empty() {
        MARGIN
    } else {
        room.max(MARGIN)
    };
    let length = heights.length();
    Interval::new(heights.min - below * length, heights.max + MARGIN * length)
}

fn keys(history: &History, group: Group) -> impl Iterator<Item = (Split, Term)> {
    let terms = terms_of(group, history);
    Split::ALL
        .into_iter()
        .flat_map(move |split| terms.clone().into_iter().map(move |term| (split, term)))
}

/// How a curve is made; `None` if it is hidden. Test curves are means over many images already; the ghost is
/// shown whole, as a ground to compare with.
fn curve_settings(
    key: LineKey,
    subject: LossSubject<'_>,
    options: &LossOptions,
    shown: &ShownTerms,
) -> Option<CurveSettings> {
    let run = subject.run;
    let split = match key.split {
        Split::Train => options.train,
        Split::Test => options.test,
    };
    let is_of_shown_run = match key.source {
        LineSource::Run => options.run_a || !shown.compares_runs,
        LineSource::Ghost => options.ghost && subject.draws_ghost(key.term),
        // All terms of both would be too many lines to tell apart.
        LineSource::ComparisonRun => {
            let is_main = shown.group.compares_networks() || key.term == shown.group.main_term();
            options.comparison && is_main && subject.draws_comparison(key.term)
        }
    };
    let is_shown = split
        && is_of_shown_run
        && !options.hidden_terms.contains(&key.term)
        && shown.terms.contains(&key.term);
    let divisor = divisor(shown.group, key.term, run).filter(|_| is_shown)?;
    if !key.is_current() && divisor.to_bits() != 1.0_f64.to_bits() {
        return None; // the run before may have had another weight
    }
    Some(CurveSettings {
        window: match key.source {
            LineSource::Ghost => CurveWindow::Whole,
            LineSource::Run | LineSource::ComparisonRun => options.window,
        },
        scale: shown.scale,
        smoothing: match key.split {
            Split::Train => options.smoothing,
            Split::Test => 0.0,
        },
        divisor,
    })
}
