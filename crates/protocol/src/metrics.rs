//! Figures of training and test.

use serde::{Deserialize, Serialize};

use hourglass_experiment::{Term, number};

/// Figures of consecutive steps, one column per term.
#[derive(Clone, Debug, PartialEq)]
pub struct StepBatch {
    /// Number of the first step; the run's first step is 1.
    pub first_step: u64,
    /// Position of each step, in epochs since the start: 0.5 is the middle of the first epoch.
    pub epochs: Vec<f64>,
    /// A value for each step, term by term; the objective first.
    pub terms: Vec<(Term, Vec<f32>)>,
    /// Images trained on in these steps.
    pub n_images: u64,
    /// Time these steps took, in seconds.
    pub elapsed_secs: f64,
}

impl StepBatch {
    /// Steps in the batch.
    #[must_use]
    pub fn len(&self) -> usize {
        self.epochs.len()
    }

    /// Whether there is no step in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.epochs.is_empty()
    }
}

/// Which test images an evaluation used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EvaluationScope {
    /// The whole test split.
    Full,
    /// An evenly spaced part of it, cheap enough to repeat within an epoch.
    Running,
}

/// Figures of the model on test images, measured on corrupted inputs against clean targets where the
/// experiment corrupts, with noise that is the same at every evaluation.
#[derive(Clone, Debug, PartialEq)]
pub struct Evaluation {
    /// Steps taken before it.
    pub step: u64,
    /// The same in epochs.
    pub epoch: f64,
    /// Which images.
    pub scope: EvaluationScope,
    /// Mean of each term, the objective first.
    pub terms: Vec<(Term, f64)>,
    /// Mean squared error per pixel.
    pub mse_per_pixel: f64,
    /// Binary cross-entropy in nats per pixel, of sigmoid outputs from their logits; other outputs are clipped to
    /// [1e-7, 1 − 1e-7], as Keras does.
    /// A running evaluation has it only where it is what training minimises.
    pub bce_per_pixel: Option<f64>,
    /// Squared error summed over the pixels of an image, averaged over images.
    pub squared_error_per_image: f64,
    /// Figures of the code; only of a full evaluation.
    pub code: Option<CodeFigures>,
    /// Signal-to-noise of reconstructions and of their inputs; only of a full evaluation where the encoder
    /// sees something else than the image asked for.
    pub psnr: Option<Psnr>,
    /// Figures of a variational code; only of a full evaluation.
    pub variational: Option<VariationalFigures>,
    /// Figures of an adversarial prior; only of a full evaluation.
    pub adversarial: Option<AdversarialFigures>,
    /// Figures of the classifiers; only of a full evaluation during fine-tuning.
    pub classification: Option<ClassificationFigures>,
    /// Mean squared error per pixel on images of noise, each pixel drawn from another test image; only of a full
    /// evaluation.
    pub noise_image_mse: Option<f64>,
    /// The best weights so far; only of a full evaluation, and where images are held out from training.
    pub best: Option<BestEpoch>,
    /// What is wrong with the model, as far as figures tell; only of a full evaluation.
    pub diagnoses: Vec<Diagnosis>,
}

impl Evaluation {
    /// Whether the objective and the error are numbers.
    #[must_use]
    pub fn is_finite(&self) -> bool {
        let objective = self.terms.first().map_or(0.0, |&(_, value)| value);
        objective.is_finite() && self.mse_per_pixel.is_finite()
    }

    /// The mean of one term, where the objective has it.
    #[must_use]
    pub fn term(&self, term: Term) -> Option<f64> {
        let found = self.terms.iter().find(|(candidate, _)| *candidate == term);
        found.map(|&(_, value)| value)
    }
}

/// Which epoch left the best weights.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct BestEpoch {
    /// Epochs of the whole run that were complete then.
    pub epoch: u64,
    /// J on the held-out images with these weights.
    pub loss: f64,
    /// The same after the newest epoch.
    pub newest_loss: f64,
    /// Epochs since then, or since training went on from them.
    pub waited: u64,
    /// Whether the model has these weights again.
    pub is_in_place: bool,
}

/// Figures of the code over the whole test split.
#[derive(Clone, Debug, PartialEq)]
pub struct CodeFigures {
    /// Units.
    pub size: usize,
    /// Mean activation over units and images.
    pub mean_activation: f64,
    /// Share of activations with |h| < 0.01.
    pub near_zero_fraction: f64,
    /// Units near zero on every image.
    pub dead_units: usize,
    /// Mean of each unit.
    pub unit_means: Vec<f32>,
    /// Variance of each unit.
    pub unit_variances: Vec<f32>,
    /// `‖J‖² = ‖∂h/∂x‖²_F`, averaged over images. Of a code that is not one fully connected layer it is estimated
    /// along one random direction for each image, the same at every evaluation.
    pub jacobian_norm: f64,
}

impl CodeFigures {
    /// `Var(h)`: the variance of each unit over the images, summed over the units.
    #[must_use]
    pub fn variance(&self) -> f64 {
        self.unit_variances.iter().map(|&of| f64::from(of)).sum()
    }

    /// `‖J‖²/Var(h)`, per pixel value squared, pixels being 0..1. A code of twice the size has four times the norm and
    /// the same ratio, so it tells a code that changes less with the image from one that is only smaller. `None` of a
    /// code that does not vary.
    #[must_use]
    pub fn relative_jacobian_norm(&self) -> Option<f64> {
        let ratio = self.jacobian_norm / self.variance();
        ratio.is_finite().then_some(ratio)
    }
}

