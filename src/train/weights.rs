//! A model's weights as safetensors under `PyTorch`'s names and layout, written and read.
//!
//! A layer of `inputs → outputs` keeps its weights as `[outputs, inputs]` there and as `[inputs, outputs]`
//! here; everything else has the same layout. `assets/pytorch/reconstruct.py` rebuilds images from such a file.

use std::collections::HashMap;

use safetensors::tensor::{Dtype, SafeTensorError, TensorView};
use safetensors::{SafeTensors, serialize};

use super::readback::{self, ParameterValues};
use super::{TrainError, Trainer, seal};

/// Names listed in a message; of more, the first few.
const MAX_NAMES: usize = 4;

/// Why weights are not those of a model.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum WeightsError {
    /// The bytes are no safetensors file.
    #[error("it is no whole safetensors file: {0}")]
    Format(String),
    /// Some bytes are not as they were written.
    #[error(
        "it is damaged: its checksum differs. Take it from a backup; if a program changed it on purpose, have it \
         leave sha256 out of the metadata"
    )]
    Damaged,
    /// Tensors that the model has and the file has not.
    #[error("it lacks {}: choose the recipe that the weights belong to", list(.0))]
    Missing(Vec<String>),
    /// Tensors that the file has and the model has not.
    #[error("it has {}, which this model has not: choose the recipe that the weights belong to", list(.0))]
    Unexpected(Vec<String>),
    /// A tensor of another shape.
    #[error(
        "{name} is {found:?} in it and {expected:?} in this model: choose the recipe that the weights belong to"
    )]
    Shape {
        /// Which tensor.
        name: String,
        /// As the model has it in `PyTorch`'s layout.
        expected: Vec<usize>,
        /// As the file has it.
        found: Vec<usize>,
    },
    /// Numbers of another kind.
    #[error("{name} holds {found} in it: save the weights as float32")]
    Kind {
        /// Which tensor.
        name: String,
        /// What the file has.
        found: String,
    },
    /// Infinite numbers, or NaN.
    #[error("{name} holds infinite numbers or NaN in it")]
    NotFinite {
        /// Which tensor.
        name: String,
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

    /// Puts weights from a safetensors file in place of the model's own. What training has learned besides,
    /// such as the optimizer's state, stays as it is: a trainer that is new has nothing of it.
    ///
    /// # Errors
    /// Which tensor does not fit; then nothing has changed.
    pub fn take_weights(&mut self, file: &[u8]) -> Result<(), WeightsError> {
        let own = readback::parameters(&self.model())?;
        let taken = read(file, &own)?;
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
/// Which tensor is missing, unexpected, or not as the model has it.
pub fn read(file: &[u8], model: &[ParameterValues]) -> Result<Vec<ParameterValues>, WeightsError> {
    if !seal::is_whole(file) {
        return Err(WeightsError::Damaged);
    }
    let tensors =
        SafeTensors::deserialize(file).map_err(|error| WeightsError::Format(error.to_string()))?;
    let has = |name: &str| model.iter().any(|parameter| parameter.name == name);
    let mut unexpected: Vec<String> = tensors
        .names()
        .into_iter()
        .filter(|name| !has(name))
        .map(str::to_owned)
        .collect();
    unexpected.sort();
    let missing: Vec<String> = model
        .iter()
        .filter(|parameter| tensors.tensor(&parameter.name).is_err())
        .map(|parameter| parameter.name.clone())
        .collect();
    if !missing.is_empty() {
        return Err(WeightsError::Missing(missing));
    }
    if !unexpected.is_empty() {
        return Err(WeightsError::Unexpected(unexpected));
    }
    model
        .iter()
        .map(|parameter| {
            let tensor = tensors
                .tensor(&parameter.name)
                .map_err(|error| WeightsError::Format(error.to_string()))?;
            read_one(parameter, &tensor)
        })
        .collect()
}

fn read_one(
    parameter: &ParameterValues,
    tensor: &TensorView<'_>,
) -> Result<ParameterValues, WeightsError> {
    let name = parameter.name.clone();
    let expected = torch_shape(&parameter.shape);
    if tensor.shape() != expected {
        let found = tensor.shape().to_vec();
        return Err(WeightsError::Shape {
            name,
            expected,
            found,
        });
    }
    if tensor.dtype() != Dtype::F32 {
        let found = tensor.dtype().to_string();
        return Err(WeightsError::Kind { name, found });
    }
    let (quads, _) = tensor.data().as_chunks::<4>(); // the shape says how many there are
    let values: Vec<f32> = quads.iter().map(|quad| f32::from_le_bytes(*quad)).collect();
    if !values.iter().all(|value| value.is_finite()) {
        return Err(WeightsError::NotFinite { name });
    }
    let values = match *expected.as_slice() {
        [outputs, inputs] => transposed(&values, outputs, inputs),
        _ => values,
    };
    Ok(ParameterValues {
        values,
        ..parameter.clone()
    })
}

/// A fully connected layer's shape the other way round, any other as it is.
fn torch_shape(shape: &[usize]) -> Vec<usize> {
    match *shape {
        [inputs, outputs] => vec![outputs, inputs],
        _ => shape.to_vec(),
    }
}

fn in_torch_layout(parameter: &ParameterValues) -> Vec<f32> {
    match *parameter.shape.as_slice() {
        [inputs, outputs] => transposed(&parameter.values, inputs, outputs),
        _ => parameter.values.clone(),
    }
}

/// # Shapes
/// `[rows, columns] → [columns, rows]`, row by row
fn transposed(values: &[f32], rows: usize, columns: usize) -> Vec<f32> {
    let value = |row: usize, column: usize| values[row * columns + column];
    (0..columns)
        .flat_map(|column| (0..rows).map(move |row| value(row, column)))
        .collect()
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
