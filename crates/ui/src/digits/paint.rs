//! Draws the table of digits.

use std::sync::Arc;

use egui::text::{LayoutJob, TextWrapping};
use egui::{Align2, Rect, Shape, Stroke, StrokeKind, Ui, pos2, vec2};

use crate::theme::{self, space};
use crate::tile_atlas::TileAtlas;
use hourglass_protocol::DigitView;

use super::layout::DigitLayout;

/// A row of pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DigitRow {
    /// The clean image.
    Original,
    /// What the encoder saw.
    Corrupted,
    /// What the decoder made of it.
    Reconstruction(DigitSide),
    /// Reconstruction minus original.
    Difference(DigitSide),
}

/// Whose decoder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DigitSide {
    /// That of the one run there is.
    Only,
    /// That of the run in progress.
    A,
    /// That of its comparison run.
    B,
}

/// The digits as the run in progress sees them, and as its comparison run does, where two are compared.
#[derive(Clone, Debug)]
pub struct Views {
    /// Of the run in progress.
    pub own: Arc<DigitView>,
    /// Of the comparison run: the same samples in the same order.
    pub comparison: Option<Arc<DigitView>>,
}

impl PartialEq for Views {
    /// Whether these are those, and not only alike.
    fn eq(&self, other: &Self) -> bool {
        let comparison = |views: &Self| views.comparison.as_ref().map(Arc::as_ptr);
        Arc::ptr_eq(&self.own, &other.own) && comparison(self) == comparison(other)
    }
}

impl Views {
    fn of(&self, side: DigitSide) -> &DigitView {
        match (side, &self.comparison) {
            (DigitSide::B, Some(comparison)) => comparison,
            _ => &self.own,
        }
    }
}

impl DigitRow {
    /// The rows of an experiment, from top to bottom; differences of two runs only where there is room for them.
    #[must_use]
    pub fn all(corrupts: bool, compares: bool, is_high: bool) -> Vec<Self> {
        let mut rows = vec![Self::Original];
        if corrupts {
            rows.push(Self::Corrupted);
        }
        let sides: &[DigitSide] = if compares {
            &[DigitSide::A, DigitSide::B]
        } else {
            &[DigitSide::Only]
        };
        rows.extend(sides.iter().map(|&side| Self::Reconstruction(side)));
        if is_high || !compares {
            rows.extend(sides.iter().map(|&side| Self::Difference(side)));
        }
        rows
    }

    /// Its name for people.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Original => "original",
            Self::Corrupted => "corrupted",
            Self::Reconstruction(DigitSide::Only) => "reconstructed",
            Self::Reconstruction(DigitSide::A) => "reconstr. A",
            Self::Reconstruction(DigitSide::B) => "reconstr. B",
            Self::Difference(DigitSide::Only) => "difference",
            Self::Difference(DigitSide::A) => "difference A",
            Self::Difference(DigitSide::B) => "difference B",
        }
    }

    /// The colour of one pixel of an image of the views.
    #[must_use]
    pub fn color(self, views: &Views, image: usize, pixel: usize, dark: bool) -> egui::Color32 {
        let shape = views.own.shape;
        let of = |values| shape.of::<f32>(values, image).unwrap_or_default();
        let own = |values| theme::image_pixel(dark, shape, of(values), pixel);
        match self {
            Self::Original => own(&views.own.originals),
            Self::Corrupted => own(&views.own.corrupted),
            Self::Reconstruction(side) => own(&views.of(side).reconstructions),
            Self::Difference(side) => {
                let view = views.of(side);
                let images = [of(&view.reconstructions), of(&view.originals)];
                theme::difference(dark, shape, images, pixel)
            }
        }
    }
}

/// Writes the names of the rows at the left of a band, with the legend of the differences.
pub fn row_names(ui: &Ui, layout: &DigitLayout, rows: &[DigitRow], band: usize) {
    let tokens = theme::tokens_of(ui);
    let painter = ui.painter();
    let font = theme::text::SMALL.resolve(ui.style());
    let left = layout.origin.x;
    let text = |at, anchor, text: &str, color| painter.text(at, anchor, text, font.clone(), color);
    let top = pos2(left, layout.band_top(band));
    text(top, Align2::LEFT_TOP, "class", tokens.text_dim);
    for (idx, row) in rows.iter().enumerate() {
        let middle = layout.picture(idx, band * layout.n_columns).center().y;
        if matches!(row, DigitRow::Difference(_)) && layout.has_room_for_scale() {
            let y = middle - layout.line_height * 0.85;
            text(pos2(left, y), Align2::LEFT_CENTER, row.label(), tokens.text);
            difference_legend(ui, pos2(left, middle - 2.0), layout);
        } else {
            text(
                pos2(left, middle),
                Align2::LEFT_CENTER,
                row.label(),
                tokens.text,
            );
        }
    }
    let names: &[&str] = match layout.n_errors {
        1 => &["MSE"],
        _ => &["MSE of A", "MSE of B"],
    };
    let mut at = pos2(left, layout.errors_top(band));
    for name in names {
        let name = text(at, Align2::LEFT_TOP, name, tokens.text);
        if layout.n_errors == 1 {
            let unit = pos2(name.right() + space::XS, at.y);
            text(unit, Align2::LEFT_TOP, "per pixel", tokens.text_dim);
        }
        at.y += layout.line_height;
    }
}

