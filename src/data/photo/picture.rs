//! A decoded picture, made small enough to work with: light and opacity of each pixel.

use image::metadata::Orientation;
use image::{DynamicImage, ImageBuffer, Pixel, Primitive};

use crate::protocol::{Backdrop, PhotoNote, PhotoStage, StagePicture};

use super::ink::PixelBox;
use super::paper::quantile;
use super::source::shares_of;

/// Longest side of what is worked with, in pixels. A digit that fills a twentieth of a photograph still has
/// twice the pixels it needs.
const MAX_SIDE: usize = 768;

/// Longest side of what small writing is looked for in, in pixels.
const DETAIL_SIDE: usize = 2048;

/// Values that end below this share of white were never scaled: sixteenths of a byte, or bytes in sixteen bits.
const LEAST_WHITE: f32 = 17.0 / 255.0;

/// Colour that lies nearer to grey is grey.
const LEAST_CHROMA: f32 = 0.06;

/// Share of the range of colours that the range of luma must have for luma to tell ink from paper.
const LUMA_SHARE: f32 = 0.35;

/// Longest side of a picture that is only shown, in pixels.
pub(super) const SHOWN_SIDE: usize = 200;

/// A decoded picture: light and opacity of each pixel, and the colours at the size they are shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    pub(super) width: usize,
    pub(super) height: usize,
    /// Rec. 709 luma of each pixel, 0 black to 65,535 white.
    luma: Vec<u16>,
    /// How far red and blue of each pixel lie from its luma, as halves around 128; none where all is grey.
    chroma: Option<Vec<[u8; 2]>>,
    /// Opacity of each pixel, 0..=255; none where all is opaque.
    opacity: Option<Vec<u8>>,
    /// Luma before it was made as small as this, for writing of few pixels.
    detail: Option<Detail>,
    pub(super) shown: StagePicture,
    pub(super) notes: Vec<PhotoNote>,
}

/// Luma of a picture at most `DETAIL_SIDE` pixels wide and high.
#[derive(Clone, Debug, PartialEq)]
struct Detail {
    width: usize,
    height: usize,
    luma: Vec<u8>,
}

/// Colour weighed with opacity, and opacity: sums and means of these are what they should be.
#[derive(Clone, Copy, Debug, Default)]
struct Weighed {
    rgb: [f32; 3],
    opacity: f32,
}

/// A picture in floats on the way to its final form.
struct Pixels {
    width: usize,
    height: usize,
    weighed: Vec<Weighed>,
}

impl Picture {
    /// Turns it as its camera says while it is made smaller: a turned copy of all of it would take as much memory
    /// again. Rows after `n_rows` are not there.
    pub(super) fn from_decoded(
        decoded: &DynamicImage,
        n_rows: u32,
        turn: Orientation,
        mut notes: Vec<PhotoNote>,
    ) -> Self {
        let longest = decoded.width().max(decoded.height()) as usize;
        let factor = longest.div_ceil(MAX_SIDE).max(1);
        if factor > 1 {
            let from = turned_sides(turn, [decoded.width(), decoded.height()]);
            notes.push(PhotoNote::Reduced { from });
        }
        let hides_all = decoded.color().has_alpha() && hides_all(decoded);
        let reduction = Reduction {
            factor,
            detail_factor: longest.div_ceil(DETAIL_SIDE).max(1),
            turn,
            ignores_opacity: hides_all,
            n_rows: n_rows.max(1) as usize,
        };
        let (mut pixels, mut detail) = match decoded {
            DynamicImage::ImageLuma8(image) => Pixels::reduced(image, &reduction),
            DynamicImage::ImageLumaA8(image) => Pixels::reduced(image, &reduction),
            DynamicImage::ImageRgb8(image) => Pixels::reduced(image, &reduction),
            DynamicImage::ImageRgba8(image) => Pixels::reduced(image, &reduction),
            DynamicImage::ImageLuma16(image) => Pixels::reduced(image, &reduction),
            DynamicImage::ImageLumaA16(image) => Pixels::reduced(image, &reduction),
            DynamicImage::ImageRgb16(image) => Pixels::reduced(image, &reduction),
            DynamicImage::ImageRgba16(image) => Pixels::reduced(image, &reduction),
            other => Pixels::reduced(&other.to_rgba8(), &reduction), // floats, which no format here has
        };
        if hides_all {
            let [most, least] = pixels.brightest_and_darkest();
            if most > least {
                notes.push(PhotoNote::OpacityIgnored);
            } else {
                pixels.weighed.fill(Weighed::default()); // it is as empty as it says
            }
        }
        let is_lossy = |note: &PhotoNote| matches!(note, PhotoNote::Format { is_lossy: true, .. });
        if !notes.iter().any(is_lossy) && pixels.reach_white() {
            detail = None;
            notes.push(PhotoNote::Unscaled);
        }
        Self {
            detail,
            ..Self::from_pixels(&pixels, notes)
        }
    }

