//! Opening a run, or weights. Whatever is wrong with them, the run in progress stays as it is.

use std::fmt::Display;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Component, Path, PathBuf, Prefix};
use std::sync::Arc;

use crate::panics::panic_message;
use hourglass_data::Dataset;
use hourglass_experiment::{Experiment, differences, fixed_change, in_words};
use hourglass_protocol::{
    DataPlace, DataSetId, DataSource, EvaluationScope, Event, Failure, Marks, Matching, NeededData,
    RunHistory, RunId,
};
use hourglass_run_folder::{
    self as run_folder, EXPERIMENT_FILE, Effort, GRADIENTS_FILE, GradientTable, METRICS_FILE,
    MODEL_FILE, MetricsTable, RESUME_FILE, Record, SavedFiles,
};
use hourglass_train::Trainer;
use hourglass_train::resume::{self, Resume, ResumeError, ResumedRun};
use hourglass_train::weights::WeightsError;

use super::devices::guarded;
use super::{Flow, Lab};

/// A run as it was found.
struct Found {
    trainer: Trainer,
    epochs_goal: u64,
    metrics: MetricsTable,
    gradients: GradientTable,
    effort: Effort,
    marks: Marks,
    goes_on: bool,
    lost: Option<String>,
    /// The experiment as its file has been changed since the run was saved.
    edited: Option<Experiment>,
}

/// Why a run is not taken on.
enum Refusal {
    /// It learned from other digits.
    OtherDataset(NeededData),
    /// It learned from images of that name, which did not come along, and it says where they were.
    ImagesNotSent(String, DataPlace),
    /// Its weights would fit by their shapes.
    FitsByShape(Vec<String>),
    /// What, which file, and what to do.
    Reason(String),
}

/// Why a run that learned from a person's own data set, which is not the one in use, cannot be taken on from a folder or
/// file.
fn other_images(path: &Path, run: &ResumedRun, dataset: &Dataset, of: &Path) -> Refusal {
    let needed = &run.data;
    let in_use = dataset.report.as_ref().map(|report| &report.place);
    match run_folder::images_of(of, needed) {
        // Those that came along are the ones it needs, whatever lies where it was trained.
        Ok(Some((lies, fitting))) => {
            let lies = std::path::absolute(&lies).unwrap_or(lies);
            if in_use.is_some_and(|place| place.path == lies) {
                let reason =
                    format!("it was trained on {needed}, but the images with it are others");
                return Refusal::at(path, reason);
            }
            return Refusal::OtherDataset(NeededData {
                label: needed.clone(),
                source: DataSource::Path(lies, fitting),
            });
        }
        Ok(None) => {}
        Err(error) => return Refusal::of(error),
    }
    let Some(place) = &run.data_place else {
        return Refusal::at(
            path,
            format!("it was trained on {needed:?}, which is not known here"),
        );
    };
    let lies = place.path.display();
    if in_use == Some(place) {
        let found = dataset.id.exact_label();
        return Refusal::at(
            path,
            format!(
                "it was trained on {needed}, but {lies} holds {found} now: put the images back as they were, or start a \
                 new run"
            ),
        );
    }
    // The path in a run that was sent is its sender's choice: it is not even looked at.
    if of.is_file() || is_far(&place.path) {
        return Refusal::ImagesNotSent(needed.clone(), place.clone());
    }
    if !place.path.exists() {
        return Refusal::at(
            path,
            format!(
                "it was trained on {needed}, which is no longer in {lies}: open that data set where it is now, then the \
                 run again"
            ),
        );
    }
    Refusal::OtherDataset(NeededData {
        label: needed.clone(),
        source: place.into(),
    })
}

/// Whether a path names another machine or a device, as on Windows: to look there is to speak to it.
fn is_far(path: &Path) -> bool {
    match path.components().next() {
        Some(Component::Prefix(prefix)) => {
            !matches!(prefix.kind(), Prefix::Disk(_) | Prefix::VerbatimDisk(_))
        }
        _ => false,
    }
}

impl Refusal {
    fn of(reason: impl Display) -> Self {
        Self::Reason(reason.to_string())
    }

    fn at(path: &Path, reason: impl Display) -> Self {
        Self::Reason(format!("{}: {reason}", path.display()))
    }
}

impl Lab {
    /// Continues the run in a folder or in one file.
    pub(super) fn open_run(&mut self, id: RunId, folder: PathBuf) -> Flow {
        self.open(id, folder, Self::find_run)
    }

