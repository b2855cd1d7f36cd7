//! The legend of signed colours: which colour stands for which value.

use egui::{Align2, Direction, Rect, Role, Sense, Shape, Stroke, StrokeKind, Ui, WidgetInfo, vec2};

use super::theme;

/// Size of the legend, in points.
pub const SIZE: egui::Vec2 = vec2(150.0, 22.0);

/// Draws a strip from the negative end through 0 to the positive end, with the values below.
pub fn show(ui: &mut Ui, ends: [&str; 2], what: &str) {
    let tokens = theme::tokens_of(ui);
    let dark = ui.visuals().dark_mode;
    let (rect, response) = ui.allocate_exact_size(SIZE, Sense::hover());
    let label = format!(
        "Colours: {} is blue, 0 the background, {} red",
        ends[0], ends[1]
    );
    response.widget_info(|| WidgetInfo::labeled(Role::Image, ui.is_enabled(), &label));
    let strip = Rect::from_min_size(rect.min + vec2(0.0, 2.0), vec2(rect.width(), 6.0));
    let halves = [
        (strip.with_max_x(strip.center().x), [-1.0, 0.0]),
        (strip.with_min_x(strip.center().x), [0.0, 1.0]),
    ];
    let painter = ui.painter();
    for (half, values) in halves {
        let colors = values.map(|value| theme::diverging(dark, value));
        painter.add(Shape::gradient_rect(half, Direction::LeftToRight, colors));
    }
    let border = Stroke::new(1.0, tokens.border);
    painter.rect_stroke(strip, 0.0, border, StrokeKind::Outside);
    let font = theme::text::SMALL.resolve(ui.style());
    let places = [
        (strip.left_bottom(), Align2::LEFT_TOP, ends[0]),
        (strip.center_bottom(), Align2::CENTER_TOP, "0"),
        (strip.right_bottom(), Align2::RIGHT_TOP, ends[1]),
    ];
    for (at, anchor, text) in places {
        painter.text(at, anchor, text, font.clone(), tokens.text_dim);
    }
    response.on_hover_text(what);
}
