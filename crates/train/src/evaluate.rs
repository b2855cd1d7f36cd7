//! Measuring a model on test images.

use std::collections::BTreeMap;

use burn::tensor::{Int, Tensor, TensorData};

use hourglass_analysis::code_moments::CodeMoments;
use hourglass_analysis::{activations, cross_entropy, latent};
use hourglass_data::{Split, noise};
use hourglass_experiment::{Activation, Experiment, Reconstruction, Sparsity, Stream, Term};
use hourglass_model::{Autoencoder, CodeClassifier, Discriminator, Output};
use hourglass_objective::reconstruction::{self, squared_errors};
use hourglass_objective::{
    self as objective, Pass, adversarial, classification, contraction, penalties, variational,
};
use hourglass_protocol::{
    AdversarialFigures, ClassificationFigures, CodeFigures, Evaluation, EvaluationScope, Psnr,
    SampleIdx, VariationalFigures,
};

use super::held_out::{CHUNK, Chunk};
use super::{TrainError, readback};

/// What is measured.
#[derive(Debug)]
pub struct Subject<'a> {
    /// Without gradients, as everything here.
    pub model: Autoencoder,
    pub experiment: &'a Experiment,
    /// Of the data set.
    pub n_classes: usize,
    pub discriminator: Option<Discriminator>,
    /// From the trained encoder, from random weights.
    pub classifiers: Option<[CodeClassifier; 2]>,
    /// Epochs of joint training.
    pub epoch: f64,
}

/// Sums over images, in double precision on the host, so that neither the chunks nor the device's order of
/// summation show in the figures.
#[derive(Default)]
struct Sums {
    n_images: f64,
    squared_error: f64,
    /// Of the mean of a variational code.
    cross_entropy: f64,
    /// Δ as the objective counts it, before its scale: over images and pixels.
    delta: f64,
    means: BTreeMap<Mean, Images>,
    /// Squared errors by class: of the reconstruction, of the corrupted input, and images counted.
    by_class: Vec<[f64; 3]>,
    /// Of clean images: `[n, code]`.
    codes: Vec<f32>,
    unit_kl: Vec<f64>,
    /// Of the codes that a KL penalty is about, summed over images: `[code]`.
    code_totals: Vec<f64>,
}

/// What is a mean over the images of a chunk.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Mean {
    Term(Term),
    /// The Jacobian at clean images, whatever the objective.
    CleanJacobian,
    /// The generator's loss without its weight.
    GeneratorLoss,
    /// The divergence of a variational code from N(0, I), without its weight.
    Kl,
}

impl Mean {
    /// What one that is counted adds to the total of a share in per cent, which single precision does not quite hold: 135 of
    /// 10,000 are 1.35 %. `None` for what is not counted.
    fn of_one(self) -> Option<f64> {
        match self {
            Self::Term(Term::ErrorRate | Term::ErrorRateFromRandom) => Some(100.0),
            Self::Term(Term::DiscriminatorAccuracy) => Some(50.0), // a code or a sample, two of each image
            _ => None,
        }
    }
}

/// A mean over images that come in chunks.
#[derive(Clone, Copy, Default)]
struct Images {
    total: f64,
    n: f64,
}

/// Measures a model on `chunks` of `split`, from altered inputs against clean targets.
///
/// # Errors
/// When the device fails.
pub fn evaluate(
    subject: &Subject<'_>,
    split: &Split,
    chunks: &[Chunk],
    scope: EvaluationScope,
) -> Result<Evaluation, TrainError> {
    let mut sums = Sums {
        by_class: vec![[0.0; 3]; subject.n_classes],
        ..Sums::default()
    };
    for (idx, chunk) in chunks.iter().enumerate() {
        sums.add(subject, split, idx, chunk, scope)?;
    }
    let mut evaluation = sums.into_evaluation(subject, scope);
    if scope == EvaluationScope::Full {
        evaluation.noise_image_mse = chunks
            .first()
            .map(|chunk| noise_image_mse(&subject.model, split, chunk))
            .transpose()?;
    }
    Ok(evaluation)
}

