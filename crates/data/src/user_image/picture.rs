//! A decoded picture, made small enough to work with: light and opacity of each pixel.

use std::borrow::Cow;

use image::metadata::Orientation;
use image::{DynamicImage, RgbImage};

use hourglass_protocol::{Backdrop, ImageNote, ImageStage, StagePicture};

use super::colour::{by_colour, rgb};
use super::pixels::{PixelBox, byte, shares_of};
use super::reduce::{DETAIL_SIDE, Detail, Pixels, Reduction, Weighed, hides_all, turned_sides};

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
    /// Red and blue of each pixel, from which green follows; `None` if all is grey.
    red_blue: Option<Vec<[u8; 2]>>,
    /// Opacity of each pixel, 0..=255; `None` if all is opaque.
    opacity: Option<Vec<u8>>,
    /// Luma before it was made as small as this, for writing of few pixels.
    detail: Option<Detail>,
    pub(super) shown: StagePicture,
    pub(super) notes: Vec<ImageNote>,
}

impl Picture {
    /// Turns it as its camera says while it is made smaller: a turned copy of all of it would take as much memory
    /// again. Rows after `n_rows` are not there.
    pub(super) fn from_decoded(
        decoded: &DynamicImage,
        n_rows: u32,
        turn: Orientation,
        mut notes: Vec<ImageNote>,
    ) -> Self {
        let longest = decoded.width().max(decoded.height()) as usize;
        let factor = longest.div_ceil(MAX_SIDE).max(1);
        if factor > 1 {
            let from = turned_sides(turn, [decoded.width(), decoded.height()]);
            notes.push(ImageNote::Reduced { from });
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
                notes.push(ImageNote::OpacityIgnored);
            } else {
                pixels.weighed.fill(Weighed::default()); // it is as empty as it says
            }
        }
        let is_lossy = |note: &ImageNote| matches!(note, ImageNote::Format { is_lossy: true, .. });
        if !notes.iter().any(is_lossy) && pixels.reach_white() {
            detail = None;
            notes.push(ImageNote::Unscaled);
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

    fn from_pixels(pixels: &Pixels, notes: Vec<ImageNote>) -> Self {
        let is_opaque = pixels.weighed.iter().all(|pixel| pixel.opacity >= 1.0);
        let factor = pixels.width.max(pixels.height).div_ceil(SHOWN_SIDE).max(1);
        let shown = pixels.mean_of_blocks(factor);
        Self {
            width: pixels.width,
            height: pixels.height,
            luma: pixels.weighed.iter().map(Weighed::luma).collect(),
            red_blue: pixels.red_blue(),
            detail: None,
            opacity: (!is_opaque).then(|| {
                pixels
                    .weighed
                    .iter()
                    .map(|pixel| byte(pixel.opacity))
                    .collect()
            }),
            shown: StagePicture {
                stage: ImageStage::Original,
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
        let behind = behind(backdrop);
        let luma = self.luma.iter().map(|&luma| f32::from(luma) / 65_535.0);
        match (&self.opacity, &self.red_blue) {
            (None, None) => (luma.collect(), false),
            (None, Some(red_blue)) => {
                let luma: Vec<f32> = luma.collect();
                match by_colour(&luma, red_blue) {
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

    /// Its colours, with something behind what is transparent.
    pub(super) fn rgb_over(&self, backdrop: Backdrop) -> RgbImage {
        let behind = behind(backdrop);
        let pixel = |idx: usize| {
            let luma = f32::from(self.luma[idx]) / 65_535.0;
            let red_blue = self.red_blue.as_ref().map(|all| all[idx]);
            let rgb = red_blue.map_or([luma; 3], |red_blue| rgb(luma, red_blue));
            let opacity = self.opacity.as_ref().map_or(255, |all| all[idx]);
            let opacity = f32::from(opacity) / 255.0;
            rgb.map(|light| byte(behind + opacity * (light - behind)))
        };
        let side = |side: usize| u32::try_from(side).unwrap_or(0); // at most `MAX_SIDE`
        let pixels = (0..self.luma.len()).flat_map(pixel).collect();
        RgbImage::from_raw(side(self.width), side(self.height), pixels).unwrap_or_default()
    }

    /// What is looked at of it, a part or all of it, and where that lies.
    pub(super) fn looked_at(&self, region: Option<[f32; 4]>) -> (Cow<'_, Self>, [f32; 4]) {
        match region.map(|region| self.cut(region)) {
            Some((part, window)) => (Cow::Owned(part), window),
            None => (Cow::Borrowed(self), [0.0, 0.0, 1.0, 1.0]),
        }
    }

    /// A part of it, and where that lies: edges as shares of the picture, on whole pixels.
    fn cut(&self, region: [f32; 4]) -> (Self, [f32; 4]) {
        let part = part_of(region, self.width, self.height);
        let window = shares_of(part, self.width, self.height);
        let cut = Self {
            width: part.width(),
            height: part.height(),
            luma: part.cut(&self.luma, self.width),
            red_blue: self.red_blue.as_ref().map(|all| part.cut(all, self.width)),
            opacity: self.opacity.as_ref().map(|all| part.cut(all, self.width)),
            detail: self.detail.as_ref().map(|detail| detail.cut(window)),
            shown: self.shown.clone(),
            notes: self.notes.clone(),
        };
        (cut, window)
    }

    /// A part of it with a margin, as it was before it was scaled down; `None` if there is no more of it.
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
            red_blue: None,
            opacity: None,
            detail: None,
            shown: self.shown.clone(),
            notes: Vec::new(),
        };
        Some((closer, shares_of(part, detail.width, detail.height)))
    }
}

const fn behind(backdrop: Backdrop) -> f32 {
    match backdrop {
        Backdrop::White => 1.0,
        Backdrop::Black => 0.0,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turning_while_making_smaller_is_turning_first() {
        let image = RgbImage::from_fn(801, 770, |x, y| {
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
