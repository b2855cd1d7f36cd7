//! The figures of a run as JSON: a contract with their readers.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{GradientTable, SUMMARY_FILE, SavedFiles};
use hourglass_experiment::{Figure, PresetId};
use hourglass_protocol::{
    AdversarialFigures, Baselines, BestEpoch, CodeReport, Compressed, CompressionReport,
    Evaluation, Factor, FollowedFactor, GradientFigures, Mark, ProbeResult, Reached, ReachedCode,
    VariationalFigures,
};

/// Number of the layout of `summary.json`.
pub const SUMMARY_FORMAT: u32 = 1;

/// `summary.json`. Figures that a run does not have are left out, never zero.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// [`SUMMARY_FORMAT`].
    pub format: u32,
    /// The preset the experiment started from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preset: Option<PresetId>,
    /// The run's seed.
    pub seed: u64,
    /// The device it trained on.
    pub device: String,
    /// The data set: `mnist`, `pen-digits`.
    pub data: String,
    /// Trainable numbers of the model.
    pub parameters: usize,
    /// Epochs completed.
    pub epochs: usize,
    /// Steps taken.
    pub steps: u64,
    /// From the first step to the last figure of the test split, evaluations included. In older files with the measuring
    /// of the code.
    pub seconds: f64,
    /// Measuring the code, from the command to the answer. Not in older files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub judging_seconds: Option<f64>,
    /// Training images a second while steps were being taken, evaluations not counted.
    pub images_per_second: f64,
    /// On the whole test split.
    pub test: TestFigures,
    /// Of the code, from clean images of the whole test split.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<CodeSummary>,
    /// Of an adversarial prior.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub adversary: Option<AdversarySummary>,
    /// Of principal component analysis with as many components as the code has units.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pca: Option<PcaSummary>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data_set: Option<DataSetSummary>,
    /// Bytes and fidelity of the code beside picture formats.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compression: Option<CompressionSummary>,
    /// How gradients reach each layer, from the input to the output. Not in older files.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub layers: Vec<LayerSummary>,
    /// The best weights by the loss of held-out training images.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub best: Option<BestEpoch>,
    /// The moments at which settings were changed while the run went on, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<Mark>,
    /// What is wrong with the model, as far as figures tell: a key and a sentence each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub noticed: Vec<Noticed>,
}

/// Figures of an adversarial prior.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AdversarySummary {
    /// `−ln D(z) − ln(1 − D(h))`, in nats; 1.386 when the discriminator cannot tell.
    pub discriminator_loss: f64,
    /// `−ln D(h)`, in nats; 0.693 when the discriminator cannot tell.
    pub generator_loss: f64,
    /// Share of samples and codes told right, in per cent.
    pub discriminator_accuracy_percent: f64,
    /// Of the mixture: petals that hold at least 2 % of the codes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub petals_filled: Option<usize>,
    /// Of the mixture: codes within three standard deviations of a petal, in per cent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub codes_in_petals_percent: Option<f64>,
}

/// Figures of principal component analysis, fitted on the training images.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PcaSummary {
    pub components: usize,
    /// Test mean squared error per pixel.
    pub mse_per_pixel: f64,
    /// Training images that the components were fitted on. Not in older files, which have all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub training_images: Option<usize>,
    /// Accuracy of a linear classifier of the components, 0..1.
    pub linear_probe_accuracy: f64,
    /// How its training ended. Not in older files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub linear_probe: Option<ProbeSummary>,
    /// Accuracy of the five nearest neighbours, 0..1.
    pub nearest_neighbour_accuracy: f64,
    /// Largest principal angle between the decoder's subspace and PCA's, in degrees; only of linear decoders.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub largest_angle_degrees: Option<f64>,
}

/// How the training of a linear classifier ended.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProbeSummary {
    /// Steps of L-BFGS.
    pub steps: usize,
    /// Whether no component of the gradient was left above 1e-4.
    pub converged: bool,
}

