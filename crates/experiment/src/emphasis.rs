//! How much the error of a corrupted pixel counts beside that of a clean one.

use serde::{Deserialize, Serialize};

/// Weights of the pixels' errors in Δ by what happened to them (Vincent et al. 2010, section 4.4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Emphasis {
    /// Every pixel counts alike.
    #[default]
    None,
    /// α for the pixels that the corruption hit, β for all others. A pixel that was hit counts as corrupted even if it
    /// was 0 before and still is.
    ByCorruption {
        /// α
        corrupted: f32,
        /// β
        clean: f32,
    },
}

impl Emphasis {
    /// One of each kind at a strength that shows, in the order a menu shows them.
    pub const KINDS: [Self; 2] = [
        Self::None,
        Self::ByCorruption {
            corrupted: 1.0,
            clean: 0.5,
        },
    ];

    /// The name people use for it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::ByCorruption { .. } => "by corruption",
        }
    }

    /// Whether every pixel counts alike.
    #[must_use]
    pub fn is_none(&self) -> bool {
        *self == Self::None
    }

    /// α and β, if pixels do not count alike.
    #[must_use]
    pub fn weights(self) -> Option<[f32; 2]> {
        match self {
            Self::None => None,
            Self::ByCorruption { corrupted, clean } => Some([corrupted, clean]),
        }
    }
}
