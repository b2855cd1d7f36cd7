//! The experiment panel: what is live, what waits for a new model, what is refused.

use egui::Key;
use egui::accesskit::Role;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use hourglass::experiment::{
    Activation, Adversarial, Architecture, Corruption, Dense, Experiment, FineTuning, LatentPrior,
    LayerPretraining, OptimizerKind, PresetId, Prior, Reconstruction, Schedule, Sparsity,
    Stage as Part, Target, Term, Updates, Variational,
};
use hourglass::protocol::{Command, Event, Phase, PlanPosition, StepBatch};
use hourglass::ui::Action;

use super::stage::Stage;
use crate::panels_views::script;

/// Does what a control would, without the control.
fn act(stage: &mut Stage, action: Action) {
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

fn dense(experiment: &mut Experiment) -> &mut Dense {
    experiment
        .architecture
        .as_dense_mut()
        .expect("a dense network")
}

fn code_of(experiment: &mut Experiment) -> &mut usize {
    &mut dense(experiment).code
}

/// Opens or folds a section.
fn fold(stage: &mut Stage, section: &str) {
    stage
        .harness
        .get_by_role_and_label(Role::DisclosureTriangle, section)
        .click_accesskit();
    stage.step();
}

/// Ticks or unticks a box.
fn tick(stage: &mut Stage, name: &str) {
    stage
        .harness
        .get_by_role_and_label(Role::CheckBox, name)
        .click_accesskit();
    stage.step();
}

/// Chooses an entry of a menu.
fn choose(stage: &mut Stage, menu: &str, entry: &str) {
    stage
        .harness
        .get_by_role_and_label(Role::ComboBox, menu)
        .click_accesskit();
    stage.step();
    stage.click(entry);
}

#[test]
fn the_learning_rate_reaches_the_run_while_it_trains() {
    let mut stage = Stage::training();
    stage.type_into("learning rate", "0.01");
    let commands = stage.commands();
    let [Command::Tune(experiment)] = &commands[..] else {
        panic!("one experiment: {commands:?}");
    };
    assert!((experiment.optimizer.learning_rate - 0.01).abs() < 1e-12);
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
        matches!(&commands[..], [Command::Tune(experiment)] if (experiment.optimizer.learning_rate - 0.1).abs() < 1e-9),
        "{commands:?}"
    );
}

#[test]
fn another_code_size_waits_for_apply() {
    let mut stage = Stage::training();
    stage.type_into("code size", "16");
    assert_eq!(stage.commands(), []);
    assert!(stage.has("Changes need a new model"));
    stage.click("Apply");
    let commands = stage.commands();
    let [Command::StartRun { experiment, .. }, Command::Train] = &commands[..] else {
        panic!("a run that goes on training: {commands:?}");
    };
    assert_eq!(experiment.architecture.code_size(), 16);
}

#[test]
fn undoing_changes_brings_the_experiment_of_the_run_back() {
    let mut stage = Stage::training();
    let before = stage.app().state().draft.clone();
    stage.type_into("code size", "16");
    stage.click("Undo changes");
    assert_eq!(stage.app().state().draft, before);
    assert!(!stage.has("Changes need a new model"));
    assert_eq!(stage.commands(), []);
}

#[test]
fn a_preset_waits_as_a_whole_and_train_applies_it() {
    let mut stage = Stage::training();
    stage.phase(|position| Phase::Paused { position });
    stage.commands();
    let before = stage.app().state().draft.clone();
    act(&mut stage, Action::ChoosePreset(PresetId::Sparse64)); // the same network, and a penalty, which is live
    stage.type_into("learning rate", "0.002"); // live as well
    assert_eq!(stage.commands(), [], "the old model takes on nothing of it");
    assert!(stage.has("“Sparse, L1” starts once it is applied"));
    assert!(stage.has("The model so far: Vanilla, 784-64-784"));
    stage.click("Undo changes");
    assert_eq!(stage.app().state().draft, before);
    stage.click("Train");
    assert_eq!(stage.commands(), [Command::Train], "the old one goes on");

    stage.phase(|position| Phase::Paused { position });
    act(&mut stage, Action::ChoosePreset(PresetId::Sparse64));
    assert!(stage.has("Apply and train"));
    stage.press(Key::Space);
    let commands = stage.commands();
    let [Command::StartRun { experiment, .. }, Command::Train] = &commands[..] else {
        panic!("the new model is trained: {commands:?}");
    };
    assert_eq!(experiment.preset, Some(PresetId::Sparse64));
    assert!(!stage.has("starts once it is applied"));
}

