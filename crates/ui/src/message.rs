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

/// A message as a sentence: errors begin in lower case, to stand behind others. The name of a file or a setting that it
/// begins with stays as it is.
pub(super) fn capitalized(text: &str) -> String {
    let word = text.split_whitespace().next().unwrap_or_default();
    let is_name = word
        .trim_end_matches(['.', ':', ','])
        .contains(['.', '/', '\\']);
    let mut chars = text.chars();
    match chars.next() {
        Some(first) if !is_name => first.to_uppercase().chain(chars).collect(),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_begins_with_a_capital_and_a_name_as_it_is() {
        for (text, expected) in [
            ("the device failed", "The device failed"),
            ("done.", "Done."),
            (
                "run.hourglass cannot be read",
                "run.hourglass cannot be read",
            ),
            ("t.gz: it is damaged", "t.gz: it is damaged"),
            ("a/b: no folder", "a/b: no folder"),
            ("", ""),
        ] {
            assert_eq!(capitalized(text), expected);
        }
    }
}