/// Squared error of each image, summed over its pixels.
///
/// # Shapes
/// `[n, pixels], [n, pixels] → [n]`
pub fn squared_error_per_image(images: Tensor<2>, clean: Tensor<2>) -> Tensor<1> {
    squared_errors(images, clean).sum_dim(1).flatten(0, 1) // [n]
}

/// Mean squared error per pixel on images of noise, which only a network that copies rebuilds.
fn noise_image_mse(model: &Autoencoder, split: &Split, chunk: &Chunk) -> Result<f64, TrainError> {
    let [n_images, n_pixels] = chunk.clean.dims();
    let pixels = noise::scrambled(split.images(), n_images, n_pixels);
    let pixels = TensorData::new(pixels, [n_images, n_pixels]);
    let images = Tensor::<2>::from_data(pixels, &chunk.clean.device()); // [n, pixels]
    let error = squared_errors(model.forward(images.clone()).reconstruction(), images).mean();
    Ok(sum(&readback::values(error)?))
}

impl Sums {
    fn add(
        &mut self,
        subject: &Subject<'_>,
        split: &Split,
        idx: usize,
        chunk: &Chunk,
        scope: EvaluationScope,
    ) -> Result<(), TrainError> {
        let Subject {
            model, experiment, ..
        } = subject;
        let objective = &experiment.objective;
        let is_full = scope == EvaluationScope::Full;
        let is_altered = is_full && experiment.alters_input();
        let is_variational = objective.prior.variational().is_some();
        let is_entropy = objective.reconstruction == Reconstruction::Bce;

        let output = model.forward(chunk.corrupted.clone());
        // The bound is measured at one draw of z for each image, everything else at the mean.
        let drawn = if is_variational {
            let noise = evaluation_noise(experiment, idx, chunk);
            model.forward_sampled(chunk.corrupted.clone(), Some(noise))
        } else {
            output.clone()
        };

        let mut wanted = Wanted::default();
        wanted.ask(
            Reading::SquaredError,
            squared_error_per_image(output.reconstruction(), chunk.clean.clone()),
        );
        if chunk.weights.is_some()
            || is_variational
            || objective.reconstruction != Reconstruction::Mse
        {
            ask_delta(&mut wanted, objective.reconstruction, &drawn, chunk);
        }
        if is_full || is_entropy {
            wanted.ask_flat(Reading::Logits, entropy_outputs(&output));
        }
        if is_entropy && is_variational {
            wanted.ask_flat(Reading::DrawnLogits, entropy_outputs(&drawn));
        }
        if is_altered {
            let input = chunk.corrupted.clone();
            let error = squared_error_per_image(input, chunk.clean.clone());
            wanted.ask(Reading::InputError, error);
        }
        if let Some(spread) = drawn.log_variance.clone().filter(|_| is_full) {
            let of_units = variational::kl_of_units(drawn.code.clone(), spread);
            wanted.ask_flat(Reading::UnitKl, of_units.sum_dim(0));
        }
        if matches!(objective.sparsity, Sparsity::Kl { .. }) {
            wanted.ask_flat(Reading::SparseCode, output.code.clone());
        }
        ask_terms(&mut wanted, subject, idx, chunk, drawn);
        if is_full {
            let code = if is_altered {
                model.encode(chunk.clean.clone())
            } else {
                output.code.clone()
            };
            let (clean, directions) = (chunk.clean.clone(), directions(model, idx, chunk));
            let norm = contraction::jacobian_norm(model, clean, code.clone(), directions);
            wanted.ask_mean(Mean::CleanJacobian, norm);
            wanted.ask_flat(Reading::Code, code);
        }
        ask_adversarial(&mut wanted, subject, idx, output.code.clone());
        ask_wrong(&mut wanted, subject, split, chunk);
        self.take_in(experiment, split, chunk, &wanted.read()?);
        Ok(())
    }