    /// A picture from red, green, blue and opacity of each pixel, row by row, as the clipboard has it. None
    /// where the bytes do not fit the size.
    #[must_use]
    pub fn from_rgba(width: usize, height: usize, rgba: &[u8]) -> Option<Self> {
        let side = |side: usize| u32::try_from(side).ok().filter(|side| *side > 0);
        let image = image::RgbaImage::from_raw(side(width)?, side(height)?, rgba.to_vec())?;
        let decoded = DynamicImage::ImageRgba8(image);
        Some(Self::from_decoded(
            &decoded,
            decoded.height(),
            Orientation::NoTransforms,
            Vec::new(),
        ))
    }

    /// A picture from shares of light, row by row.
    pub(super) fn from_light(width: usize, height: usize, light: &[f32]) -> Self {
        let pixels = light.iter().map(|&light| Weighed {
            rgb: [light; 3],
            opacity: 1.0,
        });
        let pixels = Pixels {
            width,
            height,
            weighed: pixels.collect(),
        };
        Self::from_pixels(&pixels, Vec::new())
    }

    fn from_pixels(pixels: &Pixels, notes: Vec<PhotoNote>) -> Self {
        let is_opaque = pixels.weighed.iter().all(|pixel| pixel.opacity >= 1.0);
        let factor = pixels.width.max(pixels.height).div_ceil(SHOWN_SIDE).max(1);
        let shown = pixels.mean_of_blocks(factor);
        Self {
            width: pixels.width,
            height: pixels.height,
            luma: pixels.weighed.iter().map(Weighed::luma).collect(),
            chroma: pixels.chroma(),
            detail: None,
            opacity: (!is_opaque).then(|| {
                pixels
                    .weighed
                    .iter()
                    .map(|pixel| byte(pixel.opacity))
                    .collect()
            }),
            shown: StagePicture {
                stage: PhotoStage::Original,
                width: shown.width,
                height: shown.height,
                rgb: shown.weighed.iter().map(Weighed::over_checks).collect(),
            },
            notes,
        }
    }

    /// Whether any pixel lets something through.
    pub(super) fn is_transparent(&self) -> bool {
        self.opacity.is_some()
    }

    /// Light of each pixel, 0..1, with something behind what is transparent, and whether it is a colour's: luma, or
    /// where luma hardly differs the direction in which colours differ most.
    pub(super) fn light_over(&self, backdrop: Backdrop) -> (Vec<f32>, bool) {
        let behind = match backdrop {
            Backdrop::White => 1.0,
            Backdrop::Black => 0.0,
        };
        let luma = self.luma.iter().map(|&luma| f32::from(luma) / 65_535.0);
        match (&self.opacity, &self.chroma) {
            (None, None) => (luma.collect(), false),
            (None, Some(chroma)) => {
                let luma: Vec<f32> = luma.collect();
                match by_colour(&luma, chroma) {
                    Some(light) => (light, true),
                    None => (luma, false),
                }
            }
            (Some(opacity), _) => {
                let over = luma.zip(opacity).map(|(luma, &opacity)| {
                    let opacity = f32::from(opacity) / 255.0;
                    behind + opacity * (luma - behind)
                });
                (over.collect(), false)
            }
        }
    }

    /// A part of it, and where that lies: edges as shares of the picture, on whole pixels.
    pub(super) fn cut(&self, region: [f32; 4]) -> (Self, [f32; 4]) {
        let part = part_of(region, self.width, self.height);
        let window = shares_of(part, self.width, self.height);
        let cut = Self {
            width: part.width(),
            height: part.height(),
            luma: part.cut(&self.luma, self.width),
            chroma: self.chroma.as_ref().map(|all| part.cut(all, self.width)),
            opacity: self.opacity.as_ref().map(|all| part.cut(all, self.width)),
            detail: self.detail.as_ref().map(|detail| detail.cut(window)),
            shown: self.shown.clone(),
            notes: self.notes.clone(),
        };
        (cut, window)
    }

