//! The help menu.

use egui::{Button, Popup, RectAlign, Ui};
use egui_material_icons::icons::ICON_HELP;

use crate::Sheet;
use crate::shortcuts::{ShortcutAction, key_of};
use crate::theme;
use crate::tour::{self, Place};
use crate::{Action, GuideAction};

/// Width of the menu, in points.
const WIDTH: f32 = 220.0;

/// Shows the button with its menu.
pub(super) fn show(ui: &mut Ui, actions: &mut Vec<Action>) {
    let button = ui
        .add(Button::new(theme::icon(ICON_HELP)).frame_when_inactive(false))
        .on_hover_text("Understand the preset, lessons, search, manual, shortcuts")
        .accessible_name("Help");
    tour::note(ui.ctx(), Place::Help, button.rect);
    Popup::menu(&button)
        .align(RectAlign::BOTTOM_END)
        .show(|ui| menu(ui, actions));
}

fn menu(ui: &mut Ui, actions: &mut Vec<Action>) {
    ui.set_width(WIDTH);
    let entries: [(&str, ShortcutAction, &str, Action); 5] = [
        (
            "Understand the preset",
            ShortcutAction::Understand,
            "What it is, its formula, what to look for, and its expected and actual results",
            GuideAction::ShowSheet(Some(Sheet::Understand)).into(),
        ),
        (
            "Lessons",
            ShortcutAction::Lessons,
            "Six guided lessons that set the controls and say what to try",
            GuideAction::ShowSheet(Some(Sheet::Lessons)).into(),
        ),
        (
            "Search everything…",
            ShortcutAction::Commands,
            "Find any command, preset, view or setting by a few letters",
            GuideAction::ShowCommands(true).into(),
        ),
        (
            "Manual and shortcuts",
            ShortcutAction::Help,
            "First steps, every key, and the pages of the manual",
            Action::ShowHelp(true),
        ),
        (
            "Log",
            ShortcutAction::Log,
            "Messages, warnings and errors, with their times",
            GuideAction::ShowLog(true).into(),
        ),
    ];
    for (name, shortcut_action, help, action) in entries {
        let key = key_of(ui.ctx(), shortcut_action);
        let entry = ui
            .add(Button::new(name).right_text(theme::dim(ui, key)))
            .on_hover_text(help)
            .accessible_name(name);
        if entry.clicked() {
            actions.push(action);
        }
    }
    let tour = ui
        .add(Button::new("Tour of the window"))
        .on_hover_text("Five places to know, each with a few words")
        .accessible_name("Tour of the window");
    if tour.clicked() {
        actions.push(GuideAction::Tour(Some(0)).into());
    }
}
