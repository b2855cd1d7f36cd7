//! Runs on disk: what the window has to do with them, which backed-up ones no window has open, and which a person does not want.

use std::path::{Path, PathBuf};
use std::time::Duration;

use hourglass_protocol::{BackupPolicy, KeptRun};
use hourglass_run_folder::backup;

/// Time between two backups of a run that learns.
const INTERVAL: Duration = Duration::from_mins(1);

/// Unsaved training after which a run stays on disk once another takes its place.
const WORTH: Duration = Duration::from_mins(1);

/// Where windows back up their runs; `None` if the system has no place for a user's data.
#[must_use]
pub fn unsaved_runs_folder() -> Option<PathBuf> {
    let dirs = directories::ProjectDirs::from("", "", "hourglass")?;
    Some(dirs.data_local_dir().join("unsaved"))
}

/// The place where all windows back up their runs.
#[derive(Debug)]
pub(super) struct Backups {
    /// `None` if nothing is kept.
    place: Option<PathBuf>,
    every: Duration,
}

impl Backups {
    pub(super) fn new(place: Option<PathBuf>) -> Self {
        Self {
            place,
            every: INTERVAL,
        }
    }

    /// Keeps a run that learns at other intervals than every minute.
    pub(super) fn every(self, every: Option<Duration>) -> Self {
        Self {
            every: every.unwrap_or(self.every),
            ..self
        }
    }

    /// What a worker is told about it.
    pub(super) fn policy(&self) -> BackupPolicy {
        BackupPolicy {
            place: self.place.clone(),
            every: self.every,
            worth: WORTH,
        }
    }

    /// The runs that no window has open, the newest first.
    pub(super) fn left_behind(&self) -> Vec<KeptRun> {
        let place = self.place.as_deref();
        place.map(backup::left_behind).unwrap_or_default()
    }

    /// Whether a folder is a backup.
    pub(super) fn is_backed_up(&self, folder: &Path) -> bool {
        let place = self.place.as_deref();
        place.is_some_and(|place| folder.starts_with(place))
    }
}

/// What the window does once something is on disk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Closing {
    /// It stays open.
    #[default]
    No,
    /// It closes once the run is saved.
    OnceSaved,
    /// It closes.
    Now,
}

/// What the window has to do with runs on disk.
#[derive(Debug)]
pub(super) struct Keeping {
    /// Where runs are backed up.
    pub backups: Backups,
    /// Whether the window closes.
    pub closing: Closing,
    /// Whether the worker may have let go of a run since the list was made.
    pub has_let_go: bool,
}

impl Keeping {
    pub(super) fn new(backups: Backups) -> Self {
        Self {
            backups,
            closing: Closing::No,
            has_let_go: false,
        }
    }
}
