//! The banner under the top bar when the worker is gone.

use egui::{Align, Frame, Label, Layout, Panel, Ui};
use egui_material_icons::icons::ICON_ERROR;

use super::card::NOTE_MARGIN;
use super::{Action, theme};
use crate::state::LabState;

/// Says that the worker crashed, why, and offers another one; nothing while all is well.
pub fn crash(ui: &mut Ui, state: &LabState, actions: &mut Vec<Action>) {
    let Some(message) = &state.crash else {
        return;
    };
    let t = theme::tokens_of(ui);
    let frame = Frame::new().fill(t.error_soft).inner_margin(NOTE_MARGIN);
    Panel::top("crash-banner")
        .frame(frame)
        .show_separator_line(false)
        .show(ui, |ui| {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let restart = ui.button("Restart").on_hover_text(
                    "Starts another training thread with the same data and recipe; the weights are lost",
                );
                if restart.clicked() {
                    actions.push(Action::RestartWorker);
                }
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    ui.label(theme::icon(ICON_ERROR).color(t.error));
                    let text = format!("The training thread crashed: {message}");
                    ui.add(Label::new(text).wrap());
                });
            });
        });
}
