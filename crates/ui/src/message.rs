//! How a message is shown: its sign, and its text as a sentence.

use egui::{Color32, Ui};
use egui_material_icons::MaterialIcon;
use egui_material_icons::icons::{ICON_ERROR, ICON_INFO, ICON_WARNING};

use super::theme;
use hourglass_state::NoticeLevel;

/// The sign of a level, and its colour.
pub(super) fn icon_of(ui: &Ui, level: NoticeLevel) -> (MaterialIcon, Color32) {
    let t = theme::tokens_of(ui);
    match level {
        NoticeLevel::Info => (ICON_INFO, t.text_dim),
        NoticeLevel::Warning => (ICON_WARNING, t.warning),
        NoticeLevel::Error => (ICON_ERROR, t.error),
    }
}

/// A message as a sentence: errors begin in lower case, to stand behind others.
pub(super) fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}
