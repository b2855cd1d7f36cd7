//! The loop on a device that calls itself a GPU.

use std::fs;
use std::num::NonZeroU64;
use std::panic::catch_unwind;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::Receiver;

use crate::{Wake, Worker};
use hourglass_data::{Dataset, Shelf, Split};
use hourglass_experiment::{ImageShape, PresetId};
use hourglass_protocol::{
    Command, DataSetId, DeviceInfo, DeviceKind, Event, Failure, KnownFactors, Phase, RunId,
};
use hourglass_run_folder::{RESUME_FILE, SavedFiles};
use hourglass_train::{Checkpoint, TrainError, device, resume};

use super::devices::guarded;
use super::run::Run;
use super::{CHECKPOINT_INTERVAL, Lab};

/// Digits that nothing has to be loaded for.
pub(super) fn made_up() -> Arc<Dataset> {
    let split = || Split::new(ImageShape::MNIST, vec![128; 64 * 784], vec![3; 64]);
    Arc::new(Dataset {
        id: DataSetId::PEN_DIGITS,
        origin: "made up".to_owned(),
        train: split(),
        test: split(),
        test_factors: KnownFactors::default(),
        report: None,
    })
}

/// A laboratory on a device that calls itself a GPU, with a run that has taken some steps.
fn with_steps_on_a_gpu() -> (Worker, Lab) {
    let (worker, side) = Worker::lanes();
    let mut gpu = device::cpu();
    gpu.info = DeviceInfo {
        kind: DeviceKind::Gpu,
        name: "a graphics card".to_owned(),
    };
    let mut lab = Lab::new(side, gpu, Wake::nobody());
    lab.dataset = Some(made_up());
    let experiment = PresetId::Vanilla64.preset().experiment();
    let run = RunId(1);
    for command in [
        Command::StartRun { run, experiment },
        Command::TrainSteps(NonZeroU64::new(3).expect("three")),
    ] {
        assert!(lab.obey(command).is_continue());
    }
    while lab.is_training() {
        assert!(lab.train().is_continue());
    }
    (worker, lab)
}

fn drain(events: &Receiver<Event>) -> Vec<Event> {
    events.try_iter().collect()
}

#[test]
fn a_device_that_dies_is_reported_and_training_goes_on_with_the_cpu_from_good_weights() {
    let (worker, mut lab) = with_steps_on_a_gpu();
    let events = worker.events().expect("the lane is open");
    let run = lab.run.as_mut().expect("a run");
    run.last_good = run.trainer.checkpoint().expect("read back");
    let good = run.last_good.clone();
    drain(events);

    let lost = TrainError::Device {
        reason: "it fell off the bus".to_owned(),
    };
    assert!(lab.stop(lost).is_continue());
    let said = drain(events);
    assert!(
        matches!(&said[..], [
            Event::Failed(Failure::DeviceLost { device, reason, step: 3 }),
            Event::DeviceChanged { device: now },
            Event::PhaseChanged { phase: Phase::Stopped { position }, .. },
        ] if device == "a graphics card"
            && reason == "it fell off the bus"
            && now.kind == DeviceKind::Cpu
            && position.steps_done == 3),
        "{said:?}"
    );
    let run = lab.run.as_ref().expect("the run goes on");
    let restored = run.trainer.checkpoint().expect("read back");
    assert_eq!(restored.parameters, good.parameters);

    assert!(lab.obey(Command::TrainSteps(NonZeroU64::MIN)).is_continue());
    assert!(lab.train().is_continue());
    assert!(drain(events).iter().any(|event| matches!(
        event,
        Event::StepsTaken { steps, .. } if steps.first_step == 4
    )));
}

