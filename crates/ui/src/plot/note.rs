//! A few words at a place in a plot.

use egui::{Align2, Color32, Painter, Pos2, TextStyle, Ui, vec2};

use crate::theme;

/// A short text beside a mark in a plot, on a ground that keeps it readable over the data.
pub fn note(ui: &Ui, painter: &Painter, at: Pos2, anchor: Align2, text: &str, color: Color32) {
    let font = TextStyle::Small.resolve(ui.style());
    let galley = painter.layout_no_wrap(text.to_owned(), font, color);
    let place = anchor.anchor_size(at, galley.size());
    let ground = theme::tokens_of(ui).plot.gamma_multiply(0.8);
    painter.rect_filled(place.expand2(vec2(2.0, 0.0)), 2.0, ground);
    painter.galley(place.min, galley, color);
}
