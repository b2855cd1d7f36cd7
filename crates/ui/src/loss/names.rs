//! Names of curves and lines, beside what they are of.

use egui::{Align2, Color32, Painter, Rect, Ui, pos2, vec2};
use egui_plot::PlotTransform;

use crate::plot::{note, text_width};
use crate::theme;
use hourglass_experiment::Term;

use super::lines::{LineKey, LineSource, Lines, Split};
use super::paint::{color, reference_color};
use super::subject::ShownTerms;

/// Writes the name of each term at the end of its curve, when there are several to tell apart, and of each reference
/// line; each where it hides least.
pub fn show(
    ui: &Ui,
    painter: &Painter,
    lines: &Lines,
    shown: &ShownTerms,
    transform: &PlotTransform,
) {
    let heights = shown.references.iter();
    let heights =
        heights.map(|line| transform.position_from_point_y(shown.scale.height(line.value)));
    let mut ground = Ground {
        lines,
        transform,
        references: heights.collect(),
        taken: Vec::new(),
    };
    term_names(ui, painter, shown, &mut ground);
    reference_names(ui, painter, shown, &mut ground);
}

/// What names stand on, and may hide.
struct Ground<'a> {
    lines: &'a Lines,
    transform: &'a PlotTransform,
    /// Heights of the reference lines on the screen; not a number where they have none.
    references: Vec<f32>,
    /// Where names stand already.
    taken: Vec<Rect>,
}

impl Ground<'_> {
    /// Writes a name at the best of some places within the plot; nowhere if there is none.
    fn write(
        &mut self,
        ui: &Ui,
        painter: &Painter,
        places: impl Iterator<Item = Rect>,
        (text, color): (&str, Color32),
    ) {
        let place = freest(*self.transform.frame(), places, |place| self.cost(place));
        if let Some(place) = place {
            note(ui, painter, place.min, Align2::LEFT_TOP, text, color);
            self.taken.push(place);
        }
    }

    /// What a name at a place hides: of the curves and the reference lines, in points along the axis, and of other
    /// names.
    fn cost(&self, place: Rect) -> f32 {
        /// A name over another cannot be read.
        const OF_NAME: f32 = 1e4;
        let is_struck = self.references.iter().any(|&y| place.y_range().contains(y));
        let of_references = if is_struck { place.width() } else { 0.0 };
        let is_taken = self.taken.iter().any(|other| other.intersects(place));
        let of_names = if is_taken { OF_NAME } else { 0.0 };
        hidden(self.lines, self.transform, place) + of_references + of_names
    }
}

/// The curves that have names.
fn named(lines: &Lines, shown: &ShownTerms) -> Vec<(LineSource, Term, &'static str)> {
    let main = shown.group.main_term();
    let mut sources = lines.iter().map(|(key, _)| key.source);
    if sources.any(|source| source == LineSource::ComparisonRun) {
        return vec![
            (LineSource::Run, main, "A"),
            (LineSource::ComparisonRun, main, "B"),
        ];
    }
    if shown.terms.len() < 2 {
        return Vec::new();
    }
    let terms = shown.terms.iter();
    terms
        .map(|&term| (LineSource::Run, term, term.label()))
        .collect()
}

/// Writes each name beside the end of its curve, or above or below it where the curve goes on to the edge.
fn term_names(ui: &Ui, painter: &Painter, shown: &ShownTerms, ground: &mut Ground<'_>) {
    let (lines, transform) = (ground.lines, ground.transform);
    let line = ui.text_style_height(&theme::text::SMALL);
    let tokens = theme::tokens_of(ui);
    let frame = transform.frame();
    let named = named(lines, shown);
    if frame.height() < 2.0 * line * named.len() as f32 {
        return; // names would hide the curves
    }
    for (source, term, text) in named {
        let keys = [Split::Test, Split::Train].map(|split| LineKey {
            source,
            split,
            term,
        });
        let points = keys
            .into_iter()
            .find_map(|key| Some(&lines.get(key)?.smooth));
        // The last point that is shown: the view may end before the curve.
        let end = points.and_then(|points| {
            let n = points.partition_point(|point| point.x <= transform.bounds().max()[0]);
            points.get(n.checked_sub(1)?)
        });
        let Some(end) = end.map(|end| transform.position_from_point(end)) else {
            continue;
        };
        let size = vec2(text_width(painter, text), line);
        let is_beside = frame.right() - end.x > size.x + theme::space::M;
        let left = if is_beside {
            end.x + theme::space::S
        } else {
            frame.right() - theme::space::XS - size.x
        };
        let places =
            around(end.y, line, is_beside).map(|top| Rect::from_min_size(pos2(left, top), size));
        let color = if shown.group.compares_networks() || shown.compares_runs {
            color(tokens, keys[0], shown)
        } else {
            tokens.text_dim
        };
        ground.write(ui, painter, places, (text, color));
    }
}

