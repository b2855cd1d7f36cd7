//! The run before, which another took the place of, and how it comes back.

use egui::{Key, Modifiers};
use hourglass::experiment::Term;
use hourglass::protocol::{Command, Event, Phase, PlanPosition, RunId, StepBatch};

use super::stage::Stage;

/// A window whose run of two minutes was reset, with the name of that run.
fn after_reset() -> (Stage, RunId) {
    after_reset_of(120.0)
}

/// A window whose run of some steps, which took this many seconds, was reset.
fn after_reset_of(elapsed_secs: f64) -> (Stage, RunId) {
    let mut stage = Stage::training();
    let run = stage.run();
    stage.report(Event::StepsTaken {
        run,
        steps: StepBatch {
            first_step: 2,
            epochs: vec![0.02, 0.03],
            terms: vec![(Term::Objective, vec![500.0, 400.0])],
            n_images: 128,
            elapsed_secs,
        },
    });
    stage.step();
    stage.press(Key::R);
    stage.report(Event::RunReplaced { run });
    stage.answer_start();
    (stage, run)
}

fn bring_back(stage: &mut Stage, run: RunId) {
    stage.report(Event::RunBroughtBack { run, dataset: None });
    stage.report(Event::PhaseChanged {
        run,
        phase: Phase::Paused {
            position: PlanPosition::default(),
        },
    });
    stage.step();
}

#[test]
fn a_reset_is_taken_back_with_one_click_and_brings_curves_and_experiment() {
    let (mut stage, before) = after_reset();
    assert_ne!(stage.run(), before);
    assert!(stage.has("Previous run, not saved: "));
    assert!(stage.has("epoch 0.0, step 3"));
    stage.commands();
    stage.click("Bring back");
    assert_eq!(stage.commands(), [Command::BringBack]);
    bring_back(&mut stage, before);
    assert_eq!(stage.run(), before);
    let run = stage.app().state().run.as_ref().expect("it is back");
    assert_eq!((run.id, run.step), (before, 3));
    let curve = run.history.train(Term::Objective).expect("recorded");
    assert_eq!(curve.last(), Some([0.03, 400.0]));
    assert!(!stage.has("Previous run, not saved: "));
    assert!(stage.has("Paused"));
    assert_eq!(stage.commands(), [], "no other run is started");
    stage.press(Key::S);
    assert!(matches!(stage.commands()[..], [Command::TrainSteps(_)]));
}

#[test]
fn a_short_run_is_brought_back_from_the_message_that_says_so() {
    let (mut stage, before) = after_reset_of(2.0);
    assert!(!stage.has("Previous run, not saved: "), "no bar");
    assert!(stage.has("3 steps of “Vanilla” replaced"));
    stage.commands();
    stage.click("Undo: bring the run back");
    assert_eq!(stage.commands(), [Command::BringBack]);
    bring_back(&mut stage, before);
    assert_eq!(stage.run(), before);
    assert!(!stage.has("3 steps of “Vanilla” replaced"));
}

#[test]
fn ctrl_z_brings_it_back_unless_a_field_is_being_written_in() {
    let (mut stage, before) = after_reset();
    stage.commands();
    stage.click_field("learning rate");
    stage
        .harness
        .key_press_modifiers(Modifiers::COMMAND, Key::Z);
    stage.step();
    assert_eq!(stage.commands(), [], "the field has it");
    stage.press(Key::Escape);
    stage
        .harness
        .key_press_modifiers(Modifiers::COMMAND, Key::Z);
    stage.step();
    assert_eq!(stage.commands(), [Command::BringBack]);
    stage
        .harness
        .key_press_modifiers(Modifiers::COMMAND, Key::Z);
    stage.step();
    assert_eq!(stage.commands(), [], "it is on its way");
    bring_back(&mut stage, before);
    stage
        .harness
        .key_press_modifiers(Modifiers::COMMAND, Key::Z);
    stage.step();
    assert_eq!(stage.commands(), [], "there is none");
}

#[test]
fn the_bar_goes_when_it_is_hidden_and_the_menu_still_brings_the_run_back() {
    let (mut stage, _) = after_reset();
    stage.click("Hide previous run");
    assert!(!stage.has("Previous run, not saved: "));
    stage.commands();
    stage.click("Run menu");
    stage.click("Bring previous run back");
    assert_eq!(stage.commands(), [Command::BringBack]);
}

#[test]
fn another_run_that_is_started_meanwhile_counts() {
    let (mut stage, before) = after_reset();
    stage.click("Bring back");
    stage.press(Key::N);
    let newest = stage.run();
    bring_back(&mut stage, before);
    assert_eq!(stage.run(), newest);
    stage.report(Event::RunReplaced { run: before });
    stage.answer_start();
    let lab = stage.app().state();
    assert_eq!(lab.run.as_ref().map(|run| run.id), Some(newest));
    assert_eq!(
        lab.previous.as_ref().map(|before| before.run.id),
        Some(before)
    );
}

#[test]
fn a_run_that_the_worker_did_not_replace_leaves_a_ghost_alone() {
    let mut stage = Stage::training();
    stage.press(Key::R);
    stage.answer_start();
    assert!(!stage.has("Previous run, not saved: "));
    assert!(stage.app().state().previous.is_none());
}
