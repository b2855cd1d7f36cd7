//! The worker's loop: obey, train for a moment, report, look, again.

use std::num::NonZeroU64;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::{TryRecvError, never};

use crate::data::{Dataset, LoadError};
use crate::experiment::Experiment;
use crate::protocol::{
    Command, DeviceChoice, DeviceKind, EvaluationScope, Event, Failure, Phase, PlanPosition, RunId,
    Stage,
};
use crate::train::device::{self, OpenDevice};
use crate::train::{Burst, Checkpoint, TrainError, Trainer};

use super::loader::{Loader, LoaderMessage, Task};
use super::look::Looks;
use super::{Wake, WorkerSide, panic_message};

/// Longest time between two looks at the commands, apart from a batch that takes longer by itself.
const BURST: Duration = Duration::from_millis(30);

/// Time between two checkpoints of weights known to be good. Losing a second of training to a loss that
/// became infinite is no loss.
const CHECKPOINT_INTERVAL: Duration = Duration::from_secs(1);

/// The owner is gone: the worker ends.
struct OwnerGone;

type Flow = ControlFlow<OwnerGone>;

/// Everything the worker's thread owns.
pub struct Lab {
    side: WorkerSide,
    wake: Wake,
    device: OpenDevice,
    dataset: Option<Arc<Dataset>>,
    loader: Option<Loader>,
    run: Option<Run>,
    looks: Looks,
}

/// The run in progress.
struct Run {
    id: RunId,
    trainer: Trainer,
    /// Until when steps are being taken; none while the run waits.
    until: Option<Goal>,
    /// Epochs after which the run is finished.
    epochs_goal: u64,
    last_good: Checkpoint,
    checked: Instant,
    /// Whether the device has run this model's kernels before.
    is_warm: bool,
}

/// Where steps stop being taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Goal {
    /// So many epochs of the run are complete.
    Epochs(u64),
    /// So many steps of the run are taken.
    Steps(u64),
}

impl Lab {
    pub fn new(side: WorkerSide, device: OpenDevice, wake: Wake) -> Self {
        Self {
            side,
            wake,
            device,
            dataset: None,
            loader: None,
            run: None,
            looks: Looks::default(),
        }
    }

    /// Works until the owner drops its end of the lanes.
    pub fn run(mut self) {
        let device = self.device.info.clone();
        let mut flow = self.report(Event::WorkerReady { device });
        while flow.is_continue() {
            flow = self.turn();
        }
    }

