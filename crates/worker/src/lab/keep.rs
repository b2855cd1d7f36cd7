//! Saving a run: what its folder holds, taken from the model and from what was recorded.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use hourglass_experiment::Term;
use hourglass_protocol::{EvaluationScope, Event, Failure, RunId};
use hourglass_run_folder::{FolderLock, RunFiles};
use hourglass_train::TrainError;
use hourglass_train::resume::{self, Resume, ResumedRun};

use super::devices::guarded;
use super::run::Run;
use super::{Flow, Lab, OwnerGone};

impl Lab {
    /// Measures the model where that was not done at this step, and writes the run's folder.
    pub(super) fn save(&mut self, folder: PathBuf) -> Flow {
        if let Some(run) = &self.run {
            let measured = run.record.full_evaluation().map(|full| full.step);
            if measured != Some(run.trainer.step()) {
                self.evaluate(EvaluationScope::Full)?;
            }
        }
        match self.write_folder(&folder)? {
            Some((run, step)) => self.report(Event::RunSaved { run, folder, step }),
            None => Flow::Continue(()),
        }
    }

    /// Writes the run's folder as it is.
    pub(super) fn back_up(&mut self, folder: PathBuf) -> Flow {
        match self.write_folder(&folder)? {
            Some((run, step)) => self.report(Event::RunBackedUp { run, folder, step }),
            None => Flow::Continue(()),
        }
    }

    /// Writes the run's folder; tells which run at which step, or reports why not.
    fn write_folder(&mut self, folder: &Path) -> ControlFlow<OwnerGone, Option<(RunId, u64)>> {
        let measures = self.measures_of_run();
        let Some(run) = &mut self.run else {
            self.fail(Failure::NotSaved {
                reason: "there is no run to save yet".to_owned(),
            })?;
            return ControlFlow::Continue(None);
        };
        let (id, step) = (run.id, run.trainer.step());
        let content = guarded(&self.device, || {
            let resume = run.to_resume()?;
            let is_good = resume.checkpoint.is_finite() && run.has_finite_loss()?;
            let model = run.trainer.weights();
            Ok((model, resume::write(&resume), is_good))
        });
        let written = match content {
            Ok((_, _, false)) if !run.last_good.is_finite() || run.last_good.step == step => Err(
                "its loss, or its weights, are infinite or NaN, and there are no others: start it again"
                    .to_owned(),
            ),
            Ok((_, _, false)) => {
                // The last update went wrong, which the next loss would tell: the weights before it are saved.
                self.stop(TrainError::NonFinite {
                    term: Term::Objective,
                    value: f32::NAN,
                    step: step + 1,
                })?;
                return self.write_folder(folder);
            }
            Ok((Ok(model), Ok(resume), true)) => {
                let baselines = measures.as_ref().map(|measures| measures.baselines());
                let files = RunFiles {
                    metrics: run.record.metrics_csv(),
                    gradients: run.record.gradients_csv(),
                    summary: run.record.summary_json(baselines),
                    experiment: run.record.experiment_toml(),
                    model,
                    resume,
                };
                self.write_locked(&files, folder)
            }
            Ok((Err(error), ..)) => Err(error.to_string()),
            Ok((_, Err(error), _)) => Err(error.to_string()),
            Err(error) => {
                self.stop(error)?;
                return ControlFlow::Continue(None);
            }
        };
        if let Err(reason) = written {
            self.fail(Failure::NotSaved { reason })?;
            return ControlFlow::Continue(None);
        }
        ControlFlow::Continue(Some((id, step)))
    }

    /// Writes a folder that no other process writes into: none does until this run ends.
    fn write_locked(&mut self, files: &RunFiles, folder: &Path) -> Result<(), String> {
        let held = self.locks.iter().position(|lock| lock.folder() == folder);
        let lock = match held {
            Some(idx) => self.locks.swap_remove(idx),
            None => FolderLock::take(folder).map_err(|error| error.to_string())?,
        };
        let written = files.write(&lock);
        self.locks.push(lock);
        written.map_err(|error| error.to_string())
    }
}

impl Run {
    /// Everything the run goes on from.
    pub(super) fn to_resume(&self) -> Result<Resume, TrainError> {
        let effort = self.record.effort();
        let dataset = self.trainer.dataset();
        Ok(Resume {
            run: ResumedRun {
                data: dataset.id.name().to_owned(),
                data_place: dataset.report.as_ref().map(|report| report.place.clone()),
                n_train: dataset.train.len(),
                epochs_goal: self.epochs_goal,
                elapsed_secs: effort.elapsed_secs,
                training_secs: effort.training_secs,
                images: effort.images,
                experiment: self.trainer.experiment().clone(),
                changes: self
                    .record
                    .marks()
                    .up_to(self.trainer.step(), self.trainer.epoch()),
            },
            checkpoint: self.trainer.checkpoint()?,
        })
    }
}
