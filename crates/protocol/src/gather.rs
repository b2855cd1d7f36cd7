//! The plain numbers that a figure is drawn from, gathered when one is asked for.

use hourglass_experiment::{DataSetId, Experiment, ImageShape};

use super::{
    ActivationView, Axes, CodeTable, DigitView, FilterBank, PageNumbers, SampleIdx, ScatterView,
    Spacing,
};

/// Which numbers are asked for. Gathering takes a moment, during which nothing is trained, and changes nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Gather {
    /// The code and the error of every test image.
    Codes,
    /// These test images on their way through the network.
    Digits(Vec<SampleIdx>),
    /// The decoder's images of a grid of codes, this many along each axis.
    Manifold(usize),
    /// The weights that look at pixels or draw them, and convolution kernels.
    Filters,
    /// The activations of every layer over the test split.
    Activations,
    /// What a page holds; of these test images also their way through the network.
    Page(Vec<SampleIdx>),
}

/// Numbers of a model at one step.
#[derive(Clone, Debug, PartialEq)]
pub struct Gathered {
    /// The experiment as it was then.
    pub experiment: Experiment,
    /// The digits.
    pub data: DataSetId,
    /// Steps taken before.
    pub step: u64,
    /// The same in epochs.
    pub epoch: f64,
    /// What was asked for.
    pub numbers: Numbers,
}

/// What was gathered; each variant answers the one of [`Gather`] that bears its name.
#[derive(Clone, Debug, PartialEq)]
pub enum Numbers {
    /// The code and the error of every test image.
    Codes(CodeTable),
    /// Test images on their way through the network.
    Digits(DigitView),
    /// Decoded images of a grid of codes.
    Manifold(Manifold),
    /// Weights as pictures, from the input to the output.
    Filters(Vec<FilterBank>),
    /// Activations, from the input to the output.
    Activations(Vec<ActivationView>),
    /// What a page holds.
    Page(Box<PageNumbers>),
}

/// What the decoder draws over a plane of codes.
#[derive(Clone, Debug, PartialEq)]
pub struct Manifold {
    /// How the plane lies in the space of codes.
    pub axes: Axes,
    /// Where the codes of the grid were taken from.
    pub spacing: Spacing,
    /// Places along the horizontal axis, rising: `[columns]`.
    pub xs: Vec<f32>,
    /// Places along the vertical axis, rising; a single one where the code has one unit: `[rows]`.
    pub ys: Vec<f32>,
    /// Of each image.
    pub shape: ImageShape,
    /// Decoded images, pixels 0..1, the row of the lowest place first: `[rows, columns, pixels]`.
    pub images: Vec<f32>,
}

/// The codes of part of the test split at one moment of a run: a frame of its film.
#[derive(Clone, Debug, PartialEq)]
pub struct FilmFrame {
    /// Epochs trained before it.
    pub epoch: f64,
    /// The codes in the plane. Each frame has its own principal axes.
    pub scatter: ScatterView,
}