/// Figures of the data set that hold for any model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DataSetSummary {
    /// No model's cross-entropy lies below it, in nats per pixel.
    pub entropy_floor_per_pixel: f64,
    /// Accuracy of a linear classifier of raw pixels, 0..1.
    pub linear_probe_accuracy: f64,
    /// How its training ended. Not in older files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub linear_probe: Option<ProbeSummary>,
    /// Accuracy of the five nearest neighbours, 0..1.
    pub nearest_neighbour_accuracy: f64,
}

/// Bytes of an image and peak signal-to-noise ratio in decibel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CompressedSummary {
    /// JPEG's quality setting.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quality: Option<u8>,
    /// Bytes of an image, of a file with its headers.
    pub bytes: f64,
    /// Bytes of the file's headers and tables, among those. Only of JPEG, and not in older files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header_bytes: Option<f64>,
    /// `10 log₁₀(1 / MSE)`.
    pub psnr_db: f64,
}

/// The code at 8 bits a unit beside picture formats, means over test images.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CompressionSummary {
    /// The code and the reconstruction from it.
    pub code: CompressedSummary,
    /// Bytes of a PNG, which loses nothing.
    pub png_bytes: f64,
    /// Bytes of a lossless WebP. Not in older files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub webp_lossless_bytes: Option<f64>,
    /// JPEG at several qualities: baseline with optimised Huffman tables, in older files with the standard's.
    pub jpeg: Vec<CompressedSummary>,
    /// The code on images that are no digits: black and white exchanged.
    pub code_of_inverted: CompressedSummary,
    /// JPEG on the same.
    pub jpeg_of_inverted: CompressedSummary,
}

/// How gradients reach a layer. Figures that are not finite are left out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LayerSummary {
    /// `encoder 1`, `code`, `ln σ²`, `decoder 1`, `output`, `classes`.
    pub layer: String,
    /// Before the first step: standard deviation of the activations over the first batch and the layer's units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub activation_std: Option<f32>,
    /// Before the first step: standard deviation of ∂J/∂z, by what the weights make, before the activation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backpropagated_gradient_std: Option<f32>,
    /// The newest step at which the following were measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<u64>,
    /// `‖g‖₂`, the norm of the gradient of the weights without biases, before weight decay and clipping.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gradient_norm: Option<f32>,
    /// `‖ΔW‖₂/‖W‖₂`, by how much of their norm that step changed the weights.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub update_ratio: Option<f32>,
}

impl LayerSummary {
    /// Of every layer that something is recorded of, up to a step.
    pub(super) fn all(table: &GradientTable, up_to: u64) -> Vec<Self> {
        let at_first = table.rows().iter().filter(|row| row.step == 0).copied();
        let mut layers: Vec<Self> = Vec::new();
        for row in at_first.chain(table.newest(up_to)) {
            let label = row.layer.label();
            let idx = layers.iter().position(|known| known.layer == label);
            let idx = idx.unwrap_or_else(|| {
                layers.push(Self::of(label));
                layers.len() - 1
            });
            layers[idx].take_in(row.step, row.figures);
        }
        layers
    }

    fn of(layer: String) -> Self {
        Self {
            layer,
            activation_std: None,
            backpropagated_gradient_std: None,
            step: None,
            gradient_norm: None,
            update_ratio: None,
        }
    }

    fn take_in(&mut self, step: u64, figures: GradientFigures) {
        let finite = |value: f32| value.is_finite().then_some(value);
        match figures {
            GradientFigures::Spread(spread) => {
                self.activation_std = finite(spread.activations);
                self.backpropagated_gradient_std = finite(spread.gradients);
            }
            GradientFigures::Update(update) => {
                self.step = Some(step);
                self.gradient_norm = finite(update.gradient_norm);
                self.update_ratio = finite(update.ratio);
            }
        }
    }
}

/// Something that is wrong with the model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Noticed {
    /// Its name: `dead-units`, `dead-code`, `collapsed-posterior`, `discriminator-won`, `copies`, `collapsed-output`,
    /// `absurd-error`.
    pub what: String,
    /// The sentence the window shows.
    pub message: String,
}

