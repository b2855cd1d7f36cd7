//! Crashes, failures, and a worker that does not listen.

use egui::accesskit::{Role, Toggled};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use hourglass::experiment::{Experiment, Term};
use hourglass::protocol::{Command, DeviceChoice, Event, Failure, Phase};
use hourglass::ui::Action;

use super::stage::{Stage, cpu};

#[test]
fn a_crash_shows_a_banner_and_restart_brings_another_worker() {
    let mut stage = Stage::training();
    let message = "index out of bounds".to_owned();
    stage.report(Event::Failed(Failure::WorkerPanicked { message }));
    stage.step();
    assert!(stage.has("The training thread crashed: index out of bounds"));
    assert!(matches!(
        stage.app().state().phase(),
        Some(Phase::Stopped { .. })
    ));
    stage.press(egui::Key::Space);
    assert_eq!(stage.commands(), [], "there is nobody to ask");

    stage.click("Restart");
    assert_eq!(stage.n_workers(), 2);
    assert!(!stage.has("The training thread crashed"));
    let commands = stage.commands();
    assert!(
        matches!(
            commands[..],
            [Command::BackupPolicy(_), Command::LoadDataset(_)]
        ),
        "{commands:?}"
    );
    stage.report(Event::WorkerReady { device: cpu() });
    stage.step();
    assert_eq!(stage.commands(), [], "the new worker has no data yet");
    stage.get_ready();
    assert_eq!(stage.app().state().phase(), Some(Phase::Ready));
}

#[test]
fn a_worker_that_ends_without_a_word_is_noticed() {
    let mut stage = Stage::training();
    stage.end_worker();
    stage.step();
    assert!(stage.has("The training thread crashed"));
}

#[test]
fn an_error_stays_until_it_is_dismissed() {
    let mut stage = Stage::training();
    let failure = Failure::NonFiniteLoss {
        run: stage.run(),
        term: Term::L1,
        value: f32::NAN,
        step: 812,
        restored_step: 800,
    };
    stage.report(Event::Failed(failure));
    stage.harness.run_steps(200);
    assert!(stage.has("L1 penalty became NaN at step 812"));
    stage.click("Dismiss message");
    assert!(!stage.has("L1 penalty became NaN at step 812"));
    stage.click("Notices");
    assert!(
        stage.has("L1 penalty became NaN at step 812"),
        "it stays in the log"
    );
}

#[test]
fn invariant_3_a_full_lane_delays_actions_and_neither_loses_them_nor_waits() {
    let mut stage = Stage::training();
    let ctx = stage.harness.ctx.clone();
    for round in 0..200 {
        let app = stage.harness.state_mut().as_mut().expect("it was opened");
        let action = if round % 2 == 0 {
            Action::Train
        } else {
            Action::Pause
        };
        app.perform(&ctx, action);
        app.tick(&ctx);
    }
    let mut received = stage.commands();
    while {
        stage.step();
        let more = stage.commands();
        received.extend(more.iter().cloned());
        !more.is_empty()
    } {}
    assert_eq!(received.len(), 200);
    assert_eq!(received.last(), Some(&Command::Pause));
}

#[test]
fn many_edits_before_a_lane_that_is_full_become_one() {
    let mut stage = Stage::training();
    let ctx = stage.harness.ctx.clone();
    let draft = stage.app().state().draft.clone();
    for round in 1..=500_u32 {
        let mut edited: Experiment = draft.clone();
        edited.optimizer.learning_rate = f64::from(round) * 1e-4;
        let app = stage.harness.state_mut().as_mut().expect("it was opened");
        app.perform(&ctx, Action::Edit(Box::new(edited)));
        app.tick(&ctx);
    }
    let mut received = stage.commands();
    stage.step();
    received.extend(stage.commands());
    assert!(received.len() < 70, "{} commands", received.len());
    let Some(Command::Tune(last)) = received.last() else {
        panic!("the newest experiment comes last");
    };
    assert!((last.optimizer.learning_rate - 0.05).abs() < 1e-9);
}

#[test]
fn a_device_that_does_not_start_is_not_shown_as_chosen() {
    let mut stage = Stage::ready();
    stage.click("Device: CPU (flex)");
    stage.click("GPU");
    let choice = DeviceChoice::Gpu;
    let reason = "no adapter found".to_owned();
    stage.report(Event::Failed(Failure::DeviceDidNotStart { choice, reason }));
    stage.step();
    assert!(stage.has("GPU does not start: no adapter found"));
    stage.click("Device: CPU (flex)");
    let cpu = stage.harness.get_by_role_and_label(Role::Button, "CPU");
    assert_eq!(cpu.accesskit_node().toggled(), Some(Toggled::True));
}
