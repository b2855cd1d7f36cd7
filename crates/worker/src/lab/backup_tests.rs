//! Backed-up runs: what is there after windows were killed, closed, or moved on to other runs.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::num::NonZeroU64;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command as Process, Stdio};
use std::time::{Duration, Instant};

use crate::{Wake, Worker};
use hourglass_experiment::{Experiment, PresetId};
use hourglass_protocol::{BackupPolicy, Command, Event, Failure, KeptRun, RunId};
use hourglass_run_folder::backup::left_behind;
use hourglass_train::{Trainer, device};

use super::Lab;
use super::tests::made_up;

/// Where a process that this test starts of itself backs up runs, its seed, and the name it is found by.
const PLACE: &str = "HOURGLASS_TEST_BACKS_UP_IN";
const SEED: &str = "HOURGLASS_TEST_SEED";
const NAME: &str = "lab::backup_tests::windows_killed_at_any_moment_leave_a_run_each_that_goes_on";

/// Rounds of three windows.
const N_ROUNDS: u64 = 34;

fn policy(place: &Path) -> BackupPolicy {
    BackupPolicy {
        place: Some(place.to_owned()),
        every: Duration::ZERO,
        worth: Duration::ZERO,
    }
}

fn experiment(seed: u64) -> Experiment {
    let mut experiment = PresetId::Vanilla64.preset().experiment();
    experiment.training.batch_size = 16;
    experiment.seed = seed;
    experiment
}

fn lab() -> (Worker, Lab) {
    let (worker, side) = Worker::lanes();
    let mut lab = Lab::new(side, device::cpu(), Wake::nobody());
    lab.dataset = Some(made_up());
    (worker, lab)
}

fn obey(lab: &mut Lab, command: Command) {
    assert!(lab.obey(command).is_continue());
}

fn start(lab: &mut Lab, run: u64, seed: u64) {
    let (run, experiment) = (RunId(run), experiment(seed));
    obey(lab, Command::StartRun { run, experiment });
}

fn take_steps(lab: &mut Lab, n: u64) {
    obey(
        lab,
        Command::TrainSteps(NonZeroU64::new(n).expect("some steps")),
    );
    while lab.is_training() {
        assert!(lab.train().is_continue());
    }
}

fn open(lab: &mut Lab, run: u64, folder: &Path) {
    let (run, folder) = (RunId(run), folder.to_owned());
    obey(lab, Command::OpenRun { run, folder });
}

/// What was reported since the last time.
fn events(worker: &Worker) -> Vec<Event> {
    worker
        .events()
        .expect("the lane is open")
        .try_iter()
        .collect()
}

fn step_of(kept: &KeptRun) -> u64 {
    kept.about.as_ref().expect("described").step
}

/// The weights of an uninterrupted run of this seed after this many steps.
fn undisturbed(seed: u64, steps: u64) -> Vec<Vec<f32>> {
    let mut trainer = Trainer::new(experiment(seed), made_up(), &device::cpu().device);
    while trainer.step() < steps {
        trainer.burst(Duration::ZERO, 1, || true).expect("a step");
    }
    weights_of(&trainer)
}

fn weights_of(trainer: &Trainer) -> Vec<Vec<f32>> {
    let checkpoint = trainer.checkpoint().expect("read back");
    let parameters = checkpoint.parameters.into_iter();
    parameters.map(|parameter| parameter.values).collect()
}

fn weights(lab: &Lab) -> Vec<Vec<f32>> {
    weights_of(&lab.run.as_ref().expect("a run").trainer)
}

/// What a window does that this test kills: trains without end, backing up each burst.
fn back_up_without_end(place: &Path, seed: u64) {
    let (worker, mut lab) = lab();
    obey(&mut lab, Command::BackupPolicy(policy(place)));
    start(&mut lab, 1, seed);
    let mut out = std::io::stdout();
    loop {
        obey(&mut lab, Command::TrainSteps(NonZeroU64::MIN));
        while lab.is_training() {
            assert!(lab.train().is_continue());
        }
        lab.write_what_is_due();
        let step = lab.run.as_ref().map_or(0, |run| run.trainer.step());
        writeln!(out, "\nkept {step}")
            .and_then(|()| out.flush())
            .expect("heard");
        events(&worker);
    }
}

