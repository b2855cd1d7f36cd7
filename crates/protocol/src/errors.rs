//! How well each class is reconstructed, and which test images have the largest errors.

use super::SampleIdx;

/// Errors over the whole test split, of what the experiment makes of its inputs against clean images: those that
/// stand under the digits.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ErrorView {
    /// Steps taken before it.
    pub step: u64,
    /// Test images.
    pub n_samples: usize,
    /// Mean squared error per pixel over all of them.
    pub mse_per_pixel: f32,
    /// The images with the largest errors, the worst first; at most [`ErrorView::MAX_WORST`].
    pub worst: Vec<SampleIdx>,
    /// Each class that has images, rising.
    pub classes: Vec<ClassErrors>,
}

/// Errors over the test images of one class.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ClassErrors {
    pub class: u8,
    /// Its test images.
    pub n_samples: usize,
    /// Mean squared error per pixel.
    pub mse_per_pixel: f32,
    /// Its images with the largest errors, the worst first; at most [`ErrorView::MAX_WORST`].
    pub worst: Vec<SampleIdx>,
}

impl ErrorView {
    /// Most images that are told of the whole split and of each class.
    pub const MAX_WORST: usize = 96;
}
