//! Whether a device computes what the CPU does: the same small model on both, loss and gradients compared.

use std::fmt;

use burn::module::{Module, ModuleVisitor, Param};
use burn::optim::GradientsParams;
use burn::tensor::{Device, Tensor, TensorData};
use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use hourglass_experiment::{Architecture, Experiment, PresetId};
use hourglass_model::Autoencoder;
use hourglass_objective::{self as objective, Pass};

use super::{TrainError, device, readback};

/// Largest difference that two ways of adding the same singles may make, relative to the largest value:
/// sums of 784 products differ by about √784 roundings of 6e-8 each, gradients go through two such sums.
pub const TOLERANCE: f32 = 2e-5;

/// Images compared: enough for every kernel, few enough for a processor that imitates a GPU.
const N_IMAGES: usize = 16;

/// How far a device's results are from the CPU's, relative to the largest value.
#[derive(Clone, Debug, PartialEq)]
pub struct Parity {
    pub loss: f32,
    /// Of the gradients, the largest over all parameters.
    pub gradients: f32,
}

impl Parity {
    /// Whether both are within [`TOLERANCE`].
    #[must_use]
    pub fn is_equal(&self) -> bool {
        self.loss <= TOLERANCE && self.gradients <= TOLERANCE // false for NaN
    }
}

impl fmt::Display for Parity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = if self.is_equal() { "yes" } else { "no" };
        write!(
            f,
            "{verdict}: the loss differs by {:.1e} of its value, gradients by {:.1e} of the largest (allowed: \
             {TOLERANCE:.0e})",
            self.loss, self.gradients
        )
    }
}

/// Compares a device with the CPU on experiments that use every kind of layer, activation and term.
///
/// # Errors
/// When the device fails.
pub fn compare(device: &Device) -> Result<Parity, TrainError> {
    let mut worst = Parity {
        loss: 0.0,
        gradients: 0.0,
    };
    for id in [
        PresetId::Multilayer64,
        PresetId::DenoiseDense,
        PresetId::Contractive64,
        PresetId::DenoiseConv32,
    ] {
        let experiment = small(id);
        let (loss, gradients) = evaluate(&experiment, device)?;
        let (cpu_loss, cpu_gradients) = evaluate(&experiment, &device::cpu().device)?;
        worst.loss = worst.loss.max(difference(&[loss], &[cpu_loss]));
        for (gradient, cpu_gradient) in gradients.iter().zip(&cpu_gradients) {
            worst.gradients = worst.gradients.max(difference(gradient, cpu_gradient));
        }
    }
    Ok(worst)
}

/// A preset with narrow layers.
fn small(id: PresetId) -> Experiment {
    let mut experiment = id.preset().experiment();
    match &mut experiment.architecture {
        Architecture::Dense(dense) => {
            dense.code = 8;
            for units in &mut dense.hidden {
                *units = 16;
            }
        }
        Architecture::Convolutional(conv) => conv.channels.fill(2),
        Architecture::Layers(_) => {} // of no preset
    }
    experiment
}

/// The loss and the gradient of every parameter.
fn evaluate(experiment: &Experiment, device: &Device) -> Result<(f32, Vec<Vec<f32>>), TrainError> {
    let device = device.clone().autodiff();
    let model = Autoencoder::new(experiment, &device);
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(experiment.seed);
    let n_pixels = experiment.architecture.image().n_values();
    let pixels: Vec<f32> = (0..N_IMAGES * n_pixels).map(|_| rng.random()).collect();
    let images = TensorData::new(pixels, [N_IMAGES, n_pixels]);
    let images = Tensor::<2>::from_data(images, &device); // [n, 784]

    let pass = Pass {
        model: &model,
        output: model.forward(images.clone()),
        input: images.clone(),
        epoch: 0.0,
        weights: None,
        directions: None,
        discriminator: None,
    };
    let loss = objective::evaluate(&experiment.objective, &pass, images).objective;
    let gradients = GradientsParams::from_grads(loss.backward(), &model);
    let mut flat = Flat {
        gradients,
        values: vec![loss.inner()],
    };
    model.visit(&mut flat);
    let mut values = readback::all_values(flat.values)?;
    let loss = values.remove(0);
    Ok((loss[0], values))
}

struct Flat {
    gradients: GradientsParams,
    values: Vec<Tensor<1>>,
}

impl ModuleVisitor for Flat {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if let Some(gradient) = self.gradients.get::<D>(param.id) {
            self.values.push(gradient.flatten(0, D - 1)); // [every value]
        }
    }
}

/// The largest difference, relative to the largest value expected.
fn difference(found: &[f32], expected: &[f32]) -> f32 {
    let scale = expected
        .iter()
        .fold(0.0_f32, |max, value| max.max(value.abs()));
    let worst =
        found
            .iter()
            .zip(expected)
            .map(|(a, b)| (a - b).abs())
            .fold(0.0_f32, |max, value| {
                if value.is_nan() {
                    value
                } else {
                    max.max(value)
                }
            });
    if found.len() == expected.len() {
        worst / scale.max(f32::MIN_POSITIVE)
    } else {
        f32::NAN
    }
}