#[test]
fn a_cold_device_is_said_to_prepare_before_it_is_ready() {
    let (worker, _lab) = with_steps_on_a_gpu();
    let events = drain(worker.events().expect("the lane is open"));
    let phases: Vec<Phase> = events
        .iter()
        .filter_map(|event| match event {
            Event::PhaseChanged { phase, .. } => Some(*phase),
            _ => None,
        })
        .collect();
    assert!(
        matches!(
            phases[..],
            [
                Phase::PreparingKernels, // for the views
                Phase::Ready,
                Phase::PreparingKernels, // for the first step
                Phase::Training { .. },
                ..,
                Phase::Paused { .. },
            ]
        ),
        "{phases:?}"
    );
}

#[test]
fn a_panic_of_the_device_is_an_error_but_a_panic_on_the_cpu_is_a_defect() {
    let mut device = device::cpu();
    device.info.kind = DeviceKind::Gpu;
    let result: Result<(), TrainError> = guarded(&device, || panic!("out of memory"));
    let reason = "out of memory".to_owned();
    assert_eq!(result, Err(TrainError::Device { reason }));

    let on_cpu = catch_unwind(|| guarded::<()>(&device::cpu(), || panic!("a defect")));
    assert!(on_cpu.is_err());
}

fn run_of(lab: &mut Lab) -> &mut Run {
    lab.run.as_mut().expect("a run")
}

/// Takes a step after which a checkpoint is due.
fn step_to_a_checkpoint(lab: &mut Lab) {
    let run = run_of(lab);
    run.checked = Instant::now()
        .checked_sub(CHECKPOINT_INTERVAL)
        .expect("the clock has run for longer");
    assert!(lab.obey(Command::TrainSteps(NonZeroU64::MIN)).is_continue());
    assert!(lab.train().is_continue());
}

/// What an update does to weights that is no number.
fn spoil(run: &mut Run) {
    fill(run, f32::NAN);
}

/// Puts one number in place of all weights.
fn fill(run: &mut Run, value: f32) -> Checkpoint {
    let mut filled = run.trainer.checkpoint().expect("read back");
    for parameter in &mut filled.parameters {
        parameter.values.fill(value);
    }
    run.trainer.restore(&filled).expect("put in place");
    filled
}

#[test]
fn weights_whose_loss_is_absurd_are_none_to_go_back_to() {
    let (_worker, mut lab) = with_steps_on_a_gpu();
    let run = run_of(&mut lab);
    run.candidate = Some(fill(run, 100.0)); // its loss is 10⁷ times the first, and finite
    assert!(lab.obey(Command::TrainSteps(NonZeroU64::MIN)).is_continue());
    assert!(lab.train().is_continue());
    let run = run_of(&mut lab);
    assert_eq!((run.trainer.step(), run.last_good.step), (4, 0));
    assert!(run.candidate.is_none());
}

#[test]
fn finite_weights_with_an_infinite_loss_are_not_saved() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let (worker, mut lab) = with_steps_on_a_gpu();
    let events = worker.events().expect("the lane is open");
    drain(events);
    let run = run_of(&mut lab);
    let mut filled = fill(run, 1e30);
    assert!(filled.is_finite());
    filled.step += 1; // since the newest measurement
    run.trainer.restore(&filled).expect("put in place");
    let folder = home.path().to_owned();
    assert!(lab.obey(Command::BackUpRun { folder }).is_continue());
    let said = drain(events);
    let last = said.last();
    assert!(
        matches!(last, Some(Event::RunBackedUp { step: 0, .. })),
        "{said:?}"
    );
    let saved = SavedFiles::read(home.path(), &[RESUME_FILE]).expect("readable");
    let bytes = saved.bytes(RESUME_FILE).expect("whole").expect("there");
    assert_eq!(resume::read(bytes).expect("a run").checkpoint.step, 0);
}

