//! Every control of the window has a name and a hover text, in every menu and view, for every kind of experiment.

use std::collections::BTreeSet;

use egui::Key;
use egui::accesskit::Role;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use hourglass::experiment::field::{self, Kind};
use hourglass::experiment::{
    Corruption, Experiment, Half, PresetId, Prior, Sparsity, Target, Variational,
};
use hourglass::protocol::{DataStage, DatasetProgress, Event};
use hourglass::ui::Pane;
use hourglass::ui::Sheet;
use hourglass::ui::experiment_panel::Control;
use hourglass::ui::{Action, GuideAction};

use super::stage::Stage;
use crate::panels_views::script;

/// Does what a control would, without the control.
pub fn act(stage: &mut Stage, action: impl Into<Action>) {
    let ctx = stage.harness.ctx.clone();
    let app = stage.harness.state_mut().as_mut().expect("it was opened");
    app.perform(&ctx, action.into());
    stage.step();
}

/// What a person can operate.
fn is_control(role: Role) -> bool {
    matches!(
        role,
        Role::Button
            | Role::Slider
            | Role::SpinButton
            | Role::ComboBox
            | Role::CheckBox
            | Role::RadioButton
            | Role::TextInput
            | Role::DisclosureTriangle
            | Role::Link
    )
}

/// Controls on the screen without a name, or without a hover text, each with where it was seen.
fn lacking(stage: &Stage, place: &str, found: &mut BTreeSet<String>) -> usize {
    let mut n_controls = 0;
    for node in stage.harness.root().children_recursive() {
        let node = node.accesskit_node();
        if !is_control(node.role()) {
            continue;
        }
        n_controls += 1;
        let name = node.label().unwrap_or_default();
        if name.starts_with("Scroll tabs") {
            continue; // the arrows that come where tabs have no room: their name says what they do
        }
        if name.trim().is_empty() {
            found.insert(format!("a {:?} without a name, {place}", node.role()));
        } else if node.description().unwrap_or_default().trim().is_empty() {
            found.insert(format!(
                "{:?} “{name}” without a hover text, {place}",
                node.role()
            ));
        }
    }
    n_controls
}

/// A window in mid-run, with something in every view.
fn busy(experiment: &Experiment) -> Stage {
    let mut stage = Stage::ready();
    act(&mut stage, Action::Edit(Box::new(experiment.clone())));
    stage.answer_start();
    stage.train();
    let run = stage.run();
    let evaluation = script::evaluation(1, 0.01, &experiment.objective.terms(), 0.02);
    stage.report(Event::Evaluated { run, evaluation });
    stage.step();
    stage
}

fn assert_nothing_lacks(found: &BTreeSet<String>) {
    let all: Vec<&str> = found.iter().map(String::as_str).collect();
    assert!(
        all.is_empty(),
        "{} lack something:\n{}",
        all.len(),
        all.join("\n")
    );
}

#[test]
fn every_control_of_every_view_and_menu_has_a_name_and_a_hover_text() {
    let mut stage = busy(&PresetId::Sparse64.preset().experiment());
    let mut found = BTreeSet::new();
    for pane in Pane::ALL {
        act(&mut stage, GuideAction::LookAt(pane));
        let n_controls = lacking(&stage, pane.title(), &mut found);
        assert!(n_controls > 30, "{}: only {n_controls}", pane.title());
    }
    let menus = [
        "Step menu",
        "Export",
        "View",
        "Help",
        "Run menu",
        "Device: CPU (flex)",
    ];
    for menu in menus {
        stage.click(menu);
        lacking(&stage, menu, &mut found);
        stage.press(Key::Escape);
    }
    for menu in ["preset", "data set", "optimizer", "corruption"] {
        let open = stage.harness.get_by_role_and_label(Role::ComboBox, menu);
        open.click_accesskit();
        stage.step();
        lacking(&stage, menu, &mut found);
        stage.press(Key::Escape);
    }
    for sheet in [Sheet::Understand, Sheet::Lessons] {
        act(&mut stage, GuideAction::ShowSheet(Some(sheet)));
        lacking(&stage, sheet.title(), &mut found);
    }
    act(&mut stage, GuideAction::ShowSheet(None));
    for (place, action) in [
        ("the log", GuideAction::ShowLog(true).into()),
        ("the shortcuts", Action::ShowHelp(true)),
    ] {
        act(&mut stage, action);
        lacking(&stage, place, &mut found);
    }
    act(&mut stage, Action::ShowHelp(false));
    act(&mut stage, GuideAction::ShowCommands(true));
    lacking(&stage, "the search", &mut found);
    act(&mut stage, GuideAction::ShowCommands(false));
    act(&mut stage, Action::ShowExport(None));
    lacking(&stage, "the export", &mut found);
    assert_nothing_lacks(&found);
}