    /// One turn of the loop.
    fn turn(&mut self) -> Flow {
        loop {
            match self.side.commands.try_recv() {
                Ok(command) => self.obey(command)?,
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Disconnected) => return Flow::Break(OwnerGone),
            }
        }
        self.hear_loader()?;
        if let Some(request) = self.side.probe.take() {
            self.looks.request(request);
        }
        if self.is_training() {
            self.train()?;
            self.look()
        } else {
            self.look()?;
            self.sleep();
            Flow::Continue(())
        }
    }

    /// Waits until there is something to do.
    fn sleep(&self) {
        let silent = never();
        let messages = self.loader.as_ref().map_or(&silent, Loader::messages);
        let mut ready = crossbeam_channel::Select::new();
        ready.recv(&self.side.commands);
        ready.recv(&self.side.bell);
        ready.recv(messages);
        ready.ready();
        self.side.bell.try_recv().ok(); // silenced: the mailbox is looked at in any case
    }

    fn obey(&mut self, command: Command) -> Flow {
        match command {
            Command::LoadDataset(source) => self.load(Task::Load(source)),
            Command::FetchMnist => self.load(Task::Fetch),
            Command::CancelLoading => {
                if self.loader.take().is_some() {
                    self.report(Event::LoadingCancelled)?;
                }
                Flow::Continue(())
            }
            Command::StartRun { run, experiment } => self.start_run(run, experiment),
            Command::Train => self.aim(|run| {
                let done = run.trainer.epochs_done();
                if done >= run.epochs_goal {
                    run.epochs_goal = done + run.trainer.experiment().training.epochs as u64;
                }
                Goal::Epochs(run.epochs_goal)
            }),
            Command::TrainSteps(n) => self.aim(|run| Goal::Steps(run.trainer.step() + n.get())),
            Command::TrainEpochs(n) => self.aim(|run| {
                let goal = run.trainer.epochs_done() + n.get();
                run.epochs_goal = run.epochs_goal.max(goal);
                Goal::Epochs(goal)
            }),
            Command::Pause => self.pause(),
            Command::Tune(experiment) => self.tune(experiment),
            Command::UseDevice(choice) => self.use_device(choice),
            Command::SaveModel { folder } => self.save(folder),
        }
    }

    fn is_training(&self) -> bool {
        self.run.as_ref().is_some_and(|run| run.until.is_some())
    }

    // ---- data -------------------------------------------------------------------------------------------

    fn load(&mut self, task: Task) -> Flow {
        match Loader::start(task) {
            Ok(loader) => {
                self.loader = Some(loader); // one that was under way is dropped, and so cancelled
                Flow::Continue(())
            }
            Err(error) => self.fail(Failure::Dataset {
                reason: format!("no thread to load data on: {error}"),
            }),
        }
    }

    fn hear_loader(&mut self) -> Flow {
        while let Some(loader) = &self.loader {
            match loader.messages().try_recv() {
                Ok(LoaderMessage::Progress(progress)) => {
                    self.report(Event::DatasetProgress(progress))?;
                }
                Ok(LoaderMessage::Done(result)) => {
                    self.loader = None;
                    self.loaded(*result)?;
                }
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Disconnected) => {
                    self.loader = None;
                    self.fail(Failure::Dataset {
                        reason: "the loading thread crashed; the data set in use stays".to_owned(),
                    })?;
                }
            }
        }
        Flow::Continue(())
    }

    fn loaded(&mut self, result: Result<Dataset, LoadError>) -> Flow {
        match result {
            Ok(dataset) => {
                let description = dataset.describe();
                self.dataset = Some(Arc::new(dataset));
                self.report(Event::DatasetLoaded(description))
            }
            Err(LoadError::Cancelled) => self.report(Event::LoadingCancelled),
            Err(error) => self.fail(Failure::Dataset {
                reason: error.to_string(),
            }),
        }
    }

    // ---- runs -------------------------------------------------------------------------------------------

    fn start_run(&mut self, id: RunId, experiment: Experiment) -> Flow {
        let refusal = match (&self.dataset, experiment.validate()) {
            (None, _) => {
                Some("there are no digits to learn from yet: load a data set first".to_owned())
            }
            (_, Err(invalid)) => Some(invalid.to_string()),
            (Some(_), Ok(())) => None,
        };
        if let Some(reason) = refusal {
            return self.fail(Failure::InvalidExperiment { reason });
        }
        let Some(dataset) = self.dataset.clone() else {
            return Flow::Continue(()); // refused above
        };
        let trainer = Trainer::new(experiment.clone(), dataset, &self.device.device);
        let last_good = match trainer.checkpoint() {
            Ok(checkpoint) => checkpoint,
            Err(error) => {
                return self.fail(Failure::InvalidExperiment {
                    reason: format!("the model cannot be made on this device: {error}"),
                });
            }
        };
        self.looks.restart();
        let started = Event::RunStarted {
            run: id,
            n_parameters: experiment.architecture.n_parameters(),
            steps_per_epoch: trainer.steps_per_epoch(),
            experiment,
        };
        self.run = Some(Run {
            id,
            epochs_goal: trainer.experiment().training.epochs as u64,
            trainer,
            until: None,
            last_good,
            checked: Instant::now(),
            is_warm: self.device.info.kind == DeviceKind::Cpu,
        });
        self.report(started)?;
        self.prepare()?;
        self.evaluate(EvaluationScope::Running)
    }

    /// Has a cold device choose its kernels for the views, and says so: it may take a minute.
    fn prepare(&mut self) -> Flow {
        let is_cold = |lab: &Self| lab.run.as_ref().is_some_and(|run| !run.is_warm);
        if !is_cold(self) || self.is_training() {
            return Flow::Continue(());
        }
        self.report_phase(Phase::PreparingKernels)?;
        self.look()?;
        match &self.run {
            Some(run) if is_cold(self) => {
                let phase = run.resting_phase();
                self.report_phase(phase)
            }
            _ => Flow::Continue(()), // the device failed meanwhile, which was reported
        }
    }

    /// Starts taking steps towards a goal.
    fn aim(&mut self, goal: impl FnOnce(&mut Run) -> Goal) -> Flow {
        let Some(run) = &mut self.run else {
            return Flow::Continue(()); // nothing to train yet
        };
        let goal = goal(run);
        run.until = Some(goal);
        let phase = if run.is_warm {
            Phase::Training {
                position: run.position(),
            }
        } else {
            Phase::PreparingKernels
        };
        self.report_phase(phase)
    }

    fn pause(&mut self) -> Flow {
        let Some(run) = &mut self.run else {
            return Flow::Continue(());
        };
        if run.until.take().is_none() {
            return Flow::Continue(()); // it waits already
        }
        let position = run.position();
        self.report_phase(Phase::Paused { position })
    }

    fn tune(&mut self, experiment: Experiment) -> Flow {
        let Some(run) = &mut self.run else {
            return Flow::Continue(());
        };
        if let Err(invalid) = experiment.validate() {
            let reason = invalid.to_string();
            return self.fail(Failure::InvalidExperiment { reason });
        }
        if !run.trainer.experiment().keeps_model_of(&experiment) {
            return self.fail(Failure::InvalidExperiment {
                reason: "this change needs a new model: apply it to start a new run".to_owned(),
            });
        }
        let changes_epochs = run.trainer.experiment().training.epochs != experiment.training.epochs;
        if changes_epochs {
            run.epochs_goal = experiment.training.epochs as u64;
            if matches!(run.until, Some(Goal::Epochs(_))) {
                run.until = Some(Goal::Epochs(run.epochs_goal));
            }
        }
        let changes_input = run.trainer.experiment().corruption != experiment.corruption;
        run.trainer.tune(experiment.clone());
        if changes_input {
            self.looks.invalidate();
        }
        let tuned = Event::Tuned {
            run: run.id,
            experiment,
            step: run.trainer.step() + 1,
            steps_per_epoch: run.trainer.steps_per_epoch(),
        };
        self.report(tuned)?;
        self.report_position()
    }

    /// Tells the phase again, with the goal as it is now.
    fn report_position(&mut self) -> Flow {
        match &self.run {
            Some(run) if run.until.is_some() && run.is_warm => {
                let position = run.position();
                self.report_phase(Phase::Training { position })
            }
            Some(run) if run.until.is_none() && run.trainer.step() > 0 => {
                let phase = run.resting_phase();
                self.report_phase(phase)
            }
            _ => Flow::Continue(()),
        }
    }

    // ---- steps ------------------------------------------------------------------------------------------

    /// One burst of steps, its figures, and the evaluations it makes due.
    fn train(&mut self) -> Flow {
        let Some(run) = &mut self.run else {
            return Flow::Continue(());
        };
        let max_steps = match run.until {
            Some(Goal::Steps(goal)) => goal.saturating_sub(run.trainer.step()),
            Some(Goal::Epochs(goal)) if run.trainer.epochs_done() >= goal => 0,
            Some(Goal::Epochs(_)) => u64::MAX,
            None => 0,
        };
        if let Some(max_steps) = NonZeroU64::new(max_steps) {
            let commands = &self.side.commands;
            let burst = guarded(&self.device, || {
                run.trainer
                    .burst(BURST, max_steps.get(), || !commands.is_empty())
            });
            match burst {
                Ok(burst) => self.trained(burst)?,
                Err(error) => return self.stop(error),
            }
        }
        self.rest_if_done()
    }

    fn trained(&mut self, burst: Burst) -> Flow {
        let Some(run) = &mut self.run else {
            return Flow::Continue(());
        };
        let became_warm = !std::mem::replace(&mut run.is_warm, true);
        if run.checked.elapsed() >= CHECKPOINT_INTERVAL {
            match guarded(&self.device, || run.trainer.checkpoint()) {
                Ok(checkpoint) => {
                    run.last_good = checkpoint;
                    run.checked = Instant::now();
                }
                Err(error) => return self.stop(error),
            }
        }
        let (id, position) = (run.id, run.position());
        self.report(Event::StepsTaken {
            run: id,
            steps: burst.steps,
        })?;
        if became_warm || burst.completed_epoch {
            self.report_phase(Phase::Training { position })?;
        }
        if burst.completed_epoch {
            self.evaluate(EvaluationScope::Full)
        } else if burst.evaluation_due {
            self.evaluate(EvaluationScope::Running)
        } else {
            Flow::Continue(())
        }
    }

    /// Stops taking steps once the goal is reached.
    fn rest_if_done(&mut self) -> Flow {
        let Some(run) = &mut self.run else {
            return Flow::Continue(());
        };
        let is_done = match run.until {
            Some(Goal::Epochs(goal)) => run.trainer.epochs_done() >= goal,
            Some(Goal::Steps(goal)) => run.trainer.step() >= goal,
            None => false,
        };
        if !is_done {
            return Flow::Continue(());
        }
        run.until = None;
        let phase = run.resting_phase();
        self.report_phase(phase)
    }

    fn evaluate(&mut self, scope: EvaluationScope) -> Flow {
        let Some(run) = &mut self.run else {
            return Flow::Continue(());
        };
        let id = run.id;
        match guarded(&self.device, || run.trainer.evaluate(scope)) {
            Ok(evaluation) => self.report(Event::Evaluated {
                run: id,
                evaluation,
            }),
            Err(error) => self.stop(error),
        }
    }

    fn look(&mut self) -> Flow {
        let Some(run) = &mut self.run else {
            return Flow::Continue(());
        };
        let (looks, at_rest) = (&mut self.looks, run.until.is_none());
        let snapshot = guarded(&self.device, || {
            looks.look(run.id, &mut run.trainer, at_rest)
        });
        match snapshot {
            Ok(Some(snapshot)) => {
                self.side.snapshot.put(snapshot);
                self.wake.call();
                Flow::Continue(())
            }
            Ok(None) => Flow::Continue(()),
            Err(error) => self.stop(error),
        }
    }

    // ---- failures and devices ---------------------------------------------------------------------------

    /// Stops the run and puts the last good weights back; a device that failed is replaced by the CPU.
    fn stop(&mut self, error: TrainError) -> Flow {
        let Some(run) = &mut self.run else {
            return Flow::Continue(());
        };
        run.until = None;
        let restored_step = run.last_good.step;
        match error {
            TrainError::NonFinite { term, value, step } => {
                let failure = Failure::NonFiniteLoss {
                    run: run.id,
                    term,
                    value,
                    step,
                    restored_step,
                };
                if let Err(error) = run.trainer.restore(&run.last_good) {
                    return self.stop(error);
                }
                self.looks.invalidate();
                self.fail(failure)?;
            }
            TrainError::Device { reason } => {
                self.fail(Failure::DeviceLost {
                    device: self.device.info.name.clone(),
                    reason,
                    step: restored_step,
                })?;
                self.move_to(device::cpu(), None)?;
            }
        }
        let Some(run) = &self.run else {
            return Flow::Continue(());
        };
        let position = run.position();
        self.report_phase(Phase::Stopped { position })
    }

    fn use_device(&mut self, choice: DeviceChoice) -> Flow {
        let opened = match device::open(choice) {
            Ok(opened) => opened,
            Err(reason) => return self.fail(Failure::DeviceDidNotStart { choice, reason }),
        };
        if opened.info == self.device.info {
            return Flow::Continue(());
        }
        let checkpoint = self.run.as_ref().map(|run| run.trainer.checkpoint());
        match checkpoint.transpose() {
            Ok(checkpoint) => self.move_to(opened, checkpoint),
            Err(error) => self.stop(error),
        }
    }

    /// Goes on with another device, from a checkpoint or from the last good weights.
    fn move_to(&mut self, device: OpenDevice, checkpoint: Option<Checkpoint>) -> Flow {
        self.device = device;
        if let Some(run) = &mut self.run {
            if let Some(checkpoint) = checkpoint {
                run.last_good = checkpoint;
            }
            let experiment = run.trainer.experiment().clone();
            let dataset = Arc::clone(run.trainer.dataset());
            let moved = guarded(&self.device, || {
                Trainer::resume(experiment, dataset, &self.device.device, &run.last_good)
            });
            match moved {
                Ok(trainer) => run.trainer = trainer,
                Err(error) => {
                    let reason = error.to_string();
                    self.run = None;
                    return self.fail(Failure::InvalidExperiment { reason });
                }
            }
            run.is_warm = self.device.info.kind == DeviceKind::Cpu;
            self.looks.invalidate();
        }
        let device = self.device.info.clone();
        self.report(Event::DeviceChanged { device })?;
        self.prepare()
    }

    fn save(&mut self, folder: PathBuf) -> Flow {
        let Some(run) = &self.run else {
            return self.fail(Failure::NotSaved {
                reason: "there is no run to save yet".to_owned(),
            });
        };
        let id = run.id;
        match guarded(&self.device, || Ok(run.trainer.save(&folder))) {
            Ok(Ok(())) => self.report(Event::ModelSaved { run: id, folder }),
            Ok(Err(error)) => self.fail(Failure::NotSaved {
                reason: error.to_string(),
            }),
            Err(error) => self.stop(error),
        }
    }

    // ---- reports ----------------------------------------------------------------------------------------

    fn report_phase(&mut self, phase: Phase) -> Flow {
        let Some(run) = &self.run else {
            return Flow::Continue(());
        };
        self.report(Event::PhaseChanged { run: run.id, phase })
    }

    fn fail(&mut self, failure: Failure) -> Flow {
        log::info!("{failure}"); // whoever owns the worker shows it
        self.report(Event::Failed(failure))
    }

    /// Hands an event over, waiting only for a full lane, and wakes its reader.
    fn report(&mut self, event: Event) -> Flow {
        if self.side.events.send(event).is_err() {
            return Flow::Break(OwnerGone);
        }
        self.wake.call();
        Flow::Continue(())
    }
}

