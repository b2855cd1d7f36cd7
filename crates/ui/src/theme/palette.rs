//! Colours that stand for data, as egui has them: the numbers are the figures'.

use egui::Color32;

use hourglass_experiment::ImageShape;
use hourglass_figure::palette::{self, Rgb};

/// A colour of the palette.
#[must_use]
pub(super) const fn color([r, g, b]: Rgb) -> Color32 {
    Color32::from_rgb(r, g, b)
}

/// The colour of a class.
#[must_use]
pub fn class_color(dark: bool, class: u8) -> Color32 {
    color(palette::class_rgb(dark, class))
}

/// A pixel of a digit, 0 paper to 1 ink; values outside are cut off.
#[must_use]
pub fn ink(dark: bool, value: f32) -> Color32 {
    color(palette::ink(dark, value))
}

/// A pixel of an image of values 0..1, `[channels, height, width]`: ink if it is gray, its own colour if it has one.
#[must_use]
pub fn image_pixel(dark: bool, shape: ImageShape, image: &[f32], pixel: usize) -> Color32 {
    color(palette::image_pixel(dark, shape, image, pixel))
}

/// The same of bytes; ground where there is no image.
#[must_use]
pub fn byte_pixel(dark: bool, shape: ImageShape, image: Option<&[u8]>, pixel: usize) -> Color32 {
    let rgb = shape.rgb_of(image.unwrap_or_default(), pixel);
    if shape.is_gray() {
        ink(dark, f32::from(rgb[0]) / 255.0)
    } else {
        color(rgb)
    }
}

/// How far an image is from another in a pixel, from blue (less) to red (more).
#[must_use]
pub fn difference(dark: bool, shape: ImageShape, images: [&[f32]; 2], pixel: usize) -> Color32 {
    color(palette::difference(dark, shape, images, pixel))
}

/// A pixel of a picture as it is.
#[must_use]
pub fn pixel(rgb: Rgb) -> Color32 {
    color(rgb)
}

/// A value from 0 (little) to 1 (much); values outside are cut off.
#[must_use]
pub fn sequential(dark: bool, value: f32) -> Color32 {
    color(palette::sequential(dark, value))
}

/// A texel that lets a tint through as far as a byte says: 0 not at all, 255 wholly.
#[must_use]
pub fn stencil(byte: u8) -> Color32 {
    Color32::from_white_alpha(byte)
}

/// The tint of a small picture of the album: gray ones are stencils, the others have colours of their own.
#[must_use]
pub fn tint(shape: ImageShape, ink: Color32) -> Color32 {
    if shape.is_gray() { ink } else { Color32::WHITE }
}

/// A texel of such a picture.
#[must_use]
pub fn album_texel(shape: ImageShape, image: &[u8], pixel: usize) -> Color32 {
    let rgb = shape.rgb_of(image, pixel);
    if shape.is_gray() {
        stencil(rgb[0])
    } else {
        color(rgb)
    }
}

/// A signed value from −1 (blue) through 0 (the background) to 1 (red); values outside are cut off.
#[must_use]
pub fn diverging(dark: bool, value: f32) -> Color32 {
    color(palette::diverging(dark, value))
}
