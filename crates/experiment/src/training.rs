//! How long a run trains, and in batches of what size.

use std::ops::Range;

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
    /// Training images that are held out, the last ones of those used: the weights with the lowest loss on them are put
    /// back when joint training ends. 0: none, as without joint training.
    #[serde(default, skip_serializing_if = "is_none")]
    pub held_out: usize,
    /// Epochs of joint training without a smaller held-out loss after which the run ends; 0: it goes on to its end.
    #[serde(default, skip_serializing_if = "is_none")]
    pub patience: usize,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_none(count: &usize) -> bool {
    *count == 0
}

impl Training {
    /// Training images of an epoch when the data set has `available`: the first ones. At least one is not held out.
    #[must_use]
    pub fn samples_per_epoch(&self, available: usize) -> usize {
        let used = self.samples_used(available);
        used - self.held_out_in_use().min(used.saturating_sub(1))
    }

    /// How many images are to be held out: none without joint training, because their loss chooses among its weights.
    #[must_use]
    pub fn held_out_in_use(&self) -> usize {
        if self.epochs > 0 { self.held_out } else { 0 }
    }

    /// The training images that are held out.
    #[must_use]
    pub fn held_out_of(&self, available: usize) -> Range<usize> {
        self.samples_per_epoch(available)..self.samples_used(available)
    }

    /// The training images that are used, those that are held out among them.
    #[must_use]
    pub fn samples_used(&self, available: usize) -> usize {
        self.train_samples.map_or(available, |n| n.min(available))
    }

    /// Steps of an epoch when the data set has `available` training images.
    #[must_use]
    pub fn steps_per_epoch(&self, available: usize) -> usize {
        self.samples_per_epoch(available).div_ceil(self.batch_size)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_images_are_held_out_of_those_that_are_used() {
        let mut training = Training {
            batch_size: 10,
            epochs: 1,
            train_samples: None,
            held_out: 0,
            patience: 0,
        };
        assert_eq!(training.held_out_of(100), 100..100);
        training.held_out = 30;
        assert_eq!(training.held_out_of(100), 70..100);
        assert_eq!(training.steps_per_epoch(100), 7);
        training.train_samples = Some(50);
        assert_eq!(training.held_out_of(100), 20..50);
        assert_eq!(
            training.held_out_of(10),
            1..10,
            "something is left to learn from"
        );
        training.epochs = 0;
        assert_eq!(training.held_out_of(100), 50..50, "no joint training");
    }
}
