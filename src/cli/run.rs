//! One run without a window, from its start to its folder.

use std::path::Path;
use std::time::Instant;

use anyhow::{Result, bail};

use crate::experiment::Experiment;
use crate::protocol::{
    CodeReport, Command, DatasetDescription, Evaluation, EvaluationScope, Event, Failure, Phase,
    PlanPosition, RunId, StepBatch, Yardsticks,
};
use crate::run_folder::{
    self, AdversarySummary, CodeSummary, CompressionSummary, DataSetSummary, EXPERIMENT_FILE,
    METRICS_FILE, MetricsTable, Noticed, PcaSummary, SUMMARY_FILE, SUMMARY_FORMAT, Summary,
    TestFigures,
};
use crate::whole_file;

use super::engine::Engine;
use super::progress::Progress;

/// Trains a recipe until its plan is done, and judges its code.
///
/// # Errors
/// When the recipe is refused, or the worker is gone.
pub fn to_its_end(
    engine: &Engine,
    run: RunId,
    experiment: Experiment,
    dataset: DatasetDescription,
    progress: &Progress,
) -> Result<(Record, Ending)> {
    let device = engine.device_name().to_owned();
    let mut record = Record::new(experiment.clone(), dataset, device);
    engine.send(Command::StartRun { run, experiment })?;
    engine.send(Command::Train)?;
    let ending = follow(engine, &mut record, progress)?;
    if matches!(ending, Ending::Finished) {
        judge(engine, &mut record, progress)?;
    }
    Ok((record, ending))
}

/// How a run ended.
pub enum Ending {
    /// The plan is done.
    Finished,
    /// Someone pressed Ctrl-C.
    Interrupted,
    /// A loss became infinite, or the device failed.
    Failed(Failure),
}

/// What a run leaves behind.
pub struct Record {
    experiment: Experiment,
    dataset: DatasetDescription,
    device: String,
    n_parameters: usize,
    metrics: MetricsTable,
    position: PlanPosition,
    started: Instant,
    images: u64,
    training_secs: f64,
    full: Option<Evaluation>,
    yardsticks: Option<Yardsticks>,
    report: Option<CodeReport>,
    last_objective: f32,
}

impl Record {
    /// Nothing has happened yet.
    fn new(experiment: Experiment, dataset: DatasetDescription, device: String) -> Self {
        Self {
            metrics: MetricsTable::new(&experiment),
            experiment,
            dataset,
            device,
            n_parameters: 0,
            position: PlanPosition::default(),
            started: Instant::now(),
            images: 0,
            training_secs: 0.0,
            full: None,
            yardsticks: None,
            report: None,
            last_objective: f32::NAN,
        }
    }

    fn elapsed_secs(&self) -> f64 {
        self.started.elapsed().as_secs_f64()
    }

    #[expect(clippy::cast_precision_loss, reason = "images are far below 2^53")]
    fn images_per_sec(&self) -> f64 {
        if self.training_secs > 0.0 {
            self.images as f64 / self.training_secs
        } else {
            0.0
        }
    }

    fn add_steps(&mut self, steps: &StepBatch) {
        self.metrics.push_steps(steps, self.elapsed_secs());
        self.images += steps.n_images;
        self.training_secs += steps.elapsed_secs;
        let objective = steps.terms.first().and_then(|(_, values)| values.last());
        self.last_objective = objective.copied().unwrap_or(self.last_objective);
    }

    /// Its figures; none before the first epoch was complete.
    #[must_use]
    pub fn summary(&self) -> Option<Summary> {
        let full = self.full.as_ref()?;
        let report = self.report.as_ref();
        let both = self.yardsticks.as_ref().zip(report);
        Some(Summary {
            format: SUMMARY_FORMAT,
            preset: self.experiment.preset,
            seed: self.experiment.seed,
            device: self.device.clone(),
            data: self.dataset.kind.name().to_owned(),
            parameters: self.n_parameters,
            epochs: self.position.epochs_done,
            steps: full.step,
            seconds: self.elapsed_secs(),
            images_per_second: self.images_per_sec(),
            test: TestFigures::from(full),
            code: CodeSummary::of(full, report),
            adversary: full.adversarial.as_ref().map(AdversarySummary::from),
            pca: both.and_then(|(yardsticks, report)| {
                PcaSummary::of(yardsticks, report, self.experiment.architecture.code_size())
            }),
            data_set: both.map(|(yardsticks, report)| DataSetSummary::of(yardsticks, report)),
            compression: report.map(|report| CompressionSummary::from(&report.compression)),
            noticed: full
                .diagnoses
                .iter()
                .map(|diagnosis| Noticed {
                    what: diagnosis.key().to_owned(),
                    message: diagnosis.to_string(),
                })
                .collect(),
        })
    }

