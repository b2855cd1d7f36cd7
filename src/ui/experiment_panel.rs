//! The recipe: preset, data, architecture, objective, training, and the formula they add up to.

mod architecture;
mod controls;
mod data;
mod formula;
mod objective;
mod pending;
mod preset;
mod training;

use egui::{ScrollArea, Ui};
use serde::{Deserialize, Serialize};

use super::{Action, card};
use crate::experiment::{Experiment, InvalidExperiment};
use crate::protocol::Phase;
use crate::state::{DraftStatus, LabState};

/// The panel of the recipe.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ExperimentPanel {}

/// The draft while its controls are drawn.
struct Editor<'a> {
    state: &'a LabState,
    /// The draft with what the controls of this frame changed.
    draft: Experiment,
    /// Everything wrong with the draft as it was before this frame.
    problems: Vec<InvalidExperiment>,
}

impl ExperimentPanel {
    /// Draws the panel.
    pub fn ui(&mut self, ui: &mut Ui, state: &LabState, actions: &mut Vec<Action>) {
        let Self {} = self;
        let mut editor = Editor {
            state,
            draft: state.draft.clone(),
            problems: state.draft_problems(),
        };
        let trailing = |ui: &mut Ui| preset::modified_mark(ui, state, actions);
        let mut wishes = Vec::new();
        card::card(ui, "Experiment", trailing, |ui| {
            if waits_for_new_model(state) {
                pending::show(ui, &editor, &mut wishes);
            }
            formula::pinned(ui, state, |ui| {
                ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
                    ui.spacing_mut().item_spacing.y = 2.0; // all of it fits into a window of 800 points
                    ui.add_space(1.0); // the first edge is not cut
                    preset::show(ui, &editor, &mut wishes);
                    data::show(ui, state, &mut wishes);
                    architecture::show(ui, &mut editor);
                    objective::show(ui, &mut editor);
                    training::show(ui, &mut editor);
                });
            });
        });
        if editor.draft != state.draft {
            actions.push(Action::Edit(Box::new(editor.draft)));
        }
        actions.append(&mut wishes);
    }
}

/// Whether the draft needs a new model and there is training to lose. A run without any training follows
/// the draft by itself.
fn waits_for_new_model(state: &LabState) -> bool {
    let has_trained = state.run.as_ref().is_some_and(|run| {
        let is_current = run.id == state.current_run();
        is_current && (run.step > 0 || run.phase != Phase::Ready)
    });
    has_trained && state.draft_status() == DraftStatus::NeedsNewModel
}
