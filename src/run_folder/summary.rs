//! The figures of a run as JSON: a contract with whoever reads them.

use serde::{Deserialize, Serialize};

use crate::experiment::PresetId;
use crate::protocol::Evaluation;

/// Number of the layout of `summary.json`.
pub const SUMMARY_FORMAT: u32 = 1;

/// `summary.json`. Figures that a run does not have are left out, never zero.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// [`SUMMARY_FORMAT`].
    pub format: u32,
    /// The preset the recipe started from.
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
    /// From the first step to the last figure, evaluations included.
    pub seconds: f64,
    /// Training images a second while steps were being taken, evaluations not counted.
    pub images_per_second: f64,
    /// On the whole test split.
    pub test: TestFigures,
    /// Of the code, from clean images of the whole test split.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<CodeSummary>,
}

/// Figures on the whole test split: from corrupted inputs against clean targets where the recipe corrupts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TestFigures {
    /// Mean squared error per pixel.
    pub mse_per_pixel: f64,
    /// Binary cross-entropy in nats per pixel; linear outputs are clipped to [1e-7, 1 − 1e-7].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bce_per_pixel: Option<f64>,
    /// What training minimises.
    pub objective: f64,
    /// Squared error summed over an image's pixels.
    pub squared_error_per_image: f64,
    /// Signal-to-noise ratios, where the recipe corrupts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub psnr_per_class_db: Option<PsnrSummary>,
}

/// Peak signal-to-noise ratios against the clean image, for each class from 0 to 9, in decibel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PsnrSummary {
    /// Of the corrupted inputs.
    pub corrupted_input: Vec<f64>,
    /// Of the reconstructions.
    pub reconstruction: Vec<f64>,
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
    /// The other units.
    pub active_units: usize,
}

impl From<&Evaluation> for TestFigures {
    fn from(evaluation: &Evaluation) -> Self {
        let objective = evaluation.terms.first().map(|&(_, value)| value);
        Self {
            mse_per_pixel: evaluation.mse_per_pixel,
            bce_per_pixel: evaluation.bce_per_pixel,
            objective: objective.unwrap_or(f64::NAN),
            squared_error_per_image: evaluation.squared_error_per_image,
            psnr_per_class_db: evaluation.psnr.as_ref().map(|psnr| PsnrSummary {
                corrupted_input: psnr.input_db.clone(),
                reconstruction: psnr.reconstruction_db.clone(),
            }),
        }
    }
}

impl CodeSummary {
    /// The code's figures of a full evaluation.
    #[must_use]
    pub fn of(evaluation: &Evaluation) -> Option<Self> {
        evaluation.code.as_ref().map(|code| Self {
            size: code.size,
            mean_activation: code.mean_activation,
            near_zero_fraction: code.near_zero_fraction,
            dead_units: code.dead_units,
            active_units: code.size - code.dead_units,
        })
    }
}
