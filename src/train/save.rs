//! A model on disk: weights that other programs open, and the state that training goes on from.

use std::path::Path;

use burn::store::{BurnToPyTorchAdapter, ModuleSnapshot, SafetensorsStore};

use crate::whole_file::{self, WriteError};

use super::{TrainError, Trainer};

/// Why a model was not saved; what was there before still is.
#[derive(Debug, thiserror::Error)]
pub enum SaveError {
    /// The device did not give its numbers.
    #[error("the model cannot be read from its device: {0}")]
    Train(#[from] TrainError),
    /// The weights do not go into the file's format.
    #[error("the weights cannot be written as safetensors: {0}")]
    Format(String),
    /// The file was not written.
    #[error(transparent)]
    Write(#[from] WriteError),
}

/// Name of the weights' file in a run folder.
pub const MODEL_FILE: &str = "model.safetensors";

/// Name of the optimizer's file in a run folder.
pub const RESUME_FILE: &str = "resume.bpk";

impl Trainer {
    /// Writes `model.safetensors`, weights under `PyTorch`'s layout with the experiment in the metadata, and
    /// `resume.bpk`, the optimizer's state, into a folder; networks trained beside the model have theirs in
    /// `resume-1.bpk` and so on.
    ///
    /// # Errors
    /// When the device fails or a file cannot be written.
    pub fn save(&self, folder: &Path) -> Result<(), SaveError> {
        let format = |error: &dyn std::fmt::Display| SaveError::Format(error.to_string());
        let experiment =
            serde_json::to_string(self.experiment()).map_err(|error| format(&error))?;
        let mut store = SafetensorsStore::from_bytes(None)
            .with_to_adapter(BurnToPyTorchAdapter)
            .skip_enum_variants(true)
            .metadata("experiment", experiment)
            .metadata("step", self.step().to_string());
        self.model()
            .save_into(&mut store)
            .map_err(|error| format(&error))?;
        let weights = store.get_bytes().map_err(|error| format(&error))?;
        let checkpoint = self.checkpoint()?;
        whole_file::write(&folder.join(MODEL_FILE), &weights)?;
        for (idx, state) in checkpoint.optimizers.iter().enumerate() {
            let name = match idx {
                0 => RESUME_FILE.to_owned(),
                more => format!("resume-{more}.bpk"), // of networks trained beside the model
            };
            whole_file::write(&folder.join(name), state)?;
        }
        Ok(())
    }
}