    /// Writes the run folder.
    ///
    /// # Errors
    /// When a file cannot be written, or the worker is gone.
    pub fn save(&self, engine: &Engine, folder: &Path) -> Result<()> {
        engine.send(Command::SaveModel {
            folder: folder.to_owned(),
        })?;
        loop {
            match engine.wait()? {
                Some(Event::ModelSaved { .. }) => break,
                Some(Event::Failed(failure)) => bail!(failure),
                _ => {}
            }
        }
        let toml = run_folder::to_toml(&self.experiment);
        whole_file::write(&folder.join(EXPERIMENT_FILE), toml.as_bytes())?;
        let csv = self.metrics.as_csv();
        whole_file::write(&folder.join(METRICS_FILE), csv.as_bytes())?;
        if let Some(summary) = self.summary() {
            let json = serde_json::to_string_pretty(&summary)? + "\n";
            whole_file::write(&folder.join(SUMMARY_FILE), json.as_bytes())?;
        }
        Ok(())
    }

    /// One line for people.
    #[must_use]
    pub fn conclusion(&self, folder: &Path) -> String {
        let test = self
            .full
            .as_ref()
            .map_or(f64::NAN, |full| full.mse_per_pixel);
        format!(
            "{} epochs, {} steps, {:.1} s on {}: test MSE {test:.5} per pixel; the run is in {}",
            self.position.epochs_done,
            self.position.steps_done,
            self.elapsed_secs(),
            self.device,
            folder.display()
        )
    }
}

/// Takes in what happens until the run ends.
fn follow(engine: &Engine, record: &mut Record, progress: &Progress) -> Result<Ending> {
    let mut failed = None;
    let mut is_pausing = false;
    let mut said_preparing = false;
    loop {
        if engine.is_interrupted() && !is_pausing {
            is_pausing = true;
            engine.send(Command::Pause)?;
        }
        let Some(event) = engine.wait()? else {
            continue;
        };
        match event {
            Event::DeviceChanged { device } => record.device = device.name,
            Event::RunStarted { n_parameters, .. } => {
                record.n_parameters = n_parameters;
                record.started = Instant::now();
            }
            Event::StepsTaken { steps, .. } => {
                record.add_steps(&steps);
                show_steps(record, &steps, progress);
            }
            Event::Evaluated { evaluation, .. } => {
                record
                    .metrics
                    .push_evaluation(&evaluation, record.elapsed_secs());
                if evaluation.scope == EvaluationScope::Full {
                    show_epoch(record, &evaluation, progress);
                    record.full = Some(evaluation);
                }
            }
            Event::PhaseChanged { phase, .. } => match phase {
                Phase::PreparingKernels if !std::mem::replace(&mut said_preparing, true) => {
                    progress.line("preparing GPU kernels…");
                }
                Phase::PreparingKernels | Phase::Ready => {}
                Phase::Training { position } => record.position = position,
                Phase::Finished { position } => {
                    record.position = position;
                    return Ok(Ending::Finished);
                }
                Phase::Paused { position } => {
                    record.position = position;
                    return Ok(Ending::Interrupted);
                }
                Phase::Stopped { position } => {
                    record.position = position;
                    let Some(failure) = failed.take() else {
                        bail!("the run stopped without saying why");
                    };
                    return Ok(Ending::Failed(failure));
                }
            },
            Event::Failed(
                failure @ (Failure::NonFiniteLoss { .. } | Failure::DeviceLost { .. }),
            ) => {
                failed = Some(failure); // the run stops next
            }
            Event::Failed(failure) => bail!(failure),
            _ => {}
        }
    }
}

/// Has the code judged.
fn judge(engine: &Engine, record: &mut Record, progress: &Progress) -> Result<()> {
    progress.set(1.0, "measuring the code…".to_owned());
    engine.send(Command::JudgeCode)?;
    while record.report.is_none() || record.yardsticks.is_none() {
        let event = engine.wait()?;
        record.yardsticks = engine.yardsticks();
        match event {
            Some(Event::CodeJudged { report, .. }) => record.report = Some(report),
            Some(Event::Failed(failure)) => bail!(failure),
            _ => {}
        }
    }
    Ok(())
}

fn show_steps(record: &Record, steps: &StepBatch, progress: &Progress) {
    let Some(&epoch) = steps.epochs.last() else {
        return;
    };
    #[expect(clippy::cast_precision_loss, reason = "epochs are few")]
    let goal = record.experiment.total_epochs() as f64;
    let rate = record.images_per_sec();
    let left_secs = (goal - epoch) * record.training_secs / epoch.max(f64::MIN_POSITIVE);
    let message = format!(
        "epoch {epoch:.1}/{goal:.0}  {} {:.4}  {:.1} k img/s  {left_secs:.0} s left",
        record.experiment.objective.reconstruction.short_label(),
        record.last_objective,
        rate / 1e3,
    );
    progress.set(epoch / goal, message);
}

fn show_epoch(record: &Record, evaluation: &Evaluation, progress: &Progress) {
    let objective = evaluation
        .terms
        .first()
        .map_or(f64::NAN, |&(_, value)| value);
    progress.line(&format!(
        "epoch {:.0}/{}  train {:.5}  test {objective:.5}  test MSE {:.5} per pixel  {:.1} k img/s",
        evaluation.epoch,
        record.experiment.total_epochs(),
        record.last_objective,
        evaluation.mse_per_pixel,
        record.images_per_sec() / 1e3,
    ));
}
