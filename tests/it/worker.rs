//! The worker by its words: commands in, events out, each awaited with a deadline.

use std::num::NonZeroU64;
use std::time::{Duration, Instant};

use hourglass::experiment::network::Connection;
use hourglass::experiment::{Experiment, PresetId};
use hourglass::protocol::{
    Command, DataSetId, DataSource, EvaluationScope, Event, Failure, FilterRequest, Gather,
    Numbers, Phase, ProbeRequest, RunId, Snapshot,
};
use hourglass::run_folder::is_run_folder;
use hourglass::train::device;
use hourglass::worker::{Wake, Worker, spawn};

use crate::data_sets;

/// Far more than anything here takes, also beside other work on all cores.
pub const DEADLINE: Duration = Duration::from_mins(3);

/// A worker on the CPU with digits loaded.
pub fn with_digits() -> Worker {
    let worker = spawn(device::cpu(), Wake::nobody()).expect("a thread");
    send(&worker, Command::LoadDataset(data_sets::source()));
    wait_for(&worker, |event| {
        matches!(event, Event::DatasetLoaded(_)).then_some(())
    });
    worker
}

pub fn send(worker: &Worker, command: Command) {
    worker.send(command).expect("the lane has room");
}

/// Waits for an event that `pick` accepts; the others are passed over.
pub fn wait_for<T>(worker: &Worker, mut pick: impl FnMut(Event) -> Option<T>) -> T {
    let deadline = Instant::now() + DEADLINE;
    let events = worker.events().expect("the lane is open");
    loop {
        let event = events
            .recv_deadline(deadline)
            .expect("the event came before the deadline");
        if let Some(found) = pick(event) {
            return found;
        }
    }
}

/// Waits for a phase that `is` accepts.
pub fn wait_for_phase(worker: &Worker, is: impl Fn(Phase) -> bool) -> Phase {
    wait_for(worker, |event| match event {
        Event::PhaseChanged { phase, .. } if is(phase) => Some(phase),
        _ => None,
    })
}

/// Hears a run from its start to its end, and no word about another in between.
pub fn nothing_is_said_of_others(worker: &Worker, expected: RunId) {
    let mut has_started = false;
    wait_for(worker, |event| {
        let run = match event {
            Event::RunStarted { run, .. } => {
                has_started |= run == expected;
                run
            }
            Event::PhaseChanged { run, phase } => {
                if has_started && matches!(phase, Phase::Finished { .. }) {
                    return Some(());
                }
                run
            }
            Event::StepsTaken { run, .. } | Event::Evaluated { run, .. } => run,
            _ => return None,
        };
        assert!(!has_started || run == expected, "a word about {run:?}");
        None
    });
}

/// A small network on few images, so that an epoch takes a moment.
pub fn small() -> Experiment {
    let mut experiment = PresetId::Vanilla64.preset().experiment();
    let dense = experiment
        .architecture
        .as_dense_mut()
        .expect("a dense preset");
    dense.code = 8;
    experiment.training.train_samples = Some(640);
    experiment.training.epochs = 2;
    experiment
}

pub fn start(worker: &Worker, run: u64, experiment: Experiment) {
    let run = RunId(run);
    send(worker, Command::StartRun { run, experiment });
}

/// The objectives of the next `n` steps.
fn objectives(worker: &Worker, n: usize) -> Vec<f32> {
    let mut found = Vec::new();
    while found.len() < n {
        let steps = wait_for(worker, |event| match event {
            Event::StepsTaken { steps, .. } => Some(steps),
            _ => None,
        });
        found.extend(&steps.terms[0].1);
    }
    found
}

pub fn snapshot(worker: &Worker, is: impl Fn(&Snapshot) -> bool) -> Snapshot {
    let deadline = Instant::now() + DEADLINE;
    while Instant::now() < deadline {
        if let Some(snapshot) = worker.snapshot()
            && is(&snapshot)
        {
            return snapshot;
        }
        std::thread::yield_now();
    }
    panic!("no such snapshot came before the deadline");
}

