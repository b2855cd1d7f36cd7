//! From a picture to 28×28, stage by stage.

use std::sync::Arc;

use crate::data::centring;
use crate::experiment::IMAGE_SIDE;
use crate::protocol::{
    Backdrop, Centring, Decisions, Paper, PhotoNote, PhotoStage, Preparation, Prepared,
    StagePicture,
};

use super::Picture;
use super::fit::fit;
use super::ink::{Ink, PixelBox};
use super::paper::{self, Border, Grey};
use super::picture::{SHOWN_SIDE, byte};

/// Side of the box that MNIST's digits were fitted into, in pixels.
const BOX_SIDE: usize = 20;

/// From which share of full ink on a pixel counts for the crop.
///
/// At a half, the edge of a blurred stroke is where the sharp one had it, but a faint end of a stroke is cut
/// off; near nothing, the blur around the strokes counts. Of MNIST's digits enlarged to 200×200 by four
/// different filters, this came back nearest to the originals.
const CROP_THRESHOLD: f32 = 0.25;

/// Makes a picture a digit as MNIST's are. What the wish leaves open is decided from the picture.
///
/// Takes two milliseconds for a picture of 200×200 on one core, twenty for the largest.
#[must_use]
pub fn prepare(picture: &Picture, wish: &Preparation) -> Prepared {
    let (width, height) = (picture.width, picture.height);
    let backdrop = picture
        .is_transparent()
        .then(|| wish.backdrop.unwrap_or_else(|| backdrop_of(picture)));
    let light = picture.light_over(backdrop.unwrap_or(Backdrop::White));
    let grey = Grey {
        width,
        height,
        light: &light,
    };
    let border = Border::of(grey);
    let invert = wish.invert.unwrap_or(border.is_light);
    let paper = Stripped::of(grey, border, invert, wish);
    let is_prepared = paper.is_prepared();
    let mut decisions = Decisions {
        backdrop,
        invert,
        paper: paper.kind,
        stretch: wish.stretch.unwrap_or(!is_prepared),
        threshold: wish.threshold.unwrap_or(CROP_THRESHOLD),
        crop: wish.crop.unwrap_or(!is_prepared),
        sharpen: false, // known once the digit's size is
        centring: Centring::Mass,
    };
    let usual = if decisions.crop {
        Centring::Mass
    } else {
        Centring::Kept
    };
    decisions.centring = wish.centring.unwrap_or(usual);

    let mut notes = picture.notes.clone();
    let ink = paper.ink(decisions.stretch);
    let has_ink = ink.is_some();
    let mut ink = ink.unwrap_or_else(|| Ink {
        width,
        height,
        amount: vec![0.0; width * height],
    });
    let whole = PixelBox {
        left: 0,
        top: 0,
        right: width,
        bottom: height,
    };
    let shown_ink = shown(PhotoStage::Ink, &ink, whole);
    let part = if decisions.crop {
        ink.crop(decisions.threshold)
    } else {
        Some(whole)
    };
    if !has_ink || part.is_none() {
        notes.push(PhotoNote::NoInk);
    } else if is_prepared && wish.crop.is_none() {
        notes.push(PhotoNote::AlreadyPrepared);
    }
    let part = part.unwrap_or(whole);
    let side = if decisions.crop { BOX_SIDE } else { IMAGE_SIDE };
    let is_soft = || decisions.crop && ink.is_soft(part, side);
    decisions.sharpen = wish.sharpen.unwrap_or_else(is_soft);
    if decisions.sharpen {
        ink.sharpen();
    }
    let fitted: Vec<u8> = fit(&ink, part, side).into_iter().map(byte).collect();
    let pixels: Arc<[u8]> = centred(&fitted, side, decisions.centring).into();
    let grey = Ink {
        width,
        height,
        amount: light,
    };
    Prepared {
        stages: vec![
            picture.shown.clone(),
            shown(PhotoStage::Grey, &grey, whole),
            shown_ink,
            shown(PhotoStage::Cropped, &ink, part),
            grey_stage(PhotoStage::Fitted, side, &fitted),
            grey_stage(PhotoStage::Centred, IMAGE_SIDE, &pixels),
        ],
        decisions,
        crop: shares(part, width, height),
        pixels,
        notes,
    }
}

/// White, unless nothing shows on it and something shows on black: light ink on nothing.
fn backdrop_of(picture: &Picture) -> Backdrop {
    let contrast = |backdrop| {
        let light = picture.light_over(backdrop);
        let range = light
            .iter()
            .fold([f32::INFINITY, f32::NEG_INFINITY], |[least, most], &v| {
                [least.min(v), most.max(v)]
            });
        range[1] - range[0]
    };
    let [on_white, on_black] = [Backdrop::White, Backdrop::Black].map(contrast);
    if on_black > 2.0 * on_white {
        Backdrop::Black
    } else {
        Backdrop::White
    }
}

