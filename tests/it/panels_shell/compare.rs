//! Two runs compared: choosing the second experiment, seeing both, keeping one.

use std::sync::Arc;

use egui::Key;
use egui::accesskit::Role;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use hourglass::experiment::{Experiment, PresetId, Term};
use hourglass::protocol::{Command, Event, Failure, RunId, Snapshot, StepBatch};

use super::stage::Stage;
use crate::panels_views::script;

/// The comparison run that was asked for last.
fn asked(commands: &[Command]) -> Option<(RunId, Experiment)> {
    commands.iter().rev().find_map(|command| match command {
        Command::Compare { run, experiment } => Some((*run, experiment.clone())),
        _ => None,
    })
}

fn steps(step: u64, loss: f32) -> StepBatch {
    let epochs = vec![step as f64 / 100.0];
    StepBatch {
        first_step: step,
        epochs,
        terms: vec![(Term::Objective, vec![loss])],
        n_images: 64,
        elapsed_secs: 1e-3,
    }
}

/// Types a number into the field of a setting of B: that of the dialog, which is on top.
fn type_into_experiment(stage: &mut Stage, field: &str, text: &str) {
    let fields = stage
        .harness
        .query_all_by_role_and_label(Role::SpinButton, field);
    fields
        .last()
        .expect("it is in the experiment")
        .scroll_to_me();
    stage.harness.run_steps(60); // scrolling glides
    let fields = stage
        .harness
        .query_all_by_role_and_label(Role::SpinButton, field);
    fields.last().expect("it is in the experiment").click();
    stage.step();
    stage
        .harness
        .key_press_modifiers(egui::Modifiers::COMMAND, Key::A);
    stage.harness.event(egui::Event::Text(text.to_owned()));
    stage.step();
    stage.press(Key::Enter);
}

/// A window that trains A and, beside it, a comparison run with the learning rate 0.01; both were looked at after 20 steps.
fn comparing() -> (Stage, RunId) {
    let mut stage = Stage::training();
    stage.press(Key::C);
    type_into_experiment(&mut stage, "learning rate", "0.01");
    stage.click("Start comparison");
    let (comparison, experiment) = asked(&stage.commands()).expect("it was asked for");
    stage.report(Event::RunStarted {
        run: comparison,
        n_parameters: 1,
        steps_per_epoch: 100,
        experiment,
    });
    let run = stage.run();
    for step in 2..=20 {
        for (run, loss) in [(run, 0.05), (comparison, 0.03)] {
            let steps = steps(step, loss);
            stage.report(Event::StepsTaken { run, steps });
        }
    }
    let evaluation = script::evaluation(20, 0.2, &[Term::Objective], 0.02);
    stage.report(Event::Evaluated {
        run: comparison,
        evaluation,
    });
    let dataset = script::dataset(20);
    let of_comparison = script::seen(&dataset, comparison, 20, &[4, 7]);
    stage.deliver(Snapshot {
        comparison: Some(Arc::new(of_comparison)),
        ..script::seen(&dataset, run, 20, &[4, 7])
    });
    (stage, comparison)
}

#[test]
fn the_experiment_of_b_starts_as_that_of_a_and_a_stays_as_it_is() {
    let mut stage = Stage::training();
    stage.press(Key::C);
    assert!(stage.has("Compare with another experiment"));
    assert!(stage.has("B is the same as A: change something"));
    stage.click("Start comparison");
    assert_eq!(
        asked(&stage.commands()),
        None,
        "A once more would say nothing"
    );
    type_into_experiment(&mut stage, "learning rate", "0.01");
    assert!(stage.has("B: learning rate 0.01"));
    stage.click("Start comparison");
    let commands = stage.commands();
    let (comparison, experiment) = asked(&commands).expect("it was asked for");
    assert!((experiment.optimizer.learning_rate - 0.01).abs() < 1e-12);
    assert!(
        !commands
            .iter()
            .any(|command| matches!(command, Command::Tune(_))),
        "{commands:?}"
    );
    let lab = stage.app().state();
    assert_ne!(comparison, stage.run());
    assert_eq!(lab.draft, lab.run.as_ref().expect("A").experiment);
    assert!(!stage.has("Compare with another experiment"));
}

#[test]
fn the_dialog_can_be_left_and_is_in_the_menu_of_runs() {
    let mut stage = Stage::training();
    stage.click("Run menu");
    stage.click("Compare with…");
    assert!(stage.has("Compare with another experiment"));
    stage.click("Cancel");
    assert!(!stage.has("Compare with another experiment"));
    assert_eq!(asked(&stage.commands()), None);
    stage.press(Key::C);
    stage.press(Key::Escape);
    assert!(!stage.has("Compare with another experiment"));
}

#[test]
fn both_are_in_one_plot_and_side_by_side_with_steps_and_speed() {
    let (stage, _) = comparing();
    assert!(stage.has("B train 0.0300 per pixel"));
    assert!(stage.has("train 0.0500 per pixel"));
    assert!(stage.has("show B") && stage.has("learning rate 0.01"));
    let count = |text: &str| stage.harness.query_all_by_label_contains(text).count();
    let both = "digit 7, test image 7, MSE A 0.0070000, B 0.0070000 per pixel";
    assert_eq!(count(both), 1, "both errors under one digit");
    assert_eq!(count("Latent scatter, 20 points · step 20"), 2);
    assert_eq!(count("Histogram of"), 2);
    for words in ["step 20", "k img/s", "test MSE 0.020000 per pixel"] {
        assert!(stage.has(words), "{words}");
    }
}

