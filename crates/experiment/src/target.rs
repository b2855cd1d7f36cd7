//! What the reconstruction is compared with, if that is not what the encoder sees.

use serde::{Deserialize, Serialize};

/// `yₜ`, the image asked for. Baldi 2012 calls `yₜ = xₜ` auto-associative and anything else
/// hetero-associative; here the clean upright image is always asked for, and the encoder is shown less of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Target {
    /// The image itself, clean: what the encoder sees apart from corruption.
    #[default]
    SameImage,
    /// The whole image; the encoder sees one half of it, the other is black.
    WholeFromHalf { hidden: Half },
    /// The upright image; the encoder sees it turned by a random angle.
    UprightFromRotated {
        /// Largest angle to either side, in degrees.
        degrees: f32,
    },
}

/// One half of an image.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Half {
    /// Columns 0 to 13.
    Left,
    /// Columns 14 to 27.
    Right,
    /// Rows 0 to 13.
    Top,
    /// Rows 14 to 27.
    #[default]
    Bottom,
}

impl Half {
    /// All halves, in the order a menu shows them.
    pub const ALL: [Self; 4] = [Self::Left, Self::Right, Self::Top, Self::Bottom];

    /// The name people use for it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Left => "left",
            Self::Right => "right",
            Self::Top => "top",
            Self::Bottom => "bottom",
        }
    }
}

impl Target {
    /// One of each kind, in the order a menu shows them.
    pub const KINDS: [Self; 3] = [
        Self::SameImage,
        Self::WholeFromHalf {
            hidden: Half::Bottom,
        },
        Self::UprightFromRotated { degrees: 45.0 },
    ];

    /// The name people use for it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::SameImage => "the same image",
            Self::WholeFromHalf { .. } => "whole from half",
            Self::UprightFromRotated { .. } => "upright from rotated",
        }
    }
}
