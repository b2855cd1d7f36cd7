//! The curves and the reference lines as items of the plot, and the cursor on top of them.

use std::borrow::Cow;

use egui::{Color32, Painter, Rect, Response, Shape, Stroke, Ui};
use egui_plot::{HLine, Line, LineStyle, PlotPoint, PlotPoints, PlotTransform, PlotUi, Points};

use crate::legend::Entry;
use crate::plot::{Bounds, envelope};
use crate::theme::{self, Tokens};
use hourglass_experiment::Pen;

use super::curve::LossCurve;
use super::lines::{LineKey, LineSource, Lines, Split};
use super::reference::Kind;
use super::subject::ShownTerms;

/// Test curves of up to this many points show each of them.
const MAX_DOTS: usize = 40;

/// The colour of a curve: that of its split, or of its network or its run where two are compared.
#[must_use]
pub fn color(tokens: &Tokens, key: LineKey, shown: &ShownTerms) -> Color32 {
    match key.source {
        LineSource::Ghost => return tokens.ghost,
        LineSource::Run if shown.compares_runs => return tokens.run_a,
        LineSource::ComparisonRun if shown.compares_runs => return tokens.run_b,
        LineSource::Run | LineSource::ComparisonRun => {}
    }
    if shown.group.compares_networks() {
        let of_network = if key.term.info().pen == Pen::Baseline {
            tokens.text_dim
        } else {
            tokens.positive
        };
        return of_split(of_network, key.split);
    }
    match key.split {
        Split::Train => tokens.train,
        Split::Test => tokens.test,
    }
}

/// A network's colour, faint for the batches trained on.
#[must_use]
pub fn of_split(of_network: Color32, split: Split) -> Color32 {
    match split {
        Split::Train => theme::faint(of_network, 0.5),
        Split::Test => of_network,
    }
}

/// Width in points, or the radius of dots, and style. Ghosts are dashed, or dotted for the test split. Where colours stand
/// for runs, the training curves of what they are compared by are dashed. Where they stand for networks, all of the
/// comparison run is.
fn pen(key: LineKey, shown: &ShownTerms) -> (f32, LineStyle) {
    const DASHED: LineStyle = LineStyle::Dashed { length: 5.5 };
    let LineKey {
        source,
        split,
        term,
    } = key;
    if shown.compares_runs && term == shown.group.main_term() && source != LineSource::Ghost {
        return match split {
            Split::Train => (1.25, DASHED),
            Split::Test => (2.0, LineStyle::Solid),
        };
    }
    if source == LineSource::ComparisonRun {
        return (2.0, LineStyle::Dashed { length: 8.0 });
    }
    if source == LineSource::Ghost {
        return match split {
            Split::Train => (1.25, DASHED),
            Split::Test => (0.75, LineStyle::Dotted { spacing: 4.5 }),
        };
    }
    match term.info().pen {
        Pen::Compared | Pen::Baseline if split == Split::Train => (1.0, LineStyle::Solid),
        Pen::Thick | Pen::Compared | Pen::Baseline => (2.0, LineStyle::Solid),
        Pen::Thin => (1.25, LineStyle::Solid),
        Pen::Dotted => (1.0, LineStyle::Dotted { spacing: 4.0 }),
        Pen::ShortDashes => (1.25, LineStyle::Dashed { length: 3.0 }),
        Pen::LongDashes => (1.25, LineStyle::Dashed { length: 7.0 }),
    }
}

/// Draws a piece of a curve across the middle of a legend's mark.
pub fn swatch(painter: &Painter, mark: Rect, key: LineKey, shown: &ShownTerms, color: Color32) {
    let (width, style) = pen(key, shown);
    let ends = [mark.left_center(), mark.right_center()];
    match style {
        LineStyle::Solid => {
            painter.line_segment(ends, Stroke::new(width, color));
        }
        LineStyle::Dashed { length } => {
            let stroke = Stroke::new(width, color);
            painter.extend(Shape::dashed_line(&ends, stroke, length, 0.62 * length));
        }
        LineStyle::Dotted { spacing } => {
            painter.extend(Shape::dotted_line(&ends, color, spacing, width));
        }
    }
}