    /// A part of it with a margin, as it was before it was made so small; none where there is no more of it.
    pub(super) fn closer(&self, part: [f32; 4]) -> Option<(Self, [f32; 4])> {
        let detail = self.detail.as_ref()?;
        let [left, top, right, bottom] = part;
        let (across, down) = (0.5 * (right - left), 0.5 * (bottom - top));
        let region = [left - across, top - down, right + across, bottom + down];
        let part = part_of(region, detail.width, detail.height);
        if self.opacity.is_some() || part.width().max(part.height()) > MAX_SIDE {
            return None;
        }
        let luma = part.cut(&detail.luma, detail.width);
        let closer = Self {
            width: part.width(),
            height: part.height(),
            luma: luma.into_iter().map(|byte| u16::from(byte) * 257).collect(),
            chroma: None,
            opacity: None,
            detail: None,
            shown: self.shown.clone(),
            notes: Vec::new(),
        };
        Some((closer, shares_of(part, detail.width, detail.height)))
    }
}

impl Detail {
    fn cut(&self, region: [f32; 4]) -> Self {
        let part = part_of(region, self.width, self.height);
        Self {
            width: part.width(),
            height: part.height(),
            luma: part.cut(&self.luma, self.width),
        }
    }
}

/// A region in whole pixels, at least one; whatever it says, it lies in the picture.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "clamped to the picture; not a number becomes 0"
)]
fn part_of(region: [f32; 4], width: usize, height: usize) -> PixelBox {
    let at = |share: f32, side: usize| ((share * side as f32).round() as usize).min(side);
    let along = |from: f32, to: f32, side: usize| {
        let from = at(from.min(to), side).min(side.saturating_sub(1));
        (
            from,
            at(to.max(from as f32 / side as f32), side).max(from + 1),
        )
    };
    let [(left, right), (top, bottom)] = [
        along(region[0], region[2], width),
        along(region[1], region[3], height),
    ];
    PixelBox {
        left,
        top,
        right,
        bottom,
    }
}

/// Whether every pixel lets everything through: a clipboard that never wrote its opacity.
fn hides_all(decoded: &DynamicImage) -> bool {
    match decoded {
        DynamicImage::ImageLumaA8(image) => image.pixels().all(|pixel| pixel.0[1] == 0),
        DynamicImage::ImageRgba8(image) => image.pixels().all(|pixel| pixel.0[3] == 0),
        DynamicImage::ImageLumaA16(image) => image.pixels().all(|pixel| pixel.0[1] == 0),
        DynamicImage::ImageRgba16(image) => image.pixels().all(|pixel| pixel.0[3] == 0),
        _ => false,
    }
}

/// Light along the direction in which colours differ most, where luma has little of it.
#[expect(clippy::cast_precision_loss, reason = "a few thousand samples")]
fn by_colour(luma: &[f32], chroma: &[[u8; 2]]) -> Option<Vec<f32>> {
    const SAMPLES: usize = 20_000;
    let colour = |idx: usize| {
        let [red, blue] = chroma[idx].map(|half| (f32::from(half) - 128.0) / 127.0);
        let green = -(0.2126 * red + 0.0722 * blue) / 0.7152;
        [red, green, blue].map(|off| luma[idx] + off)
    };
    let samples: Vec<[f32; 3]> = (0..luma.len())
        .step_by((luma.len() / SAMPLES).max(1))
        .map(colour)
        .collect();
    let n = samples.len().max(1) as f32;
    let mut mean = [0.0; 3];
    for sample in &samples {
        for (sum, value) in mean.iter_mut().zip(sample) {
            *sum += value / n;
        }
    }
    let mut covariance = [[0.0; 3]; 3];
    for sample in &samples {
        let off = [0, 1, 2].map(|axis| sample[axis] - mean[axis]);
        for (row, a) in covariance.iter_mut().zip(off) {
            for (value, b) in row.iter_mut().zip(off) {
                *value += a * b / n;
            }
        }
    }
    // The direction of the largest variance, by multiplying with it again and again.
    let mut direction = [0.9, -0.5, 0.3];
    for _ in 0..50 {
        let next = covariance.map(|row| dot(row, direction));
        let length = dot(next, next).sqrt();
        if length < 1e-9 {
            return None;
        }
        direction = next.map(|value| value / length);
    }
    let range = |value: &dyn Fn(&[f32; 3]) -> f32| {
        let mut values: Vec<f32> = samples.iter().map(value).collect();
        values.sort_unstable_by(f32::total_cmp);
        [quantile(&values, 0.002), quantile(&values, 0.998)]
    };
    let [darkest, lightest] = range(&|sample| dot(*sample, [0.2126, 0.7152, 0.0722]));
    let [least, most] = range(&|sample| dot(*sample, direction));
    let is_by_luma =
        lightest - darkest >= LUMA_SHARE * (most - least) || most - least < LEAST_CHROMA;
    (!is_by_luma).then(|| {
        let scale = (most - least).max(1.0).recip();
        let light = |idx| ((dot(colour(idx), direction) - least) * scale).clamp(0.0, 1.0);
        (0..luma.len()).map(light).collect()
    })
}

