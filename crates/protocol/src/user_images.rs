//! User images: how an image becomes a digit, and how the model sees it.

use std::fmt;
use std::sync::Arc;

use hourglass_experiment::ImageShape;

use super::pieces::{Group, GroupMap, GroupSet, LeftOut, Take};
use super::{Resizing, SampleIdx};

/// Names a user image for as long as the process lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserImageId(pub u64);

impl UserImageId {
    /// The drawing in progress; images that were added count from 1.
    pub const DRAWING: Self = Self(0);
}

/// A prepared image that the model is to reconstruct.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreparedImage {
    pub id: UserImageId,
    pub shape: ImageShape,
    /// `[channels, height, width]`, 0..=255.
    pub pixels: Arc<[u8]>,
}

/// What user images become: images such as those of the data set in use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ImageTarget {
    /// The ink of the image, light on black, in the middle of 28×28: digits and letters as MNIST has them.
    #[default]
    Handwriting,
    /// All of the image.
    Whole(WholeTarget),
}

/// What user images become whose ground is theirs too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WholeTarget {
    pub shape: ImageShape,
    /// How an image of other proportions is made to fit, where a person does not say.
    pub resizing: Resizing,
    /// Whether a light ground becomes dark: that of the data set is.
    pub inverts_light: bool,
}

impl ImageTarget {
    #[must_use]
    pub const fn shape(&self) -> ImageShape {
        match self {
            Self::Handwriting => ImageShape::MNIST,
            Self::Whole(target) => target.shape,
        }
    }
}

/// User images as the model sees them. They are shown to it as they are, without the experiment's corruption, and
/// so are the test images they are compared with.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UserImageView {
    /// Steps taken before it.
    pub step: u64,
    /// In the order of the request.
    pub images: Vec<UserImageLook>,
}

/// One user image as the model sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct UserImageLook {
    pub id: UserImageId,
    /// What the decoder made of it: `[channels, height, width]`; a linear output may leave 0..1.
    pub reconstruction: Vec<f32>,
    /// Mean squared error per pixel.
    pub mse_per_pixel: f32,
    /// Where it stands among the test images; `None` until they were encoded.
    pub percentile: Option<Percentile>,
}

/// Where an image stands among the test images, all of it by the same model at one step.
#[derive(Clone, Debug, PartialEq)]
pub struct Percentile {
    /// Steps taken before it.
    pub step: u64,
    /// Share of the test images whose error is smaller, 0..1; of those with the same error half count.
    pub share_below: f64,
    /// Test images it is compared with.
    pub n_test: usize,
    /// Where its code lies in the plane of the scatter of that step.
    pub point: [f32; 2],
    /// The test images with the nearest codes, nearest first.
    pub neighbours: Vec<Neighbour>,
}

/// A test image whose code is near.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Neighbour {
    /// Which image.
    pub sample: SampleIdx,
    /// Its class.
    pub label: u8,
    /// Euclidean distance between the codes.
    pub distance: f32,
}

/// How an image is to be prepared. What is absent is decided from the image; all but the first three and the region
/// concern ink, and mean nothing where the whole image is taken.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Preparation {
    /// What lies behind transparent pixels.
    pub backdrop: Option<Backdrop>,
    /// Whether light and dark are exchanged, so that ink becomes light on dark.
    pub invert: Option<bool>,
    /// How an image of other proportions is made to fit, where the whole of it is taken.
    pub resizing: Option<Resizing>,
    /// How the paper is taken off.
    pub paper: Option<Paper>,
    /// Whether ink is made as strong as MNIST's.
    pub stretch: Option<bool>,
    /// From which share of full ink on a pixel counts for the crop, 0..1.
    pub threshold: Option<f32>,
    /// Whether the picture is cropped to its ink; otherwise all of it is fitted into 28×28.
    pub crop: Option<bool>,
    /// Whether edges softer than a pixel of the result are made as steep as MNIST's.
    pub sharpen: Option<bool>,
    /// How the digit is put into the middle.
    pub centring: Option<Centring>,
    /// Whether a pen much thinner or thicker than MNIST's is made as wide as that.
    pub pen: Option<bool>,
    /// The part of the picture that is looked at: left, top, right and bottom as shares of its width and height.
    pub region: Option<[f32; 4]>,
    /// Which groups of ink become the digit.
    pub take: Option<Take>,
}

impl Preparation {
    /// The same with one group of ink alone.
    #[must_use]
    pub fn taking(self, group: usize) -> Self {
        Self {
            take: Some(Take::Groups(GroupSet::one(group))),
            ..self
        }
    }
}

/// What was decided, by the person or from the picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Decisions {
    /// What lies behind transparent pixels; `None` if there are none.
    pub backdrop: Option<Backdrop>,
    /// Whether light and dark were exchanged.
    pub invert: bool,
    pub way: Way,
}

impl Decisions {
    /// What was decided about the ink; `None` if the whole image was taken.
    #[must_use]
    pub const fn ink(&self) -> Option<&InkDecisions> {
        match &self.way {
            Way::Ink(ink) => Some(ink),
            Way::Whole(_) => None,
        }
    }
}

