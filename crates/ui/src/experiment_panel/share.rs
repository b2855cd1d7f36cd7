//! The experiment as a short text, to and from the clipboard.

use egui::{Button, Ui};
use egui_material_icons::MaterialIcon;
use egui_material_icons::icons::{ICON_CONTENT_COPY, ICON_CONTENT_PASTE};

use crate::shortcuts::{ShortcutAction, key_of};
use crate::theme;
use crate::{Action, KeepAction};

/// Size of the icons, in points.
pub(super) const ICON: f32 = 14.0;

/// Adds both buttons from right to left.
pub(super) fn buttons(ui: &mut Ui, actions: &mut Vec<Action>) {
    let keys = key_of(ui.ctx(), ShortcutAction::Paste);
    let mut button = |icon: MaterialIcon, name: &str, help: &str| {
        let color = theme::tokens_of(ui).text_dim;
        let button = Button::new(icon.rich_text().size(ICON).color(color));
        ui.add(button.frame_when_inactive(false))
            .on_hover_text(help)
            .accessible_name(name)
            .clicked()
    };
    let pastes = button(
        ICON_CONTENT_PASTE,
        "Paste experiment",
        &format!("Reads the experiment from the clipboard; {keys} anywhere does the same"),
    );
    let copies = button(
        ICON_CONTENT_COPY,
        "Copy experiment",
        "Copies the experiment to the clipboard as short text, to share with others or for `hourglass train --experiment`",
    );
    if pastes {
        actions.push(KeepAction::AskForExperiment.into());
    }
    if copies {
        actions.push(KeepAction::CopyExperiment.into());
    }
}
