//! Two runs trained beside each other, by the worker's words.

use std::num::NonZeroU64;
use std::time::Instant;

use hourglass::experiment::{Experiment, OptimizerKind, PresetId, Term};
use hourglass::protocol::{
    Axes, Command, EvaluationScope, Event, Failure, Phase, ProbeRequest, RunId, ScatterRequest,
    Snapshot, Turn,
};
use hourglass::worker::Worker;

use crate::worker::{
    DEADLINE, nothing_is_said_of_others, send, small, start, wait_for, wait_for_phase, with_digits,
};

const A: RunId = RunId(1);
const B: RunId = RunId(2);

/// Another experiment for the same digits: a smaller code, learned faster.
fn comparison() -> Experiment {
    let mut experiment = small();
    experiment.architecture.as_dense_mut().expect("dense").code = 4;
    experiment.optimizer.learning_rate = 3e-3;
    experiment
}

fn compare(worker: &Worker, experiment: Experiment) {
    send(worker, Command::Compare { run: B, experiment });
}

/// What is looked for in the first snapshot that has it.
fn wait_for_snapshot<T>(worker: &Worker, find: impl Fn(Snapshot) -> Option<T>) -> T {
    let deadline = Instant::now() + DEADLINE;
    loop {
        assert!(Instant::now() < deadline, "no such snapshot came");
        match worker.snapshot().and_then(&find) {
            Some(found) => return found,
            None => std::thread::yield_now(),
        }
    }
}

/// Step, scope and terms of an evaluation.
type Measured = (u64, EvaluationScope, Vec<(Term, f64)>);

/// What a run computed: every step's terms, and every evaluation's.
#[derive(Debug, Default, PartialEq)]
struct Numbers {
    steps: Vec<Vec<f32>>,
    evaluations: Vec<Measured>,
}

impl Numbers {
    fn note(&mut self, event: &Event, of: RunId) {
        match event {
            Event::StepsTaken { run, steps } if *run == of => {
                assert_eq!(
                    steps.first_step,
                    self.steps.len() as u64 + 1,
                    "a step is missing"
                );
                let row = |idx: usize| steps.terms.iter().map(|(_, of)| of[idx]).collect();
                self.steps.extend((0..steps.len()).map(row));
            }
            Event::Evaluated { run, evaluation } if *run == of => {
                let terms = evaluation.terms.clone();
                self.evaluations
                    .push((evaluation.step, evaluation.scope, terms));
            }
            _ => {}
        }
    }
}

/// Everything said until the run in front is finished, by both.
fn numbers_until_finished(worker: &Worker) -> [Numbers; 2] {
    let mut both = [Numbers::default(), Numbers::default()];
    let mut finished = [false, false];
    let deadline = Instant::now() + DEADLINE;
    let events = worker.events().expect("the lane is open");
    while finished != [true, true] {
        let event = events.recv_deadline(deadline).expect("it finishes");
        let sides = [A, B].into_iter().zip(&mut both).zip(&mut finished);
        for ((run, numbers), finished) in sides {
            numbers.note(&event, run);
            if let Event::PhaseChanged { run: of, phase } = &event
                && *of == run
            {
                *finished = matches!(phase, Phase::Finished { .. });
            }
        }
    }
    both
}

/// The numbers of an experiment that is trained alone.
fn alone(experiment: Experiment) -> Numbers {
    let worker = with_digits();
    start(&worker, 1, experiment);
    let mut numbers = Numbers::default();
    send(&worker, Command::Train);
    wait_for(&worker, |event| {
        numbers.note(&event, A);
        let is_finished = matches!(
            event,
            Event::PhaseChanged {
                phase: Phase::Finished { .. },
                ..
            }
        );
        is_finished.then_some(())
    });
    numbers
}

/// Invariant 8: neither run's numbers depend on the other's.
#[test]
fn invariant_8_both_runs_compute_what_each_would_alone_bit_for_bit() {
    let worker = with_digits();
    worker.look_at(ProbeRequest {
        errors: true,
        ..ProbeRequest::default()
    });
    start(&worker, 1, small());
    compare(&worker, comparison());
    send(&worker, Command::Train);
    let [a, b] = numbers_until_finished(&worker);
    assert_eq!((a.steps.len(), b.steps.len()), (20, 20));
    assert_eq!(a, alone(small()));
    assert_eq!(b, alone(comparison()));
    assert_ne!(a.steps, b.steps);
}

#[test]
fn a_comparison_run_that_joins_later_takes_as_many_steps_first() {
    let worker = with_digits();
    start(&worker, 1, small());
    send(
        &worker,
        Command::TrainSteps(NonZeroU64::new(7).expect("seven")),
    );
    wait_for_phase(&worker, |phase| matches!(phase, Phase::Paused { .. }));
    compare(&worker, comparison());
    send(&worker, Command::TrainSteps(NonZeroU64::MIN));
    let mut steps = [7, 0];
    wait_for(&worker, |event| {
        if let Event::StepsTaken { run, steps: taken } = &event {
            let idx = usize::from(*run == B);
            assert_eq!(taken.first_step, steps[idx] + 1);
            steps[idx] += taken.len() as u64;
            assert!(*run == B || steps[1] >= 7, "B catches up before A goes on");
        }
        let rests = |phase: &Phase| matches!(phase, Phase::Paused { .. });
        match event {
            Event::PhaseChanged { run: B, phase } if rests(&phase) => Some(()),
            _ => None,
        }
    });
    assert_eq!(steps, [8, 8]);
}

