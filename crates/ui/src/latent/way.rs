//! The way between two picked points, drawn over the scatter.

use egui::{Painter, Pos2, Rect, Stroke, Ui, vec2};
use egui_plot::PlotTransform;

use crate::theme;
use hourglass_protocol::{DecodedView, Route, SampleIdx, ScatterView};

/// Two picked points, and the way between them as far as it can be drawn; all in the plane.
#[derive(Clone, Debug, PartialEq)]
pub struct Way {
    ends: [Option<[f32; 2]>; 2],
    places: Vec<[f32; 2]>,
}

impl Way {
    /// The way between picked samples of a scatter, given what was decoded on it.
    ///
    /// Codes of two units are points of the plane. Of wider ones the straight way is straight in the plane too,
    /// which is a projection; where an arc goes is not known.
    #[must_use]
    pub fn between(
        picked: [Option<SampleIdx>; 2],
        route: Route,
        scatter: &ScatterView,
        decoded: Option<&DecodedView>,
    ) -> Self {
        let place = |sample: Option<SampleIdx>| {
            let mut samples = scatter.samples.iter();
            let idx = samples.position(|other| Some(*other) == sample)?;
            scatter.points.get(idx).copied()
        };
        let ends = picked.map(place);
        let places = match (ends, decoded) {
            ([Some(_), Some(_)], Some(view)) if view.size == 2 => {
                let codes = view.codes.chunks_exact(2);
                codes.map(|code| [code[0], code[1]]).collect()
            }
            ([Some(from), Some(to)], _) if route == Route::Straight => vec![from, to],
            _ => Vec::new(),
        };
        Self { ends, places }
    }

    /// Draws it, cased so that it stands out from points of any colour.
    pub fn paint(&self, ui: &Ui, painter: &Painter, transform: &PlotTransform) {
        let tokens = theme::tokens_of(ui);
        let on_screen =
            |place: [f32; 2]| transform.position_from_point(&place.map(f64::from).into());
        let line: Vec<Pos2> = self.places.iter().copied().map(on_screen).collect();
        painter.line(line.clone(), Stroke::new(5.0, tokens.plot));
        for place in &line {
            painter.circle(*place, 3.0, tokens.text, Stroke::new(1.5, tokens.plot));
        }
        painter.line(line, Stroke::new(2.0, tokens.text));
        let from = match self.ends {
            [Some(_), None] => "from; Shift-click another",
            _ => "from",
        };
        for (end, name) in self.ends.into_iter().zip([from, "to"]) {
            let at = end.map(on_screen);
            let Some(at) = at.filter(|at| transform.frame().contains(*at)) else {
                continue;
            };
            painter.circle(at, 7.0, tokens.plot, Stroke::new(2.0, tokens.text));
            painter.circle_filled(at, 3.5, tokens.accent);
            let font = theme::text::SMALL.resolve(ui.style());
            let galley = painter.layout_no_wrap(name.to_owned(), font, tokens.text);
            let place = Rect::from_min_size(at + vec2(12.0, -8.0), galley.size());
            painter.rect_filled(place.expand(2.0), 3.0, theme::faint(tokens.plot, 0.8));
            painter.galley(place.min, galley, tokens.text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_straight_way_joins_its_samples_and_an_arc_of_a_wide_code_is_not_drawn() {
        let scatter = ScatterView {
            samples: [7, 3].into(),
            points: vec![[1.0, 2.0], [5.0, 6.0]],
            ..ScatterView::default()
        };
        let way = |picked, route| Way::between(picked, route, &scatter, None);
        let both = way([Some(3), Some(7)], Route::Straight);
        assert_eq!(both.places, [[5.0, 6.0], [1.0, 2.0]]);
        assert!(way([Some(3), Some(7)], Route::Arc).places.is_empty());
        let one = way([Some(7), None], Route::Straight);
        assert_eq!((one.ends, one.places), ([Some([1.0, 2.0]), None], vec![]));
    }
}
