//! What the worker does when things break: it says so, keeps what was good, and never takes its owner along.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use crossbeam_channel::bounded;
use hourglass::experiment::{OptimizerKind, PresetId};
use hourglass::protocol::{Command, Event, Failure, Phase};
use hourglass::train::device;
use hourglass::worker::{Wake, Worker, spawn};

use crate::data_sets;
use crate::worker::{DEADLINE, send, small, start, wait_for, wait_for_phase, with_digits};

#[test]
fn invariant_7_a_panic_in_the_worker_is_an_event_and_a_new_worker_works() {
    let calls = AtomicU32::new(0);
    let wake = Wake::new(move || {
        assert!(
            calls.fetch_add(1, Ordering::Relaxed) < 3,
            "the wake is broken"
        );
    });
    let worker = spawn(device::cpu(), wake).expect("a thread");
    send(&worker, Command::LoadDataset(data_sets::source()));
    let message = wait_for(&worker, |event| match event {
        Event::Failed(Failure::WorkerPanicked { message }) => Some(message),
        _ => None,
    });
    assert_eq!(message, "the wake is broken");
    drop(worker);
    drop(with_digits());
}

#[test]
fn invariant_9_an_infinite_loss_stops_the_run_and_training_goes_on_after_a_change() {
    let worker = with_digits();
    let mut wild = PresetId::Vanilla64.preset().experiment();
    wild.training.train_samples = Some(6_400);
    wild.optimizer.kind = OptimizerKind::Sgd; // nothing holds its steps
    start(&worker, 1, wild.clone());
    wild.optimizer.learning_rate = 1e3;
    send(&worker, Command::Tune(wild.clone()));
    send(&worker, Command::Train);
    let mut failure = None;
    wait_for(&worker, |event| match event {
        Event::Failed(found) => {
            failure = Some(found);
            None
        }
        Event::PhaseChanged {
            phase: Phase::Stopped { .. },
            ..
        } => Some(()),
        _ => None,
    });
    let failure = failure.expect("a stop is explained");
    let Failure::NonFiniteLoss {
        step,
        restored_step,
        ..
    } = failure
    else {
        panic!("{failure}");
    };
    assert!(restored_step < step);
    assert!(
        failure.to_string().contains("lower the learning rate"),
        "{failure}"
    );

    wild.optimizer.learning_rate = 1e-3;
    wild.training.epochs = 1;
    send(&worker, Command::Tune(wild));
    send(&worker, Command::Train);
    wait_for_phase(&worker, |phase| matches!(phase, Phase::Finished { .. }));
}

#[test]
fn invariant_4_a_dropped_owner_ends_the_worker_even_in_mid_training() {
    let worker = with_digits();
    let mut endless = small();
    endless.training.epochs = 10_000;
    start(&worker, 1, endless);
    send(&worker, Command::Train);
    wait_for_phase(&worker, |phase| matches!(phase, Phase::Training { .. }));
    assert!(ends_in_time(worker));
}

#[test]
fn invariant_4_the_worker_waits_for_an_owner_that_does_not_listen_and_still_ends() {
    let woken = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&woken);
    let wake = Wake::new(move || {
        counted.fetch_add(1, Ordering::Relaxed);
    });
    let worker = spawn(device::cpu(), wake).expect("a thread");
    send(&worker, Command::LoadDataset(data_sets::source()));
    wait_for(&worker, |event| {
        matches!(event, Event::DatasetLoaded(_)).then_some(())
    });
    let mut endless = small();
    endless.training.epochs = 10_000;
    start(&worker, 1, endless);
    send(&worker, Command::Train);
    // Nobody takes the events: the lane fills up, and from then on nothing more is said.
    let events = worker.events().expect("the lane is open");
    let deadline = std::time::Instant::now() + DEADLINE;
    while !events.is_full() {
        assert!(std::time::Instant::now() < deadline, "the lane never fills");
        std::thread::yield_now();
    }
    let said = events.len();
    assert_eq!(Some(said), events.capacity());
    assert!(woken.load(Ordering::Relaxed) > 0);
    assert!(ends_in_time(worker));
}

/// Drops a worker on another thread and says whether that came to an end.
fn ends_in_time(worker: Worker) -> bool {
    let (done, ended) = bounded(1);
    std::thread::Builder::new()
        .name("drops-the-worker".to_owned())
        .spawn(move || {
            drop(worker);
            done.send(()).ok(); // nobody waits any more: the test has failed
        })
        .expect("a thread");
    ended.recv_timeout(Duration::from_secs(30)).is_ok()
}
