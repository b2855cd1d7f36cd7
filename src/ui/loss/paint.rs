//! Draws the curves, the marks of changed settings, and what is under the pointer.

use egui::{Align2, Color32, Painter, Pos2, Rangef, Shape, Stroke, Ui, pos2, vec2};

use crate::experiment::Term;
use crate::state::{Mark, RunState};
use crate::ui::plot::{Transform, note};
use crate::ui::theme::{self, Tokens};

use super::curve::on_screen;
use super::lines::{LineKey, Lines, Split, shown_terms};

/// Dash and gap of the run before, in points.
const GHOST_DASH: [f32; 2] = [5.0, 4.0];
/// Dash and gap of a mark, in points.
const MARK_DASH: [f32; 2] = [2.0, 3.0];
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

/// Draws one stretch of a curve the way its key is drawn everywhere: ghosts dashed, the terms of an
/// objective thinner than the objective, penalties dotted.
pub fn stroke_line(painter: &Painter, key: LineKey, places: Vec<Pos2>, color: Color32) {
    if places.len() < 2 {
        return;
    }
    let width = match key.term {
        Term::Objective => 2.0,
        Term::Reconstruction(_) | Term::L1 => 1.25,
    };
    if !key.is_current {
        let [dash, gap] = match key.split {
            Split::Train => GHOST_DASH,
            Split::Test => [1.5, 3.0],
        };
        painter.extend(Shape::dashed_line(
            &places,
            Stroke::new(1.25, color),
            dash,
            gap,
        ));
    } else if key.term == Term::L1 {
        painter.extend(Shape::dashed_line(
            &places,
            Stroke::new(1.6, color),
            2.0,
            3.0,
        ));
    } else {
        painter.line(places, Stroke::new(width, color));
    }
}

/// Draws all curves, the run before at the bottom and raw lines under smooth ones.
pub fn curves(painter: &Painter, tokens: &Tokens, lines: &Lines, transform: &Transform) {
    for (key, curve) in lines.iter().filter(|(key, _)| key.is_current) {
        let raw = on_screen(&curve.raw, transform);
        if raw.len() > 1 {
            let faint = theme::faint(color(tokens, key), 0.28);
            painter.line(raw, Stroke::new(1.0, faint));
        }
    }
    // From the terms to the objective, which is drawn last and so on top.
    for (key, curve) in lines.iter() {
        let places = on_screen(&curve.smooth, transform);
        let color = color(tokens, key);
        if key.is_current && key.split == Split::Test && places.len() <= MAX_DOTS {
            for place in &places {
                painter.circle_filled(*place, 2.2, color);
            }
        }
        stroke_line(painter, key, places, color);
    }
}

/// Writes the name of each term at the end of its curve, when there are several to tell apart.
pub fn term_names(
    ui: &Ui,
    painter: &Painter,
    run: &RunState,
    lines: &Lines,
    transform: &Transform,
) {
    let terms = shown_terms(&run.history);
    if terms.len() < 2 {
        return;
    }
    let tokens = theme::tokens_of(ui);
    let line = ui.text_style_height(&theme::text::SMALL);
    // Beside the end of its curve, or above it where the curve goes on to the edge.
    let beside = |end: Pos2| transform.rect.right() - end.x > 5.0 * line;
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
            let n = points.partition_point(|point| point[0] <= transform.bounds.x.max);
            points.get(n.checked_sub(1)?)
        });
        if let Some(last) = last {
            ends.push((transform.screen_from_plot(*last), term));
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
    spread(&mut tops, line, transform.rect.y_range());
    for ((end, term), top) in ends.into_iter().zip(tops) {
        let (at, anchor) = if beside(end) {
            (pos2(end.x + theme::space::S, top), Align2::LEFT_TOP)
        } else {
            (
                pos2(transform.rect.right() - theme::space::XS, top),
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

/// Draws a line where each setting changed; tells which of them is within reach of the pointer.
pub fn marks<'a>(
    painter: &Painter,
    tokens: &Tokens,
    marks: &'a [Mark],
    transform: &Transform,
    hovered: Option<Pos2>,
) -> Option<&'a Mark> {
    /// How far from a mark the pointer still means it, in points.
    const REACH: f32 = 5.0;
    let mut found: Option<(f32, &Mark)> = None;
    for mark in marks {
        let x = transform.screen_x(mark.epoch);
        if !transform.rect.x_range().expand(1.0).contains(x) {
            continue;
        }
        let x = painter.round_to_pixel_center(x);
        let (top, bottom) = (transform.rect.top(), transform.rect.bottom());
        let line = [pos2(x, top), pos2(x, bottom)];
        let stroke = Stroke::new(1.0, tokens.text_dim);
        painter.extend(Shape::dashed_line(
            &line,
            stroke,
            MARK_DASH[0],
            MARK_DASH[1],
        ));
        let flag = [vec2(-4.0, 0.0), vec2(4.0, 0.0), vec2(0.0, 6.0)].map(|d| pos2(x, top) + d);
        painter.add(Shape::convex_polygon(
            flag.to_vec(),
            tokens.text_dim,
            Stroke::NONE,
        ));
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
    transform: &Transform,
    epoch: f64,
) {
    let x = painter.round_to_pixel_center(transform.screen_x(epoch));
    painter.vline(
        x,
        transform.rect.y_range(),
        Stroke::new(1.0, tokens.text_dim),
    );
    for (key, curve) in lines.iter() {
        if let Some(point) = curve.nearest(epoch, slack(transform)) {
            let place = transform.screen_from_plot(point);
            painter.circle(
                place,
                3.5,
                color(tokens, key),
                Stroke::new(1.5, tokens.plot),
            );
        }
    }
}

/// How far beyond its end a curve can still be read, in epochs.
#[must_use]
pub fn slack(transform: &Transform) -> f64 {
    const SLACK_POINTS: f64 = 6.0;
    SLACK_POINTS / transform.points_per_unit()[0]
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
