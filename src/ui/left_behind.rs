//! The bar that offers a run which a window did not get to saving before it crashed.

use egui::{Align, Frame, Label, Layout, Panel, Ui};
use egui_material_icons::icons::ICON_HISTORY;

use super::card::NOTE_MARGIN;
use super::{Action, KeepAction, theme};
use crate::state::LabState;

/// Offers to open the run or to forget it; nothing while there is none.
pub fn offer(ui: &mut Ui, state: &LabState, actions: &mut Vec<Action>) {
    let Some(folder) = &state.keep.left_behind else {
        return;
    };
    let t = theme::tokens_of(ui);
    let frame = Frame::new().fill(t.warning_soft).inner_margin(NOTE_MARGIN);
    Panel::top("left-behind")
        .frame(frame)
        .show_separator_line(false)
        .show(ui, |ui| {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let forget = ui
                    .button("Forget it")
                    .on_hover_text("Removes what was kept of that run");
                if forget.clicked() {
                    actions.push(KeepAction::ForgetLeftBehind.into());
                }
                let open = ui.button("Open it").on_hover_text(
                    "Goes on where that run was when it was last kept, at most a minute before its end",
                );
                if open.clicked() {
                    actions.push(KeepAction::Open(folder.clone()).into());
                }
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    ui.label(theme::icon(ICON_HISTORY).color(t.warning));
                    let text = "A run was not saved when Hourglass last ended";
                    ui.add(Label::new(text).wrap());
                });
            });
        });
}