    fn take_in(
        &mut self,
        experiment: &Experiment,
        split: &Split,
        chunk: &Chunk,
        found: &BTreeMap<Reading, Vec<f32>>,
    ) {
        let n_images = chunk.samples.len() as f64;
        let read = |reading| found.get(&reading);
        let squared = &found[&Reading::SquaredError];
        self.n_images += n_images;
        self.squared_error += sum(squared);
        let activation = experiment.architecture.output_activation();
        let entropy = |logits: &Vec<f32>| cross_entropy(logits, activation, split, &chunk.samples);
        let at_mean = read(Reading::Logits).map(entropy);
        self.cross_entropy += at_mean.unwrap_or(0.0);
        let delta = read(Reading::Delta).map(|of| sum(of));
        self.delta += match experiment.objective.reconstruction {
            Reconstruction::Bce => delta
                .or_else(|| read(Reading::DrawnLogits).map(entropy))
                .or(at_mean),
            Reconstruction::Mse | Reconstruction::Mae => delta,
        }
        .unwrap_or_else(|| sum(squared));
        for (reading, values) in found {
            if let Reading::Mean(mean) = reading {
                let images = self.means.entry(*mean).or_default();
                images.total += n_images * sum(values);
                images.n += n_images;
            }
        }
        if let Some(input) = read(Reading::InputError) {
            self.add_by_class(split, &chunk.samples, squared, input);
        }
        if let Some(codes) = read(Reading::Code) {
            self.codes.extend(codes);
        }
        if let Some(of_units) = read(Reading::UnitKl) {
            add_rows(&mut self.unit_kl, of_units, of_units.len());
        }
        if let Some(codes) = read(Reading::SparseCode) {
            add_rows(
                &mut self.code_totals,
                codes,
                experiment.architecture.code_size(),
            );
        }
    }

