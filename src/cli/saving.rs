//! Saving a run while it trains, and writing it somewhere when it ends.
//!
//! The result is written somewhere whatever it takes. `signals` hears what asks the program to end, `occupied`
//! finds what is in the way.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use hourglass_protocol::{Command, Event, Failure};

use super::engine::Engine;
use super::progress::Progress;

/// Longest time without a save, with room for the current burst: a run is on disk at least once a minute.
const LONGEST: Duration = Duration::from_secs(50);

/// Shortest time between two saves: where epochs take milliseconds, saving would take longer than training.
const SHORTEST: Duration = Duration::from_secs(1);

/// Time until all places are tried again where none could be written.
const UNTIL_AGAIN: Duration = Duration::from_secs(10);

/// Saves of a run that goes on. One that fails is said, and the run goes on.
pub struct Autosave<'a> {
    engine: &'a Engine,
    progress: &'a Progress,
    folder: PathBuf,
    /// When the newest save was asked for.
    asked: Instant,
    is_awaited: bool,
    /// Whether an epoch ended since.
    is_due: bool,
}

impl<'a> Autosave<'a> {
    /// Writes the folder for the first time.
    ///
    /// # Errors
    /// When there is no run, the folder cannot be written, or another process writes there.
    pub fn begin(engine: &'a Engine, folder: &Path, progress: &'a Progress) -> Result<Self> {
        let back_up = |folder| Command::BackUpRun { folder };
        if let (Some(reason), _) = try_save(engine, folder, back_up, progress)? {
            bail!(reason);
        }
        Ok(Self {
            engine,
            progress,
            folder: folder.to_owned(),
            asked: Instant::now(),
            is_awaited: false,
            is_due: false,
        })
    }

    /// Has the run saved, if it is time to.
    ///
    /// # Errors
    /// When the worker is gone.
    pub fn if_due(&mut self) -> Result<()> {
        let since = self.asked.elapsed();
        let is_time = since >= LONGEST || (self.is_due && since >= SHORTEST);
        if is_time && !self.is_awaited {
            let folder = self.folder.clone();
            self.engine.send(Command::BackUpRun { folder })?;
            self.asked = Instant::now();
            (self.is_awaited, self.is_due) = (true, false);
        }
        Ok(())
    }

    /// Takes in what happens; tells whether it was an answer to this.
    pub fn note(&mut self, event: &Event) -> bool {
        match event {
            Event::Evaluated { evaluation, .. } => {
                self.is_due |= evaluation.scope == hourglass_protocol::EvaluationScope::Full;
                return false;
            }
            Event::RunBackedUp { .. } => {}
            Event::Failed(Failure::NotSaved { reason }) => self.progress.line(&format!(
                "not saved: {reason}. The run continues; the next attempt is within a minute"
            )),
            _ => return false,
        }
        self.is_awaited = false;
        true
    }

    /// Waits for a save that is being written.
    ///
    /// # Errors
    /// When the worker is gone.
    pub fn settle(&mut self) -> Result<()> {
        while self.is_awaited {
            if let Some(event) = self.engine.wait()? {
                self.note(&event);
            }
        }
        Ok(())
    }
}

/// A run on disk.
pub struct Saved {
    /// Where it is.
    pub place: PathBuf,
    /// What was found wrong with its newest weights, so that earlier ones were saved.
    pub failure: Option<Failure>,
}

/// Saves a run that ended, whatever it takes: where its folder cannot be written, beside it, or in a folder of the
/// system's or of the user's. Tells where it is.
///
/// # Errors
/// When the worker is gone, or when nothing could be written and a signal asks to end.
pub fn save(
    engine: &Engine,
    folder: &Path,
    command: impl Fn(PathBuf) -> Command + Copy,
    progress: &Progress,
) -> Result<Saved> {
    let mut failure = None;
    loop {
        let mut reasons = Vec::new();
        for place in places(folder) {
            let (reason, met) = try_save(engine, &place, command, progress)?;
            failure = met.or(failure);
            match reason {
                None if place == folder => return Ok(Saved { place, failure }),
                None => {
                    let place_shown = place.display();
                    progress.line(&format!(
                        "{}\nthe run is in {place_shown} instead",
                        reasons.join("\n")
                    ));
                    return Ok(Saved { place, failure });
                }
                Some(reason) => reasons.push(reason),
            }
        }
        let reasons = reasons.join("\n");
        if engine.is_interrupted() {
            bail!("the run could not be saved:\n{reasons}");
        }
        progress.line(&format!(
            "{reasons}\nthe run is not saved yet: free some space in one of these places, \
             and it will be saved within seconds. \
             Ctrl-C gives up"
        ));
        let again = Instant::now() + UNTIL_AGAIN;
        while Instant::now() < again && !engine.is_interrupted() {
            engine.wait()?;
        }
    }
}

/// Where a run may be written, the folder itself first.
fn places(folder: &Path) -> Vec<PathBuf> {
    let name = folder.file_name().unwrap_or_else(|| "run".as_ref());
    let rescued = format!("{}-rescued-{}", name.to_string_lossy(), std::process::id());
    let mut places = vec![folder.to_owned(), folder.with_file_name(&rescued)];
    places.push(std::env::temp_dir().join(&rescued));
    if let Some(dirs) = directories::UserDirs::new() {
        places.push(dirs.home_dir().join(&rescued));
    }
    places
}

/// Saves a run into a folder; gives the reason why it is not saved, and what was found wrong with its weights.
fn try_save(
    engine: &Engine,
    folder: &Path,
    command: impl Fn(PathBuf) -> Command,
    progress: &Progress,
) -> Result<(Option<String>, Option<Failure>)> {
    engine.send(command(folder.to_owned()))?;
    let mut failed = None;
    loop {
        match engine.wait()? {
            Some(Event::RunSaved { .. } | Event::RunBackedUp { .. }) => {
                return Ok((None, failed));
            }
            Some(Event::Failed(Failure::NotSaved { reason })) => return Ok((Some(reason), failed)),
            Some(Event::Failed(failure @ Failure::NonFiniteLoss { .. })) => {
                progress.line(&failure.to_string()); // the last good weights are saved instead
                failed = Some(failure);
            }
            Some(Event::Failed(failure @ Failure::DeviceLost { .. })) => {
                progress.line(&failure.to_string());
                engine.send(command(folder.to_owned()))?; // from the processor
            }
            Some(Event::Failed(failure)) => bail!(failure),
            _ => {}
        }
    }
}
