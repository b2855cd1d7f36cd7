//! What a code costs in bytes, compared with PNG, WebP and JPEG.
//!
//! Bytes are those of whole files. For images this small, much of a file is header: a grey JPEG of 28 × 28
//! pixels spends nearly two hundred bytes on tables before the first pixel, with the standard's Huffman tables over
//! three hundred. A code needs a decoder instead, which is not counted. So the headers are counted separately here,
//! and a comparison should show both.

use std::io::Cursor;

use image::codecs::jpeg::JpegDecoder;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::codecs::webp::WebPEncoder;
use image::{ExtendedColorType, ImageDecoder, ImageEncoder, ImageResult};
use rayon::prelude::*;

use hourglass_experiment::ImageShape;

/// Steps between the ends of a unit's range: a byte for each unit.
const STEPS: f32 = 255.0;

/// Qualities of JPEG that [`jpeg`] measures: poor, usual and good.
pub const JPEG_QUALITIES: [u8; 3] = [10, 50, 90];

/// Codes as they come back from eight bits a unit.
#[derive(Clone, Debug, PartialEq)]
pub struct Quantised {
    /// The codes again, each value the nearest that a byte can name: `[n, size]`.
    pub codes: Vec<f32>,
    /// Bytes of a code, one for each unit. The table of ranges is kept once for all images, as the decoder
    /// is, and does not count.
    pub bytes_per_image: f64,
}

/// Rounds codes `[n, size]` to 256 evenly spaced values for each unit, from the smallest to the largest that
/// the unit takes on the reference codes `[m, size]`, those of the training images.
///
/// Values beyond the range become its ends; inside they move by at most a 510th of it. A unit that takes one
/// value on the reference codes comes back as that value, one that takes no finite value as 0.
#[must_use]
pub fn quantise(reference_codes: &[f32], codes: &[f32], size: usize) -> Quantised {
    let ranges = ranges(reference_codes, size);
    let rows = codes.chunks_exact(size.max(1));
    let quantised = rows.flat_map(|row| {
        let units = row.iter().zip(&ranges);
        units.map(|(&value, &range)| through_a_byte(value, range))
    });
    let bytes_per_image = size as f64;
    Quantised {
        codes: quantised.collect(),
        bytes_per_image,
    }
}

/// Peak signal-to-noise ratio in decibels, `−10 log₁₀ mse`, of a mean squared error of pixels of 0..1.
/// Infinite for an error of zero.
#[must_use]
pub fn psnr_db(mse_per_pixel: f64) -> f64 {
    -10.0 * mse_per_pixel.log10()
}

/// Mean size of a PNG of images `[n, pixels]` of 0..255, eight bits grey, without loss: a whole file each, of
/// which 57 bytes are signature, chunk frames and image header. The encoder compresses as strongly as it
/// can, with adaptive filters and with none, and the smaller file counts: filters suit photographs, and on
/// MNIST files are a fifth smaller without. Of no images the figure is zero.
#[must_use]
pub fn png_bytes_per_image(images: &[u8], shape: ImageShape) -> f64 {
    let sizes: Vec<usize> = images
        .par_chunks_exact(shape.n_values())
        .map(|image| {
            let filtered = png(image, shape, FilterType::Adaptive).len();
            filtered.min(png(image, shape, FilterType::NoFilter).len())
        })
        .collect();
    mean_size(&sizes)
}

/// Mean size of a WebP of images `[n, pixels]` of 0..255 without loss, a whole file each. The encoder is
/// `image-webp`'s, which searches less than libwebp's and so writes larger files. Of no images the figure is zero.
#[must_use]
pub fn webp_bytes_per_image(images: &[u8], shape: ImageShape) -> f64 {
    let sizes: Vec<usize> = images
        .par_chunks_exact(shape.n_values())
        .map(|image| webp(image, shape).len())
        .collect();
    mean_size(&sizes)
}

/// What JPEG makes of images.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct JpegFigures {
    /// Quality asked of the encoder, 1..=100, on the scale of libjpeg.
    pub quality: u8,
    /// Mean size of a file, headers and all.
    pub bytes_per_image: f64,
    /// How much of that is headers and tables: everything before the compressed pixels, and the mark at the end.
    pub header_bytes: f64,
    /// Mean squared error per pixel of 0..1, over all images.
    pub mse_per_pixel: f64,
    /// [`psnr_db`] of that error.
    pub psnr_db: f64,
}