fn dot(a: [f32; 3], b: [f32; 3]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// How a decoded picture is made smaller.
#[derive(Clone, Copy)]
struct Reduction {
    /// Pixels of it along one of the result.
    factor: usize,
    /// The same of the detail that is kept beside it.
    detail_factor: usize,
    turn: Orientation,
    ignores_opacity: bool,
    /// Rows that are there.
    n_rows: usize,
}

/// Which block each pixel belongs to, however the picture is turned: what its column gives and its row together.
struct Blocks {
    of_column: Vec<usize>,
    of_row: Vec<usize>,
}

impl Blocks {
    fn of(reduction: &Reduction, sides: [usize; 2], factor: usize, blocks_across: usize) -> Self {
        let [width, height] = sides;
        let is_transposed = turned_sides(reduction.turn, [0, 1]) != [0, 1];
        let parts = |at: usize, of_row: bool| {
            let place = if of_row { [0, at] } else { [at, 0] };
            let [column, row] = turned(reduction.turn, place, sides);
            if of_row == is_transposed {
                column / factor
            } else {
                row / factor * blocks_across
            }
        };
        Self {
            of_column: (0..width).map(|at| parts(at, false)).collect(),
            of_row: (0..height).map(|at| parts(at, true)).collect(),
        }
    }
}

/// Sums of luma over small blocks, in quarters of a byte's steps.
struct DetailSums {
    source: [usize; 2],
    factor: usize,
    width: usize,
    blocks: Vec<u16>,
}

impl DetailSums {
    fn new([width, height]: [usize; 2], factor: usize) -> Self {
        const { assert!((16_384 / DETAIL_SIDE).pow(2) * 1020 < 65_536, "sums fit") };
        let blocks = [width, height].map(|side| side.div_ceil(factor));
        Self {
            source: [width, height],
            factor,
            width: blocks[0],
            blocks: vec![0; blocks[0] * blocks[1]],
        }
    }

    fn add(&mut self, block: usize, [red, green, blue]: [f32; 3]) {
        const STEPS: f32 = 1020.0; // four for each of a byte's
        let luma = 0.2126 * STEPS * red + 0.7152 * STEPS * green + 0.0722 * STEPS * blue + 0.5;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it saturates"
        )]
        let luma = luma as u16;
        self.blocks[block] = self.blocks[block].saturating_add(luma);
    }

    fn into_detail(self) -> Detail {
        let height = self.blocks.len() / self.width.max(1);
        let byte_of = |(idx, sum): (usize, &u16)| {
            let start = [idx % self.width, idx / self.width].map(|block| block * self.factor);
            let sides = [0, 1].map(|axis| (self.source[axis] - start[axis]).min(self.factor));
            let n = 4 * (sides[0] * sides[1]).max(1);
            u8::try_from((usize::from(*sum) + n / 2) / n).unwrap_or(u8::MAX)
        };
        Detail {
            luma: self.blocks.iter().enumerate().map(byte_of).collect(),
            width: self.width,
            height,
        }
    }
}

