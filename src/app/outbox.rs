//! What the worker is told. Commands wait for room in the lane, which never stops the window; what the window looks at
//! is told when it changes.

use std::collections::VecDeque;

use hourglass_protocol::{Command, ProbeRequest};

/// Commands not handed over yet, and what one worker was told.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    /// Oldest first.
    waiting: VecDeque<Command>,
    /// What it was told that the window looks at; `None` while it has not been told.
    probe: Option<ProbeRequest>,
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

    /// Hands over what the window looks at, if that has changed.
    pub(super) fn look(&mut self, mut request: ProbeRequest, send: impl FnOnce(ProbeRequest)) {
        request.revision = self.probe.as_ref().map_or(0, |probe| probe.revision);
        if self.probe.as_ref() != Some(&request) {
            request.revision += 1;
            send(request.clone());
            self.probe = Some(request);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Forgets it all: the next worker was told nothing.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
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
        | Command::CancelJudging
        | Command::Gather(_)
        | Command::Encode(_)
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
    fn what_is_looked_at_is_told_once_and_again_to_another_worker() {
        let mut outbox = Outbox::default();
        let mut told = Vec::new();
        let followed = |sample| ProbeRequest {
            followed: Some(sample),
            ..ProbeRequest::default()
        };
        for sample in [1, 1, 2] {
            outbox.look(followed(sample), |request| told.push(request));
        }
        outbox.clear();
        outbox.look(followed(2), |request| told.push(request));
        let told: Vec<_> = told
            .iter()
            .map(|request| (request.followed, request.revision))
            .collect();
        assert_eq!(told, [(Some(1), 1), (Some(2), 2), (Some(2), 1)]);
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
