//! Figures of training and test.

use crate::experiment::Term;

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
/// recipe corrupts, with noise that is the same at every evaluation.
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
    /// Binary cross-entropy in nats per pixel; linear outputs are clipped to [1e-7, 1 − 1e-7], as Keras does.
    /// A running evaluation has it only where it is what training minimises.
    pub bce_per_pixel: Option<f64>,
    /// Squared error summed over the pixels of an image, averaged over images.
    pub squared_error_per_image: f64,
    /// Figures of the code; only of a full evaluation.
    pub code: Option<CodeFigures>,
    /// Signal-to-noise of reconstructions and of their inputs; only of a full evaluation with corruption.
    pub psnr: Option<Psnr>,
}

impl Evaluation {
    /// The mean of one term, where the objective has it.
    #[must_use]
    pub fn term(&self, term: Term) -> Option<f64> {
        let found = self.terms.iter().find(|(candidate, _)| *candidate == term);
        found.map(|&(_, value)| value)
    }
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
}

/// Peak signal-to-noise ratios against the clean image, in decibel.
#[derive(Clone, Debug, PartialEq)]
pub struct Psnr {
    /// Of the corrupted inputs, for each class.
    pub input_db: Vec<f64>,
    /// Of the reconstructions, for each class.
    pub reconstruction_db: Vec<f64>,
}
