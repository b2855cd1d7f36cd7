//! Looking at a model: what the window's views show, as plain arrays. Looking changes nothing.

use burn::tensor::Tensor;

use crate::analysis::activations;
use crate::analysis::pca::PrincipalAxes;
use crate::experiment::{Activation, LayerName, N_PIXELS};
use crate::model::Autoencoder;
use crate::objective::variational;
use crate::protocol::{ActivationView, Axes, DigitView, SampleIdx, ScatterView};

use super::evaluate::squared_error_per_image;
use super::held_out::Chunk;
use super::{TrainError, Trainer, readback};

/// What consecutive looks at one run remember of one another.
#[derive(Clone, Debug, Default)]
pub struct ProbeState {
    /// The scatter's axes, which the next scatter aligns with so that the cloud does not flip.
    axes: Option<PrincipalAxes>,
}

/// Some test samples on their way through the network.
///
/// # Errors
/// When the device fails.
pub fn digits(trainer: &mut Trainer, samples: &[SampleIdx]) -> Result<DigitView, TrainError> {
    let model = trainer.model();
    let step = trainer.step();
    let held_out = trainer.held_out();
    let n_test = held_out.split().len();
    let samples: Vec<SampleIdx> = samples
        .iter()
        .copied()
        .filter(|&sample| (sample as usize) < n_test)
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
        .map(|&sample| held_out.split().label(sample as usize))
        .collect();
    let reconstruction = model.forward(chunk.corrupted.clone()).reconstruction();
    let error = squared_error_per_image(reconstruction.clone(), chunk.clean.clone());
    let mut values = readback::all_values(vec![
        chunk.clean.flatten::<1>(0, 1), // [n · 784]
        chunk.corrupted.flatten(0, 1),
        reconstruction.flatten(0, 1),
        error, // [n]
    ])?
    .into_iter();
    let mut next = || values.next().unwrap_or_default();
    #[expect(clippy::cast_precision_loss, reason = "784 is exact")]
    let n_pixels = N_PIXELS as f32;
    Ok(DigitView {
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
    /// How busy the units of a layer are, over the whole test split; none where the architecture has no such
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
        #[expect(clippy::cast_possible_truncation, reason = "figures for people")]
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
        let chunks = trainer.held_out().full();
        self.scatter_of(trainer, &chunks)
    }

    /// The codes of some test images in the plane.
    pub(super) fn scatter_of(
        &mut self,
        trainer: &Trainer,
        chunks: &[Chunk],
    ) -> Result<ScatterView, TrainError> {
        Ok(self.placed(trainer, chunks)?.0)
    }

    /// The same, and the codes themselves: `[n, size]`.
    pub(super) fn placed(
        &mut self,
        trainer: &Trainer,
        chunks: &[Chunk],
    ) -> Result<(ScatterView, Vec<f32>), TrainError> {
        let model = trainer.model();
        let step = trainer.step();
        let size = trainer.experiment().architecture.code_size();
        let codes: Vec<_> = chunks
            .iter()
            .map(|chunk| encode_flat(&model, chunk.clean.clone()))
            .collect();
        let codes = readback::all_values(codes)?.concat(); // [n, size]
        let samples = chunks
            .iter()
            .flat_map(|chunk| chunk.samples.iter().copied())
            .collect();
        let (axes, points) = self.place(&codes, size);
        let scatter = ScatterView {
            step,
            axes,
            samples,
            points,
        };
        Ok((scatter, codes))
    }

    /// The axes of the scatter that was looked at last; none of a code that is drawn as it is.
    pub(super) fn axes(&self) -> Option<&PrincipalAxes> {
        self.axes.as_ref()
    }

    /// Codes of one or two units are drawn as they are, wider ones along their principal axes.
    fn place(&mut self, codes: &[f32], size: usize) -> (Axes, Vec<[f32; 2]>) {
        if size <= 2 {
            let raw = codes
                .chunks_exact(size)
                .map(|code| [code[0], code[size - 1]]);
            return (Axes::Raw, raw.collect());
        }
        let Some(mut axes) = PrincipalAxes::fit(codes, size) else {
            self.axes = None;
            // A code without variance is one point.
            let explained = [0.0, 0.0];
            return (
                Axes::Pca { explained },
                vec![[0.0, 0.0]; codes.len() / size],
            );
        };
        if let Some(earlier) = &self.axes {
            axes.align_with(earlier);
        }
        let explained = axes.explained;
        let points = axes.project(codes);
        self.axes = Some(axes);
        (Axes::Pca { explained }, points)
    }
}

/// Divergence of each unit from the prior, summed over a chunk's images: `[code]`; none where the code is not
/// variational.
fn kl_of_units(model: &Autoencoder, chunk: &Chunk) -> Option<Tensor<1>> {
    let code = model.latent(chunk.clean.clone());
    let of_units = variational::kl_of_units(code.mean, code.log_variance?);
    Some(of_units.mean_dim(0).flatten(0, 1))
}

/// The mean of rows of equal length. Chunks are of equal size but for the last, which is near enough for
/// bars.
fn mean_of_rows(rows: Vec<Tensor<1>>) -> Result<Vec<f32>, TrainError> {
    #[expect(clippy::cast_precision_loss, reason = "a few chunks")]
    let n_rows = rows.len() as f32;
    let sum = rows.into_iter().reduce(|sum, row| sum + row);
    match sum {
        Some(sum) => readback::values(sum.div_scalar(n_rows)),
        None => Ok(Vec::new()),
    }
}

fn encode_flat(model: &Autoencoder, images: Tensor<2>) -> Tensor<1> {
    model.encode(images).flatten(0, 1) // [n · code]
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