    /// Starts a run with weights from a file.
    pub(super) fn start_from_weights(
        &mut self,
        id: RunId,
        experiment: Experiment,
        file: PathBuf,
        matching: Matching,
    ) -> Flow {
        self.open(id, file, |lab, dataset, file| {
            let weights = run_folder::read_bytes(file).map_err(Refusal::of)?;
            lab.with_weights(dataset, experiment, weights.as_deref(), file, matching)
        })
    }

    /// Takes on what `find` finds in a folder or file, in place of the run in progress.
    fn open(
        &mut self,
        run: RunId,
        from: PathBuf,
        find: impl FnOnce(&Self, &Arc<Dataset>, &Path) -> Result<Found, Refusal>,
    ) -> Flow {
        let Some(dataset) = self.dataset.clone() else {
            let reason = "there is no data set yet: load one first".to_owned();
            return self.fail(Failure::NotOpened { run, reason });
        };
        // Burn may panic over numbers that another program wrote.
        let found = catch_unwind(AssertUnwindSafe(|| {
            let mut found = find(self, &dataset, &from)?;
            let before = found.trainer.experiment().clone();
            if let Some(edited) = found.edited.take() {
                if before.total_epochs() != edited.total_epochs() {
                    found.epochs_goal = edited.total_epochs() as u64;
                }
                let tuned = guarded(&self.device, || found.trainer.tune(edited));
                tuned.map_err(Refusal::of)?;
            }
            let evaluation = guarded(&self.device, || {
                found.trainer.evaluate(EvaluationScope::Full)
            });
            Ok((found, before, evaluation.map_err(Refusal::of)?))
        }));
        let found =
            found.unwrap_or_else(|panic| Err(Refusal::at(&from, panic_message(panic.as_ref()))));
        let (found, before, evaluation) = match found {
            Ok(found) => found,
            Err(Refusal::Reason(reason)) => return self.fail(Failure::NotOpened { run, reason }),
            Err(Refusal::FitsByShape(pairs)) => {
                return self.fail(Failure::WeightsFitByShape {
                    run,
                    file: from,
                    pairs,
                });
            }
            Err(Refusal::ImagesNotSent(needed, place)) => {
                return self.fail(Failure::ImagesNotSent {
                    run,
                    file: from,
                    needed,
                    place,
                });
            }
            Err(Refusal::OtherDataset(needed)) => {
                return self.fail(Failure::OtherDataset {
                    run,
                    folder: from,
                    needed,
                    in_use: dataset.id,
                });
            }
        };
        let mut record = Record::resumed(
            before.clone(),
            dataset.id,
            self.device.info.name.clone(),
            (found.metrics, found.gradients, found.marks, found.effort),
        );
        let edited = note_edit(&mut record, run, &before, &found.trainer);
        record.add_evaluation(&evaluation);
        let lost = found.lost.or_else(|| {
            (!evaluation.is_finite()).then(|| {
                format!(
                    "the loss of the weights in {} is infinite or NaN, so training cannot go on from them: start the run \
                     again with a lower learning rate",
                    from.display()
                )
            })
        });
        let history = RunHistory {
            marks: record.marks().all().to_vec(),
            edited,
            rows: record.metrics().rows().into(),
            gradients: record.gradients().rows().into(),
            evaluation,
            training_secs: found.effort.training_secs,
            images_per_sec: found.effort.images_per_sec(),
            goes_on: found.goes_on,
            lost,
        };
        self.drop_comparison()?;
        self.take_on(run, found.trainer, found.epochs_goal, record)?;
        self.report(Event::RunOpened { run, from, history })?;
        match &self.run {
            Some(run) if run.is_warm => {
                let phase = run.resting_phase();
                self.report_phase(phase)
            }
            _ => self.prepare(), // which ends with the phase
        }
    }

