//! `hourglass train`: a run without a window, and its folder.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::experiment::{Experiment, PresetId};
use crate::protocol::{DataSource, DeviceChoice, RunId};
use crate::run_folder;

use super::data_source;
use super::engine::Engine;
use super::progress::Progress;
use super::run::{self, Ending};

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

    let run = RunId(1);
    let (record, ending) = run::to_its_end(&engine, run, experiment, dataset, &progress)?;
    record.save(&engine, &args.out)?;
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
pub(super) fn check_writable(folder: &Path) -> Result<()> {
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
