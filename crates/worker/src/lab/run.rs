//! The runs that the worker has: the one in front, the one beside it and the one before it, with what belongs to each.

use std::sync::Arc;
use std::time::Instant;

use hourglass_protocol::{BackupPolicy, DeviceInfo, RunId, Snapshot};
use hourglass_run_folder::Record;
use hourglass_run_folder::backup::Slot;
use hourglass_train::{Checkpoint, Measures, ProbeState, Trainer};

use crate::look::Looks;

/// The run in progress.
pub(super) struct Run {
    pub id: RunId,
    pub trainer: Trainer,
    pub record: Record,
    /// Until when steps are being taken; `None` while the run waits.
    pub until: Option<Goal>,
    /// Epochs after which the run is finished.
    pub epochs_goal: u64,
    pub last_good: Checkpoint,
    /// Finite weights that become the last good ones once the next loss is finite too.
    pub candidate: Option<Checkpoint>,
    pub checked: Instant,
    /// Whether the device has run this model's kernels before.
    pub is_warm: bool,
    /// Its film, while one is asked for.
    pub reel: Reel,
    pub on_disk: OnDisk,
}

/// Where steps stop being taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Goal {
    /// This many epochs of the run are complete.
    Epochs(u64),
    /// This many steps of the run are done.
    Steps(u64),
}

/// The film of a run, while one is asked for.
#[derive(Debug, Default)]
pub(super) struct Reel {
    /// How the axes of the newest frame lie.
    pub probe: ProbeState,
    /// Steps before the newest frame; none before the first.
    pub newest: Option<u64>,
}

/// What of a run is on disk.
#[derive(Debug)]
pub(super) struct OnDisk {
    /// Where it is backed up, once it is.
    pub slot: Option<Slot>,
    /// Whether it was left behind by another window, and so is kept until a person says otherwise.
    pub was_left_behind: bool,
    /// Steps it had taken when it was backed up.
    pub kept_step: Option<u64>,
    pub tried: Instant,
    /// Steps and seconds of training when a person saved it, or opened it from a folder of their own.
    pub saved: (u64, f64),
}

impl Default for OnDisk {
    fn default() -> Self {
        Self {
            slot: None,
            was_left_behind: false,
            kept_step: None,
            tried: Instant::now(),
            saved: (0, 0.0),
        }
    }
}

/// The run that is not in front, with the looks at it.
#[derive(Default)]
pub(super) struct Side {
    /// `None` while nothing is compared.
    pub run: Option<Run>,
    pub looks: Looks,
    /// The newest look at it.
    pub seen: Option<Snapshot>,
}

/// A run that another took the place of.
pub(super) struct Previous {
    pub run: Run,
    /// Of the digits it learned from.
    pub measures: Option<Arc<Measures>>,
    /// Where its model is.
    pub device: DeviceInfo,
}

/// How runs are backed up.
#[derive(Debug, Default)]
pub(super) struct Keeping {
    /// `None` until the owner has said it.
    pub policy: Option<BackupPolicy>,
    /// Why the newest try came to nothing.
    pub trouble: Option<String>,
    /// Whether the owner has been told how that try went.
    pub is_told: bool,
}
