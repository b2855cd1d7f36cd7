//! How long a run trains, and in batches of what size.

use serde::{Deserialize, Serialize};

/// Length and portions of training.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Training {
    /// Images per step. The last step of an epoch takes what is left.
    pub batch_size: usize,
    /// Passes over the training images with all layers together; 0 where the plan has other parts.
    pub epochs: usize,
    /// Use only this many training images, the first ones; all if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub train_samples: Option<usize>,
}

impl Training {
    /// Training images of an epoch when the data set has `available`.
    #[must_use]
    pub fn samples_per_epoch(&self, available: usize) -> usize {
        self.train_samples.map_or(available, |n| n.min(available))
    }

    /// Steps of an epoch when the data set has `available` training images.
    #[must_use]
    pub fn steps_per_epoch(&self, available: usize) -> usize {
        self.samples_per_epoch(available).div_ceil(self.batch_size)
    }
}
