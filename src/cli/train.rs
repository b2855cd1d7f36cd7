//! `hourglass train`: a run without a window, and its folder.

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::experiment::{Experiment, PresetId};
use crate::protocol::{
    Command, DataSource, DatasetDescription, DeviceChoice, Evaluation, EvaluationScope, Event,
    Failure, Phase, PlanPosition, RunId, StepBatch,
};
use crate::run_folder::{
    self, CodeSummary, EXPERIMENT_FILE, METRICS_FILE, MetricsTable, SUMMARY_FILE, SUMMARY_FORMAT,
    Summary, TestFigures,
};
use crate::whole_file;

use super::data_source;
use super::engine::Engine;
use super::progress::Progress;

/// A run without a window.
#[derive(Clone, Debug, Args)]
pub struct TrainArgs {
    /// The recipe to start from (`hourglass presets` lists them)
    #[arg(
        long,
        conflicts_with = "experiment",
        required_unless_present = "experiment"
    )]
    preset: Option<PresetId>,
    /// A recipe in a TOML file, such as a run folder's experiment.toml
    #[arg(long, value_name = "FILE.toml")]
    experiment: Option<PathBuf>,
    /// Change a setting: a place in experiment.toml, or `code`, `hidden`, `learning_rate`,
    /// `batch_size`, `epochs`, `l1`, `noise`, `loss`, `train_samples`
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// Passes over the training images
    #[arg(long)]
    epochs: Option<usize>,
    /// Seed of every random choice
    #[arg(long)]
    seed: Option<u64>,
    /// Folder to write the run into; it is made where it is missing
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Digits to learn from: a folder with the four MNIST files, `mnist`, or `pen-digits`; by default MNIST
    /// where it is found, otherwise the pen digits
    #[arg(long, value_name = "DIR|mnist|pen-digits", value_parser = data_source)]
    data: Option<DataSource>,
    /// Device to train on: `auto`, `cpu` or `gpu`
    #[arg(long, default_value_t)]
    device: DeviceChoice,
}

/// Trains and writes the run folder.
///
/// # Errors
/// When a setting, the data, the device or the folder is not fit, or the run does not reach its end. What an
/// interrupted run has reached is written all the same.
pub fn run(args: &TrainArgs) -> Result<()> {
    let experiment = experiment_of(args)?;
    check_writable(&args.out)?;
    let engine = Engine::start(args.device)?;
    let progress = Progress::new();
    let dataset = engine.load(args.data.clone().unwrap_or(DataSource::Auto), &progress)?;

    let mut record = Record::new(experiment.clone(), dataset, engine.device_name().to_owned());
    let run = RunId(1);
    engine.send(Command::StartRun { run, experiment })?;
    engine.send(Command::Train)?;
    let ending = follow(&engine, &mut record, &progress)?;
    save(&engine, &record, &args.out)?;
    progress.finish();
    match ending {
        Ending::Finished => {
            progress.line(&record.conclusion(&args.out));
            Ok(())
        }
        Ending::Interrupted => bail!("interrupted; what was reached is in {}", args.out.display()),
        Ending::Failed(failure) => Err(anyhow::Error::new(failure)).with_context(|| {
            format!(
                "the run stopped; what it had reached is in {}",
                args.out.display()
            )
        }),
    }
}

/// How a run ended.
enum Ending {
    Finished,
    Interrupted,
    Failed(Failure),
}

fn experiment_of(args: &TrainArgs) -> Result<Experiment> {
    let mut experiment = match (&args.preset, &args.experiment) {
        (Some(preset), _) => preset.preset().experiment(),
        (None, Some(path)) => {
            let text = std::fs::read_to_string(path)
                .with_context(|| format!("{} cannot be read", path.display()))?;
            run_folder::read_experiment(&text)
                .with_context(|| format!("{} is no experiment", path.display()))?
        }
        (None, None) => bail!("name a --preset or an --experiment"),
    };
    for assignment in &args.set {
        experiment = run_folder::set_value(&experiment, assignment)?;
    }
    if let Some(epochs) = args.epochs {
        experiment.training.epochs = epochs;
    }
    if let Some(seed) = args.seed {
        experiment.seed = seed;
    }
    experiment.validate()?;
    Ok(experiment)
}

/// Finds out before the training, not after it, that the folder cannot be written.
fn check_writable(folder: &Path) -> Result<()> {
    let hint = || {
        format!(
            "{} cannot be written: choose another --out",
            folder.display()
        )
    };
    std::fs::create_dir_all(folder).with_context(hint)?;
    tempfile::tempfile_in(folder).with_context(hint)?;
    Ok(())
}

/// What a run leaves behind.
struct Record {
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
    last_objective: f32,
}

impl Record {
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

    fn summary(&self) -> Option<Summary> {
        let full = self.full.as_ref()?;
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
            code: CodeSummary::of(full),
        })
    }

    fn conclusion(&self, folder: &Path) -> String {
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

fn show_steps(record: &Record, steps: &StepBatch, progress: &Progress) {
    let Some(&epoch) = steps.epochs.last() else {
        return;
    };
    #[expect(clippy::cast_precision_loss, reason = "epochs are few")]
    let goal = record.experiment.training.epochs as f64;
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
        record.experiment.training.epochs,
        record.last_objective,
        evaluation.mse_per_pixel,
        record.images_per_sec() / 1e3,
    ));
}

/// Writes the run folder.
fn save(engine: &Engine, record: &Record, folder: &Path) -> Result<()> {
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
    let toml = run_folder::to_toml(&record.experiment);
    whole_file::write(&folder.join(EXPERIMENT_FILE), toml.as_bytes())?;
    let csv = record.metrics.as_csv();
    whole_file::write(&folder.join(METRICS_FILE), csv.as_bytes())?;
    if let Some(summary) = record.summary() {
        let json = serde_json::to_string_pretty(&summary)? + "\n";
        whole_file::write(&folder.join(SUMMARY_FILE), json.as_bytes())?;
    }
    Ok(())
}
