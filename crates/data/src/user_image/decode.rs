//! Reads a picture's bytes, whatever they claim to be.
//!
//! What decoding will take is known from the header (`cost`), and a decoder that panics is an error of its file
//! (`guard`).

use std::cell::Cell;
use std::io::Cursor;

use image::error::{ImageError, LimitErrorKind};
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageReader, Limits};

use hourglass_protocol::ImageNote;

use super::cost;
use super::format::Format;
use super::jpeg::Markers;
use super::refusal::{DecodeError, MAX_SIDE};
use super::salvage::{self, RowByRow};
use super::{Picture, frames};
use crate::guard;

impl Picture {
    /// Decodes a picture: PNG in all its kinds, JPEG, GIF, BMP, `WebP`. What it will take is told from its header
    /// before anything is decoded, and a decoder that panics is an error of the picture.
    ///
    /// # Errors
    /// When it is no picture, damaged, mostly missing, or larger than the limits.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let Decoded {
            image,
            n_rows,
            turn,
            notes,
        } = decode_guarded(bytes)?;
        Ok(Self::from_decoded(&image, n_rows, turn, notes))
    }
}

/// Decodes a picture that is there whole and turns it as it says, for a data set.
///
/// # Errors
/// As [`Picture::decode`], and when some of it is missing.
pub(crate) fn whole(bytes: &[u8]) -> Result<DynamicImage, DecodeError> {
    let decoded = decode_guarded(bytes)?;
    let is_cut_short = |note: &ImageNote| matches!(note, ImageNote::CutShort { .. });
    if decoded.notes.iter().any(is_cut_short) {
        let reason = "some of it is missing".to_owned();
        return Err(DecodeError::Damaged { reason });
    }
    let mut image = decoded.image;
    image.apply_orientation(decoded.turn);
    Ok(image)
}

/// A decoded picture.
struct Decoded {
    image: DynamicImage,
    /// Rows of it that are there; the others are filled up.
    n_rows: u32,
    turn: Orientation,
    notes: Vec<ImageNote>,
}

fn decode_guarded(bytes: &[u8]) -> Result<Decoded, DecodeError> {
    if bytes.is_empty() {
        return Err(DecodeError::Empty);
    }
    guard::guarded(|| decode(bytes)).unwrap_or_else(|said| {
        let reason = format!("its decoder gave up, {said}");
        Err(DecodeError::Damaged { reason })
    })
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
    let turn = decoder.orientation().unwrap_or(Orientation::NoTransforms); // damaged: use it as it is
    let mut notes = Vec::from_iter(format.note());
    if turn != Orientation::NoTransforms {
        notes.push(ImageNote::Turned);
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
            notes.push(ImageNote::CutShort { missing: None });
        }
    }
    if let Some(n_rows) = n_rows {
        let missing = 1.0 - n_rows as f32 / height.max(1) as f32;
        let missing = Some(missing);
        notes.push(ImageNote::CutShort { missing });
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
        notes.push(ImageNote::OneFrame { used, n_frames });
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
