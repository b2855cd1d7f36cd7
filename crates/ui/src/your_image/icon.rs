//! The icons of this panel, and a button of one of them.

use egui::{Button, Ui};

pub use egui_material_icons::icons::{
    ICON_ADD as ADD, ICON_CLOSE as REMOVE, ICON_DELETE as CLEAR, ICON_DELETE_SWEEP as CLEAR_ALL,
    ICON_REDO as REDO, ICON_UNDO as UNDO,
};

use crate::theme;

pub(super) fn icon_button(
    ui: &mut Ui,
    icon: egui_material_icons::MaterialIcon,
    name: &str,
    help: &str,
    is_enabled: bool,
) -> bool {
    let button = Button::new(theme::icon(icon)).small().frame(false);
    let response = ui
        .add_enabled(is_enabled, button)
        .on_hover_text(help)
        .on_disabled_hover_text(help);
    response.accessible_name(name).clicked()
}
