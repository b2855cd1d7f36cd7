//! The runs that the worker has: the one in front, the one beside it and the one before it, with what belongs to each.

use std::sync::Arc;
use std::time::Instant;

use hourglass_experiment::Stage;
use hourglass_protocol::{BackupPolicy, DeviceInfo, EvaluationScope, RunId, Snapshot, StepBatch};
use hourglass_run_folder::Record;
use hourglass_run_folder::backup::Slot;
use hourglass_train::{Checkpoint, Measures, ProbeState, TrainError, Trainer};

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
    /// The part of the plan that is being trained, and the loss it began with.
    pub begun_with: Option<(Stage, f32)>,
    /// Whether the device has run this model's kernels before.
    pub is_warm: bool,
    /// Its film, while one is asked for.
    pub reel: Reel,
    pub on_disk: OnDisk,
}

/// Times the loss that a part of the plan began with, beyond which weights are none to go back to: units are saturated or
/// dead, and training does not find its way back at whatever learning rate.
const ABSURD: f32 = 10.0;

/// Losses below this are as good as nothing, and no measure for others.
const SMALLEST_LOSS: f32 = 1e-3;

impl Run {
    /// Takes in the losses of steps that were all finite: the first of them is that of the weights before these steps.
    /// Those are good, unless it is absurd.
    pub(super) fn judge_candidate(&mut self, steps: &StepBatch) {
        let candidate = self.candidate.take();
        let (Some((_, losses)), Some(epoch)) = (steps.terms.first(), steps.epochs.first()) else {
            return;
        };
        let Some(&loss) = losses.first() else { return };
        let epochs_before = (epoch.ceil() as u64).saturating_sub(1); // a step ends within its epoch or with it
        let (stage, _) = self.trainer.experiment().stage_of(epochs_before);
        let begun_with = match self.begun_with {
            Some((of, begun_with)) if of == stage => begun_with,
            _ => loss,
        };
        self.begun_with = Some((stage, begun_with));
        if loss <= begun_with + ABSURD * begun_with.abs().max(SMALLEST_LOSS)
            && let Some(candidate) = candidate
        {
            self.last_good = candidate;
        }
    }

    /// Whether the loss of the weights in place is a number: as measured at this step, or else on some test images.
    pub(super) fn has_finite_loss(&mut self) -> Result<bool, TrainError> {
        let step = self.trainer.step();
        let full = self.record.full_evaluation();
        match full.filter(|full| full.step == step) {
            Some(full) => Ok(full.is_finite()),
            None => Ok(self.trainer.evaluate(EvaluationScope::Running)?.is_finite()),
        }
    }
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
