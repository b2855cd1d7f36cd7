//! `hourglass train`: a run without a window, and its folder.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use clap::Args;

use hourglass_experiment::{
    Experiment, ImageShape, PresetId, differences, field, fixed_change, in_words,
};
use hourglass_protocol::{
    Command, DataSource, DatasetDescription, DeviceChoice, Diagnosis, Failure, Matching, RunId,
};
use hourglass_run_folder::{self as run_folder, FolderLock, LockError, Summary};

use super::animation::AnimationArgs;
use super::args::{DataArgs, experiment_in};
use super::engine::Engine;
use super::exit::NoUse;
use super::occupied;
use super::progress::Progress;
use super::run::{self, Begun, Ending};

/// A run without a window.
#[derive(Clone, Debug, Args)]
pub struct TrainArgs {
    /// The experiment to start from (`hourglass presets` lists them)
    #[arg(
        long,
        conflicts_with = "experiment",
        required_unless_present_any = ["experiment", "resume"]
    )]
    preset: Option<PresetId>,
    /// An experiment in a TOML file: a run folder's experiment.toml, or a short one as the window copies it
    #[arg(long, value_name = "FILE.toml")]
    experiment: Option<PathBuf>,
    // Its help names the short forms that there are.
    #[arg(long, value_name = "KEY=VALUE", help = help_of_set())]
    set: Vec<String>,
    /// Continue the run in this folder to the end of its plan, or to this many --epochs, and save it
    /// there again
    #[arg(long, value_name = "DIR", conflicts_with_all = ["preset", "experiment", "seed", "out"])]
    resume: Option<PathBuf>,
    /// Start with the weights in this safetensors file, with PyTorch's names, instead of random ones
    #[arg(long, value_name = "FILE.safetensors", conflicts_with = "resume")]
    weights: Option<PathBuf>,
    /// Match the weights by shape and order, and ignore their names
    #[arg(long, requires = "weights")]
    weights_by_shape: bool,
    /// Passes over the training images
    #[arg(long)]
    epochs: Option<usize>,
    /// Seed of every random choice
    #[arg(long)]
    seed: Option<u64>,
    /// Folder to write the run into; it is created if it is missing
    #[arg(long, value_name = "DIR", required_unless_present = "resume")]
    out: Option<PathBuf>,
    /// Skip measuring the code at the end: no classifiers, and no comparison with PNG, WebP and JPEG. Continuing the run with
    /// --resume does it later
    #[arg(long)]
    no_judge: bool,
    /// Replace another run in the folder, and an existing animation file
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    data: DataArgs,
    #[command(flatten)]
    animation: AnimationArgs,
    /// Device to train on: `auto`, `cpu`, `gpu`, or a graphics card by name, part of it, or number (see `doctor`)
    #[arg(long, default_value_t)]
    device: DeviceChoice,
}

fn help_of_set() -> String {
    let short_forms = field::short_forms().map(|(short, _)| format!("`{short}`"));
    let short_forms: Vec<String> = short_forms.collect();
    format!(
        "Change a setting: a key of experiment.toml, or {}. With --resume, one that a run can take on at its next step",
        short_forms.join(", ")
    )
}

/// Trains and writes the run folder.
///
/// # Errors
/// When a setting, the data, the device or the folder is not fit, or the run does not reach its end. What a run has
/// reached is written all the same.
pub fn run(args: &TrainArgs) -> Result<()> {
    match (&args.resume, &args.out) {
        (Some(folder), _) => resume(args, folder),
        (None, Some(out)) => start(args, out),
        (None, None) => bail!("give a folder for the run with --out"),
    }
}

