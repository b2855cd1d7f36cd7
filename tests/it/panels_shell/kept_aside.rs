//! The run that is kept aside once a minute, and offered after a crash.

use std::path::{Path, PathBuf};

use hourglass::app::StartOptions;
use hourglass::protocol::{Command, Event};

use super::keep::{answer_opening, saved};
use super::stage::Stage;

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

/// Lets so many seconds of the window's clock pass; gives the folders runs were to be kept aside in.
fn backups_after(stage: &mut Stage, secs: f32) -> Vec<PathBuf> {
    let mut passed = 0.0;
    while passed < secs {
        stage.harness.step();
        passed += stage.harness.input().predicted_dt.max(0.25);
    }
    let commands = stage.commands().into_iter();
    commands
        .filter_map(|command| match command {
            Command::BackUpRun { folder } => Some(folder),
            _ => None,
        })
        .collect()
}

#[test]
fn a_run_is_kept_aside_once_a_minute_as_long_as_it_learns_and_is_not_saved() {
    let place = tempfile::tempdir().expect("a temporary folder");
    let mut stage = with_backups(place.path());
    assert_eq!(
        backups_after(&mut stage, 70.0),
        Vec::<PathBuf>::new(),
        "nothing was learned"
    );
    stage.train();
    let folders = backups_after(&mut stage, 70.0);
    assert_eq!(folders.len(), 1, "{folders:?}");
    assert!(folders[0].starts_with(place.path()));
    assert_eq!(
        backups_after(&mut stage, 70.0),
        Vec::<PathBuf>::new(),
        "nothing new"
    );

    let notes = stage.app().state().notices.next_number();
    stage.report(Event::RunBackedUp {
        run: stage.run(),
        folder: folders[0].clone(),
        step: 1,
    });
    stage.step();
    assert_eq!(
        stage.app().state().notices.next_number(),
        notes,
        "no note each minute"
    );
    assert!(stage.app().state().has_unsaved_run());
    saved(&mut stage, Path::new("/runs/first"));
    assert!(!folders[0].exists(), "what is saved is not kept aside");
    drop(stage);
    assert_eq!(
        std::fs::read_dir(place.path()).expect("readable").count(),
        0
    );
}

/// What a window leaves that was killed after it had kept its run aside.
pub fn leave_behind(place: &Path, name: &str) -> PathBuf {
    let folder = place.join(name);
    std::fs::create_dir_all(&folder).expect("made");
    for file in ["resume.bpk", "in-use"] {
        std::fs::write(folder.join(file), "of a run").expect("written");
    }
    folder
}

#[test]
fn a_run_left_behind_by_a_crash_is_offered_and_opens_unsaved() {
    let place = tempfile::tempdir().expect("a temporary folder");
    let left = leave_behind(place.path(), "run-1");
    let mut stage = with_backups(place.path());
    assert!(stage.has("A run was not saved when Hourglass last ended"));
    stage.click("Open it");
    answer_opening(&mut stage);
    assert!(!stage.has("A run was not saved when Hourglass last ended"));
    let lab = stage.app().state();
    assert!(lab.has_unsaved_run(), "nobody chose its folder");
    assert_eq!(lab.keep.recent, Vec::<PathBuf>::new());
    assert!(left.exists(), "until it is written elsewhere");
    saved(&mut stage, Path::new("/runs/first"));
    assert!(!left.exists());
}

#[test]
fn a_run_left_behind_can_be_forgotten_and_only_the_newest_is_kept() {
    let place = tempfile::tempdir().expect("a temporary folder");
    let old = leave_behind(place.path(), "run-1");
    let long_ago = std::time::SystemTime::now() - std::time::Duration::from_hours(1);
    let resume = std::fs::File::options()
        .append(true)
        .open(old.join("resume.bpk"));
    resume
        .expect("there")
        .set_modified(long_ago)
        .expect("changed");
    let new = leave_behind(place.path(), "run-2");
    let mut stage = with_backups(place.path());
    assert!(!old.exists() && new.exists());
    stage.click("Forget it");
    assert!(!new.exists());
    assert!(!stage.has("A run was not saved when Hourglass last ended"));
}

#[test]
fn the_run_of_a_window_that_lives_is_not_offered_to_another() {
    let place = tempfile::tempdir().expect("a temporary folder");
    let mut first = with_backups(place.path());
    first.train();
    let folders = backups_after(&mut first, 70.0);
    std::fs::write(folders[0].join("resume.bpk"), "of a run").expect("written");
    let second = with_backups(place.path());
    assert!(!second.has("A run was not saved when Hourglass last ended"));
    assert!(folders[0].join("resume.bpk").exists());
}
