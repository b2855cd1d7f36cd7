//! Why bytes are not a picture, and the limits of what is read.

/// Memory that a picture may take until it is small, in bytes, its file included: photographs of fifty million
/// pixels pass.
pub(super) const MAX_BYTES: u64 = 256 << 20;

/// Why bytes are no picture.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// There is nothing in it.
    #[error("it is empty")]
    Empty,
    /// It is none of the formats that are read.
    #[error("it is not a readable image: save it as PNG (JPEG, GIF, BMP and WebP work too)")]
    UnknownFormat,
    /// It is too large, or claims to be.
    #[error(
        "it is too large (the limit is {MAX_SIDE} pixels per side and {} MB of memory while it is read): \
         make it smaller",
        MAX_BYTES >> 20
    )]
    TooLarge,
    /// It has too few bytes for the size it claims.
    #[error(
        "it is cut short: most of its {width}×{height} pixels are missing. Copy or download it again"
    )]
    MostlyMissing {
        /// Pixels across, as it claims.
        width: u32,
        /// Pixels down, as it claims.
        height: u32,
    },
    #[error("it is damaged or cut short: {reason}")]
    Damaged {
        /// What the decoder says.
        reason: String,
    },
    /// It is of a known format, in a way that is not read.
    #[error("its format is not supported ({reason}): save it as PNG")]
    Unsupported {
        /// What the decoder says.
        reason: String,
    },
}

/// Longest side of a picture that is read, in pixels.
pub(super) const MAX_SIDE: u32 = 16_384;
