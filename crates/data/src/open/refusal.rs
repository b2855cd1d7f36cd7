//! Why something holds no data set.

use std::path::PathBuf;

use hourglass_files::plain_file::PlainFileError;

/// What can be opened, for people.
pub(super) const KINDS: &str = "images (one folder for each class), IDX, NumPy, CSV, Parquet, MATLAB, LIBSVM or CIFAR \
                                files, or a ZIP or TAR of any of these";

/// Why a place holds no data set; it names the place.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("{} does not exist: give a folder or file that holds {KINDS}", .0.display())]
    Missing(PathBuf),
    /// Nothing in it is of a kind that can be opened.
    #[error("{} holds no images that can be opened: give {KINDS}", .0.display())]
    Nothing(PathBuf),
    /// Something of it cannot be read.
    #[error("{}: {source}", path.display())]
    Read {
        path: PathBuf,
        source: PlainFileError,
    },
    /// What is in it makes no data set.
    #[error("{}: {reason}", path.display())]
    Content { path: PathBuf, reason: String },
    #[error("loading was cancelled")]
    Cancelled,
}

impl OpenError {
    pub(super) fn content(path: impl Into<PathBuf>, reason: impl Into<String>) -> Self {
        Self::Content {
            path: path.into(),
            reason: reason.into(),
        }
    }
}