    /// The run of a folder, where it was left, or else with its weights alone.
    fn find_run(&self, dataset: &Arc<Dataset>, folder: &Path) -> Result<Found, Refusal> {
        let names = [
            RESUME_FILE,
            METRICS_FILE,
            GRADIENTS_FILE,
            EXPERIMENT_FILE,
            MODEL_FILE,
        ];
        let saved = SavedFiles::read(folder, &names).map_err(Refusal::of)?;
        if let Some(resume) = read_resume(&saved, &folder.join(RESUME_FILE))? {
            return self.with_resume(dataset, folder, &saved, resume);
        }
        let path = folder.join(EXPERIMENT_FILE);
        let Some(text) = saved.text(EXPERIMENT_FILE).map_err(Refusal::of)? else {
            return Err(Refusal::of(format!(
                "there is no run in {}: choose a folder with {RESUME_FILE}, or with {EXPERIMENT_FILE} and \
                 {MODEL_FILE}",
                folder.display()
            )));
        };
        let experiment = run_folder::read_experiment(text);
        let experiment = experiment.map_err(|error| Refusal::at(&path, error))?;
        let weights = saved.bytes(MODEL_FILE).map_err(Refusal::of)?;
        let file = folder.join(MODEL_FILE);
        let found = self.with_weights(dataset, experiment, weights, &file, Matching::ByName);
        let mut found = found.map_err(|refusal| match refusal {
            // A run's own weights fit its experiment, or else they come from elsewhere.
            Refusal::FitsByShape(pairs) => Refusal::at(
                &file,
                format!(
                    "its weights have a different layout or different names ({}): start from them with \
                     \"Load weights…\" or --weights",
                    pairs.join("; ")
                ),
            ),
            refusal => refusal,
        })?;
        found.lost = Some(format!(
            "{} contains no optimizer state to continue from: its weights are loaded, and training starts at step 0",
            folder.display()
        ));
        Ok(found)
    }

    fn with_resume(
        &self,
        dataset: &Arc<Dataset>,
        folder: &Path,
        saved: &SavedFiles,
        resume: Resume,
    ) -> Result<Found, Refusal> {
        let path = folder.join(RESUME_FILE);
        let run = &resume.run;
        match DataSetId::of_name(&run.data) {
            _ if dataset.id.is_content_of(&run.data) => {} // which need not be in the catalogue
            Some(needed) => return Err(Refusal::OtherDataset(needed.into())),
            None => return Err(other_images(&path, run, dataset, folder)),
        }
        if run.n_train != dataset.train.len() {
            let (n, loaded) = (run.n_train, dataset.train.len());
            let reason = format!(
                "it was trained on {n} training images, but {loaded} are loaded: load the same data set"
            );
            return Err(Refusal::at(&path, reason));
        }
        run.experiment
            .validate()
            .map_err(|error| Refusal::at(&path, error))?;
        run.experiment
            .check_fits(dataset.id, dataset.train.len())
            .map_err(|error| Refusal::at(&path, error))?;
        let edited = edited_experiment(saved, folder, run)?;
        let marks = Marks::from(run.changes.clone());
        let (epochs_goal, step) = (run.epochs_goal, resume.checkpoint.step);
        let effort = Effort {
            elapsed_secs: run.elapsed_secs,
            training_secs: run.training_secs,
            images: run.images,
        };
        let trainer = guarded(&self.device, || {
            Ok(resume.trainer(Arc::clone(dataset), &self.device.device))
        });
        let trainer = trainer.map_err(Refusal::of)?;
        let trainer = trainer.map_err(|error| Refusal::at(&path, error))?;
        let (metrics, gradients) = read_tables(saved, folder, step)?;
        let lost = (metrics.is_none() && step > 0).then(|| {
            format!(
                "{} has no {METRICS_FILE}: the curves start from here",
                folder.display()
            )
        });
        let no_curves = || MetricsTable::new(trainer.experiment().terms());
        Ok(Found {
            metrics: metrics.unwrap_or_else(no_curves),
            gradients,
            trainer,
            epochs_goal,
            effort,
            marks,
            goes_on: true,
            lost,
            edited,
        })
    }

    /// A new model of an experiment with the weights of a file.
    fn with_weights(
        &self,
        dataset: &Arc<Dataset>,
        experiment: Experiment,
        weights: Option<&[u8]>,
        file: &Path,
        matching: Matching,
    ) -> Result<Found, Refusal> {
        experiment.validate().map_err(Refusal::of)?;
        let fits = experiment.check_fits(dataset.id, dataset.train.len());
        fits.map_err(Refusal::of)?;
        let Some(weights) = weights else {
            return Err(Refusal::at(file, "there is no such file"));
        };
        let mut trainer = Trainer::new(experiment, Arc::clone(dataset), &self.device.device);
        trainer
            .take_weights(weights, matching)
            .map_err(|error| match error {
                WeightsError::FitsByShape(pairing) => Refusal::FitsByShape(pairing.lines()),
                WeightsError::Foreign(foreign) => Refusal::at(file, foreign.advice(file)),
                error => Refusal::at(file, error),
            })?;
        Ok(Found {
            epochs_goal: trainer.experiment().total_epochs() as u64,
            metrics: MetricsTable::new(trainer.experiment().terms()),
            gradients: GradientTable::default(),
            trainer,
            effort: Effort::default(),
            marks: Marks::default(),
            goes_on: false,
            lost: None,
            edited: None,
        })
    }
}

