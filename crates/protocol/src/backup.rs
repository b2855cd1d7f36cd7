//! Backups of runs that were not saved.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use hourglass_experiment::DataSetId;
use hourglass_experiment::PresetId;

/// How a worker is to back up unsaved runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackupPolicy {
    /// The folder that all windows back up their runs in; `None` if nothing is to be written.
    pub place: Option<PathBuf>,
    /// Time between two writes of a run that learns.
    pub every: Duration,
    /// Unsaved training after which a run stays on disk once another takes its place.
    pub worth: Duration,
}

/// A backed-up run that no window has open.
#[derive(Clone, Debug, PartialEq)]
pub struct KeptRun {
    /// The folder it can be opened from.
    pub folder: PathBuf,
    /// What it is; `None` if that was not written down, or is not readable.
    pub about: Option<AboutRun>,
    /// Time since it was written; `None` if that is in the future according to the clock.
    pub age: Option<Duration>,
}

impl KeptRun {
    /// Most runs kept; beyond them, the oldest goes.
    pub const MAX: usize = 20;
    /// Days for which a run is kept that is offered and not opened.
    pub const MAX_DAYS: u64 = 30;
}

/// What is written down beside the backup of a run, so that a list of them needs none of their files.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AboutRun {
    /// Larger than that of any run kept before it, whatever clocks say.
    pub number: u64,
    /// When it was written, in seconds since 1970.
    pub written_secs: u64,
    /// The preset its experiment comes from.
    pub preset: Option<PresetId>,
    /// Whether its experiment is no longer that of the preset.
    pub is_modified: bool,
    /// Seed of its random streams.
    pub seed: u64,
    /// The data set's name in files.
    pub data: String,
    /// Epochs trained, as a fraction.
    pub epoch: f64,
    /// Steps taken.
    pub step: u64,
    /// Time spent in training steps, in seconds.
    pub training_secs: f64,
    /// Its training loss from its beginning to its end.
    pub loss: Vec<f32>,
}

impl AboutRun {
    /// What the run is called.
    #[must_use]
    pub fn title(&self) -> String {
        title_of(self.preset, self.is_modified)
    }

    /// The name of the digits it learned from.
    #[must_use]
    pub fn digits(&self) -> &str {
        match DataSetId::of_name(&self.data) {
            Some(kind) => kind.label(),
            None => &self.data,
        }
    }
}

/// What a run of a preset, or of an experiment that started as one, is called.
#[must_use]
pub fn title_of(preset: Option<PresetId>, is_modified: bool) -> String {
    match preset {
        Some(id) if is_modified => format!("{}, modified", id.preset().title),
        Some(id) => id.preset().title.to_owned(),
        None => "custom experiment".to_owned(),
    }
}
