//! A few words at a place in a plot.

use egui::{Align2, Color32, Painter, Pos2, TextStyle, Ui, Vec2, vec2};

use crate::theme;

/// Width of the ground's colour around the letters, in points.
const HALO: f32 = 1.0;

/// The places around a letter that make its halo, as directions.
const AROUND: [Vec2; 8] = [
    vec2(-1.0, -1.0),
    vec2(0.0, -1.0),
    vec2(1.0, -1.0),
    vec2(-1.0, 0.0),
    vec2(1.0, 0.0),
    vec2(-1.0, 1.0),
    vec2(0.0, 1.0),
    vec2(1.0, 1.0),
];

/// A short text beside a mark in a plot, with a halo that keeps it readable over the data and hides little of them.
pub fn note(ui: &Ui, painter: &Painter, at: Pos2, anchor: Align2, text: &str, color: Color32) {
    let font = TextStyle::Small.resolve(ui.style());
    let galley = painter.layout_no_wrap(text.to_owned(), font, color);
    let place = anchor.anchor_size(at, galley.size());
    let ground = theme::tokens_of(ui).plot;
    for direction in AROUND {
        let around = place.min + HALO * direction;
        painter.galley_with_override_text_color(around, galley.clone(), ground);
    }
    painter.galley(place.min, galley, color);
}