/// Upper edges of a line of text near a height, the nearest first.
fn around(y: f32, line: f32, is_beside: bool) -> impl Iterator<Item = f32> {
    /// Between a curve and a name, in points.
    const GAP: f32 = 3.0;
    let beside = is_beside.then_some(y - line / 2.0);
    let rows = (0..3_u8).map(move |row| f32::from(row) * line);
    let near = rows.flat_map(move |away| [y - GAP - line - away, y + GAP + away]);
    beside.into_iter().chain(near)
}

/// Writes the names of the reference lines, each beside its line where it hides least of the curves, and away from
/// what has its place already.
fn reference_names(ui: &Ui, painter: &Painter, shown: &ShownTerms, ground: &mut Ground<'_>) {
    let line = ui.text_style_height(&theme::text::SMALL);
    let frame = *ground.transform.frame();
    for (idx, reference) in shown.references.iter().enumerate() {
        let y = ground.references[idx];
        if frame.y_range().contains(y) {
            let size = vec2(text_width(painter, &reference.name), line);
            let color = reference_color(theme::tokens_of(ui), reference.kind);
            let places = along(frame, y, size);
            ground.write(ui, painter, places, (&reference.name, color));
        }
    }
}

/// Places below and above a line at `y`, from one end to the other.
fn along(frame: Rect, y: f32, size: egui::Vec2) -> impl Iterator<Item = Rect> {
    /// Where along the line a name may begin, as shares of the room there is.
    const STARTS: [f32; 5] = [0.0, 1.0, 0.25, 0.5, 0.75];
    /// Between the line and the name, in points.
    const GAP: f32 = 1.0;
    let inside = frame.shrink2(vec2(theme::space::XS, 0.0));
    let tops = [y + GAP, y - GAP - size.y];
    tops.into_iter().flat_map(move |top| {
        STARTS.map(|start| {
            let left = inside.left() + start * (inside.width() - size.x).max(0.0);
            Rect::from_min_size(pos2(left, top), size)
        })
    })
}

/// The place within the frame that costs least, the first of several.
fn freest(
    frame: Rect,
    places: impl Iterator<Item = Rect>,
    cost: impl Fn(Rect) -> f32,
) -> Option<Rect> {
    let within = places.filter(|place| frame.expand(1.0).contains_rect(*place));
    let costs = within.map(|place| (cost(place), place));
    let least = costs.reduce(|least, other| if other.0 < least.0 { other } else { least });
    least.map(|(_, place)| place)
}

/// How much of the curves a name at a place would hide, in points along the axis.
fn hidden(lines: &Lines, transform: &PlotTransform, place: Rect) -> f32 {
    /// Between two looks at a curve, in points.
    const STEP: f32 = 4.0;
    let n_looks = (place.width() / STEP).ceil() as u16;
    let reach = place.expand2(vec2(0.0, 2.0)).y_range();
    let looks = (0..=n_looks).map(|look| place.left() + f32::from(look) * STEP);
    let looks = looks.map(|x| transform.value_from_position(pos2(x, place.top())).x);
    let is_hidden = |epoch: f64| {
        let heights = lines.iter().filter_map(|(_, curve)| curve.height_at(epoch));
        heights
            .filter(|&height| reach.contains(transform.position_from_point_y(height)))
            .count()
    };
    STEP * looks.map(is_hidden).sum::<usize>() as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::Pos2;

    #[test]
    fn a_name_stands_where_it_hides_least_and_within_the_plot() {
        let frame = Rect::from_min_size(Pos2::ZERO, vec2(308.0, 100.0));
        let size = vec2(60.0, 12.0);
        let free = |y: f32, cost: fn(Rect) -> f32| {
            freest(frame, along(frame, y, size), cost).map(|place| place.min)
        };
        let below_the_line = Some(pos2(4.0, 51.0));
        assert_eq!(free(50.0, |_| 0.0), below_the_line);
        let above_it = Some(pos2(4.0, 82.0));
        assert_eq!(free(95.0, |_| 0.0), above_it, "no room below");
        let curve_at_left = |place: Rect| if place.left() < 100.0 { 9.0 } else { 0.0 };
        assert_eq!(free(50.0, curve_at_left), Some(pos2(244.0, 51.0)));
        let curve_below = |place: Rect| if place.top() > 50.0 { 9.0 } else { 0.0 };
        assert_eq!(free(50.0, curve_below), Some(pos2(4.0, 37.0)));
    }

    #[test]
    fn names_at_the_end_of_curves_are_tried_from_near_to_far() {
        let tops: Vec<f32> = around(50.0, 10.0, true).collect();
        assert_eq!(tops, [45.0, 37.0, 53.0, 27.0, 63.0, 17.0, 73.0]);
        assert_eq!(around(50.0, 10.0, false).count(), 6);
    }
}
