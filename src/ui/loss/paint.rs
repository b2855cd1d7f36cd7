//! The curves, the lines to hold them against and the marks of changed settings as items of the plot, and what is painted on top of them.

use egui::{Align2, Color32, Painter, Pos2, Rangef, Rect, Shape, Stroke, Ui, pos2, vec2};
use egui_plot::{HLine, Line, LineStyle, PlotPoints, PlotTransform, PlotUi, Points, VLine};

use crate::experiment::Term;
use crate::state::{Mark, RunState};
use crate::ui::plot::{Bounds, note};
use crate::ui::theme::{self, Tokens};

use super::Shown;
use super::curve::Curve;
use super::group::Group;
use super::lines::{LineKey, Lines, Split};
use super::reference::Kind;

/// Test curves of up to so many points show each of them.
const MAX_DOTS: usize = 40;

/// The colour of a curve: that of its split, or of its network where two are compared.
#[must_use]
pub fn color(tokens: &Tokens, key: LineKey, group: Group) -> Color32 {
    if !key.is_current {
        return tokens.ghost;
    }
    if group.compares_networks() {
        let of_network = match key.term {
            Term::ClassificationFromRandom | Term::ErrorRateFromRandom => tokens.text_dim,
            _ => tokens.positive,
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

/// How a curve is drawn everywhere: ghosts dashed, or dotted for the test split; of an objective the sum
/// thick, its error thin, its penalties each in its own kind of dots or dashes. Width in points; for dots, their
/// radius.
fn pen(key: LineKey) -> (f32, LineStyle) {
    const DASHED: LineStyle = LineStyle::Dashed { length: 5.5 };
    let LineKey {
        is_current,
        split,
        term,
    } = key;
    if !is_current {
        return match split {
            Split::Train => (1.25, DASHED),
            Split::Test => (0.75, LineStyle::Dotted { spacing: 4.5 }),
        };
    }
    match term {
        Term::Reconstruction(_) => (1.25, LineStyle::Solid),
        Term::L1 | Term::KlSparsity => (1.0, LineStyle::Dotted { spacing: 4.0 }),
        Term::Contraction => (1.25, LineStyle::Dashed { length: 3.0 }),
        Term::LatentKl | Term::Generator => (1.25, LineStyle::Dashed { length: 7.0 }),
        Term::Classification
        | Term::ClassificationFromRandom
        | Term::ErrorRate
        | Term::ErrorRateFromRandom
            if split == Split::Train =>
        {
            (1.0, LineStyle::Solid)
        }
        _ => (2.0, LineStyle::Solid),
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
pub fn curves<'a>(plot: &mut PlotUi<'a>, tokens: &Tokens, lines: &'a Lines, group: Group) {
    let thick = theme::thickness(plot.ctx());
    let raw = lines.iter().filter(|(key, _)| key.is_current);
    // Where two networks are compared the smooth training curves are faint already.
    for (key, curve) in raw.filter(|_| !group.compares_networks()) {
        let faint = theme::faint(color(tokens, key, group), 0.28);
        let raw = Line::new("", curve.raw.as_slice());
        plot.line(raw.stroke(Stroke::new(thick, faint)));
    }
    // From the terms to the objective, which is drawn last and so on top.
    let epochs = Bounds::from(plot.plot_bounds()).x;
    for (key, curve) in lines.iter() {
        let color = color(tokens, key, group);
        plot.line(line(key, curve, thick).color(color));
        let shown = curve.within(epochs);
        if key.is_current && key.split == Split::Test && shown.len() <= MAX_DOTS {
            let dots = Points::new("", PlotPoints::Borrowed(shown));
            plot.points(dots.radius(2.2 * thick).color(color));
        }
    }
}

fn line(key: LineKey, curve: &Curve, thick: f32) -> Line<'_> {
    let (width, style) = pen(key);
    let line = Line::new("", curve.smooth.as_slice());
    if curve.is_rough() {
        line.width(1.25 * thick)
    } else {
        line.width(thick * width).style(style)
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

/// Adds a line where each part of the plan begins.
pub fn stages(plot: &mut PlotUi<'_>, tokens: &Tokens, run: &RunState) {
    for (start, _) in stage_starts(run).into_iter().skip(1) {
        plot.vline(VLine::new("", start).stroke(Stroke::new(1.0, tokens.border)));
    }
}

/// The epoch at which each part of the plan begins, and its name; none where there is only one part.
fn stage_starts(run: &RunState) -> Vec<(f64, String)> {
    let stages = run.experiment.stages();
    if stages.len() < 2 {
        return Vec::new();
    }
    let mut start = 0_u32;
    let starts = stages.into_iter().map(|(stage, epochs)| {
        let begins = f64::from(start);
        start = start.saturating_add(u32::try_from(epochs).unwrap_or(u32::MAX));
        (begins, stage.label())
    });
    starts.collect()
}

/// Writes the name of each part of the plan at the top of its stretch, where there is room.
pub fn stage_names(ui: &Ui, painter: &Painter, run: &RunState, transform: &PlotTransform) {
    let starts = stage_starts(run);
    let frame = transform.frame();
    let tokens = theme::tokens_of(ui);
    for (idx, (start, name)) in starts.iter().enumerate() {
        let left = transform.position_from_point_x(*start).max(frame.left());
        let next = starts.get(idx + 1);
        let right = next.map_or(frame.right(), |(next, _)| {
            transform.position_from_point_x(*next).min(frame.right())
        });
        let font = theme::regular(theme::text::size::SMALL);
        let width = painter
            .layout_no_wrap(name.clone(), font, tokens.text_dim)
            .size()
            .x;
        if right - left > width + theme::space::S {
            let at = pos2(left + theme::space::XS, frame.top() + 1.0);
            note(ui, painter, at, Align2::LEFT_TOP, name, tokens.text_dim);
        }
    }
}

/// Adds the lines to hold the curves against.
pub fn references(plot: &mut PlotUi<'_>, tokens: &Tokens, shown: &Shown) {
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

/// The colour of a line to hold curves against.
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

/// A name beside what it is of.
struct Name<'a> {
    at: Pos2,
    anchor: Align2,
    text: &'a str,
    color: Color32,
}

/// Writes the name of each term at the end of its curve, when there are several to tell apart, and of each line
/// to hold them against at the left edge: curves come down to their lines on the right.
pub fn names(ui: &Ui, painter: &Painter, lines: &Lines, shown: &Shown, transform: &PlotTransform) {
    let line = ui.text_style_height(&theme::text::SMALL);
    let tokens = theme::tokens_of(ui);
    let of_terms = term_names(lines, shown, transform, line, tokens);
    let of_references = reference_names(shown, transform, line, tokens);
    let frame = transform.frame();
    for mut names in [of_terms, of_references] {
        #[expect(clippy::cast_precision_loss, reason = "a few names")]
        let least_height = 2.0 * line * names.len() as f32;
        if frame.height() < least_height {
            continue; // names would hide the curves
        }
        names.sort_by(|a, b| a.at.y.total_cmp(&b.at.y));
        let mut tops: Vec<f32> = names.iter().map(|name| name.at.y).collect();
        spread(&mut tops, line, frame.y_range());
        for (name, top) in names.into_iter().zip(tops) {
            let at = pos2(name.at.x, top);
            note(ui, painter, at, name.anchor, name.text, name.color);
        }
    }
}

fn term_names<'a>(
    lines: &Lines,
    shown: &Shown,
    transform: &PlotTransform,
    line: f32,
    tokens: &Tokens,
) -> Vec<Name<'a>> {
    if shown.terms.len() < 2 {
        return Vec::new();
    }
    let frame = transform.frame();
    let names = shown.terms.iter().filter_map(|&term| {
        let keys = [Split::Test, Split::Train].map(|split| LineKey {
            is_current: true,
            split,
            term,
        });
        let points = keys
            .into_iter()
            .find_map(|key| Some(&lines.get(key)?.smooth))?;
        // The last point that is shown: the view may end before the curve.
        let n = points.partition_point(|point| point.x <= transform.bounds().max()[0]);
        let end = transform.position_from_point(points.get(n.checked_sub(1)?)?);
        // Beside the end of its curve, or above it where the curve goes on to the edge.
        let is_beside = frame.right() - end.x > 5.0 * line;
        let (at, anchor) = if is_beside {
            let at = pos2(end.x + theme::space::S, end.y - line / 2.0);
            (at, Align2::LEFT_TOP)
        } else {
            let at = pos2(frame.right() - theme::space::XS, end.y - line - 4.0);
            (at, Align2::RIGHT_TOP)
        };
        Some(Name {
            at,
            anchor,
            text: term.label(),
            color: if shown.group.compares_networks() {
                color(tokens, keys[0], shown.group)
            } else {
                tokens.text_dim
            },
        })
    });
    names.collect()
}

fn reference_names<'a>(
    shown: &'a Shown,
    transform: &PlotTransform,
    line: f32,
    tokens: &Tokens,
) -> Vec<Name<'a>> {
    let frame = transform.frame();
    let names = shown.references.iter().filter_map(|reference| {
        let height = shown.scale.height(reference.value);
        let y = transform.position_from_point_y(height);
        let is_seen = height.is_finite() && frame.y_range().contains(y);
        is_seen.then(|| Name {
            at: pos2(frame.left() + theme::space::XS, y - line - 1.0),
            anchor: Align2::LEFT_TOP,
            text: &reference.name,
            color: reference_color(tokens, reference.kind),
        })
    });
    names.collect()
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
    group: Group,
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
            painter.circle(place, 3.5, color(tokens, key, group), ring);
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
