//! What is already in a folder or at a file's path before something is written there.

use std::path::Path;

use anyhow::{Context as _, Result, anyhow, bail};

use hourglass_experiment::Experiment;
use hourglass_files::plain_file;
use hourglass_files::whole_file;
use hourglass_protocol::one_file::is_run_file;
use hourglass_run_folder::{FolderLock, LockError, RESUME_FILE, SavedFiles, names_in};
use hourglass_train::resume::{self, Resume};

/// What is in every figure and table of this program, in its first bytes.
const OWN_MARK: &[u8] = b"Hourglass ";

/// Bytes in which it is looked for: a figure's metadata comes first.
const MARKED: u64 = 64 << 10;

/// How a PDF begins, which says at its end what made it.
const PDF_MARK: &[u8] = b"%PDF-";

/// Bytes of a PDF in which the mark is looked for: more than a figure has.
const MARKED_PDF: u64 = 64 << 20;

/// Takes a folder for a run. One that holds another run is refused, unless that one is to be replaced.
///
/// # Errors
/// What is in the folder and what can be done, or why it cannot be written.
pub fn take_folder(folder: &Path, experiment: &Experiment, replace: bool) -> Result<FolderLock> {
    if is_run_file(folder) {
        bail!(
            "{} would be a run in one file, and a run in training is saved in a folder: choose another --out, and make \
             one file of it afterwards with `hourglass pack`",
            folder.display()
        );
    }
    if replace || names_in(folder).is_empty() {
        return FolderLock::take(folder).map_err(|error| match error {
            LockError::Unwritable { folder, reason } => anyhow!(
                "{} cannot be written: {reason}. Free some space or choose another --out",
                folder.display()
            ),
            LockError::InUse { folder, holder } => anyhow!(
                "{} is in use by {holder}: wait for it or end it, or choose another --out",
                folder.display()
            ),
        });
    }
    let shown = folder.display();
    let holds = match newest_state(folder) {
        Ok(Some(found)) if found.run.experiment == *experiment && !is_done(&found) => bail!(
            "{shown} contains this same run, unfinished ({}): continue it with `train --resume {shown}`, choose another \
             --out, or start it over with --force",
            progress_of(&found)
        ),
        Ok(Some(found)) => sentence(&found),
        Ok(None) => format!("files of a run ({})", names_in(folder).join(", ")),
        Err(error) => format!("a run that cannot be opened ({error})"),
    };
    bail!("{shown} contains {holds}: choose another --out, or replace it with --force")
}

/// Finds out before anything is computed that a file cannot be written, or is none of this program's.
///
/// # Errors
/// What is at its place, and what can be done.
pub fn check_file(file: &Path, replace: bool) -> Result<()> {
    whole_file::check(file)?;
    if !replace && file.exists() && !is_own(file) {
        bail!(
            "{} already exists and was not made by Hourglass: choose another file, or replace it with --force",
            file.display()
        );
    }
    Ok(())
}

/// The same of a file that bears no mark of this program: any that is there needs to be replaced by name.
///
/// # Errors
/// What is at its place, and what can be done.
pub fn check_new_file(file: &Path, replace: bool) -> Result<()> {
    whole_file::check(file)?;
    if !replace && file.exists() {
        bail!(
            "{} already exists: choose another file, or replace it with --force",
            file.display()
        );
    }
    Ok(())
}

/// Whether a file is a figure or a table of this program, or empty.
fn is_own(file: &Path) -> bool {
    let read = |most| plain_file::read_start(file, most);
    let start = match read(MARKED) {
        Ok(start) if start.starts_with(PDF_MARK) => read(MARKED_PDF),
        start => start,
    };
    let Ok(start) = start else {
        return false;
    };
    let has_mark = || start.windows(OWN_MARK.len()).any(|bytes| bytes == OWN_MARK);
    start.is_empty() || has_mark()
}

fn newest_state(folder: &Path) -> Result<Option<Resume>, String> {
    let saved = SavedFiles::read(folder, &[RESUME_FILE]).map_err(|error| error.to_string())?;
    let Some(bytes) = saved.unchecked(RESUME_FILE) else {
        return Ok(None);
    };
    resume::read(bytes)
        .map(Some)
        .map_err(|error| format!("{RESUME_FILE}: {error}"))
}

fn is_done(found: &Resume) -> bool {
    found.checkpoint.epoch >= found.run.epochs_goal
}

fn progress_of(found: &Resume) -> String {
    let (done, goal) = (found.checkpoint.epoch, found.run.epochs_goal);
    format!("{done} of {goal} epochs, step {}", found.checkpoint.step)
}

/// A run in a few words.
fn sentence(found: &Resume) -> String {
    let experiment = &found.run.experiment;
    let recipe = match experiment.preset {
        Some(preset) => format!("the preset {preset}"),
        None => format!(
            "{} with a custom experiment",
            experiment.architecture.summary()
        ),
    };
    let progress = progress_of(found);
    format!("a run of {recipe}, seed {}, {progress}", experiment.seed)
}

/// Finds out before the training, not after it, that the folder cannot be written.
pub(super) fn check_writable(folder: &Path) -> Result<()> {
    let hint = || {
        format!(
            "{} cannot be written: choose another --out",
            folder.display()
        )
    };
    whole_file::check_folder(folder).with_context(hint)
}
