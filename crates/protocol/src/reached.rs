//! The figures that presets promise, read in one place from wherever a run's numbers are kept.
//!
//! They come from an evaluation or from `summary.json`, and `Expectation::judge` compares them. `hourglass
//! reproduce` and the page about a preset do the same.

use hourglass_experiment::{Experiment, Figure};

use super::{Baselines, CodeReport, Evaluation, Factor, Mark, VariationalFigures};

/// Whether a run went the way of its experiment up to an epoch, as figures that are stated of the experiment ask: from
/// random weights, no further than its plan, and with the same settings all the way. One that is taken back still shows
/// in what was learned with it.
#[must_use]
pub fn kept_to(
    experiment: &Experiment,
    epoch: f64,
    changes: &[Mark],
    has_given_weights: bool,
) -> bool {
    !has_given_weights && changes.is_empty() && epoch <= experiment.total_epochs() as f64 + 1e-6
}

/// What a run has reached: of a run in progress from its newest evaluation, of a finished one from its files.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reached<'a> {
    /// Trainable numbers of the model.
    pub parameters: usize,
    /// Test mean squared error per pixel.
    pub mse_per_pixel: f64,
    /// Test cross-entropy in nats per pixel.
    pub bce_per_pixel: Option<f64>,
    /// Squared error summed over an image's pixels.
    pub squared_error_per_image: f64,
    /// Mean squared error per pixel on images of noise.
    pub noise_image_mse: Option<f64>,
    /// `−ELBO` in nats per image.
    pub negative_elbo_nats: Option<f64>,
    /// Test images classified wrong after fine-tuning, in per cent.
    pub error_percent: Option<f64>,
    /// Signal-to-noise ratios of inputs and of reconstructions for each class, in decibel.
    pub psnr_db: Option<[&'a [Option<f64>]; 2]>,
    /// Test mean squared error per pixel of PCA with as many components as the code has units.
    pub pca_mse: Option<f64>,
    /// Largest principal angle between the decoder's subspace and PCA's, in degrees.
    pub subspace_angle_degrees: Option<f64>,
    pub code: Option<ReachedCode<'a>>,
    /// Share of samples and codes that a discriminator tells right, in per cent.
    pub discriminator_accuracy: Option<f64>,
    /// Petals of a mixture that hold codes.
    pub petals_filled: Option<usize>,
    /// Share of codes in petals, in per cent.
    pub codes_in_petals: Option<f64>,
}

/// The same of a code.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ReachedCode<'a> {
    /// Mean over units and images.
    pub mean_activation: f64,
    /// Share of activations with |h| < 0.01.
    pub near_zero_fraction: f64,
    /// Units that carry something.
    pub active_units: usize,
    /// `‖∂h/∂x‖²_F`, averaged over images.
    pub jacobian_norm: f64,
    /// The same divided by the code's variance, summed over units.
    pub relative_jacobian_norm: Option<f64>,
    /// Mean of each unit.
    pub unit_means: &'a [f32],
    /// Variance of each unit.
    pub unit_variances: &'a [f32],
    /// Correlation with the slant of the unit that follows it best, −1..1.
    pub slant_correlation: Option<f64>,
}

