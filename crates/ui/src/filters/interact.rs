//! Choosing a tile with the keyboard.

use egui::{EventFilter, Id, Key, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo};

use crate::theme;

/// Where a tile stands.
#[must_use]
pub fn place_of(order: &[usize], tile: usize) -> Option<usize> {
    order.iter().position(|&found| found == tile)
}

/// The tiles as a whole, which the keyboard reaches.
#[must_use]
pub fn keyboard(ui: &Ui, id: Id, visible: Rect, name: &str) -> Response {
    let whole = ui.interact(visible, id, Sense::click());
    whole.widget_info(|| WidgetInfo::labeled(Role::Group, ui.is_enabled(), name));
    if whole.has_focus() {
        let arrows = EventFilter {
            horizontal_arrows: true,
            vertical_arrows: true,
            ..EventFilter::default()
        };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(id, arrows));
        let stroke = Stroke::new(1.0, theme::tokens_of(ui).accent);
        ui.painter()
            .rect_stroke(visible, 2.0, stroke, StrokeKind::Outside);
    }
    whole
}

/// Moves the choice with the arrow keys, and says whether it did.
pub fn follow_arrows(
    ui: &Ui,
    n_columns: usize,
    order: &[usize],
    chosen: &mut Option<usize>,
) -> bool {
    let pressed = |key| ui.input(|input| input.key_pressed(key));
    let line = isize::try_from(n_columns).unwrap_or(isize::MAX);
    let delta = if pressed(Key::ArrowRight) {
        1
    } else if pressed(Key::ArrowLeft) {
        -1
    } else if pressed(Key::ArrowDown) {
        line
    } else if pressed(Key::ArrowUp) {
        -line
    } else {
        return false;
    };
    let before = chosen.and_then(|tile| place_of(order, tile));
    let moved = |place: usize| place.checked_add_signed(delta).unwrap_or(place);
    let after = before.map_or(0, moved).min(order.len().saturating_sub(1));
    *chosen = order.get(after).copied();
    true
}
