//! What can be read of a truncated file.

use std::cell::Cell;

use image::error::ImageResult;
use image::metadata::Orientation;
use image::{ColorType, DynamicImage, ImageDecoder};

/// Share of the rows that must be there.
const LEAST_THERE: f32 = 0.25;

/// A decoder that writes row by row and stops where its file does: the rows before are kept.
pub(super) struct RowByRow<'a, D> {
    pub(super) decoder: D,
    /// How many rows are there, once it stopped early.
    pub(super) n_rows: &'a Cell<Option<u32>>,
}

impl<D: ImageDecoder> ImageDecoder for RowByRow<'_, D> {
    fn dimensions(&self) -> (u32, u32) {
        self.decoder.dimensions()
    }

    fn color_type(&self) -> ColorType {
        self.decoder.color_type()
    }

    fn orientation(&mut self) -> ImageResult<Orientation> {
        self.decoder.orientation()
    }

    fn read_image(self, buf: &mut [u8]) -> ImageResult<()> {
        let (_, height) = self.decoder.dimensions();
        let colour = self.decoder.color_type();
        // What no picture has by chance, so that rows that were not written are known.
        for (idx, byte) in buf.iter_mut().enumerate() {
            *byte = untouched(idx);
        }
        let Err(error) = self.decoder.read_image(buf) else {
            return Ok(());
        };
        let row_bytes = (buf.len() / (height as usize).max(1)).max(1);
        let mut n_rows = height;
        while n_rows > 0 {
            let start = (n_rows as usize - 1) * row_bytes;
            let row = &buf[start..start + row_bytes];
            if row
                .iter()
                .zip(start..)
                .any(|(byte, idx)| *byte != untouched(idx))
            {
                break;
            }
            n_rows -= 1;
        }
        let share = n_rows as f32 / height.max(1) as f32;
        if share < LEAST_THERE {
            return Err(error);
        }
        if colour.bytes_per_pixel() == 2 * colour.channel_count() {
            for pair in buf.chunks_exact_mut(2) {
                let value = u16::from_be_bytes([pair[0], pair[1]]);
                pair.copy_from_slice(&value.to_ne_bytes()); // which the decoder did not come to
            }
        }
        self.n_rows.set(Some(n_rows));
        Ok(())
    }

    fn read_image_boxed(self: Box<Self>, buf: &mut [u8]) -> ImageResult<()> {
        (*self).read_image(buf)
    }
}

fn untouched(idx: usize) -> u8 {
    (idx.wrapping_mul(0x9e37_79b1) >> 13).to_le_bytes()[0]
}

/// How many rows of a JPEG that is cut short are there: the decoder fills the rest with one grey.
pub(super) fn rows_before_fill(image: &DynamicImage) -> u32 {
    let height = image.height();
    let bytes = image.as_bytes();
    let row_bytes = bytes.len() / (height as usize).max(1);
    let n_channels = usize::from(image.color().bytes_per_pixel()).max(1);
    let Some(last) = row_bytes
        .checked_sub(n_channels)
        .and_then(|_| bytes.chunks_exact(row_bytes).next_back())
    else {
        return height;
    };
    let is_plain = last
        .chunks_exact(n_channels)
        .all(|pixel| pixel == &last[..n_channels]);
    if !is_plain {
        return height;
    }
    let filled = bytes
        .chunks_exact(row_bytes)
        .rev()
        .take_while(|row| *row == last);
    height - u32::try_from(filled.count()).unwrap_or(0).min(height)
}
