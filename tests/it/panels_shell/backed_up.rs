//! Runs that were backed up: told to the worker once, offered after a crash, forgotten by a person alone.

use std::path::{Path, PathBuf};

use egui::accesskit::Role;
use egui_kittest::kittest::Queryable as _;
use hourglass::app::StartOptions;
use hourglass::experiment::PresetId;
use hourglass::protocol::{AboutRun, Command, Event, Failure, Phase};
use hourglass::run_folder::backup::Slot;

use super::keep::{answer_opening, saved};
use super::stage::Stage;

const ONE: &str = "A run was not saved when Hourglass was last closed";

fn with_backups(place: &Path) -> Stage {
    let start = StartOptions {
        backups: Some(place.to_owned()),
        ..StartOptions::default()
    };
    let mut stage = Stage::open_with(start, None, egui::vec2(1280.0, 800.0));
    stage.get_ready();
    stage.commands();
    stage
}

/// A run folder as another program, or a person, may leave it.
pub fn leave_behind(place: &Path, name: &str) -> PathBuf {
    let folder = place.join(name);
    std::fs::create_dir_all(&folder).expect("made");
    std::fs::write(folder.join("resume.bpk"), "of a run").expect("written");
    folder
}

/// What a window leaves that was killed after it had backed up its run; the lock of one that lives.
fn back_up(place: &Path, preset: PresetId) -> (PathBuf, Slot) {
    let slot = Slot::make(place).expect("made");
    let about = AboutRun {
        preset: Some(preset),
        epoch: 7.2,
        step: 6_750,
        training_secs: 750.0,
        data: "mnist".to_owned(),
        loss: (0_u8..40).map(|n| 1.0 / (1.0 + f32::from(n))).collect(),
        ..AboutRun::default()
    };
    slot.describe(about).expect("described");
    let folder = slot.run_folder();
    std::fs::create_dir_all(&folder).expect("made");
    std::fs::write(folder.join("resume.bpk"), "of a run").expect("written");
    (folder, slot)
}

fn crash(place: &Path, preset: PresetId) -> PathBuf {
    back_up(place, preset).0
}

#[test]
fn a_worker_is_told_once_where_to_back_runs_up() {
    let place = tempfile::tempdir().expect("a temporary folder");
    let start = StartOptions {
        backups: Some(place.path().to_owned()),
        ..StartOptions::default()
    };
    let mut stage = Stage::open_with(start, None, egui::vec2(1280.0, 800.0));
    let told = |commands: &[Command]| {
        let pushed = commands.iter().filter_map(|command| match command {
            Command::BackupPolicy(action) => Some(action.place.clone()),
            _ => None,
        });
        pushed.collect::<Vec<_>>()
    };
    assert_eq!(told(&stage.commands()), [Some(place.path().to_owned())]);
    stage.get_ready();
    stage.train();
    assert!(told(&stage.commands()).is_empty());
}

#[test]
fn a_paused_window_over_an_unsaved_run_draws_nothing() {
    let place = tempfile::tempdir().expect("a temporary folder");
    let mut stage = with_backups(place.path());
    stage.train();
    stage.phase(|position| Phase::Paused { position });
    assert!(stage.app().state().has_unsaved_run());
    stage.harness.run_steps(200); // what glides has come to rest
    let output = &stage.harness.output().viewport_output[&egui::ViewportId::ROOT];
    assert_eq!(output.repaint_delay, std::time::Duration::MAX);
}

