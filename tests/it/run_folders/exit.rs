//! The process ends on a thread: `exit`, which returns to nobody, lets the worker keep what it has.

use std::process::{Command as Process, Stdio};

use hourglass::app::Farewells;
use hourglass::protocol::{BackupPolicy, Command, Phase};
use hourglass::run_folder::backup::left_behind;

use crate::worker::{send, small, start, wait_for_phase, with_digits};

/// Where a process that this test starts of itself backs up its run, and the name it is found by.
const PLACE: &str = "HOURGLASS_TEST_EXITS_OVER";
const NAME: &str = "run_folders::exit::a_process_that_exits_keeps_the_newest_steps";

#[test]
fn a_process_that_exits_keeps_the_newest_steps() {
    if let Some(place) = std::env::var_os(PLACE) {
        let worker = with_digits();
        let farewells = Farewells::default();
        farewells.note(&worker);
        farewells.hear_the_end_of_this_thread();
        send(
            &worker,
            Command::BackupPolicy(BackupPolicy {
                place: Some(place.into()),
                every: std::time::Duration::from_hours(1),
                worth: std::time::Duration::from_hours(1),
            }),
        );
        start(&worker, 1, small());
        send(&worker, Command::TrainSteps(std::num::NonZeroU64::MIN));
        wait_for_phase(&worker, |phase| matches!(phase, Phase::Paused { .. }));
        std::process::exit(1); // as X11's library does when the display is gone
    }
    let home = tempfile::tempdir().expect("a temporary folder");
    let ended = Process::new(std::env::current_exe().expect("this test"))
        .args(["--exact", NAME, "--nocapture", "--test-threads=1"])
        .env(PLACE, home.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .expect("it starts");
    assert_eq!(ended.code(), Some(1));
    let left = left_behind(home.path());
    let steps = left
        .iter()
        .filter_map(|kept| kept.about.as_ref().map(|about| about.step));
    assert_eq!(steps.collect::<Vec<_>>(), [1]);
}
