//! Reads a picture's bytes, whatever they claim to be.

use std::cell::Cell;
use std::io::Cursor;

use image::error::{ImageError, LimitErrorKind};
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};

use hourglass_protocol::PhotoNote;

use super::cost::{self, MAX_BYTES};
use super::jpeg::Markers;
use super::salvage::{self, RowByRow};
use super::{Picture, frames, guard};

/// Longest side of a picture that is read, in pixels.
const MAX_SIDE: u32 = 16_384;

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
        "it is larger than a picture may be here ({MAX_SIDE} pixels a side, {} MB in memory while it is read): \
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
    #[error("it is of a kind that is not read ({reason}): save it as PNG")]
    Unsupported {
        /// What the decoder says.
        reason: String,
    },
}

impl Picture {
    /// Decodes a picture: PNG in all its kinds, JPEG, GIF, BMP, `WebP`. What it will take is told from its header
    /// before anything is decoded, and a decoder that panics is an error of the picture.
    ///
    /// # Errors
    /// When it is no picture, damaged, mostly missing, or larger than the limits.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        if bytes.is_empty() {
            return Err(DecodeError::Empty);
        }
        let decoded = guard::guarded(|| decode(bytes)).unwrap_or_else(|said| {
            let reason = format!("its decoder gave up, {said}");
            Err(DecodeError::Damaged { reason })
        });
        let Decoded {
            image,
            n_rows,
            turn,
            notes,
        } = decoded?;
        Ok(Self::from_decoded(&image, n_rows, turn, notes))
    }
}

/// A decoded picture.
struct Decoded {
    image: DynamicImage,
    /// Rows of it that are there; the others are filled up.
    n_rows: u32,
    turn: Orientation,
    notes: Vec<PhotoNote>,
}

fn decode(bytes: &[u8]) -> Result<Decoded, DecodeError> {
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
    limits.max_alloc = Some(cost::alloc_limit(format));
    reader.limits(limits.clone());
    let mut decoder = reader.into_decoder().map_err(decode_error)?;
    let (width, height) = decoder.dimensions();
    cost::check(format, bytes, [width, height], decoder.total_bytes())?;
    let turn = decoder.orientation().unwrap_or(Orientation::NoTransforms); // damaged: as it lies
    let mut notes = Vec::from_iter(format.note());
    if turn != Orientation::NoTransforms {
        notes.push(PhotoNote::Turned);
    }
    let stopped_at = Cell::new(None);
    let image = if format == Format::Png && !is_interlaced(bytes) {
        let n_rows = &stopped_at;
        DynamicImage::from_decoder(RowByRow { decoder, n_rows })
    } else {
        DynamicImage::from_decoder(decoder)
    };
    let mut image = image.map_err(decode_error)?;
    let mut n_rows = stopped_at.get();
    if format == Format::Jpeg && !Markers::of(bytes).has_end {
        let before_fill = salvage::rows_before_fill(&image);
        if before_fill > 0 && before_fill < height {
            n_rows = Some(before_fill);
        } else {
            notes.push(PhotoNote::CutShort { missing: None });
        }
    }
    if let Some(n_rows) = n_rows {
        let missing = 1.0 - n_rows as f32 / height.max(1) as f32;
        let missing = Some(missing);
        notes.push(PhotoNote::CutShort { missing });
    }
    let n_frames = frames::count(format, bytes);
    if n_frames > 1 {
        let mut used = 1;
        if frames::is_blank(&image) {
            drop(std::mem::take(&mut image)); // its memory is needed
            match frames::first_with_ink(format, bytes, &limits) {
                Some(found) => (image, used) = found,
                None => image = DynamicImage::new_luma8(width, height),
            }
        }
        notes.push(PhotoNote::OneFrame { used, n_frames });
    }
    Ok(Decoded {
        n_rows: n_rows.unwrap_or(image.height()).min(image.height()),
        image,
        turn,
        notes,
    })
}

/// Whether rows come in passes.
fn is_interlaced(png: &[u8]) -> bool {
    png.get(28).is_some_and(|method| *method != 0)
}

/// A format that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
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
