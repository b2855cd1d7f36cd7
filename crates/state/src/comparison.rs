//! Two runs compared: the run in progress, called A, and its comparison run, called B, trained beside it.

use std::mem;

use hourglass_protocol::RunId;

use super::{LabState, Rewind, RunState, difference};

impl LabState {
    #[must_use]
    pub fn is_comparison(&self, run: RunId) -> bool {
        self.comparison
            .as_ref()
            .is_some_and(|comparison| comparison.id == run)
    }

    /// What the comparison run has other than the run in progress, in words; `None` while nothing is compared.
    #[must_use]
    pub fn comparison_difference(&self) -> Option<String> {
        let (run, comparison) = (self.run.as_ref()?, self.comparison.as_ref()?);
        let words = difference(&comparison.experiment, &run.experiment);
        Some(if words.is_empty() {
            "the same experiment".to_owned()
        } else {
            words
        })
    }

    /// Seconds of training left until the goal at the present speed, those of the comparison run included; none before there is
    /// a speed.
    #[must_use]
    pub fn remaining_secs(&self) -> Option<f64> {
        let run = self.run.as_ref()?;
        let own = run.remaining_secs()?;
        let per_step = |run: &RunState| run.speed.elapsed_secs / run.step.max(1) as f64;
        let of_comparison = self.comparison.as_ref().map_or(0.0, |comparison| {
            let left = own / per_step(run) + run.step as f64 - comparison.step as f64;
            left.max(0.0) * per_step(comparison)
        });
        Some(own + of_comparison)
    }

    /// Goes through the past of what is shown; of both runs where two are compared.
    pub fn rewind(&mut self, to: Rewind) {
        let Some(run) = &mut self.run else { return };
        run.rewind(to);
        let past = run.replay.past().map(|past| past.moment.step);
        if let Some(comparison) = &mut self.comparison {
            comparison.rewind(past.map_or(Rewind::Follow, Rewind::To));
        }
    }

    /// Continues with one of the two; the other becomes its ghost.
    pub(super) fn end_comparison(&mut self, kept: RunId) {
        if self.is_comparison(kept) {
            mem::swap(&mut self.run, &mut self.comparison);
            if let Some(run) = &self.run {
                self.draft = run.experiment.clone();
            }
        }
        let ghost = self.comparison.as_ref().and_then(RunState::to_ghost);
        self.replace_runs();
        self.comparison = None;
        if let (Some(run), Some(ghost)) = (&mut self.run, ghost) {
            run.ghost = Some(ghost);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Input;
    use hourglass_experiment::Experiment;
    use hourglass_protocol::{Command, Event, StepBatch};

    #[test]
    fn the_time_left_counts_the_steps_of_both() {
        let mut state = LabState::default();
        let started = |run| Event::RunStarted {
            run,
            experiment: Experiment::default(), // five epochs
            n_parameters: 1,
            steps_per_epoch: 10,
        };
        let taken = |run, step: u64, epoch, elapsed_secs| Event::StepsTaken {
            run,
            steps: StepBatch {
                first_step: step,
                epochs: vec![epoch],
                terms: Vec::new(),
                n_images: 1,
                elapsed_secs,
            },
        };
        state.ask(Input::WorkerStarted);
        state.ask(Input::DataLoaded);
        let run = state.current_run();
        state.apply(started(run));
        state.apply(taken(run, 10, 1.0, 2.0));
        let left = |state: &LabState| state.remaining_secs().expect("there is a speed");
        assert!((left(&state) - 8.0).abs() < 1e-9, "forty steps of 0.2 s");
        let commands = state.ask(Input::Compare(Experiment::default()));
        let [
            Command::Compare {
                run: comparison, ..
            },
        ] = commands[..]
        else {
            panic!("{commands:?}");
        };
        state.apply(started(comparison));
        state.apply(taken(comparison, 5, 0.5, 0.5));
        assert!((left(&state) - 8.0 - 4.5).abs() < 1e-9, "and 45 of 0.1 s");
    }
}