fn window(place: &Path, seed: u64) -> (Child, BufReader<ChildStdout>) {
    let mut child = Process::new(std::env::current_exe().expect("this test"))
        .args(["--exact", NAME, "--nocapture", "--test-threads=1"])
        .env(PLACE, place)
        .env(SEED, seed.to_string())
        .env("RAYON_NUM_THREADS", "1")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    let out = BufReader::new(child.stdout.take().expect("piped"));
    (child, out)
}

/// The newest step that a window says it has kept, once there is one.
fn kept_step(out: &mut BufReader<ChildStdout>) -> u64 {
    let lines = out.lines().map_while(Result::ok);
    let mut steps = lines.filter_map(|line| line.strip_prefix("kept ")?.parse().ok());
    steps.next().expect("it keeps its run")
}

#[test]
fn windows_killed_at_any_moment_leave_a_run_each_that_goes_on() {
    if let Some(place) = std::env::var_os(PLACE) {
        let seed = std::env::var(SEED)
            .expect("given")
            .parse()
            .expect("a number");
        back_up_without_end(Path::new(&place), seed); // until it is killed
    }
    for round in 0..N_ROUNDS {
        let home = tempfile::tempdir().expect("a temporary folder");
        let seeds = [1, 2, 3].map(|n| round * 3 + n);
        let mut windows = seeds.map(|seed| window(home.path(), seed));
        let kept: BTreeMap<u64, u64> = seeds
            .into_iter()
            .zip(&mut windows)
            .map(|(seed, (_, out))| (seed, kept_step(out)))
            .collect();
        for (n, (child, _)) in (1..).zip(&mut windows) {
            let until = Instant::now() + Duration::from_micros(997 * (round * n % 23));
            while Instant::now() < until {
                std::hint::spin_loop(); // the moment within a write is what this is about
            }
            child.kill().expect("killed");
            child.wait().expect("gone");
        }
        go_on_with_all(home.path(), &kept);
    }
}

/// Opens every run that was left behind, and compares each with an uninterrupted one.
fn go_on_with_all(place: &Path, kept: &BTreeMap<u64, u64>) {
    let left = left_behind(place);
    assert_eq!(left.len(), kept.len(), "{left:?}");
    let mut found = Vec::new();
    for run in &left {
        let (worker, mut lab) = lab();
        open(&mut lab, 1, &run.folder);
        let said = events(&worker);
        assert!(
            said.iter()
                .any(|event| matches!(event, Event::RunOpened { .. })),
            "{said:?}"
        );
        take_steps(&mut lab, 2);
        let opened = lab.run.as_ref().expect("a run");
        let (seed, step) = (opened.trainer.experiment().seed, opened.trainer.step());
        assert!(
            step - 2 >= kept[&seed],
            "step {step} of seed {seed} in {kept:?}"
        );
        assert_eq!(weights(&lab), undisturbed(seed, step), "seed {seed}");
        found.push(seed);
    }
    found.sort_unstable();
    assert!(found.iter().eq(kept.keys()), "{found:?}");
}