/// Figures on the whole test split: from corrupted inputs against clean targets where the experiment corrupts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TestFigures {
    /// Mean squared error per pixel.
    pub mse_per_pixel: f64,
    /// Binary cross-entropy in nats per pixel, of sigmoid outputs from their logits; other outputs are clipped to
    /// [1e-7, 1 − 1e-7].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bce_per_pixel: Option<f64>,
    /// What training minimises.
    pub objective: f64,
    /// Squared error summed over an image's pixels.
    pub squared_error_per_image: f64,
    /// Signal-to-noise ratios, where the encoder sees something else than the image asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub psnr_per_class_db: Option<PsnrSummary>,
    /// `−E ln p(x|z)` of a variational code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reconstruction_nats_per_image: Option<f64>,
    /// `KL(q ‖ p)` of a variational code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kl_nats_per_image: Option<f64>,
    /// Their sum.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub negative_elbo_nats_per_image: Option<f64>,
    /// Images classified wrong after fine-tuning, from the trained encoder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_percent: Option<f64>,
    /// The same from random weights.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_percent_from_random: Option<f64>,
    /// The same two after each epoch of fine-tuning.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub error_percent_by_epoch: Vec<[f64; 2]>,
    /// Mean squared error per pixel on images of noise, each pixel drawn from another test image.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub noise_image_mse_per_pixel: Option<f64>,
}

/// Peak signal-to-noise ratios against the clean image, for each class from 0 to 9, in decibel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PsnrSummary {
    /// `null` of a class without images, or whose inputs are the images themselves.
    pub corrupted_input: Vec<Option<f64>>,
    pub reconstruction: Vec<Option<f64>>,
}

/// Figures of the code.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CodeSummary {
    /// Units.
    pub size: usize,
    /// Mean activation over units and images.
    pub mean_activation: f64,
    /// Share of activations with |h| < 0.01.
    pub near_zero_fraction: f64,
    /// Units with |h| < 0.01 on every image.
    pub dead_units: usize,
    /// The other units; of a variational code those whose mean varies over images by more than 0.01.
    pub active_units: usize,
    /// `‖J‖² = ‖∂h/∂x‖²_F`, averaged over images.
    pub jacobian_norm: f64,
    /// `‖J‖²/Var(h)`, per pixel value squared; Var(h) is the sum of the units' variances. Not in older files, nor of a
    /// code that does not vary.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jacobian_norm_over_variance: Option<f64>,
    /// `Var(h)`, the variance of each unit over the images, summed over the units. Not in older files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variance: Option<f64>,
    /// Mean of each unit, of codes of up to 32 units.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unit_means: Vec<f32>,
    /// Variance of each unit, of codes of up to 32 units.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unit_variances: Vec<f32>,
    /// Divergence of each unit from the prior, in nats, of a variational code of up to 32 units.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unit_kl_nats: Vec<f32>,
    /// Training images that linear classifiers and neighbours learned from. Not in older files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub training_images: Option<usize>,
    /// Accuracy of a linear classifier of the code, 0..1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub linear_probe_accuracy: Option<f64>,
    /// How its training ended. Not in older files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub linear_probe: Option<ProbeSummary>,
    /// Accuracy of the code's five nearest neighbours, 0..1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nearest_neighbour_accuracy: Option<f64>,
    /// For each factor that the data set knows, the unit that follows it most closely.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub factors: Vec<FactorSummary>,
}

/// How closely a unit follows a factor that images were made from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FactorSummary {
    /// `slant`, `rotation`, `thickness`, `width`, `height`.
    pub factor: String,
    /// The unit, counted from 0.
    pub unit: usize,
    /// Pearson's correlation over the test images, −1..1.
    pub correlation: f64,
}

/// Units up to which their figures are listed one by one.
const MAX_LISTED_UNITS: usize = 32;

