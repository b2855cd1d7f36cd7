//! Pictures that move: how many there are in a file, and the first that is not blank.

use std::io::Cursor;

use image::codecs::gif::GifDecoder;
use image::codecs::png::PngDecoder;
use image::codecs::webp::WebPDecoder;
use image::{AnimationDecoder, DynamicImage, ImageDecoder, Limits};

use super::format::Format;
use super::refusal::MAX_BYTES;

/// Frames that are looked at, and pixels of all of them.
const MAX_FRAMES: usize = 64;
const MAX_PIXELS: u64 = 100_000_000;

/// Difference of a byte within which a frame is blank.
const BLANK: u8 = 8;

/// How many pictures a file has; nothing is decoded.
pub(super) fn count(format: Format, bytes: &[u8]) -> usize {
    match format {
        Format::Gif => gif_frames(bytes),
        Format::Png => png_frames(bytes),
        Format::WebP => webp_frames(bytes),
        Format::Jpeg | Format::Bmp => 1,
    }
}

/// Whether there is nothing to see.
pub(super) fn is_blank(image: &DynamicImage) -> bool {
    let n_channels = usize::from(image.color().channel_count());
    let bytes = image.as_bytes();
    let is_deep = image.color().bytes_per_pixel() > image.color().channel_count();
    if is_deep {
        return false;
    }
    let Some(first) = bytes.get(..n_channels) else {
        return true;
    };
    let is_same = |pixel: &[u8]| {
        pixel
            .iter()
            .zip(first)
            .all(|(a, b)| a.abs_diff(*b) <= BLANK)
    };
    bytes.chunks_exact(n_channels).all(is_same)
}

/// The first frame that is not blank, and which one it is, counted from 1. `None` if all are, or if it would take
/// too much.
pub(super) fn first_with_ink(
    format: Format,
    bytes: &[u8],
    limits: &Limits,
) -> Option<(DynamicImage, usize)> {
    let source = Cursor::new(bytes);
    match format {
        Format::Gif => {
            let mut decoder = GifDecoder::new(source).ok()?;
            decoder.set_limits(limits.clone()).ok()?;
            search(decoder, bytes)
        }
        Format::Png => {
            let decoder = PngDecoder::with_limits(source, limits.clone()).ok()?;
            let sides = decoder.dimensions();
            search_sized(decoder.apng().ok()?, sides, bytes)
        }
        Format::WebP => {
            let mut decoder = WebPDecoder::new(source).ok()?;
            decoder.set_limits(limits.clone()).ok()?;
            search(decoder, bytes)
        }
        Format::Jpeg | Format::Bmp => None,
    }
}

fn search<'a>(
    decoder: impl ImageDecoder + AnimationDecoder<'a>,
    bytes: &[u8],
) -> Option<(DynamicImage, usize)> {
    let sides = decoder.dimensions();
    search_sized(decoder, sides, bytes)
}

fn search_sized<'a>(
    decoder: impl AnimationDecoder<'a>,
    (width, height): (u32, u32),
    bytes: &[u8],
) -> Option<(DynamicImage, usize)> {
    /// A canvas, a frame, what was there before it, and the picture that comes out.
    const BUFFERS: u64 = 4;
    let n_pixels = u64::from(width) * u64::from(height);
    if BUFFERS * 4 * n_pixels + bytes.len() as u64 > MAX_BYTES / 2 {
        return None;
    }
    let at_most = usize::try_from(MAX_PIXELS / n_pixels.max(1)).unwrap_or(MAX_FRAMES);
    let frames = decoder.into_frames().take(MAX_FRAMES.min(at_most));
    for (idx, frame) in frames.enumerate() {
        let image = DynamicImage::ImageRgba8(frame.ok()?.into_buffer());
        if !is_blank(&image) {
            return Some((image, idx + 1));
        }
    }
    None
}

/// Image descriptors of a GIF (version 89a, appendix A).
fn gif_frames(bytes: &[u8]) -> usize {
    let table = |flags: u8| {
        if flags & 0x80 == 0 {
            0
        } else {
            3 << ((flags & 7) + 1)
        }
    };
    let Some(flags) = bytes.get(10) else {
        return 0;
    };
    let mut at = 13 + table(*flags);
    let mut n_frames = 0;
    loop {
        match bytes.get(at) {
            Some(0x21) => at = after_blocks(bytes, at + 2),
            Some(0x2c) => {
                let Some(flags) = bytes.get(at + 9) else {
                    return n_frames;
                };
                n_frames += 1;
                at = after_blocks(bytes, at + 11 + table(*flags));
            }
            _ => return n_frames,
        }
    }
}

/// Where blocks of data end.
fn after_blocks(bytes: &[u8], mut at: usize) -> usize {
    while let Some(&length) = bytes.get(at) {
        at += 1 + usize::from(length);
        if length == 0 {
            break;
        }
    }
    at
}

/// What the control chunk of a PNG says; it lies before the data.
fn png_frames(bytes: &[u8]) -> usize {
    let mut at = 8;
    while let Some(&[l3, l2, l1, l0, ref kind @ ..]) = bytes.get(at..at + 8) {
        match kind {
            b"acTL" => {
                let n = bytes.get(at + 8..at + 12).and_then(|n| n.try_into().ok());
                return n.map_or(1, |n| u32::from_be_bytes(n) as usize);
            }
            b"IDAT" => return 1,
            _ => at = at.saturating_add(12 + u32::from_be_bytes([l3, l2, l1, l0]) as usize),
        }
    }
    1
}

/// Frames in the chunks of a `WebP`.
fn webp_frames(bytes: &[u8]) -> usize {
    let (mut at, mut n_frames) = (12, 0);
    while let Some(&[ref kind @ .., l0, l1, l2, l3]) = bytes.get(at..at + 8) {
        n_frames += usize::from(kind == b"ANMF");
        let length = u32::from_le_bytes([l0, l1, l2, l3]) as usize;
        at = at.saturating_add(8 + length + length % 2);
    }
    n_frames.max(1)
}
