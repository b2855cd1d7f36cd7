//! How a figure looks: its size, its scale, its type, its theme, its title.

use serde::{Deserialize, Serialize};

use super::palette::Paper;
use super::size::Size;
use super::type_sizes::{TypeSizes, USUAL_TYPE};

/// Pixels of a drawn figure for each 1/96 inch.
pub const SCALES: std::ops::RangeInclusive<f32> = 0.5..=8.0;

/// How a figure looks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Look {
    /// Width and height.
    pub size: Size,
    /// Pixels of PNG and GIF for each pixel of the size, or for each 1/96 inch of paper.
    pub scale: f32,
    /// Size of the type of axes, legends and names, in points; titles are larger, ticks smaller.
    #[serde(default = "usual_type")]
    pub type_points: f32,
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

    /// Sizes of its type.
    #[must_use]
    pub fn type_sizes(&self) -> TypeSizes {
        TypeSizes::of(self.type_points)
    }
}

fn usual_type() -> f32 {
    USUAL_TYPE
}
