//! One run without a window, from its start to its folder.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use hourglass_experiment::Experiment;
use hourglass_protocol::{Command, Evaluation, EvaluationScope, Event, Failure, Phase, StepBatch};
use hourglass_run_folder::Summary;

use super::engine::Engine;
use super::progress::Progress;
use super::saving::{self, Autosave};

/// How a run ended.
pub enum Ending {
    /// The plan is done.
    Finished,
    /// A signal came: Ctrl-C, or another that asks the program to end.
    Interrupted,
    /// A loss became infinite, or the device failed.
    Failed(Failure),
}

/// What became of a run.
pub struct Ended {
    /// How it ended.
    pub ending: Ending,
    /// Its figures, unless they are infinite, as those of a run that failed may be.
    pub summary: Option<Summary>,
    /// Where it is: the folder that was asked for, unless that could no longer be written.
    pub folder: PathBuf,
}

/// How far a run was when this program began to train it.
#[derive(Clone, Debug)]
pub struct Begun {
    /// Its experiment.
    pub experiment: Experiment,
    /// Epochs that were done.
    pub epoch: f64,
    /// Whether its code is measured at the end.
    pub is_judged: bool,
}

impl Begun {
    /// A run that starts.
    #[must_use]
    pub fn new(experiment: Experiment) -> Self {
        Self {
            experiment,
            epoch: 0.0,
            is_judged: true,
        }
    }
}

/// Trains the run in progress until its plan is done, judges its code if that is wanted, and writes its folder: at the
/// start, after each epoch and at least once a minute, when it ends, and once more with what the code is worth.
///
/// # Errors
/// When the experiment is refused, the folder is not written at the start, or the worker is gone.
pub fn to_its_end(
    engine: &Engine,
    begun: Begun,
    folder: &Path,
    progress: &Progress,
) -> Result<Ended> {
    let is_judged = begun.is_judged;
    let mut autosave = Autosave::begin(engine, folder, progress)?;
    engine.send(Command::Train)?;
    let mut ending = follow(engine, &mut Tally::new(begun), &mut autosave, progress)?;
    autosave.settle()?;
    let back_up = |folder| Command::BackUpRun { folder };
    let saved = saving::save(engine, folder, back_up, progress)?; // at once, whatever comes
    if let (Ending::Finished, Some(failure)) = (&ending, saved.failure) {
        ending = Ending::Failed(failure); // the last step went wrong
    }
    if is_judged && matches!(ending, Ending::Finished) && !judge(engine, progress)? {
        ending = Ending::Interrupted;
    }
    written(engine, &saved.place, ending, progress)
}

/// Opens the run in a folder on the images that are loaded, and does what is left of it.
///
/// # Errors
/// As [`to_its_end`], and when the run cannot be opened.
pub fn from_where_it_is(engine: &Engine, folder: &Path, progress: &Progress) -> Result<Ended> {
    let (experiment, history) = engine.try_open(folder)??;
    let epoch = history.evaluation.epoch;
    progress.line(&format!(
        "continuing {} at epoch {epoch:.1}",
        folder.display()
    ));
    if epoch >= experiment.total_epochs() as f64 {
        return to_its_judgement(engine, folder, progress);
    }
    let begun = Begun {
        epoch,
        ..Begun::new(experiment)
    };
    to_its_end(engine, begun, folder, progress)
}

/// Judges the code of a run whose training is done, and writes its folder.
///
/// # Errors
/// When the worker is gone, or the folder cannot be written.
pub fn to_its_judgement(engine: &Engine, folder: &Path, progress: &Progress) -> Result<Ended> {
    let ending = if judge(engine, progress)? {
        Ending::Finished
    } else {
        Ending::Interrupted
    };
    written(engine, folder, ending, progress)
}

/// Writes the folder of a run that ended, with its figures.
fn written(engine: &Engine, folder: &Path, ending: Ending, progress: &Progress) -> Result<Ended> {
    let with_figures = |folder| Command::SaveRun { folder };
    let folder = saving::save(engine, folder, with_figures, progress)?.place;
    Ok(Ended {
        summary: Summary::of_folder(&folder),
        ending,
        folder,
    })
}

/// Says what was noticed about a model, then what its run reached and where it is.
pub fn conclude(summary: Option<&Summary>, folder: &Path, progress: &Progress) {
    say_noticed(summary, progress);
    progress.line(&conclusion(summary, folder));
}

/// Says what was noticed about a model, under its names in `summary.json`.
pub fn say_noticed(summary: Option<&Summary>, progress: &Progress) {
    for noticed in summary.iter().flat_map(|summary| &summary.noticed) {
        progress.line(&format!("noticed ({}): {}", noticed.what, noticed.message));
    }
}