#[test]
fn both_are_seen_in_the_same_way_and_each_by_its_own_name() {
    let worker = with_digits();
    worker.look_at(ProbeRequest {
        revision: 5,
        samples: vec![3, 1, 4],
        ..ProbeRequest::default()
    });
    start(&worker, 1, small());
    compare(&worker, comparison());
    send(
        &worker,
        Command::TrainSteps(NonZeroU64::new(2).expect("two")),
    );
    let seen = wait_for_snapshot(&worker, |seen| {
        let comparison = seen.comparison.as_ref();
        let is_whole = seen.digits.step == 2
            && comparison.is_some_and(|comparison| comparison.digits.step == 2);
        is_whole.then_some(seen)
    });
    let comparison = seen.comparison.clone().expect("it was waited for");
    assert_eq!((seen.run, comparison.run), (A, B));
    assert_eq!(seen.digits.samples, [3, 1, 4]);
    assert_eq!(comparison.digits.samples, [3, 1, 4]);
    assert_eq!(seen.digits.originals, comparison.digits.originals);
    assert_ne!(
        seen.digits.reconstructions,
        comparison.digits.reconstructions
    );
    assert!(comparison.scatter.is_some() && comparison.activations.is_some());
}

#[test]
fn either_run_can_be_kept_and_goes_on_alone() {
    for keep in [A, B] {
        let worker = with_digits();
        start(&worker, 1, small());
        compare(&worker, comparison());
        send(
            &worker,
            Command::TrainSteps(NonZeroU64::new(3).expect("three")),
        );
        wait_for(&worker, |event| match event {
            Event::PhaseChanged {
                run: B,
                phase: Phase::Paused { .. },
            } => Some(()),
            _ => None,
        });
        send(&worker, Command::EndComparison { keep });
        let kept = wait_for(&worker, |event| match event {
            Event::ComparisonEnded { run } => Some(run),
            _ => None,
        });
        assert_eq!(kept, keep);
        send(&worker, Command::TrainSteps(NonZeroU64::MIN));
        wait_for(&worker, |event| match event {
            Event::StepsTaken { run, steps } => {
                assert_eq!((run, steps.first_step), (keep, 4));
                None
            }
            Event::PhaseChanged {
                run,
                phase: Phase::Paused { position },
            } if position.steps_done == 4 => {
                assert_eq!(run, keep);
                Some(())
            }
            _ => None,
        });
    }
}

#[test]
fn what_cannot_be_compared_is_refused_and_the_run_goes_on() {
    let worker = with_digits();
    compare(&worker, comparison());
    let refused = |worker: &Worker| {
        wait_for(worker, |event| match event {
            Event::Failed(Failure::NotCompared { reason }) => Some(reason),
            _ => None,
        })
    };
    assert!(refused(&worker).contains("no run to compare with"));
    start(&worker, 1, small());
    let mut broken = comparison();
    broken.optimizer.learning_rate = f64::NAN;
    compare(&worker, broken);
    refused(&worker);
    send(&worker, Command::Train);
    wait_for_phase(&worker, |phase| matches!(phase, Phase::Finished { .. }));
}

/// Invariant 5: a comparison ends with the run it is about.
#[test]
fn invariant_5_after_a_new_run_starts_nothing_is_said_of_a_comparison_run() {
    let worker = with_digits();
    start(&worker, 1, small());
    compare(&worker, comparison());
    send(&worker, Command::Train);
    start(&worker, 3, small());
    send(&worker, Command::Train);
    nothing_is_said_of_others(&worker, RunId(3));
}

#[test]
fn a_comparison_run_whose_loss_becomes_infinite_stops_both_and_keeps_the_first() {
    let worker = with_digits();
    let mut endless = small();
    endless.training.epochs = 10_000;
    start(&worker, 1, endless.clone());
    let mut wild = PresetId::Vanilla64.preset().experiment();
    wild.optimizer.kind = OptimizerKind::Sgd; // nothing holds its steps
    wild.optimizer.learning_rate = 1e3;
    wild.training = endless.training;
    compare(&worker, wild);
    send(&worker, Command::Train);
    let failed = wait_for(&worker, |event| match event {
        Event::Failed(Failure::NonFiniteLoss { run, .. }) => Some(run),
        _ => None,
    });
    assert_eq!(failed, B);
    let paused = wait_for(&worker, |event| match event {
        Event::PhaseChanged {
            run: A,
            phase: Phase::Paused { position },
        } => Some(position),
        _ => None,
    });
    assert!(paused.steps_done > 0);
    send(&worker, Command::EndComparison { keep: A });
    send(&worker, Command::TrainSteps(NonZeroU64::MIN));
    wait_for(&worker, |event| match event {
        Event::StepsTaken { run, steps } => {
            assert_eq!((run, steps.first_step), (A, paused.steps_done + 1));
            Some(())
        }
        _ => None,
    });
}

/// Eigenvectors are of any sign: what lies where in A lies in the same direction in B.
#[test]
fn principal_components_of_b_are_turned_onto_those_of_a() {
    let worker = with_digits();
    worker.look_at(ProbeRequest {
        revision: 5,
        scatter: Some(ScatterRequest::default()),
        ..ProbeRequest::default()
    });
    start(&worker, 1, small());
    compare(&worker, comparison());
    send(
        &worker,
        Command::TrainSteps(NonZeroU64::new(2).expect("two")),
    );
    let [a, b] = wait_for_snapshot(&worker, |seen| {
        let b = seen.comparison.as_ref()?.scatter.clone()?;
        let a = seen.scatter.clone()?;
        (a.step == 2 && b.step == 2).then_some([a, b])
    });
    assert!(matches!(a.axes, Axes::Pca { .. }), "{:?}", a.axes);
    assert!(matches!(b.axes, Axes::Turned { .. }), "{:?}", b.axes);
    let turn = Turn::onto(&b.points, &a.points);
    assert!(turn.mirror > 0.0 && turn.cos > 0.999_99, "{turn:?}");
}