    fn mean(&self, mean: Mean) -> Option<f64> {
        let Images { total, n } = *self.means.get(&mean)?;
        let total = mean
            .of_one()
            .map_or(total, |one| (total / one).round() * one);
        Some(total / n)
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

    fn into_evaluation(self, subject: &Subject<'_>, scope: EvaluationScope) -> Evaluation {
        let experiment = subject.experiment;
        let is_full = scope == EvaluationScope::Full;
        let n_values = self.n_images * pixels_of(experiment);
        let mse_per_pixel = self.squared_error / n_values;
        let has_entropy = is_full || experiment.objective.reconstruction == Reconstruction::Bce;
        let classification = (|| {
            let error_percent = self.mean(Mean::Term(Term::ErrorRate))?;
            let error_percent_from_random = self.mean(Mean::Term(Term::ErrorRateFromRandom))?;
            Some(ClassificationFigures {
                error_percent,
                error_percent_from_random,
                by_epoch: Vec::new(),
            })
        })();
        let delta = self.delta(experiment);
        Evaluation {
            step: 0,
            epoch: 0.0,
            scope,
            mse_per_pixel,
            bce_per_pixel: has_entropy.then_some(self.cross_entropy / n_values),
            squared_error_per_image: self.squared_error / self.n_images,
            code: is_full.then(|| self.code_figures(experiment)),
            psnr: is_full.then(|| self.psnr(experiment)).flatten(),
            variational: (!self.unit_kl.is_empty()).then(|| self.variational(experiment, delta)),
            adversarial: (is_full && subject.discriminator.is_some())
                .then(|| self.adversarial(experiment)),
            classification: classification.filter(|_| is_full),
            noise_image_mse: None,
            best: None,
            diagnoses: Vec::new(),
            terms: self.terms(experiment, subject.epoch),
        }
    }

    /// Δ as the objective counts it.
    fn delta(&self, experiment: &Experiment) -> f64 {
        let n_pixels = experiment.architecture.image().n_values();
        let [scale, shift] = objective::scale_and_shift(&experiment.objective, n_pixels);
        scale * self.delta / (self.n_images * pixels_of(experiment)) + shift
    }

    /// What was measured of every term there is, the objective first.
    fn terms(&self, experiment: &Experiment, epoch: f64) -> Vec<(Term, f64)> {
        let delta = self.delta(experiment);
        let objective = &experiment.objective;
        let measured = |term| match (term, objective.sparsity) {
            (Term::KlSparsity, Sparsity::Kl { target, weight }) => {
                let means = self.code_totals.iter().map(|sum| sum / self.n_images);
                let means: Vec<f64> = means.collect();
                Some(penalties::kl_sparsity_of_means(&means, target, weight))
            }
            (Term::LatentKl, _) => {
                let prior = objective.prior.variational()?;
                Some(variational::weighted_kl(self.mean(Mean::Kl)?, prior, epoch))
            }
            _ => self.mean(Mean::Term(term)),
        };
        let terms = Term::all().into_iter();
        let penalties = terms.clone().filter(|term| term.is_part());
        let objective = penalties.filter_map(measured).fold(delta, |a, b| a + b);
        let value = |term| match term {
            Term::Objective => Some(objective),
            Term::Reconstruction(own) => {
                (own == experiment.objective.reconstruction).then_some(delta)
            }
            term => measured(term),
        };
        terms
            .filter_map(|term| Some((term, value(term)?)))
            .collect()
    }

    /// `10 log₁₀(1 / MSE)` of each class, pixels being 0..1. `None` where no input differs from the image asked for,
    /// also when that is because an alteration has the strength 0: such an input has an infinite ratio.
    fn psnr(&self, experiment: &Experiment) -> Option<Psnr> {
        let n_pixels = pixels_of(experiment);
        let of = |which: usize| {
            let decibel = |class: &[f64; 3]| {
                let decibel = -10.0 * (class[which] / (class[2] * n_pixels)).log10();
                decibel.is_finite().then_some(decibel)
            };
            self.by_class.iter().map(decibel).collect()
        };
        let is_altered = self.by_class.iter().any(|&[_, of_input, _]| of_input > 0.0);
        is_altered.then(|| Psnr {
            reconstruction_db: of(0),
            input_db: of(1),
        })
    }

    fn code_figures(&self, experiment: &Experiment) -> CodeFigures {
        let size = experiment.architecture.code_size();
        let figures = activations::statistics(&self.codes, size);
        let variances = CodeMoments::of(&self.codes, size).variance;
        CodeFigures {
            size,
            mean_activation: figures.mean,
            near_zero_fraction: figures.near_zero_fraction,
            dead_units: figures.dead_units,
            unit_variances: variances.iter().map(|&v| v as f32).collect(),
            unit_means: figures.unit_means,
            jacobian_norm: self.mean(Mean::CleanJacobian).unwrap_or(f64::NAN),
        }
    }

    fn variational(&self, experiment: &Experiment, reconstruction: f64) -> VariationalFigures {
        let size = experiment.architecture.code_size();
        let of_units = self.unit_kl.iter().map(|total| total / self.n_images);
        let unit_kl_nats = of_units.clone().map(|kl| kl as f32).collect();
        VariationalFigures {
            reconstruction_nats: reconstruction,
            kl_nats: of_units.sum(),
            unit_kl_nats,
            active_units: latent::active_units(&CodeMoments::of(&self.codes, size).variance),
        }
    }

    fn adversarial(&self, experiment: &Experiment) -> AdversarialFigures {
        let prior = experiment.objective.prior.distribution();
        let mean = |mean| self.mean(mean).unwrap_or(f64::NAN);
        AdversarialFigures {
            discriminator_loss: mean(Mean::Term(Term::Discriminator)),
            generator_loss: mean(Mean::GeneratorLoss),
            discriminator_accuracy: mean(Mean::Term(Term::DiscriminatorAccuracy)),
            petals: prior.and_then(|prior| latent::petals(prior, &self.codes)),
        }
    }
}

/// ε of the codes: the same for a chunk at every evaluation of every run.
fn evaluation_noise(experiment: &Experiment, idx: usize, chunk: &Chunk) -> Tensor<2> {
    let shape = [chunk.samples.len(), experiment.architecture.code_size()];
    normals(shape, idx, chunk)
}

/// Δ of each image, summed over pixels; none of an unweighted cross-entropy, which the host adds up.
fn ask_delta(wanted: &mut Wanted, error: Reconstruction, output: &Output, chunk: &Chunk) {
    let (logits, activation) = (|| output.logits.clone(), output.activation());
    let errors = || reconstruction::errors(error, logits(), activation, chunk.clean.clone());
    let errors = match &chunk.weights {
        Some(weights) => errors() * weights.clone(),
        None if error == Reconstruction::Bce => return,
        None => errors(),
    };
    wanted.ask(Reading::Delta, errors.sum_dim(1).flatten(0, 1)); // [n]
}

/// Penalties and figures of the objective.
fn ask_terms(
    wanted: &mut Wanted,
    subject: &Subject<'_>,
    idx: usize,
    chunk: &Chunk,
    output: Output,
) {
    let objective = &subject.experiment.objective;
    let directions = (objective.contraction > 0.0)
        .then(|| directions(&subject.model, idx, chunk))
        .flatten();
    let pass = Pass {
        model: &subject.model,
        input: chunk.corrupted.clone(),
        output,
        weights: chunk.weights.clone(),
        epoch: subject.epoch,
        directions,
        discriminator: subject.discriminator.as_ref(),
    };
    if let Some(log_variance) = pass.output.log_variance.clone() {
        let kl = variational::kl(pass.output.code.clone(), log_variance);
        wanted.ask_mean(Mean::Kl, kl);
    }
    for (term, value) in penalties(objective, &pass) {
        if !matches!(term, Term::KlSparsity | Term::LatentKl) {
            wanted.ask_mean(Mean::Term(term), value); // those two are no means over chunks: they are of the split's means
        }
    }
}

/// Directions along which a Jacobian without a closed form is estimated.
fn directions(model: &Autoencoder, idx: usize, chunk: &Chunk) -> Option<Tensor<2>> {
    let shape = chunk.clean.dims();
    (!contraction::has_closed_form(model)).then(|| normals(shape, idx, chunk))
}

/// What is read of a chunk.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Reading {
    /// Of each image, against the clean one.
    SquaredError,
    /// Δ of each image, where it is not the squared error.
    Delta,
    Logits,
    /// Of a drawn code.
    DrawnLogits,
    /// Squared error of each input.
    InputError,
    /// KL of each unit, summed over images.
    UnitKl,
    /// Of the clean images.
    Code,
    /// Of the images as the encoder sees them, where a KL penalty asks for the units' means.
    SparseCode,
    Mean(Mean),
}