fn start(args: &TrainArgs, out: &Path) -> Result<()> {
    let mut experiment = experiment_of(args)?;
    let lock = occupied::take_folder(out, &experiment, args.force)?;
    let engine = Engine::start(args.device)?;
    let progress = Progress::new();
    args.animation.begin(&engine, args.force)?;
    let dataset = engine.load(args.data.source()?.unwrap_or(DataSource::Auto), &progress)?;

    // One that names no other shape is for whatever images there are.
    if experiment.architecture.image() == ImageShape::MNIST {
        experiment.fit_to(dataset.id);
    }
    experiment.check_fits(dataset.id, dataset.n_train)?;
    experiment.validate().with_context(|| {
        let (data, shape) = (dataset.id.label(), dataset.shape().describe());
        format!("the experiment cannot be made to fit the images of {data}, which have {shape}")
    })?;
    say_what_is_left_over(&experiment, &progress);
    let (run, recipe) = (RunId(1), experiment.clone());
    engine.send(match args.weights.clone() {
        None => Command::StartRun {
            run,
            experiment: recipe,
        },
        Some(file) => Command::StartFromWeights {
            run,
            experiment: recipe,
            file,
            matching: if args.weights_by_shape {
                Matching::ByShape
            } else {
                Matching::ByName
            },
        },
    })?;
    let begun = Begun {
        is_judged: !args.no_judge,
        ..Begun::new(experiment)
    };
    drop(lock); // the worker takes it with the first save
    train(args, &engine, begun, &dataset, out, &progress).map_err(|error| {
        match error.downcast_ref::<Failure>() {
            Some(Failure::WeightsFitByShape { .. }) => {
                anyhow!("{error}. To load them in this order, use --weights-by-shape")
            }
            _ => error,
        }
    })
}

/// Continues the run in a folder.
fn resume(args: &TrainArgs, folder: &Path) -> Result<()> {
    if folder.is_file() {
        let file = folder.display();
        bail!(
            "{file} is a file, and a run in training is saved in a folder: make one of it with `hourglass unpack {file} \
             --out DIR`, and continue that"
        );
    }
    // Nobody may write there from before it is read. A folder without a run is named as that.
    let lock = if run_folder::is_run_folder(folder) {
        Some(FolderLock::take(folder).map_err(|error| to_go_on(&error))?)
    } else {
        None
    };
    let engine = Engine::start(args.device)?;
    args.animation.begin(&engine, args.force)?;
    let progress = Progress::new();
    let opened = engine.open_run(folder, args.data.source()?.as_ref(), &progress)?;
    let epoch = opened.history.evaluation.epoch;
    progress.line(&format!(
        "continuing {} at epoch {epoch:.1} on {}",
        folder.display(),
        opened.dataset.id.label()
    ));
    if let Some(lost) = &opened.history.lost {
        progress.line(lost);
    }
    if let Some(edited) = &opened.history.edited {
        progress.line(edited);
    }
    let step = opened.history.evaluation.step;
    let before = opened.experiment;
    let mut experiment = run_folder::set_values(&before, &args.set)?;
    if let Some(fixed) = fixed_change(&before, &experiment) {
        bail!(
            "a run cannot change this on its way: {fixed}. Start a new one with --experiment {} and the same --set",
            folder.join(run_folder::EXPERIMENT_FILE).display()
        );
    }
    if let Some(epochs) = args.epochs {
        if !experiment.plan.is_plain() {
            bail!(
                "this run has a plan of several parts, and its length is fixed: leave --epochs out"
            );
        }
        experiment.training.epochs = epochs;
    }
    let goal = experiment.total_epochs() as f64;
    if epoch >= goal {
        // The length of a plan of several parts is fixed.
        let further = if experiment.plan.is_plain() {
            ": use --epochs to train further"
        } else {
            ""
        };
        let place = folder.display();
        if !args.set.is_empty() {
            progress.finish();
            bail!(
                "the run in {place} has reached its end, epoch {goal}, so nothing was changed{further}"
            );
        }
        progress.line(&format!(
            "the run in {place} has reached its end, epoch {goal}{further}"
        ));
        let lacks_figures =
            Summary::of_folder(folder).is_some_and(|summary| summary.compression.is_none());
        if args.no_judge || !lacks_figures {
            progress.finish();
            return Ok(());
        }
        drop(lock); // the worker takes it when it writes
        let ended = run::to_its_judgement(&engine, folder, &progress)?;
        return conclude(&engine, ended, &experiment, &progress);
    }
    if experiment != before {
        experiment.validate()?;
        let changes = in_words(&differences(&before, &experiment));
        progress.line(&format!("from step {} on: {changes}", step + 1));
        engine.send(Command::Tune(experiment.clone()))?;
    }
    say_what_is_left_over(&experiment, &progress);
    let begun = Begun {
        epoch,
        is_judged: !args.no_judge,
        ..Begun::new(experiment)
    };
    drop(lock); // the worker takes it with the first save
    train(args, &engine, begun, &opened.dataset, folder, &progress)
}

