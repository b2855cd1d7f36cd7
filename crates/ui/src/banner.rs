//! The banner under the top bar when the worker is gone, and the bars above the views when something is wrong
//! with the model.

use egui::accesskit::{Live, Role};
use egui::{Align, Button, Frame, Label, Layout, Panel, Ui, vec2};
use egui_material_icons::icons::{ICON_CLOSE, ICON_ERROR, ICON_WARNING};

use super::card::NOTE_MARGIN;
use super::message::capitalized;
use super::theme::space;
use super::{Action, KeepAction, theme};
use hourglass_protocol::{Diagnosis, RunId};
use hourglass_state::LabState;

/// Says what is wrong with the model, a bar for each diagnosis. One that was dismissed stays away as long as it
/// lasts in this run.
#[derive(Debug, Default)]
pub struct Diagnoses {
    dismissed: Vec<(RunId, &'static str)>,
}

impl Diagnoses {
    /// Draws the bars one below the other; nothing while all is well.
    pub fn ui(&mut self, ui: &mut Ui, state: &LabState, _actions: &mut Vec<Action>) {
        let Self { dismissed } = self;
        let Some(run) = &state.run else { return };
        let is_there = |&(of, key): &(RunId, &str)| {
            of == run.id
                && run
                    .diagnoses()
                    .iter()
                    .any(|diagnosis| diagnosis.key() == key)
        };
        dismissed.retain(is_there);
        for diagnosis in run.diagnoses() {
            let key = (run.id, diagnosis.key());
            if !dismissed.contains(&key) && bar(ui, diagnosis) {
                dismissed.push(key);
            }
        }
    }
}

/// One diagnosis; tells whether it was dismissed.
fn bar(ui: &mut Ui, diagnosis: &Diagnosis) -> bool {
    let t = theme::tokens_of(ui);
    let frame = Frame::new()
        .fill(t.warning_soft)
        .stroke(egui::Stroke::new(1.0, theme::faint(t.warning, 0.5)))
        .corner_radius(8)
        .inner_margin(NOTE_MARGIN);
    let shown = frame.show(ui, |ui| {
        ui.spacing_mut().item_spacing = vec2(space::S, 0.0);
        ui.spacing_mut().interact_size.y = 0.0; // bars as high as their text
        ui.with_layout(Layout::right_to_left(Align::Min), |ui| {
            let close = Button::new(theme::icon(ICON_CLOSE)).frame(false);
            let closed = ui
                .add(close)
                .on_hover_text("Hides this until it happens again; it stays in the log")
                .accessible_name(format!("Dismiss {}", diagnosis.key()))
                .clicked();
            ui.with_layout(Layout::left_to_right(Align::Min), |ui| {
                ui.label(theme::icon(ICON_WARNING).color(t.warning));
                let text = capitalized(&diagnosis.to_string());
                let said = ui.add(Label::new(text.clone()).wrap().selectable(true));
                ui.ctx().accesskit_node_builder(said.id, |node| {
                    node.set_role(Role::Status); // a screen reader tells of it as it comes
                    node.set_live(Live::Polite);
                    node.set_label(text);
                });
            });
            closed
        })
        .inner
    });
    ui.add_space(space::GAP);
    shown.inner
}

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
                    "Starts another training thread with the same data and experiment; the weights are lost",
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

/// Says that a crash would lose the run, why, and what to do; nothing while runs are backed up.
pub fn not_backed_up(ui: &mut Ui, state: &LabState, actions: &mut Vec<Action>) {
    let Some(trouble) = &state.keep.trouble else {
        return;
    };
    let t = theme::tokens_of(ui);
    let frame = Frame::new().fill(t.warning_soft).inner_margin(NOTE_MARGIN);
    Panel::top("not-backed-up")
        .frame(frame)
        .show_separator_line(false)
        .show(ui, |ui| {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let save = ui
                    .add_enabled(state.run.is_some(), Button::new("Save run"))
                    .on_hover_text(
                        "Saves the run in its folder, or asks for one. The backup is retried every minute",
                    );
                if save.clicked() {
                    actions.push(KeepAction::Save.into());
                }
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    ui.label(theme::icon(ICON_WARNING).color(t.warning));
                    ui.add(Label::new(trouble.as_str()).wrap().selectable(true));
                });
            });
        });
}
