//! The curves and the marks of changed settings as items of the plot, and what is painted on top of them.

use egui::{Align2, Color32, Painter, Pos2, Rangef, Rect, Shape, Stroke, Ui, pos2, vec2};
use egui_plot::{Line, LineStyle, PlotPoints, PlotTransform, PlotUi, Points, VLine};

use crate::experiment::Term;
use crate::state::{Mark, RunState};
use crate::ui::plot::{Bounds, note};
use crate::ui::theme::{self, Tokens};

use super::curve::Curve;
use super::lines::{LineKey, Lines, Split, shown_terms};

/// Test curves of up to so many points show each of them.
const MAX_DOTS: usize = 40;

/// The colour of a curve.
#[must_use]
pub fn color(tokens: &Tokens, key: LineKey) -> Color32 {
    match (key.is_current, key.split) {
        (false, _) => tokens.ghost,
        (true, Split::Train) => tokens.train,
        (true, Split::Test) => tokens.test,
    }
}

/// How a curve is drawn everywhere: ghosts dashed, or dotted for the test split; penalties dotted; the terms
/// of an objective thinner than the objective. Width in points; for dots, their radius.
fn pen(key: LineKey) -> (f32, LineStyle) {
    const DASHED: LineStyle = LineStyle::Dashed { length: 5.5 };
    match (key.is_current, key.split, key.term) {
        (false, Split::Train, _) => (1.25, DASHED),
        (false, Split::Test, _) => (0.75, LineStyle::Dotted { spacing: 4.5 }),
        (true, _, Term::L1) => (1.0, LineStyle::Dotted { spacing: 4.0 }),
        (true, _, Term::Reconstruction(_)) => (1.25, LineStyle::Solid),
        (true, _, Term::Objective) => (2.0, LineStyle::Solid),
    }
}

/// Draws a piece of a curve across the middle of a legend's mark.
pub fn swatch(painter: &Painter, mark: Rect, key: LineKey, color: Color32) {
    let (width, style) = pen(key);
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
pub fn curves<'a>(plot: &mut PlotUi<'a>, tokens: &Tokens, lines: &'a Lines) {
    for (key, curve) in lines.iter().filter(|(key, _)| key.is_current) {
        let faint = theme::faint(color(tokens, key), 0.28);
        let raw = Line::new("", curve.raw.as_slice());
        plot.line(raw.stroke(Stroke::new(1.0, faint)));
    }
    // From the terms to the objective, which is drawn last and so on top.
    let epochs = Bounds::from(plot.plot_bounds()).x;
    for (key, curve) in lines.iter() {
        let color = color(tokens, key);
        plot.line(line(key, curve).color(color));
        let shown = curve.within(epochs);
        if key.is_current && key.split == Split::Test && shown.len() <= MAX_DOTS {
            let dots = Points::new("", PlotPoints::Borrowed(shown));
            plot.points(dots.radius(2.2).color(color));
        }
    }
}

fn line(key: LineKey, curve: &Curve) -> Line<'_> {
    let (width, style) = pen(key);
    let line = Line::new("", curve.smooth.as_slice());
    if curve.is_rough() {
        line.width(1.25)
    } else {
        line.width(width).style(style)
    }
}

/// Adds a line where each setting changed.
pub fn marks(plot: &mut PlotUi<'_>, tokens: &Tokens, marks: &[Mark]) {
    for mark in marks {
        let line = VLine::new("", mark.epoch).color(theme::faint(tokens.text_dim, 0.7));
        let style = LineStyle::Dashed { length: 3.0 };
        plot.vline(line.width(1.0).style(style));
    }
}

