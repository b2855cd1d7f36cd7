//! The codes of all test images, with their places in the plane and their errors.

use super::ScatterView;

/// Every test image's code, its place in the plane, and its error. Codes are of clean images, errors those of
/// the digits: of what the experiment makes of its inputs against clean images.
#[derive(Clone, Debug, PartialEq)]
pub struct CodeTable {
    /// Where each point is, and which sample.
    pub scatter: ScatterView,
    /// Class of each sample: `[n]`.
    pub labels: Vec<u8>,
    /// Units of the code.
    pub size: usize,
    /// The codes: `[n, size]`.
    pub codes: Vec<f32>,
    /// Mean squared error per pixel of each reconstruction: `[n]`.
    pub mse_per_pixel: Vec<f32>,
}