impl Run {
    fn position(&self) -> PlanPosition {
        PlanPosition {
            stage: Stage::Joint,
            epochs_done: usize::try_from(self.trainer.epochs_done()).unwrap_or(usize::MAX),
            epochs_goal: usize::try_from(self.epochs_goal).unwrap_or(usize::MAX),
            steps_done: self.trainer.step(),
        }
    }

    fn resting_phase(&self) -> Phase {
        let position = self.position();
        if self.trainer.step() == 0 {
            Phase::Ready
        } else if self.trainer.epochs_done() >= self.epochs_goal {
            Phase::Finished { position }
        } else {
            Phase::Paused { position }
        }
    }
}

/// Runs work on the device. A GPU's errors may come as panics of Burn's own; they become errors, so that
/// the run can go on elsewhere. A panic on the CPU is a defect of ours and is passed on.
fn guarded<T>(
    device: &OpenDevice,
    work: impl FnOnce() -> Result<T, TrainError>,
) -> Result<T, TrainError> {
    if device.info.kind == DeviceKind::Cpu {
        return work();
    }
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        Err(TrainError::Device {
            reason: panic_message(panic.as_ref()),
        })
    })
}

#[cfg(test)]
mod tests {
    use crossbeam_channel::Receiver;

    use super::*;
    use crate::data::Split;
    use crate::experiment::{N_PIXELS, PresetId};
    use crate::protocol::{DatasetKind, DeviceInfo};
    use crate::worker::Worker;

    /// A laboratory on a device that calls itself a GPU, with a run that has taken some steps.
    fn with_steps_on_a_gpu() -> (Worker, Lab) {
        let (worker, side) = Worker::lanes();
        let mut gpu = device::cpu();
        gpu.info = DeviceInfo {
            kind: DeviceKind::Gpu,
            name: "a graphics card".to_owned(),
        };
        let mut lab = Lab::new(side, gpu, Wake::nobody());
        let split = || Split::new(vec![128; 64 * N_PIXELS], vec![3; 64]);
        lab.dataset = Some(Arc::new(Dataset {
            kind: DatasetKind::PenDigits,
            origin: "made up".to_owned(),
            train: split(),
            test: split(),
            test_factors: Vec::new().into(),
        }));
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
}
