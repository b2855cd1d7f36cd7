//! Starting a run, setting its goal, pausing it, changing its experiment.

use std::time::Instant;

use hourglass_experiment::Experiment;
use hourglass_protocol::{DeviceKind, EvaluationScope, Event, Failure, Phase, PlanPosition, RunId};
use hourglass_run_folder::Record;
use hourglass_train::Trainer;

use super::run::{Goal, OnDisk, Reel, Run};
use super::{Flow, Lab};

impl Lab {
    pub(super) fn start_run(&mut self, id: RunId, experiment: Experiment) -> Flow {
        let refusal = match (&self.dataset, experiment.validate()) {
            (None, _) => Some("there is no data to train on yet: load a data set first".to_owned()),
            (_, Err(invalid)) => Some(invalid.to_string()),
            (Some(dataset), Ok(())) => {
                let fits = experiment.check_fits(dataset.id, dataset.train.len());
                fits.err().map(|error| error.to_string())
            }
        };
        if let Some(reason) = refusal {
            return self.fail(Failure::InvalidExperiment { reason });
        }
        let Some(dataset) = self.dataset.clone() else {
            return Flow::Continue(()); // refused above
        };
        let (kind, device) = (dataset.id, self.device.info.name.clone());
        let trainer = Trainer::new(experiment, dataset, &self.device.device);
        let epochs_goal = trainer.experiment().total_epochs() as u64;
        let record = Record::new(trainer.experiment().clone(), kind, device);
        self.drop_comparison()?;
        self.take_on(id, trainer, epochs_goal, record)?;
        if self.run.as_ref().is_none_or(|run| run.id != id) {
            return Flow::Continue(()); // it could not be made, which was reported
        }
        self.prepare()?;
        self.evaluate(EvaluationScope::Running)
    }

    /// Puts a run in place of the one in progress.
    pub(super) fn take_on(
        &mut self,
        id: RunId,
        trainer: Trainer,
        epochs_goal: u64,
        record: Record,
    ) -> Flow {
        let last_good = match trainer.checkpoint() {
            Ok(checkpoint) => checkpoint,
            Err(error) => {
                return self.fail(Failure::InvalidExperiment {
                    reason: format!("the model cannot be made on this device: {error}"),
                });
            }
        };
        self.replaced()?;
        self.looks.restart();
        self.seen = None;
        self.locks.clear();
        let started = Event::RunStarted {
            run: id,
            n_parameters: trainer.experiment().n_parameters(),
            steps_per_epoch: trainer.steps_per_epoch(),
            experiment: trainer.experiment().clone(),
        };
        self.run = Some(Run {
            id,
            epochs_goal,
            trainer,
            record,
            until: None,
            last_good,
            candidate: None,
            checked: Instant::now(),
            begun_with: None,
            is_warm: self.device.info.kind == DeviceKind::Cpu,
            reel: Reel::default(),
            on_disk: OnDisk::default(),
        });
        self.report(started)?;
        self.measure_for_run()
    }

    /// Has a cold device choose its kernels for the views, and says so: it may take a minute.
    pub(super) fn prepare(&mut self) -> Flow {
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
    pub(super) fn aim(&mut self, goal: impl FnOnce(&mut Run) -> Goal) -> Flow {
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
        self.report_phase(phase)?;
        self.report_comparison()
    }

    /// Stops taking steps. A comparison run that was level takes the steps of the current burst as well.
    pub(super) fn pause(&mut self) -> Flow {
        while self.was_level && self.is_training() && self.comparison_is_behind() {
            self.catch_up()?;
        }
        self.rest()
    }

    /// Stops taking steps, wherever a comparison run is.
    pub(super) fn rest(&mut self) -> Flow {
        let Some(run) = &mut self.run else {
            return Flow::Continue(());
        };
        if run.until.take().is_none() {
            return Flow::Continue(()); // it waits already
        }
        let position = run.position();
        self.report_phase(Phase::Paused { position })?;
        self.report_comparison()
    }

    pub(super) fn tune(&mut self, experiment: Experiment) -> Flow {
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
        let changes_epochs = run.trainer.experiment().total_epochs() != experiment.total_epochs();
        if changes_epochs {
            run.epochs_goal = experiment.total_epochs() as u64;
            if matches!(run.until, Some(Goal::Epochs(_))) {
                run.until = Some(Goal::Epochs(run.epochs_goal));
            }
        }
        let before = run.trainer.experiment();
        if before.objective != experiment.objective
            || before.corruption != experiment.corruption
            || before.target != experiment.target
        {
            run.begun_with = None; // losses cannot be compared with those before
        }
        let changes_input = before.test_corruption() != experiment.test_corruption()
            || before.target != experiment.target;
        if let Err(error) = run.trainer.tune(experiment.clone()) {
            return self.stop(error);
        }
        let Some(run) = &mut self.run else {
            return Flow::Continue(());
        };
        if changes_input {
            self.looks.invalidate();
        }
        let tuned = Event::Tuned {
            run: run.id,
            experiment,
            step: run.trainer.step() + 1,
            epoch: run.trainer.epoch(),
            steps_per_epoch: run.trainer.steps_per_epoch(),
        };
        self.report(tuned)?;
        self.report_position()
    }

    /// Tells the phase again, with the goal as it is now.
    pub(super) fn report_position(&mut self) -> Flow {
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
}

impl Run {
    pub(super) fn position(&self) -> PlanPosition {
        let (stage, before) = self.trainer.stage();
        let count = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
        let stages = self.trainer.experiment().stages();
        let planned = stages.iter().find(|(candidate, _)| *candidate == stage);
        let is_last = stages.last().is_some_and(|(last, _)| *last == stage);
        let stage_epochs_goal = if is_last {
            count(self.epochs_goal.saturating_sub(before)) // training may go on past the plan
        } else {
            planned.map_or(0, |&(_, epochs)| epochs)
        };
        PlanPosition {
            stage,
            stage_epochs_done: count(self.trainer.epochs_done() - before),
            stage_epochs_goal,
            epochs_done: usize::try_from(self.trainer.epochs_done()).unwrap_or(usize::MAX),
            epochs_goal: usize::try_from(self.epochs_goal).unwrap_or(usize::MAX),
            steps_done: self.trainer.step(),
        }
    }

    pub(super) fn resting_phase(&self) -> Phase {
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
