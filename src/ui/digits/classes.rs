//! How well each class is rebuilt, as bars that lead to its images.

use egui::{Align2, Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use crate::experiment::N_CLASSES;
use crate::protocol::{ClassErrors, ErrorView};
use crate::ui::number;
use crate::ui::plot::{heading, note};
use crate::ui::theme::{self, space};

use super::error_text;

/// Share of its column that a bar is wide.
const BAR: f32 = 0.62;

/// Draws a bar for each class into the room there is; tells which class was clicked.
pub fn show(ui: &mut Ui, view: &ErrorView) -> Option<u8> {
    heading(
        ui,
        "MSE per pixel, mean over the test images of each class",
        |_| {},
    );
    let line = ui.text_style_height(&theme::text::SMALL) + 1.0;
    let room = ui.available_rect_before_wrap();
    ui.advance_cursor_after_rect(room);
    let largest = view.classes.iter().map(|class| class.mse_per_pixel);
    let largest = largest.fold(0.0, f32::max).max(f32::MIN_POSITIVE);
    // Values above the bars, classes below.
    let bars = Rect::from_min_max(
        room.min + vec2(0.0, line + space::XS),
        room.max - vec2(0.0, line + space::XS),
    );
    let height_of = |mse: f32| (bars.height().max(0.0) * mse / largest).max(1.0);
    let tokens = theme::tokens_of(ui);
    let painter = ui.painter();
    let baseline = Stroke::new(1.0, tokens.border);
    painter.hline(
        room.x_range(),
        painter.round_to_pixel_center(bars.bottom()),
        baseline,
    );
    let y = painter.round_to_pixel_center(bars.bottom() - height_of(view.mse_per_pixel));
    let ends = [pos2(room.left(), y), pos2(room.right(), y)];
    let stroke = Stroke::new(1.0, tokens.text_dim);
    painter.extend(egui::Shape::dashed_line(&ends, stroke, 5.0, 4.0));
    let mut clicked = None;
    for class in &view.classes {
        let column = column(room, class.class);
        if column_ui(ui, class, column, bars, height_of(class.mse_per_pixel)) {
            clicked = Some(class.class);
        }
    }
    clicked
}

/// The column of a class, from top to bottom.
fn column(room: Rect, class: u8) -> Rect {
    #[expect(clippy::cast_precision_loss, reason = "ten classes")]
    let width = room.width() / N_CLASSES as f32;
    let left = room.left() + f32::from(class) * width;
    Rect::from_min_max(pos2(left, room.top()), pos2(left + width, room.bottom()))
}

/// One class; tells whether it was clicked.
fn column_ui(ui: &Ui, class: &ClassErrors, column: Rect, bars: Rect, height: f32) -> bool {
    let id = ui.scope_id().with(("class error", class.class));
    let response = ui.interact(column, id, Sense::click());
    let figure = number::five_digits(f64::from(class.mse_per_pixel));
    let n = number::count_of(class.n_samples);
    let name = format!(
        "errors of class {}, MSE {figure} per pixel, {n} test images",
        class.class
    );
    response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), &name));
    let tokens = theme::tokens_of(ui);
    let painter = ui.painter();
    let is_hot = response.hovered() || response.has_focus();
    if is_hot {
        painter.rect_filled(column, 4.0, tokens.control_hover);
    }
    let middle = column.center().x;
    let half = 0.5 * BAR * column.width();
    let top = bars.bottom() - height;
    let bar = Rect::from_min_max(pos2(middle - half, top), pos2(middle + half, bars.bottom()));
    let opacity = if is_hot { 0.9 } else { 0.6 };
    painter.rect_filled(bar, 1.0, theme::faint(tokens.accent, opacity));
    let small = theme::text::SMALL.resolve(ui.style());
    let decimals = if column.width() < 44.0 { 3 } else { 4 };
    let at = pos2(middle, top - 1.0);
    let figure_text = error_text(class.mse_per_pixel, decimals);
    note(
        ui,
        painter,
        at,
        Align2::CENTER_BOTTOM,
        &figure_text,
        tokens.text,
    );
    painter.text(
        pos2(middle, bars.bottom() + 2.0),
        Align2::CENTER_TOP,
        class.class.to_string(),
        small,
        tokens.text,
    );
    let clicked = response.clicked();
    response.on_hover_ui(|ui| {
        ui.label(theme::title(ui, format!("class {}", class.class)));
        ui.label(format!("MSE {figure} per pixel"));
        ui.label(theme::dim(ui, format!("over {n} test images")));
        ui.label(theme::dim(ui, "Click to see those that are rebuilt worst"));
    });
    clicked
}
