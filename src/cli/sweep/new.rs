//! `hourglass sweep new`: writes down what varies, after a look at all of it.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::Args;

use hourglass_experiment::{Experiment, ImageShape, PresetId, number};
use hourglass_protocol::{DataSource, DatasetDescription, DeviceChoice, Fitting};
use hourglass_run_folder as run_folder;
use hourglass_sweep::{Images, SWEEP_FILE, Sweep, Variation};

use crate::cli::args::{self, DataArgs};
use crate::cli::engine::Engine;
use crate::cli::occupied::check_writable;
use crate::cli::progress::Progress;
use crate::cli::shell::absolute;

use super::estimate::{self, Estimate};

/// Most seeds that are counted.
const MAX_SEEDS: u64 = 1_000;

/// Writes down a sweep.
#[derive(Clone, Debug, Args)]
pub struct NewArgs {
    /// The experiment that all runs share: a preset (`hourglass presets` lists them), or an experiment in a TOML file
    #[arg(value_name = "PRESET|FILE.toml")]
    experiment: String,
    /// What varies: `code=2,4,8`, `noise=0.1..0.5:5`, `l1=log:1e-5..1e-2:4`, or together `code+l1=2:1e-3,4:1e-4`;
    /// every combination is a run
    #[arg(long, value_name = "SETTING=VALUES")]
    vary: Vec<Variation>,
    /// Seeds of each combination: how many, from 1, or several separated by commas
    #[arg(long, value_name = "N|SEED,…", value_parser = seeds, default_value = "1")]
    seeds: Seeds,
    /// Change a setting of all runs, as in `hourglass train`
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// Passes over the training images
    #[arg(long)]
    epochs: Option<usize>,
    /// Folder of the sweep; it is created if it is missing
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Replace the sweep in the folder; runs that are still part of it are kept
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    data: DataArgs,
    /// Device to measure on: `auto`, `cpu`, `gpu`, or a graphics card by name, part of it, or number (see `doctor`)
    #[arg(long, default_value_t)]
    device: DeviceChoice,
    /// Take no steps to estimate time and space
    #[arg(long)]
    no_estimate: bool,
}

/// Seeds as they were asked for.
#[derive(Clone, Debug)]
struct Seeds(Vec<u64>);

/// Checks every combination, measures a few, and writes the sweep down.
///
/// # Errors
/// The combinations that make no sense; images or a folder that are not fit.
pub fn run(args: &NewArgs) -> Result<()> {
    let mut experiment = experiment(args)?;
    check_free(&args.out, args.force)?;
    // Most mistakes show before anything is loaded.
    let images = |data_set: String, (place, fitting)| Images {
        place,
        fitting,
        data_set,
    };
    let of = |experiment: &Experiment, images| {
        let (vary, seeds) = (args.vary.clone(), args.seeds.0.clone());
        Sweep::new(experiment.clone(), vary, seeds, images).context("this is no sweep")
    };
    of(&experiment, images(String::new(), Default::default()))?;
    check_writable(&args.out)?;

    let progress = Progress::new();
    let engine = Engine::start(args.device)?;
    let source = args.data.source()?.unwrap_or(DataSource::Auto);
    let dataset = engine.load(source.clone(), &progress)?;
    if experiment.architecture.image() == ImageShape::MNIST {
        experiment.fit_to(dataset.id);
    }
    experiment.check_fits(dataset.id, dataset.n_train)?;
    let place = place(&source, &dataset)?;
    let sweep = of(&experiment, images(dataset.id.name().to_owned(), place))?;
    sweep.write(&args.out)?;
    let estimate = if args.no_estimate {
        None
    } else {
        Some(estimate::of(&sweep, &engine, &args.out, &progress)?)
    };
    progress.finish();
    for line in told(&sweep, &dataset, estimate.as_ref(), &args.out) {
        progress.line(&line);
    }
    Ok(())
}

fn experiment(args: &NewArgs) -> Result<Experiment> {
    let named: Result<PresetId, _> = args.experiment.parse();
    let path = Path::new(&args.experiment);
    let mut experiment = match named {
        Ok(preset) => preset.preset().experiment(),
        Err(_) if path.exists() || path.extension().is_some() => args::experiment_in(path)?,
        Err(unknown) => bail!("{unknown}, and there is no such file"),
    };
    experiment = run_folder::set_values(&experiment, &args.set)?;
    if let Some(epochs) = args.epochs {
        experiment.training.epochs = epochs;
    }
    experiment.validate()?;
    Ok(experiment)
}

fn check_free(folder: &Path, replace: bool) -> Result<()> {
    if !replace && folder.join(SWEEP_FILE).exists() {
        bail!(
            "{0} contains a sweep: edit {1} to extend it, choose another --out, or replace it with --force",
            folder.display(),
            folder.join(SWEEP_FILE).display()
        );
    }
    Ok(())
}

/// The images as the sweep names them: absolute, because other machines do not start where this one did.
fn place(source: &DataSource, dataset: &DatasetDescription) -> Result<(String, Option<Fitting>)> {
    Ok(match source {
        DataSource::Auto => (dataset.id.name().to_owned(), None),
        DataSource::Named(id) => (id.name().to_owned(), None),
        DataSource::Path(path, fitting) => {
            let fitting = (*fitting != Fitting::default()).then(|| fitting.clone());
            (absolute(path)?, fitting)
        }
    })
}

/// What there is to know before it runs.
fn told(
    sweep: &Sweep,
    dataset: &DatasetDescription,
    estimate: Option<&Estimate>,
    folder: &Path,
) -> Vec<String> {
    let n = sweep.tasks().len();
    let (combinations, seeds) = (sweep.combinations().count(), sweep.n_seeds());
    let runs = if n == 1 { "run" } else { "runs" };
    let mut lines = vec![format!(
        "{n} {runs} on {}: {combinations} × {seeds} (combinations × seeds)",
        dataset.id.label()
    )];
    if let Some(estimate) = estimate {
        lines.push(format!(
            "one after another on this machine: about {} of training, by the first steps of {} of {combinations} \
             combinations, and {} to measure the codes; about {:.0} MB on disk",
            number::duration(estimate.secs),
            estimate.n_measured,
            number::duration(estimate.judging_secs),
            (estimate.bytes / 1e6).max(1.0)
        ));
    }
    let folder = folder.display();
    lines.push(format!(
        "written to {folder}; `hourglass sweep run {folder}` does them here, and `hourglass help sweeps` says how others do"
    ));
    lines
}

fn seeds(text: &str) -> Result<Seeds, String> {
    let how =
        || format!("write how many, from 1 to {MAX_SEEDS}, or seeds with commas, such as 3,7");
    let number = |text: &str| text.trim().parse::<u64>().map_err(|_| how());
    if text.contains(',') {
        let listed = text.split(',').filter(|part| !part.trim().is_empty());
        return listed.map(number).collect::<Result<_, _>>().map(Seeds);
    }
    match number(text)? {
        n @ 1..=MAX_SEEDS => Ok(Seeds((1..=n).collect())),
        _ => Err(how()),
    }
}
