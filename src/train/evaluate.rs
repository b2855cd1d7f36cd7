//! Measuring a model on test images.

use burn::tensor::Tensor;

use crate::analysis::{activations, cross_entropy};
use crate::data::Split;
use crate::experiment::{
    Experiment, N_CLASSES, N_PIXELS, Objective, OutputActivation, Reconstruction, Sparsity, Term,
};
use crate::model::Autoencoder;
use crate::objective::reconstruction::squared_errors;
use crate::protocol::{CodeFigures, Evaluation, EvaluationScope, Psnr, SampleIdx};

use super::held_out::Chunk;
use super::{TrainError, readback};

/// Sums over images, in double precision on the host, so that neither the chunks nor the device's order of
/// summation show in the figures.
#[derive(Default)]
struct Sums {
    n_images: f64,
    squared_error: f64,
    cross_entropy: f64,
    code_l1: f64,
    /// Squared errors by class: of the reconstruction, of the corrupted input, and images counted.
    by_class: [[f64; 3]; N_CLASSES],
    codes: Vec<f32>,
}

/// Measures `model` on `chunks` of `split`, from corrupted inputs against clean targets.
///
/// # Errors
/// When the device fails.
pub fn evaluate(
    model: &Autoencoder,
    experiment: &Experiment,
    split: &Split,
    chunks: &[Chunk],
    scope: EvaluationScope,
) -> Result<Evaluation, TrainError> {
    let mut sums = Sums::default();
    for chunk in chunks {
        sums.add(model, experiment, split, chunk, scope)?;
    }
    Ok(sums.into_evaluation(experiment, scope))
}

/// Squared error of each image, summed over its pixels.
///
/// # Shapes
/// `[n, 784], [n, 784] → [n]`
pub fn squared_error_per_image(images: Tensor<2>, clean: Tensor<2>) -> Tensor<1> {
    squared_errors(images, clean).sum_dim(1).flatten(0, 1) // [n]
}

impl Sums {
    fn add(
        &mut self,
        model: &Autoencoder,
        experiment: &Experiment,
        split: &Split,
        chunk: &Chunk,
        scope: EvaluationScope,
    ) -> Result<(), TrainError> {
        let output = model.forward(chunk.corrupted.clone());
        let is_full = scope == EvaluationScope::Full;
        let is_corrupted = is_full && !experiment.corruption.is_none();
        let needs_entropy = is_full || experiment.objective.reconstruction == Reconstruction::Bce;

        let mut tensors = vec![
            squared_error_per_image(output.reconstruction(), chunk.clean.clone()),
            output.code.clone().abs().sum_dim(1).flatten(0, 1), // [n]
        ];
        if needs_entropy {
            tensors.push(output.logits.clone().flatten(0, 1)); // [n · 784]
        }
        if is_corrupted {
            let input = chunk.corrupted.clone();
            tensors.push(squared_error_per_image(input, chunk.clean.clone()));
            tensors.push(model.encode(chunk.clean.clone()).flatten(0, 1)); // [n · code]
        } else if is_full {
            tensors.push(output.code.clone().flatten(0, 1)); // [n · code]
        }
        let mut values = readback::all_values(tensors)?.into_iter();
        let mut next = || values.next().unwrap_or_default();
        let (squared, l1) = (next(), next());

        #[expect(clippy::cast_precision_loss, reason = "images are a few thousand")]
        let n_images = chunk.samples.len() as f64;
        self.n_images += n_images;
        self.squared_error += sum(&squared);
        self.code_l1 += sum(&l1);
        if needs_entropy {
            self.cross_entropy +=
                cross_entropy(&next(), output.activation(), split, &chunk.samples);
        }
        if is_corrupted {
            self.add_by_class(split, &chunk.samples, &squared, &next());
        }
        if is_full {
            self.codes.extend(next());
        }
        Ok(())
    }

    fn add_by_class(
        &mut self,
        split: &Split,
        samples: &[SampleIdx],
        squared: &[f32],
        squared_input: &[f32],
    ) {
        for ((&sample, &output), &input) in samples.iter().zip(squared).zip(squared_input) {
            let class = usize::from(split.label(sample as usize));
            if let Some([of_output, of_input, n]) = self.by_class.get_mut(class) {
                *of_output += f64::from(output);
                *of_input += f64::from(input);
                *n += 1.0;
            }
        }
    }

    fn into_evaluation(self, experiment: &Experiment, scope: EvaluationScope) -> Evaluation {
        let is_full = scope == EvaluationScope::Full;
        let mse_per_pixel = self.squared_error / (self.n_images * PIXELS);
        let bce_per_pixel = self.cross_entropy / (self.n_images * PIXELS);
        let has_entropy = is_full || experiment.objective.reconstruction == Reconstruction::Bce;
        let terms = term_means(
            &experiment.objective,
            [mse_per_pixel, bce_per_pixel],
            self.code_l1 / self.n_images,
        );
        let psnr = (is_full && !experiment.corruption.is_none()).then(|| self.psnr());
        Evaluation {
            step: 0,
            epoch: 0.0,
            scope,
            terms,
            mse_per_pixel,
            bce_per_pixel: has_entropy.then_some(bce_per_pixel),
            squared_error_per_image: self.squared_error / self.n_images,
            code: is_full.then(|| code_figures(&self.codes, experiment.architecture.code_size())),
            psnr,
        }
    }

    /// `10 log₁₀(1 / MSE)` of each class, pixels being 0..1.
    fn psnr(&self) -> Psnr {
        let of = |which: usize| {
            let decibel = |class: &[f64; 3]| -10.0 * (class[which] / (class[2] * PIXELS)).log10();
            self.by_class.iter().map(decibel).collect()
        };
        Psnr {
            reconstruction_db: of(0),
            input_db: of(1),
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "784 is exact")]
const PIXELS: f64 = N_PIXELS as f64;

/// The objective first, then each of its terms.
fn term_means(objective: &Objective, [mse, bce]: [f64; 2], mean_l1: f64) -> Vec<(Term, f64)> {
    let reconstruction = match objective.reconstruction {
        Reconstruction::Mse => mse,
        Reconstruction::Bce => bce,
    };
    let mut terms = vec![
        (Term::Objective, reconstruction),
        (
            Term::Reconstruction(objective.reconstruction),
            reconstruction,
        ),
    ];
    if let Sparsity::L1 { weight } = objective.sparsity {
        let penalty = f64::from(weight) * mean_l1;
        terms[0].1 += penalty;
        terms.push((Term::L1, penalty));
    }
    terms
}

fn code_figures(codes: &[f32], size: usize) -> CodeFigures {
    let figures = activations::statistics(codes, size);
    CodeFigures {
        size,
        mean_activation: figures.mean,
        near_zero_fraction: figures.near_zero_fraction,
        dead_units: figures.dead_units,
    }
}

/// Cross-entropy of a decoder's outputs `[n · 784]` before their activation, summed over images and pixels. A
/// linear output is read as probabilities.
fn cross_entropy(
    outputs: &[f32],
    activation: OutputActivation,
    split: &Split,
    samples: &[SampleIdx],
) -> f64 {
    let targets: Vec<&[u8]> = samples
        .iter()
        .map(|&sample| split.image(sample as usize))
        .collect();
    match activation {
        OutputActivation::Sigmoid => cross_entropy::of_logits(outputs, &targets),
        OutputActivation::Linear => cross_entropy::of_probabilities(outputs, &targets),
    }
}

fn sum(values: &[f32]) -> f64 {
    values.iter().map(|&value| f64::from(value)).sum()
}
