//! What comes from the worker.

use std::time::{Duration, Instant};

use super::App;
use super::keep::KeepNews;
use hourglass_protocol::{Command, DeviceChoice, DeviceKind, Event, Failure};
use hourglass_worker::{Worker, WorkerGone};

/// Longest time a frame spends on reports; the rest waits for the next.
const BUDGET: Duration = Duration::from_millis(4);

impl App {
    /// Takes in reports for a few milliseconds; tells whether there are more.
    pub(super) fn drain_events(&mut self) -> bool {
        let until = Instant::now() + BUDGET;
        while let Some(worker) = &self.worker {
            match worker.try_event() {
                Ok(Some(event)) => self.take_event(event),
                Ok(None) => break,
                Err(WorkerGone) => {
                    // It closed its lanes without a word, and is gone all the same.
                    let message = "it ended without giving a reason".to_owned();
                    self.take_event(Event::Failed(Failure::WorkerPanicked { message }));
                }
            }
            if Instant::now() > until {
                return true;
            }
        }
        if let Some(snapshot) = self.worker.as_ref().and_then(Worker::snapshot) {
            self.state.apply_snapshot(snapshot);
        }
        false
    }

    fn take_event(&mut self, event: Event) {
        if let Event::Gathered { run, gathered } = event {
            if run == self.state.current_run() {
                self.take_gathered(*gathered);
            }
            return;
        }
        let follow_up = match &event {
            Event::RunStarted { run, .. } if self.state.awaits_comparison(*run) => {
                FollowUp::Nothing
            }
            Event::ComparisonEnded { run } if !self.state.is_comparison(*run) => FollowUp::Nothing,
            _ => FollowUp::of(&event),
        };
        let news = KeepNews::of(&event);
        let was_opening = self.state.is_opening() || self.state.awaits_previous();
        self.state.apply(event);
        if let Some(run) =
            self.state.run.as_ref().filter(|_| {
                was_opening && !self.state.is_opening() && !self.state.awaits_previous()
            })
        {
            self.asked = Some(run.experiment.clone()); // a run that was opened or is back brings its experiment
        }
        if let Some(news) = news {
            self.take_news(news);
        }
        match follow_up {
            FollowUp::Nothing => {}
            FollowUp::UseData => {
                self.worker_has_data = true;
                self.data = self.data_asked.clone();
                self.start_run_when_possible();
            }
            FollowUp::KeepDevice => self.choose_device_in_use(),
            FollowUp::StartRun => self.start_run_when_possible(),
            FollowUp::GiveUpFigure => self.give_up_gathering(),
            FollowUp::EndComparison => {
                let run = self.state.run.as_ref();
                self.asked = run.map(|run| run.experiment.clone());
                self.give_up_gathering();
            }
            FollowUp::NewRun => {
                self.give_up_gathering();
                self.follow_draft_of_untouched_run();
            }
            FollowUp::AskAgain => self.asked = None,
            FollowUp::LetGo => {
                self.give_up_gathering();
                self.let_go_of_worker();
            }
        }
    }

    /// A device that did not start is not shown as chosen.
    fn choose_device_in_use(&mut self) {
        if let Some(device) = &self.state.device {
            self.window.device = match device.kind {
                DeviceKind::Cpu => DeviceChoice::Cpu,
                DeviceKind::Gpu | DeviceKind::SoftwareGpu => DeviceChoice::Gpu,
            };
        }
    }

    fn let_go_of_worker(&mut self) {
        self.worker = None;
        self.outbox.clear();
        self.asked = None;
    }

    /// Starts the first run once there are a device and data, and another one for each new data set.
    pub(super) fn start_run_when_possible(&mut self) {
        if self.state.device.is_none() || !self.worker_has_data {
            return;
        }
        if let Some(folder) = self.keeping.to_open.take() {
            self.keeping.owes_run = true; // on these digits, should that one not open
            self.open_run(folder);
            return;
        }
        let of_run = self.state.run.as_ref().map(|run| run.experiment.clone());
        let experiment = self
            .asked
            .clone()
            .or(of_run)
            .unwrap_or_else(|| self.state.draft.clone());
        self.start_run(experiment);
    }

    /// The draft may have moved on while the model of a run without any training was being made.
    fn follow_draft_of_untouched_run(&mut self) {
        if self.run_is_untouched() {
            self.follow_draft();
        }
    }

    pub(super) fn send_waiting(&mut self) {
        if let Some(worker) = &self.worker {
            self.outbox.flush(|command: Command| worker.send(command));
        }
    }
}

/// What the window does about a report, beyond knowing it.
enum FollowUp {
    Nothing,
    StartRun,
    UseData,
    KeepDevice,
    GiveUpFigure,
    NewRun,
    EndComparison,
    AskAgain,
    LetGo,
}

impl FollowUp {
    fn of(event: &Event) -> Self {
        match event {
            Event::WorkerReady { .. } => Self::StartRun,
            Event::DatasetLoaded(_) => Self::UseData,
            Event::Failed(Failure::DeviceDidNotStart { .. }) => Self::KeepDevice,
            Event::Failed(Failure::NoFigure { .. } | Failure::DeviceLost { .. }) => {
                Self::GiveUpFigure
            }
            Event::RunStarted { .. } | Event::RunBroughtBack { .. } => Self::NewRun,
            Event::ComparisonEnded { .. } => Self::EndComparison,
            Event::Failed(Failure::InvalidExperiment { .. }) => Self::AskAgain,
            Event::Failed(Failure::WorkerPanicked { .. }) => Self::LetGo,
            _ => Self::Nothing,
        }
    }
}