/// Where there is little room, rows of choices fold into menus, and buttons show icons alone.
#[test]
fn controls_of_a_small_window_have_names_and_hover_texts_too() {
    let start = hourglass::app::StartOptions::default();
    let mut stage = Stage::open_with(start, None, egui::vec2(900.0, 600.0));
    stage.get_ready();
    stage.train();
    let mut found = BTreeSet::new();
    for pane in Pane::ALL {
        act(&mut stage, GuideAction::LookAt(pane));
        lacking(&stage, pane.title(), &mut found);
    }
    act(&mut stage, GuideAction::ShowSheet(Some(Sheet::Understand)));
    lacking(&stage, "Understand", &mut found);
    assert_nothing_lacks(&found);
}

#[test]
fn every_control_of_every_experiment_has_a_name_and_a_hover_text() {
    let mut found = BTreeSet::new();
    let mut stage = Stage::ready();
    let mut experiments: Vec<Experiment> = PresetId::ALL
        .map(|id| id.preset().experiment())
        .into_iter()
        .collect();
    let vanilla = || PresetId::Vanilla64.preset().experiment();
    let mut half = vanilla();
    half.target = Target::WholeFromHalf { hidden: Half::Left };
    half.corruption = Corruption::Gaussian { sigma: 0.3 };
    half.test_noise = Some(0.5);
    let mut turned = PresetId::Vae20.preset().experiment();
    turned.target = Target::UprightFromRotated { degrees: 30.0 };
    turned.objective.reconstruction = hourglass::experiment::Reconstruction::Mse;
    turned.objective.prior = Prior::Variational(Variational::PLAIN);
    turned.objective.sparsity = Sparsity::L1 { weight: 1e-3 };
    experiments.extend([half, turned]);
    for experiment in experiments {
        act(&mut stage, Action::Edit(Box::new(experiment.clone())));
        let fold = ["Data", "Penalties", "Plan"];
        for section in fold {
            let heading = stage
                .harness
                .get_by_role_and_label(Role::DisclosureTriangle, section);
            if heading.accesskit_node().data().is_expanded() == Some(false) {
                heading.click_accesskit();
                stage.step();
            }
        }
        let place = experiment.preset.map_or("own", |id| id.name());
        lacking(&stage, place, &mut found);
    }
    assert_nothing_lacks(&found);
}

#[test]
fn what_is_there_at_times_has_a_name_and_a_hover_text() {
    let mut found = BTreeSet::new();
    let mut stage = Stage::open();
    lacking(&stage, "before anything", &mut found);
    stage.report(Event::DatasetProgress(DatasetProgress {
        stage: DataStage::Reading,
        fraction: Some(0.5),
        detail: "half".to_owned(),
    }));
    stage.step();
    lacking(&stage, "while loading", &mut found);
    stage.get_ready();
    stage.train();
    let mut draft = stage.app().state().draft.clone();
    if let Some(dense) = draft.architecture.as_dense_mut() {
        dense.code = 8;
    }
    act(&mut stage, Action::Edit(Box::new(draft)));
    lacking(&stage, "while a new model waits", &mut found);
    act(
        &mut stage,
        GuideAction::StartLesson(hourglass::ui::lessons::LessonId::Bottleneck),
    );
    lacking(&stage, "in a lesson", &mut found);
    let message = "gone".to_owned();
    stage.report(Event::Failed(
        hourglass::protocol::Failure::WorkerPanicked { message },
    ));
    stage.step();
    lacking(&stage, "after a crash", &mut found);
    assert_nothing_lacks(&found);
}