#[test]
fn an_owner_that_goes_leaves_the_newest_steps() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let (worker, mut lab) = lab();
    let hourly = BackupPolicy {
        every: Duration::from_hours(1),
        ..policy(home.path())
    };
    obey(&mut lab, Command::BackupPolicy(hourly));
    start(&mut lab, 1, 7);
    take_steps(&mut lab, 5);
    obey(
        &mut lab,
        Command::Compare {
            run: RunId(2),
            experiment: experiment(8),
        },
    );
    take_steps(&mut lab, 1);
    drop(worker);
    lab.run(); // which ends at once
    let left = || {
        let mut left: Vec<(u64, u64)> = left_behind(home.path())
            .iter()
            .map(|kept| (kept.about.as_ref().expect("described").seed, step_of(kept)))
            .collect();
        left.sort_unstable();
        left
    };
    // A process that another test starts shares this one's locks from its birth until it runs its own program.
    let deadline = Instant::now() + Duration::from_mins(1);
    while left().len() < 2 && Instant::now() < deadline {
        std::thread::yield_now();
    }
    assert_eq!(left(), [(7, 6), (8, 6)], "the comparison run too");
}

/// `hourglass train --resume` on a run that a window backed up.
#[test]
fn a_run_that_is_saved_into_the_folder_it_was_backed_up_in_stays_there() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let (worker, mut lab) = lab();
    obey(&mut lab, Command::BackupPolicy(policy(home.path())));
    start(&mut lab, 1, 7);
    take_steps(&mut lab, 2);
    drop(worker);
    lab.run(); // which ends at once
    let folder = left_behind(home.path())[0].folder.clone();

    let (worker, mut lab) = self::lab();
    open(&mut lab, 1, &folder);
    take_steps(&mut lab, 3);
    obey(
        &mut lab,
        Command::BackUpRun {
            folder: folder.clone(),
        },
    );
    obey(
        &mut lab,
        Command::SaveRun {
            folder: folder.clone(),
        },
    );
    drop(worker);
    lab.run();
    let left = left_behind(home.path());
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].folder, folder);
    assert_eq!(step_of(&left[0]), 5);
    let (_worker, mut lab) = self::lab();
    open(&mut lab, 1, &folder);
    let run = lab.run.as_ref().expect("it opens");
    assert_eq!(weights_of(&run.trainer), undisturbed(7, 5));
}

#[test]
fn a_run_that_is_saved_or_not_wanted_is_backed_up_no_longer() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let place = home.path().join("unsaved");
    let (worker, mut lab) = lab();
    obey(&mut lab, Command::BackupPolicy(policy(&place)));
    start(&mut lab, 1, 7);
    take_steps(&mut lab, 1);
    lab.write_what_is_due();
    let n_slots = || std::fs::read_dir(&place).expect("readable").count();
    assert_eq!(n_slots(), 1);
    let folder = home.path().join("saved");
    obey(&mut lab, Command::SaveRun { folder });
    assert_eq!(n_slots(), 0);
    lab.write_what_is_due();
    assert_eq!(n_slots(), 0, "nothing is new");

    take_steps(&mut lab, 1);
    start(&mut lab, 2, 8); // which replaces the first
    take_steps(&mut lab, 1);
    lab.write_what_is_due();
    assert_eq!(n_slots(), 2);
    worker.send(Command::ForgetBackup).expect("there is room");
    drop(worker);
    lab.run();
    assert_eq!(n_slots(), 0);
}

#[test]
fn a_run_that_one_window_opened_is_no_other_windows() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let (worker, mut first) = lab();
    obey(&mut first, Command::BackupPolicy(policy(home.path())));
    start(&mut first, 1, 7);
    take_steps(&mut first, 3);
    drop(worker);
    first.run();

    let folder = left_behind(home.path())[0].folder.clone();
    let (_one, mut one) = lab();
    open(&mut one, 1, &folder);
    assert_eq!(left_behind(home.path()), [], "it is open");
    let (other_worker, mut other) = lab();
    start(&mut other, 1, 9);
    events(&other_worker);
    open(&mut other, 2, &folder);
    let said = events(&other_worker);
    assert!(
        matches!(&said[..], [Event::Failed(Failure::NotOpened { run: RunId(2), reason })]
            if reason.contains("open in another Hourglass window")),
        "{said:?}"
    );
    // It goes on in the same folder, and is left there whole.
    obey(&mut one, Command::BackupPolicy(policy(home.path())));
    take_steps(&mut one, 2);
    one.leave();
    drop(one);
    let left = left_behind(home.path());
    assert_eq!(
        (left.len(), &left[0].folder, step_of(&left[0])),
        (1, &folder, 5)
    );
}