#[test]
fn hiding_a_class_hides_it_in_both_and_asking_is_done_once() {
    let (mut stage, _) = comparing();
    stage.newest_request();
    let of_both = stage.harness.query_all_by_label("show class 3");
    of_both.last().expect("that of B").click();
    stage.step();
    let shown = stage
        .harness
        .query_all_by_label_contains("Latent scatter, 18 of 20 points");
    assert_eq!(shown.count(), 2);
    let hidden = stage.newest_request();
    assert!(hidden.is_none(), "both look at the same: {hidden:?}");
}

#[test]
fn keeping_b_goes_on_with_it_and_a_becomes_the_ghost() {
    let (mut stage, comparison) = comparing();
    stage.click("Keep B");
    assert_eq!(
        stage.commands(),
        [Command::EndComparison { keep: comparison }]
    );
    stage.report(Event::ComparisonEnded { run: comparison });
    stage.step();
    assert_eq!(stage.run(), comparison);
    let lab = stage.app().state();
    assert!(lab.comparison.is_none());
    assert!((lab.draft.optimizer.learning_rate - 0.01).abs() < 1e-12);
    assert!(stage.has("show previous run") && !stage.has("Keep B"));
    stage.report(Event::StepsTaken {
        run: comparison,
        steps: steps(21, 0.02),
    });
    stage.step();
    assert_eq!(
        stage.app().state().run.as_ref().map(|run| run.step),
        Some(21)
    );
    // What is changed from here on is changed of B.
    stage.type_into("learning rate", "0.02");
    let commands = stage.commands();
    assert!(
        matches!(&commands[..], [.., Command::Tune(experiment)] if experiment.optimizer.learning_rate > 0.015),
        "{commands:?}"
    );
}

#[test]
fn keeping_a_leaves_b_as_the_ghost() {
    let (mut stage, _) = comparing();
    let run = stage.run();
    stage.click("Keep A");
    assert_eq!(stage.commands(), [Command::EndComparison { keep: run }]);
    stage.report(Event::ComparisonEnded { run });
    stage.step();
    assert_eq!(stage.run(), run);
    assert!(stage.has("show previous run") && !stage.has("Keep A"));
}

#[test]
fn starting_over_takes_the_comparison_run_along_with_the_same_new_seed() {
    let (mut stage, comparison) = comparing();
    stage.press(Key::N);
    let commands = stage.commands();
    let (again, experiment) = asked(&commands).expect("B starts over too");
    assert_ne!(again, comparison);
    assert!((experiment.optimizer.learning_rate - 0.01).abs() < 1e-12);
    let started = commands.iter().find_map(|command| match command {
        Command::StartRun { experiment, .. } => Some(experiment.seed),
        _ => None,
    });
    assert_eq!(started, Some(experiment.seed));
    assert_ne!(experiment.seed, 1);
}

#[test]
fn a_comparison_run_that_was_refused_leaves_the_run_alone() {
    let mut stage = Stage::training();
    stage.press(Key::C);
    type_into_experiment(&mut stage, "learning rate", "0.01");
    stage.click("Start comparison");
    stage.commands();
    let reason = "it cannot be made".to_owned();
    stage.report(Event::Failed(Failure::NotCompared { reason }));
    stage.step();
    assert!(stage.has("t cannot be made") && !stage.has("Keep B"));
    stage.press(Key::Space);
    assert_eq!(stage.commands(), [Command::Pause]);
}

#[test]
fn a_comparison_run_with_another_unit_is_compared_by_its_test_error() {
    let (mut stage, _) = comparing();
    stage.press(Key::C);
    let ctx = stage.harness.ctx.clone();
    let app = stage.harness.state_mut().as_mut().expect("it was opened");
    let vae = PresetId::Vae20.preset().experiment();
    let edit = hourglass::ui::CompareAction::Edit(Box::new(vae));
    app.perform(&ctx, edit.into());
    stage.step();
    stage.click("Start comparison");
    let (comparison, experiment) = asked(&stage.commands()).expect("it was asked for");
    stage.report(Event::RunStarted {
        run: comparison,
        n_parameters: 1,
        steps_per_epoch: 100,
        experiment,
    });
    let steps = steps(20, 105.0);
    stage.report(Event::StepsTaken {
        run: comparison,
        steps,
    });
    stage.step();
    assert!(
        !stage.has("B train"),
        "nats and errors per pixel share no axis"
    );
    stage.harness.get_by_label("show B").hover();
    stage.harness.run_steps(60);
    assert!(stage.has("B uses a different unit and is not drawn"));
}

#[test]
fn both_runs_have_the_same_quantity_in_the_legend_and_share_axes() {
    let (mut stage, _) = comparing();
    let place = |side: &str| {
        let name = format!("show {side}");
        stage
            .harness
            .get_by_role_and_label(Role::CheckBox, &name)
            .rect()
    };
    let (a, b) = (place("A"), place("B"));
    assert!(a.right() <= b.left(), "beside each other");
    let latent = stage.harness.query_all_by_label("Latent space").next();
    let latent = latent.expect("it has a title").rect().center();
    stage.harness.hover_at(latent);
    stage.press(Key::F11);
    assert!(stage.has("Axes of A and B, shared"), "where there is room");
    stage.press(Key::F11);
    stage
        .harness
        .get_by_role_and_label(Role::CheckBox, "show A")
        .click();
    stage.step();
    let summary = stage
        .harness
        .get_by_label_contains("Loss: ")
        .accesskit_node()
        .label();
    let summary = summary.unwrap_or_default();
    assert!(
        summary.contains("B train") && !summary.contains("Loss: train"),
        "{summary}"
    );
}