/// The bound of a variational code, in nats per image.
#[derive(Clone, Debug, PartialEq)]
pub struct VariationalFigures {
    /// `−E ln p(x|z)`, from one draw of z for each image.
    pub reconstruction_nats: f64,
    /// `KL(q(z|x) ‖ p(z))`
    pub kl_nats: f64,
    /// The same of each unit.
    pub unit_kl_nats: Vec<f32>,
    /// Units that carry information: those whose mean varies over images by more than 0.01 (Burda et al.
    /// 2015, section 5).
    pub active_units: usize,
}

impl VariationalFigures {
    /// `−ELBO = −E ln p(x|z) + KL`
    #[must_use]
    pub fn negative_elbo_nats(&self) -> f64 {
        self.reconstruction_nats + self.kl_nats
    }
}

/// How an adversarial prior fares.
#[derive(Clone, Debug, PartialEq)]
pub struct AdversarialFigures {
    /// `−ln D(z) − ln(1 − D(h))`, in nats; 2 ln 2 = 1.386 when it cannot tell.
    pub discriminator_loss: f64,
    /// `−ln D(h)`, in nats; ln 2 = 0.693 when it cannot tell.
    pub generator_loss: f64,
    /// Share of samples and codes told right, in per cent.
    pub discriminator_accuracy: f64,
    /// Of a mixture: petals of ten that hold at least 2 % of the codes, and the share of codes within three
    /// standard deviations of some petal, in per cent.
    pub petals: Option<(usize, f64)>,
}

/// How the classifiers of fine-tuning fare, in per cent of images classified wrong.
#[derive(Clone, Debug, PartialEq)]
pub struct ClassificationFigures {
    /// Of the one that starts from the trained encoder.
    pub error_percent: f64,
    /// Of the one that starts from the encoder's first weights.
    pub error_percent_from_random: f64,
    /// The same two, after each epoch of fine-tuning, this one included.
    pub by_epoch: Vec<[f64; 2]>,
}

/// Something that is wrong with a model.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Diagnosis {
    /// Units that are never on.
    #[error(
        "{dead} of {size} code units are near zero on every image: they carry no information. {advice}"
    )]
    DeadUnits {
        /// How many.
        dead: usize,
        /// Of how many.
        size: usize,
        /// What to do in this experiment.
        advice: String,
    },
    /// A code of which no unit is ever on.
    #[error(
        "all {size} code units are near zero on every image, so the code says nothing. {advice}"
    )]
    DeadCode {
        /// Units.
        size: usize,
        /// What to do in this experiment.
        advice: String,
    },
    /// A variational code that says nothing about the image.
    #[error(
        "the posterior has collapsed: no unit of the code says anything about the image (KL {kl_nats:.3} nats). \
         Lower β, or let it warm up"
    )]
    CollapsedPosterior {
        /// The whole divergence.
        kl_nats: f64,
    },
    /// A discriminator that is always right.
    #[error(
        "the discriminator has won: it is right {accuracy:.0} % of the time, so the encoder learns little from it. \
         {advice}"
    )]
    DiscriminatorWon {
        /// Share told right, in per cent.
        accuracy: f64,
        /// What to do in this experiment.
        advice: String,
    },
    /// A network that reconstructs anything.
    #[error(
        "the autoencoder copies: it reconstructs images of pure noise with an error of {noise_mse:.4}, {share:.0} % of \
         their variance. Use a smaller code, or add noise or a penalty"
    )]
    Copies {
        /// Mean squared error per pixel on images of noise.
        noise_mse: f64,
        /// The same in per cent of the noise's variance.
        share: f64,
    },
    /// Reconstructions that are all alike.
    #[error(
        "all reconstructions are alike: the output ignores the code (error {mse:.4} per pixel, the images' own \
         variance {variance:.4}). {advice}"
    )]
    CollapsedOutput {
        /// Mean squared error per pixel.
        mse: f64,
        /// Mean variance of a pixel over the images.
        variance: f64,
        /// What to do in this experiment.
        advice: String,
    },
    /// An error out of all proportion.
    #[error(
        "the error is {mse} per pixel, {times:.0} times the images' own variance: the weights have blown up. {advice}",
        mse = number::five_digits(*mse),
        times = .mse / .variance
    )]
    AbsurdError {
        /// Mean squared error per pixel.
        mse: f64,
        /// Mean variance of a pixel over the images.
        variance: f64,
        /// What to do in this experiment.
        advice: String,
    },
}

impl Diagnosis {
    /// The names of those after which a model is of no use: nothing can be read from its code or its output.
    pub const OF_NO_USE: [&'static str; 2] = ["dead-code", "absurd-error"];

    /// Its name in files.
    #[must_use]
    pub fn key(&self) -> &'static str {
        match self {
            Self::DeadUnits { .. } => "dead-units",
            Self::DeadCode { .. } => "dead-code",
            Self::CollapsedPosterior { .. } => "collapsed-posterior",
            Self::DiscriminatorWon { .. } => "discriminator-won",
            Self::Copies { .. } => "copies",
            Self::CollapsedOutput { .. } => "collapsed-output",
            Self::AbsurdError { .. } => "absurd-error",
        }
    }
}

/// Peak signal-to-noise ratios against the clean image, in decibel.
#[derive(Clone, Debug, PartialEq)]
pub struct Psnr {
    /// Of the corrupted inputs, for each class; none of a class without images, or without an error.
    pub input_db: Vec<Option<f64>>,
    /// Of the reconstructions, likewise.
    pub reconstruction_db: Vec<Option<f64>>,
}
