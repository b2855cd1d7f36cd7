//! Codes as arrays of `NumPy`: a ZIP of `.npy` files (NEP 1).

use std::io::{Cursor, Write};

use anyhow::{Context, Result};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use hourglass_experiment::ImageShape;
use hourglass_protocol::Encodings;

/// The header of an `.npy`, its magic number included, is filled up to a multiple of this many bytes.
const ALIGNMENT: usize = 64;

/// Bytes before the text of the header.
const PREAMBLE: usize = 10;

/// `codes` `[n, size]`, `labels` `[n]`, `class_names`, `mse_per_pixel` `[n]`, `is_test` `[n]`, `index` `[n]` within the
/// split, and `reconstructions` `[n, height, width]` or `[n, height, width, 3]` if there are any.
pub(super) fn of(encodings: &Encodings, n_test: usize) -> Result<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let n = encodings.samples.len();
    let mut put = |name: &str, array: Vec<u8>| -> Result<()> {
        let is_large = array.len() > u32::MAX as usize / 2;
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Stored) // as `numpy.savez` does: weights and codes hardly shrink
            .large_file(is_large);
        zip.start_file(format!("{name}.npy"), options)?;
        zip.write_all(&array)?;
        Ok(())
    };
    put("codes", floats(&encodings.codes, &[n, encodings.size])?)?;
    put("labels", array("|u1", &[n], &encodings.labels)?)?;
    put("mse_per_pixel", floats(&encodings.mse_per_pixel, &[n])?)?;
    let samples = encodings.samples.iter().map(|&sample| sample as usize);
    let is_test: Vec<u8> = samples
        .clone()
        .map(|sample| u8::from(sample < n_test))
        .collect();
    put("is_test", array("|b1", &[n], &is_test)?)?;
    let index = samples.map(|sample| sample.checked_sub(n_test).unwrap_or(sample) as u64);
    let index: Vec<u8> = index.flat_map(u64::to_le_bytes).collect();
    put("index", array("<u8", &[n], &index)?)?;
    put("class_names", class_names(encodings)?)?;
    if let Some(images) = &encodings.reconstructions {
        let shape = encodings.shape;
        let mut dims = vec![n, shape.height, shape.width];
        dims.extend((!shape.is_gray()).then_some(shape.channels));
        put(
            "reconstructions",
            floats(&pixel_by_pixel(images, shape), &dims)?,
        )?;
    }
    Ok(zip.finish()?.into_inner())
}

/// Images that lie channel by channel, as other programs draw them: the channels of a pixel together.
fn pixel_by_pixel(images: &[f32], shape: ImageShape) -> Vec<f32> {
    let (n_values, n_pixels) = (shape.n_values(), shape.height * shape.width);
    let of_image = |image: &[f32]| -> Vec<f32> {
        let pixels = (0..n_pixels).flat_map(|pixel| {
            let channels = image.iter().skip(pixel).step_by(n_pixels);
            channels.copied()
        });
        pixels.collect()
    };
    images.chunks(n_values.max(1)).flat_map(of_image).collect()
}

fn floats(values: &[f32], dims: &[usize]) -> Result<Vec<u8>> {
    let bytes: Vec<u8> = values.iter().copied().flat_map(f32::to_le_bytes).collect();
    array("<f4", dims, &bytes)
}

/// As text of one width, each character four bytes.
fn class_names(encodings: &Encodings) -> Result<Vec<u8>> {
    let id = encodings.data;
    let names: Vec<String> = id.classes().map(|class| id.class_name(class)).collect();
    let width = names.iter().map(|name| name.chars().count()).max();
    let width = width.unwrap_or_default().max(1);
    let padded = names.iter().flat_map(|name| {
        let rest = std::iter::repeat_n('\0', width - name.chars().count());
        name.chars().chain(rest)
    });
    let bytes: Vec<u8> = padded.flat_map(|c| u32::from(c).to_le_bytes()).collect();
    array(&format!("<U{width}"), &[names.len()], &bytes)
}

/// An array with its header.
fn array(kind: &str, dims: &[usize], values: &[u8]) -> Result<Vec<u8>> {
    let dims: Vec<String> = dims.iter().map(|side| format!("{side},")).collect();
    let mut header = format!(
        "{{'descr': '{kind}', 'fortran_order': False, 'shape': ({}), }}",
        dims.join(" ")
    );
    let end = (PREAMBLE + header.len() + 1).next_multiple_of(ALIGNMENT);
    header.extend(std::iter::repeat_n(' ', end - PREAMBLE - header.len() - 1));
    header.push('\n');
    let length = u16::try_from(header.len()).context("a header is short")?;
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend(length.to_le_bytes());
    bytes.extend(header.as_bytes());
    bytes.extend(values);
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_channels_of_a_pixel_come_together() {
        let shape = ImageShape {
            height: 1,
            width: 2,
            channels: 3,
        };
        let by_channel: Vec<f32> = (0..12_u8).map(f32::from).collect();
        let expected = [0.0, 2.0, 4.0, 1.0, 3.0, 5.0, 6.0, 8.0, 10.0, 7.0, 9.0, 11.0];
        assert_eq!(pixel_by_pixel(&by_channel, shape), expected);
        let gray = ImageShape {
            channels: 1,
            ..shape
        };
        assert_eq!(pixel_by_pixel(&by_channel, gray), by_channel);
    }
}
