//! Comparing two runs: the dialog for the second experiment, and the strip that shows how both are doing.

use egui::{Align, Button, Frame, Id, Label, Layout, Margin, Modal, Panel, Ui, vec2};
use egui_material_icons::icons::ICON_COMPARE_ARROWS;

use super::action::{Action, CompareAction};
use super::experiment_panel::ExperimentPanel;
use super::number;
use super::theme::{self, space};
use hourglass_experiment::Experiment;
use hourglass_state::{LabState, RunState, difference, title};

/// Width of the dialog, in points.
const WIDTH: f32 = 360.0;
/// Height of the experiment in the dialog, in points, where the window has that much.
const EDITOR_HEIGHT: f32 = 520.0;
/// What the dialog needs beside the experiment, in points.
const AROUND_EDITOR: f32 = 220.0;

/// Height of a line of the strip, in points.
const LINE: f32 = 24.0;

/// Lets a person make the experiment of B, while one is chosen.
pub fn dialog(ui: &Ui, state: &LabState, panel: &mut ExperimentPanel, actions: &mut Vec<Action>) {
    let (Some(run), Some(draft)) = (&state.run, &state.comparison_draft) else {
        return;
    };
    let frame = Frame::popup(ui.style()).inner_margin(16).corner_radius(12);
    let height = (ui.ctx().content_rect().height() - AROUND_EDITOR).clamp(200.0, EDITOR_HEIGHT);
    let modal = Modal::new(Id::unique("compare")).frame(frame);
    let shown = modal.show(ui.ctx(), |ui| {
        ui.set_width(WIDTH);
        ui.heading("Compare with another experiment");
        let text = "B is trained alongside the current run, A: on the same images, for as many steps, and from the \
                    same seed unless you change it";
        ui.add(Label::new(theme::dim(ui, text)).wrap());
        ui.add_space(space::S);
        let mut pushed = Vec::new();
        ui.allocate_ui(vec2(WIDTH, height), |ui| {
            ui.set_min_size(vec2(WIDTH, height));
            panel.ui(ui, state, &mut pushed);
        });
        for action in pushed {
            actions.extend(edit(action, draft));
        }
        ui.add_space(space::S);
        let words = difference(draft, &run.experiment);
        let is_same = words.is_empty();
        let words = if is_same {
            "B is the same as A: change something".to_owned()
        } else {
            format!("B: {words}")
        };
        ui.add(Label::new(words).truncate());
        ui.add_space(space::S);
        buttons(ui, draft, is_same)
    });
    let closes = shown.should_close().then_some(CompareAction::Cancel);
    actions.extend(shown.inner.or(closes).map(Action::from));
}

fn buttons(ui: &mut Ui, draft: &Experiment, is_same: bool) -> Option<CompareAction> {
    let is_valid = draft.problems().is_empty();
    let mut chosen = None;
    ui.horizontal(|ui| {
        let start = ui
            .add_enabled(is_valid && !is_same, Button::new("Start comparison"))
            .on_hover_text(
                "Creates a second model. B trains whenever A does; if A is ahead, B catches up first",
            )
            .on_disabled_hover_text(if is_valid {
                "First change something about B: it is still the same as A"
            } else {
                "First correct the settings marked above"
            });
        if start.clicked() {
            chosen = Some(CompareAction::Start);
        }
        let cancel = ui.button("Cancel").on_hover_text("The run continues alone");
        if cancel.clicked() {
            chosen = Some(CompareAction::Cancel);
        }
    });
    chosen
}

/// What an action about the draft means for the experiment of B, `draft`; `None` if it means nothing.
fn edit(action: Action, draft: &Experiment) -> Option<Action> {
    let edited = match action {
        Action::Edit(edited) => edited,
        Action::ChoosePreset(id) => Box::new(Experiment {
            seed: draft.seed,
            ..id.preset().experiment()
        }),
        _ => return None,
    };
    Some(CompareAction::Edit(edited).into())
}

/// Says how both runs are doing, and offers to continue with either; nothing while one is trained alone.
pub fn strip(ui: &mut Ui, state: &LabState, actions: &mut Vec<Action>) {
    let (Some(run), Some(comparison)) = (&state.run, &state.comparison) else {
        return;
    };
    let tokens = theme::tokens_of(ui);
    let frame = Frame::new()
        .fill(tokens.panel)
        .stroke(egui::Stroke::new(1.0, tokens.border))
        .inner_margin(Margin::symmetric(10, 3));
    let own = title(run);
    let other = state.comparison_difference().unwrap_or_default();
    Panel::top("comparison")
        .frame(frame)
        .show_separator_line(false)
        .show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            for (name, what, run, keep) in [
                ("A", own, run, CompareAction::KeepA),
                ("B", other, comparison, CompareAction::KeepB),
            ] {
                if line(ui, name, &what, run) {
                    actions.push(keep.into());
                }
            }
        });
}

/// One run; returns whether to continue with it alone.
fn line(ui: &mut Ui, name: &str, what: &str, run: &RunState) -> bool {
    let size = vec2(ui.available_width(), LINE);
    let layout = Layout::right_to_left(Align::Center);
    let shown = ui.allocate_ui_with_layout(size, layout, |ui| {
        ui.spacing_mut().interact_size.y = 20.0;
        ui.spacing_mut().button_padding.y = 1.0;
        let keep = ui.button(format!("Keep {name}")).on_hover_text(format!(
            "Ends the comparison and continues with {name}; the other stays in the loss plot as a ghost"
        ));
        ui.add_space(space::S);
        for (width, text) in figures(run).into_iter().rev() {
            let size = vec2(width, LINE);
            ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), |ui| {
                ui.set_min_width(width);
                ui.add(Label::new(theme::figure(ui, text)).extend());
            });
        }
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            let tokens = theme::tokens_of(ui);
            let color = if name == "A" {
                tokens.run_a
            } else {
                tokens.run_b
            };
            ui.label(theme::icon(ICON_COMPARE_ARROWS).color(color));
            ui.label(theme::title(ui, name).color(color));
            let text = format!("{name}: {what}");
            let label = Label::new(what).truncate();
            ui.add(label).on_hover_text(text);
        });
        keep.clicked()
    });
    shown.inner
}

/// Steps, speed and error, each with the width of its column in points.
fn figures(run: &RunState) -> [(f32, String); 3] {
    let speed = run.speed.images_per_sec;
    let error = run.evaluation.as_ref().map(|found| found.mse_per_pixel);
    [
        (110.0, format!("step {}", number::count(run.step))),
        (
            110.0,
            if speed > 0.0 {
                number::rate(speed)
            } else {
                String::new()
            },
        ),
        (
            220.0,
            error.map_or(String::new(), |mse| {
                format!("test MSE {} per pixel", number::five_digits(mse))
            }),
        ),
    ]
}
