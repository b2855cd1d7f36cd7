//! The one place where tensors become numbers. Each function waits for the device to finish everything
//! before it.

use burn::module::{Module, ModuleVisitor, Param, ParamId};
use burn::tensor::{Tensor, TensorData, Transaction};

use super::TrainError;

/// The values of one tensor, row by row. Waits for the device.
///
/// # Errors
/// When the device failed since the last read-back.
pub fn values<const D: usize>(tensor: Tensor<D>) -> Result<Vec<f32>, TrainError> {
    tensor.try_into_vec_as::<f32>().map_err(device_error)
}

/// The values of several tensors in one wait for the device.
///
/// # Errors
/// When the device failed since the last read-back.
pub fn all_values<const D: usize>(tensors: Vec<Tensor<D>>) -> Result<Vec<Vec<f32>>, TrainError> {
    let transaction = tensors
        .into_iter()
        .fold(Transaction::default(), Transaction::register);
    let data = transaction.try_execute().map_err(device_error)?;
    data.into_iter()
        .map(|tensor| {
            let slice = tensor.as_slice::<f32>().map_err(device_error)?;
            Ok(slice.to_vec())
        })
        .collect()
}

/// A tensor of an optimizer's state, as Burn writes it. Waits for the device.
///
/// # Panics
/// When the device failed since the last read-back, as Burn's own states do.
#[must_use]
pub fn state<const D: usize>(tensor: Tensor<D>) -> TensorData {
    tensor.into_data()
}

#[derive(Clone, Debug, PartialEq)]
pub struct ParameterValues {
    /// Which parameter.
    pub id: ParamId,
    /// Its place in the module as `PyTorch` would name it: `encoder.layers.0.weight`.
    pub name: String,
    /// Its shape, as the module has it.
    pub shape: Vec<usize>,
    /// Its values, row by row.
    pub values: Vec<f32>,
}

/// Every parameter of a module, in the module's order, in one wait for the device.
///
/// # Errors
/// When the device failed since the last read-back.
pub fn parameters<M: Module>(module: &M) -> Result<Vec<ParameterValues>, TrainError> {
    let mut collector = Collector::default();
    module.visit(&mut collector);
    let values = all_values(collector.flat)?;
    let named = collector.found.into_iter().zip(values);
    Ok(named
        .map(|(parameter, values)| ParameterValues {
            values,
            ..parameter
        })
        .collect())
}

#[derive(Default)]
struct Collector {
    /// Names of the modules around the one being visited.
    path: Vec<String>,
    /// Without their values.
    found: Vec<ParameterValues>,
    flat: Vec<Tensor<1>>,
}

impl ModuleVisitor for Collector {
    fn enter_module(&mut self, name: &str, container_type: &str) {
        if is_named(container_type) {
            self.path.push(name.to_owned());
        }
    }

    fn exit_module(&mut self, _name: &str, container_type: &str) {
        if is_named(container_type) {
            self.path.pop();
        }
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let tensor = param.val();
        self.found.push(ParameterValues {
            id: param.id,
            name: self.path.join("."),
            shape: tensor.dims().to_vec(),
            values: Vec::new(),
        });
        self.flat.push(tensor.inner().flatten(0, D - 1)); // [every value]
    }
}

/// The kind of a layer or of names, which is a variant of an enum here, has no name in `PyTorch`, and neither has
/// what a stack keeps its weights in.
fn is_named(container_type: &str) -> bool {
    !container_type.starts_with("Enum:") && container_type != "Struct:Stack"
}

fn device_error(error: impl std::fmt::Display) -> TrainError {
    TrainError::Device {
        reason: error.to_string(),
    }
}