impl From<&Evaluation> for TestFigures {
    fn from(evaluation: &Evaluation) -> Self {
        let objective = evaluation.terms.first().map(|&(_, value)| value);
        let variational = evaluation.variational.as_ref();
        let classification = evaluation.classification.as_ref();
        Self {
            mse_per_pixel: evaluation.mse_per_pixel,
            bce_per_pixel: evaluation.bce_per_pixel,
            objective: objective.unwrap_or(f64::NAN),
            squared_error_per_image: evaluation.squared_error_per_image,
            psnr_per_class_db: evaluation.psnr.as_ref().map(|psnr| PsnrSummary {
                corrupted_input: psnr.input_db.clone(),
                reconstruction: psnr.reconstruction_db.clone(),
            }),
            reconstruction_nats_per_image: variational.map(|of| of.reconstruction_nats),
            kl_nats_per_image: variational.map(|of| of.kl_nats),
            negative_elbo_nats_per_image: variational.map(VariationalFigures::negative_elbo_nats),
            error_percent: classification.map(|of| of.error_percent),
            error_percent_from_random: classification.map(|of| of.error_percent_from_random),
            error_percent_by_epoch: classification.map_or_else(Vec::new, |of| of.by_epoch.clone()),
            noise_image_mse_per_pixel: evaluation.noise_image_mse,
        }
    }
}

impl CodeSummary {
    /// The code's figures of a full evaluation, and of a report where there is one.
    #[must_use]
    pub fn of(evaluation: &Evaluation, report: Option<&CodeReport>) -> Option<Self> {
        let variational = evaluation.variational.as_ref();
        let listed = |values: &[f32]| {
            if values.len() <= MAX_LISTED_UNITS {
                values.to_vec()
            } else {
                Vec::new()
            }
        };
        evaluation.code.as_ref().map(|code| Self {
            size: code.size,
            mean_activation: code.mean_activation,
            near_zero_fraction: code.near_zero_fraction,
            dead_units: code.dead_units,
            active_units: variational
                .map_or(code.size - code.dead_units, |figures| figures.active_units),
            jacobian_norm: code.jacobian_norm,
            jacobian_norm_over_variance: code.relative_jacobian_norm(),
            variance: Some(code.variance()),
            unit_means: listed(&code.unit_means),
            unit_variances: listed(&code.unit_variances),
            unit_kl_nats: variational.map_or_else(Vec::new, |of| listed(&of.unit_kl_nats)),
            training_images: report.map(|report| report.n_train),
            linear_probe_accuracy: report.map(|report| report.code.linear_probe.accuracy),
            linear_probe: report.map(|report| report.code.linear_probe.into()),
            nearest_neighbour_accuracy: report.map(|report| report.code.nearest_neighbours),
            factors: report.map_or_else(Vec::new, |report| {
                report.factors.iter().map(FactorSummary::from).collect()
            }),
        })
    }
}

impl From<ProbeResult> for ProbeSummary {
    fn from(result: ProbeResult) -> Self {
        Self {
            steps: result.n_steps,
            converged: result.has_converged,
        }
    }
}

impl From<&FollowedFactor> for FactorSummary {
    fn from(followed: &FollowedFactor) -> Self {
        Self {
            factor: followed.factor.name.to_owned(),
            unit: followed.unit,
            correlation: followed.correlation,
        }
    }
}

impl From<&AdversarialFigures> for AdversarySummary {
    fn from(figures: &AdversarialFigures) -> Self {
        Self {
            discriminator_loss: figures.discriminator_loss,
            generator_loss: figures.generator_loss,
            discriminator_accuracy_percent: figures.discriminator_accuracy,
            petals_filled: figures.petals.map(|(filled, _)| filled),
            codes_in_petals_percent: figures.petals.map(|(_, share)| share),
        }
    }
}

