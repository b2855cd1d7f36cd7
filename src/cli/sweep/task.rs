//! `hourglass sweep task`: one run, as every scheduler calls it. Called again, it goes on where it was, or finds it done.

use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use clap::Args;

use hourglass_files::log_file::LogFile;
use hourglass_protocol::{Command, DeviceChoice, RunId};
use hourglass_run_folder::{LockError, is_run_folder};
use hourglass_sweep::{State, Sweep, Task, clear_failure, keep_failure, log_file};

use crate::cli::engine::Engine;
use crate::cli::progress::{Progress, Report};
use crate::cli::run::{self, Begun, Ending};
use crate::signals::is_interruption;

use super::folder::read;

/// Does runs of a sweep.
#[derive(Clone, Debug, Args)]
pub struct TaskArgs {
    /// The folder of the sweep
    #[arg(value_name = "DIR")]
    sweep: PathBuf,
    /// Numbers of the runs, as in `hourglass sweep list`
    #[arg(value_name = "N", required_unless_present = "rest", value_parser = clap::value_parser!(u64).range(1..))]
    numbers: Vec<u64>,
    /// Do whatever is left and not being done, until nothing is; several processes can share the work
    #[arg(long, conflicts_with = "numbers")]
    rest: bool,
    /// With --rest, also the runs that failed before
    #[arg(long, requires = "rest")]
    retry: bool,
    /// Device to train on: `auto`, `cpu`, `gpu`, or a graphics card by name, part of it, or number (see `doctor`)
    #[arg(long, default_value_t)]
    device: DeviceChoice,
    /// Report to the process that started this one, and end with it
    #[arg(long, hide = true)]
    report: bool,
}

/// Does them.
///
/// # Errors
/// When a run fails, is being done by another process, or the images are not those of the sweep.
pub fn run(args: &TaskArgs) -> Result<()> {
    let sweep = read(&args.sweep)?;
    let progress = if args.report {
        Progress::reports()
    } else {
        Progress::new()
    };
    let mut hand = Hand {
        folder: &args.sweep,
        sweep: &sweep,
        device: args.device,
        progress: &progress,
        engine: None,
        ends_with_its_owner: args.report,
        n_runs: 0,
    };
    if args.rest {
        return hand.do_the_rest(args.retry);
    }
    for number in &args.numbers {
        let task = usize::try_from(*number).ok().and_then(|number| {
            let tasks = sweep.tasks();
            tasks.get(number.checked_sub(1)?)
        });
        let task = task.with_context(|| {
            format!(
                "there is no run {number}: {} has runs 1 to {}",
                args.sweep.display(),
                sweep.tasks().len()
            )
        })?;
        match hand.take(task)? {
            Taken::Now => {}
            Taken::Before => progress.line(&format!("run {} is done already", task.number)),
            Taken::Elsewhere(holder) => bail!("run {} is being done by {holder}", task.number),
        }
    }
    Ok(())
}

/// Who did a run.
enum Taken {
    /// This process.
    Now,
    /// An earlier one.
    Before,
    /// Another one is at it.
    Elsewhere(String),
}

/// Does runs one after another, with one engine and one copy of the images.
struct Hand<'a> {
    folder: &'a Path,
    sweep: &'a Sweep,
    device: DeviceChoice,
    progress: &'a Progress,
    /// Started with the first run: what is done already needs none.
    engine: Option<Engine>,
    ends_with_its_owner: bool,
    n_runs: u64,
}

