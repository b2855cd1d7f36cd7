//! The legend of the scatter: which classes are shown.

use egui::{Rect, Ui, vec2};

use crate::experiment::N_CLASSES;
use crate::ui::legend::{self, Entry};
use crate::ui::theme;

use super::filter::ClassFilter;
use super::marker::MarkerAtlas;

/// The ten classes; a click hides or shows one, a double click shows it alone.
pub fn show(ui: &mut Ui, filter: &mut ClassFilter, markers: &mut MarkerAtlas) {
    const RADIUS: f32 = 5.0;
    let dark = ui.visuals().dark_mode;
    let texture = markers.prepare(ui.ctx(), "legend markers", RADIUS * ui.pixels_per_point());
    let half = markers.half_side(RADIUS);
    ui.spacing_mut().interact_size.y = legend::HEIGHT;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(0.0, 0.0);
        for class in (0_u8..).take(N_CLASSES) {
            let entry = Entry {
                name: &format!("show class {class}"),
                text: &class.to_string(),
                figure: "",
                on: filter.shows(class),
                mark_width: 2.0 * RADIUS,
            };
            let response = entry.show(ui, |painter, mark, opacity| {
                let rect = Rect::from_center_size(mark.center(), vec2(2.0 * half, 2.0 * half));
                let color = theme::faint(theme::class_color(dark, class), opacity);
                painter.image(texture, rect, MarkerAtlas::uv(class), color);
            });
            if response.double_clicked() {
                filter.isolate(class);
            } else if response.clicked() {
                filter.toggle(class);
            }
            response.on_hover_text("Click to hide or show, double-click to show this class alone");
        }
    });
}