/// What of an image was taken, and how.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Way {
    Ink(InkDecisions),
    /// All of it, made to fit.
    Whole(Resizing),
}

/// What was decided about the ink of an image.
#[derive(Clone, Copy, Debug, PartialEq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent answers, each to a question of its own"
)]
pub struct InkDecisions {
    /// How the paper was taken off.
    pub paper: Paper,
    /// Whether ink was made as strong as MNIST's.
    pub stretch: bool,
    /// From which share of full ink on a pixel counted for the crop.
    pub threshold: f32,
    /// Whether the picture was cropped to its ink.
    pub crop: bool,
    /// Whether edges were made as steep as MNIST's.
    pub sharpen: bool,
    /// How the digit was put into the middle.
    pub centring: Centring,
    /// Whether the pen was made as wide as MNIST's.
    pub pen: bool,
}

/// What lies behind transparent pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backdrop {
    /// White, as a page.
    White,
    /// Black, for light ink on nothing.
    Black,
}

/// How the paper is taken off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paper {
    /// One shade everywhere.
    Flat,
    /// Shades that change slowly over the picture, as light falling from a side makes them.
    Uneven,
}

/// How the digit is put into the middle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Centring {
    /// By the centre of mass of its ink, as MNIST's digits.
    Mass,
    /// By the box around its ink.
    Box,
    /// It stays where it lies in the picture.
    Kept,
}

/// An image such as those of the data set, with every stage of the way.
#[derive(Clone, Debug, PartialEq)]
pub struct Prepared {
    /// What it was to become.
    pub target: ImageTarget,
    /// The stages in order, from the image as it came.
    pub stages: Vec<StagePicture>,
    /// What was decided on the way.
    pub decisions: Decisions,
    /// Left, top, right and bottom of the crop as shares of the picture's width and height.
    pub crop: [f32; 4],
    /// `[channels, height, width]`, 0..=255; 0 is paper where there is any.
    pub pixels: Arc<[u8]>,
    /// What a person should know.
    pub notes: Vec<ImageNote>,
    /// All ink that was found, writing first and in reading order: rows from top to bottom, each from left to right;
    /// then what surrounds it.
    pub groups: Vec<Group>,
    /// Where these lie.
    pub group_map: GroupMap,
}

impl Prepared {
    /// The groups that may be digits of their own, by their places, in reading order.
    pub fn digits(&self) -> impl Iterator<Item = usize> {
        let groups = self.groups.iter().enumerate();
        groups.filter_map(|(place, group)| group.is_digit.then_some(place))
    }
}

/// The picture after one stage, at most 200 pixels wide and high.
#[derive(Clone, Debug, PartialEq)]
pub struct StagePicture {
    pub stage: ImageStage,
    /// Pixels side by side.
    pub width: usize,
    /// Pixels on top of each other.
    pub height: usize,
    /// Red, green and blue, row by row; from [`ImageStage::Ink`] to [`ImageStage::Centred`] all three are 0 paper to 255
    /// ink.
    pub rgb: Arc<[[u8; 3]]>,
}

/// A stage of preparing an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ImageStage {
    /// The picture as it came.
    Original,
    /// Without transparency and colour.
    Grey,
    /// Ink on black, without the paper.
    Ink,
    /// What is left of it once cropped.
    Cropped,
    /// Fitted into 20×20.
    Fitted,
    /// Centred in 28×28.
    Centred,
    /// All of it, in the shape of the data set.
    Whole,
}

/// What a person should know of a picture.
#[derive(Clone, Debug, PartialEq)]
pub enum ImageNote {
    /// It is no PNG.
    Format {
        name: &'static str,
        /// Whether its pixels are no longer quite what they were.
        is_lossy: bool,
    },
    /// It moves, and only one of its pictures is used.
    OneFrame {
        /// Which one, counted from 1: the first that is not blank.
        used: usize,
        /// Pictures in all.
        n_frames: usize,
    },
    /// Its end is missing.
    CutShort {
        /// Share of its rows that are missing, where that is known.
        missing: Option<f32>,
    },
    /// Everything on it was transparent, and was taken as opaque.
    OpacityIgnored,
    /// Its values do not reach a sixteenth of white: they were made to.
    Unscaled,
    /// Told by its colours, because their lightness is nearly the same.
    ByColour,
    /// Ink was left out.
    LeftOut {
        why: LeftOut,
        /// How many groups of it.
        n_groups: usize,
    },
    /// There are several digits, and one of them was taken.
    SeveralDigits {
        n_digits: usize,
        /// Which one, counted from 1 in reading order.
        taken: usize,
    },
    /// The writing reaches the border and may be cut off there.
    ReachesBorder,
    FaintMadeFull,
    /// The pen was far from as wide as MNIST's, and made so.
    PenWidth {
        /// Whether it was thinner.
        was_thin: bool,
    },
    /// It was turned upright as its camera says.
    Turned,
    /// It was made smaller before anything else.
    Reduced {
        /// Width and height as they were.
        from: [u32; 2],
    },
    /// Nothing on it stands out from its background.
    NoInk,
    /// It is a digit of 28×28 as MNIST's are, and was taken as it is.
    AlreadyPrepared,
}

