//! Saving a run: what its folder or file holds, taken from the model and from what was recorded.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use hourglass_data::came_along;
use hourglass_experiment::Term;
use hourglass_protocol::one_file::is_run_file;
use hourglass_protocol::{EvaluationScope, Event, Failure, ImagesKept, RunId};
use hourglass_run_folder::{self as run_folder, FolderLock, RunFiles};
use hourglass_train::TrainError;
use hourglass_train::resume::{self, Resume, ResumedRun};

use super::devices::guarded;
use super::run::Run;
use super::{Flow, Lab, OwnerGone};

/// A run that is on disk.
struct Written {
    run: RunId,
    /// Steps taken before.
    step: u64,
    /// Where a person's own images are, if it is in one file.
    images: Option<ImagesKept>,
}

impl Lab {
    /// Measures the model where that was not done at this step, and writes the run's folder or file.
    pub(super) fn save(&mut self, folder: PathBuf) -> Flow {
        if let Some(run) = &self.run {
            let measured = run.record.full_evaluation().map(|full| full.step);
            if measured != Some(run.trainer.step()) {
                self.evaluate(EvaluationScope::Full)?;
            }
        }
        match self.write_run(&folder)? {
            Some(Written { run, step, images }) => self.report(Event::RunSaved {
                run,
                folder,
                step,
                images,
            }),
            None => Flow::Continue(()),
        }
    }

    /// Writes the run's folder as it is.
    pub(super) fn back_up(&mut self, folder: PathBuf) -> Flow {
        match self.write_run(&folder)? {
            Some(Written { run, step, .. }) => {
                self.report(Event::RunBackedUp { run, folder, step })
            }
            None => Flow::Continue(()),
        }
    }

    /// Writes the run's folder or file; tells what was written, or reports why not.
    fn write_run(&mut self, place: &Path) -> ControlFlow<OwnerGone, Option<Written>> {
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
                return self.write_run(place);
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
                // What is there counts, whatever it is called.
                let is_in_one = is_run_file(place) || run_folder::is_archive(place);
                if is_in_one && !place.is_dir() {
                    self.write_file(&files, place)
                } else {
                    self.write_locked(&files, place).map(|()| None)
                }
            }
            Ok((Err(error), ..)) => Err(error.to_string()),
            Ok((_, Err(error), _)) => Err(error.to_string()),
            Err(error) => {
                self.stop(error)?;
                return ControlFlow::Continue(None);
            }
        };
        match written {
            Ok(images) => ControlFlow::Continue(Some(Written {
                run: id,
                step,
                images,
            })),
            Err(reason) => {
                self.fail(Failure::NotSaved { reason })?;
                ControlFlow::Continue(None)
            }
        }
    }

    /// Writes one file, with the images that the run learned from if they are a person's own and small.
    fn write_file(&self, files: &RunFiles, file: &Path) -> Result<Option<ImagesKept>, String> {
        let dataset = self.dataset.as_ref();
        let going = dataset.map(|dataset| dataset.to_go_along()).transpose();
        let going = going.map_err(|error| error.to_string())?;
        let (images, kept) = going.unwrap_or_default();
        let packed = files.pack(file, images.as_ref());
        packed.map(|()| kept).map_err(|error| error.to_string())
    }

    /// Writes a folder that no other process writes into: none does until this run ends.
    fn write_locked(&mut self, files: &RunFiles, folder: &Path) -> Result<(), String> {
        let held = self.locks.iter().position(|lock| lock.folder() == folder);
        let lock = match held {
            Some(idx) => self.locks.swap_remove(idx),
            None => FolderLock::take(folder).map_err(|error| error.to_string())?,
        };
        let written = files.write(&lock).map_err(|error| error.to_string());
        self.locks.push(lock);
        written.and_then(|()| self.write_images(folder))
    }

    /// Writes the images into a folder that are at hand only because they came along with a run: without its file, the run
    /// could not be trained further.
    fn write_images(&self, folder: &Path) -> Result<(), String> {
        let Some(dataset) = &self.dataset else {
            return Ok(());
        };
        let lie = dataset.report.as_ref().map(|report| &report.place.path);
        if !lie.is_some_and(|lie| came_along(lie)) {
            return Ok(());
        }
        let there = run_folder::images_of(folder, dataset.id.name());
        if there.map_err(|error| error.to_string())?.is_some() {
            return Ok(());
        }
        let (images, _) = dataset.to_go_along().map_err(|error| error.to_string())?;
        let written = images.map(|images| run_folder::write_images(folder, &images));
        written.transpose().map_err(|error| error.to_string())?;
        Ok(())
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