impl Pixels {
    /// The mean of each block of pixels, straight from the decoded image, and of smaller blocks as detail.
    fn reduced<P>(
        image: &ImageBuffer<P, Vec<P::Subpixel>>,
        reduction: &Reduction,
    ) -> (Self, Option<Detail>)
    where
        P: Pixel,
        P::Subpixel: Primitive + Into<f32>,
    {
        let full: f32 = P::Subpixel::DEFAULT_MAX_VALUE.into();
        let scale = full.recip();
        let ignores_opacity = reduction.ignores_opacity;
        let weighed = |pixel: &P| {
            let [red, green, blue, opacity] = pixel.to_rgba().0.map(|value| value.into() * scale);
            let opacity = if ignores_opacity { 1.0 } else { opacity };
            Weighed {
                rgb: [red, green, blue].map(|light| light * opacity),
                opacity,
            }
        };
        let n_rows = reduction.n_rows.min(image.height() as usize);
        let sides = [image.width() as usize, n_rows];
        let [turned_width, turned_height] = turned_sides(reduction.turn, sides);
        let mut sums = Sums::new(turned_width, turned_height, reduction.factor);
        let blocks = Blocks::of(reduction, sides, reduction.factor, sums.width);
        let mut detail = (reduction.factor > reduction.detail_factor).then(|| {
            let factor = reduction.detail_factor;
            let sums = DetailSums::new([turned_width, turned_height], factor);
            let blocks = Blocks::of(reduction, sides, factor, sums.width);
            (sums, blocks)
        });
        for (row, pixels) in image.rows().take(n_rows).enumerate() {
            let along = &blocks.of_row[row];
            match &mut detail {
                None => {
                    for (pixel, block) in pixels.zip(&blocks.of_column) {
                        sums.add(along + block, weighed(pixel));
                    }
                }
                Some((detail, finer)) => {
                    let along_finer = finer.of_row[row];
                    let columns = blocks.of_column.iter().zip(&finer.of_column);
                    for (pixel, (block, finer)) in pixels.zip(columns) {
                        let weighed = weighed(pixel);
                        sums.add(along + block, weighed);
                        detail.add(along_finer + finer, weighed.rgb);
                    }
                }
            }
        }
        let detail = detail.map(|(sums, _)| sums.into_detail());
        (sums.into_means(), detail)
    }

    /// How far red and blue lie from luma; none where all is nearly grey.
    fn chroma(&self) -> Option<Vec<[u8; 2]>> {
        let off = |pixel: &Weighed| {
            let [red, green, blue] = pixel.rgb;
            let luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
            [red - luma, blue - luma]
        };
        let is_colour = |pixel: &Weighed| off(pixel).iter().any(|off| off.abs() > LEAST_CHROMA);
        self.weighed.iter().any(is_colour).then(|| {
            let halves = |pixel| off(pixel).map(|off| byte((off * 127.0 + 128.0) / 255.0));
            self.weighed.iter().map(halves).collect()
        })
    }

    /// The most and the least of all colours.
    fn brightest_and_darkest(&self) -> [f32; 2] {
        let values = self.weighed.iter().flat_map(|pixel| pixel.rgb);
        values.fold([0.0, f32::INFINITY], |[most, least]: [f32; 2], value| {
            [most.max(value), least.min(value)]
        })
    }

    /// Scales values that end far below white, from black on, so that they reach it; says whether they did.
    fn reach_white(&mut self) -> bool {
        let [most, least] = self.brightest_and_darkest();
        let is_opaque = self.weighed.iter().all(|pixel| pixel.opacity >= 1.0);
        if !is_opaque || least > 0.0 || most <= 0.0 || most > LEAST_WHITE {
            return false;
        }
        for pixel in &mut self.weighed {
            pixel.rgb = pixel.rgb.map(|value| value / most);
        }
        true
    }

    fn mean_of_blocks(&self, factor: usize) -> Self {
        let mut sums = Sums::new(self.width, self.height, factor);
        for (row, pixels) in self.weighed.chunks_exact(self.width).enumerate() {
            for (column, pixel) in pixels.iter().enumerate() {
                sums.add(row / factor * sums.width + column / factor, *pixel);
            }
        }
        sums.into_means()
    }
}

/// Width and height once it is turned.
fn turned_sides<T>(turn: Orientation, [width, height]: [T; 2]) -> [T; 2] {
    match turn {
        Orientation::NoTransforms
        | Orientation::Rotate180
        | Orientation::FlipHorizontal
        | Orientation::FlipVertical => [width, height],
        Orientation::Rotate90
        | Orientation::Rotate270
        | Orientation::Rotate90FlipH
        | Orientation::Rotate270FlipH => [height, width],
    }
}