#[test]
fn a_place_that_cannot_be_written_is_said_and_so_is_that_it_can_again() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let file = tempfile::NamedTempFile::new_in(home.path()).expect("made");
    let place = file.path().to_owned(); // a file is no folder
    let (worker, mut lab) = lab();
    obey(&mut lab, Command::BackupPolicy(policy(&place)));
    let said = events(&worker);
    assert!(
        matches!(&said[..], [Event::Failed(Failure::NotBackedUp { place: named, .. })] if *named == place),
        "{said:?}"
    );
    start(&mut lab, 1, 7);
    take_steps(&mut lab, 1);
    events(&worker);
    assert!(lab.back_up_due().is_continue());
    assert_eq!(events(&worker), [], "it is said once");
    file.close().expect("removed");
    assert!(lab.back_up_due().is_continue());
    assert_eq!(events(&worker), [Event::BackingUp]);
}

#[test]
fn a_sleeping_worker_wakes_for_one_backup_and_then_for_none() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let (_worker, mut lab) = lab();
    obey(&mut lab, Command::BackupPolicy(policy(home.path())));
    start(&mut lab, 1, 7);
    assert_eq!(lab.time_to_next(), None, "nothing was learned");
    take_steps(&mut lab, 1);
    assert_eq!(lab.time_to_next(), Some(Duration::ZERO));
    assert!(lab.back_up_due().is_continue());
    assert_eq!(lab.time_to_next(), None);
}

#[test]
fn an_owner_that_does_not_listen_hinders_no_backup() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let (worker, mut lab) = lab();
    obey(&mut lab, Command::BackupPolicy(policy(home.path())));
    start(&mut lab, 1, 7);
    take_steps(&mut lab, 1);
    let mut filler = Vec::new();
    while lab.side.events.try_send(Event::LoadingCancelled).is_ok() {
        filler.push(());
    }
    let farewell = worker.farewell();
    let thread = std::thread::Builder::new().name("a farewell".to_owned());
    let place = home.path().to_owned();
    let waits = thread.spawn(move || {
        let deadline = Instant::now() + Duration::from_mins(1);
        while runs_in(&place) == 0 && Instant::now() < deadline {
            std::thread::yield_now();
        }
        farewell.say(Duration::from_mins(1))
    });
    assert!(
        lab.report(Event::LoadingCancelled).is_break(),
        "it was asked to end meanwhile"
    );
    drop(lab);
    assert!(waits.expect("a thread").join().expect("no panic"));
}

/// Backed-up runs, including those of living windows.
fn runs_in(place: &Path) -> usize {
    let slots = std::fs::read_dir(place).into_iter().flatten().flatten();
    let runs = slots.map(|slot| -> PathBuf { slot.path().join("run/resume.bpk") });
    runs.filter(|resume| resume.is_file()).count()
}

#[test]
fn a_farewell_from_any_thread_keeps_the_newest_steps() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let (worker, mut lab) = lab();
    let hourly = BackupPolicy {
        every: Duration::from_hours(1),
        ..policy(home.path())
    };
    obey(&mut lab, Command::BackupPolicy(hourly));
    start(&mut lab, 1, 7);
    obey(&mut lab, Command::Train);
    events(&worker);
    let thread = std::thread::Builder::new().name("a worker".to_owned());
    let thread = thread.spawn(move || lab.run()).expect("a thread");
    let listens = worker.events().expect("open");
    let mut newest = 0;
    while newest < 3 {
        if let Event::StepsTaken { steps, .. } = listens.recv().expect("it trains") {
            newest = steps.first_step + steps.len() as u64 - 1;
        }
    }
    assert!(worker.farewell().say(Duration::from_mins(1)));
    thread.join().expect("no panic");
    for event in listens.try_iter() {
        if let Event::StepsTaken { steps, .. } = event {
            newest = steps.first_step + steps.len() as u64 - 1;
        }
    }
    assert_eq!(step_of(&left_behind(home.path())[0]), newest);
}