impl<'a> Reached<'a> {
    /// From the newest evaluation on the whole test split. What the code was worth at another step is not this
    /// model's and is left out.
    #[must_use]
    pub fn of(
        experiment: &Experiment,
        evaluation: &'a Evaluation,
        report: Option<&CodeReport>,
        baselines: Option<&Baselines>,
    ) -> Self {
        let report = report.filter(|report| report.step == evaluation.step);
        let variational = evaluation.variational.as_ref();
        let adversarial = evaluation.adversarial.as_ref();
        let petals = adversarial.and_then(|figures| figures.petals);
        let slant = report.and_then(|report| {
            let mut factors = report.factors.iter();
            factors.find(|followed| followed.factor == Factor::SLANT)
        });
        let size = experiment.architecture.code_size();
        Self {
            parameters: experiment.n_parameters(),
            mse_per_pixel: evaluation.mse_per_pixel,
            bce_per_pixel: evaluation.bce_per_pixel,
            squared_error_per_image: evaluation.squared_error_per_image,
            noise_image_mse: evaluation.noise_image_mse,
            negative_elbo_nats: variational.map(VariationalFigures::negative_elbo_nats),
            error_percent: evaluation
                .classification
                .as_ref()
                .map(|figures| figures.error_percent),
            psnr_db: evaluation
                .psnr
                .as_ref()
                .map(|psnr| [&psnr.input_db[..], &psnr.reconstruction_db]),
            pca_mse: baselines.and_then(|baselines| baselines.pca_mse(size)),
            subspace_angle_degrees: report.and_then(|report| report.subspace_angle_degrees),
            code: evaluation.code.as_ref().map(|code| ReachedCode {
                mean_activation: code.mean_activation,
                near_zero_fraction: code.near_zero_fraction,
                active_units: variational
                    .map_or(code.size - code.dead_units, |figures| figures.active_units),
                jacobian_norm: code.jacobian_norm,
                relative_jacobian_norm: code.relative_jacobian_norm(),
                unit_means: &code.unit_means,
                unit_variances: &code.unit_variances,
                slant_correlation: slant.map(|slant| slant.correlation),
            }),
            discriminator_accuracy: adversarial.map(|figures| figures.discriminator_accuracy),
            petals_filled: petals.map(|(filled, _)| filled),
            codes_in_petals: petals.map(|(_, share)| share),
        }
    }

    /// By how many decibel each class's reconstructions are better than its inputs, for the classes that have both.
    #[must_use]
    pub fn gains_db(&self) -> Option<impl Iterator<Item = f64>> {
        let [input, output] = self.psnr_db?;
        let classes = output.iter().zip(input);
        Some(classes.filter_map(|(output, input)| Some((*output)? - (*input)?)))
    }

    /// A figure that presets promise; `None` if the run does not have it.
    #[must_use]
    pub fn figure(&self, figure: Figure) -> Option<f64> {
        let code = self.code.as_ref();
        match figure {
            Figure::Parameters => Some(self.parameters as f64),
            Figure::Mse => Some(self.mse_per_pixel),
            Figure::Bce => self.bce_per_pixel,
            Figure::MseOverPca => Some(self.mse_per_pixel / self.pca_mse?),
            Figure::SubspaceAngle => self.subspace_angle_degrees,
            Figure::SquaredErrorPerImage => Some(self.squared_error_per_image),
            Figure::MeanActivation => code.map(|code| code.mean_activation),
            Figure::LeastGainDb => self.gains_db()?.reduce(f64::min),
            Figure::JacobianNorm => code.map(|code| code.jacobian_norm),
            Figure::RelativeJacobianNorm => code?.relative_jacobian_norm,
            Figure::NoiseImageMse => self.noise_image_mse,
            Figure::NegativeElbo => self.negative_elbo_nats,
            Figure::ActiveUnits => code.map(|code| code.active_units as f64),
            Figure::SlantCorrelation => Some(code?.slant_correlation?.abs()),
            Figure::CodeMeanOffset => {
                let offsets = code?.unit_means.iter().map(|mean| f64::from(mean.abs()));
                offsets.reduce(f64::max)
            }
            Figure::CodeVarianceRatio => {
                let variances = code?.unit_variances.iter().map(|&v| f64::from(v));
                variances.map(|v| v.max(v.recip())).reduce(f64::max)
            }
            Figure::DiscriminatorAccuracy => self.discriminator_accuracy,
            Figure::PetalsFilled => Some(self.petals_filled? as f64),
            Figure::CodesInPetals => self.codes_in_petals,
            Figure::ErrorPercent => self.error_percent,
        }
    }
}