#[test]
fn a_run_trains_evaluates_and_finishes() {
    let worker = with_digits();
    start(&worker, 1, small());
    let (n_parameters, steps_per_epoch) = wait_for(&worker, |event| match event {
        Event::RunStarted {
            n_parameters,
            steps_per_epoch,
            ..
        } => Some((n_parameters, steps_per_epoch)),
        _ => None,
    });
    assert_eq!(n_parameters, 784 * 8 + 8 + 8 * 784 + 784);
    assert_eq!(steps_per_epoch, 10);

    send(&worker, Command::Train);
    let (mut n_steps, mut full) = (0, Vec::new());
    let position = wait_for(&worker, |event| {
        match event {
            Event::StepsTaken { steps, .. } => {
                assert_eq!(steps.first_step, n_steps + 1, "a step is missing");
                n_steps += steps.len() as u64;
            }
            Event::Evaluated { evaluation, .. } if evaluation.scope == EvaluationScope::Full => {
                full.push((evaluation.epoch, evaluation.terms[0].1));
            }
            Event::PhaseChanged {
                phase: Phase::Finished { position },
                ..
            } => return Some(position),
            _ => {}
        }
        None
    });
    assert_eq!(
        (n_steps, position.epochs_done, position.steps_done),
        (20, 2, 20)
    );
    assert_eq!(
        full.len(),
        2,
        "an evaluation on the whole test split ends each epoch"
    );
    assert!(full[1].1 < full[0].1);

    send(&worker, Command::Train); // past its goal a run goes on for as many epochs again
    let phase = wait_for_phase(&worker, |phase| matches!(phase, Phase::Finished { .. }));
    let Phase::Finished { position } = phase else {
        unreachable!("waited for")
    };
    assert_eq!((position.epochs_done, position.epochs_goal), (4, 4));
}

#[test]
fn a_run_out_of_patience_finishes_early_with_its_best_weights() {
    let worker = with_digits();
    let mut experiment = small();
    experiment.optimizer.learning_rate = 1e-2;
    experiment.training.batch_size = 20;
    experiment.training.train_samples = Some(140);
    experiment.training.held_out = 100;
    experiment.training.patience = 3;
    experiment.training.epochs = 2000;
    start(&worker, 1, experiment);
    send(&worker, Command::Train);
    let mut newest = None;
    let position = wait_for(&worker, |event| {
        match event {
            Event::Evaluated { evaluation, .. } if evaluation.scope == EvaluationScope::Full => {
                newest = evaluation.best;
            }
            Event::PhaseChanged {
                phase: Phase::Finished { position },
                ..
            } => return Some(position),
            _ => {}
        }
        None
    });
    let best = newest.expect("images are held out");
    assert!(best.is_in_place && best.loss < best.newest_loss);
    assert_eq!(position.epochs_done as u64, best.epoch + 3);
    assert_eq!(position.epochs_goal, position.epochs_done, "it is done");
}

#[test]
fn steps_and_epochs_are_taken_as_counted() {
    let worker = with_digits();
    start(&worker, 1, small());
    send(
        &worker,
        Command::TrainSteps(NonZeroU64::new(7).expect("seven")),
    );
    let phase = wait_for_phase(&worker, |phase| matches!(phase, Phase::Paused { .. }));
    assert!(matches!(phase, Phase::Paused { position } if position.steps_done == 7));
    send(&worker, Command::TrainEpochs(NonZeroU64::MIN)); // to the end of the epoch in progress
    let phase = wait_for_phase(&worker, |phase| matches!(phase, Phase::Paused { .. }));
    assert!(matches!(phase, Phase::Paused { position } if position.steps_done == 10));
}

#[test]
fn invariant_6_a_pause_is_reported_and_then_no_step_is_taken() {
    let worker = with_digits();
    let mut endless = small();
    endless.training.epochs = 10_000;
    start(&worker, 1, endless);
    send(&worker, Command::Train);
    objectives(&worker, 1);
    let asked = Instant::now();
    send(&worker, Command::Pause);
    let mut last_step = 0;
    let paused = wait_for(&worker, |event| match event {
        Event::StepsTaken { steps, .. } => {
            last_step = steps.first_step + steps.len() as u64 - 1;
            None
        }
        Event::PhaseChanged {
            phase: Phase::Paused { position },
            ..
        } => Some(position),
        _ => None,
    });
    assert!(asked.elapsed() < Duration::from_secs(5));
    if last_step > 0 {
        assert_eq!(paused.steps_done, last_step);
    }
    // The next steps are those asked for: none happened in between.
    send(&worker, Command::TrainSteps(NonZeroU64::MIN));
    let steps = wait_for(&worker, |event| match event {
        Event::StepsTaken { steps, .. } => Some(steps),
        _ => None,
    });
    assert_eq!((steps.first_step, steps.len()), (paused.steps_done + 1, 1));
}

