//! The mean of the weights that training went through, which is often better than the last of them.
//!
//! Of the first `1 / (1 − d)` steps it is the plain mean (Polyak & Juditsky 1992), from there on an exponential one
//! with decay d, as Sutskever et al. 2013 and most of today's practice have it; with d = 1 it stays the plain mean.
//! Training itself knows nothing of it.

use std::collections::HashMap;

use burn::module::{Module, ModuleMapper, ModuleVisitor, Param, ParamId};
use burn::tensor::Tensor;

use hourglass_model::Autoencoder;

use super::TrainError;
use super::checkpoint::{self, Averaged};
use super::readback;

/// A model whose weights are the mean of another's.
#[derive(Debug)]
pub struct Average {
    /// Without gradients.
    model: Autoencoder,
    /// Steps in the mean.
    n_steps: u64,
}

impl Average {
    /// Of one step alone.
    pub fn of(model: Autoencoder) -> Self {
        Self { model, n_steps: 1 }
    }

    /// As it was when a checkpoint was taken; `fresh` is any model of the experiment, without gradients.
    pub fn restored(fresh: Autoencoder, averaged: &Averaged) -> Self {
        Self {
            model: checkpoint::with_values(fresh, &averaged.parameters),
            n_steps: averaged.n_steps,
        }
    }

    /// The model with the mean weights.
    pub fn model(&self) -> &Autoencoder {
        &self.model
    }

    /// Takes in the weights after another step: `w̄ ← w̄ + (w − w̄) max(1 − d, 1 / n)`.
    pub fn take_in(&mut self, newest: &Autoencoder, decay: f32) {
        self.n_steps += 1;
        let share = share_of_newest(decay, self.n_steps);
        let mut flat = Flat::default();
        newest.visit(&mut flat);
        let (newest, model) = (flat.0, self.model.clone());
        self.model = model.map(&mut Towards { newest, share });
    }

    pub fn checkpoint(&self) -> Result<Averaged, TrainError> {
        Ok(Averaged {
            parameters: readback::parameters(&self.model)?,
            n_steps: self.n_steps,
        })
    }
}

/// Weight of the newest of `n_steps` in the mean.
fn share_of_newest(decay: f32, n_steps: u64) -> f32 {
    (1.0 - decay).max(1.0 / n_steps as f32)
}

/// The values of every parameter, in one row and without gradients.
#[derive(Default)]
struct Flat(HashMap<ParamId, Tensor<1>>);

impl ModuleVisitor for Flat {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        self.0
            .insert(param.id, param.val().inner().flatten(0, D - 1));
    }
}

/// Moves every parameter a share of the way towards the newest.
struct Towards {
    newest: HashMap<ParamId, Tensor<1>>,
    share: f32,
}

impl ModuleMapper for Towards {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let Some(newest) = self.newest.remove(&param.id) else {
            return param;
        };
        let share = self.share;
        param.map(|mean| {
            let newest = newest.reshape(mean.dims());
            mean.clone() + (newest - mean).mul_scalar(share)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The mean of 1, 2, 3, … by the shares.
    fn mean_of_counts(decay: f32, n: u64) -> f64 {
        let mut mean = 1.0;
        for step in 2..=n {
            mean += (step as f64 - mean) * f64::from(share_of_newest(decay, step));
        }
        mean
    }

    #[test]
    fn it_is_the_plain_mean_at_first_and_an_exponential_one_later() {
        assert!((mean_of_counts(1.0, 1000) - 500.5).abs() < 0.1);
        assert!((mean_of_counts(0.99, 100) - 50.5).abs() < 0.01);
        // An exponential mean of a line lags d / (1 − d) behind.
        assert!((mean_of_counts(0.99, 3000) - (3000.0 - 99.0)).abs() < 0.01);
    }
}