/// JPEG of images `[n, channels, height, width]` of 0..255 at a quality of 1..=100: baseline, with Huffman tables made for
/// each image, as `cjpeg -optimize` writes, and colour at half the resolution below a quality of 90. Of no images sizes
/// and error are zero.
#[must_use]
pub fn jpeg_at(images: &[u8], shape: ImageShape, quality: u8) -> JpegFigures {
    let files: Vec<JpegFile> = images
        .par_chunks_exact(shape.n_values())
        .map(|image| JpegFile::of(image, shape, quality))
        .collect();
    let sizes: Vec<usize> = files.iter().map(|file| file.n_bytes).collect();
    let header_sizes: Vec<usize> = files.iter().map(|file| file.n_header_bytes).collect();
    let n_pixels = images.len().max(1) as f64;
    let squared_error: u64 = files.iter().map(|file| file.squared_error).sum();
    let mse_per_pixel = squared_error as f64 / (255.0 * 255.0) / n_pixels;
    JpegFigures {
        quality,
        bytes_per_image: mean_size(&sizes),
        header_bytes: mean_size(&header_sizes),
        mse_per_pixel,
        psnr_db: psnr_db(mse_per_pixel),
    }
}

/// [`jpeg_at`] at each of [`JPEG_QUALITIES`].
#[must_use]
pub fn jpeg(images: &[u8], shape: ImageShape) -> [JpegFigures; 3] {
    JPEG_QUALITIES.map(|quality| jpeg_at(images, shape, quality))
}

/// Smallest and largest finite value of each unit: `[size]`. Of none, both are 0.
fn ranges(codes: &[f32], size: usize) -> Vec<[f32; 2]> {
    let mut ranges = vec![[f32::INFINITY, f32::NEG_INFINITY]; size];
    for row in codes.chunks_exact(size.max(1)) {
        for (range, &value) in ranges.iter_mut().zip(row) {
            if value.is_finite() {
                *range = [range[0].min(value), range[1].max(value)];
            }
        }
    }
    let or_zero = |range: [f32; 2]| if range[0] > range[1] { [0.0; 2] } else { range };
    ranges.into_iter().map(or_zero).collect()
}

/// The nearest of 256 values in a range.
fn through_a_byte(value: f32, [low, high]: [f32; 2]) -> f32 {
    let span = high - low;
    if span <= 0.0 || value.is_nan() {
        return low;
    }
    let step = ((value - low) / span * STEPS).clamp(0.0, STEPS).round();
    low + step / STEPS * span
}

fn png(image: &[u8], shape: ImageShape, filter: FilterType) -> Vec<u8> {
    let mut file = Vec::new();
    let encoder = PngEncoder::new_with_quality(&mut file, CompressionType::Best, filter);
    write_image(encoder, image, shape).expect("a small image fits into a PNG in memory");
    file
}

/// A JPEG, measured.
struct JpegFile {
    n_bytes: usize,
    n_header_bytes: usize,
    /// Sum over pixels of squared differences of bytes.
    squared_error: u64,
}

impl JpegFile {
    fn of(image: &[u8], shape: ImageShape, quality: u8) -> Self {
        let mut file = baseline_jpeg(image, shape, quality, true);
        if shape.is_gray() {
            file = without_unused_table(file);
        }
        // The same pixels with the standard's tables: zune-jpeg 0.5.15 stops half-way in some files with very short codes.
        let readable = baseline_jpeg(image, shape, quality, false);
        let image = shape.pixel_by_pixel(image);
        let mut decoded = vec![0; image.len()];
        JpegDecoder::new(Cursor::new(&readable))
            .and_then(|decoder| decoder.read_image(&mut decoded))
            .expect("what was just written can be read");
        let squares = image.iter().zip(&decoded);
        Self {
            n_bytes: file.len(),
            n_header_bytes: jpeg_header_bytes(&file),
            squared_error: squares
                .map(|(&a, &b)| u64::from(a.abs_diff(b)).pow(2))
                .sum(),
        }
    }
}

/// A baseline JPEG, with Huffman tables made for it or with the standard's.
fn baseline_jpeg(image: &[u8], shape: ImageShape, quality: u8, optimised: bool) -> Vec<u8> {
    let mut file = Vec::new();
    let [height, width] = sides(shape);
    let colour = if shape.is_gray() {
        jpeg_encoder::ColorType::Luma
    } else {
        jpeg_encoder::ColorType::Rgb
    };
    let mut encoder = jpeg_encoder::Encoder::new(&mut file, quality);
    encoder.set_optimized_huffman_tables(optimised);
    encoder
        .encode(&shape.pixel_by_pixel(image), width, height, colour)
        .expect("a small image fits into a JPEG in memory");
    file
}

