//! A model's weights as safetensors under `PyTorch`'s names and layout, written and read.
//!
//! A layer of `inputs → outputs` keeps its weights as `[outputs, inputs]` there and as `[inputs, outputs]`
//! here; everything else has the same layout. `assets/pytorch/reconstruct.py` reconstructs images from such a file.
//!
//! Files of other programs are read too: `format` names a file that is not safetensors, `pairing` finds the tensor
//! that is meant for each parameter, `numbers` converts it.

mod format;
mod layout;
mod numbers;
mod pairing;

use std::collections::HashMap;

use safetensors::tensor::{Dtype, SafeTensorError, TensorView};
use safetensors::{SafeTensors, serialize};

use super::readback::{self, ParameterValues};
use super::{TrainError, Trainer, seal};
pub use format::Foreign;
use hourglass_protocol::Matching;
use layout::{in_torch_layout, torch_shape, transposed};
use numbers::NumbersError;
pub use pairing::{Pair, Pairing};

/// Names listed in a message; of more, the first few.
const MAX_NAMES: usize = 4;

/// Why weights are not those of a model.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum WeightsError {
    /// The bytes are no safetensors file.
    #[error("it is not a complete safetensors file: {0}")]
    Format(String),
    /// Some bytes are not as they were written.
    #[error(
        "it is damaged: its checksum differs. Restore it from a backup; if a program changed it on purpose, make it \
         remove sha256 from the metadata"
    )]
    Damaged,
    /// A file of another kind: [`Foreign::advice`] says what to do.
    #[error("it is not a safetensors file")]
    Foreign(Foreign),
    /// The tensors have other names, or are stored the other way round, and would fit by their shapes.
    #[error(
        "its tensors are named or stored differently from this model's, but their shapes match: {0}"
    )]
    FitsByShape(Pairing),
    /// Tensors that the model has and the file has not.
    #[error(
        "it lacks {}{}: choose the experiment that the weights belong to",
        list(missing),
        has(unexpected)
    )]
    Missing {
        /// Names of the model's.
        missing: Vec<String>,
        /// Those of the file that the model has not, with their shapes.
        unexpected: Vec<String>,
    },
    /// Tensors that the file has and the model has not.
    #[error("it has {}, which this model does not have: choose the experiment that the weights belong to", list(.0))]
    Unexpected(Vec<String>),
    /// A tensor of another shape.
    #[error(
        "{name} is {found:?} in it and {expected:?} in this model: choose the experiment that the weights belong to"
    )]
    Shape {
        /// Which tensor, as the file calls it.
        name: String,
        /// As the model has it in `PyTorch`'s layout.
        expected: Vec<usize>,
        /// As the file has it.
        found: Vec<usize>,
    },
    /// Numbers that are no weights.
    #[error("{name} {error}")]
    Numbers {
        /// Which tensor, as the file calls it.
        name: String,
        /// What is wrong with them.
        error: NumbersError,
    },
    /// The device failed.
    #[error(transparent)]
    Train(#[from] TrainError),
}

impl Trainer {
    /// The model's weights as a safetensors file, with the experiment and a checksum in its metadata. Networks
    /// trained beside the model are not in it.
    ///
    /// # Errors
    /// When the device fails.
    pub fn weights(&self) -> Result<Vec<u8>, WeightsError> {
        let parameters = readback::parameters(&self.model())?;
        let experiment = serde_json::to_string(self.experiment())
            .map_err(|error| WeightsError::Format(error.to_string()))?;
        // One entry alone: of several, the order in the file would be left to chance.
        let metadata = HashMap::from([("experiment".to_owned(), experiment)]);
        write(&parameters, metadata)
    }

    /// Puts weights from a safetensors file in place of the model's own, matched by name or by shape. What training has learned besides,
    /// such as the optimizer's state, stays as it is: a trainer that is new has nothing of it.
    ///
    /// # Errors
    /// Which tensor does not fit; then nothing has changed.
    pub fn take_weights(&mut self, file: &[u8], matching: Matching) -> Result<(), WeightsError> {
        let own = readback::parameters(&self.model())?;
        let taken = read(file, &own, matching)?;
        self.put_parameters(&taken);
        Ok(())
    }
}

