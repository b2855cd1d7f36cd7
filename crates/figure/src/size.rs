//! How large a figure is: on paper in millimetres, on a screen in pixels.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::error::FigureError;

/// Pixels of an inch of paper, as CSS has it.
pub const PIXELS_PER_INCH: f32 = 96.0;

const MM_PER_INCH: f32 = 25.4;

/// Sides a figure may have, in pixels of 1/96 inch: 48 mm to 1.3 m.
const SIDES: std::ops::RangeInclusive<f32> = 180.0..=5000.0;

/// Pixels that a drawn figure may have: what takes a second to draw and a quarter of a gigabyte.
const MAX_PIXELS: u64 = 64_000_000;

/// Width and height of a figure.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Size {
    /// On paper.
    Millimetres([f32; 2]),
    /// On a screen.
    Pixels([f32; 2]),
}

/// A size that cannot be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is not a size: write width x height, such as 160x120mm or 800x600, each side from 48 to 1300 mm or from 180 \
     to 5000 px"
)]
pub struct InvalidSize(String);

impl Size {
    /// The same in pixels of 1/96 inch.
    #[must_use]
    pub fn in_pixels(self) -> [f32; 2] {
        match self {
            Self::Millimetres(sides) => sides.map(|side| side / MM_PER_INCH * PIXELS_PER_INCH),
            Self::Pixels(sides) => sides,
        }
    }

    /// The same in millimetres.
    #[must_use]
    pub fn in_millimetres(self) -> [f32; 2] {
        match self {
            Self::Millimetres(sides) => sides,
            Self::Pixels(sides) => sides.map(|side| side / PIXELS_PER_INCH * MM_PER_INCH),
        }
    }

    /// Width and height as a style sheet writes them: `160mm`, `800px`.
    #[must_use]
    pub fn lengths(self) -> [String; 2] {
        match self {
            Self::Millimetres(sides) => sides.map(|side| format!("{side}mm")),
            Self::Pixels(sides) => sides.map(|side| format!("{side}px")),
        }
    }

    /// The default scale of a figure of this size: 288 dpi on paper, and on a screen as many pixels as
    /// the size says.
    #[must_use]
    pub fn default_scale(self) -> f32 {
        match self {
            Self::Millimetres(_) => 3.0,
            Self::Pixels(_) => 1.0,
        }
    }

    /// Whether a figure of this size can be drawn.
    #[must_use]
    pub fn is_valid(self) -> bool {
        self.in_pixels().iter().all(|side| SIDES.contains(side))
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Millimetres([width, height]) => write!(f, "{width}x{height}mm"),
            Self::Pixels([width, height]) => write!(f, "{width}x{height}"),
        }
    }
}

impl FromStr for Size {
    type Err = InvalidSize;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let invalid = || InvalidSize(text.to_owned());
        let (sides, make): (&str, fn([f32; 2]) -> Self) = match text.strip_suffix("mm") {
            Some(sides) => (sides, Self::Millimetres),
            None => (text.strip_suffix("px").unwrap_or(text), Self::Pixels),
        };
        let (width, height) = sides.split_once(['x', '×']).ok_or_else(invalid)?;
        let length = |text: &str| text.trim().parse::<f32>().map_err(|_| invalid());
        let size = make([length(width)?, length(height)?]);
        if size.is_valid() {
            Ok(size)
        } else {
            Err(invalid())
        }
    }
}

/// Pixels of a page drawn at a scale.
///
/// # Errors
/// When they are too many.
pub fn pixels(page: [f32; 2], scale: f32) -> Result<[u32; 2], FigureError> {
    let [width, height] = page.map(|side| (side * scale).round().max(1.0) as u32);
    if u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(FigureError::TooLarge { width, height });
    }
    Ok([width, height])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_as_they_are_written() {
        for size in [
            Size::Millimetres([160.0, 120.5]),
            Size::Pixels([1600.0, 1200.0]),
        ] {
            assert_eq!(size.to_string().parse(), Ok(size));
        }
        assert_eq!("800x600px".parse(), Ok(Size::Pixels([800.0, 600.0])));
        for text in [
            "",
            "160",
            "160x",
            "x120mm",
            "160x120cm",
            "1x1",
            "nanx100mm",
            "1e9x1e9",
            "-160x120mm",
        ] {
            assert!(text.parse::<Size>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn an_inch_is_96_pixels_and_too_many_pixels_are_refused() {
        assert_eq!(
            Size::Millimetres([254.0, 127.0])
                .in_pixels()
                .map(f32::to_bits),
            [960.0_f32, 480.0].map(f32::to_bits)
        );
        assert_eq!(pixels([100.0, 200.0], 2.0).expect("small"), [200, 400]);
        assert!(pixels([5000.0, 5000.0], 8.0).is_err());
        assert!(pixels([f32::MAX, f32::MAX], 1.0).is_err());
    }
}
