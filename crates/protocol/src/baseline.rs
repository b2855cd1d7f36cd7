//! What a model's figures are compared with, and how good its code is.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Factor;

/// Figures of a data set that bound or measure what any model can do with it.
#[derive(Clone, Debug, PartialEq)]
pub struct Baselines {
    /// Mean over the test pixels of `−x ln x − (1 − x) ln(1 − x)`, in nats: no model's cross-entropy lies
    /// below it.
    pub entropy_floor: f64,
    /// Training images that PCA was fitted on: the first ones of the split, as many as a run learns from.
    pub n_train: usize,
    /// Test mean squared error per pixel of PCA, fitted on those images, with 0, 1, … components: as many as an image has
    /// values, or as those images vary along where they are fewer.
    pub pca_mse: Arc<[f64]>,
}

impl Baselines {
    /// Test mean squared error per pixel of PCA with this many components; with more than there are, as with all.
    #[must_use]
    pub fn pca_mse(&self, n_components: usize) -> Option<f64> {
        self.pca_mse.get(self.n_components(n_components)).copied()
    }

    /// This many components, or as many as there are.
    #[must_use]
    pub fn n_components(&self, wanted: usize) -> usize {
        wanted.min(self.pca_mse.len().saturating_sub(1))
    }
}

/// How good the code of a model is, measured on request: it takes seconds, beside the training.
#[derive(Clone, Debug, PartialEq)]
pub struct CodeReport {
    /// Steps taken before it.
    pub step: u64,
    /// Training images that probe and neighbours learned from and the quantiser took its ranges from: those that the
    /// run learns from, at most 20,000 of them.
    pub n_train: usize,
    /// How well classes can be told from the code, from as many principal components, and from raw pixels.
    pub code: Accuracies,
    /// Of as many principal components as the code has units.
    pub pca: Accuracies,
    /// Of raw pixels.
    pub pixels: Accuracies,
    /// Bytes and fidelity of the quantised code beside picture formats.
    pub compression: CompressionReport,
    /// Largest principal angle between the decoder's subspace and PCA's, in degrees; only where the
    /// decoder is linear.
    pub subspace_angle_degrees: Option<f64>,
    /// For each factor of the test images that the data set knows, the unit that follows it most closely.
    pub factors: Vec<FollowedFactor>,
}

/// How closely a unit of the code follows a factor that images were made from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FollowedFactor {
    pub factor: Factor,
    /// The unit, counted from 0.
    pub unit: usize,
    /// Pearson's correlation over the test images, −1..1.
    pub correlation: f64,
}

/// How well classes can be told from features, 0..1, on the test split.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Accuracies {
    /// Of a linear classifier.
    pub linear_probe: ProbeResult,
    /// Of the five nearest neighbours: the class of most of them, of classes with as many that of the nearest
    /// neighbour, and of neighbours as near the one that comes first in the training split.
    pub nearest_neighbours: f64,
}

/// What a linear classifier reached, and how its training ended.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProbeResult {
    /// Share of test images told right, 0..1.
    pub accuracy: f64,
    /// Steps of L-BFGS it took.
    pub n_steps: usize,
    /// Whether no component of the gradient was left above 1e-4.
    pub has_converged: bool,
}

/// Size and fidelity, means over test images.
#[derive(Clone, Debug, PartialEq)]
pub struct CompressionReport {
    /// The code at 8 bits a unit, and the reconstruction from it.
    pub code: Compressed,
    /// PNG, which loses nothing; its fidelity is infinite and left out.
    pub png_bytes: f64,
    /// WebP without loss.
    pub webp_bytes: f64,
    /// JPEG at several qualities, from coarse to fine, with optimised Huffman tables.
    pub jpeg: Vec<(u8, Compressed)>,
    /// The code and JPEG at the finest quality on images that are no digits: the test images with black and
    /// white exchanged.
    pub inverted: [Compressed; 2],
}

/// Size and fidelity of an image.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Compressed {
    /// Bytes of an image, of a file with its headers.
    pub bytes: f64,
    /// Bytes of the headers and tables among those; none of a code, whose decoder is not counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header_bytes: Option<f64>,
    /// Peak signal-to-noise ratio, `10 log₁₀(1 / MSE)`, in decibel.
    pub psnr_db: f64,
}
