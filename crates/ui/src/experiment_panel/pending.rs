//! The bar that says that a preset or other changes wait for a new model.

use egui::{Button, Frame, Label, Panel, RichText, Ui};

use super::editor::Editor;
use crate::Action;
use crate::card::NOTE_MARGIN;
use crate::theme::{self, space};
use hourglass_experiment::Experiment;
use hourglass_state::{LabState, title};

/// Shows the bar at the bottom of the space that is left, so that no control moves while it is dragged.
pub(super) fn pinned(ui: &mut Ui, editor: &Editor<'_>, actions: &mut Vec<Action>) {
    let frame = Frame::new().inner_margin(egui::Margin {
        top: space::S as i8,
        ..egui::Margin::ZERO
    });
    Panel::bottom("pending")
        .frame(frame)
        .resizable(false)
        .show_separator_line(false)
        .show(ui, |ui| show(ui, editor, actions));
}

fn show(ui: &mut Ui, editor: &Editor<'_>, actions: &mut Vec<Action>) {
    let t = theme::tokens_of(ui);
    let is_valid = editor.problems.is_empty();
    Frame::new()
        .fill(t.warning_soft)
        .corner_radius(6)
        .inner_margin(NOTE_MARGIN)
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            let words = RichText::new(what_waits(editor.state, &editor.draft));
            let words = words.font(theme::medium(theme::text::size::BODY));
            ui.add(Label::new(words).wrap());
            if let Some(run) = &editor.state.run {
                let summary = run.experiment.architecture.summary();
                let goes_on = format!("The model so far: {}, {summary}", title(run));
                ui.add(Label::new(theme::dim(ui, &goes_on)).truncate())
                    .on_hover_text(goes_on);
            }
            ui.horizontal(|ui| {
                let apply = ui
                    .add_enabled(is_valid, Button::new("Apply"))
                    .on_hover_text(
                        "Starts a new model with all changes. The one so far can be brought back",
                    )
                    .on_disabled_hover_text("First correct the settings marked above");
                if apply.clicked() {
                    actions.push(Action::ApplyDraft);
                }
                let undo = ui
                    .button("Undo changes")
                    .on_hover_text("Back to the experiment of the model so far, which stays");
                if undo.clicked() {
                    actions.push(Action::DiscardDraft);
                }
            });
        });
}

fn what_waits(state: &LabState, draft: &Experiment) -> String {
    match draft.preset {
        Some(id) if state.waits_whole => {
            format!("“{}” starts once it is applied", id.preset().title)
        }
        _ => "Changes need a new model".to_owned(),
    }
}