/// A grey JPEG without the quantisation table for colour, 69 bytes, which the encoder writes all the same and libjpeg
/// does not.
fn without_unused_table(mut file: Vec<u8>) -> Vec<u8> {
    let mut at = 2;
    while let Some(&[_, mark, high, low, first, ..]) = file.get(at..at + 5) {
        let end = at + 2 + usize::from(u16::from_be_bytes([high, low]));
        match mark {
            0xda => break,
            0xdb if first & 0x0f != 0 => drop(file.drain(at..end)), // a table that is not the grey one
            _ => at = end,
        }
    }
    file
}

/// Bytes of a JPEG before its compressed pixels, with the two of the mark at its end. A file is a mark of two
/// bytes, then segments of a mark, a length and their content; the pixels follow the one marked `FF DA`.
fn jpeg_header_bytes(file: &[u8]) -> usize {
    let mut at = 2;
    while let Some(&[_, mark, high, low]) = file.get(at..at + 4) {
        at += 2 + usize::from(u16::from_be_bytes([high, low]));
        if mark == 0xda {
            return at + 2;
        }
    }
    file.len()
}

fn webp(image: &[u8], shape: ImageShape) -> Vec<u8> {
    let mut file = Vec::new();
    let encoder = WebPEncoder::new_lossless(&mut file);
    write_image(encoder, image, shape).expect("a small image fits into a WebP in memory");
    file
}

fn write_image(encoder: impl ImageEncoder, image: &[u8], shape: ImageShape) -> ImageResult<()> {
    let [height, width] = sides(shape).map(u32::from);
    let colour = if shape.is_gray() {
        ExtendedColorType::L8
    } else {
        ExtendedColorType::Rgb8
    };
    encoder.write_image(&shape.pixel_by_pixel(image), width, height, colour)
}

fn sides(shape: ImageShape) -> [u16; 2] {
    [shape.height, shape.width].map(|side| u16::try_from(side).expect("sides are small"))
}

