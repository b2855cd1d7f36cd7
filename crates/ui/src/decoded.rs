//! Pictures of codes as the worker decodes them: one texture for a set.

use std::sync::Arc;

use egui::{Painter, Rect, Stroke, StrokeKind, Ui};

use super::memo::{Memo, Same};
use super::theme;
use super::tile_atlas::{TileAtlas, TileShape, magnification};
use hourglass_protocol::{Decoded, DecodedView};
use hourglass_state::RunView;

/// Widest texture, in texels: every graphics card has as much.
const MAX_TEXELS: usize = 4096;

/// What was decoded of a run.
#[must_use]
pub fn decoded(view: RunView<'_>) -> Option<&Decoded> {
    let snapshot = view.run?.snapshot.as_ref()?;
    Some(&snapshot.decoded)
}

/// The pictures of a view as one texture, repainted when they or how they are shown changed.
#[derive(Default)]
pub struct DecodedPictures {
    atlas: Memo<(Same<DecodedView>, bool, TileShape), TileAtlas>,
}

impl DecodedPictures {
    /// Takes on the pictures of a view, to be drawn `side` points wide.
    pub fn prepare(&mut self, ui: &Ui, name: &str, view: &Arc<DecodedView>, side: f32) {
        let dark = ui.visuals().dark_mode;
        let n = view.len().max(1);
        let columns = n.isqrt().max(1);
        let picture = view.shape;
        let most = (MAX_TEXELS / (columns * picture.width.max(picture.height))).max(1);
        let shape = TileShape {
            columns,
            rows: n.div_ceil(columns),
            picture,
            magnify: magnification(side * ui.pixels_per_point(), picture).min(most),
        };
        let key = (Same::of(view), dark, shape);
        self.atlas.renew(key, |_, atlas| {
            atlas.write(ui.ctx(), name, shape, |row, column, idx| {
                let image = picture.of(&view.images, row * columns + column);
                theme::image_pixel(dark, picture, image.unwrap_or_default(), idx)
            });
        });
    }

    /// Draws one picture into a square.
    pub fn paint(&self, painter: &Painter, rect: Rect, idx: usize) {
        let Some((view, _, shape)) = self.atlas.key() else {
            return;
        };
        if idx < view.len() {
            let (row, column) = (idx / shape.columns, idx % shape.columns);
            self.atlas.paint(painter, rect, row, column);
        }
    }
}

/// A thin frame around a picture.
pub fn frame(ui: &Ui, rect: Rect) {
    let border = Stroke::new(1.0, theme::tokens_of(ui).border);
    ui.painter()
        .rect_stroke(rect, 0.0, border, StrokeKind::Outside);
}

/// The name of a unit of the code, counted from 0: `h₁`.
#[must_use]
pub fn unit_name(unit: usize) -> String {
    let subscript = |digit: char| {
        let digit = digit.to_digit(10).unwrap_or_default();
        char::from_u32(u32::from('₀') + digit).unwrap_or(' ')
    };
    let number = (unit + 1).to_string();
    ["h".to_owned(), number.chars().map(subscript).collect()].concat()
}

/// A value of a unit, as people read it: `−1.38`.
#[must_use]
pub fn value(value: f32) -> String {
    match format!("{value:.2}") {
        zero if zero == "-0.00" => "0.00".to_owned(),
        text => text.replace('-', "−"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_and_their_values_read_well() {
        assert_eq!([0, 11, 783].map(unit_name), ["h₁", "h₁₂", "h₇₈₄"]);
        assert_eq!(
            [-1.384, 0.0, -0.001, 12.0].map(value),
            ["−1.38", "0.00", "0.00", "12.00"]
        );
    }
}