/// A picture without its paper.
struct Stripped {
    width: usize,
    height: usize,
    kind: Paper,
    /// How far each pixel stands out from the paper.
    above: Vec<f32>,
    noise: f32,
}

impl Stripped {
    fn of(grey: Grey<'_>, border: Border, invert: bool, wish: &Preparation) -> Self {
        let Grey { width, height, .. } = grey;
        let sign = if invert { -1.0 } else { 1.0 };
        let agrees = invert == border.is_light;
        let usual = if border.is_uneven && agrees {
            Paper::Uneven
        } else {
            Paper::Flat
        };
        let kind = wish.paper.unwrap_or(usual);
        let above = match kind {
            Paper::Uneven => paper::above_uneven(grey, sign),
            Paper::Flat if agrees => paper::above_flat(grey, border.shade, sign),
            // The border is not the paper: whatever lies farthest on the other side is.
            Paper::Flat => {
                let lights = grey.light.iter().map(|light| sign * light);
                let farthest = lights.fold(f32::INFINITY, f32::min);
                paper::above_flat(grey, sign * farthest, sign)
            }
        };
        let noise = if agrees {
            paper::noise(width, height, &above)
        } else {
            0.0
        };
        Self {
            width,
            height,
            kind,
            above,
            noise,
        }
    }

    fn ink(&self, stretch: bool) -> Option<Ink> {
        Ink::find(self.width, self.height, &self.above, self.noise, stretch)
    }

    /// Whether this is a digit as MNIST has them: 28×28, its ink within 20×20 and in the middle already.
    fn is_prepared(&self) -> bool {
        if [self.width, self.height] != [IMAGE_SIDE; 2] {
            return false;
        }
        let Some(ink) = self.ink(false) else {
            return false;
        };
        let bytes: Vec<u8> = ink.amount.into_iter().map(byte).collect();
        let all = || (0..bytes.len()).filter(|idx| bytes[*idx] > 0);
        let extent = |along: fn(usize) -> usize| {
            let least = all().map(along).min().unwrap_or(0);
            all().map(along).max().unwrap_or(0) - least + 1
        };
        centring::by_mass(&bytes)[..] == bytes
            && extent(|idx| idx / IMAGE_SIDE) <= BOX_SIDE
            && extent(|idx| idx % IMAGE_SIDE) <= BOX_SIDE
    }
}

/// The digit in 28×28.
fn centred(fitted: &[u8], side: usize, centring: Centring) -> Vec<u8> {
    match centring {
        Centring::Mass => centring::by_mass(fitted).to_vec(),
        Centring::Box => centring::by_box(fitted).to_vec(),
        Centring::Kept => {
            let margin = (IMAGE_SIDE - side) / 2;
            let mut image = vec![0; IMAGE_SIDE * IMAGE_SIDE];
            let lines = image.chunks_exact_mut(IMAGE_SIDE).skip(margin);
            for (line, fitted) in lines.zip(fitted.chunks_exact(side)) {
                line[margin..margin + side].copy_from_slice(fitted);
            }
            image
        }
    }
}

/// A part of a picture at the size it is shown: the mean of each block of pixels.
fn shown(stage: PhotoStage, ink: &Ink, part: PixelBox) -> StagePicture {
    let factor = part.width().max(part.height()).div_ceil(SHOWN_SIDE).max(1);
    let sides = [part.width(), part.height()].map(|side| side.div_ceil(factor));
    let mut sums = vec![(0.0_f32, 0.0_f32); sides[0] * sides[1]];
    let lines = ink.amount.chunks_exact(ink.width);
    for (row, line) in lines.skip(part.top).take(part.height()).enumerate() {
        for (column, value) in line[part.left..part.right].iter().enumerate() {
            let (sum, n) = &mut sums[row / factor * sides[0] + column / factor];
            *sum += value;
            *n += 1.0;
        }
    }
    StagePicture {
        stage,
        width: sides[0],
        height: sides[1],
        rgb: sums.iter().map(|(sum, n)| [byte(sum / n); 3]).collect(),
    }
}

fn grey_stage(stage: PhotoStage, side: usize, grey: &[u8]) -> StagePicture {
    StagePicture {
        stage,
        width: side,
        height: side,
        rgb: grey.iter().map(|&grey| [grey; 3]).collect(),
    }
}

/// The edges of a part as shares of the whole.
#[expect(clippy::cast_precision_loss, reason = "pixels of a picture")]
fn shares(part: PixelBox, width: usize, height: usize) -> [f32; 4] {
    let share = |at: usize, side: usize| at as f32 / side as f32;
    [
        share(part.left, width),
        share(part.top, height),
        share(part.right, width),
        share(part.bottom, height),
    ]
}
