//! Train or pause, step, reset, new seed.

use std::num::NonZeroU64;

use egui::{Button, CornerRadius, DragValue, Popup, PopupCloseBehavior, Response, Ui, vec2};
use egui_material_icons::MaterialIcon;
use egui_material_icons::icons::{
    ICON_ARROW_DROP_DOWN, ICON_CASINO, ICON_PAUSE, ICON_PLAY_ARROW, ICON_RESTART_ALT,
    ICON_SKIP_NEXT,
};

use super::TopBar;
use crate::shortcuts::{ShortcutAction, key_of};
use crate::tour::{self, Place};
use crate::{Action, theme};
use hourglass_protocol::Phase;
use hourglass_state::LabState;

/// Batches of the middle step.
const TEN: NonZeroU64 = NonZeroU64::new(10).expect("ten is not zero");
/// Most epochs a step can train.
const MAX_STEP_EPOCHS: u64 = 1000;

impl TopBar {
    pub(super) fn run_controls(
        &mut self,
        ui: &mut Ui,
        state: &LabState,
        is_narrow: bool,
        actions: &mut Vec<Action>,
    ) {
        let has_run = state.run.is_some() && state.crash.is_none();
        ui.add_enabled_ui(has_run, |ui| {
            train_or_pause(ui, state, actions);
            self.step(ui, is_narrow, actions);
            let reset = tool(ui, ICON_RESTART_ALT, "Reset", is_narrow).on_hover_text(format!(
                "Starts over from the same initial weights, with the experiment in use ({})",
                key_of(ui.ctx(), ShortcutAction::Reset)
            ));
            if reset.clicked() {
                actions.push(Action::Reset);
            }
            let seed = state.run.as_ref().map_or(0, |run| run.experiment.seed);
            let new_seed = tool(ui, ICON_CASINO, "New seed", is_narrow).on_hover_text(format!(
                "Starts over from different random initial weights ({}). The current seed is {seed}",
                key_of(ui.ctx(), ShortcutAction::NewSeed)
            ));
            if new_seed.clicked() {
                actions.push(Action::NewSeed);
            }
        });
    }

    /// A button for one batch, and beside it a menu of longer steps.
    fn step(&mut self, ui: &mut Ui, is_narrow: bool, actions: &mut Vec<Action>) {
        let gap = std::mem::replace(&mut ui.spacing_mut().item_spacing.x, 0.0);
        let left = CornerRadius {
            ne: 0,
            se: 0,
            ..CornerRadius::same(5)
        };
        let right = CornerRadius {
            nw: 0,
            sw: 0,
            ..CornerRadius::same(5)
        };
        let step = ui
            .add(tool_button(ICON_SKIP_NEXT, "Step", is_narrow).corner_radius(left))
            .on_hover_text(format!(
                "Trains one batch, then pauses ({})",
                key_of(ui.ctx(), ShortcutAction::StepBatch)
            ))
            .accessible_name("Step");
        ui.add_space(-1.0); // the two share an edge
        ui.spacing_mut().item_spacing.x = gap;
        let arrow = Button::new(theme::icon(ICON_ARROW_DROP_DOWN))
            .corner_radius(right)
            .min_size(vec2(20.0, 0.0));
        let arrow = ui
            .scope(|ui| {
                ui.spacing_mut().button_padding.x = 1.0;
                ui.add(arrow)
            })
            .inner
            .on_hover_text("Longer steps: ten batches, one epoch, several epochs")
            .accessible_name("Step menu");
        if step.clicked() {
            actions.push(Action::StepBatches(NonZeroU64::MIN));
        }
        Popup::menu(&arrow)
            .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
            .show(|ui| self.step_menu(ui, actions));
    }

    fn step_menu(&mut self, ui: &mut Ui, actions: &mut Vec<Action>) {
        let mut chosen = None;
        for (text, shortcut_action, action) in [
            (
                "1 batch",
                Some(ShortcutAction::StepBatch),
                Action::StepBatches(NonZeroU64::MIN),
            ),
            ("10 batches", None, Action::StepBatches(TEN)),
            (
                "1 epoch",
                Some(ShortcutAction::StepEpoch),
                Action::StepEpochs(NonZeroU64::MIN),
            ),
        ] {
            let key = shortcut_action.map_or_else(String::new, |shortcut_action| {
                key_of(ui.ctx(), shortcut_action)
            });
            let button = Button::new(text).right_text(theme::dim(ui, key));
            let response = ui
                .add(button)
                .on_hover_text("Trains for this long, then pauses")
                .accessible_name(text);
            if response.clicked() {
                chosen = Some(action);
            }
        }
        ui.separator();
        ui.horizontal(|ui| {
            ui.reset_style(); // a field and a button, not lines of a menu
            let field = DragValue::new(&mut self.step_epochs)
                .range(1..=MAX_STEP_EPOCHS)
                .suffix(" epochs");
            ui.add(field)
                .on_hover_text(format!(
                    "Epochs of the longest step, 1 to {MAX_STEP_EPOCHS}"
                ))
                .accessible_name("epochs of a step");
            let several = ui
                .button("Go")
                .on_hover_text("Trains this many epochs, then pauses")
                .accessible_name("Step several epochs");
            if several.clicked() {
                chosen = NonZeroU64::new(self.step_epochs).map(Action::StepEpochs);
            }
        });
        if let Some(action) = chosen {
            actions.push(action);
            ui.close();
        }
    }
}

/// The one button with a fill: the thing to press.
fn train_or_pause(ui: &mut Ui, state: &LabState, actions: &mut Vec<Action>) {
    let is_training = state.is_training();
    let applies = state.waits_for_new_model() && state.draft_problems().is_empty();
    let (icon, name) = match (is_training, applies) {
        (true, _) => (ICON_PAUSE, "Pause"),
        (false, true) => (ICON_PLAY_ARROW, "Apply and train"),
        (false, false) => (ICON_PLAY_ARROW, "Train"),
    };
    let help = match state.phase() {
        _ if is_training => "Stops after the current batch; the weights are kept",
        _ if applies => {
            "Trains a new model of the experiment on the left; the one so far can be brought back"
        }
        Some(Phase::Finished { .. }) => "Trains for the same number of epochs again",
        _ => "Trains until the target number of epochs",
    };
    let response = ui
        .scope(|ui| {
            theme::bright(ui);
            let label = egui::RichText::new(name).font(theme::semibold(theme::text::size::BODY));
            ui.add(Button::new((theme::icon(icon), label)).min_size(vec2(88.0, 28.0)))
        })
        .inner
        .on_hover_text(format!(
            "{help} ({})",
            key_of(ui.ctx(), ShortcutAction::TrainOrPause)
        ))
        .accessible_name(name);
    tour::note(ui.ctx(), Place::Train, response.rect);
    if response.clicked() {
        let action = if is_training {
            Action::Pause
        } else {
            Action::Train
        };
        actions.push(action);
    }
}

fn tool(ui: &mut Ui, icon: MaterialIcon, name: &str, is_narrow: bool) -> Response {
    ui.add(tool_button(icon, name, is_narrow))
        .accessible_name(name)
}

fn tool_button(icon: MaterialIcon, name: &str, is_narrow: bool) -> Button<'_> {
    if is_narrow {
        Button::new(theme::icon(icon))
    } else {
        Button::new((theme::icon(icon), name))
    }
}