/// Adds all curves, the run before at the bottom and raw lines under smooth ones.
pub fn curves<'a>(plot: &mut PlotUi<'a>, tokens: &Tokens, lines: &'a Lines, shown: &ShownTerms) {
    let thick = theme::thickness(plot.ctx());
    let columns_per_x = plot.transform().dpos_dvalue_x().abs();
    let line = |points: &'a [PlotPoint]| {
        let points = envelope(points, columns_per_x);
        Line::new(
            "",
            match points {
                Cow::Borrowed(points) => PlotPoints::Borrowed(points),
                Cow::Owned(points) => PlotPoints::Owned(points),
            },
        )
    };
    let raw = lines.iter().filter(|(key, _)| key.is_current());
    // Where two networks are compared the smooth training curves are faint already.
    for (key, curve) in raw.filter(|_| !shown.group.compares_networks()) {
        let faint = theme::faint(color(tokens, key, shown), 0.28);
        plot.line(line(&curve.raw).stroke(Stroke::new(thick, faint)));
    }
    // From the terms to the objective, which is drawn last and so on top.
    let epochs = Bounds::from(plot.plot_bounds()).x;
    for (key, curve) in lines.iter() {
        let color = color(tokens, key, shown);
        let drawn = drawn(line(&curve.smooth), key, shown, curve, thick);
        plot.line(drawn.color(color));
        let points = curve.within(epochs);
        let is_dotted = key.is_current() || shown.compares_runs && key.source != LineSource::Ghost;
        if is_dotted && key.split == Split::Test && points.len() <= MAX_DOTS {
            let dots = Points::new("", PlotPoints::Borrowed(points));
            plot.points(dots.radius(2.2 * thick).color(color));
        }
    }
}

fn drawn<'a>(
    line: Line<'a>,
    key: LineKey,
    shown: &ShownTerms,
    curve: &LossCurve,
    thick: f32,
) -> Line<'a> {
    let (width, style) = pen(key, shown);
    if curve.is_rough() {
        line.width(thick * if key.is_current() { 1.25 } else { 0.75 })
    } else {
        line.width(thick * width).style(style)
    }
}

/// Adds the reference lines.
pub fn references(plot: &mut PlotUi<'_>, tokens: &Tokens, shown: &ShownTerms) {
    let thick = theme::thickness(plot.ctx());
    for line in &shown.references {
        let height = shown.scale.height(line.value);
        if height.is_finite() {
            let color = reference_color(tokens, line.kind);
            let line = HLine::new("", height).stroke(Stroke::new(thick, color));
            plot.hline(line.style(REFERENCE_STYLE));
        }
    }
}

/// Longer dashes than any curve has.
const REFERENCE_STYLE: LineStyle = LineStyle::Dashed { length: 9.0 };

/// The colour of a reference line.
#[must_use]
pub fn reference_color(tokens: &Tokens, kind: Kind) -> Color32 {
    match kind {
        Kind::Pca => tokens.positive,
        Kind::EntropyFloor | Kind::Undecided | Kind::Deceived => tokens.text_dim,
        Kind::Published => tokens.warning,
    }
}

/// Draws a piece of such a line across the middle of a legend's mark.
pub fn reference_swatch(painter: &Painter, mark: Rect, color: Color32) {
    let ends = [mark.left_center(), mark.right_center()];
    let stroke = Stroke::new(1.0, color);
    painter.extend(Shape::dashed_line(&ends, stroke, 9.0, 4.0));
}

/// Draws a hairline at an epoch and a dot on each curve there.
pub fn cursor(
    painter: &Painter,
    tokens: &Tokens,
    lines: &Lines,
    shown: &ShownTerms,
    transform: &PlotTransform,
    epoch: f64,
) {
    let x = painter.round_to_pixel_center(transform.position_from_point_x(epoch));
    let hairline = Stroke::new(1.0, tokens.text_dim);
    painter.vline(x, transform.frame().y_range(), hairline);
    for (key, curve) in lines.iter() {
        if let Some(point) = curve.nearest(epoch, slack(transform)) {
            let place = transform.position_from_point(&point);
            let ring = Stroke::new(1.5, tokens.plot);
            painter.circle(place, 3.5, color(tokens, key, shown), ring);
        }
    }
}

/// How far beyond its end a curve can still be read, in epochs.
#[must_use]
pub fn slack(transform: &PlotTransform) -> f64 {
    const SLACK_POINTS: f64 = 6.0;
    SLACK_POINTS / transform.dpos_dvalue_x()
}

/// Width of the piece of line in a legend, in points.
pub(super) const MARK_WIDTH: f32 = 16.0;

/// An entry of the legend beside a piece of its line.
pub(super) fn with_line(
    ui: &mut Ui,
    entry: &Entry<'_>,
    key: LineKey,
    shown: &ShownTerms,
    color: Color32,
) -> Response {
    entry.show(ui, |painter, mark, opacity| {
        swatch(painter, mark, key, shown, theme::faint(color, opacity));
    })
}
