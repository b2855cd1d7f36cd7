//! Colours that stand for data, as egui has them: the numbers are the figures'.

use egui::Color32;

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

/// A signed value from −1 (blue) through 0 (the background) to 1 (red); values outside are cut off.
#[must_use]
pub fn diverging(dark: bool, value: f32) -> Color32 {
    color(palette::diverging(dark, value))
}
