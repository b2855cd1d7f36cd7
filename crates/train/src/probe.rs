//! Looking at a model: what the window's views show, as plain arrays. Looking changes nothing.

use std::sync::Arc;

use burn::tensor::Tensor;

use hourglass_analysis::activations;
use hourglass_analysis::pca::PrincipalAxes;
use hourglass_experiment::{Activation, LayerName};
use hourglass_model::Autoencoder;
use hourglass_objective::variational;
use hourglass_protocol::{ActivationView, DigitView, Plane, SampleIdx, ScatterView};

use super::evaluate::squared_error_per_image;
use super::held_out::Chunk;
use super::{TrainError, Trainer, readback};

/// What consecutive looks at one run remember of one another.
#[derive(Clone, Debug, Default)]
pub struct ProbeState {
    /// The scatter's axes, which the next scatter aligns with so that the cloud does not flip.
    pub(super) axes: Option<PrincipalAxes>,
    /// The plane that was asked for last; none for the code's first.
    plane: Option<Plane>,
    /// Those of another run, which the scatter's are turned onto.
    pub(super) onto: Option<Components>,
}

/// The test images' codes along two principal axes.
#[derive(Clone, Debug)]
pub struct Components {
    /// Which axes, counted from 0 in the order of falling variance.
    pub pair: [usize; 2],
    /// Where each code lies.
    pub points: Arc<[[f32; 2]]>,
}

/// Some images on their way through the network.
///
/// # Errors
/// When the device fails.
pub fn digits(trainer: &mut Trainer, samples: &[SampleIdx]) -> Result<DigitView, TrainError> {
    let model = trainer.model();
    let step = trainer.step();
    let held_out = trainer.held_out();
    let n_samples = held_out.n_samples();
    let samples: Vec<SampleIdx> = samples
        .iter()
        .copied()
        .filter(|&sample| (sample as usize) < n_samples)
        .collect();
    if samples.is_empty() {
        return Ok(DigitView {
            step,
            ..DigitView::default()
        });
    }

    let chunk = held_out.chunk(&samples);
    let labels = samples
        .iter()
        .map(|&sample| held_out.label(sample))
        .collect();
    let reconstruction = model.forward(chunk.corrupted.clone()).reconstruction();
    let error = squared_error_per_image(reconstruction.clone(), chunk.clean.clone());
    let mut values = readback::all_values(vec![
        chunk.clean.flatten::<1>(0, 1), // [n · pixels]
        chunk.corrupted.flatten(0, 1),
        reconstruction.flatten(0, 1),
        error, // [n]
    ])?
    .into_iter();
    let mut next = || values.next().unwrap_or_default();
    let shape = trainer.dataset().test.shape();
    let n_pixels = shape.n_values() as f32;
    Ok(DigitView {
        shape,
        step,
        samples,
        labels,
        originals: next(),
        corrupted: next(),
        reconstructions: next(),
        mse_per_pixel: next().iter().map(|error| error / n_pixels).collect(),
    })
}

impl ProbeState {
    /// Looks at another plane from the next encoded test set on.
    pub fn choose_plane(&mut self, plane: Option<Plane>) {
        self.plane = plane;
    }

    /// Turns principal axes onto those of another run, as it sees the same test images, from the next encoded test
    /// set on.
    pub fn turn_onto(&mut self, components: Option<Components>) {
        self.onto = components;
    }

    /// The plane that a code of this many units is seen in.
    pub(super) fn plane_of(&self, code_size: usize) -> Plane {
        Plane::in_code(self.plane, code_size)
    }

    /// How busy the units of a layer are, over the whole test split; `None` if the architecture has no such
    /// layer.
    ///
    /// # Errors
    /// When the device fails.
    pub fn activations(
        &self,
        trainer: &mut Trainer,
        layer: LayerName,
    ) -> Result<Option<ActivationView>, TrainError> {
        let architecture = &trainer.experiment().architecture;
        let layers = architecture.layers();
        let Some(&(_, n_units)) = layers.iter().find(|(name, _)| *name == layer) else {
            return Ok(None);
        };
        let range = bounded_range(architecture.activation_of(layer));
        let model = trainer.model();
        let step = trainer.step();
        let chunks = trainer.held_out().full();
        let of_chunks: Vec<_> = chunks
            .iter()
            .map(|chunk| {
                model
                    .activations(chunk.clean.clone(), layer)
                    .flatten::<1>(0, 1)
            })
            .collect();
        let of_codes = (layer == LayerName::Code)
            .then(|| {
                chunks
                    .iter()
                    .filter_map(|chunk| kl_of_units(&model, chunk))
                    .collect()
            })
            .filter(|found: &Vec<_>| !found.is_empty());
        let unit_kl_nats = of_codes.map(mean_of_rows).transpose()?;
        let values = readback::all_values(of_chunks)?.concat(); // [n, units]
        let figures = activations::statistics(&values, n_units);
        Ok(Some(ActivationView {
            step,
            layer,
            n_samples: chunks.iter().map(|chunk| chunk.samples.len()).sum(),
            histogram: activations::histogram(&values, range),
            mean: figures.mean as f32,
            near_zero_fraction: figures.near_zero_fraction as f32,
            dead_units: figures.dead_units,
            unit_means: figures.unit_means,
            unit_kl_nats,
        }))
    }

    /// The codes of the whole test split in the plane.
    ///
    /// # Errors
    /// When the device fails.
    pub fn scatter(&mut self, trainer: &mut Trainer) -> Result<ScatterView, TrainError> {
        Ok(self.encoded(trainer, false)?.scatter())
    }
}

/// Divergence of each unit from the prior, summed over a chunk's images: `[code]`; `None` if the code is not
/// variational.
fn kl_of_units(model: &Autoencoder, chunk: &Chunk) -> Option<Tensor<1>> {
    let code = model.latent(chunk.clean.clone());
    let of_units = variational::kl_of_units(code.mean, code.log_variance?);
    Some(of_units.mean_dim(0).flatten(0, 1))
}

/// The mean of rows of equal length. Chunks are of equal size but for the last, which is near enough for
/// bars.
fn mean_of_rows(rows: Vec<Tensor<1>>) -> Result<Vec<f32>, TrainError> {
    let n_rows = rows.len() as f32;
    let sum = rows.into_iter().reduce(|sum, row| sum + row);
    match sum {
        Some(sum) => readback::values(sum.div_scalar(n_rows)),
        None => Ok(Vec::new()),
    }
}

/// The range of an activation that has one; the others' histograms follow their values.
fn bounded_range(activation: Activation) -> Option<[f32; 2]> {
    match activation {
        Activation::Sigmoid => Some([0.0, 1.0]),
        Activation::Tanh => Some([-1.0, 1.0]),
        Activation::Linear
        | Activation::Relu
        | Activation::LeakyRelu
        | Activation::Elu
        | Activation::Gelu => None,
    }
}
