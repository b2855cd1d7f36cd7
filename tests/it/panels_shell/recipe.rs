//! The experiment panel: what is live, what waits for a new model, what is refused.

use egui::accesskit::Role;
use egui_kittest::kittest::Queryable as _;
use hourglass::experiment::{
    Architecture, Corruption, Experiment, OutputActivation, PresetId, Reconstruction,
};
use hourglass::protocol::Command;
use hourglass::ui::Action;

use super::stage::Stage;

/// Does what a control would, without the control.
fn wish(stage: &mut Stage, action: Action) {
    let ctx = stage.harness.ctx.clone();
    let app = stage.harness.state_mut().as_mut().expect("it was opened");
    app.perform(&ctx, action);
    stage.step();
}

fn edited(stage: &Stage, change: impl FnOnce(&mut Experiment)) -> Action {
    let mut draft = stage.app().state().draft.clone();
    change(&mut draft);
    Action::Edit(Box::new(draft))
}

fn code_of(experiment: &mut Experiment) -> &mut usize {
    let Architecture::Dense(dense) = &mut experiment.architecture;
    &mut dense.code
}

#[test]
fn the_learning_rate_reaches_the_run_while_it_trains() {
    let mut stage = Stage::training();
    stage.type_into("learning rate", "0.01");
    let commands = stage.commands();
    let [Command::Tune(recipe)] = &commands[..] else {
        panic!("one recipe: {commands:?}");
    };
    assert!((recipe.optimizer.learning_rate() - 0.01).abs() < 1e-12);
    assert!(!stage.has("Changes need a new model"));
}

#[test]
fn the_slider_of_the_learning_rate_can_be_moved() {
    let mut stage = Stage::training();
    let slider = stage
        .harness
        .get_by_role_and_label(Role::Slider, "learning rate");
    slider.set_value_accesskit(0.1);
    stage.step();
    let commands = stage.commands();
    assert!(
        matches!(&commands[..], [Command::Tune(recipe)] if (recipe.optimizer.learning_rate() - 0.1).abs() < 1e-9),
        "{commands:?}"
    );
}

#[test]
fn another_code_size_waits_for_apply() {
    let mut stage = Stage::training();
    stage.type_into("code size", "16");
    assert_eq!(stage.commands(), []);
    assert!(stage.has("Changes need a new model"));
    stage.click("Apply (discards training)");
    let commands = stage.commands();
    let [Command::StartRun { experiment, .. }, Command::Train] = &commands[..] else {
        panic!("a run that goes on training: {commands:?}");
    };
    assert_eq!(experiment.architecture.code_size(), 16);
}

#[test]
fn discard_brings_the_recipe_of_the_run_back() {
    let mut stage = Stage::training();
    let before = stage.app().state().draft.clone();
    stage.type_into("code size", "16");
    stage.click("Discard");
    assert_eq!(stage.app().state().draft, before);
    assert!(!stage.has("Changes need a new model"));
    assert_eq!(stage.commands(), []);
}

#[test]
fn an_untouched_run_follows_the_draft_at_once() {
    let mut stage = Stage::ready();
    stage.type_into("code size", "16");
    let commands = stage.commands();
    assert!(
        matches!(&commands[..], [Command::StartRun { experiment, .. }] if experiment.architecture.code_size() == 16),
        "{commands:?}"
    );
    assert!(!stage.has("Apply (discards training)"));
}

#[test]
fn models_do_not_queue_while_one_is_being_made() {
    let mut stage = Stage::ready();
    for size in [10, 20, 30] {
        let action = edited(&stage, |draft| *code_of(draft) = size);
        wish(&mut stage, action);
    }
    let sizes = |commands: &[Command]| -> Vec<usize> {
        let size = |command: &Command| match command {
            Command::StartRun { experiment, .. } => experiment.architecture.code_size(),
            other => panic!("{other:?}"),
        };
        commands.iter().map(size).collect()
    };
    let first = stage.answer_start();
    assert_eq!(sizes(&first), [10]);
    assert_eq!(
        sizes(&stage.answer_start()),
        [30],
        "the newest, once the first is made"
    );
    assert_eq!(
        stage.app().state().draft,
        stage.app().state().run.as_ref().expect("a run").experiment
    );
}

