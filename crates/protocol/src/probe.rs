//! What the window looks at, and the model as seen there at one step.

use std::sync::Arc;

use hourglass_experiment::{ImageShape, LayerName};

use super::{
    Axes, CodeSelection, DecodeRequest, Decoded, ErrorView, FilterRequest, FilterView, FlowView,
    PreparedImage, Requester, RunId, SampleIdx, ScatterRequest, UnitMeans, UserImageView,
};

/// What the window looks at. Looking never changes training.
#[derive(Clone, Debug, PartialEq)]
pub struct ProbeRequest {
    /// Counts the requests; a snapshot echoes it.
    pub revision: u64,
    /// Test images whose reconstructions are shown, in the order shown.
    pub samples: Vec<SampleIdx>,
    /// Layer whose activations are shown; `None` while no view shows them.
    pub layer: Option<LayerName>,
    /// What the latent scatter shows; `None` while no view shows it.
    pub scatter: Option<ScatterRequest>,
    /// The image under the pointer in the scatter.
    pub hovered: Option<SampleIdx>,
    /// User images that are to be reconstructed; `None` while no view shows them.
    pub user_images: Arc<[PreparedImage]>,
    /// Places in the space of codes that are to be decoded, a set for each requester.
    pub decode: Vec<DecodeRequest>,
    /// Whether frames of the latent space are taken during the run, for a film of it.
    pub film: bool,
    /// Weights that are shown as pictures; `None` while no view shows them.
    pub filters: Option<FilterRequest>,
    /// The test image whose way through every layer is shown; `None` while no view shows it.
    pub followed: Option<SampleIdx>,
    /// Whether a view shows how well each class is reconstructed, or which images are reconstructed worst.
    pub errors: bool,
}

impl Default for ProbeRequest {
    fn default() -> Self {
        Self {
            revision: 0,
            samples: (0..10).collect(),
            layer: Some(LayerName::Code),
            scatter: Some(ScatterRequest::default()),
            hovered: None,
            user_images: Arc::from([]),
            decode: Vec::new(),
            film: false,
            filters: None,
            followed: None,
            errors: false,
        }
    }
}

impl ProbeRequest {
    /// Asks for places to be decoded, unless some are for the same requester already.
    pub fn decode(&mut self, requester: Requester, places: Option<CodeSelection>) {
        if self.decode.iter().all(|set| set.requester != requester) {
            let set = places.map(|places| DecodeRequest { requester, places });
            self.decode.extend(set);
        }
    }
}

/// The model at one step, as plain arrays. The parts may be of different age: the scatter costs more than
/// the digits and is renewed less often; each says its step.
#[derive(Clone, Debug, PartialEq)]
pub struct Snapshot {
    pub run: RunId,
    /// Revision of the request it answers.
    pub revision: u64,
    /// Steps taken before it.
    pub step: u64,
    /// Reconstructions of the samples asked for.
    pub digits: Arc<DigitView>,
    /// The sample under the pointer, when one was asked for.
    pub hovered: Option<Arc<DigitView>>,
    /// Activations of the layer asked for.
    pub activations: Option<Arc<ActivationView>>,
    /// The images in the plane.
    pub scatter: Option<Arc<ScatterView>>,
    /// The user images asked for.
    pub user_images: Option<Arc<UserImageView>>,
    /// The places that were asked for.
    pub decoded: Decoded,
    /// The weights asked for.
    pub filters: Option<Arc<FilterView>>,
    /// How active the units are that those weights belong to.
    pub unit_means: Option<Arc<UnitMeans>>,
    /// The image that is followed, on its way through every layer.
    pub flow: Option<Arc<FlowView>>,
    /// How well each class is reconstructed.
    pub errors: Option<Arc<ErrorView>>,
    /// The comparison run of a comparison, seen in the same way.
    pub comparison: Option<Arc<Self>>,
}

impl Snapshot {
    /// A look at a run that shows nothing yet.
    #[must_use]
    pub fn nothing(run: RunId, step: u64) -> Self {
        Self {
            run,
            revision: 0,
            step,
            digits: Arc::default(),
            hovered: None,
            activations: None,
            scatter: None,
            user_images: None,
            decoded: Decoded::default(),
            filters: None,
            unit_means: None,
            flow: None,
            errors: None,
            comparison: None,
        }
    }
}

/// Images of some test samples on their way through the network; pixels are 0..1, row by row.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DigitView {
    /// Steps taken before it.
    pub step: u64,
    /// Which samples, in order.
    pub samples: Vec<SampleIdx>,
    /// Their classes.
    pub labels: Vec<u8>,
    pub shape: ImageShape,
    /// Clean images: `[n, pixels]`.
    pub originals: Vec<f32>,
    /// What the encoder saw: `[n, pixels]`; equal to the originals without corruption.
    pub corrupted: Vec<f32>,
    /// What the decoder made of it: `[n, pixels]`; a linear output may leave 0..1.
    pub reconstructions: Vec<f32>,
    /// Mean squared error per pixel of each reconstruction against its clean image.
    pub mse_per_pixel: Vec<f32>,
}

/// Activations of one layer over the whole test split, from clean inputs.
#[derive(Clone, Debug, PartialEq)]
pub struct ActivationView {
    /// Steps taken before it.
    pub step: u64,
    pub layer: LayerName,
    /// Images it is taken over.
    pub n_samples: usize,
    /// All activations of all units.
    pub histogram: Histogram,
    /// Mean over units and images.
    pub mean: f32,
    /// Share with |h| < 0.01.
    pub near_zero_fraction: f32,
    /// Units near zero on every image.
    pub dead_units: usize,
    /// Mean activation of each unit.
    pub unit_means: Vec<f32>,
    /// `KL(q(z|x) ‖ p(z))` of each unit in nats, averaged over images; only of a variational code.
    pub unit_kl_nats: Option<Vec<f32>>,
}

/// Counts of values in bins of equal width.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Histogram {
    /// Left edge of the first bin.
    pub start: f32,
    pub bin_width: f32,
    /// Values in each bin.
    pub counts: Vec<u32>,
}

impl Histogram {
    /// Values counted.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.counts.iter().map(|&count| u64::from(count)).sum()
    }
}

/// The codes of images as points of a plane, from clean inputs.
#[derive(Clone, Debug, PartialEq)]
pub struct ScatterView {
    /// Steps taken before it.
    pub step: u64,
    /// How the plane lies in the space of codes.
    pub axes: Axes,
    /// Which units or which principal components the two axes are, counted from 0.
    pub pair: [usize; 2],
    /// Which sample each point is.
    pub samples: Arc<[SampleIdx]>,
    /// Where each point is.
    pub points: Vec<[f32; 2]>,
    /// How far off the reconstruction of each is, where that was asked for.
    pub errors: Option<SampleErrors>,
}

impl Default for ScatterView {
    /// No points, in the plane of the two first units.
    fn default() -> Self {
        Self {
            step: 0,
            axes: Axes::Raw,
            pair: [0, 1],
            samples: Arc::from([]),
            points: Vec::new(),
            errors: None,
        }
    }
}

/// Errors of images, from clean inputs.
#[derive(Clone, Debug, PartialEq)]
pub struct SampleErrors {
    /// Mean squared error per pixel of each image.
    pub mse_per_pixel: Vec<f32>,
    /// The smallest, and the one that only a hundredth of them exceed: stray images would stretch a scale.
    pub range: [f32; 2],
}