/// Names that the control of a setting may have: its own, that of the box that switches it on, that of its first
/// number, or that of the button that adds one.
fn names_of(control: Control) -> Vec<String> {
    let mut names = vec![control.name().to_owned()];
    let Control::Setting(field) = control else {
        return names;
    };
    match field.kind {
        Kind::Number(number) => names.extend(number.optional.map(|o| o.switch.to_owned())),
        Kind::List(_) if *field == field::LAYER_EPOCHS => names.push("layer 1 epochs".to_owned()),
        Kind::List(_) if *field == field::LAYER_CORRUPTION => {
            names.push("layer 1 corruption ν".to_owned());
        }
        Kind::List(list) => {
            let item = list.item_label;
            names.extend([format!("{item} 1"), format!("Add {item}")]);
        }
        Kind::Choice(_) | Kind::Flag | Kind::Layers | Kind::Seed => {}
    }
    names
}

/// The name of what has the focus once a control was looked for.
fn focused_after(stage: &mut Stage, control: Control) -> Option<String> {
    act(stage, GuideAction::Find(control));
    stage.harness.run_steps(10);
    let root = stage.harness.root();
    let mut nodes = root.children_recursive();
    let focused = nodes.find(egui_kittest::Node::is_focused);
    focused.and_then(|node| node.accesskit_node().label())
}

/// Searching for a setting leads to its control, or to the one that has to be set first: of a capacity that rises, the
/// prior before the capacity.
#[test]
fn every_control_that_can_be_searched_for_is_found() {
    let mut missing = Vec::new();
    for control in Control::all() {
        let label = focused_after(&mut Stage::ready(), control);
        let mut names = names_of(control);
        let needed = std::iter::successors(control.needs(), |needed| needed.needs());
        names.extend(needed.flat_map(names_of));
        if !label.as_ref().is_some_and(|label| names.contains(label)) {
            missing.push(format!("{}: the focus is on {label:?}", control.name()));
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

/// Where an experiment has a setting, its own control is there and is found.
#[test]
fn every_setting_of_an_experiment_has_a_control() {
    let mut missing = Vec::new();
    let mut seen = BTreeSet::new();
    for id in [
        PresetId::DenoiseConv32,
        PresetId::DenoiseDense,
        PresetId::Sparse64,
        PresetId::SparseKl64,
        PresetId::Vae20,
        PresetId::AaeMixture,
        PresetId::StackedDenoising,
    ] {
        let mut stage = Stage::ready();
        act(&mut stage, Action::ChoosePreset(id));
        stage.answer_start();
        let draft = stage.app().state().draft.clone();
        for field in field::fields().filter(|field| field.is_shown(&draft)) {
            if field.why_idle(&draft).is_some() {
                continue; // greyed: it leads to the one that brings it
            }
            if !seen.insert(field.label) {
                continue;
            }
            let control = Control::Setting(field);
            let label = focused_after(&mut stage, control);
            if !label
                .as_ref()
                .is_some_and(|label| names_of(control).contains(label))
            {
                missing.push(format!("{id}, {field:?}: the focus is on {label:?}"));
            }
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
    assert!(seen.len() > 30, "{seen:?}");
}

#[test]
fn the_experiment_folds_into_a_rail_and_a_search_brings_it_back() {
    let mut stage = Stage::ready();
    let middle = |stage: &Stage| {
        let text = stage.harness.get_by_label_contains("Not trained yet");
        text.rect().center().x
    };
    let before = middle(&stage);
    stage.click("Fold the experiment away");
    assert!(!stage.has("learning rate"), "the settings are away");
    assert!(middle(&stage) < before - 100.0, "the views have their room");
    assert!(stage.has("784-64-784"), "the rail says which network it is");
    stage.press(Key::F4);
    assert!(stage.has("learning rate"));
    stage.press(Key::F4);
    let is_rate = |control: &Control| matches!(control, Control::Setting(field) if field.label == "learning rate");
    let mut controls = Control::all();
    let rate = controls.find(is_rate).expect("it has a control");
    act(&mut stage, GuideAction::Find(rate));
    assert!(stage.has("learning rate"), "what is looked for is seen");
}
