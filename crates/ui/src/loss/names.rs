//! Names of curves and lines, beside what they are of.

use egui::{Align2, Color32, Painter, Pos2, Rangef, Ui, pos2};
use egui_plot::PlotTransform;

use crate::plot::note;
use crate::theme::{self, Tokens};
use hourglass_experiment::Term;

use super::lines::{LineKey, LineSource, Lines, Split};
use super::paint::{color, reference_color};
use super::subject::ShownTerms;

/// A name beside what it is of.
struct Name<'a> {
    at: Pos2,
    anchor: Align2,
    text: &'a str,
    color: Color32,
}

/// Writes the name of each term at the end of its curve, when there are several to tell apart, and of each reference line
/// at the left edge: curves come down to their lines on the right.
pub fn show(
    ui: &Ui,
    painter: &Painter,
    lines: &Lines,
    shown: &ShownTerms,
    transform: &PlotTransform,
) {
    let line = ui.text_style_height(&theme::text::SMALL);
    let tokens = theme::tokens_of(ui);
    let of_terms = term_names(lines, shown, transform, line, tokens);
    let of_references = reference_names(shown, transform, line, tokens);
    let frame = transform.frame();
    for mut names in [of_terms, of_references] {
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
    shown: &ShownTerms,
    transform: &PlotTransform,
    line: f32,
    tokens: &Tokens,
) -> Vec<Name<'a>> {
    let main = shown.group.main_term();
    let is_compared = lines
        .iter()
        .any(|(key, _)| key.source == LineSource::ComparisonRun);
    let curves: Vec<(LineSource, Term, &str)> = if is_compared {
        vec![
            (LineSource::Run, main, "A"),
            (LineSource::ComparisonRun, main, "B"),
        ]
    } else if shown.terms.len() < 2 {
        Vec::new()
    } else {
        let terms = shown.terms.iter();
        terms
            .map(|&term| (LineSource::Run, term, term.label()))
            .collect()
    };
    let frame = transform.frame();
    let names = curves.into_iter().filter_map(|(source, term, text)| {
        let keys = [Split::Test, Split::Train].map(|split| LineKey {
            source,
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
            text,
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
    shown: &'a ShownTerms,
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
