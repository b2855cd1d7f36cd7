//! What is kept of an attempt that failed: its log, and its reason in a sentence.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use hourglass_files::plain_file;
use hourglass_files::whole_file::{self, WriteError};

use crate::task::Task;

/// Most bytes of a reason.
const MAX_REASON: u64 = 16 << 10;

/// Where everything that is said during the attempts goes.
#[must_use]
pub fn log_file(task: &Task, sweep: &Path) -> PathBuf {
    task.log(sweep, "log")
}

fn reason_file(task: &Task, sweep: &Path) -> PathBuf {
    task.log(sweep, "failed")
}

/// Keeps why the newest attempt failed.
///
/// # Errors
/// When it cannot be written.
pub fn keep_failure(task: &Task, sweep: &Path, reason: &str) -> Result<(), WriteError> {
    whole_file::write(&reason_file(task, sweep), reason.as_bytes())
}

/// Forgets why an earlier attempt failed, as a new one begins.
///
/// # Errors
/// When the file cannot be removed.
pub fn clear_failure(task: &Task, sweep: &Path) -> io::Result<()> {
    match fs::remove_file(reason_file(task, sweep)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Why the newest attempt failed; `None` if it did not.
pub(crate) fn failure(task: &Task, sweep: &Path) -> Option<String> {
    let path = reason_file(task, sweep);
    if !path.exists() {
        return None;
    }
    let reason = plain_file::read_text(&path, MAX_REASON);
    Some(reason.map_or_else(
        |error| format!("{} cannot be read: {error}", path.display()),
        |text| text.trim().to_owned(),
    ))
}
