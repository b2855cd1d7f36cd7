//! Where the session is, and the one place where it moves on: whether there is a worker, whether it has data, which run
//! counts, and what was asked for and is not there yet.
//!
//! [`Session::on`] takes what a person asks for or the worker reports, and gives the commands that follow; its tests
//! have the table.

mod input;

use std::path::PathBuf;

use hourglass_experiment::{DataSetId, Experiment};
use hourglass_protocol::{Command, DataSource, Matching, RunId};

pub use input::Input;

/// Where the session is.
#[derive(Clone, Debug, PartialEq)]
pub struct Session {
    stage: Stage,
    /// Where the data in use come from; a worker that is started after a crash loads them again.
    data: DataSource,
    /// The data set in use: a new model is made for its images and classes.
    pub(super) in_use: Option<DataSetId>,
    /// Where the data come from that were asked for last.
    data_asked: DataSource,
    /// A run to be opened as soon as there are data for it.
    to_open: Option<ToOpen>,
    /// The run whose messages count; those about any other are late.
    current: RunId,
    /// The newest name given to a run.
    newest: RunId,
}

/// What there is to train with. What was asked of a worker goes with it.
#[derive(Clone, Debug, Default, PartialEq)]
enum Stage {
    /// None was started, or it crashed.
    #[default]
    NoWorker,
    /// A worker without data; it may have no device yet, which it reports before anything else.
    NoData,
    /// A worker with data, and what it was asked for.
    Ready(Box<Asked>),
}

/// What a worker was asked for.
#[derive(Clone, Debug, Default, PartialEq)]
struct Asked {
    /// The experiment to follow; `None` while none was asked for, and once it was refused.
    experiment: Option<Experiment>,
    /// A run to be opened, or weights; it becomes the current run once it has started, and not before.
    opening: Option<Opening>,
    /// A run to be trained beside the current one.
    comparison: Option<RunId>,
    /// Whether the run before is to be brought back.
    brings_back: bool,
}

#[derive(Clone, Debug, PartialEq)]
struct Opening {
    run: RunId,
    /// Whether a run has to be started on the data in use, should this one not open.
    owes_run: bool,
}

#[derive(Clone, Debug, PartialEq)]
struct ToOpen {
    folder: PathBuf,
    owes_run: bool,
}

/// What a run that has started is to the session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Newcomer {
    /// The one that was asked for.
    Current,
    /// One that was opened, which brings its experiment along.
    Opened,
    /// One to be trained beside the current one.
    Comparison,
}

impl Default for Session {
    fn default() -> Self {
        Self::new(DataSource::Auto, None)
    }
}

impl Session {
    /// Before there is a worker: where the data come from, and a run to be opened on them.
    #[must_use]
    pub fn new(data: DataSource, to_open: Option<PathBuf>) -> Self {
        Self {
            stage: Stage::NoWorker,
            data_asked: data.clone(),
            data,
            to_open: to_open.map(|folder| ToOpen {
                folder,
                owes_run: false,
            }),
            in_use: None,
            current: RunId::default(),
            newest: RunId::default(),
        }
    }

    /// Moves on; gives the commands that follow. `otherwise` is the experiment of a run that has to be started without
    /// any having been asked for.
    pub fn on(&mut self, input: Input, otherwise: &Experiment) -> Vec<Command> {
        match input {
            Input::Load(source) => return self.load(source),
            Input::Fetch(id) => {
                self.data_asked = DataSource::Named(id);
                return vec![Command::Fetch(id)];
            }
            Input::Start(experiment) => return self.start(experiment),
            Input::Tune(experiment) => return self.tune(experiment),
            Input::Open(folder) => return self.open(folder, false),
            Input::OpenOn { folder, data } => return self.open_on(data, folder, false),
            Input::StartFromWeights {
                experiment,
                file,
                matching,
            } => return self.start_from_weights(experiment, file, matching),
            Input::Compare(experiment) => return self.compare(experiment),
            Input::BringBack => {
                if let Some(asked) = self.asked_mut() {
                    asked.brings_back = true;
                    return vec![Command::BringBack];
                }
            }
            Input::WorkerStarted => {
                self.stage = Stage::NoData;
                return self.load(self.data.clone());
            }
            Input::WorkerGone => self.stage = Stage::NoWorker,
            Input::DataLoaded => return self.take_data(otherwise),
            Input::DataFailed => {
                if self.to_open.take().is_some_and(|to_open| to_open.owes_run) {
                    return self.start_as_asked(otherwise);
                }
            }
            Input::NotOpened(run) => {
                if self.end_opening(run) {
                    return self.start_as_asked(otherwise);
                }
            }
            Input::NeedsData { run, folder, data } => {
                let owes_run = self.end_opening(run);
                return self.open_on(data, folder, owes_run);
            }
            Input::RunStarted { run, experiment } => self.take_run(run, experiment),
            Input::ComparisonKept { run, experiment } => {
                self.current = run;
                self.follow(experiment);
            }
            Input::BroughtBack {
                run,
                experiment,
                data,
            } => {
                self.data = data;
                self.take_back(run, experiment);
            }
            Input::Refused => self.change(|asked| asked.experiment = None),
            Input::NotCompared => self.change(|asked| asked.comparison = None),
            Input::NotBroughtBack => self.change(|asked| asked.brings_back = false),
        }
        Vec::new()
    }

