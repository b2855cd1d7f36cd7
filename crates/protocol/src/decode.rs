//! Places in the space of codes that the window wants pictures of, and the pictures.
//!
//! `Places` names codes on behalf of an `Requester`: hovering, interpolating, the manifold and the sliders.
//! `train/decode.rs` finds the codes and decodes a set in one pass.

use std::sync::Arc;

use hourglass_experiment::{ImageShape, LatentPrior};

use super::{Axes, SampleIdx};

/// Most pictures of one set: what is asked for beyond them is left out.
pub const MAX_DECODED: usize = 1_024;

/// Units that a view can name and change one by one; of wider codes those of largest variance.
pub const MAX_CODE_UNITS: usize = 64;

/// Whom pictures are for. Each has one set at a time, which is renewed apart from the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Requester {
    /// The place under the pointer in the scatter.
    Pointer,
    /// The way between two points of the scatter.
    Interpolation,
    /// The grid over the latent plane.
    Grid,
    /// Samples of the prior.
    Samples,
    /// The code that is set by hand.
    Sliders,
    /// Each unit of that code from low to high.
    Traversals,
}

/// A set of places, decoded in one pass.
#[derive(Clone, Debug, PartialEq)]
pub struct DecodeRequest {
    /// Whom it is for.
    pub requester: Requester,
    pub places: CodeSelection,
}

/// Places in the space of codes. Codes of test images are those of the clean images, as in the scatter.
#[derive(Clone, Debug, PartialEq)]
pub enum CodeSelection {
    /// Codes in their own units: `[n, size]`.
    Codes(Arc<[f32]>),
    /// Points of the scatter's plane; of a code of more units, on the plane through the mean.
    Plane(Arc<[[f32; 2]]>),
    /// The way from the code of one test image to that of another.
    Between {
        /// The two images.
        ends: [SampleIdx; 2],
        /// Places on the way, both ends included.
        n_places: usize,
        /// How it leads there.
        route: Route,
    },
    /// A grid over a plane of codes.
    Grid {
        /// Places along each axis.
        n_places: usize,
        /// What spans the plane; codes of one or two units span it themselves.
        span: Span,
    },
    /// Drawn from the prior, or where there is none from a Gaussian fitted to the codes. The same seed draws
    /// the same numbers at every step.
    Drawn {
        /// How many.
        n_places: usize,
        seed: u64,
    },
    /// A code that is set by hand, and the code it starts from: `[2, size]`.
    Edited(EditedCode),
    /// Units of that code, each from low to high with the others as they are: `[units, places]`.
    Traversals {
        code: EditedCode,
        /// Which units, in order.
        units: Vec<usize>,
        /// Places of each.
        n_places: usize,
    },
}

/// How an interpolation leads from one code to the other.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize,
)]
pub enum Route {
    #[default]
    Straight,
    /// Along the arc of a great circle, on which a code keeps its length (Shoemake 1985).
    Arc,
}

/// What spans a plane of codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum Span {
    /// The two principal axes of the codes, through their mean.
    Principal,
    /// Two units, counted from 0. The others rest at 0, the mean of the prior, or at their own mean where
    /// there is none.
    Units([usize; 2]),
}

/// A code with units that were set by hand.
#[derive(Clone, Debug, PartialEq)]
pub struct EditedCode {
    /// Where the units are that were not set; they move as training goes on.
    pub start: CodeStart,
    /// The units that were set, and to what.
    pub edits: Vec<(usize, f32)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CodeStart {
    /// The mean of the test images' codes.
    Mean,
    /// The code of a test image.
    Sample(SampleIdx),
}

impl CodeSelection {
    /// Whether they are found among the codes of all test images.
    #[must_use]
    pub fn needs_all_codes(&self) -> bool {
        !matches!(self, Self::Codes(_) | Self::Between { .. })
    }
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Decoded {
    /// The sets asked for, as far as they are decoded.
    pub views: Vec<Arc<DecodedView>>,
    /// How the units spread over the test images, when a set was asked for that follows them.
    pub units: Option<Arc<CodeUnits>>,
}

impl Decoded {
    /// The newest pictures for a requester. They may answer an earlier question: they say which.
    #[must_use]
    pub fn of(&self, requester: Requester) -> Option<&Arc<DecodedView>> {
        self.views.iter().find(|view| view.requester == requester)
    }
}

/// Pictures of places in the space of codes.
#[derive(Clone, Debug, PartialEq)]
pub struct DecodedView {
    /// Steps taken before it.
    pub step: u64,
    /// Whom it is for.
    pub requester: Requester,
    /// What was asked.
    pub places: CodeSelection,
    pub found: Found,
    /// Units of a code.
    pub size: usize,
    /// The codes that were decoded: `[n, size]`.
    pub codes: Vec<f32>,
    pub shape: ImageShape,
    /// The pictures: `[n, pixels]`; a linear output may leave 0..1.
    pub images: Vec<f32>,
}

impl DecodedView {
    /// Pictures.
    #[must_use]
    pub fn len(&self) -> usize {
        self.images.len() / self.shape.n_values()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.images.is_empty()
    }

    /// One picture, `[pixels]`.
    #[must_use]
    pub fn image(&self, idx: usize) -> Option<&[f32]> {
        self.shape.of(&self.images, idx)
    }

    /// The code behind a picture, `[size]`.
    #[must_use]
    pub fn code(&self, idx: usize) -> Option<&[f32]> {
        self.codes.get(idx * self.size..(idx + 1) * self.size)
    }
}

/// How places were found in the space of codes.
#[derive(Clone, Debug, PartialEq)]
pub enum Found {
    /// They were codes, or edits of codes.
    Given,
    /// In the plane of the scatter, which lay like this.
    Plane(Axes),
    /// Between the codes of two test images.
    Between,
    Grid {
        /// Which two units span it; `None` if its axes are the principal ones.
        units: Option<[usize; 2]>,
        /// How the plane lies in the space of codes.
        axes: Axes,
        /// How far apart the places are.
        spacing: Spacing,
        /// Places along the horizontal axis, rising.
        xs: Vec<f32>,
        /// Places along the vertical axis, rising; a single one where the code has one unit.
        ys: Vec<f32>,
    },
    /// Drawn from the prior.
    Prior(LatentPrior),
    /// Drawn from a Gaussian with the mean and the full covariance of the test images' codes.
    Fitted {
        /// Codes it was fitted to.
        n_codes: usize,
    },
}

/// How the units of a code spread over the test images.
#[derive(Clone, Debug, PartialEq)]
pub struct CodeUnits {
    /// Steps taken before it.
    pub step: u64,
    /// Units of the code, told of or not.
    pub size: usize,
    /// All units in order; of a code of more than [`MAX_CODE_UNITS`] that many of largest variance, the largest
    /// first.
    pub units: Vec<UnitRange>,
}

/// How one unit spreads over the test images.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct UnitRange {
    /// Which unit, counted from 0.
    pub unit: usize,
    pub mean: f32,
    /// Its standard deviation.
    pub deviation: f32,
    /// Below it are 1 % of the images.
    pub low: f32,
    /// Above it are 1 % of the images.
    pub high: f32,
}

/// How far apart the codes of a grid are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spacing {
    /// At the quantiles of the prior, so that each image stands for an equal part of it.
    Quantiles(LatentPrior),
    /// Evenly over what a prior without quantiles covers.
    Extent(LatentPrior),
    /// Evenly over the middle 98 % of the codes of the test split along each axis.
    Codes,
}
