//! Reads a picture's bytes, whatever they claim to be.

use std::io::Cursor;

use image::error::{ImageError, LimitErrorKind};
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};

use crate::protocol::PhotoNote;

use super::Picture;

/// Longest side of a picture that is read, in pixels.
const MAX_SIDE: u32 = 16_384;

/// Memory that decoding may take, in bytes: a photograph of 64 million pixels with opacity.
const MAX_BYTES: u64 = 256 << 20;

/// Why bytes are no picture.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// There is nothing in it.
    #[error("it is empty")]
    Empty,
    /// It is none of the formats that are read.
    #[error(
        "it is no picture that can be read: save it as PNG (JPEG, GIF, BMP and WebP are read too)"
    )]
    UnknownFormat,
    /// It is too large, or claims to be.
    #[error(
        "it is larger than a picture may be here ({MAX_SIDE} pixels a side, {} MB in memory): make it smaller",
        MAX_BYTES >> 20
    )]
    TooLarge,
    /// It is damaged.
    #[error("it is damaged or cut short: {reason}")]
    Damaged {
        /// What the decoder says.
        reason: String,
    },
    /// It is of a known format, in a way that is not read.
    #[error("it is of a kind that is not read ({reason}): save it as PNG")]
    Unsupported {
        /// What the decoder says.
        reason: String,
    },
}

impl Picture {
    /// Decodes a picture: PNG in all its kinds, JPEG, GIF, BMP, `WebP`. Limits on sides and memory are set
    /// before anything is decoded.
    ///
    /// # Errors
    /// When it is no picture, damaged, or larger than the limits.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        if bytes.is_empty() {
            return Err(DecodeError::Empty);
        }
        let mut reader = ImageReader::new(Cursor::new(bytes))
            .with_guessed_format()
            .map_err(|error| DecodeError::Damaged {
                reason: error.to_string(),
            })?;
        let Some(format) = reader.format().and_then(Format::of) else {
            return Err(DecodeError::UnknownFormat);
        };
        let mut limits = Limits::default();
        limits.max_image_width = Some(MAX_SIDE);
        limits.max_image_height = Some(MAX_SIDE);
        limits.max_alloc = Some(MAX_BYTES);
        reader.limits(limits);
        let mut decoder = reader.into_decoder().map_err(decode_error)?;
        if decoder.total_bytes() > MAX_BYTES {
            return Err(DecodeError::TooLarge); // not every decoder counts what it gives back
        }
        let turn = decoder.orientation().unwrap_or(Orientation::NoTransforms); // damaged: as it lies
        let mut image = DynamicImage::from_decoder(decoder).map_err(decode_error)?;
        let mut notes = Vec::from_iter(format.note());
        if turn != Orientation::NoTransforms {
            image.apply_orientation(turn);
            notes.push(PhotoNote::Turned);
        }
        if format == Format::Gif {
            notes.push(PhotoNote::FirstFrame);
        }
        Ok(Self::from_decoded(&image, notes))
    }
}

/// A format that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Png,
    Jpeg,
    Gif,
    Bmp,
    WebP,
}

impl Format {
    fn of(format: ImageFormat) -> Option<Self> {
        match format {
            ImageFormat::Png => Some(Self::Png),
            ImageFormat::Jpeg => Some(Self::Jpeg),
            ImageFormat::Gif => Some(Self::Gif),
            ImageFormat::Bmp => Some(Self::Bmp),
            ImageFormat::WebP => Some(Self::WebP),
            _ => None,
        }
    }

    /// What a person should know; nothing of PNG, which is what is expected.
    fn note(self) -> Option<PhotoNote> {
        let (name, is_lossy) = match self {
            Self::Png => return None,
            Self::Jpeg => ("JPEG", true),
            Self::Gif => ("GIF", false),
            Self::Bmp => ("BMP", false),
            Self::WebP => ("WebP", true),
        };
        Some(PhotoNote::Format { name, is_lossy })
    }
}

fn decode_error(error: ImageError) -> DecodeError {
    match error {
        ImageError::Limits(limit) => match limit.kind() {
            LimitErrorKind::Unsupported { .. } => DecodeError::Unsupported {
                reason: limit.to_string(),
            },
            _ => DecodeError::TooLarge,
        },
        ImageError::Unsupported(error) => DecodeError::Unsupported {
            reason: error.to_string(),
        },
        error => DecodeError::Damaged {
            reason: error.to_string(),
        },
    }
}
