//! Driving the worker from the command line: send commands, wait for events.

use std::cell::RefCell;
use std::path::Path;

use anyhow::{Context, Result, bail};

use hourglass_data::Shelf;
use hourglass_experiment::Experiment;
use hourglass_protocol::{
    Baselines, Command, DataSource, DatasetDescription, DeviceChoice, Event, Failure, FilmFrame,
    Phase, ProbeRequest, RunHistory, RunId, Snapshot,
};
use hourglass_state::Reel;
use hourglass_train::device;
use hourglass_worker::{self as worker, Wake, Worker};

use super::progress::Progress;
use crate::signals::Signals;

/// A worker without a window.
#[derive(Debug)]
pub struct Engine {
    /// Name of the device it started on.
    device_name: String,
    worker: Worker,
    signals: Signals,
    /// Of the data set in use; they are said once, whatever is being waited for then.
    baselines: RefCell<Option<Baselines>>,
    /// Frames of the run, if they were asked for; they come whatever is being waited for then.
    film: RefCell<Reel>,
}

/// A run that was opened.
#[derive(Clone, Debug)]
pub struct OpenedRun {
    /// Its experiment.
    pub experiment: Experiment,
    /// What it had recorded, and what its model measures.
    pub history: RunHistory,
    /// The digits it learned from.
    pub dataset: DatasetDescription,
}

impl Engine {
    /// Starts a worker on a device; Ctrl-C, and other signals to end, ask it to stop and keep what it has.
    ///
    /// # Errors
    /// When the device does not start.
    pub fn start(choice: DeviceChoice) -> Result<Self> {
        let signals = Signals::listen()?; // before a driver starts threads of its own
        let device = device::open(choice)
            .map_err(anyhow::Error::msg)
            .with_context(|| {
                format!(
                    "{} does not start; --device cpu always works",
                    choice.label()
                )
            })?;
        let device_name = device.info.name.clone();
        let worker = worker::spawn_keeping(device, Wake::nobody(), Shelf::of_this_user())
            .context("the training thread could not be started")?;
        Ok(Self {
            device_name,
            worker,
            signals,
            baselines: RefCell::new(None),
            film: RefCell::default(),
        })
    }

    /// Name of the device it started on.
    #[must_use]
    pub fn device_name(&self) -> &str {
        &self.device_name
    }

    /// What the data set in use allows; `None` until that is known.
    #[must_use]
    pub fn baselines(&self) -> Option<Baselines> {
        self.baselines.borrow().clone()
    }

    /// Has frames of the latent space taken from here on.
    pub fn record_film(&self) {
        self.worker.look_at(ProbeRequest {
            film: true,
            scatter: None, // nothing else is looked at
            layer: None,
            samples: Vec::new(),
            ..ProbeRequest::default()
        });
    }

    /// The frames so far.
    #[must_use]
    pub fn film(&self) -> Vec<FilmFrame> {
        self.film.borrow().frames()
    }

    /// Hands over a command.
    ///
    /// # Errors
    /// When the worker is gone.
    pub fn send(&self, command: Command) -> Result<()> {
        match self.worker.send(command) {
            Ok(()) => Ok(()),
            Err(command) => bail!("the training thread no longer accepts commands: {command:?}"),
        }
    }

    /// Whether someone pressed Ctrl-C, or the program was asked to end otherwise.
    #[must_use]
    pub fn is_interrupted(&self) -> bool {
        self.signals.is_heard()
    }

    /// The error of an interrupted command. What is kept follows the word "interrupted".
    #[must_use]
    pub fn interruption(&self, kept: &str) -> anyhow::Error {
        self.signals.error(kept)
    }

    /// Waits for the next thing that happens; `None` when a moment passed without any, so that the caller can
    /// look after Ctrl-C.
    ///
    /// # Errors
    /// When the worker is gone.
    pub fn wait(&self) -> Result<Option<Event>> {
        /// How long Ctrl-C may go unnoticed.
        const MOMENT: std::time::Duration = std::time::Duration::from_millis(100);
        let events = self
            .worker
            .events()
            .context("the training thread is gone")?;
        match events.recv_timeout(MOMENT) {
            Ok(event) => {
                if let Event::BaselinesKnown(baselines) = &event {
                    self.baselines.replace(Some(baselines.clone()));
                }
                if let Event::FrameTaken { frame, .. } = &event {
                    self.film.borrow_mut().push(frame.clone());
                }
                Ok(Some(event))
            }
            Err(crossbeam_channel::RecvTimeoutError::Timeout) => Ok(None),
            Err(crossbeam_channel::RecvTimeoutError::Disconnected) => {
                bail!("the training thread is gone")
            }
        }
    }

