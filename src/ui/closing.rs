//! The question before the window closes over a run that was not saved.

use egui::{Id, Label, Modal, Ui};

use super::theme::{self, space};
use super::{Action, CloseAnswer, KeepAction};
use crate::state::LabState;

/// Width of the question, in points.
const WIDTH: f32 = 340.0;

/// Asks, while the window is to be closed.
pub fn ask(ui: &Ui, state: &LabState, actions: &mut Vec<Action>) {
    if !state.keep.asks_before_closing {
        return;
    }
    let frame = egui::Frame::popup(ui.style())
        .inner_margin(20)
        .corner_radius(12);
    let step = state.run.as_ref().map_or(0, |run| run.step);
    let modal = Modal::new(Id::unique("closing")).frame(frame);
    let modal = modal.show(ui.ctx(), |ui| {
        ui.set_width(WIDTH);
        ui.heading("Save the run?");
        ui.add_space(space::XS);
        let text = format!("What it learned in {step} steps is not saved");
        ui.add(Label::new(theme::dim(ui, text)).wrap());
        ui.add_space(space::M);
        ui.horizontal(|ui| {
            for (name, help, answer) in [
                (
                    "Save",
                    "Writes the run's folder, then closes the window",
                    CloseAnswer::Save,
                ),
                (
                    "Don't save",
                    "Closes the window; the weights are lost",
                    CloseAnswer::Discard,
                ),
                ("Cancel", "The window stays open", CloseAnswer::Stay),
            ] {
                if ui.button(name).on_hover_text(help).clicked() {
                    actions.push(KeepAction::Close(answer).into());
                }
            }
        });
    });
    if modal.should_close() {
        actions.push(KeepAction::Close(CloseAnswer::Stay).into());
    }
}