/// Writes the name of each term at the end of its curve, when there are several to tell apart.
pub fn term_names(
    ui: &Ui,
    painter: &Painter,
    run: &RunState,
    lines: &Lines,
    transform: &PlotTransform,
) {
    let terms = shown_terms(&run.history);
    if terms.len() < 2 {
        return;
    }
    let tokens = theme::tokens_of(ui);
    let line = ui.text_style_height(&theme::text::SMALL);
    // Beside the end of its curve, or above it where the curve goes on to the edge.
    let frame = transform.frame();
    #[expect(clippy::cast_precision_loss, reason = "a few terms")]
    let least_height = 2.0 * line * terms.len() as f32;
    if frame.height() < least_height {
        return; // names would hide the curves
    }
    let beside = |end: Pos2| frame.right() - end.x > 5.0 * line;
    let mut ends: Vec<(Pos2, Term)> = Vec::new();
    for term in terms {
        let keys = Split::ALL.map(|split| LineKey {
            is_current: true,
            split,
            term,
        });
        let points = keys
            .into_iter()
            .find_map(|key| Some(&lines.get(key)?.smooth));
        let last = points.and_then(|points| {
            // The last point that is shown: the view may end before the curve.
            let n = points.partition_point(|point| point.x <= transform.bounds().max()[0]);
            points.get(n.checked_sub(1)?)
        });
        if let Some(last) = last {
            ends.push((transform.position_from_point(last), term));
        }
    }
    ends.sort_by(|a, b| a.0.y.total_cmp(&b.0.y));
    let mut tops: Vec<f32> = ends
        .iter()
        .map(|(end, _)| {
            if beside(*end) {
                end.y - line / 2.0
            } else {
                end.y - line - 4.0
            }
        })
        .collect();
    spread(&mut tops, line, frame.y_range());
    for ((end, term), top) in ends.into_iter().zip(tops) {
        let (at, anchor) = if beside(end) {
            (pos2(end.x + theme::space::S, top), Align2::LEFT_TOP)
        } else {
            (
                pos2(frame.right() - theme::space::XS, top),
                Align2::RIGHT_TOP,
            )
        };
        note(ui, painter, at, anchor, term.label(), tokens.text_dim);
    }
}

/// Moves lines of text apart until none covers another and all lie within the plot. `tops` are sorted.
fn spread(tops: &mut [f32], line: f32, plot: Rangef) {
    let mut free = plot.min;
    for top in tops.iter_mut() {
        *top = top.max(free);
        free = *top + line;
    }
    let mut free = plot.max;
    for top in tops.iter_mut().rev() {
        *top = top.min(free - line);
        free = *top;
    }
}

/// Draws a flag on top of each mark; tells which of them is within reach of the pointer.
pub fn flags<'a>(
    painter: &Painter,
    tokens: &Tokens,
    marks: &'a [Mark],
    transform: &PlotTransform,
    hovered: Option<Pos2>,
) -> Option<&'a Mark> {
    /// How far from a mark the pointer still means it, in points.
    const REACH: f32 = 5.0;
    let frame = transform.frame();
    let mut found: Option<(f32, &Mark)> = None;
    for mark in marks {
        let x = transform.position_from_point_x(mark.epoch);
        if !frame.x_range().expand(1.0).contains(x) {
            continue;
        }
        let x = painter.round_to_pixel_center(x);
        let flag = [vec2(-4.0, 0.0), vec2(4.0, 0.0), vec2(0.0, 6.0)];
        let flag = flag.map(|corner| pos2(x, frame.top()) + corner);
        let shape = Shape::convex_polygon(flag.to_vec(), tokens.text_dim, Stroke::NONE);
        painter.add(shape);
        if let Some(at) = hovered {
            let distance = (at.x - x).abs();
            if distance <= REACH && found.is_none_or(|(least, _)| distance < least) {
                found = Some((distance, mark));
            }
        }
    }
    found.map(|(_, mark)| mark)
}

/// Draws a hairline at an epoch and a dot on each curve there.
pub fn cursor(
    painter: &Painter,
    tokens: &Tokens,
    lines: &Lines,
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
            painter.circle(place, 3.5, color(tokens, key), ring);
        }
    }
}

/// How far beyond its end a curve can still be read, in epochs.
#[must_use]
pub fn slack(transform: &PlotTransform) -> f64 {
    const SLACK_POINTS: f64 = 6.0;
    SLACK_POINTS / transform.dpos_dvalue_x()
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "whole numbers are exact")]
mod tests {
    use super::*;

    #[test]
    fn names_keep_apart_and_stay_within_the_plot() {
        let mut tops = [95.0, 96.0, 98.0];
        spread(&mut tops, 10.0, Rangef::new(0.0, 100.0));
        assert_eq!(tops, [70.0, 80.0, 90.0]);
        let mut tops = [-5.0, 40.0, 41.0];
        spread(&mut tops, 10.0, Rangef::new(0.0, 100.0));
        assert_eq!(tops, [0.0, 40.0, 50.0]);
    }
}
