//! The readers of the program alone, under the names that they have in it: without window, drivers and training, so
//! that instrumenting them and what they need takes minutes. The sources are the program's own; those of
//! `hourglass-train` are taken in one by one, because the rest of that crate brings the drivers.

#![allow(dead_code, unused_imports, reason = "what the readers do not need of these modules")]

#[path = "../../crates/train/src/checkpoint.rs"]
mod checkpoint;
#[path = "../../crates/train/src/error.rs"]
mod error;
#[path = "../../crates/train/src/readback.rs"]
pub mod readback;
#[path = "../../crates/train/src/resume.rs"]
pub mod resume;
#[path = "../../crates/train/src/seal.rs"]
mod seal;
#[path = "../../crates/train/src/weights/mod.rs"]
pub mod weights;

use std::sync::Arc;

use burn::module::Param;
use burn::tensor::{Device, Tensor};

use hourglass_data::Dataset;
use hourglass_experiment::Experiment;
use readback::ParameterValues;

pub use checkpoint::Checkpoint;
pub use error::TrainError;
pub use hourglass_data as data;
pub use hourglass_experiment as experiment;
pub use hourglass_files::{plain_file, whole_file};
pub use hourglass_protocol as protocol;
pub use hourglass_run_folder as run_folder;

pub mod train {
    pub use crate::{readback, resume, weights};
}

/// There is none here: what only a trainer can do is never done.
pub enum Trainer {}

impl Trainer {
    fn resume(
        _: Experiment,
        _: Arc<Dataset>,
        _: &Device,
        _: &Checkpoint,
    ) -> Result<Self, TrainError> {
        let reason = "nothing is trained here".to_owned();
        Err(TrainError::Device { reason })
    }

    fn checkpoint(&self) -> Result<Checkpoint, TrainError> {
        match *self {}
    }

    fn experiment(&self) -> &Experiment {
        match *self {}
    }

    fn model(&self) -> Param<Tensor<1>> {
        match *self {}
    }

    fn put_parameters(&mut self, _: &[ParameterValues]) {
        match *self {}
    }
}
