//! Closing the window over a run that was not saved.

use std::path::{Path, PathBuf};

use egui::accesskit::Role;
use egui::{ViewportCommand, ViewportId};
use egui_kittest::kittest::Queryable as _;
use hourglass::protocol::{Command, Event, Failure, StepBatch};

use super::keep::saved;
use super::stage::Stage;

/// Whether the window was asked to close in the newest frame, or not to.
fn closing(stage: &Stage) -> (bool, bool) {
    let output = &stage.harness.output().viewport_output[&ViewportId::ROOT];
    let has = |command: ViewportCommand| output.commands.contains(&command);
    (
        has(ViewportCommand::Close),
        has(ViewportCommand::CancelClose),
    )
}

/// Presses the cross of the window.
fn press_cross(stage: &mut Stage) -> (bool, bool) {
    let viewports = &mut stage.harness.input_mut().viewports;
    let window = viewports.entry(ViewportId::ROOT).or_default();
    window.events.push(egui::ViewportEvent::Close);
    stage.harness.step();
    let asked = closing(stage);
    let viewports = &mut stage.harness.input_mut().viewports;
    viewports
        .entry(ViewportId::ROOT)
        .or_default()
        .events
        .clear();
    stage.step();
    asked
}

/// Clicks a button and tells whether the window closes then.
fn closes_after(stage: &mut Stage, button: &str) -> bool {
    stage
        .harness
        .get_by_role_and_label(Role::Button, button)
        .click();
    (0..4).any(|_| {
        stage.harness.step();
        closing(stage).0
    })
}

#[test]
fn an_untrained_or_saved_run_lets_the_window_close() {
    let mut stage = Stage::ready();
    assert_eq!(press_cross(&mut stage), (false, false));
    assert!(!stage.has("Save the run?"));
    stage.train();
    saved(&mut stage, Path::new("/runs/first"));
    assert_eq!(press_cross(&mut stage), (false, false));
}

#[test]
fn an_unsaved_run_is_asked_about_before_the_window_closes() {
    let mut stage = Stage::training();
    assert_eq!(press_cross(&mut stage), (false, true));
    assert!(stage.has("Save the run?"));
    assert!(!closes_after(&mut stage, "Cancel"));
    assert!(!stage.has("Save the run?"));

    press_cross(&mut stage);
    assert!(closes_after(&mut stage, "Don't save"));
}

#[test]
fn saving_before_closing_waits_until_the_run_is_on_disk() {
    let mut stage = Stage::training();
    let folder = PathBuf::from("/runs/first");
    saved(&mut stage, &folder);
    let run = stage.run();
    let steps = StepBatch {
        first_step: 2,
        epochs: vec![0.02],
        terms: vec![],
        n_images: 64,
        elapsed_secs: 1e-3,
    };
    stage.report(Event::StepsTaken { run, steps });
    stage.step();
    stage.commands();
    assert_eq!(press_cross(&mut stage), (false, true));
    assert!(!closes_after(&mut stage, "Save"), "it is not saved yet");
    let expected = [
        Command::Pause,
        Command::SaveRun {
            folder: folder.clone(),
        },
    ];
    assert_eq!(stage.commands(), expected);
    let step = 2;
    stage.report(Event::RunSaved {
        run,
        folder,
        step,
        images: None,
    });
    let closes = (0..4).any(|_| {
        stage.harness.step();
        closing(&stage).0
    });
    assert!(closes);
}

#[test]
fn a_save_that_fails_keeps_the_window_open() {
    let mut stage = Stage::training();
    saved(&mut stage, Path::new("/runs/first"));
    let run = stage.run();
    stage.report(Event::StepsTaken {
        run,
        steps: StepBatch {
            first_step: 2,
            epochs: vec![0.02],
            terms: vec![],
            n_images: 64,
            elapsed_secs: 1e-3,
        },
    });
    stage.step();
    press_cross(&mut stage);
    assert!(!closes_after(&mut stage, "Save"));
    let reason = "/runs/first/metrics.csv cannot be written: no space left".to_owned();
    stage.report(Event::Failed(Failure::NotSaved { reason }));
    stage.step();
    assert!(stage.has("/runs/first/metrics.csv cannot be written"));
    assert_eq!(closing(&stage), (false, false));
    assert!(stage.app().state().has_unsaved_run());
}

#[test]
fn only_a_person_who_does_not_want_the_run_has_it_forgotten() {
    let mut stage = Stage::training();
    press_cross(&mut stage);
    stage.commands();
    closes_after(&mut stage, "Don't save");
    assert_eq!(stage.commands(), [Command::ForgetBackup]);

    let mut stage = Stage::training();
    stage.commands();
    saved(&mut stage, Path::new("/runs/first"));
    press_cross(&mut stage);
    assert_eq!(stage.commands(), []);
}
