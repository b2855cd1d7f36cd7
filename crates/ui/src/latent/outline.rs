//! The outline of the prior in the plane, which the codes are pulled towards.

use egui::{Painter, Stroke};
use egui_plot::{Line, PlotPoint, PlotPoints, PlotTransform, PlotUi};

use crate::plot::{Bounds, Interval};
use crate::theme::{self, Tokens};
use hourglass_experiment::{Experiment, LatentPrior};

/// Lines around where the prior has its mass.
pub struct PriorOutline {
    prior: LatentPrior,
    lines: Vec<Vec<PlotPoint>>,
    extent: Bounds,
}

/// The outline of an experiment's prior, if two of the code's units show it; `before` is kept where it still holds.
#[must_use]
pub fn of(experiment: &Experiment, before: Option<PriorOutline>) -> Option<PriorOutline> {
    let code_size = experiment.architecture.code_size();
    let prior = experiment.objective.prior.distribution();
    let prior = prior.filter(|prior| prior.shows_in_two_of(code_size))?;
    before
        .filter(|before| before.prior == prior)
        .or_else(|| PriorOutline::new(prior))
}

impl PriorOutline {
    fn new(prior: LatentPrior) -> Option<Self> {
        let outline = prior.outline();
        let axis = |axis: usize| {
            let points = outline.iter().flatten();
            Interval::around(points.map(|point| f64::from(point[axis])))
        };
        let extent = axis(0).zip(axis(1)).map(|(x, y)| Bounds { x, y })?;
        let points = |line: &Vec<[f32; 2]>| {
            let points = line.iter().map(|point| point.map(f64::from));
            points.map(PlotPoint::from).collect()
        };
        Some(Self {
            prior,
            lines: outline.iter().map(points).collect(),
            extent,
        })
    }

    /// Whose outline it is.
    #[must_use]
    pub fn prior(&self) -> LatentPrior {
        self.prior
    }

    /// What holds it.
    #[must_use]
    pub fn extent(&self) -> Bounds {
        self.extent
    }

    /// Paints it again over the points, faintly: a dense cloud would hide it.
    pub fn shimmer(&self, painter: &Painter, tokens: &Tokens, transform: &PlotTransform) {
        let stroke = Stroke::new(1.0, theme::faint(tokens.text, 0.55));
        for line in &self.lines {
            let points = line
                .iter()
                .map(|point| transform.position_from_point(point));
            painter.line(points.collect(), stroke);
        }
    }

    /// Adds it to a plot, below what is painted later.
    pub fn add<'a>(&'a self, plot: &mut PlotUi<'a>, tokens: &Tokens) {
        for line in &self.lines {
            let line = Line::new("", PlotPoints::Borrowed(line));
            plot.line(line.stroke(Stroke::new(1.0, tokens.text_dim)));
        }
    }
}
