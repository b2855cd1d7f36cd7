//! What stands around the pictures of the manifold: the caption, the axes, and one picture enlarged.

use egui::{
    Align2, Label, PopupAnchor, Rect, Role, Sense, Tooltip, Ui, UiBuilder, Vec2, WidgetInfo, pos2,
    vec2,
};

use super::tiles::PictureTable;
use super::words;
use crate::decoded::{self, DecodedPictures};
use crate::number;
use crate::theme::{self, space};
use hourglass_protocol::DecodedView;

/// The line above the pictures: where the codes are from, and the step.
pub fn caption(ui: &mut Ui, room: Rect, view: &DecodedView) {
    let [short, full] = words::origin(view);
    let text = format!("{short} · step {}", number::count(view.step));
    let text = theme::dim(ui, text);
    let line = room.with_max_y(room.top() + ui.text_style_height(&theme::text::SMALL));
    let mut line = ui.new_child(UiBuilder::new().max_rect(line));
    line.add(Label::new(text).truncate()).on_hover_text(full);
}

/// Titles and the first, middle and last place of both axes.
pub fn axes(ui: &Ui, table: &PictureTable, view: &DecodedView, [xs, ys]: [&[f32]; 2]) {
    let tokens = theme::tokens_of(ui);
    let painter = ui.painter();
    let font = theme::text::SMALL.resolve(ui.style());
    let rect = table.rect();
    let [x_title, _] = words::axis_titles(&view.found);
    let ends = |places: &[f32]| match places {
        [first, .., last] => vec![(0, *first), (places.len() - 1, *last)],
        [only] => vec![(0, *only)],
        [] => Vec::new(),
    };
    let text =
        |at, anchor, text: String, color| painter.text(at, anchor, text, font.clone(), color);
    for (column, at) in ends(xs) {
        let center = table.tile(column).center().x;
        let anchor = match column {
            0 if xs.len() > 1 => Align2::LEFT_TOP,
            _ => Align2::RIGHT_TOP,
        };
        let x = if column == 0 {
            rect.left().min(center)
        } else {
            rect.right()
        };
        text(
            pos2(x, rect.bottom() + 2.0),
            anchor,
            decoded::value(at),
            tokens.text_dim,
        );
    }
    let below = rect.center_bottom() + vec2(0.0, 2.0);
    text(below, Align2::CENTER_TOP, x_title, tokens.text_dim);
    if ys.len() < 2 {
        return;
    }
    for (row, at) in ends(ys) {
        let (y, anchor) = if row == 0 {
            (rect.bottom(), Align2::RIGHT_BOTTOM)
        } else {
            (rect.top(), Align2::RIGHT_TOP)
        };
        text(
            pos2(rect.left() - space::XS, y),
            anchor,
            decoded::value(at),
            tokens.text_dim,
        );
    }
    let [_, short] = words::axis_names(&view.found);
    let beside = rect.left_center() - vec2(space::XS, 0.0);
    text(beside, Align2::RIGHT_CENTER, short, tokens.text_dim);
}

/// One picture, larger, with its code.
pub fn tooltip(ui: &Ui, pictures: &DecodedPictures, view: &DecodedView, idx: usize, tile: Rect) {
    /// Side of the picture, in points: four for each pixel.
    const SIDE: f32 = 112.0;
    let id = ui.scope_id().with("manifold tooltip");
    Tooltip::always_open(
        ui.ctx().clone(),
        ui.layer_id(),
        id,
        PopupAnchor::ParentRect(tile),
    )
    .gap(6.0)
    .show(|ui| {
        let (rect, response) = ui.allocate_exact_size(Vec2::splat(SIDE), Sense::hover());
        let (lines, note) = words::code_lines(view, idx);
        let label = format!("decoded {}", lines.join(", "));
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &label));
        pictures.paint(ui.painter(), rect, idx);
        decoded::frame(ui, rect);
        for line in lines {
            ui.add(Label::new(theme::figure(ui, line)).extend());
        }
        if let Some(note) = note {
            ui.set_max_width(1.4 * SIDE);
            ui.add(Label::new(theme::dim(ui, note)).wrap());
        }
    });
}
