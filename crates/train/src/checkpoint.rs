//! All of a run's changing state as plain numbers, from which training continues as if it had never stopped.
//!
//! Going back to good weights, moving to another device and resuming a run all use it. It holds nothing of a device
//! and outlives one.

use std::collections::HashMap;

use burn::module::{Module, ModuleMapper, Param, ParamId};
use burn::tensor::{Bytes, Tensor, TensorData};

use hourglass_protocol::BestEpoch;

use super::readback::ParameterValues;

/// Weights, optimizer state and position of a run. It holds nothing of a device, so it outlives one.
///
/// Random state needs no place here: every random stream is addressed by epoch and step.
#[derive(Clone, Debug)]
pub struct Checkpoint {
    /// Every parameter of the model and of the networks trained beside it.
    pub parameters: Vec<ParameterValues>,
    /// The optimizers' states, the model's own first, in Burn's own format.
    pub optimizers: Vec<Bytes>,
    /// The mean of the model's weights, where it is kept.
    pub average: Option<Averaged>,
    /// The weights with the lowest held-out loss, where images are held out.
    pub best: Option<Best>,
    /// Errors of the classifiers after each epoch of fine-tuning, in per cent.
    pub error_curve: Vec<[f64; 2]>,
    /// Steps taken.
    pub step: u64,
    /// Epochs completed.
    pub epoch: u64,
    /// Images of the epoch in progress that were visited.
    pub position: usize,
}

/// The mean of the weights over some steps.
#[derive(Clone, Debug)]
pub struct Averaged {
    pub parameters: Vec<ParameterValues>,
    /// Steps in the mean.
    pub n_steps: u64,
}

/// The best weights of a run so far, by the loss of images that are held out from training.
#[derive(Clone, Debug)]
pub struct Best {
    pub parameters: Vec<ParameterValues>,
    pub found: BestEpoch,
}

impl Checkpoint {
    /// Whether all weights are finite.
    #[must_use]
    pub fn is_finite(&self) -> bool {
        let mut values = self
            .parameters
            .iter()
            .flat_map(|parameter| &parameter.values);
        values.all(|value| value.is_finite())
    }
}

/// A module with the checkpoint's values in place of its own. Parameters that the checkpoint does not
/// have, or has in another shape, stay as they are.
pub fn with_parameters<M: Module>(model: M, parameters: &[ParameterValues]) -> M {
    let by_id = parameters
        .iter()
        .map(|values| (values.id, values))
        .collect();
    model.map(&mut Restore { by_id })
}

/// The same of a module that is only looked at.
pub fn with_values<M: Module>(model: M, parameters: &[ParameterValues]) -> M {
    let by_id = parameters
        .iter()
        .map(|values| (values.id, values))
        .collect();
    model.map(&mut PutValues { by_id })
}

struct PutValues<'a> {
    by_id: HashMap<ParamId, &'a ParameterValues>,
}

impl ModuleMapper for PutValues<'_> {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        match self.by_id.get(&param.id) {
            Some(saved) => param.map(|own| values_like(own, saved)),
            None => param,
        }
    }
}

/// A tensor with saved values, if they have its shape.
fn values_like<const D: usize>(own: Tensor<D>, saved: &ParameterValues) -> Tensor<D> {
    if own.dims().as_slice() != saved.shape {
        return own;
    }
    let data = TensorData::new(saved.values.clone(), saved.shape.clone());
    Tensor::from_data(data, &own.device())
}

struct Restore<'a> {
    by_id: HashMap<ParamId, &'a ParameterValues>,
}

impl ModuleMapper for Restore<'_> {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let Some(saved) = self.by_id.get(&param.id) else {
            return param;
        };
        param.map(|own| {
            if own.dims().as_slice() != saved.shape {
                return own;
            }
            values_like(own, saved).require_grad()
        })
    }
}