/// Share of the test images above whose error an image is unlike what the model has seen.
const UNLIKE: f64 = 0.99;

impl Percentile {
    /// That an image is unlike what the model has seen, with the stage of its preparation that looks like the reason;
    /// `None` if it is like them.
    #[must_use]
    pub fn unlike(&self, notes: &[ImageNote]) -> Option<String> {
        (self.share_below > UNLIKE).then(|| {
            let reason = notes.iter().find_map(ImageNote::doubt);
            let reason =
                reason.unwrap_or("no stage explains it; the data set may have no images like this");
            format!("unlike what the model has seen: {reason}")
        })
    }
}

impl ImageNote {
    /// What to look at where the digit is doubtful; `None` if this is no reason for doubt.
    fn doubt(&self) -> Option<&'static str> {
        Some(match self {
            Self::NoInk => "no digit was found; drag a rectangle around it",
            Self::SeveralDigits { .. } => "there are several digits; click the one you mean",
            Self::CutShort { .. } => "the image is cut short",
            Self::ReachesBorder => "the writing is cut off at the border",
            Self::LeftOut { .. } => "check what was left out; click what belongs to the digit",
            Self::PenWidth { .. } => "the pen width was changed; check the ink",
            Self::ByColour | Self::FaintMadeFull | Self::Unscaled => {
                "the ink was faint; check the ink and the paper"
            }
            _ => return None,
        })
    }
}

impl fmt::Display for ImageNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Format {
                name,
                is_lossy: true,
            } => write!(
                f,
                "{name}: its compression may have changed pixels; PNG is better"
            ),
            Self::Format { name, .. } => write!(f, "read from {name}"),
            Self::OneFrame { used: 1, n_frames } => {
                write!(f, "only the first of its {n_frames} frames is used")
            }
            Self::OneFrame { used, n_frames } => write!(
                f,
                "its first frame is blank: only frame {used} of {n_frames} is used"
            ),
            Self::CutShort { missing: None } => f.write_str("cut short: its end is missing"),
            Self::CutShort {
                missing: Some(share),
            } if *share <= 0.0 => {
                f.write_str("its end is missing, but the image is complete")
            }
            Self::CutShort {
                missing: Some(share),
            } => write!(
                f,
                "cut short: {} of it is missing at the end. Copy or download it again",
                share_in_words(*share)
            ),
            Self::OpacityIgnored => {
                f.write_str("it is completely transparent: treated as opaque")
            }
            Self::Unscaled => {
                f.write_str("its brightest pixel is far below white, as in an array saved without scaling: stretched to white")
            }
            Self::ByColour => f.write_str("found by colour, because brightness hardly differs"),
            Self::LeftOut { why, n_groups: 1 } => write!(f, "left out: {why}"),
            Self::LeftOut { why, n_groups } => write!(f, "left out: {why} ({n_groups} pieces)"),
            Self::SeveralDigits { n_digits, taken } => write!(
                f,
                "{n_digits} digits found: using number {taken} in reading order; click another, or add all"
            ),
            Self::ReachesBorder => {
                f.write_str("the writing touches the border: part of it may be cut off")
            }
            Self::FaintMadeFull => f.write_str("faint ink: strengthened"),
            Self::PenWidth { was_thin: true } => {
                f.write_str("a very thin pen: widened to match MNIST's")
            }
            Self::PenWidth { .. } => f.write_str("a very thick pen: narrowed to match MNIST's"),
            Self::Turned => f.write_str("rotated upright, following its camera data"),
            Self::Reduced {
                from: [width, height],
            } => write!(f, "scaled down from {width}×{height}"),
            Self::NoInk => {
                f.write_str("nothing stands out from the background: no digit was found")
            }
            Self::AlreadyPrepared => f.write_str("already in MNIST's format: used as it is"),
        }
    }
}

/// A share as a person says it: `about a fifth`, `about 65 %`.
fn share_in_words(share: f32) -> String {
    let fractions = [
        (0.5, "half"),
        (0.333, "a third"),
        (0.25, "a quarter"),
        (0.2, "a fifth"),
        (0.1, "a tenth"),
    ];
    let near = fractions
        .iter()
        .find(|(value, _)| (share - value).abs() < 0.022);
    match near {
        Some((_, word)) => format!("about {word}"),
        None if share < 0.1 => "less than a tenth".to_owned(),
        None => format!("about {:.0} %", 100.0 * share),
    }
}

/// A stroke of a pen over a square canvas.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PenStroke {
    /// Where the pen was, as shares of the canvas from the upper left corner.
    pub points: Vec<[f32; 2]>,
    /// Half the width of the stroke, as a share of the canvas.
    pub radius: f32,
}