/// Trains the run in progress to its end.
fn train(
    args: &TrainArgs,
    engine: &Engine,
    begun: Begun,
    dataset: &DatasetDescription,
    folder: &Path,
    progress: &Progress,
) -> Result<()> {
    let experiment = begun.experiment.clone();
    let ended = run::to_its_end(engine, begun, folder, progress)?;
    args.animation
        .write(engine, experiment.clone(), dataset, progress)?;
    conclude(engine, ended, &experiment, progress)
}

/// Says how a run of an experiment ended.
fn conclude(
    engine: &Engine,
    ended: run::Ended,
    experiment: &Experiment,
    progress: &Progress,
) -> Result<()> {
    let run::Ended {
        ending,
        summary,
        folder,
    } = ended;
    progress.finish();
    if !matches!(ending, Ending::Finished) {
        run::say_noticed(summary.as_ref(), progress);
    }
    match ending {
        Ending::Finished => {
            run::conclude(summary.as_ref(), &folder, progress);
            check_use(summary.as_ref(), experiment, &folder)
        }
        Ending::Interrupted => {
            let kept = format!("; the run so far is in {}", folder.display());
            Err(engine.interruption(&kept))
        }
        Ending::Failed(failure) => {
            let change = match failure {
                Failure::NonFiniteLoss { .. } => " --set learning_rate=…",
                _ => "",
            };
            Err(anyhow::Error::new(failure)).with_context(|| {
                format!(
                    "the run stopped; what it had learned is in {0}, and hourglass train --resume {0}{change} continues it",
                    folder.display()
                )
            })
        }
    }
}

/// Says what an experiment carries that changes nothing.
fn say_what_is_left_over(experiment: &Experiment, progress: &Progress) {
    for (field, reason) in experiment.left_over() {
        progress.line(&format!("{} has no effect here: {reason}", field.path));
    }
}

/// Refuses to call a run done whose code says nothing, or whose error is out of all proportion.
fn check_use(summary: Option<&Summary>, experiment: &Experiment, folder: &Path) -> Result<()> {
    let reason = match summary {
        None => "its figures are infinite or NaN".to_owned(),
        Some(summary) => {
            let names = summary.noticed.iter().map(|noticed| &*noticed.what);
            let found: Vec<&str> = names
                .filter(|name| Diagnosis::OF_NO_USE.contains(name))
                .collect();
            if found.is_empty() {
                return Ok(());
            }
            format!("{}, as noticed above", found.join(" and "))
        }
    };
    let rescue = if experiment.plan.is_plain() {
        let folder = folder.display();
        format!(
            ", or try to rescue this one with hourglass train --resume {folder} --epochs … --set learning_rate=…"
        )
    } else {
        String::new() // the length of a plan of several parts is fixed
    };
    Err(NoUse {
        reason: format!("{reason}. Start a new run with another learning rate or penalty{rescue}"),
    }
    .into())
}

fn experiment_of(args: &TrainArgs) -> Result<Experiment> {
    let mut experiment = match (&args.preset, &args.experiment) {
        (Some(preset), _) => preset.preset().experiment(),
        (None, Some(path)) => experiment_in(path)?,
        (None, None) => bail!("give a --preset or an --experiment"),
    };
    experiment = run_folder::set_values(&experiment, &args.set)?;
    if let Some(epochs) = args.epochs {
        experiment.training.epochs = epochs;
    }
    if let Some(seed) = args.seed {
        experiment.seed = seed;
    }
    experiment.validate()?;
    Ok(experiment)
}

/// A run goes on in its own folder, so there is no other to choose.
fn to_go_on(error: &LockError) -> anyhow::Error {
    match error {
        LockError::Unwritable { folder, reason } => anyhow!(
            "{} cannot be written: {reason}. A run continues in its own folder: make it writable, or copy it to a place \
             that is, and resume the copy",
            folder.display()
        ),
        LockError::InUse { folder, holder } => anyhow!(
            "{} is in use by {holder}: wait for it or end it, then continue the run",
            folder.display()
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_to_rescue_a_run_is_named_only_where_it_can_be_gone() {
        let message = |preset: PresetId| {
            let experiment = preset.preset().experiment();
            let refusal = check_use(None, &experiment, Path::new("runs/nan"));
            refusal.expect_err("it is of no use").to_string()
        };
        let plain = message(PresetId::Vanilla64);
        assert!(plain.contains("--resume runs/nan --epochs"), "{plain}");
        let of_parts = message(PresetId::Deep30);
        assert!(!of_parts.contains("--epochs"), "{of_parts}");
        assert!(of_parts.ends_with("another learning rate or penalty"));
    }
}
