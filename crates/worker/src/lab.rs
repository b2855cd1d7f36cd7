//! The worker's loop: obey, train for a moment, report, look, again.

mod backup;
#[cfg(test)]
mod backup_tests;
mod compare;
mod data;
mod devices;
mod film;
mod judge;
mod keep;
mod open;
mod previous;
mod run;
mod runs;
mod steps;
#[cfg(test)]
mod tests;

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use crossbeam_channel::{SendTimeoutError, TryRecvError, never};

use hourglass_data::{Dataset, Shelf};
use hourglass_protocol::{Command, Event, Failure, Phase, ProbeRequest, Snapshot};
use hourglass_run_folder::FolderLock;
use hourglass_train::Measures;
use hourglass_train::device::OpenDevice;

use super::judging::Judging;
use super::loader::{Loader, Task};
use super::look::Looks;
use super::{Wake, WorkerSide};
use run::{Goal, Keeping, Previous, Run, Side};

/// Longest time between two looks at the commands, apart from a batch that takes longer by itself.
const BURST: Duration = Duration::from_millis(30);

/// Time between two checkpoints of weights known to be good. Losing a second of training to a loss that
/// became infinite is no loss.
const CHECKPOINT_INTERVAL: Duration = Duration::from_secs(1);

/// Time between two looks at the clock while the owner does not listen.
const PATIENCE: Duration = Duration::from_millis(250);

/// The owner is gone: the worker ends.
struct OwnerGone;

type Flow = ControlFlow<OwnerGone>;

/// Everything the worker's thread owns.
pub struct Lab {
    side: WorkerSide,
    wake: Wake,
    device: OpenDevice,
    dataset: Option<Arc<Dataset>>,
    /// Of the data set in use, once they are known.
    measures: Option<Arc<Measures>>,
    loader: Option<Loader>,
    /// Where what data sets allow is kept for the next time.
    kept: Shelf,
    run: Option<Run>,
    looks: Looks,
    /// The newest look at the run in progress.
    seen: Option<Snapshot>,
    /// The comparison run of a comparison.
    other: Side,
    /// Whether the comparison run had taken as many steps before the newest burst.
    was_level: bool,
    /// The code that is being measured.
    judging: Option<Judging>,
    /// Of the folders that the run in progress was written into.
    locks: Vec<FolderLock>,
    /// How unsaved runs are backed up.
    keeping: Keeping,
    /// The run before, which can be brought back.
    previous: Option<Previous>,
}

impl Lab {
    pub fn new(side: WorkerSide, device: OpenDevice, wake: Wake) -> Self {
        Self {
            side,
            wake,
            device,
            dataset: None,
            measures: None,
            loader: None,
            kept: Shelf::default(),
            run: None,
            looks: Looks::default(),
            seen: None,
            other: Side::default(),
            was_level: false,
            judging: None,
            locks: Vec::new(),
            keeping: Keeping::default(),
            previous: None,
        }
    }

    /// The same, keeping what data sets allow on a shelf.
    pub fn keeping(self, kept: Shelf) -> Self {
        Self { kept, ..self }
    }

    /// Works until the owner drops its end of the lanes, or says farewell.
    pub fn run(mut self) {
        let device = self.device.info.clone();
        let mut flow = self.report(Event::WorkerReady { device });
        while flow.is_continue() {
            flow = self.turn();
        }
        self.leave();
    }

