//! From a picture to 28×28, stage by stage. `segment` finds the writing; here it gets what a data
//! set has: a size, a pen, a place.

use std::sync::Arc;

use crate::centring::{self, BOX_SIDE};
use hourglass_experiment::IMAGE_SIDE;
use hourglass_protocol::{
    Backdrop, Centring, Decisions, Group, ImageNote, ImageStage, ImageTarget, InkDecisions,
    LeftOut, Preparation, Prepared, StagePicture, Take, Way,
};

use super::Picture;
use super::fit::fit;
use super::ink::Ink;
use super::paper::Grey;
use super::picture::SHOWN_SIDE;
use super::pixels::{PixelBox, byte, inside, small};
use super::source::Source;

/// From which share of full ink on a pixel counts for the crop.
///
/// At a half, the edge of a blurred stroke is where the sharp one had it, but a faint end of a stroke is cut
/// off; near nothing, the blur around the strokes counts. Of MNIST's digits enlarged to 200×200 by four
/// different filters, this came back nearest to the originals.
const CROP_THRESHOLD: f32 = 0.25;

/// Widths of a pen in pixels of the result that MNIST has, and what others are made.
const PEN_WIDTHS: [f32; 2] = [1.0, 4.6];
const USUAL_PENS: [f32; 2] = [2.2, 3.4];

/// Makes a picture a digit as MNIST's are. What the preparation leaves open is decided from the picture.
///
/// Takes a few milliseconds for a picture of 200×200 on one core, forty for the largest.
#[must_use]
pub fn prepare(picture: &Picture, preparation: &Preparation) -> Prepared {
    let (view, window) = picture.looked_at(preparation.region);
    let view = &*view;
    let backdrop = view
        .is_transparent()
        .then(|| preparation.backdrop.unwrap_or_else(|| backdrop_of(view)));
    let (light, by_colour) = view.light_over(backdrop.unwrap_or(Backdrop::White));
    let grey = Grey {
        width: view.width,
        height: view.height,
        light: &light,
    };
    let by_itself = Preparation {
        take: None,
        ..*preparation
    };
    let mut source = Source::of(grey, &by_itself);
    // A selection of groups within a picture means those that were found in it.
    if preparation.region.is_none()
        && preparation.take != Some(Take::AllInk)
        && let Some(mut inside) = look_inside(picture, preparation, &source)
    {
        inside.notes.push(ImageNote::LeftOut {
            why: LeftOut::Around,
            n_groups: 1,
        });
        return inside;
    }
    if preparation.take.is_some() {
        source = Source::of(grey, preparation);
    }
    if !by_colour {
        source.look_closer(view, preparation);
    }

    let mut notes = picture.notes.clone();
    if by_colour {
        notes.push(ImageNote::ByColour);
    }
    let mut decisions = decide(preparation, &source);
    let found = source.ink(&decisions);
    let has_ink = found.is_some();
    let levels = found.as_ref().map(|(_, levels)| *levels);
    let mut ink = found.map_or_else(|| source.blank(), |(ink, _)| ink);
    let whole = PixelBox::whole(ink.width, ink.height);
    let part = if decisions.crop {
        ink.crop(decisions.threshold)
    } else {
        Some(whole)
    };
    source.add_notes(
        &mut notes,
        has_ink && part.is_some(),
        &decisions,
        preparation,
    );
    let mut part = part.unwrap_or(whole);
    let side = if decisions.crop { BOX_SIDE } else { IMAGE_SIDE };
    if decisions.crop && has_ink {
        decisions.pen = widen_pen(
            &mut ink,
            &mut part,
            preparation,
            decisions.threshold,
            &mut notes,
        );
    }
    let is_soft = || decisions.crop && ink.is_soft(part, side);
    decisions.sharpen = preparation.sharpen.unwrap_or_else(is_soft);
    if decisions.sharpen {
        ink.sharpen();
    }
    let fitted: Vec<u8> = fit(&ink, part, side).into_iter().map(byte).collect();
    let pixels: Arc<[u8]> = centred(&fitted, side, decisions.centring).into();
    let crop = inside(window, source.shares(part, decisions.crop));
    let grey = Ink {
        width: view.width,
        height: view.height,
        amount: light,
    };
    Prepared {
        stages: stages(
            picture,
            window,
            [&grey, &source.shown_ink(levels), &ink.within(part)],
            [(side, &fitted), (IMAGE_SIDE, &pixels)],
        ),
        target: ImageTarget::Handwriting,
        decisions: Decisions {
            backdrop,
            invert: source.is_dark,
            way: Way::Ink(decisions),
        },
        crop,
        pixels,
        notes,
        groups: source.groups(window),
        group_map: source.group_map(window),
    }
}

/// Every stage of the way: without colour, ink alone, cropped; then fitted and centred.
fn stages(
    picture: &Picture,
    window: [f32; 4],
    [grey, ink, cropped]: [&Ink; 3],
    [fitted, centred]: [(usize, &[u8]); 2],
) -> Vec<StagePicture> {
    vec![
        picture.shown.clone(),
        shown(ImageStage::Grey, &embedded(grey, picture, window)),
        shown(ImageStage::Ink, &embedded(ink, picture, window)),
        shown(ImageStage::Cropped, cropped),
        grey_stage(ImageStage::Fitted, fitted.0, fitted.1),
        grey_stage(ImageStage::Centred, centred.0, centred.1),
    ]
}