/// One line for people.
fn conclusion(summary: Option<&Summary>, folder: &Path) -> String {
    let Some(summary) = summary else {
        return format!("done; the run is in {}", folder.display());
    };
    let best = summary.best.map_or_else(String::new, |best| {
        format!(
            " with the weights of epoch {}, the best by the loss J of the held-out images ({:.5})",
            best.epoch, best.loss
        )
    });
    let judging = summary.judging_seconds.map_or_else(String::new, |secs| {
        format!(" and {secs:.1} s to measure the code")
    });
    let epochs = if summary.epochs == 1 {
        "epoch"
    } else {
        "epochs"
    };
    format!(
        "{} {epochs}, {} steps in {:.1} s on {}{judging}: test MSE {:.5} per pixel{best}; the run is in {}",
        summary.epochs,
        summary.steps,
        summary.seconds,
        summary.device,
        summary.test.mse_per_pixel,
        folder.display()
    )
}

/// What is shown while a run goes on.
struct Tally {
    begun: Begun,
    images: u64,
    training_secs: f64,
    last_objective: f32,
}

impl Tally {
    fn new(begun: Begun) -> Self {
        Self {
            begun,
            images: 0,
            training_secs: 0.0,
            last_objective: f32::NAN,
        }
    }

    fn add_steps(&mut self, steps: &StepBatch) {
        self.images += steps.n_images;
        self.training_secs += steps.elapsed_secs;
        let objective = steps.terms.first().and_then(|(_, values)| values.last());
        self.last_objective = objective.copied().unwrap_or(self.last_objective);
    }

    fn images_per_sec(&self) -> f64 {
        if self.training_secs > 0.0 {
            self.images as f64 / self.training_secs
        } else {
            0.0
        }
    }
}

/// Takes in what happens until the run ends.
fn follow(
    engine: &Engine,
    tally: &mut Tally,
    autosave: &mut Autosave<'_>,
    progress: &Progress,
) -> Result<Ending> {
    let mut failed = None;
    let mut is_pausing = false;
    let mut said_preparing = false;
    let mut has_begun = false; // a run that was opened may be said to rest before it is trained
    loop {
        if engine.is_interrupted() && !is_pausing {
            is_pausing = true;
            engine.send(Command::Pause)?;
        }
        autosave.if_due()?;
        let Some(event) = engine.wait()? else {
            continue;
        };
        if autosave.note(&event) {
            continue;
        }
        match event {
            Event::StepsTaken { steps, .. } => {
                tally.add_steps(&steps);
                show_steps(tally, &steps, progress);
            }
            Event::Evaluated { evaluation, .. } if evaluation.scope == EvaluationScope::Full => {
                show_epoch(tally, &evaluation, progress);
            }
            Event::PhaseChanged { phase, .. } => match phase {
                Phase::PreparingKernels => {
                    has_begun = true;
                    if !std::mem::replace(&mut said_preparing, true) {
                        progress.line("preparing GPU kernels…");
                    }
                }
                Phase::Training { .. } => has_begun = true,
                Phase::Finished { .. } if has_begun => return Ok(Ending::Finished),
                Phase::Paused { .. } if has_begun => return Ok(Ending::Interrupted),
                Phase::Ready | Phase::Finished { .. } | Phase::Paused { .. } => {}
                Phase::Stopped { .. } => {
                    let Some(failure) = failed.take() else {
                        bail!("the run stopped without giving a reason");
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

/// Has the code judged, once the baselines are known; not if a signal comes meanwhile.
fn judge(engine: &Engine, progress: &Progress) -> Result<bool> {
    progress.line("measuring the code…");
    engine.send(Command::JudgeCode)?;
    let mut is_judged = false;
    while !is_judged || engine.baselines().is_none() {
        if engine.is_interrupted() {
            engine.send(Command::CancelJudging)?;
            return Ok(false);
        }
        match engine.wait()? {
            Some(Event::JudgingProgress { progress: at, .. }) => {
                let what = at.part.label();
                progress.set(at.fraction.into(), format!("measuring the code: {what}"));
            }
            Some(Event::CodeJudged { .. }) => is_judged = true,
            Some(Event::Failed(failure)) => bail!(failure),
            _ => {}
        }
    }
    Ok(true)
}

fn show_steps(tally: &Tally, steps: &StepBatch, progress: &Progress) {
    let Some(&epoch) = steps.epochs.last() else {
        return;
    };
    let Begun {
        experiment,
        epoch: begun,
        ..
    } = &tally.begun;
    let goal = experiment.total_epochs() as f64;
    let trained = (epoch - begun).max(f64::MIN_POSITIVE);
    let left_secs = (goal - epoch) * tally.training_secs / trained;
    let message = format!(
        "epoch {epoch:.1}/{goal:.0}  {} {:.4}  {:.1} k img/s  {left_secs:.0} s left",
        experiment.objective.reconstruction.short_label(),
        tally.last_objective,
        tally.images_per_sec() / 1e3,
    );
    progress.set(epoch / goal, message);
}

fn show_epoch(tally: &Tally, evaluation: &Evaluation, progress: &Progress) {
    let objective = evaluation
        .terms
        .first()
        .map_or(f64::NAN, |&(_, value)| value);
    progress.line(&format!(
        "epoch {:.0}/{}  train {:.5}  test {objective:.5}  test MSE {:.5} per pixel  {:.1} k img/s",
        evaluation.epoch,
        tally.begun.experiment.total_epochs(),
        tally.last_objective,
        evaluation.mse_per_pixel,
        tally.images_per_sec() / 1e3,
    ));
}
