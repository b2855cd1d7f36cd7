//! Commands that wait for the worker: a full lane never stops the window.

use std::collections::VecDeque;

use hourglass_protocol::Command;

/// Commands not handed over yet, oldest first.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    waiting: VecDeque<Command>,
}

impl Outbox {
    /// Adds a command. What it makes meaningless is dropped: an experiment replaces the experiment before it, and a new
    /// run everything asked of the run before it.
    pub(super) fn push(&mut self, command: Command) {
        match &command {
            Command::Tune(_) => {
                if let Some(Command::Tune(_)) = self.waiting.back() {
                    self.waiting.pop_back();
                }
            }
            Command::StartRun { .. } => self.waiting.retain(|waiting| !concerns_a_run(waiting)),
            _ => {
                if self.waiting.back() == Some(&command) {
                    return; // a key held down
                }
            }
        }
        self.waiting.push_back(command);
    }

    /// Hands over what the lane takes; `send` gives a command back when it does not fit.
    pub(super) fn flush(&mut self, send: impl Fn(Command) -> Result<(), Command>) {
        while let Some(command) = self.waiting.pop_front() {
            if let Err(command) = send(command) {
                self.waiting.push_front(command);
                return;
            }
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    pub(super) fn clear(&mut self) {
        self.waiting.clear();
    }
}

fn concerns_a_run(command: &Command) -> bool {
    match command {
        Command::StartRun { .. }
        | Command::OpenRun { .. }
        | Command::StartFromWeights { .. }
        | Command::Compare { .. }
        | Command::EndComparison { .. }
        | Command::Train
        | Command::TrainSteps(_)
        | Command::TrainEpochs(_)
        | Command::Pause
        | Command::JudgeCode
        | Command::Gather(_)
        | Command::BringBack
        | Command::Tune(_) => true,
        Command::LoadDataset(_)
        | Command::Fetch(_)
        | Command::CancelLoading
        | Command::UseDevice(_)
        | Command::SaveRun { .. }
        | Command::BackupPolicy(_)
        | Command::ForgetBackup
        | Command::BackUpRun { .. } => false,
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;
    use hourglass_experiment::Experiment;
    use hourglass_protocol::{DataSetId, DataSource, RunId};

    fn handed_over(outbox: &mut Outbox) -> Vec<Command> {
        let sent = RefCell::new(Vec::new());
        outbox.flush(|command| {
            sent.borrow_mut().push(command);
            Ok(())
        });
        sent.into_inner()
    }

    fn experiment(seed: u64) -> Experiment {
        Experiment {
            seed,
            ..Experiment::default()
        }
    }

    #[test]
    fn only_the_newest_of_consecutive_experiments_waits() {
        let mut outbox = Outbox::default();
        for seed in 1..=3 {
            outbox.push(Command::Tune(experiment(seed)));
        }
        assert_eq!(handed_over(&mut outbox), [Command::Tune(experiment(3))]);
    }

    #[test]
    fn a_new_run_drops_what_was_asked_of_the_old_one() {
        let mut outbox = Outbox::default();
        outbox.push(Command::LoadDataset(DataSource::Named(
            DataSetId::PEN_DIGITS,
        )));
        outbox.push(Command::Train);
        outbox.push(Command::Tune(experiment(1)));
        let start = Command::StartRun {
            run: RunId(2),
            experiment: experiment(2),
        };
        outbox.push(start.clone());
        let expected = [
            Command::LoadDataset(DataSource::Named(DataSetId::PEN_DIGITS)),
            start,
        ];
        assert_eq!(handed_over(&mut outbox), expected);
    }

    #[test]
    fn a_full_lane_keeps_the_order() {
        let mut outbox = Outbox::default();
        outbox.push(Command::Train);
        outbox.push(Command::Pause);
        outbox.flush(Err);
        assert_eq!(handed_over(&mut outbox), [Command::Train, Command::Pause]);
        assert!(outbox.is_empty());
    }
}
