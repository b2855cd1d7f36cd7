//! The readers of the program alone, under the names that they have in it: without window, drivers and training, so
//! that instrumenting them and what they need takes minutes. The sources are the program's own.

#![allow(dead_code, unused_imports, reason = "what the readers do not need of these modules")]

#[path = "../../src/experiment/mod.rs"]
pub mod experiment;
#[path = "../../src/plain_file.rs"]
pub mod plain_file;
#[path = "../../src/protocol/mod.rs"]
pub mod protocol;
#[path = "../../src/run_folder/mod.rs"]
pub mod run_folder;
#[path = "../../src/whole_file.rs"]
pub mod whole_file;

#[path = "../../src/data"]
pub mod data {
    mod centring;
    mod dataset;
    pub mod name_order;
    pub mod photo;

    pub use dataset::{Dataset, Split};
}

#[path = "../../src/train"]
pub mod train {
    mod checkpoint;
    mod error;
    pub mod readback;
    pub mod resume;
    mod seal;
    pub mod weights;

    use std::sync::Arc;

    use burn::module::Param;
    use burn::tensor::{Device, Tensor};

    pub use checkpoint::Checkpoint;
    pub use error::TrainError;

    use crate::data::Dataset;
    use crate::experiment::Experiment;
    use readback::ParameterValues;

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
}
