//! Moments of a run on the axis of epochs: settings that changed, parts of the plan, the moment that is replayed.

use egui::{Align2, Painter, Pos2, Shape, Stroke, Ui, pos2, vec2};
use egui_plot::{LineStyle, PlotTransform, PlotUi, VLine};

use crate::plot::note;
use crate::replay::moment_text;
use crate::theme::{self, Tokens};
use hourglass_protocol::Mark;
use hourglass_state::RunState;

/// Height of the line at the top in which the parts of the plan are named, in points.
const LINE: f32 = 18.0;

/// Adds a line where each setting changed.
pub fn settings(plot: &mut PlotUi<'_>, tokens: &Tokens, marks: &[Mark]) {
    for mark in marks {
        let line = VLine::new("", mark.epoch).color(theme::faint(tokens.text_dim, 0.7));
        let style = LineStyle::Dashed { length: 3.0 };
        plot.vline(line.width(1.0).style(style));
    }
}

/// Adds a line at the moment of the past that the views show.
pub fn moment(plot: &mut PlotUi<'_>, tokens: &Tokens, run: &RunState) {
    if let Some(past) = run.replay.past() {
        let line = VLine::new("", past.moment.epoch);
        plot.vline(line.stroke(Stroke::new(1.5, tokens.warning)));
    }
}

/// Writes beside that line what it is.
pub fn moment_name(ui: &Ui, painter: &Painter, run: &RunState, transform: &PlotTransform) {
    let Some(past) = run.replay.past() else {
        return;
    };
    let frame = transform.frame();
    let x = transform.position_from_point_x(past.moment.epoch);
    if !frame.x_range().contains(x) {
        return;
    }
    let (offset, anchor) = if x > frame.center().x {
        (-theme::space::XS, Align2::RIGHT_TOP)
    } else {
        (theme::space::XS, Align2::LEFT_TOP)
    };
    // Below the names of the plan's parts, and away from the reference lines, which lie low.
    let at = pos2(x + offset, frame.top() + LINE);
    let text = moment_text(past.moment);
    note(ui, painter, at, anchor, &text, theme::tokens_of(ui).warning);
}

/// Adds a line where each part of the plan begins.
pub fn stages(plot: &mut PlotUi<'_>, tokens: &Tokens, run: &RunState) {
    for (start, _) in stage_starts(run).into_iter().skip(1) {
        plot.vline(VLine::new("", start).stroke(Stroke::new(1.0, tokens.border)));
    }
}

/// The epoch at which each part of the plan begins, and its name; empty if there is only one part.
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