/// Tensors to be read in one wait for the device.
#[derive(Default)]
struct Wanted {
    tensors: BTreeMap<Reading, Tensor<1>>,
}

impl Wanted {
    fn ask(&mut self, reading: Reading, tensor: Tensor<1>) {
        self.tensors.insert(reading, tensor);
    }

    fn ask_flat(&mut self, reading: Reading, tensor: Tensor<2>) {
        self.ask(reading, tensor.flatten(0, 1));
    }

    fn ask_mean(&mut self, mean: Mean, tensor: impl Into<Option<Tensor<1>>>) {
        let tensor = tensor.into().map(|tensor| (Reading::Mean(mean), tensor));
        self.tensors.extend(tensor);
    }

    fn read(self) -> Result<BTreeMap<Reading, Vec<f32>>, TrainError> {
        let (readings, tensors): (Vec<_>, Vec<_>) = self.tensors.into_iter().unzip();
        let values = readback::all_values(tensors)?;
        Ok(readings.into_iter().zip(values).collect())
    }
}

/// How discriminator and generator do; nothing where there is no adversary.
fn ask_adversarial(wanted: &mut Wanted, subject: &Subject<'_>, idx: usize, codes: Tensor<2>) {
    let prior = subject.experiment.objective.prior.distribution();
    let (Some(discriminator), Some(prior)) = (&subject.discriminator, prior) else {
        return;
    };
    let [n, size] = codes.dims();
    let samples = noise::prior_samples(prior, 0, idx as u64, n, size);
    let samples = TensorData::new(samples, [n, size]);
    let samples = Tensor::<2>::from_data(samples, &codes.device()); // [n, code]
    let of_samples = discriminator.forward(samples);
    let of_codes = discriminator.forward(codes);
    wanted.ask_mean(
        Mean::Term(Term::Discriminator),
        adversarial::discriminator(of_samples.clone(), of_codes.clone()),
    );
    wanted.ask_mean(
        Mean::GeneratorLoss,
        adversarial::generator(of_codes.clone()),
    );
    wanted.ask_mean(
        Mean::Term(Term::DiscriminatorAccuracy),
        adversarial::accuracy(of_samples, of_codes),
    );
}

