//! Names of a run folder's files, writing them in their order, and reading them without trusting their size.

use std::path::{Path, PathBuf};

use super::{FolderLock, save};
use hourglass_files::plain_file::{self, PlainFileError};
use hourglass_files::whole_file::WriteError;

/// Name of the recipe's file in a run folder.
pub const EXPERIMENT_FILE: &str = "experiment.toml";

/// Name of the figures' file in a run folder.
pub const SUMMARY_FILE: &str = "summary.json";

/// Name of the curves' file in a run folder.
pub const METRICS_FILE: &str = "metrics.csv";

/// Name of the weights' file in a run folder.
pub const MODEL_FILE: &str = "model.safetensors";

/// Name of the file that training goes on from. It is whole by itself.
pub const RESUME_FILE: &str = "resume.bpk";

/// All of them, in the order in which they take their places.
pub(super) const FILES: [&str; 5] = [
    RESUME_FILE,
    EXPERIMENT_FILE,
    MODEL_FILE,
    METRICS_FILE,
    SUMMARY_FILE,
];

/// Most bytes of a file that text is read from: the longest `metrics.csv` that is written has 262,144 rows, with
/// seventeen terms of up to twenty characters.
const MAX_TEXT: u64 = 96 << 20;

/// Most bytes of a file with weights: several times the largest model.
const MAX_BYTES: u64 = 2 << 30;

/// The content of a run folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunFiles {
    /// `metrics.csv`
    pub metrics: String,
    /// `summary.json`; none before the model was measured.
    pub summary: Option<String>,
    /// `experiment.toml`
    pub experiment: String,
    /// `model.safetensors`
    pub model: Vec<u8>,
    /// `resume.bpk`
    pub resume: Vec<u8>,
}

impl RunFiles {
    /// Puts the files in place of those of the run before, all together: whatever is killed or full, the folder
    /// is wholly the old run or wholly the new.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn write(&self, into: &FolderLock) -> Result<(), WriteError> {
        let summary = self.summary.as_deref();
        save::replace(
            into.folder(),
            &[
                (METRICS_FILE, Some(self.metrics.as_bytes())),
                (SUMMARY_FILE, summary.map(str::as_bytes)),
                (EXPERIMENT_FILE, Some(self.experiment.as_bytes())),
                (MODEL_FILE, Some(self.model.as_slice())),
                (RESUME_FILE, Some(self.resume.as_slice())),
            ],
        )
    }
}

/// A file that was not read.
#[derive(Debug, thiserror::Error)]
#[error("{} cannot be read: {reason}", path.display())]
pub struct ReadError {
    path: PathBuf,
    reason: String,
}

impl ReadError {
    pub(super) fn new(path: &Path, reason: impl Into<String>) -> Self {
        Self {
            path: path.to_owned(),
            reason: reason.into(),
        }
    }
}

/// Whether a folder holds a run: training can go on from it, or its weights can be looked at.
#[must_use]
pub fn is_run_folder(folder: &Path) -> bool {
    let has = |name: &str| save::place_of(folder, name).is_file();
    has(RESUME_FILE) || (has(EXPERIMENT_FILE) && has(MODEL_FILE))
}

/// The files of a run that a folder has, by their names, whether or not they make a run.
#[must_use]
pub fn names_in(folder: &Path) -> Vec<&'static str> {
    let has = |name: &&str| save::place_of(folder, name).symlink_metadata().is_ok();
    FILES.into_iter().filter(has).collect()
}

/// The content of a file; none where there is no such file.
///
/// # Errors
/// When it is no plain file, is larger than any file of its kind, or cannot be read.
pub fn read_bytes(path: &Path) -> Result<Option<Vec<u8>>, ReadError> {
    read_at_most(path, MAX_BYTES)
}

/// The text in a file; none where there is no such file.
///
/// # Errors
/// When it is no plain file, is larger than any file of its kind, or cannot be read.
pub fn read_text(path: &Path) -> Result<Option<String>, ReadError> {
    let Some(bytes) = read_at_most(path, MAX_TEXT)? else {
        return Ok(None);
    };
    let text = String::from_utf8(bytes).map_err(|_| ReadError {
        path: path.to_owned(),
        reason: "it is no text".to_owned(),
    })?;
    Ok(Some(text))
}

fn read_at_most(path: &Path, max_bytes: u64) -> Result<Option<Vec<u8>>, ReadError> {
    match plain_file::read(path, max_bytes) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(PlainFileError::Missing) => Ok(None),
        Err(error) => Err(ReadError {
            path: path.to_owned(),
            reason: error.to_string(),
        }),
    }
}