/// What the person decided, and what the picture says where they did not.
fn decide(preparation: &Preparation, source: &Source) -> InkDecisions {
    let crop = preparation.crop.unwrap_or(!source.is_prepared);
    let usual = if crop { Centring::Mass } else { Centring::Kept };
    InkDecisions {
        paper: source.paper,
        stretch: preparation
            .stretch
            .unwrap_or(!source.is_prepared || source.is_faint),
        threshold: preparation.threshold.unwrap_or(CROP_THRESHOLD),
        crop,
        sharpen: false, // known once the digit's size is
        centring: preparation.centring.unwrap_or(usual),
        pen: false, // the same
    }
}

/// What is made of a rectangle in the picture, if there is one and something in it.
fn look_inside(picture: &Picture, preparation: &Preparation, source: &Source) -> Option<Prepared> {
    let inside = Preparation {
        region: Some(source.rectangle()?),
        ..*preparation
    };
    let prepared = prepare(picture, &inside);
    prepared
        .groups
        .iter()
        .any(Group::is_taken)
        .then_some(prepared)
}

/// White, unless nothing shows on it and something shows on black: light ink on nothing.
fn backdrop_of(picture: &Picture) -> Backdrop {
    let contrast = |backdrop| {
        let (light, _) = picture.light_over(backdrop);
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

/// Brings a pen that is far from MNIST's to a width that it has; says whether it did.
fn widen_pen(
    ink: &mut Ink,
    part: &mut PixelBox,
    preparation: &Preparation,
    threshold: f32,
    notes: &mut Vec<ImageNote>,
) -> bool {
    let pixels_per_result = part.longest() / small(BOX_SIDE);
    let width = pen_width(ink, *part);
    let [thinnest, thickest] = PEN_WIDTHS;
    let is_usual = (thinnest..=thickest).contains(&width);
    if !preparation.pen.unwrap_or(!is_usual) || width <= 0.0 {
        return false;
    }
    let was_thin = width < thickest;
    let usual = USUAL_PENS[usize::from(!was_thin)];
    ink.move_edges(pixels_per_result * (usual - width) / 2.0);
    if let Some(moved) = ink.crop(threshold) {
        *part = moved;
    }
    notes.push(ImageNote::PenWidth { was_thin });
    true
}

/// Width of the pen in pixels of the result: what ink there is for each pixel along its edges, of which a stroke has
/// two. Looked at three times as closely as the result, where noise and the grain of chalk are gone.
fn pen_width(ink: &Ink, part: PixelBox) -> f32 {
    const CLOSER: usize = 3;
    const SIDE: usize = CLOSER * BOX_SIDE;
    let amount: Vec<f32> = fit(ink, part, SIDE)
        .into_iter()
        .map(|amount| ((amount - 0.25) / 0.5).clamp(0.0, 1.0))
        .collect();
    let at = |column: usize, row: usize| {
        let is_inside = column < SIDE && row < SIDE;
        if is_inside {
            amount[row * SIDE + column]
        } else {
            0.0
        }
    };
    let (mut mass, mut edges) = (0.0, 0.0);
    for row in 0..=SIDE {
        for column in 0..=SIDE {
            let here = at(column.wrapping_sub(1), row.wrapping_sub(1));
            let right = at(column, row.wrapping_sub(1)) - here;
            let down = at(column.wrapping_sub(1), row) - here;
            mass += here;
            edges += right.hypot(down);
        }
    }
    if edges > 0.0 {
        2.0 * mass / edges / small(CLOSER)
    } else {
        0.0
    }
}

/// A part of a picture in its place within all of it, with nothing around it.
fn embedded(part: &Ink, picture: &Picture, window: [f32; 4]) -> Ink {
    if [part.width, part.height] == [picture.width, picture.height] {
        return part.clone();
    }
    let [left, top] = [(0, picture.width), (1, picture.height)]
        .map(|(axis, side)| (window[axis] * side as f32).round() as usize);
    let mut amount = vec![0.0; picture.width * picture.height];
    let lines = amount.chunks_exact_mut(picture.width).skip(top);
    for (line, from) in lines.zip(part.amount.chunks_exact(part.width)) {
        for (value, from) in line.iter_mut().skip(left).zip(from) {
            *value = *from;
        }
    }
    Ink {
        width: picture.width,
        height: picture.height,
        amount,
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

/// Ink at the size it is shown: the mean of each block of pixels.
fn shown(stage: ImageStage, ink: &Ink) -> StagePicture {
    let factor = ink.width.max(ink.height).div_ceil(SHOWN_SIDE).max(1);
    let sides = [ink.width, ink.height].map(|side| side.div_ceil(factor));
    let mut sums = vec![(0.0_f32, 0.0_f32); sides[0] * sides[1]];
    for (row, line) in ink.amount.chunks_exact(ink.width).enumerate() {
        for (column, value) in line.iter().enumerate() {
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

fn grey_stage(stage: ImageStage, side: usize, grey: &[u8]) -> StagePicture {
    StagePicture {
        stage,
        width: side,
        height: side,
        rgb: grey.iter().map(|&grey| [grey; 3]).collect(),
    }
}