#[test]
fn a_run_left_behind_by_a_crash_is_offered_and_opens_unsaved() {
    let place = tempfile::tempdir().expect("a temporary folder");
    let left = crash(place.path(), PresetId::Vanilla64);
    let mut stage = with_backups(place.path());
    assert!(stage.has(ONE));
    assert!(stage.has("epoch 7.2, just now"));
    stage.click("Open it");
    let commands = stage.commands();
    assert!(
        matches!(&commands[..], [Command::OpenRun { folder, .. }] if *folder == left),
        "{commands:?}"
    );
    let lock = Slot::claim(&left).expect("free").expect("a slot"); // as the worker has it from here on
    stage.click("Open it");
    answer_opening(&mut stage);
    assert!(!stage.has(ONE));
    let lab = stage.app().state();
    assert!(lab.has_unsaved_run(), "nobody chose its folder");
    assert_eq!(lab.keep.recent, Vec::<PathBuf>::new());
    saved(&mut stage, Path::new("/runs/first"));
    drop(lock);
    assert!(left.exists(), "removing it is the worker's part");
}

#[test]
fn an_offer_that_is_ignored_stays_beside_those_of_later_crashes() {
    let place = tempfile::tempdir().expect("a temporary folder");
    let first = crash(place.path(), PresetId::Vanilla64);
    let stage = with_backups(place.path());
    assert!(stage.has(ONE));
    drop(stage);
    let second = crash(place.path(), PresetId::Vae20);
    let mut stage = with_backups(place.path());
    assert!(stage.has("2 runs were not saved when their windows closed"));
    stage.click("Show…");
    let (vanilla, vae) = (
        PresetId::Vanilla64.preset().title,
        PresetId::Vae20.preset().title,
    );
    for text in [
        vanilla,
        vae,
        "MNIST, seed 0, step 6,750, 12 min 30 s of training, just now",
    ] {
        assert!(stage.has(text), "{text}");
    }
    assert!(stage.has("The newest 20 are kept, each for at least 30 days"));
    let top = |stage: &Stage, title: &str| {
        let name = format!("Open {title} epoch 7.2");
        let button = stage.harness.get_by_role_and_label(Role::Button, &name);
        button.rect().top()
    };
    assert!(
        top(&stage, vae) < top(&stage, vanilla),
        "the newest comes first"
    );

    stage.click(&format!("Forget {vae} epoch 7.2"));
    assert!(first.exists() && !second.exists());
    stage.click("Close");
    assert!(!stage.has("Unsaved runs"));
    stage.click("Run menu");
    stage.click("Unsaved runs…");
    stage.click("Forget all");
    assert!(!first.exists());
    assert!(stage.has("None left"));
}

#[test]
fn an_offer_can_be_hidden_and_nothing_is_removed() {
    let place = tempfile::tempdir().expect("a temporary folder");
    let left = crash(place.path(), PresetId::Vanilla64);
    let mut stage = with_backups(place.path());
    stage.click("Hide unsaved runs");
    assert!(!stage.has(ONE));
    drop(stage);
    assert!(left.exists());
}

#[test]
fn the_run_of_a_window_that_lives_is_not_offered_to_another() {
    let place = tempfile::tempdir().expect("a temporary folder");
    let (folder, lock) = back_up(place.path(), PresetId::Vanilla64);
    let mut stage = with_backups(place.path());
    assert!(!stage.has(ONE));
    drop(lock);
    stage.report(Event::Failed(Failure::WorkerPanicked {
        message: "index out of bounds".to_owned(),
    }));
    stage.step();
    assert!(stage.has(ONE), "what a worker had that crashed is offered");
    assert!(folder.exists());
}

#[test]
fn a_folder_that_cannot_be_written_is_said_as_long_as_it_lasts() {
    let mut stage = Stage::training();
    stage.report(Event::Failed(Failure::NotBackedUp {
        place: "/home/me/.local/share/hourglass/unsaved".into(),
        reason: "Permission denied".to_owned(),
    }));
    stage.harness.run_steps(2_000); // a note would be gone
    assert!(stage.has(
        "Runs cannot be backed up in /home/me/.local/share/hourglass/unsaved: Permission denied"
    ));
    stage.report(Event::BackingUp);
    stage.step();
    assert!(!stage.has("Runs cannot be backed up"));
}
