//! What comes from the worker.

use std::time::{Duration, Instant};

use super::App;
use super::keep::KeepNews;
use hourglass_protocol::{Command, DeviceChoice, DeviceKind, Event, Failure};
use hourglass_state::Newcomer;
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
            Event::RunStarted { run, .. }
                if self.state.session.newcomer(*run) == Some(Newcomer::Comparison) =>
            {
                FollowUp::Nothing
            }
            Event::ComparisonEnded { run } if !self.state.is_comparison(*run) => FollowUp::Nothing,
            _ => FollowUp::of(&event),
        };
        let news = KeepNews::of(&event);
        let commands = self.state.apply(event);
        self.push_all(commands);
        if let Some(news) = news {
            self.take_news(news);
        }
        match follow_up {
            FollowUp::Nothing => {}
            FollowUp::KeepDevice => self.choose_device_in_use(),
            FollowUp::GiveUpFigure => self.give_up_gathering(),
            FollowUp::NewRun => {
                self.give_up_gathering();
                self.previewer.forget();
                self.follow_draft_of_untouched_run();
            }
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
    KeepDevice,
    GiveUpFigure,
    NewRun,
    LetGo,
}

impl FollowUp {
    fn of(event: &Event) -> Self {
        match event {
            Event::Failed(Failure::DeviceDidNotStart { .. }) => Self::KeepDevice,
            Event::Failed(Failure::NoFigure { .. } | Failure::DeviceLost { .. })
            | Event::ComparisonEnded { .. } => Self::GiveUpFigure,
            Event::RunStarted { .. } | Event::RunBroughtBack { .. } => Self::NewRun,
            Event::Failed(Failure::WorkerPanicked { .. }) => Self::LetGo,
            _ => Self::Nothing,
        }
    }
}
