//! Comparing two runs: a comparison run is trained beside the run in progress, step for step.
//!
//! A run and its looks make a side. Everything the laboratory does, it does to the side in front; to do the same to
//! the comparison run, the sides are swapped for a moment. What either run computes does not depend on the other.
//!
//! The run that has taken fewer steps trains next.

use std::mem;
use std::sync::Arc;

use hourglass_experiment::Experiment;
use hourglass_protocol::{EvaluationScope, Event, Failure, Phase, RunId};
use hourglass_run_folder::Record;
use hourglass_train::Trainer;

use super::run::{Goal, Run};
use super::{Flow, Lab};

impl Lab {
    /// Starts a run beside the one in progress, on the same digits. A comparison run that is behind takes steps alone until
    /// it has taken as many.
    pub(super) fn compare(&mut self, id: RunId, experiment: Experiment) -> Flow {
        let dataset = self.run.as_ref().map(|run| run.trainer.dataset());
        let refusal = match (dataset, experiment.validate()) {
            (None, _) => Some("there is no run to compare with yet: start one first".to_owned()),
            (_, Err(invalid)) => Some(invalid.to_string()),
            (Some(dataset), Ok(())) => {
                let fits = experiment.check_fits(dataset.id, dataset.train.len());
                fits.err().map(|error| error.to_string())
            }
        };
        let dataset = match (refusal, dataset) {
            (None, Some(dataset)) => Arc::clone(dataset),
            (refusal, _) => {
                let reason = refusal.unwrap_or_default();
                return self.fail(Failure::NotCompared { reason });
            }
        };
        self.drop_comparison()?;
        self.was_level = false;
        let is_training = self.is_training();
        let (kind, device) = (dataset.id, self.device.info.name.clone());
        let trainer = Trainer::new(experiment, dataset, &self.device.device);
        let epochs_goal = trainer.experiment().total_epochs() as u64;
        let record = Record::new(trainer.experiment().clone(), kind, device);
        self.with_comparison(|lab| {
            lab.take_on(id, trainer, epochs_goal, record)?;
            lab.evaluate(EvaluationScope::Running)?;
            match &lab.run {
                Some(run) if is_training => {
                    let position = run.position();
                    lab.report_phase(Phase::Training { position })
                }
                _ => Flow::Continue(()),
            }
        })
    }

    /// Continues with one of the two runs; the other ends.
    pub(super) fn end_comparison(&mut self, keep: RunId) -> Flow {
        let Some(comparison) = &self.other.run else {
            return Flow::Continue(());
        };
        if comparison.id == keep {
            let is_training = self.is_training();
            self.change_sides();
            self.looks.request(self.other.looks.asked().clone());
            if let Some(run) = &mut self.run {
                run.until = is_training.then_some(Goal::Epochs(run.epochs_goal));
            }
        }
        self.drop_comparison()?;
        let Some(run) = &self.run else {
            return Flow::Continue(());
        };
        self.report(Event::ComparisonEnded { run: run.id })?;
        self.report_position()?;
        self.rest_if_done()
    }

    /// Ends the comparison run, if there is one.
    pub(super) fn drop_comparison(&mut self) -> Flow {
        self.with_comparison(Self::replaced)?;
        self.other.run = None;
        self.other.seen = None;
        self.other.looks.restart();
        Flow::Continue(())
    }

    /// Whether the comparison run has taken fewer steps than the run in front.
    pub(super) fn comparison_is_behind(&self) -> bool {
        let steps = |run: &Option<Run>| run.as_ref().map(|run| run.trainer.step());
        steps(&self.other.run)
            .zip(steps(&self.run))
            .is_some_and(|(comparison, run)| comparison < run)
    }

    /// One burst of the comparison run, no further than the run in front.
    pub(super) fn catch_up(&mut self) -> Flow {
        let step = self.run.as_ref().map_or(0, |run| run.trainer.step());
        let mut stopped = false;
        self.with_comparison(|lab| {
            if let Some(run) = &mut lab.run {
                run.until = Some(Goal::Steps(step));
            }
            lab.burst()?;
            if let Some(run) = &mut lab.run {
                stopped = run.until.take().is_none(); // by a failure, which was reported
            }
            Flow::Continue(())
        })?;
        if stopped {
            return self.rest(); // one without the other would be no comparison
        }
        self.rest_if_done()
    }

    /// Tells what the comparison run does now that the run in front takes steps, or has stopped taking them.
    pub(super) fn report_comparison(&mut self) -> Flow {
        let is_training = self.is_training();
        self.with_comparison(|lab| {
            let Some(run) = &lab.run else {
                return Flow::Continue(());
            };
            let phase = if is_training {
                let position = run.position();
                Phase::Training { position }
            } else {
                run.resting_phase()
            };
            lab.report_phase(phase)
        })
    }

    /// Does something to the comparison run as if it were in front.
    pub(super) fn with_comparison(&mut self, work: impl FnOnce(&mut Self) -> Flow) -> Flow {
        self.change_sides();
        let flow = work(self);
        self.change_sides();
        flow
    }

    pub(super) fn change_sides(&mut self) {
        mem::swap(&mut self.run, &mut self.other.run);
        mem::swap(&mut self.looks, &mut self.other.looks);
        mem::swap(&mut self.seen, &mut self.other.seen);
    }
}