#[test]
fn weights_are_good_once_they_are_finite_and_the_next_loss_was() {
    let (_worker, mut lab) = with_steps_on_a_gpu();
    step_to_a_checkpoint(&mut lab);
    assert_eq!(run_of(&mut lab).last_good.step, 0, "not yet");
    step_to_a_checkpoint(&mut lab);
    assert_eq!(run_of(&mut lab).last_good.step, 4);

    // The losses of a burst were finite, and its last update was not.
    let run = run_of(&mut lab);
    run.candidate = None;
    let burst = run
        .trainer
        .burst(Duration::ZERO, 1, || true)
        .expect("a step");
    spoil(run);
    run.checked = Instant::now()
        .checked_sub(CHECKPOINT_INTERVAL)
        .expect("the clock has run for longer");
    assert!(lab.trained(burst).is_continue());
    assert!(lab.obey(Command::TrainSteps(NonZeroU64::MIN)).is_continue());
    assert!(lab.train().is_continue());
    let run = run_of(&mut lab);
    assert_eq!((run.trainer.step(), run.last_good.step), (4, 4));
    assert!(run.trainer.checkpoint().expect("read back").is_finite());
}

#[test]
fn a_run_whose_last_update_went_wrong_is_saved_as_it_was_before() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let (worker, mut lab) = with_steps_on_a_gpu();
    let events = worker.events().expect("the lane is open");
    drain(events);
    spoil(run_of(&mut lab));
    let folder = home.path().to_owned();
    assert!(lab.obey(Command::BackUpRun { folder }).is_continue());
    let said = drain(events);
    let is_told = |event: &Event| matches!(event, Event::Failed(Failure::NonFiniteLoss { .. }));
    assert!(said.iter().any(is_told), "{said:?}");
    let last = said.last();
    assert!(
        matches!(last, Some(Event::RunBackedUp { step: 0, .. })),
        "{said:?}"
    );
    let saved = SavedFiles::read(home.path(), &[RESUME_FILE]).expect("readable");
    let bytes = saved.bytes(RESUME_FILE).expect("whole").expect("there");
    assert!(resume::read(bytes).expect("a run").checkpoint.is_finite());
}

/// Takes turns until the code is judged, or judging it has come to nothing; everything that was said on the way.
fn judge_to_the_end(lab: &mut Lab, events: &Receiver<Event>) -> Vec<Event> {
    let begun = Instant::now();
    let mut said = Vec::new();
    while lab.judging.is_some() {
        assert!(begun.elapsed() < PATIENCE, "it takes too long: {said:?}");
        assert!(lab.hear_loader().is_continue());
        assert!(lab.judge_on().is_continue());
        said.extend(drain(events));
    }
    said
}

/// Time for what takes a moment on a machine that is busy.
const PATIENCE: Duration = Duration::from_mins(2);

#[test]
fn judging_goes_on_beside_the_training_and_is_of_the_weights_it_was_asked_for() {
    let (worker, mut lab) = with_steps_on_a_gpu();
    let events = worker.events().expect("the lane is open");
    let report_in = |said: &[Event]| {
        let judged = said.iter().find_map(|event| match event {
            Event::CodeJudged { report, .. } => Some(format!("{report:?}")), // some of its figures are no numbers
            _ => None,
        });
        judged.expect("judged")
    };
    assert!(lab.obey(Command::JudgeCode).is_continue());
    let at_rest = report_in(&judge_to_the_end(&mut lab, events));
    assert!(lab.obey(Command::JudgeCode).is_continue());
    let steps = NonZeroU64::new(5).expect("five");
    assert!(lab.obey(Command::TrainSteps(steps)).is_continue());
    while lab.is_training() {
        assert!(lab.train().is_continue());
    }
    let said = judge_to_the_end(&mut lab, events);
    let judged = said.iter().find_map(|event| match event {
        Event::CodeJudged { report, secs, .. } => Some((report, *secs)),
        _ => None,
    });
    let (report, secs) = judged.expect("judged");
    assert_eq!((report.step, run_of(&mut lab).trainer.step()), (3, 8));
    assert!(secs > 0.0);
    assert_eq!(
        report_in(&said),
        at_rest,
        "steps changed the weights that were asked for"
    );
    assert!(lab.obey(Command::JudgeCode).is_continue());
    assert_ne!(report_in(&judge_to_the_end(&mut lab, events)), at_rest);
    let parts: Vec<f32> = said
        .iter()
        .filter_map(|event| match event {
            Event::JudgingProgress { progress, .. } => Some(progress.fraction),
            _ => None,
        })
        .collect();
    assert!(parts.is_sorted() && parts.len() > 3, "{parts:?}");
    assert!(
        parts.iter().all(|part| (0.0..=1.0).contains(part)),
        "{parts:?}"
    );
}