/// A strip from −1 (too little ink) to 1 (too much).
fn difference_legend(ui: &Ui, at: egui::Pos2, layout: &DigitLayout) {
    let tokens = theme::tokens_of(ui);
    let painter = ui.painter();
    let dark = ui.visuals().dark_mode;
    let strip = Rect::from_min_size(at, vec2(layout.label_width - space::L, 5.0));
    let halves = [
        (
            Rect::from_min_max(strip.min, strip.center_bottom()),
            -1.0,
            0.0,
        ),
        (Rect::from_min_max(strip.center_top(), strip.max), 0.0, 1.0),
    ];
    for (rect, from, to) in halves {
        let ends = [from, to].map(|value| theme::diverging(dark, value));
        painter.add(Shape::gradient_rect(
            rect,
            egui::Direction::LeftToRight,
            ends,
        ));
    }
    painter.rect_stroke(
        strip,
        0.0,
        Stroke::new(1.0, tokens.border),
        StrokeKind::Outside,
    );
    let font = theme::text::SMALL.resolve(ui.style());
    for (place, anchor, label) in [
        (strip.left_bottom(), Align2::LEFT_TOP, "−1"),
        (strip.center_bottom(), Align2::CENTER_TOP, "0"),
        (strip.right_bottom(), Align2::RIGHT_TOP, "+1"),
    ] {
        painter.text(place, anchor, label, font.clone(), tokens.text_dim);
    }
}

/// Draws the pictures of one digit with its class above.
pub fn pictures(
    ui: &Ui,
    layout: &DigitLayout,
    atlas: &TileAtlas,
    digit: usize,
    class: &str,
    hovered: bool,
) {
    let tokens = theme::tokens_of(ui);
    let painter = ui.painter();
    let border = if hovered {
        tokens.accent
    } else {
        tokens.border
    };
    for row in 0..layout.n_rows {
        let rect = layout.picture(row, digit);
        let (atlas_row, column) = atlas_place(layout, row, digit);
        atlas.paint(painter, rect, atlas_row, column);
        painter.rect_stroke(rect, 0.0, Stroke::new(1.0, border), StrokeKind::Outside);
    }
    let at = pos2(
        layout.picture(0, digit).center().x,
        layout.digit(digit).top(),
    );
    let font = theme::text::SMALL.resolve(ui.style());
    let width = layout.digit(digit).width();
    let mut job = LayoutJob::simple_singleline(class.to_owned(), font, tokens.text);
    job.wrap = TextWrapping::truncate_at_width(width);
    let galley = painter.layout_job(job);
    let left = at.x - galley.size().x / 2.0;
    painter.galley(pos2(left, at.y), galley, tokens.text);
}

/// Row and column of a picture in the atlas: the bands follow each other.
#[must_use]
pub fn atlas_place(layout: &DigitLayout, row: usize, digit: usize) -> (usize, usize) {
    let band = digit / layout.n_columns;
    (band * layout.n_rows + row, digit % layout.n_columns)
}

/// Draws the errors of one digit as numbers and, where there is room, as a bar; `share` is its part of the
/// largest error shown.
pub fn errors(ui: &Ui, layout: &DigitLayout, digit: usize, texts: &[String], share: f32) {
    let tokens = theme::tokens_of(ui);
    let painter = ui.painter();
    let picture = layout.picture(0, digit);
    let band = digit / layout.n_columns;
    let font = theme::text::SMALL.resolve(ui.style());
    let mut top = pos2(picture.center().x, layout.errors_top(band));
    for text in texts {
        painter.text(top, Align2::CENTER_TOP, text, font.clone(), tokens.text);
        top.y += layout.line_height;
    }
    // Of two errors, bars would say which is which no better than the numbers.
    if layout.bar_height > 0.0 && layout.n_errors == 1 {
        let room = layout.bar_height - space::XS;
        let bottom = painter.round_to_pixel_center(layout.band_bottom(band));
        let height = (room * share.clamp(0.0, 1.0)).max(1.0);
        let half = 0.25 * picture.width();
        let (min, max) = (vec2(-half, -height), vec2(half, 0.0));
        let base = pos2(picture.center().x, bottom);
        let bar = Rect::from_min_max(base + min, base + max);
        painter.rect_filled(bar, 1.0, theme::faint(tokens.accent, 0.6));
        painter.hline(picture.x_range(), bottom, Stroke::new(1.0, tokens.border));
    }
}