    /// One turn of the loop.
    fn turn(&mut self) -> Flow {
        if self.side.is_asked_to_end() {
            return Flow::Break(OwnerGone);
        }
        loop {
            match self.side.commands.try_recv() {
                Ok(command) => self.obey(command)?,
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Disconnected) => return Flow::Break(OwnerGone),
            }
        }
        self.hear_loader()?;
        self.back_up_due()?;
        self.side.bell.try_recv().ok(); // silenced first: what rings from here on is found at the next turn
        if let Some(request) = self.side.probe.take() {
            self.other.looks.request(ProbeRequest {
                film: false, // a film is of one run
                ..request.clone()
            });
            self.looks.request(request);
        }
        self.film()?;
        self.judge_on()?;
        if self.is_training() {
            self.train()?;
            self.look()
        } else {
            self.look()?;
            if !self.judging.as_ref().is_some_and(Judging::is_due) {
                self.sleep();
            }
            Flow::Continue(())
        }
    }

    /// Waits until there is something to do.
    fn sleep(&self) {
        let silent = never();
        let messages = self.loader.as_ref().map_or(&silent, Loader::messages);
        let no_word = never();
        let judging = self.judging.as_ref().and_then(Judging::messages);
        let mut ready = crossbeam_channel::Select::new();
        ready.recv(&self.side.commands);
        ready.recv(&self.side.bell);
        ready.recv(messages);
        ready.recv(judging.unwrap_or(&no_word));
        match self.time_to_next() {
            Some(time) => ready.ready_timeout(time).ok(), // there is a run to back up then
            None => Some(ready.ready()),
        };
        self.side.bell.try_recv().ok(); // silenced: the mailbox is looked at in any case
    }

    fn obey(&mut self, command: Command) -> Flow {
        match command {
            Command::LoadDataset(source) => self.load(Task::Load(source)),
            Command::Fetch(id) => self.load(Task::Fetch(id)),
            Command::CancelLoading => self.cancel_loading(),
            Command::StartRun { run, experiment } => self.start_run(run, experiment),
            Command::Compare { run, experiment } => self.compare(run, experiment),
            Command::EndComparison { keep } => self.end_comparison(keep),
            // A comparison run that joined at the end has all its steps before it.
            Command::Train if self.comparison_is_behind() && self.is_at_goal() => {
                self.aim(|run| Goal::Steps(run.trainer.step()))
            }
            Command::Train => self.aim(|run| {
                let done = run.trainer.epochs_done();
                if done >= run.epochs_goal {
                    let stages = run.trainer.experiment().stages();
                    let again = stages.last().map_or(1, |&(_, epochs)| epochs as u64);
                    run.epochs_goal = done + again;
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
            Command::JudgeCode => self.judge(),
            Command::CancelJudging => self.cancel_judging(),
            Command::Gather(what) => self.gather(&what),
            Command::Encode(request) => self.encode(request),
            Command::SaveRun { folder } => self.save(folder),
            Command::BackupPolicy(action) => self.start_keeping(action),
            Command::ForgetBackup => {
                self.forget_backup();
                Flow::Continue(())
            }
            Command::BringBack => self.bring_back(),
            Command::BackUpRun { folder } => self.back_up(folder),
            Command::OpenRun { run, folder } => self.open_folder(run, folder),
            Command::StartFromWeights {
                run,
                experiment,
                file,
                matching,
            } => self.start_from_weights(run, experiment, file, matching),
        }
    }

    fn is_training(&self) -> bool {
        self.run.as_ref().is_some_and(|run| run.until.is_some())
    }

    /// Whether the run has reached its goal of epochs.
    fn is_at_goal(&self) -> bool {
        let run = self.run.as_ref();
        run.is_some_and(|run| run.trainer.epochs_done() >= run.epochs_goal)
    }

    fn report_phase(&mut self, phase: Phase) -> Flow {
        let Some(run) = &self.run else {
            return Flow::Continue(());
        };
        self.report(Event::PhaseChanged { run: run.id, phase })
    }

    fn fail(&mut self, failure: Failure) -> Flow {
        log::info!("{failure}"); // the owner of the worker shows it
        self.report(Event::Failed(failure))
    }

    /// Hands an event over, waiting only for a full lane, and wakes its reader.
    fn report(&mut self, event: Event) -> Flow {
        if let Some(run) = &mut self.run {
            run.record.note(&event);
            if let Event::RunSaved { step, folder, .. } = &event {
                run.note_saved(folder, *step);
            }
        }
        self.hand_over(event)?;
        self.wake.call();
        Flow::Continue(())
    }

    /// Waits for room in the lane. Runs are backed up meanwhile: a window that is covered may not listen for hours.
    fn hand_over(&mut self, mut event: Event) -> Flow {
        loop {
            event = match self.side.events.send_timeout(event, PATIENCE) {
                Ok(()) => return Flow::Continue(()),
                Err(SendTimeoutError::Timeout(event)) if !self.side.is_asked_to_end() => event,
                Err(_) => return Flow::Break(OwnerGone),
            };
            self.write_what_is_due();
        }
    }
}