    /// Chooses the name of the current run; messages about earlier ones are late from here on.
    pub(super) fn begin_run(&mut self) -> RunId {
        self.current = self.next_run();
        self.current
    }

    /// The run whose messages count.
    #[must_use]
    pub fn current_run(&self) -> RunId {
        self.current
    }

    /// Where the data in use come from.
    #[must_use]
    pub fn data(&self) -> &DataSource {
        &self.data
    }

    /// Whether a run can be started.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.asked().is_some()
    }

    /// The experiment that the worker was last asked to follow; `None` while it was asked for none.
    #[must_use]
    pub fn experiment(&self) -> Option<&Experiment> {
        self.asked()?.experiment.as_ref()
    }

    /// Whether the run before is on its way back.
    #[must_use]
    pub fn brings_back(&self) -> bool {
        self.asked().is_some_and(|asked| asked.brings_back)
    }

    /// What a run that has started is; `None` of one that nobody waits for any more.
    #[must_use]
    pub fn newcomer(&self, run: RunId) -> Option<Newcomer> {
        let asked = self.asked();
        let opening = asked.and_then(|asked| asked.opening.as_ref());
        if run == self.current {
            Some(Newcomer::Current)
        } else if opening.is_some_and(|opening| opening.run == run) {
            Some(Newcomer::Opened)
        } else if asked.is_some_and(|asked| asked.comparison == Some(run)) {
            Some(Newcomer::Comparison)
        } else {
            None
        }
    }

    fn asked(&self) -> Option<&Asked> {
        match &self.stage {
            Stage::Ready(asked) => Some(asked),
            Stage::NoWorker | Stage::NoData => None,
        }
    }

    fn asked_mut(&mut self) -> Option<&mut Asked> {
        match &mut self.stage {
            Stage::Ready(asked) => Some(asked),
            Stage::NoWorker | Stage::NoData => None,
        }
    }

    fn change(&mut self, change: impl FnOnce(&mut Asked)) {
        if let Some(asked) = self.asked_mut() {
            change(asked);
        }
    }

    fn follow(&mut self, experiment: Experiment) {
        self.change(|asked| asked.experiment = Some(experiment));
    }

    /// An experiment for images of the shape, and as many classes, as the data set in use has.
    #[must_use]
    pub fn fitted(&self, mut experiment: Experiment) -> Experiment {
        if let Some(id) = self.in_use {
            experiment.fit_to(id);
        }
        experiment
    }

    fn next_run(&mut self) -> RunId {
        self.newest = RunId(self.newest.0 + 1);
        self.newest
    }

    fn load(&mut self, source: DataSource) -> Vec<Command> {
        self.data_asked = source.clone();
        vec![Command::LoadDataset(source)]
    }

    /// Makes a new model, in place of whatever else was to become the current run. Without data the worker says why not.
    fn start(&mut self, experiment: Experiment) -> Vec<Command> {
        let experiment = self.fitted(experiment);
        if experiment.validate().is_err() {
            return Vec::new(); // the panel says why
        }
        let run = self.begin_run();
        if let Some(asked) = self.asked_mut() {
            asked.experiment = Some(experiment.clone());
            asked.opening = None;
            asked.brings_back = false;
        }
        if let Some(to_open) = &mut self.to_open {
            to_open.owes_run = false;
        }
        vec![Command::StartRun { run, experiment }]
    }

    fn start_as_asked(&mut self, otherwise: &Experiment) -> Vec<Command> {
        let experiment = self.experiment().unwrap_or(otherwise).clone();
        self.start(experiment)
    }

    fn tune(&mut self, experiment: Experiment) -> Vec<Command> {
        match self.asked_mut() {
            Some(asked) if experiment.validate().is_ok() => {
                asked.experiment = Some(experiment.clone());
                vec![Command::Tune(experiment)]
            }
            _ => Vec::new(),
        }
    }

    fn open(&mut self, folder: PathBuf, owes_run: bool) -> Vec<Command> {
        if !self.is_ready() {
            self.to_open = Some(ToOpen { folder, owes_run });
            return Vec::new();
        }
        let run = self.begin_opening(owes_run);
        vec![Command::OpenRun { run, folder }]
    }

    /// Opens a run once these data are there. A run that was to be opened is not waited for any more; one that it owed is
    /// owed still.
    fn open_on(&mut self, data: DataSource, folder: PathBuf, owes_run: bool) -> Vec<Command> {
        let before = self.to_open.take();
        let owes_run = owes_run || before.is_some_and(|before| before.owes_run);
        self.to_open = Some(ToOpen { folder, owes_run });
        self.load(data)
    }

    fn start_from_weights(
        &mut self,
        experiment: Experiment,
        file: PathBuf,
        matching: Matching,
    ) -> Vec<Command> {
        let experiment = self.fitted(experiment);
        if experiment.validate().is_err() || !self.is_ready() {
            return Vec::new(); // the panel says why
        }
        let run = self.begin_opening(false);
        vec![Command::StartFromWeights {
            run,
            experiment,
            file,
            matching,
        }]
    }

    /// Another run that was being opened is not waited for any more; a run that it owed is owed still.
    fn begin_opening(&mut self, owes_run: bool) -> RunId {
        let run = self.next_run();
        if let Some(asked) = self.asked_mut() {
            let before = asked.opening.take();
            let owes_run = owes_run || before.is_some_and(|before| before.owes_run);
            asked.opening = Some(Opening { run, owes_run });
        }
        run
    }

    /// A run is not opened after all; tells whether one has to be started instead.
    fn end_opening(&mut self, run: RunId) -> bool {
        let opening = self.asked_mut().map(|asked| &mut asked.opening);
        let ended = opening.and_then(|opening| opening.take_if(|opening| opening.run == run));
        ended.is_some_and(|opening| opening.owes_run)
    }

    fn compare(&mut self, experiment: Experiment) -> Vec<Command> {
        let experiment = self.fitted(experiment);
        if experiment.validate().is_err() {
            return Vec::new(); // the dialog says why
        }
        let run = self.next_run();
        if let Some(asked) = self.asked_mut() {
            asked.comparison = Some(run);
        }
        vec![Command::Compare { run, experiment }]
    }

    /// There are data: opens the run that waited for them, or starts one.
    fn take_data(&mut self, otherwise: &Experiment) -> Vec<Command> {
        match self.stage {
            Stage::NoWorker => return Vec::new(),
            Stage::NoData => self.stage = Stage::Ready(Box::default()),
            Stage::Ready(_) => {}
        }
        self.data = self.data_asked.clone();
        match self.to_open.take() {
            Some(to_open) => self.open(to_open.folder, true),
            None => self.start_as_asked(otherwise),
        }
    }

    fn take_run(&mut self, run: RunId, experiment: Experiment) {
        match self.newcomer(run) {
            Some(Newcomer::Opened) => {
                self.current = run;
                self.follow(experiment);
                self.change(|asked| asked.opening = None);
            }
            Some(Newcomer::Comparison) => self.change(|asked| asked.comparison = None),
            Some(Newcomer::Current) | None => {}
        }
    }

    fn take_back(&mut self, run: RunId, experiment: Experiment) {
        if self.brings_back() {
            self.current = run;
            self.follow(experiment);
            self.change(|asked| asked.brings_back = false);
        } // else another run is on its way already
    }
}

#[cfg(test)]
mod tests;
