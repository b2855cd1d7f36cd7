//! The experiment: preset, data, architecture, objective, training, plan, and the formula they add up to.

mod architecture;
mod controls;
mod course;
mod data;
mod editor;
mod find;
pub(super) mod formula;
mod now;
mod objective;
mod penalties;
mod pending;
mod plan;
mod preset;
pub mod rail;
mod rows;
mod section;
mod share;
mod training;

use egui::{ScrollArea, Ui};
use serde::{Deserialize, Serialize};

use self::editor::Editor;
use self::section::{Folds, Heading};
use super::segmented::{Segment, segmented};
use super::theme::space;
use super::{Action, card};
use hourglass_experiment::field;
use hourglass_state::LabState;

pub(super) use self::architecture::{COSTS_HELP, costs_text};
pub use self::find::Control;

/// The panel of the experiment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ExperimentPanel {
    folds: Folds,
    /// Whether all settings are shown, and not the few that a beginner needs.
    shows_all: bool,
    /// Whether it is folded into a rail, which leaves the views more room.
    pub is_folded: bool,
    /// Whether the experiment is that of a comparison run: its digits are those of the run it is compared with.
    #[serde(skip)]
    is_of_comparison: bool,
    /// A control that is asked for and not found yet.
    #[serde(skip)]
    search: Option<Control>,
}

impl ExperimentPanel {
    /// The panel of the experiment of a comparison run.
    #[must_use]
    pub fn of_comparison() -> Self {
        Self {
            is_of_comparison: true,
            shows_all: true,
            ..Self::default()
        }
    }

    /// Shows a control and gives it the focus, or the one that has to be set before it is there.
    pub fn find(&mut self, control: Control) {
        self.search = Some(control);
        self.is_folded = false;
    }

    /// Draws the panel; that of a comparison run is only drawn while its experiment is chosen.
    pub fn ui(&mut self, ui: &mut Ui, state: &LabState, actions: &mut Vec<Action>) {
        let Self {
            folds,
            shows_all,
            is_of_comparison,
            search,
            is_folded: _,
        } = self;
        let is_of_comparison = *is_of_comparison;
        let (draft, run) = match &state.comparison_draft {
            Some(draft) if is_of_comparison => (draft, None), // its run is yet to come
            _ => (&state.draft, state.run.as_ref()),
        };
        if let Some(search) = search {
            *shows_all |= !search.is_basic();
            folds.open(search.section());
            search.seek(ui.ctx());
        }
        let mut editor = Editor {
            state,
            draft: draft.clone(),
            problems: draft.problems(),
        };
        let trailing = |ui: &mut Ui| {
            if !is_of_comparison {
                rail::fold_button(ui, actions);
                share::buttons(ui, actions);
            }
            preset::modified_mark(ui, draft, actions);
        };
        let mut pushed = Vec::new();
        let title = if is_of_comparison {
            "Experiment of B"
        } else {
            "Experiment"
        };
        card::card(ui, title, trailing, |ui| {
            formula::pinned(ui, draft, run, |ui| {
                if !is_of_comparison && state.waits_for_new_model() {
                    pending::pinned(ui, &editor, &mut pushed);
                }
                ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
                    ui.spacing_mut().item_spacing.y = 2.0; // the usual sections fit into 800 points
                    ui.add_space(1.0); // the first edge is not cut
                    preset::show(ui, &editor, &mut pushed);
                    if !is_of_comparison {
                        folds.show(ui, &data::heading(state), |ui| {
                            data::show(ui, state, &mut pushed);
                        });
                    }
                    if !is_of_comparison {
                        extent(ui, shows_all);
                    }
                    if *shows_all {
                        sections(ui, folds, &mut editor);
                    } else {
                        basic(ui, &mut editor, shows_all);
                    }
                });
            });
        });
        *search = search.and_then(|search| search.end_seeking(ui.ctx()));
        if search.is_some() {
            ui.ctx().request_repaint();
        }
        if editor.draft != *draft {
            actions.push(Action::Edit(Box::new(editor.draft)));
        }
        actions.append(&mut pushed);
    }
}

/// The heading and the rows of a section.
type Part = (fn(&Editor<'_>) -> Heading, fn(&mut Ui, &mut Editor<'_>));

/// Chooses between the few settings and all of them.
fn extent(ui: &mut Ui, shows_all: &mut bool) {
    let choices = [
        Segment {
            value: false,
            text: "Basic",
            help: "The settings that say most about what an autoencoder learns",
        },
        Segment {
            value: true,
            text: "All settings",
            help: "Architecture, objective, penalties, training and plan in full",
        },
    ];
    ui.add_space(space::S);
    if let Some(chosen) = segmented(ui, "Settings", *shows_all, &choices) {
        *shows_all = chosen;
    }
    ui.add_space(space::XS);
}

/// The few settings; where another one is wrong, the way to it.
fn basic(ui: &mut Ui, editor: &mut Editor<'_>, shows_all: &mut bool) {
    for field in field::fields().filter(|field| field.is_basic) {
        rows::setting(ui, editor, field);
    }
    let is_elsewhere = editor.problems.iter().any(|problem| {
        let at = problem.said_at();
        at.iter().any(|(field, _)| !field.is_basic)
    });
    if is_elsewhere {
        controls::problem(ui, "A setting that is not shown here needs attention");
        *shows_all |= ui.button("Show all settings").clicked();
    }
}

fn sections(ui: &mut Ui, folds: &mut Folds, editor: &mut Editor<'_>) {
    let parts: [Part; 5] = [
        (architecture::heading, architecture::show),
        (objective::heading, objective::show),
        (penalties::heading, penalties::show),
        (training::heading, training::show),
        (plan::heading, plan::show),
    ];
    for (heading, show) in parts {
        folds.show(ui, &heading(editor), |ui| show(ui, editor));
    }
    ui.add_space(4.0); // the last edge is not cut
}
