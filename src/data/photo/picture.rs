//! A decoded picture, made small enough to work with: light and opacity of each pixel.

use image::metadata::Orientation;
use image::{DynamicImage, ImageBuffer, Pixel, Primitive};

use crate::protocol::{Backdrop, PhotoNote, PhotoStage, StagePicture};

/// Longest side of what is worked with, in pixels. A digit that fills a twentieth of a photograph still has
/// twice the pixels it needs.
const MAX_SIDE: usize = 768;

/// Longest side of a picture that is only shown, in pixels.
pub(super) const SHOWN_SIDE: usize = 200;

/// A decoded picture: light and opacity of each pixel, and the colours at the size they are shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    pub(super) width: usize,
    pub(super) height: usize,
    /// Rec. 709 luma of each pixel, 0 black to 65,535 white.
    luma: Vec<u16>,
    /// Opacity of each pixel, 0..=255; none where all is opaque.
    opacity: Option<Vec<u8>>,
    pub(super) shown: StagePicture,
    pub(super) notes: Vec<PhotoNote>,
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
    /// again.
    pub(super) fn from_decoded(
        decoded: &DynamicImage,
        turn: Orientation,
        mut notes: Vec<PhotoNote>,
    ) -> Self {
        let factor = |side: u32| (side as usize).div_ceil(MAX_SIDE);
        let factor = factor(decoded.width().max(decoded.height())).max(1);
        if factor > 1 {
            let from = turned_sides(turn, [decoded.width(), decoded.height()]);
            notes.push(PhotoNote::Reduced { from });
        }
        let pixels = match decoded {
            DynamicImage::ImageLuma8(image) => Pixels::reduced(image, factor, turn),
            DynamicImage::ImageLumaA8(image) => Pixels::reduced(image, factor, turn),
            DynamicImage::ImageRgb8(image) => Pixels::reduced(image, factor, turn),
            DynamicImage::ImageRgba8(image) => Pixels::reduced(image, factor, turn),
            DynamicImage::ImageLuma16(image) => Pixels::reduced(image, factor, turn),
            DynamicImage::ImageLumaA16(image) => Pixels::reduced(image, factor, turn),
            DynamicImage::ImageRgb16(image) => Pixels::reduced(image, factor, turn),
            DynamicImage::ImageRgba16(image) => Pixels::reduced(image, factor, turn),
            other => Pixels::reduced(&other.to_rgba8(), factor, turn), // floats, which no format here has
        };
        Self::from_pixels(&pixels, notes)
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

    /// Light of each pixel, 0..1, with something behind what is transparent.
    pub(super) fn light_over(&self, backdrop: Backdrop) -> Vec<f32> {
        let behind = match backdrop {
            Backdrop::White => 1.0,
            Backdrop::Black => 0.0,
        };
        let luma = self.luma.iter().map(|&luma| f32::from(luma) / 65_535.0);
        match &self.opacity {
            None => luma.collect(),
            Some(opacity) => luma
                .zip(opacity)
                .map(|(luma, &opacity)| {
                    let opacity = f32::from(opacity) / 255.0;
                    behind + opacity * (luma - behind)
                })
                .collect(),
        }
    }
}

impl Pixels {
    /// The mean of each block of `factor` × `factor` pixels, straight from the decoded image.
    fn reduced<P>(
        image: &ImageBuffer<P, Vec<P::Subpixel>>,
        factor: usize,
        turn: Orientation,
    ) -> Self
    where
        P: Pixel,
        P::Subpixel: Primitive + Into<f32>,
    {
        let full: f32 = P::Subpixel::DEFAULT_MAX_VALUE.into();
        let weighed = |pixel: &P| {
            let [red, green, blue, opacity] = pixel.to_rgba().0.map(|value| value.into() / full);
            Weighed {
                rgb: [red, green, blue].map(|light| light * opacity),
                opacity,
            }
        };
        let (width, height) = (image.width() as usize, image.height() as usize);
        let [turned_width, turned_height] = turned_sides(turn, [width, height]);
        let mut sums = Sums::new(turned_width, turned_height, factor);
        for (row, pixels) in image.rows().enumerate() {
            for (column, pixel) in pixels.enumerate() {
                let [column, row] = turned(turn, [column, row], [width, height]);
                sums.add(row, column, weighed(pixel));
            }
        }
        sums.into_means()
    }

    fn mean_of_blocks(&self, factor: usize) -> Self {
        let mut sums = Sums::new(self.width, self.height, factor);
        for (row, pixels) in self.weighed.chunks_exact(self.width).enumerate() {
            for (column, pixel) in pixels.iter().enumerate() {
                sums.add(row, column, *pixel);
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

    fn add(&mut self, row: usize, column: usize, pixel: Weighed) {
        let block = row / self.factor * self.width + column / self.factor;
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
            let expected = Picture::from_decoded(&first, Orientation::NoTransforms, Vec::new());
            let found = Picture::from_decoded(&image, turn, Vec::new());
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
