//! How a figure looks: its size, its scale, its theme, its title.

use serde::{Deserialize, Serialize};

use super::palette::Paper;
use super::size::Size;

/// Pixels of a drawn figure for each 1/96 inch.
pub const SCALES: std::ops::RangeInclusive<f32> = 0.5..=8.0;

/// How a figure looks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Look {
    /// Width and height.
    pub size: Size,
    /// Pixels of PNG and GIF for each pixel of the size, or for each 1/96 inch of paper.
    pub scale: f32,
    /// Light on dark.
    pub dark: bool,
    /// Text above the figure instead of the default title.
    pub title: Option<String>,
}

impl Look {
    /// Colours of what stands around the data.
    #[must_use]
    pub fn paper(&self) -> &'static Paper {
        Paper::of(self.dark)
    }
}
