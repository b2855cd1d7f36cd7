//! What a sweep will take, from the first steps of a few of its combinations.

use std::fs;
use std::path::Path;
use std::time::Instant;

use anyhow::{Result, bail};

use hourglass_protocol::{Command, Event, Failure, Phase, RunId};
use hourglass_run_folder::METRICS_FILE;
use hourglass_sweep::{Sweep, Task};

use crate::cli::engine::Engine;
use crate::cli::progress::Progress;

/// Most combinations that are measured.
const MAX_MEASURED: usize = 6;

/// How long each trains, unless its plan is done before.
const MEASURED_SECS: f64 = 1.0;

/// What a sweep will take.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Estimate {
    /// Steps of all runs one after another on this machine, in seconds.
    pub(super) secs: f64,
    /// The measuring of all codes at the ends of the runs, likewise.
    pub(super) judging_secs: f64,
    /// All run folders.
    pub(super) bytes: f64,
    /// Combinations that it was found by.
    pub(super) n_measured: usize,
}

/// Measures combinations that lie evenly among all.
pub(super) fn of(
    sweep: &Sweep,
    engine: &Engine,
    folder: &Path,
    progress: &Progress,
) -> Result<Estimate> {
    let all: Vec<&Task> = sweep.combinations().collect();
    let n_measured = all.len().min(MAX_MEASURED);
    let mut total = [0.0; 2];
    let mut judging_secs = 0.0;
    for idx in 0..n_measured {
        progress.set(idx as f64 / n_measured as f64, "measuring…".to_owned());
        let task = all[idx * (all.len() - 1) / (n_measured - 1).max(1)];
        let run = RunId(idx as u64 + 1);
        let [secs, bytes] = measure(task, run, engine, folder)?;
        total = [total[0] + secs, total[1] + bytes];
        if idx == 0 {
            judge(engine)?; // finds what the images alone allow, which is found once
            judging_secs = judge(engine)?; // much the same for all
        }
    }
    let share = sweep.tasks().len() as f64 / n_measured as f64;
    Ok(Estimate {
        secs: total[0] * share,
        judging_secs: judging_secs * sweep.tasks().len() as f64,
        bytes: total[1] * share,
        n_measured,
    })
}

/// Seconds of training and bytes on disk of one run.
fn measure(task: &Task, run: RunId, engine: &Engine, folder: &Path) -> Result<[f64; 2]> {
    let experiment = task.experiment.clone();
    let goal = experiment.total_epochs() as f64;
    engine.send(Command::StartRun { run, experiment })?;
    engine.send(Command::Train)?;
    let (mut epochs, mut secs, mut is_pausing) = (0.0, 0.0, false);
    loop {
        match next(engine)? {
            Some(Event::StepsTaken { run: of, steps }) if of == run => {
                epochs = steps.epochs.last().copied().unwrap_or(epochs);
                secs += steps.elapsed_secs;
                if secs >= MEASURED_SECS && !is_pausing {
                    is_pausing = true;
                    engine.send(Command::Pause)?;
                }
            }
            Some(Event::PhaseChanged { run: of, phase }) if of == run => match phase {
                Phase::Finished { .. } | Phase::Paused { .. } if epochs > 0.0 => break,
                Phase::Stopped { .. } => break, // it will fail in the sweep as well, and say why
                _ => {}
            },
            _ => {}
        }
    }
    let runs = goal / epochs.max(f64::MIN_POSITIVE);
    Ok([secs * runs, bytes(engine, folder, runs)?])
}

/// Seconds that it takes to measure what a code is worth.
fn judge(engine: &Engine) -> Result<f64> {
    engine.send(Command::JudgeCode)?;
    let begun = Instant::now();
    while !matches!(next(engine)?, Some(Event::CodeJudged { .. })) {}
    Ok(begun.elapsed().as_secs_f64())
}

/// Bytes of the run's folder once it is done. Its metrics grow with the steps.
fn bytes(engine: &Engine, folder: &Path, times_as_long: f64) -> Result<f64> {
    let place = tempfile::tempdir_in(folder)?;
    engine.send(Command::BackUpRun {
        folder: place.path().to_owned(),
    })?;
    while !matches!(next(engine)?, Some(Event::RunBackedUp { .. })) {}
    let mut sum = 0.0;
    for entry in fs::read_dir(place.path())? {
        let entry = entry?;
        let size = entry.metadata()?.len() as f64;
        let grows = entry.file_name() == METRICS_FILE;
        sum += if grows { size * times_as_long } else { size };
    }
    Ok(sum)
}

fn next(engine: &Engine) -> Result<Option<Event>> {
    if engine.is_interrupted() {
        return Err(engine.interruption("; the sweep is written"));
    }
    match engine.wait()? {
        Some(Event::Failed(Failure::NonFiniteLoss { .. })) | None => Ok(None),
        Some(Event::Failed(failure)) => bail!(failure),
        event => Ok(event),
    }
}