/// Records that a run takes on the experiment its file was changed to; tells what changed.
fn note_edit(
    record: &mut Record,
    run: RunId,
    before: &Experiment,
    trainer: &Trainer,
) -> Option<String> {
    let experiment = trainer.experiment();
    if experiment == before {
        return None;
    }
    let step = trainer.step() + 1;
    record.note(&Event::Tuned {
        run,
        experiment: experiment.clone(),
        step,
        epoch: trainer.epoch(),
        steps_per_epoch: trainer.steps_per_epoch(),
    });
    let changes = in_words(&differences(before, experiment));
    (!changes.is_empty()).then(|| {
        format!(
            "{EXPERIMENT_FILE} was changed since the run was saved; from step {step} on: {changes}"
        )
    })
}

/// The experiment in a run's folder, where it is no longer that of the run: a person changed the file. What a run can take
/// on at its next step, it takes on; anything else is refused, and nothing is overwritten in silence.
fn edited_experiment(
    saved: &SavedFiles,
    folder: &Path,
    run: &ResumedRun,
) -> Result<Option<Experiment>, Refusal> {
    let path = folder.join(EXPERIMENT_FILE);
    let way_out = "Correct the file, or delete it to continue the run as it was saved";
    let refused =
        |reason: &dyn Display| Refusal::Reason(format!("{}: {reason}. {way_out}", path.display()));
    let Some(bytes) = saved.unchecked(EXPERIMENT_FILE) else {
        return Ok(None);
    };
    let text = str::from_utf8(bytes).map_err(|_| refused(&"it is not text"))?;
    let edited = run_folder::read_experiment(text).map_err(|error| refused(&error))?;
    let before = &run.experiment;
    if edited == *before {
        return Ok(None);
    }
    if let Some(fixed) = fixed_change(before, &edited) {
        return Err(refused(&format!(
            "it was changed since the run was saved, in what a run cannot change on its way ({fixed}). A new run can start \
             from it"
        )));
    }
    let idle = differences(before, &edited).into_iter().find_map(|change| {
        let reason = change.field.why_idle(&edited)?;
        Some(format!(
            "{} has no effect here: {reason}",
            change.field.label
        ))
    });
    idle.map_or(Ok(Some(edited)), |reason| Err(refused(&reason)))
}

/// What a run continues from; `None` if there is no such file, or only one of the first layout.
fn read_resume(saved: &SavedFiles, path: &Path) -> Result<Option<Resume>, Refusal> {
    // Its own checksum comes first: it says more exactly what is wrong.
    let Some(bytes) = saved.unchecked(RESUME_FILE) else {
        return Ok(None);
    };
    match resume::read(bytes) {
        Ok(resume) => {
            saved.bytes(RESUME_FILE).map_err(Refusal::of)?;
            Ok(Some(resume))
        }
        Err(ResumeError::Older) => Ok(None),
        Err(error) => Err(Refusal::at(path, error)),
    }
}

/// What was recorded up to a step; what was written after it is left out. No curves if there is no such file.
fn read_tables(
    saved: &SavedFiles,
    folder: &Path,
    step: u64,
) -> Result<(Option<MetricsTable>, GradientTable), Refusal> {
    let mut metrics = read_table(saved, folder, METRICS_FILE, MetricsTable::read_csv)?;
    if let Some(metrics) = &mut metrics {
        metrics.cut_after(step);
    }
    let gradients = read_table(saved, folder, GRADIENTS_FILE, GradientTable::read_csv)?;
    let mut gradients = gradients.unwrap_or_default(); // an older version wrote none
    gradients.cut_after(step);
    Ok((metrics, gradients))
}

/// What was recorded in a file of the folder; `None` if there is no such file.
fn read_table<T, E: Display>(
    saved: &SavedFiles,
    folder: &Path,
    name: &str,
    read: impl Fn(&str) -> Result<T, E>,
) -> Result<Option<T>, Refusal> {
    let path = folder.join(name);
    let way_out = |reason: String| {
        Refusal::Reason(format!(
            "{reason}. Move {} away to open the run without its curves",
            path.display()
        ))
    };
    let text = saved.text(name);
    let Some(text) = text.map_err(|error| way_out(error.to_string()))? else {
        return Ok(None);
    };
    let table = read(text).map_err(|error| way_out(format!("{}: {error}", path.display())))?;
    Ok(Some(table))
}
