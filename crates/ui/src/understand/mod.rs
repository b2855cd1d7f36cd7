//! The page about a preset: what it is, its formula with the values in use, what to look for, and what it should
//! reach compared with what the run in progress has reached.

mod figures;
mod look_for;

use egui::{Button, Frame, Label, Margin, Stroke, Ui};
use egui_material_icons::icons::{ICON_SCHOOL, ICON_UNDO, ICON_VISIBILITY};

use super::experiment_panel::{COSTS_HELP, costs_text, formula};
use super::theme::{self, space};
use super::{Action, GuideAction, lessons};
use super::{Sheet, sheet};
use hourglass_experiment::{Preset, PresetId, differences};
use hourglass_state::LabState;

pub use look_for::look_for;

/// Size of the formula's letters, in points.
const FORMULA: f32 = 17.0;

/// Shows the page about the draft's preset.
pub fn show(ui: &Ui, state: &LabState, actions: &mut Vec<Action>) {
    let mut pushed = Vec::new();
    sheet::show(ui, Sheet::Understand, actions, |ui| {
        page(ui, state, &mut pushed);
    });
    actions.append(&mut pushed);
}

fn page(ui: &mut Ui, state: &LabState, actions: &mut Vec<Action>) {
    let preset = state.draft.preset.map(PresetId::preset);
    if let Some(preset) = preset {
        sheet::title(ui, preset.title);
        sheet::paragraph(ui, preset.about);
    } else {
        sheet::title(ui, "A custom experiment");
        let text = "It is not based on a preset, so there are no published results to compare with";
        sheet::paragraph(ui, text);
    }
    objective(ui, state);
    if let Some(preset) = preset {
        ui.add(Label::new(theme::dim(ui, format!("After {}", preset.source))).wrap());
        what_to_look_for(ui, preset.id, state, actions);
        sheet::heading(ui, "Expected results on MNIST");
        figures::show(ui, state, preset, actions);
        what_differs(ui, state, preset, actions);
        variants(ui, preset.id, actions);
        lessons_about(ui, preset.id, actions);
    }
    ui.add_space(space::L);
}

/// The formula, and what the network costs.
fn objective(ui: &mut Ui, state: &LabState) {
    sheet::heading(ui, "What training minimises");
    let t = theme::tokens_of(ui);
    Frame::new()
        .fill(t.plot)
        .stroke(Stroke::new(1.0, t.border))
        .corner_radius(6)
        .inner_margin(Margin::symmetric(12, 10))
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            formula::formula(ui, &state.draft, FORMULA);
        });
    ui.add(Label::new(theme::dim(ui, formula::help(&state.draft))).wrap());
    ui.add_space(space::XS);
    let layers = state.draft.architecture.summary();
    ui.add(Label::new(theme::figure(ui, layers)).wrap())
        .on_hover_text("Units from the image to its reconstruction");
    ui.add(Label::new(costs_text(&state.draft)).wrap())
        .on_hover_text(COSTS_HELP);
}

fn what_to_look_for(ui: &mut Ui, preset: PresetId, state: &LabState, actions: &mut Vec<Action>) {
    sheet::heading(ui, "What to look for");
    for (pane, words) in look_for(preset) {
        ui.horizontal_wrapped(|ui| {
            let title = pane.title_of(state);
            let look = ui
                .add(Button::new((theme::icon(ICON_VISIBILITY), title)).small())
                .on_hover_text("Brings this view to the front")
                .accessible_name(format!("Look at {title}"));
            if look.clicked() {
                actions.push(GuideAction::LookAt(*pane).into());
            }
        });
        sheet::paragraph(ui, words);
        ui.add_space(2.0);
    }
}

/// Settings that are not the preset's, with the way back.
fn what_differs(ui: &mut Ui, state: &LabState, preset: &Preset, actions: &mut Vec<Action>) {
    sheet::heading(ui, "What differs from the preset");
    let found = differences(&preset.experiment(), &state.draft);
    if found.is_empty() {
        let text = format!("Nothing; the seed is {}", state.draft.seed);
        ui.label(theme::dim(ui, text));
        return;
    }
    for difference in &found {
        let text = format!(
            "{}: {} → {}",
            difference.field.label, difference.before, difference.after
        );
        ui.add(Label::new(text).wrap());
    }
    let back = ui
        .add(Button::new((theme::icon(ICON_UNDO), "Back to the preset")))
        .on_hover_text("Restores these settings; the seed is kept")
        .accessible_name("Back to the preset");
    if back.clicked() {
        actions.push(Action::ChoosePreset(preset.id));
    }
}

/// The preset that this one varies, and its other variants.
fn variants(ui: &mut Ui, shown: PresetId, actions: &mut Vec<Action>) {
    let original = shown.original();
    let mut others = [original]
        .into_iter()
        .chain(original.variants())
        .filter(|id| *id != shown)
        .peekable();
    if others.peek().is_none() {
        return;
    }
    sheet::heading(ui, "The same in another way");
    for id in others {
        let preset = id.preset();
        let choose = ui
            .add(Button::new(preset.title))
            .on_hover_text(format!("{}\n\nExpected: {}", preset.about, preset.expected))
            .accessible_name(format!("Preset: {}", preset.title));
        if choose.clicked() {
            actions.push(Action::ChoosePreset(id));
        }
    }
}

fn lessons_about(ui: &mut Ui, preset: PresetId, actions: &mut Vec<Action>) {
    let mut about = lessons::ALL
        .iter()
        .filter(|lesson| lesson.presets().any(|used| used == preset))
        .peekable();
    if about.peek().is_none() {
        return;
    }
    sheet::heading(ui, "Lessons with this preset");
    for lesson in about {
        let start = ui
            .add(Button::new((theme::icon(ICON_SCHOOL), lesson.title)))
            .on_hover_text(lesson.about)
            .accessible_name(format!("Lesson: {}", lesson.title));
        if start.clicked() {
            actions.push(GuideAction::StartLesson(lesson.id).into());
        }
    }
}