fn mean_size(sizes: &[usize]) -> f64 {
    sizes.iter().sum::<usize>() as f64 / sizes.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use hourglass_experiment::N_PIXELS;

    const SHAPE: ImageShape = ImageShape::MNIST;

    #[test]
    fn a_byte_names_256_values_of_the_reference_range() {
        let reference = [0.0, -1.0, 5.0, 255.0, 1.0, 5.0];
        let codes = [7.4, 0.0, 5.0, 300.0, -9.0, 6.0];
        let quantised = quantise(&reference, &codes, 3);
        assert!((quantised.codes[0] - 7.0).abs() < 1e-6); // steps of 1
        assert!(quantised.codes[1].abs() <= 2.0 / 510.0 + 1e-6); // steps of 2/255
        let others = quantised.codes[2..].to_vec(); // constant, and clamped to the ends
        assert_eq!(others, [5.0, 255.0, -1.0, 5.0]);
        assert!((quantised.bytes_per_image - 3.0).abs() < 1e-12);
    }

    #[test]
    fn values_move_by_at_most_half_a_step() {
        let codes: Vec<f32> = (0..1_000_u16).map(|i| f32::from(i).sin() * 3.0).collect();
        let quantised = quantise(&codes, &codes, 1);
        let half = 6.0 / 510.0 + 1e-6;
        let moved = codes.iter().zip(&quantised.codes);
        assert!(moved.clone().all(|(a, b)| (a - b).abs() <= half));
        assert!(moved.clone().any(|(a, b)| (a - b).abs() > 0.9 * half));
        assert_eq!(quantise(&codes, &quantised.codes, 1), quantised); // twice is once
    }

    #[test]
    fn what_has_no_range_comes_back_as_a_number() {
        assert_eq!(quantise(&[], &[4.0], 1).codes, [0.0]);
        assert_eq!(quantise(&[1.0, 2.0], &[f32::NAN], 1).codes, [1.0]);
        assert!(quantise(&[], &[], 0).codes.is_empty());
    }

    #[test]
    fn decibels_count_tenths_of_decades() {
        assert!((psnr_db(0.01) - 20.0).abs() < 1e-12);
        assert!((psnr_db(1.0)).abs() < 1e-12);
        assert!(psnr_db(0.0).is_infinite() && psnr_db(0.0) > 0.0);
    }

    /// A white disc on black with a grey edge.
    fn disc() -> Vec<u8> {
        let pixels = (0..28_i32).flat_map(|row| {
            (0..28_i32).map(
                move |column| match (row - 13).pow(2) + (column - 13).pow(2) {
                    ..64 => 255,
                    64..90 => 128,
                    _ => 0,
                },
            )
        });
        pixels.collect()
    }

    #[test]
    fn a_png_is_what_it_was() {
        let image = disc();
        let files =
            [FilterType::Adaptive, FilterType::NoFilter].map(|filter| png(&image, SHAPE, filter));
        for file in &files {
            let read = image::load_from_memory(file).expect("a PNG").to_luma8();
            assert_eq!(read.as_raw(), &image);
        }
        let smaller = files[0].len().min(files[1].len());
        let twice = [image.clone(), image].concat();
        assert!((png_bytes_per_image(&twice, SHAPE) - mean_size(&[smaller])).abs() < 1e-12);
        assert!(png_bytes_per_image(&[0; N_PIXELS], SHAPE) < 100.0);
    }

    #[test]
    fn a_webp_is_what_it_was() {
        let image = disc();
        let file = webp(&image, SHAPE);
        let read = image::load_from_memory(&file).expect("a WebP").to_luma8();
        assert_eq!(read.as_raw(), &image);
        let bytes = webp_bytes_per_image(&image, SHAPE);
        assert!((bytes - mean_size(&[file.len()])).abs() < 1e-12);
    }

    #[test]
    fn optimised_tables_change_the_size_and_not_the_picture() {
        let image = disc();
        let picture = |file: &[u8]| image::load_from_memory(file).expect("a JPEG").to_luma8();
        let [plain, optimised] = [false, true].map(|is| baseline_jpeg(&image, SHAPE, 50, is));
        let bare = without_unused_table(optimised.clone());
        assert_eq!(picture(&plain), picture(&optimised));
        assert_eq!(picture(&plain), picture(&bare));
        assert_eq!(bare.len() + 69, optimised.len()); // a mark, a length, a name and 64 numbers
        assert!(optimised.len() + 100 < plain.len());
        let figures = jpeg_at(&image, SHAPE, 50);
        assert!((figures.bytes_per_image - mean_size(&[bare.len()])).abs() < 1e-12);
    }

    #[test]
    fn a_plain_jpeg_is_nearly_all_header() {
        // Eight-by-eight blocks: 16 of them, each a difference of brightness and an end, of one bit each in tables made
        // for the image.
        let plain = jpeg_at(&[0; N_PIXELS], SHAPE, 50);
        let pixels = plain.bytes_per_image - plain.header_bytes;
        assert!((4.0..=8.0).contains(&pixels), "{plain:?}");
        // 20 of JFIF, 69 of quantisation, 13 of the frame, 10 of the scan, 4 of marks, and tables of a few symbols.
        assert!((150.0..=200.0).contains(&plain.header_bytes), "{plain:?}");
        assert!(plain.psnr_db > 50.0);
    }

    #[test]
    fn jpeg_costs_more_where_it_is_better() {
        let images = [disc(), disc().into_iter().map(|byte| 255 - byte).collect()].concat();
        let figures = jpeg(&images, SHAPE);
        assert_eq!(figures.map(|figures| figures.quality), JPEG_QUALITIES);
        for pair in figures.windows(2) {
            assert!(pair[0].bytes_per_image < pair[1].bytes_per_image);
            assert!(pair[0].psnr_db < pair[1].psnr_db);
        }
        for of in figures {
            assert!((100.0..of.bytes_per_image).contains(&of.header_bytes));
            assert!((of.psnr_db - psnr_db(of.mse_per_pixel)).abs() < 1e-12);
        }
    }

    #[test]
    fn colour_is_compressed_as_colour() {
        let shape = ImageShape {
            height: 16,
            width: 16,
            channels: 3,
        };
        let image: Vec<u8> = [200, 100, 50]
            .into_iter()
            .flat_map(|value| vec![value; 256])
            .collect();
        assert_eq!(
            *shape
                .pixel_by_pixel(&image)
                .first_chunk::<6>()
                .expect("six values"),
            [200, 100, 50, 200, 100, 50]
        );
        let figures = jpeg_at(&image, shape, 90);
        assert!(
            figures.psnr_db > 35.0,
            "a plain colour comes back: {figures:?}"
        );
        assert!(
            png_bytes_per_image(&image, shape) < 150.0,
            "one colour costs next to nothing"
        );
    }

    #[test]
    fn no_images_cost_nothing() {
        assert!(png_bytes_per_image(&[], SHAPE).abs() < 1e-12);
        assert!(jpeg_at(&[], SHAPE, 50).bytes_per_image.abs() < 1e-12);
    }
}