/// Parameters as a safetensors file.
fn write(
    parameters: &[ParameterValues],
    metadata: HashMap<String, String>,
) -> Result<Vec<u8>, WeightsError> {
    let bytes: Vec<Vec<u8>> = parameters
        .iter()
        .map(|parameter| {
            let values = in_torch_layout(parameter);
            values
                .iter()
                .flat_map(|value| value.to_le_bytes())
                .collect()
        })
        .collect();
    let views: Result<Vec<_>, SafeTensorError> = parameters
        .iter()
        .zip(&bytes)
        .map(|(parameter, bytes)| {
            let view = TensorView::new(Dtype::F32, torch_shape(&parameter.shape), bytes)?;
            Ok((parameter.name.as_str(), view))
        })
        .collect();
    let format = |error: SafeTensorError| WeightsError::Format(error.to_string());
    let file = serialize(views.map_err(format)?, Some(metadata)).map_err(format)?;
    Ok(seal::sealed(file))
}

/// The parameters of a model with the values of a safetensors file. Memory is bounded by the file's size.
///
/// # Errors
/// Which tensor is missing, unexpected, or not as the model has it; what the file is if it is none of safetensors.
pub fn read(
    file: &[u8],
    model: &[ParameterValues],
    matching: Matching,
) -> Result<Vec<ParameterValues>, WeightsError> {
    if !seal::is_whole(file) {
        return Err(WeightsError::Damaged);
    }
    let tensors = SafeTensors::deserialize(file).map_err(|error| {
        Foreign::of(file).map_or_else(
            || WeightsError::Format(error.to_string()),
            WeightsError::Foreign,
        )
    })?;
    let pairing = match (Pairing::by_name(&tensors, model), matching) {
        (Some(pairing), _) if pairing.is_as_stored() => pairing,
        (by_name, matching) => {
            let fitting = by_name.or_else(|| Pairing::by_shape(&tensors, model));
            match (fitting, matching) {
                (Some(pairing), Matching::ByShape) => pairing,
                (Some(pairing), Matching::ByName) => {
                    return Err(WeightsError::FitsByShape(pairing));
                }
                (None, _) => return Err(misfit(&tensors, model)),
            }
        }
    };
    let pairs = model.iter().zip(&pairing.pairs);
    pairs
        .map(|(parameter, pair)| {
            let tensor = tensors
                .tensor(&pair.tensor)
                .map_err(|error| WeightsError::Format(error.to_string()))?;
            read_one(parameter, pair, &tensor)
        })
        .collect()
}

/// Why a file's tensors are not those of a model, in its own names.
fn misfit(tensors: &SafeTensors<'_>, model: &[ParameterValues]) -> WeightsError {
    let by_name = pairing::names(tensors, model);
    let missing: Vec<String> = model
        .iter()
        .filter(|parameter| !by_name.contains_key(parameter.name.as_str()))
        .map(|parameter| parameter.name.clone())
        .collect();
    let mut unexpected: Vec<String> = tensors
        .iter()
        .filter(|(name, _)| !by_name.values().any(|known| known == name))
        .map(|(name, tensor)| format!("{name} {:?}", tensor.shape()))
        .collect();
    unexpected.sort();
    if !missing.is_empty() {
        return WeightsError::Missing {
            missing,
            unexpected,
        };
    }
    if !unexpected.is_empty() {
        return WeightsError::Unexpected(unexpected);
    }
    let mut shapes = model.iter().filter_map(|parameter| {
        let name = by_name.get(parameter.name.as_str())?;
        let found = tensors.tensor(name).ok()?.shape().to_vec();
        let expected = torch_shape(&parameter.shape);
        (found != expected).then(|| WeightsError::Shape {
            name: name.clone(),
            expected,
            found,
        })
    });
    shapes
        .next()
        .unwrap_or_else(|| WeightsError::Format("two tensors have the same name".to_owned()))
}

fn read_one(
    parameter: &ParameterValues,
    pair: &Pair,
    tensor: &TensorView<'_>,
) -> Result<ParameterValues, WeightsError> {
    let values = numbers::values(tensor).map_err(|error| WeightsError::Numbers {
        name: pair.tensor.clone(),
        error,
    })?;
    let values = match *tensor.shape() {
        [rows, columns] if !pair.is_transposed => transposed(&values, rows, columns),
        _ => values, // as it is here already, or not a matrix
    };
    Ok(ParameterValues {
        values,
        ..parameter.clone()
    })
}

/// The first few names, and how many more there are.
fn list(names: &[String]) -> String {
    let shown = names.iter().take(MAX_NAMES).cloned().collect::<Vec<_>>();
    let more = names.len().saturating_sub(MAX_NAMES);
    if more > 0 {
        format!("{} and {more} more tensors", shown.join(", "))
    } else {
        shown.join(", ")
    }
}

/// What the file has in place of what it lacks.
fn has(unexpected: &[String]) -> String {
    if unexpected.is_empty() {
        String::new()
    } else {
        format!(" and has {}", list(unexpected))
    }
}
