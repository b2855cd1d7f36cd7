//! How gradients reach the layers, and how far a step moves their weights.
//!
//! It is measured at a few steps only: the weights from before such a step are kept, so that it cannot change them in
//! place. All figures of a burst leave the device together with its losses.

use std::collections::HashMap;

use burn::module::{Module, ModuleVisitor, Param, ParamId};
use burn::optim::GradientsParams;
use burn::tensor::{Gradients, Tensor};

use hourglass_experiment::network::Place;
use hourglass_model::Watch;
use hourglass_protocol::{GradientFigures, GradientRow, LayerSpread, WeightUpdate};

/// A weight matrix, or kernels, at one step: the norms of gradient, update and weights before it, each `[1]`.
#[derive(Debug)]
pub struct Motion {
    id: ParamId,
    norms: [Tensor<1>; 3],
}

/// Weights before a step, with their gradients. Biases, which have one dimension, are left out: they start at 0, of
/// which nothing is a ratio.
#[derive(Debug)]
pub struct Before {
    found: Vec<WeightsBefore>,
}

#[derive(Debug)]
struct WeightsBefore {
    id: ParamId,
    /// `[1]`
    gradient_norm: Tensor<1>,
    /// `[values]`
    weights: Tensor<1>,
}

impl Before {
    /// Of every weight that has a gradient.
    pub fn of<M: Module>(module: &M, gradients: &GradientsParams) -> Self {
        let mut visitor = Collect {
            gradients,
            found: Vec::new(),
        };
        module.visit(&mut visitor);
        Self {
            found: visitor.found,
        }
    }

    /// How far they have moved.
    pub fn motions<M: Module>(self, after: &M) -> Vec<Motion> {
        let mut newest = Newest::default();
        after.visit(&mut newest);
        let motions = self.found.into_iter().filter_map(|before| {
            let after = newest.0.remove(&before.id)?;
            let update = after - before.weights.clone();
            Some(Motion {
                id: before.id,
                norms: [before.gradient_norm, norm(update), norm(before.weights)],
            })
        });
        motions.collect()
    }
}

struct Collect<'a> {
    gradients: &'a GradientsParams,
    found: Vec<WeightsBefore>,
}

impl ModuleVisitor for Collect<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if D < 2 {
            return;
        }
        if let Some(gradient) = self.gradients.get::<D>(param.id) {
            self.found.push(WeightsBefore {
                id: param.id,
                gradient_norm: norm_of_any_size(gradient.flatten(0, D - 1)),
                weights: param.val().inner().flatten(0, D - 1), // [values]
            });
        }
    }
}

/// Every weight, as rows of values.
#[derive(Default)]
struct Newest(HashMap<ParamId, Tensor<1>>);

impl ModuleVisitor for Newest {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if D >= 2 {
            let values = param.val().inner().flatten(0, D - 1); // [values]
            self.0.insert(param.id, values);
        }
    }
}

/// `‖x‖₂`: `[values] → [1]`
fn norm(values: Tensor<1>) -> Tensor<1> {
    (values.clone() * values).sum().sqrt()
}

/// The same of values whose squares vanish, as those of gradients that do: `[values] → [1]`
fn norm_of_any_size(values: Tensor<1>) -> Tensor<1> {
    let largest = largest(&values);
    norm(values / largest.clone()) * largest
}

/// The standard deviation: `[values] → [1]`
fn deviation(values: Tensor<1>) -> Tensor<1> {
    let largest = largest(&values);
    let values = values / largest.clone();
    let from_mean = values.clone() - values.mean();
    (from_mean.clone() * from_mean).mean().sqrt() * largest
}

/// The largest absolute value, at least the smallest that can be divided by: `[values] → [1]`
fn largest(values: &Tensor<1>) -> Tensor<1> {
    values.clone().abs().max().clamp_min(f32::MIN_POSITIVE)
}

/// Figures of layers that are still on the device.
#[derive(Debug, Default)]
pub struct WaitingFigures {
    of: Vec<Waiting>,
    values: Vec<Tensor<1>>,
}

#[derive(Debug)]
struct Waiting {
    step: u64,
    epoch: f64,
    layer: Place,
    kind: Kind,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Spread,
    Update,
}

impl Kind {
    /// Values that its figures are made of.
    fn n_values(self) -> usize {
        match self {
            Self::Spread => 2,
            Self::Update => 3,
        }
    }
}

impl WaitingFigures {
    /// Takes in how the layers' values are spread, before the first step; those that the loss does not depend on are
    /// left out.
    pub fn add_spread(&mut self, watch: Watch, gradients: &Gradients) {
        for (layer, watched) in watch.layers {
            let Some(gradient) = watched.nudge.grad(gradients) else {
                continue;
            };
            self.of.push(Waiting {
                step: 0,
                epoch: 0.0,
                layer,
                kind: Kind::Spread,
            });
            let both = [watched.activations.inner(), gradient];
            let both = both.map(|values| deviation(values.flatten(0, 1)));
            self.values.extend(both);
        }
    }

    /// Takes in a step's motions of the weights that make these layers.
    pub fn add_step(
        &mut self,
        (step, epoch): (u64, f64),
        layers: &[(Place, ParamId)],
        motions: Vec<Motion>,
    ) {
        let mut by_id: HashMap<ParamId, [Tensor<1>; 3]> = motions
            .into_iter()
            .map(|motion| (motion.id, motion.norms))
            .collect();
        for &(layer, id) in layers {
            let Some(norms) = by_id.remove(&id) else {
                continue; // this part of the plan does not train it
            };
            self.of.push(Waiting {
                step,
                epoch,
                layer,
                kind: Kind::Update,
            });
            self.values.extend(norms);
        }
    }

    /// The values, each `[1]`, to be read with others.
    pub fn take_values(&mut self) -> Vec<Tensor<1>> {
        std::mem::take(&mut self.values)
    }

    /// The figures, from what was read.
    pub fn rows(self, read: &[f32]) -> Vec<GradientRow> {
        let mut left = read;
        let rows = self.of.into_iter().filter_map(|waiting| {
            let (own, others) = left.split_at_checked(waiting.kind.n_values())?;
            left = others;
            let figures = match *own {
                [activations, gradients] => GradientFigures::Spread(LayerSpread {
                    activations,
                    gradients,
                }),
                [gradient_norm, update, weights] => GradientFigures::Update(WeightUpdate {
                    gradient_norm,
                    ratio: update / weights,
                }),
                _ => return None,
            };
            Some(GradientRow {
                step: waiting.step,
                epoch: waiting.epoch,
                layer: waiting.layer,
                figures,
            })
        });
        rows.collect()
    }
}
