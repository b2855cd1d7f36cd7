//! Names of a run folder's files, writing them in their order, and reading them without trusting their size.

use std::path::{Path, PathBuf};

use hourglass_files::plain_file::{self, PlainFileError};

/// Name of the experiment's file in a run folder.
pub const EXPERIMENT_FILE: &str = "experiment.toml";

/// Name of the figures' file in a run folder.
pub const SUMMARY_FILE: &str = "summary.json";

/// Name of the curves' file in a run folder.
pub const METRICS_FILE: &str = "metrics.csv";

/// Name of the file of how gradients reached the layers.
pub const GRADIENTS_FILE: &str = "gradients.csv";

/// Name of the weights' file in a run folder.
pub const MODEL_FILE: &str = "model.safetensors";

/// Name of the file that training goes on from. It is whole by itself.
pub const RESUME_FILE: &str = "resume.bpk";

/// All of them, in the order in which they take their places.
pub(super) const FILES: [&str; 6] = [
    RESUME_FILE,
    EXPERIMENT_FILE,
    MODEL_FILE,
    METRICS_FILE,
    GRADIENTS_FILE,
    SUMMARY_FILE,
];

/// Most bytes of a file that text is read from: the longest `metrics.csv` that is written has 262,144 rows, with
/// seventeen terms of up to twenty characters.
const MAX_TEXT: u64 = 96 << 20;

/// Most bytes of a file with weights: several times the largest model.
const MAX_BYTES: u64 = 2 << 30;

/// Most bytes of the file of a run with this name.
pub(super) fn max_bytes_of(name: &str) -> u64 {
    match name {
        MODEL_FILE | RESUME_FILE => MAX_BYTES,
        _ => MAX_TEXT,
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

/// The content of a file; `None` if there is no such file.
///
/// # Errors
/// When it is no plain file, is larger than any file of its kind, or cannot be read.
pub fn read_bytes(path: &Path) -> Result<Option<Vec<u8>>, ReadError> {
    read_at_most(path, MAX_BYTES)
}

/// The text in a file; `None` if there is no such file.
///
/// # Errors
/// When it is no plain file, is larger than any file of its kind, or cannot be read.
pub fn read_text(path: &Path) -> Result<Option<String>, ReadError> {
    let Some(bytes) = read_at_most(path, MAX_TEXT)? else {
        return Ok(None);
    };
    let text = String::from_utf8(bytes).map_err(|_| ReadError {
        path: path.to_owned(),
        reason: "it is not text".to_owned(),
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
