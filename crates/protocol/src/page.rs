//! What a page that anybody can open holds of a model: its codes, the images, and its decoder as plain numbers.

use std::sync::Arc;

use hourglass_experiment::{ImageShape, Layer, Shape};

use super::{CodeTable, CodeUnits, DigitView};

/// The numbers of a page.
#[derive(Clone, Debug, PartialEq)]
pub struct PageNumbers {
    /// Every test image. The errors of its scatter are those of what is decoded from the code that stands there; those
    /// of the table are of the experiment's inputs, which may be corrupted.
    pub table: CodeTable,
    /// Of each image.
    pub shape: ImageShape,
    /// The test images, 0 to 255: `[n, channels, height, width]`.
    pub images: Arc<[u8]>,
    /// How the plane of the scatter lies in the space of codes.
    pub plane: CodePlane,
    /// How the units spread over the test images.
    pub units: Arc<CodeUnits>,
    pub decoder: PlainDecoder,
    /// Some images on their way through the network.
    pub digits: DigitView,
}

/// A plane in the space of codes: the place `[x, y]` stands for the code `origin + x · across + y · up`.
#[derive(Clone, Debug, PartialEq)]
pub struct CodePlane {
    /// The mean of the test images' codes: `[size]`.
    pub mean: Vec<f32>,
    /// `[size]`
    pub origin: Vec<f32>,
    /// `[size]`
    pub across: Vec<f32>,
    /// `[size]`; of a code of one unit, which is drawn over itself, this alone moves it.
    pub up: Vec<f32>,
}

/// A decoder as a list of layers, from a code to the pixels of an image, the activation of the output included. Values
/// lie in rows, those of maps channel by channel and row by row.
#[derive(Clone, Debug, PartialEq)]
pub struct PlainDecoder {
    pub layers: Vec<PlainLayer>,
}

/// A layer with its weights.
#[derive(Clone, Debug, PartialEq)]
pub struct PlainLayer {
    pub layer: Layer,
    /// What comes in.
    pub from: Shape,
    /// What goes out.
    pub to: Shape,
    /// As `PyTorch` has them: of a dense layer `[units, inputs]`, of a convolution
    /// `[channels, channels that come in, kernel, kernel]`; empty where nothing is learned.
    pub weights: Vec<f32>,
    /// One for each unit or channel.
    pub biases: Vec<f32>,
}

impl PlainDecoder {
    /// Weights and biases of all layers.
    #[must_use]
    pub fn n_parameters(&self) -> usize {
        let of = |layer: &PlainLayer| layer.weights.len() + layer.biases.len();
        self.layers.iter().map(of).sum()
    }
}