#[test]
fn live_settings_stay_live_while_others_wait() {
    let mut stage = Stage::training();
    stage.type_into("code size", "16");
    let action = edited(&stage, |draft| {
        draft.corruption = Corruption::Masking { fraction: 0.3 }
    });
    wish(&mut stage, action);
    let commands = stage.commands();
    let [Command::Tune(recipe)] = &commands[..] else {
        panic!("one recipe: {commands:?}");
    };
    assert_eq!(recipe.corruption, Corruption::Masking { fraction: 0.3 });
    assert_eq!(recipe.architecture.code_size(), 64, "the model in use");
    assert!(stage.has("Changes need a new model"));
}

#[test]
fn going_back_to_the_value_the_run_still_reports_is_sent_too() {
    let mut stage = Stage::training();
    let rate =
        |rate: f64| move |draft: &mut Experiment| *draft.optimizer.learning_rate_mut() = rate;
    let before = stage.app().state().draft.optimizer.learning_rate();
    let (there, back) = (edited(&stage, rate(0.5)), edited(&stage, rate(before)));
    wish(&mut stage, there);
    wish(&mut stage, back);
    let rates: Vec<f64> = stage
        .commands()
        .iter()
        .map(|command| match command {
            Command::Tune(recipe) => recipe.optimizer.learning_rate(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(rates, [0.5, before]);
}

#[test]
fn cross_entropy_of_a_linear_output_says_why_not_and_is_not_sent() {
    let mut stage = Stage::training();
    let action = edited(&stage, |draft| {
        draft.objective.reconstruction = Reconstruction::Bce;
    });
    wish(&mut stage, action);
    assert!(stage.has("choose the sigmoid output"));
    assert_eq!(stage.commands(), []);
    let action = edited(&stage, |draft| {
        let Architecture::Dense(dense) = &mut draft.architecture;
        dense.output_activation = OutputActivation::Sigmoid;
    });
    wish(&mut stage, action);
    assert!(!stage.has("choose the sigmoid output"));
    assert!(stage.has("Apply (discards training)"));
}

#[test]
fn a_preset_says_what_it_is_and_a_change_is_marked_and_reverted() {
    let mut stage = Stage::ready();
    wish(&mut stage, Action::ChoosePreset(PresetId::DenoiseDense));
    stage.answer_start();
    assert!(stage.has(PresetId::DenoiseDense.preset().about));
    assert!(stage.harness.query_by_label("modified").is_none());
    stage.type_into("batch size", "32");
    assert!(stage.has("modified"));
    stage.click("Revert to preset");
    assert!(stage.app().state().draft.is_pristine());
}

#[test]
fn hidden_layers_are_added_and_removed() {
    let mut stage = Stage::ready();
    stage.click("Add hidden layer");
    stage.answer_start();
    assert_eq!(
        stage.app().state().draft.architecture.summary(),
        "784-128-64-128-784"
    );
    stage.type_into("hidden layer 1", "200");
    stage.answer_start();
    assert!(stage.has("784-200-64-200-784"));
    stage.click("Remove hidden layer");
    assert_eq!(
        stage.app().state().draft.architecture.summary(),
        "784-64-784"
    );
}

#[test]
fn parameters_and_compression_follow_the_draft() {
    let mut stage = Stage::training();
    assert!(stage.has("101,200 parameters · 12.2 : 1 compression"));
    stage.type_into("code size", "2");
    assert!(stage.has("392 : 1 compression"));
}

#[test]
fn a_draft_that_was_invalid_when_the_data_came_starts_once_it_is_valid() {
    let mut stage = Stage::open();
    stage.commands();
    let action = edited(&stage, |draft| draft.training.epochs = 0);
    wish(&mut stage, action);
    stage.get_ready();
    assert!(stage.app().state().run.is_none());
    let action = edited(&stage, |draft| draft.training.epochs = 3);
    wish(&mut stage, action);
    stage.answer_start();
    assert!(stage.app().state().run.is_some());
}
