//! What decoding a picture will take, told from its header: memory, and the going over of blocks.

use super::format::Format;
use super::jpeg::Markers;
use super::refusal::{DecodeError, MAX_BYTES};

/// Memory of what is made from a decoded picture, in bytes: four floats for each pixel of 768×768, two bytes for each
/// of 2048×2048, and copies.
const AFTERWARDS: u64 = 28 << 20;

/// Memory for what lies beside the pixels of a PNG, such as colour profiles, in bytes.
const BESIDE_PIXELS: u64 = 16 << 20;

/// How often blocks may be gone over, all scans of a JPEG together: 1.5 seconds. Fifty million pixels in the ten
/// scans that encoders write are 12 million visits.
const MAX_BLOCK_VISITS: u64 = 24_000_000;

/// Memory that a decoder may reserve by itself while it reads the header.
pub(super) fn alloc_limit(format: Format) -> u64 {
    match format {
        Format::Png => BESIDE_PIXELS,
        _ => MAX_BYTES / 2,
    }
}

/// Refuses what would take too much, or of which most is not there.
pub(super) fn check(
    format: Format,
    bytes: &[u8],
    [width, height]: [u32; 2],
    decoded_bytes: u64,
) -> Result<(), DecodeError> {
    let n_pixels = u64::from(width) * u64::from(height);
    let n_file = bytes.len() as u64;
    let decoder = match format {
        Format::Png => BESIDE_PIXELS,
        Format::Bmp => 0,
        Format::Gif => decoded_bytes, // a frame beside the canvas, which may be as large
        Format::WebP => n_pixels.max(largest_webp_frame(bytes)) * webp_bytes_per_pixel(bytes),
        Format::Jpeg => {
            let markers = Markers::of(bytes);
            if markers.is_mostly_missing() {
                return Err(DecodeError::MostlyMissing { width, height });
            }
            if markers.block_visits() > MAX_BLOCK_VISITS {
                return Err(DecodeError::TooLarge);
            }
            n_file + markers.coefficient_bytes() // the decoder has a copy of the file
        }
    };
    let all = [n_file, decoded_bytes, decoder, AFTERWARDS];
    if all.into_iter().fold(0, u64::saturating_add) > MAX_BYTES {
        return Err(DecodeError::TooLarge);
    }
    Ok(())
}

/// Pixels of the largest lossy frame in a `WebP`: its decoder reserves what the frame says, and only then compares it
/// with the canvas (RFC 6386, 9.1).
fn largest_webp_frame(bytes: &[u8]) -> u64 {
    let frames = bytes.windows(18).filter_map(|window| {
        let is_frame = window.starts_with(b"VP8 ") && window[11..14] == [0x9d, 0x01, 0x2a];
        let side = |at: usize| u64::from(u16::from_le_bytes([window[at], window[at + 1]]) & 0x3fff);
        is_frame.then(|| side(14) * side(16))
    });
    frames.max().unwrap_or(0)
}

/// Bytes that the decoder of `WebP` keeps for each pixel beside the decoded picture.
fn webp_bytes_per_pixel(bytes: &[u8]) -> u64 {
    /// Bits of the extended header.
    const HAS_OPACITY: u8 = 0x10;
    const MOVES: u8 = 0x02;
    match (bytes.get(12..16), bytes.get(20)) {
        (Some(b"VP8 "), _) => 2, // luma, and colours at half the size
        (Some(b"VP8X"), Some(flags)) if flags & MOVES != 0 => 19, // a canvas, a frame, and as the next
        (Some(b"VP8X"), Some(flags)) if flags & HAS_OPACITY != 0 => 11, // opacity is a picture of its own
        _ => 5, // lossless: four channels, and transforms of blocks
    }
}