#[test]
fn reset_repeats_the_first_steps_and_a_new_seed_does_not() {
    let worker = with_digits();
    let first_steps = |run, experiment| {
        start(&worker, run, experiment);
        send(
            &worker,
            Command::TrainSteps(NonZeroU64::new(5).expect("five")),
        );
        objectives(&worker, 5)
    };
    let original = first_steps(1, small());
    assert_eq!(first_steps(2, small()), original);
    let mut reseeded = small();
    reseeded.seed = 99;
    assert_ne!(first_steps(3, reseeded), original);
}

#[test]
fn invariant_5_after_a_new_run_starts_nothing_is_said_of_the_old_one() {
    let worker = with_digits();
    let mut endless = small();
    endless.training.epochs = 10_000;
    start(&worker, 1, endless);
    send(&worker, Command::Train);
    objectives(&worker, 1);
    start(&worker, 2, small());
    send(&worker, Command::Train);
    nothing_is_said_of_others(&worker, RunId(2));
}

#[test]
fn live_changes_are_taken_on_and_others_refused() {
    let worker = with_digits();
    start(&worker, 1, small());
    let mut faster = small();
    faster.optimizer.learning_rate = 1e-2;
    faster.training.batch_size = 32;
    send(&worker, Command::Tune(faster.clone()));
    let (experiment, steps_per_epoch) = wait_for(&worker, |event| match event {
        Event::Tuned {
            experiment,
            steps_per_epoch,
            ..
        } => Some((experiment, steps_per_epoch)),
        _ => None,
    });
    assert_eq!((experiment, steps_per_epoch), (faster, 20));

    for refused in [
        {
            let mut wider = small();
            let dense = wider.architecture.as_dense_mut().expect("a dense preset");
            dense.code = 16;
            wider
        },
        {
            let mut broken = small();
            broken.optimizer.learning_rate = f64::NAN;
            broken
        },
    ] {
        send(&worker, Command::Tune(refused));
        wait_for(&worker, |event| match event {
            Event::Failed(Failure::InvalidExperiment { .. }) => Some(()),
            Event::Tuned { .. } => panic!("taken on"),
            _ => None,
        });
    }
}

#[test]
fn the_window_sees_what_it_looks_at() {
    let worker = with_digits();
    start(&worker, 1, small());
    worker.look_at(ProbeRequest {
        revision: 7,
        samples: vec![42, 3],
        hovered: Some(5),
        ..ProbeRequest::default()
    });
    let seen = snapshot(&worker, |snapshot| snapshot.revision == 7);
    assert_eq!(seen.run, RunId(1));
    assert_eq!(seen.digits.samples, [42, 3]);
    assert_eq!(seen.hovered.expect("asked for").samples, [5]);
    assert_eq!(seen.scatter.expect("asked for").points.len(), 10_000);
    let activations = seen.activations.expect("asked for");
    assert_eq!(activations.unit_means.len(), 8);

    // At rest a finished step is seen without being asked for.
    send(
        &worker,
        Command::TrainSteps(NonZeroU64::new(3).expect("three")),
    );
    let seen = snapshot(&worker, |snapshot| snapshot.step == 3);
    assert_eq!(seen.digits.step, 3);
    // The scatter may come a moment later.
    let scatter_step = |snapshot: &Snapshot| snapshot.scatter.as_ref().map(|view| view.step);
    if scatter_step(&seen) != Some(3) {
        snapshot(&worker, |snapshot| scatter_step(snapshot) == Some(3));
    }
}

#[test]
fn weights_and_the_followed_digit_are_seen_only_while_they_are_looked_at() {
    let worker = with_digits();
    start(&worker, 1, small());
    let connection = Connection::Decoder(0);
    let request = ProbeRequest {
        revision: 1,
        filters: Some(FilterRequest {
            connection,
            all_scales: false,
        }),
        followed: Some(12),
        ..ProbeRequest::default()
    };
    worker.look_at(request.clone());
    let seen = snapshot(&worker, |snapshot| snapshot.revision == 1);
    let view = seen.filters.expect("asked for");
    assert_eq!((view.connection, view.bank.n_outputs), (connection, 8));
    assert_eq!(seen.unit_means.expect("asked for").means.len(), 8);
    assert_eq!(seen.flow.expect("asked for").sample, 12);

    worker.look_at(ProbeRequest {
        revision: 2,
        filters: None,
        followed: Some(3),
        ..request.clone()
    });
    let seen = snapshot(&worker, |snapshot| snapshot.revision == 2);
    assert_eq!((seen.filters, seen.unit_means), (None, None));
    assert_eq!(seen.flow.expect("asked for").sample, 3);

    worker.look_at(ProbeRequest {
        revision: 3,
        filters: None,
        followed: None,
        ..request
    });
    let seen = snapshot(&worker, |snapshot| snapshot.revision == 3);
    assert_eq!(seen.flow, None);
}