/// Shares classified wrong, in per cent; nothing where there are no classifiers.
fn ask_wrong(wanted: &mut Wanted, subject: &Subject<'_>, split: &Split, chunk: &Chunk) {
    let Some(classifiers) = &subject.classifiers else {
        return;
    };
    let labels: Vec<i32> = chunk
        .samples
        .iter()
        .map(|&sample| i32::from(split.label(sample as usize)))
        .collect();
    let labels = TensorData::new(labels, [chunk.samples.len(), 1]);
    let labels = Tensor::<2, Int>::from_data(labels, &chunk.clean.device());
    let [tuned, random] = classifiers;
    for (term, classifier) in [
        (Term::ErrorRate, tuned),
        (Term::ErrorRateFromRandom, random),
    ] {
        let logits = classifier.forward(chunk.clean.clone());
        let error = classification::error_percent(logits, labels.clone());
        wanted.ask_mean(Mean::Term(term), error);
    }
}

/// Standard normal numbers for a chunk: the same at every evaluation of every run.
fn normals(shape: [usize; 2], idx: usize, chunk: &Chunk) -> Tensor<2> {
    // Sparse chunks of running evaluations have addresses of their own.
    let address = if chunk.samples.len() == CHUNK {
        idx as u64
    } else {
        u64::MAX
    };
    let values = noise::normals(0, Stream::Evaluation, address, shape[0], shape[1]);
    Tensor::from_data(TensorData::new(values, shape), &chunk.clean.device())
}

fn pixels_of(experiment: &Experiment) -> f64 {
    experiment.architecture.image().n_values() as f64
}

/// What cross-entropy is computed of: a sigmoid output before its activation, for precision, any other behind it.
fn entropy_outputs(output: &Output) -> Tensor<2> {
    match output.activation() {
        Activation::Sigmoid => output.logits.clone(),
        _ => output.reconstruction(),
    }
}

/// Cross-entropy of what [`entropy_outputs`] gives `[n · pixels]`, summed over images and pixels. What is not a
/// sigmoid output is read as probabilities.
fn cross_entropy(
    outputs: &[f32],
    activation: Activation,
    split: &Split,
    samples: &[SampleIdx],
) -> f64 {
    let targets: Vec<&[u8]> = samples
        .iter()
        .map(|&sample| split.image(sample as usize))
        .collect();
    match activation {
        Activation::Sigmoid => cross_entropy::of_logits(outputs, &targets),
        _ => cross_entropy::of_probabilities(outputs, &targets),
    }
}

/// Adds rows `[n, width]` to a sum `[width]`, which is empty before the first.
fn add_rows(sums: &mut Vec<f64>, rows: &[f32], width: usize) {
    sums.resize(width, 0.0);
    for row in rows.chunks_exact(width.max(1)) {
        for (sum, &value) in sums.iter_mut().zip(row) {
            *sum += f64::from(value);
        }
    }
}

fn sum(values: &[f32]) -> f64 {
    values.iter().map(|&value| f64::from(value)).sum()
}
