//! Which lines there are, and what holds them.

use egui_plot::PlotPoint;

use crate::plot::{Bounds, Interval};
use hourglass_experiment::network::Place;
use hourglass_state::{LayerGradients, RunState, Series};

/// What is plotted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Figure {
    /// `‖g‖₂`
    Norm,
    /// `‖ΔW‖₂/‖W‖₂`
    Ratio,
}

impl Figure {
    pub const ALL: [Self; 2] = [Self::Norm, Self::Ratio];

    /// How far updates usually go (Karpathy).
    pub const USUAL_RATIO: f64 = 1e-3;

    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Norm => "gradient norm ‖g‖₂",
            Self::Ratio => "update ratio ‖ΔW‖₂ / ‖W‖₂",
        }
    }

    #[must_use]
    pub fn help(self) -> &'static str {
        match self {
            Self::Norm => {
                "The length of the gradient of each layer's weights, without biases, before weight decay and clipping. \
                 Where lines lie decades apart, gradients vanish or explode on their way back from the output"
            }
            Self::Ratio => {
                "By how much of its norm a step changes each layer's weights. Around 0.001 is usual for Adam and SGD \
                 (Andrej Karpathy, CS231n, a rule of thumb): far above, the learning rate may be too high; far below, the \
                 layer hardly learns"
            }
        }
    }

    #[must_use]
    pub fn series(self, layer: &LayerGradients) -> &Series {
        match self {
            Self::Norm => &layer.norms,
            Self::Ratio => &layer.ratios,
        }
    }
}

/// A layer's line.
pub struct GradientLine {
    pub place: Place,
    pub label: String,
    /// Which of the layers, from the input: its colour.
    pub idx: usize,
    /// Epochs and log₁₀ of the values; those that have none are left out.
    pub points: Vec<PlotPoint>,
}

/// The lines of all layers that are not hidden.
#[must_use]
pub fn of(run: &RunState, figure: Figure, hidden: &[Place]) -> Vec<GradientLine> {
    let layers = run.gradients.layers().enumerate();
    let shown = layers.filter(|(_, layer)| !hidden.contains(&layer.layer));
    let lines = shown.map(|(idx, layer)| {
        let points = figure.series(layer).points().into_iter();
        let points = points.filter(|[_, value]| *value > 0.0 && value.is_finite());
        GradientLine {
            place: layer.layer,
            label: layer.layer.label(),
            idx,
            points: points
                .map(|[epoch, value]| PlotPoint::new(epoch, value.log10()))
                .collect(),
        }
    });
    lines.filter(|line| !line.points.is_empty()).collect()
}

/// What holds the lines, and the usual size of an update where that is shown.
#[must_use]
pub fn fit(lines: &[GradientLine], figure: Figure) -> Bounds {
    let points = || lines.iter().flat_map(|line| &line.points);
    let x = Interval::around(points().map(|point| point.x));
    let x = x.unwrap_or(Interval::new(0.0, 1.0));
    let usual = (figure == Figure::Ratio).then(|| Figure::USUAL_RATIO.log10());
    let y = Interval::around(points().map(|point| point.y).chain(usual));
    let y = y.unwrap_or(Interval::new(-1.0, 0.0));
    Bounds {
        x: Interval::new(x.min.floor(), x.max),
        y: Interval::new(y.min.min(y.max - 1.0), y.max).padded(0.05), // a decade at the least
    }
}
