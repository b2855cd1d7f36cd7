//! What a model makes of every image of a data set, for other programs.

use hourglass_experiment::{DataSetId, ImageShape};

use super::SampleIdx;

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EncodingRequest {
    /// Of the test images.
    pub test: bool,
    /// Of the training images.
    pub train: bool,
    /// The reconstructions as well, which take as much room as the images.
    pub reconstructions: bool,
}

/// What a model makes of images as they are, without corruption. Test images come before training images.
#[derive(Clone, Debug, PartialEq)]
pub struct Encodings {
    pub data: DataSetId,
    /// Steps taken before.
    pub step: u64,
    pub shape: ImageShape,
    /// Units of the code.
    pub size: usize,
    /// Which images: `[n]`.
    pub samples: Vec<SampleIdx>,
    /// Class of each: `[n]`.
    pub labels: Vec<u8>,
    /// The codes, of a variational code the means: `[n, size]`.
    pub codes: Vec<f32>,
    /// Mean squared error per pixel of each reconstruction: `[n]`.
    pub mse_per_pixel: Vec<f32>,
    /// The reconstructions, pixels 0..1, if they were asked for: `[n, pixels]`.
    pub reconstructions: Option<Vec<f32>>,
}