    /// Waits for the event that answers a command.
    ///
    /// # Errors
    /// When it failed, someone pressed Ctrl-C, or the worker is gone.
    pub fn answer<T>(&self, answer: impl Fn(Event) -> Option<T>) -> Result<T> {
        loop {
            if self.is_interrupted() {
                return Err(self.interruption(""));
            }
            match self.wait()? {
                Some(Event::Failed(failure)) => bail!(failure),
                Some(event) => {
                    if let Some(answer) = answer(event) {
                        return Ok(answer);
                    }
                }
                None => {}
            }
        }
    }

    /// Looks at the model and waits for the answer.
    ///
    /// # Errors
    /// When the device fails, someone pressed Ctrl-C, or the worker is gone.
    pub fn look(&self, request: ProbeRequest) -> Result<Snapshot> {
        let revision = request.revision;
        self.worker.look_at(request);
        loop {
            if self.is_interrupted() {
                return Err(self.interruption(""));
            }
            let snapshot = self.worker.snapshot();
            if let Some(snapshot) = snapshot.filter(|snapshot| snapshot.revision == revision) {
                return Ok(snapshot);
            }
            if let Some(Event::Failed(failure)) = self.wait()? {
                bail!(failure);
            }
        }
    }

    /// Loads digits, showing how far it is.
    ///
    /// # Errors
    /// What is missing or damaged, and what to do.
    pub fn load(&self, source: DataSource, progress: &Progress) -> Result<DatasetDescription> {
        self.send(Command::LoadDataset(source))?;
        self.baselines.replace(None); // of the data set before
        loop {
            if self.is_interrupted() {
                self.send(Command::CancelLoading)?;
                return Err(self.interruption(""));
            }
            match self.wait()? {
                Some(Event::DatasetProgress(state)) => progress.set_loading(&state),
                Some(Event::DatasetLoaded(dataset)) => return Ok(dataset),
                Some(Event::Failed(failure)) => bail!(failure),
                _ => {}
            }
        }
    }

    /// Opens the run in a folder, on the digits named or else on those it learned from. After this, the worker
    /// has its model: the folder's weights, experiment and place in the plan.
    ///
    /// # Errors
    /// What is wrong with the folder or the digits, and what to do.
    pub fn open_run(
        &self,
        folder: &Path,
        data: Option<&DataSource>,
        progress: &Progress,
    ) -> Result<OpenedRun> {
        let mut dataset = self.load(data.cloned().unwrap_or(DataSource::Auto), progress)?;
        let mut found = self.try_open(folder)?;
        if let (Err(Failure::OtherDataset { needed, .. }), None) = (&found, data) {
            dataset = self.load(needed.source.clone(), progress)?;
            found = self.try_open(folder)?;
        }
        let (experiment, history) = found?;
        Ok(OpenedRun {
            experiment,
            history,
            dataset,
        })
    }

    /// Opens the run in a folder on the images that are loaded; gives why it was refused.
    ///
    /// # Errors
    /// When the worker is gone.
    pub fn try_open(&self, folder: &Path) -> Result<Result<(Experiment, RunHistory), Failure>> {
        let folder = folder.to_owned();
        let run = RunId(1);
        self.send(Command::OpenRun { run, folder })?;
        let (mut recipe, mut recorded) = (None, None);
        loop {
            match self.wait()? {
                Some(Event::RunStarted { experiment, .. }) => recipe = Some(experiment),
                Some(Event::RunOpened { history, .. }) => recorded = Some(history),
                Some(Event::PhaseChanged { phase, .. }) if phase != Phase::PreparingKernels => {
                    if let (Some(experiment), Some(history)) = (recipe.take(), recorded.take()) {
                        return Ok(Ok((experiment, history))); // and the worker rests
                    }
                }
                Some(Event::Failed(failure)) => return Ok(Err(failure)),
                _ => {}
            }
        }
    }
}
