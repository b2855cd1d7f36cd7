//! What happens to an image before the encoder sees it; the target stays clean.

use serde::{Deserialize, Serialize};

/// A random damage to the input pixels (Vincent et al. 2008, section 2.3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Corruption {
    /// The input is the image itself.
    #[default]
    None,
    /// Each pixel becomes 0 with probability `fraction`.
    Masking {
        /// ν, share of pixels hit, 0..1.
        fraction: f32,
    },
    /// Each pixel gets noise of N(0, σ²) and is clipped to 0..1.
    Gaussian {
        /// σ, in units of the pixel range.
        sigma: f32,
    },
    /// Each pixel becomes 0 or 1, evenly, with probability `fraction`.
    SaltAndPepper {
        /// ν, share of pixels hit, 0..1.
        fraction: f32,
    },
}

impl Corruption {
    /// One of each kind at a strength that shows, in the order a menu shows them.
    pub const KINDS: [Self; 4] = [
        Self::None,
        Self::Masking { fraction: 0.3 },
        Self::Gaussian { sigma: 0.3 },
        Self::SaltAndPepper { fraction: 0.2 },
    ];

    /// The name people use for it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Masking { .. } => "masking",
            Self::Gaussian { .. } => "Gaussian",
            Self::SaltAndPepper { .. } => "salt and pepper",
        }
    }

    /// Its strength: ν or σ; 0 without corruption.
    #[must_use]
    pub fn strength(self) -> f32 {
        match self {
            Self::None => 0.0,
            Self::Masking { fraction } | Self::SaltAndPepper { fraction } => fraction,
            Self::Gaussian { sigma } => sigma,
        }
    }

    /// The same kind of corruption at another strength.
    #[must_use]
    pub fn with_strength(self, strength: f32) -> Self {
        match self {
            Self::None => Self::None,
            Self::Masking { .. } => Self::Masking { fraction: strength },
            Self::Gaussian { .. } => Self::Gaussian { sigma: strength },
            Self::SaltAndPepper { .. } => Self::SaltAndPepper { fraction: strength },
        }
    }

    /// Whether it hits some pixels and leaves the others as they are.
    #[must_use]
    pub fn hits_some(self) -> bool {
        matches!(self, Self::Masking { .. } | Self::SaltAndPepper { .. }) && !self.is_none()
    }

    /// Whether it leaves every image as it is.
    #[must_use]
    pub fn is_none(self) -> bool {
        self.strength() == 0.0
    }
}