#[test]
fn the_preset_of_the_run_takes_back_live_changes_at_once() {
    let mut stage = Stage::training();
    stage.type_into("learning rate", "0.002");
    stage.commands();
    stage.click("Revert to preset");
    let commands = stage.commands();
    assert!(
        matches!(&commands[..], [Command::Tune(experiment)] if experiment.is_pristine()),
        "{commands:?}"
    );
}

#[test]
fn a_control_stays_where_it_is_when_its_change_needs_a_new_model() {
    let mut stage = Stage::training();
    let place = |stage: &Stage| {
        stage
            .harness
            .get_by_role_and_label(Role::SpinButton, "code size")
            .rect()
    };
    stage.type_into("code size", "65");
    stage.click("Undo changes");
    let before = place(&stage);
    stage.type_into("code size", "16");
    assert!(stage.has("Changes need a new model"));
    assert_eq!(place(&stage), before);
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
    assert!(!stage.has("Changes need a new model"));
}

#[test]
fn models_do_not_queue_while_one_is_being_made() {
    let mut stage = Stage::ready();
    for size in [10, 20, 30] {
        let action = edited(&stage, |draft| *code_of(draft) = size);
        act(&mut stage, action);
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
    act(&mut stage, action);
    let commands = stage.commands();
    let [Command::Tune(experiment)] = &commands[..] else {
        panic!("one experiment: {commands:?}");
    };
    assert_eq!(experiment.corruption, Corruption::Masking { fraction: 0.3 });
    assert_eq!(experiment.architecture.code_size(), 64, "the model in use");
    assert!(stage.has("Changes need a new model"));
}

#[test]
fn going_back_to_the_value_the_run_still_reports_is_sent_too() {
    let mut stage = Stage::training();
    let rate = |rate: f64| move |draft: &mut Experiment| draft.optimizer.learning_rate = rate;
    let before = stage.app().state().draft.optimizer.learning_rate;
    let (there, back) = (edited(&stage, rate(0.5)), edited(&stage, rate(before)));
    act(&mut stage, there);
    act(&mut stage, back);
    let rates: Vec<f64> = stage
        .commands()
        .iter()
        .map(|command| match command {
            Command::Tune(experiment) => experiment.optimizer.learning_rate,
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
    act(&mut stage, action);
    assert!(stage.has("choose the sigmoid output"));
    assert_eq!(stage.commands(), []);
    let action = edited(&stage, |draft| {
        dense(draft).output_activation = Activation::Sigmoid;
    });
    act(&mut stage, action);
    assert!(!stage.has("choose the sigmoid output"));
    assert!(stage.has("Changes need a new model"));
}

#[test]
fn a_preset_says_what_it_is_and_a_change_is_marked_and_reverted() {
    let mut stage = Stage::ready();
    act(&mut stage, Action::ChoosePreset(PresetId::DenoiseDense));
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
    act(&mut stage, action);
    stage.get_ready();
    assert!(stage.app().state().run.is_none());
    let action = edited(&stage, |draft| draft.training.epochs = 3);
    act(&mut stage, action);
    stage.answer_start();
    assert!(stage.app().state().run.is_some());
}

#[test]
fn a_convolutional_network_is_chosen_and_its_levels_are_changed() {
    let mut stage = Stage::ready();
    choose(&mut stage, "kind of network", "convolutional");
    stage.answer_start();
    let architecture = |stage: &Stage| stage.app().state().draft.architecture.clone();
    assert_eq!(
        architecture(&stage).code_size(),
        64,
        "the code keeps its size"
    );
    assert!(stage.has("28 → 14 → 7"));
    stage.click("Add level");
    stage.answer_start();
    assert!(stage.has("28 → 14 → 7 → 4"));
    stage.type_into("level 1", "32");
    stage.answer_start();
    let Architecture::Convolutional(conv) = architecture(&stage) else {
        panic!("convolutional");
    };
    assert_eq!(conv.channels, [32, 8, 4]);
    tick(&mut stage, "dense code");
    stage.answer_start();
    assert!(stage.has("the last map, 64 units"));
    choose(&mut stage, "kind of network", "dense");
    stage.answer_start();
    assert_eq!(architecture(&stage).summary(), "784-64-784");
}

#[test]
fn a_list_of_layers_is_shown_and_can_be_left_for_a_form() {
    let mut stage = Stage::ready();
    let listed = crate::training::listed().architecture;
    let action = edited(&stage, |draft| draft.architecture = listed.clone());
    act(&mut stage, action);
    stage.answer_start();
    assert!(stage.has("19 layers"));
    choose(&mut stage, "output activation", "ReLU");
    stage.answer_start();
    let architecture = |stage: &Stage| stage.app().state().draft.architecture.clone();
    assert_eq!(architecture(&stage).output_activation(), Activation::Relu);
    assert_eq!(architecture(&stage).lists().encoder, listed.lists().encoder);
    choose(&mut stage, "kind of network", "dense");
    stage.answer_start();
    assert_eq!(architecture(&stage).summary(), "784-6-784");
}

#[test]
fn tied_weights_halve_the_parameters() {
    let mut stage = Stage::ready();
    tick(&mut stage, "tied weights");
    stage.answer_start();
    assert!(dense(&mut stage.app().state().draft.clone()).tied);
    assert!(stage.has("51,024 parameters"));
}

#[test]
fn a_prior_makes_the_code_linear_and_shows_its_settings() {
    let mut stage = Stage::training();
    fold(&mut stage, "Penalties");
    choose(&mut stage, "prior", "variational");
    let draft = stage.app().state().draft.clone();
    assert_eq!(
        draft.objective.prior,
        Prior::Variational(Variational::PLAIN)
    );
    assert_eq!(draft.architecture.code_activation(), Activation::Linear);
    assert_eq!(draft.problems(), []);
    assert_eq!(stage.commands(), [], "another prior waits for a new model");
    assert!(stage.has("Changes need a new model"));
    assert!(stage.has("||\u{a0}N(0,\u{a0}I))"), "the formula says so");
    assert!(
        stage.has("likelihood σ"),
        "the squared error is a Gaussian likelihood"
    );
}

#[test]
fn live_settings_stay_live_while_another_prior_waits() {
    let mut stage = Stage::training();
    fold(&mut stage, "Penalties");
    choose(&mut stage, "prior", "variational");
    let action = edited(&stage, |draft| draft.objective.contraction = 0.5);
    act(&mut stage, action);
    let commands = stage.commands();
    let [Command::Tune(experiment)] = &commands[..] else {
        panic!("one experiment: {commands:?}");
    };
    assert!(experiment.objective.prior.is_none(), "the model in use");
    assert!((experiment.objective.contraction - 0.5).abs() < 1e-6);
}

#[test]
fn every_contradiction_is_said_at_its_control() {
    type Change = fn(&mut Experiment);
    let adversarial = |draft: &mut Experiment| {
        dense(draft).code_activation = Activation::Linear;
        draft.objective.prior = Prior::Adversarial(Adversarial {
            distribution: LatentPrior::Mixture,
            updates: Updates::OneStep { weight: 10.0 },
            discriminator_learning_rate: 3e-4,
        });
    };
    let cases: [(Change, [&str; 2]); 6] = [
        (
            |draft| {
                draft.objective.sparsity = Sparsity::KINDS[2];
                dense(draft).code_activation = Activation::Relu;
            },
            ["a sigmoid code, not ReLU", "needs the sigmoid code"],
        ),
        (
            |draft| draft.objective.prior = Prior::Variational(Variational::PLAIN),
            ["a sigmoid code does not", "needs the linear code"],
        ),
        (
            |draft| {
                dense(draft).code_activation = Activation::Linear;
                draft.objective.prior = Prior::Variational(Variational::PLAIN);
                draft.objective.reconstruction = Reconstruction::Mae;
            },
            ["needs a likelihood", "Needs another loss"],
        ),
        (
            adversarial,
            ["choose a code of 2 units", "needs a code of 2 units"],
        ),
        (
            |draft| {
                draft.plan.pretraining = vec![
                    LayerPretraining {
                        epochs: 1,
                        corruption: 0.1
                    };
                    3
                ];
            },
            ["the encoder has 1", "give each layer its epochs"],
        ),
        (
            |draft| draft.training.epochs = 0,
            ["nothing to train", "at least one epoch"],
        ),
    ];
    for (change, messages) in cases {
        let mut stage = Stage::training();
        let action = edited(&stage, change);
        act(&mut stage, action);
        for message in messages {
            assert!(stage.has(message), "{message}");
        }
    }
}

#[test]
fn penalties_are_folded_away_until_they_are_in_use_or_opened() {
    let mut stage = Stage::ready();
    let shows = |stage: &Stage, name: &str| {
        stage
            .harness
            .query_by_role_and_label(Role::ComboBox, name)
            .is_some()
    };
    assert!(!shows(&stage, "sparsity"));
    fold(&mut stage, "Penalties");
    assert!(shows(&stage, "sparsity"));
    fold(&mut stage, "Penalties");
    assert!(!shows(&stage, "sparsity"));
    act(&mut stage, Action::ChoosePreset(PresetId::Sparse64));
    stage.answer_start();
    assert!(shows(&stage, "sparsity"), "in use");
    fold(&mut stage, "Penalties");
    assert!(!shows(&stage, "sparsity"), "a person's choice");
    fold(&mut stage, "Training");
    assert!(
        stage
            .harness
            .query_by_role_and_label(Role::SpinButton, "batch size")
            .is_none()
    );
}

#[test]
fn a_plan_has_a_row_for_each_layer_of_the_encoder() {
    let mut stage = Stage::ready();
    fold(&mut stage, "Plan");
    tick(&mut stage, "layer-wise pre-training");
    stage.answer_start();
    let layers = |stage: &Stage| stage.app().state().draft.plan.pretraining.len();
    assert_eq!(layers(&stage), 1);
    stage.click("Add hidden layer");
    stage.answer_start();
    assert_eq!(layers(&stage), 2);
    stage.type_into("layer 2 epochs", "7");
    stage.answer_start();
    assert_eq!(stage.app().state().draft.plan.pretraining[1].epochs, 7);
    tick(&mut stage, "fine-tuning with labels");
    stage.answer_start();
    assert!(stage.has("first 2 layers one by one, then all together, then labels"));
    stage
        .harness
        .get_by_label("Remove hidden layer")
        .click_accesskit(); // it is scrolled out of view
    stage.step();
    stage.answer_start();
    assert_eq!(layers(&stage), 1);
    assert_eq!(
        stage.app().state().draft.plan.pretraining[0].epochs,
        7,
        "the code keeps its row"
    );
    assert_eq!(stage.app().state().draft.problems(), []);
}

#[test]
fn the_strength_at_test_can_be_another() {
    let mut stage = Stage::training();
    let action = edited(&stage, |draft| {
        draft.corruption = Corruption::Masking { fraction: 0.3 };
    });
    act(&mut stage, action);
    tick(&mut stage, "other strength at test");
    stage.type_into("noise fraction ν at test", "0.5");
    let draft = &stage.app().state().draft;
    assert_eq!(
        draft.test_corruption(),
        Corruption::Masking { fraction: 0.5 }
    );
    assert!(stage.has("30 % of pixels set to 0; at test 50 %"));
    choose(&mut stage, "corruption", "Gaussian");
    assert_eq!(
        stage.app().state().draft.test_noise,
        None,
        "ν and σ do not mean the same"
    );
}

#[test]
fn target_and_optimizer_are_live() {
    let mut stage = Stage::training();
    choose(&mut stage, "target", "upright from rotated");
    stage.type_into("rotation", "30");
    choose(&mut stage, "optimizer", "SGD");
    stage.type_into("momentum", "0.9");
    let commands = stage.commands();
    let Some(Command::Tune(experiment)) = commands.last() else {
        panic!("an experiment: {commands:?}");
    };
    assert_eq!(
        experiment.target,
        Target::UprightFromRotated { degrees: 30.0 }
    );
    assert_eq!(experiment.optimizer.kind, OptimizerKind::Sgd);
    assert!((experiment.optimizer.momentum - 0.9).abs() < 1e-6);
    choose(&mut stage, "optimizer", "Adam");
    assert!(
        stage.app().state().draft.optimizer.momentum == 0.0,
        "nothing hidden stays"
    );
}

/// A schedule is drawn below its setting, and says what it does.
#[test]
fn schedules_are_drawn_where_they_are_set() {
    let mut stage = Stage::training();
    let rate = "learning rate over epochs";
    assert!(!stage.has(rate), "it is constant");
    choose(&mut stage, "learning rate schedule", "cosine to 0");
    assert!(stage.has("learning rate over epochs: 0.001 at the start, 0 after 5"));
    let action = edited(&stage, |draft| {
        draft.optimizer.schedule = Schedule::Constant;
    });
    act(&mut stage, action);
    assert!(!stage.has(rate));

    let mut rising = PresetId::Vae20.preset().experiment(); // ten epochs
    rising.objective.prior = Prior::Variational(Variational {
        beta: 4.0,
        warm_up_epochs: 2.0,
        capacity: 25.0,
        capacity_epochs: 10.0,
        ..Variational::PLAIN
    });
    act(&mut stage, Action::Edit(Box::new(rising)));
    assert!(stage.has("KL weight β over epochs: 0 at the start, 4 after 10"));
    assert!(stage.has("capacity C over epochs: 0 nats at the start, 25 nats after 10"));
}

#[test]
fn every_preset_can_be_shown_and_stays_as_it_is() {
    for id in PresetId::ALL {
        let mut stage = Stage::ready();
        act(&mut stage, Action::ChoosePreset(id));
        stage.answer_start();
        let preset = id.preset();
        assert!(stage.has(preset.source), "{id}");
        // What is known of MNIST says nothing of other images.
        let of = script::dataset(1).id;
        let is_known = preset
            .expectations
            .iter()
            .any(|expectation| expectation.measured_on() == of);
        assert_eq!(stage.has(preset.expected), is_known, "{id}");
        assert!(
            stage.app().state().draft.is_pristine(),
            "{id}: showing changes nothing"
        );
    }
}

/// Steps of one batch that report these figures.
fn report_terms(stage: &mut Stage, terms: &[(Term, f32)]) {
    let run = stage.run();
    let steps = StepBatch {
        first_step: 1,
        epochs: vec![0.01],
        terms: terms
            .iter()
            .map(|&(term, value)| (term, vec![value]))
            .collect(),
        n_images: 64,
        elapsed_secs: 1e-3,
    };
    stage.report(Event::StepsTaken { run, steps });
    stage.step();
}

#[test]
fn figures_beside_the_objective_are_not_added_up() {
    let mut stage = Stage::ready();
    act(&mut stage, Action::ChoosePreset(PresetId::Aae2));
    stage.answer_start();
    report_terms(
        &mut stage,
        &[
            (Term::Objective, 50.0),
            (Term::Reconstruction(Reconstruction::Mse), 43.0),
            (Term::Generator, 7.0),
            (Term::Discriminator, 1.38),
            (Term::DiscriminatorAccuracy, 52.0),
        ],
    );
    assert!(stage.has("now 50.0 = MSE 43.0 + generator 7.00"));
    assert!(stage.has("discriminator 1.38 · right 52.0 %"));
}

#[test]
fn the_status_and_the_figures_follow_the_plan() {
    let mut stage = Stage::ready();
    act(&mut stage, Action::ChoosePreset(PresetId::StackedDenoising));
    stage.answer_start();
    assert!(stage.has("layer 1 of 3, epoch 0/8"));
    let at = |stage: Part, done: usize, goal: usize, before: usize| PlanPosition {
        stage,
        stage_epochs_done: done,
        stage_epochs_goal: goal,
        epochs_done: before + done,
        epochs_goal: 27,
        steps_done: 1,
    };
    let layer = Part::Pretraining { layer: 1, of: 3 };
    stage.phase(|_| Phase::Training {
        position: at(layer, 0, 5, 5),
    });
    report_terms(&mut stage, &[(Term::LayerReconstruction, 0.25)]);
    assert!(stage.has("layer 2 of 3, epoch 0/5"));
    assert!(stage.has("now layer error 0.250 per input"));
    stage.phase(|_| Phase::Training {
        position: at(Part::FineTuning, 1, 12, 15),
    });
    report_terms(
        &mut stage,
        &[
            (Term::Classification, 0.1),
            (Term::ClassificationFromRandom, 0.2),
            (Term::ErrorRate, 1.5),
            (Term::ErrorRateFromRandom, 3.0),
        ],
    );
    assert!(stage.has("fine-tuning, epoch"));
    assert!(stage.has("now CE 0.100, from random 0.200"));
    assert!(stage.has("wrong 1.50 %, from random 3.00 %"));
}

#[test]
fn epochs_of_a_plan_wait_for_a_new_model() {
    let mut stage = Stage::ready();
    let action = edited(&stage, |draft| {
        draft.plan.fine_tuning = Some(FineTuning {
            epochs: 2,
            learning_rate: 1e-3,
            corruption: 0.0,
        });
    });
    act(&mut stage, action);
    stage.answer_start();
    stage.train();
    stage.commands();
    stage.type_into("epochs", "9");
    assert_eq!(stage.commands(), []);
    assert!(stage.has("Changes need a new model"));
}

/// Whether the control of a setting can be used, and what its hover text says.
fn state_of(stage: &Stage, role: Role, name: &str) -> (bool, String) {
    let node = stage.harness.get_by_role_and_label(role, name);
    let node = node.accesskit_node();
    (!node.is_disabled(), node.description().unwrap_or_default())
}

#[test]
fn settings_that_would_change_nothing_are_greyed_with_the_reason() {
    let mut stage = Stage::ready();
    for (role, name, reason) in [
        (Role::Slider, "momentum", "choose SGD or RMSProp"),
        (Role::SpinButton, "momentum", "Adam has a running mean"),
        (
            Role::CheckBox,
            "other strength at test",
            "choose a corruption first",
        ),
        (
            Role::ComboBox,
            "hidden activation",
            "There is no hidden layer",
        ),
    ] {
        let (is_enabled, said) = state_of(&stage, role, name);
        assert!(!is_enabled, "{name}");
        assert!(said.contains(reason), "{name}: {said}");
    }
    choose(&mut stage, "optimizer", "SGD");
    let (is_enabled, said) = state_of(&stage, Role::Slider, "momentum");
    assert!(
        is_enabled && said.contains("Fraction of the last step"),
        "{said}"
    );
    stage.type_into("momentum", "0.9");
    assert!((stage.app().state().draft.optimizer.momentum - 0.9).abs() < 1e-6);
    choose(&mut stage, "optimizer", "AdamW");
    let optimizer = stage.app().state().draft.optimizer;
    assert_eq!(
        optimizer.momentum.to_bits(),
        0.0_f32.to_bits(),
        "it went with SGD"
    );
    assert!(
        (optimizer.weight_decay - 0.01).abs() < 1e-6,
        "it came with AdamW"
    );
}