impl Hand<'_> {
    /// Whatever is left. A run that fails does not keep the others from being done; without an engine or the images,
    /// none can be.
    fn do_the_rest(&mut self, retries: bool) -> Result<()> {
        let mut failed = Vec::new();
        for task in self.sweep.tasks() {
            if !State::of(task, self.folder).is_left(retries) {
                continue;
            }
            self.engine()?;
            match self.take(task) {
                Err(error) if is_interruption(&error) => return Err(error),
                Err(_) => failed.push(task.number.to_string()),
                Ok(_) => {}
            }
        }
        match failed.as_slice() {
            [] => Ok(()),
            failed => bail!("runs failed: {}", failed.join(", ")),
        }
    }

    /// One run, unless it is done or another process is at it.
    fn take(&mut self, task: &Task) -> Result<Taken> {
        let claim = match task.claim(self.folder) {
            Ok(claim) => claim,
            Err(LockError::InUse { holder, .. }) => return Ok(Taken::Elsewhere(holder)),
            Err(error) => bail!(error),
        };
        if matches!(State::of_claimed(task, self.folder), State::Done(_)) {
            return Ok(Taken::Before);
        }
        let log = log_file(task, self.folder);
        let opened = LogFile::at(&log);
        let opened = opened.with_context(|| format!("{} cannot be written", log.display()))?;
        self.progress.log_to(Some(opened));
        self.progress.report(&Report::Begins(task.number));
        self.progress.line(&format!(
            "run {} of {} ({task}), {}",
            task.number,
            self.sweep.tasks().len(),
            jiff::Zoned::now().strftime("%Y-%m-%d %H:%M:%S %Z")
        ));
        let done = self.attempt(task);
        if let Err(error) = &done {
            self.progress
                .line(&format!("run {}: {error:#}", task.number));
        }
        self.progress.log_to(None);
        drop(claim);
        let is_done = done.is_ok();
        self.progress.report(&Report::Ends { is_done });
        done.map(|()| Taken::Now).with_context(|| {
            format!(
                "run {} ({task}) is not done; see {}",
                task.number,
                log.display()
            )
        })
    }

    fn attempt(&mut self, task: &Task) -> Result<()> {
        clear_failure(task, self.folder)?;
        let done = self.train(task);
        if let Err(error) = &done
            && !is_interruption(error)
        {
            keep_failure(task, self.folder, &format!("{error:#}"))?;
        }
        done
    }

    fn train(&mut self, task: &Task) -> Result<()> {
        let folder = task.folder(self.folder);
        if let State::Foreign { reason } = State::of_claimed(task, self.folder) {
            bail!(reason);
        }
        self.n_runs += 1;
        let run = RunId(self.n_runs);
        let (progress, engine) = (self.progress, self.engine()?);
        let ended = if is_run_folder(&folder) {
            run::from_where_it_is(engine, &folder, progress)?
        } else {
            let experiment = task.experiment.clone();
            engine.send(Command::StartRun { run, experiment })?;
            let begun = Begun::new(task.experiment.clone());
            run::to_its_end(engine, begun, &folder, progress)?
        };
        if ended.folder != folder {
            bail!(
                "{} could not be written; the run is in {}: move it there once there is room",
                folder.display(),
                ended.folder.display()
            );
        }
        run::say_noticed(ended.summary.as_ref(), progress);
        match ended.ending {
            Ending::Finished if ended.summary.is_some() => {
                progress.line(&format!("run {} is done", task.number));
                Ok(())
            }
            Ending::Finished => Err(anyhow!("its figures are infinite or NaN")),
            Ending::Interrupted => {
                Err(engine
                    .interruption("; the run so far is kept, and the same command continues it"))
            }
            Ending::Failed(failure) => Err(failure.into()),
        }
    }

    /// The engine with the sweep's images.
    fn engine(&mut self) -> Result<&Engine> {
        if self.engine.is_none() {
            let engine = Engine::start(self.device)?;
            if self.ends_with_its_owner {
                end_with_the_owner()?;
            }
            let images = self.sweep.images();
            let dataset = engine.load(images.source(), self.progress)?;
            if !dataset.id.is_content_of(&images.data_set) {
                bail!(
                    "{} has the images {}, and this sweep learns from {}: put those there, or make another sweep",
                    images.place,
                    dataset.id.name(),
                    images.data_set
                );
            }
            self.engine = Some(engine);
        }
        self.engine.as_ref().context("it was started above")
    }
}

/// Has this process asked to end when the one that started it is gone, and with it the other end of stdin.
fn end_with_the_owner() -> io::Result<()> {
    let wait = || {
        let mut rest = Vec::new();
        io::Read::read_to_end(&mut io::stdin().lock(), &mut rest).ok();
        crate::signals::ask_to_end();
    };
    let thread = std::thread::Builder::new().name("hourglass-owner".to_owned());
    thread.spawn(wait).map(drop)
}