#[test]
fn data_that_do_not_load_are_named_and_those_in_use_stay() {
    let worker = with_digits();
    let nowhere = DataSource::at("/nowhere/at/all");
    send(&worker, Command::LoadDataset(nowhere));
    let reason = wait_for(&worker, |event| match event {
        Event::Failed(Failure::Dataset { reason }) => Some(reason),
        _ => None,
    });
    assert!(reason.contains("/nowhere/at/all"), "{reason}");
    start(&worker, 1, small());
    wait_for(&worker, |event| {
        matches!(event, Event::RunStarted { .. }).then_some(())
    });
}

#[test]
fn loading_is_cancelled_and_the_worker_listens_meanwhile() {
    let worker = with_digits();
    send(
        &worker,
        Command::LoadDataset(DataSource::Named(DataSetId::PEN_DIGITS)),
    );
    send(&worker, Command::CancelLoading);
    let mut are_baselines_known = false;
    wait_for(&worker, |event| {
        are_baselines_known |= matches!(event, Event::BaselinesKnown(_));
        match event {
            Event::LoadingCancelled => Some(()),
            Event::DatasetLoaded(_) => panic!("loaded all the same"),
            _ => None,
        }
    });
    // The digits in use are measured all the same, also where the load came before that was done.
    if !are_baselines_known {
        wait_for(&worker, |event| {
            matches!(event, Event::BaselinesKnown(_)).then_some(())
        });
    }
}

/// PCA is fitted on what the run in front learns from.
#[test]
fn baselines_are_of_as_many_images_as_a_run_learns_from() {
    let worker = with_digits();
    let wait_for_baselines_of = |n: usize| {
        wait_for(&worker, |event| match event {
            Event::BaselinesKnown(baselines) if baselines.n_train == n => Some(baselines),
            _ => None,
        })
    };
    start(&worker, 1, small());
    let of_few = wait_for_baselines_of(640);
    let mut experiment = small();
    experiment.training.train_samples = None;
    start(&worker, 2, experiment);
    let of_all = wait_for_baselines_of(60_000);
    assert!(of_all.pca_mse(32) < of_few.pca_mse(32));
}

#[test]
fn a_run_without_digits_is_refused() {
    let worker = spawn(device::cpu(), Wake::nobody()).expect("a thread");
    start(&worker, 1, small());
    wait_for(&worker, |event| {
        matches!(event, Event::Failed(Failure::InvalidExperiment { .. })).then_some(())
    });
}

#[test]
fn a_run_is_saved_where_asked_and_an_unwritable_place_is_named() {
    let worker = with_digits();
    start(&worker, 1, small());
    let folder = tempfile::tempdir().expect("a temporary folder");
    let run_folder = folder.path().join("run");
    send(
        &worker,
        Command::SaveRun {
            folder: run_folder.clone(),
        },
    );
    wait_for(&worker, |event| {
        matches!(event, Event::RunSaved { .. }).then_some(())
    });
    assert!(is_run_folder(&run_folder));

    let file = folder.path().join("a-file");
    std::fs::write(&file, "precious").expect("written");
    send(
        &worker,
        Command::SaveRun {
            folder: file.join("run"),
        },
    );
    let reason = wait_for(&worker, |event| match event {
        Event::Failed(Failure::NotSaved { reason }) => Some(reason),
        _ => None,
    });
    assert!(reason.contains("a-file"), "{reason}");
}

#[test]
fn numbers_are_gathered_in_mid_training_and_refused_without_a_model() {
    let worker = with_digits();
    send(&worker, Command::Gather(Gather::Filters));
    wait_for(&worker, |event| match event {
        Event::Failed(Failure::NoFigure { reason }) => Some(reason),
        _ => None,
    });
    let mut long = small();
    long.training.epochs = 1_000;
    start(&worker, 1, long);
    send(&worker, Command::Train);
    wait_for_phase(&worker, |phase| matches!(phase, Phase::Training { .. }));
    send(&worker, Command::Gather(Gather::Codes));
    let gathered = wait_for(&worker, |event| match event {
        Event::Gathered { run, gathered } => Some((run, gathered)),
        _ => None,
    });
    assert_eq!(gathered.0, RunId(1));
    let Numbers::Codes(table) = gathered.1.numbers else {
        panic!("codes were asked for");
    };
    assert_eq!((table.labels.len(), table.size), (10_000, 8));
    // Training goes on.
    wait_for(&worker, |event| {
        matches!(event, Event::StepsTaken { .. }).then_some(())
    });
}