#[test]
fn a_run_that_is_brought_back_goes_on_bit_for_bit_with_its_curves() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let (worker, mut lab) = lab();
    obey(&mut lab, Command::BackupPolicy(policy(home.path())));
    start(&mut lab, 1, 7);
    take_steps(&mut lab, 5);
    let rows = lab
        .run
        .as_ref()
        .map(|run| run.record.metrics().rows().to_vec());
    let before = lab.dataset.clone().expect("digits");
    lab.dataset = Some(made_up()); // other digits are loaded, and a run is started with them
    start(&mut lab, 2, 8);
    take_steps(&mut lab, 2);
    events(&worker);
    obey(&mut lab, Command::BringBack);
    let said = events(&worker);
    assert!(
        matches!(
            &said[..],
            [
                Event::RunReplaced { run: RunId(2) },
                Event::RunBroughtBack {
                    run: RunId(1),
                    dataset: Some(_)
                },
                ..,
                Event::PhaseChanged { run: RunId(1), .. },
            ]
        ),
        "{said:?}"
    );
    assert!(
        lab.dataset
            .as_ref()
            .is_some_and(|own| std::sync::Arc::ptr_eq(own, &before))
    );
    let found = lab
        .run
        .as_ref()
        .map(|run| run.record.metrics().rows().to_vec());
    assert_eq!(found, rows);
    take_steps(&mut lab, 5);
    assert_eq!(weights(&lab), undisturbed(7, 10));

    obey(&mut lab, Command::BringBack); // and the other way round
    take_steps(&mut lab, 2);
    assert_eq!(weights(&lab), undisturbed(8, 4));
    assert_eq!(runs_in(home.path()), 2, "a crash would lose neither");
}

#[test]
fn an_older_run_stays_on_disk_and_a_moments_run_is_kept_in_memory() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let (worker, mut lab) = lab();
    obey(&mut lab, Command::BackupPolicy(policy(home.path())));
    for run in 1..=3 {
        start(&mut lab, run, run);
        take_steps(&mut lab, run);
    }
    let left = left_behind(home.path());
    assert_eq!(
        left.iter().map(step_of).collect::<Vec<_>>(),
        [1],
        "the second is in memory"
    );
    obey(
        &mut lab,
        Command::BackupPolicy(BackupPolicy {
            worth: Duration::from_hours(1),
            ..policy(home.path())
        }),
    );
    events(&worker);
    start(&mut lab, 4, 4);
    let replaced = |event: &Event| matches!(event, Event::RunReplaced { run } if *run == RunId(3));
    assert!(events(&worker).iter().any(replaced));
    let left: Vec<u64> = left_behind(home.path()).iter().map(step_of).collect();
    assert_eq!(left, [2, 1], "the third is in memory alone");
    obey(&mut lab, Command::BringBack);
    assert_eq!(weights(&lab), undisturbed(3, 3));
}

#[test]
fn a_comparison_run_that_ends_with_the_comparison_can_be_brought_back() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let (worker, mut lab) = lab();
    obey(&mut lab, Command::BackupPolicy(policy(home.path())));
    start(&mut lab, 1, 7);
    take_steps(&mut lab, 3);
    let (run, experiment) = (RunId(2), experiment(8));
    obey(&mut lab, Command::Compare { run, experiment });
    take_steps(&mut lab, 1);
    events(&worker);
    obey(&mut lab, Command::EndComparison { keep: RunId(1) });
    assert_eq!(events(&worker)[0], Event::RunReplaced { run: RunId(2) });
    obey(&mut lab, Command::BringBack);
    assert_eq!(weights(&lab), undisturbed(8, 4));
}