#[test]
fn judging_ends_when_it_is_no_longer_wanted() {
    let (worker, mut lab) = with_steps_on_a_gpu();
    let events = worker.events().expect("the lane is open");
    let is_cancelled = |event: &Event| matches!(event, Event::JudgingCancelled { run: RunId(1) });
    assert!(lab.obey(Command::CancelJudging).is_continue());
    assert!(!drain(events).iter().any(is_cancelled), "there was nothing");
    assert!(lab.obey(Command::JudgeCode).is_continue());
    assert!(lab.obey(Command::CancelJudging).is_continue());
    assert!(drain(events).iter().any(is_cancelled));
    assert!(judge_to_the_end(&mut lab, events).is_empty());

    // Or when its run has ended.
    assert!(lab.obey(Command::JudgeCode).is_continue());
    let experiment = PresetId::Vanilla64.preset().experiment();
    let run = RunId(2);
    assert!(
        lab.obey(Command::StartRun { run, experiment })
            .is_continue()
    );
    let said = judge_to_the_end(&mut lab, events);
    assert!(said.iter().any(is_cancelled), "{said:?}");
    let is_judged = |event: &Event| matches!(event, Event::CodeJudged { .. });
    assert!(!said.iter().any(is_judged), "{said:?}");
}

/// The figures that depend on the images alone come from the shelf the second time, and are the same.
#[test]
fn what_a_data_set_allows_is_found_once() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let judge = |shelf: Shelf| {
        let (worker, lab) = with_steps_on_a_gpu();
        let mut lab = lab.keeping(shelf);
        let events = worker.events().expect("the lane is open");
        assert!(lab.obey(Command::JudgeCode).is_continue());
        let said = judge_to_the_end(&mut lab, events);
        let judged = said.into_iter().find_map(|event| match event {
            Event::CodeJudged { report, .. } => Some(report),
            _ => None,
        });
        format!("{:?}", judged.expect("judged")) // some of its figures are no numbers
    };
    let shelf = Shelf::at(home.path());
    let files = || fs::read_dir(home.path()).expect("a folder").count();
    let found = judge(Shelf::default());
    assert_eq!(files(), 0);
    assert_eq!(judge(shelf.clone()), found);
    assert_eq!(files(), 1);
    assert_eq!(judge(shelf), found);
}

/// Somebody may wait for them: the command line does before it writes a run's figures.
#[test]
fn baselines_that_were_measured_for_judging_are_told_too() {
    let (worker, side) = Worker::lanes();
    let mut lab = Lab::new(side, device::cpu(), Wake::nobody());
    let events = worker.events().expect("the lane is open");
    assert!(lab.loaded(Ok(made_up())).is_continue());
    assert!(lab.measure_again().is_continue()); // of all training images, while a run of fewer begins
    let mut experiment = PresetId::Vanilla64.preset().experiment();
    experiment.training.train_samples = Some(32);
    let run = RunId(1);
    assert!(
        lab.obey(Command::StartRun { run, experiment })
            .is_continue()
    );
    let before = drain(events);
    assert!(lab.obey(Command::JudgeCode).is_continue());
    let said = judge_to_the_end(&mut lab, events);
    let told = said.iter().find_map(|event| match event {
        Event::BaselinesKnown(baselines) => Some(baselines.n_train),
        _ => None,
    });
    let is_told = |event: &Event| matches!(event, Event::BaselinesKnown(_));
    assert!(
        !before.iter().any(is_told),
        "nothing was heard of the loader"
    );
    assert_eq!(told, Some(32));
    assert!(
        lab.loader.is_none(),
        "what it measures is of no use any more"
    );
}