/// Where a pixel comes to lie, from its column and row and the sides of the picture as it was.
fn turned(turn: Orientation, [x, y]: [usize; 2], [width, height]: [usize; 2]) -> [usize; 2] {
    let (from_right, from_bottom) = (width - 1 - x, height - 1 - y);
    match turn {
        Orientation::NoTransforms => [x, y],
        Orientation::Rotate90 => [from_bottom, x],
        Orientation::Rotate180 => [from_right, from_bottom],
        Orientation::Rotate270 => [y, from_right],
        Orientation::FlipHorizontal => [from_right, y],
        Orientation::FlipVertical => [x, from_bottom],
        Orientation::Rotate90FlipH => [y, x],
        Orientation::Rotate270FlipH => [from_bottom, from_right],
    }
}

/// Sums over blocks of pixels; those at the right and at the bottom may be smaller.
struct Sums {
    source: [usize; 2],
    factor: usize,
    width: usize,
    blocks: Vec<Weighed>,
}

impl Sums {
    fn new(width: usize, height: usize, factor: usize) -> Self {
        let blocks = [width, height].map(|side| side.div_ceil(factor));
        Self {
            source: [width, height],
            factor,
            width: blocks[0],
            blocks: vec![Weighed::default(); blocks[0] * blocks[1]],
        }
    }

    fn add(&mut self, block: usize, pixel: Weighed) {
        let sum = &mut self.blocks[block];
        for (sum, value) in sum.rgb.iter_mut().zip(pixel.rgb) {
            *sum += value;
        }
        sum.opacity += pixel.opacity;
    }

    #[expect(clippy::cast_precision_loss, reason = "pixels of a block are few")]
    fn into_means(mut self) -> Pixels {
        let [width, height] = self.source;
        for (idx, sum) in self.blocks.iter_mut().enumerate() {
            let start = [idx % self.width, idx / self.width].map(|block| block * self.factor);
            let sides = [width - start[0], height - start[1]].map(|left| left.min(self.factor));
            let n = (sides[0] * sides[1]) as f32;
            sum.rgb = sum.rgb.map(|value| value / n);
            sum.opacity /= n;
        }
        Pixels {
            width: self.width,
            height: self.blocks.len() / self.width,
            weighed: self.blocks,
        }
    }
}

impl Weighed {
    /// Rec. 709 luma of the colour itself, whatever its opacity.
    fn luma(&self) -> u16 {
        let [red, green, blue] = self.rgb;
        let weighed = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
        let luma = weighed / self.opacity.max(1e-6);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "clamped to 0..65,535 before the cast"
        )]
        let luma = (luma.clamp(0.0, 1.0) * 65_535.0).round() as u16;
        luma
    }

    /// The colour over a middling grey, which shows light and dark ink alike.
    fn over_checks(&self) -> [u8; 3] {
        const BEHIND: f32 = 0.75;
        self.rgb
            .map(|light| byte(light + (1.0 - self.opacity) * BEHIND))
    }
}

/// A share as a byte.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to 0..255 before the cast"
)]
pub(super) fn byte(share: f32) -> u8 {
    (share * 255.0).round().clamp(0.0, 255.0) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turning_while_making_smaller_is_turning_first() {
        let image = image::RgbImage::from_fn(801, 770, |x, y| {
            let byte = |value: u32| u8::try_from(value % 256).expect("a remainder");
            image::Rgb([byte(x), byte(y), byte(x * y)])
        });
        let image = DynamicImage::ImageRgb8(image);
        for exif in 1..=8 {
            let turn = Orientation::from_exif(exif).expect("one of eight");
            let mut first = image.clone();
            first.apply_orientation(turn);
            let expected = Picture::from_decoded(
                &first,
                first.height(),
                Orientation::NoTransforms,
                Vec::new(),
            );
            let found = Picture::from_decoded(&image, image.height(), turn, Vec::new());
            assert_eq!(
                (found.width, found.height),
                (expected.width, expected.height)
            );
            assert_eq!(found.notes, expected.notes, "{turn:?}");
            let pairs = found.luma.iter().zip(&expected.luma);
            assert!(pairs.clone().all(|(a, b)| a.abs_diff(*b) <= 1), "{turn:?}");
        }
    }
}