impl PcaSummary {
    /// PCA's figures for a code of `size` units.
    #[must_use]
    pub fn of(baselines: &Baselines, report: &CodeReport, size: usize) -> Option<Self> {
        let components = baselines.n_components(size);
        Some(Self {
            components,
            mse_per_pixel: baselines.pca_mse(components)?,
            training_images: Some(baselines.n_train),
            linear_probe_accuracy: report.pca.linear_probe.accuracy,
            linear_probe: Some(report.pca.linear_probe.into()),
            nearest_neighbour_accuracy: report.pca.nearest_neighbours,
            largest_angle_degrees: report.subspace_angle_degrees,
        })
    }
}

impl DataSetSummary {
    /// What holds for any model.
    #[must_use]
    pub fn of(baselines: &Baselines, report: &CodeReport) -> Self {
        Self {
            entropy_floor_per_pixel: baselines.entropy_floor,
            linear_probe_accuracy: report.pixels.linear_probe.accuracy,
            linear_probe: Some(report.pixels.linear_probe.into()),
            nearest_neighbour_accuracy: report.pixels.nearest_neighbours,
        }
    }
}

impl From<&CompressionReport> for CompressionSummary {
    fn from(report: &CompressionReport) -> Self {
        let of = |compressed: &Compressed, quality| CompressedSummary {
            quality,
            bytes: compressed.bytes,
            header_bytes: compressed.header_bytes,
            psnr_db: compressed.psnr_db,
        };
        let jpeg = report.jpeg.iter();
        let finest = report.jpeg.last().map(|&(quality, _)| quality);
        Self {
            code: of(&report.code, None),
            png_bytes: report.png_bytes,
            webp_lossless_bytes: Some(report.webp_bytes),
            jpeg: jpeg
                .map(|(quality, figures)| of(figures, Some(*quality)))
                .collect(),
            code_of_inverted: of(&report.inverted[0], None),
            jpeg_of_inverted: of(&report.inverted[1], finest),
        }
    }
}

impl Summary {
    /// The figures of a run folder; `None` if it has none, or none that are understood.
    #[must_use]
    pub fn of_folder(folder: &Path) -> Option<Self> {
        let saved = SavedFiles::read(folder, &[SUMMARY_FILE]).ok()?;
        serde_json::from_str(saved.text(SUMMARY_FILE).ok()??).ok()
    }

    /// A figure that presets promise; `None` if the run does not have it.
    #[must_use]
    pub fn figure(&self, figure: Figure) -> Option<f64> {
        self.reached().figure(figure)
    }

    fn reached(&self) -> Reached<'_> {
        let (test, pca, adversary) = (&self.test, self.pca.as_ref(), self.adversary.as_ref());
        Reached {
            parameters: self.parameters,
            mse_per_pixel: test.mse_per_pixel,
            bce_per_pixel: test.bce_per_pixel,
            squared_error_per_image: test.squared_error_per_image,
            noise_image_mse: test.noise_image_mse_per_pixel,
            negative_elbo_nats: test.negative_elbo_nats_per_image,
            error_percent: test.error_percent,
            psnr_db: test
                .psnr_per_class_db
                .as_ref()
                .map(|psnr| [&psnr.corrupted_input[..], &psnr.reconstruction]),
            pca_mse: pca.map(|pca| pca.mse_per_pixel),
            subspace_angle_degrees: pca.and_then(|pca| pca.largest_angle_degrees),
            code: self.code.as_ref().map(|code| ReachedCode {
                mean_activation: code.mean_activation,
                near_zero_fraction: code.near_zero_fraction,
                active_units: code.active_units,
                jacobian_norm: code.jacobian_norm,
                relative_jacobian_norm: code.jacobian_norm_over_variance,
                unit_means: &code.unit_means,
                unit_variances: &code.unit_variances,
                slant_correlation: code
                    .factors
                    .iter()
                    .find(|followed| followed.factor == Factor::SLANT.name)
                    .map(|slant| slant.correlation),
            }),
            discriminator_accuracy: adversary.map(|of| of.discriminator_accuracy_percent),
            petals_filled: adversary.and_then(|of| of.petals_filled),
            codes_in_petals: adversary.and_then(|of| of.codes_in_petals_percent),
        }
    }
}
