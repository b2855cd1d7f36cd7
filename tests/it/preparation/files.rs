//! Files of every kind, damaged ones, and ones that lie.

use hourglass::data::user_image::{Picture, prepare};
use hourglass::protocol::{Backdrop, ImageNote, Preparation, Prepared};
use image::imageops::FilterType;
use image::{DynamicImage, ImageFormat};
use proptest::prelude::*;

use super::png_file::{Header, compressed, file, interlaced_lines};
use super::{difference, digit, encoded, enlarged, prepared};

/// A stroke of the same shape in every kind of file, so that all of them have to give the same digit.
fn has_ink(row: usize, column: usize) -> bool {
    (8..32).contains(&row) && (14..20).contains(&column)
        || (26..32).contains(&row) && (14..30).contains(&column)
}

/// Lines of 40×40 with a filter byte before each; `pixel` writes one.
fn lines(mut pixel: impl FnMut(&mut Vec<u8>, bool)) -> Vec<u8> {
    let mut bytes = Vec::new();
    for row in 0..40 {
        bytes.push(0);
        for column in 0..40 {
            pixel(&mut bytes, has_ink(row, column));
        }
    }
    bytes
}

fn header(bit_depth: u8, color_type: u8) -> Header {
    Header {
        width: 40,
        height: 40,
        bit_depth,
        color_type,
        interlaced: false,
    }
}

#[test]
fn every_kind_of_png_gives_the_same_digit() {
    let plain = lines(|bytes, ink| bytes.push(if ink { 0 } else { 255 }));
    let reference = prepared(&file(&header(8, 0), &[], &plain));
    assert!(reference.decisions.invert && reference.notes.is_empty());
    let one_bit = {
        let mut bytes = Vec::new();
        for row in 0..40 {
            bytes.push(0);
            for first in (0..40).step_by(8) {
                let bits = (first..first + 8).fold(0_u8, |bits, column| {
                    bits << 1 | u8::from(!has_ink(row, column))
                });
                bytes.push(bits);
            }
        }
        bytes
    };
    // Ink is the third colour; the first is transparent and black, so that only opacity tells it from ink.
    let palette = vec![0, 0, 0, 250, 0, 0, 0, 0, 0];
    let transparent = vec![0, 255, 255];
    let deep = |bytes: &mut Vec<u8>, ink: bool| bytes.extend(if ink { [0, 1] } else { [255, 255] });
    let pixel = |row, column| if has_ink(row, column) { 0 } else { 255 };
    let kinds: [(&str, Vec<u8>); 7] = [
        ("1 bit", file(&header(1, 0), &[], &one_bit)),
        (
            "palette with transparency",
            file(
                &header(8, 3),
                &[(b"PLTE", palette), (b"tRNS", transparent)],
                &lines(|bytes, ink| bytes.push(if ink { 2 } else { 0 })),
            ),
        ),
        ("16 bits", file(&header(16, 0), &[], &lines(deep))),
        (
            "interlaced",
            file(
                &Header {
                    interlaced: true,
                    ..header(8, 0)
                },
                &[],
                &interlaced_lines(40, 40, pixel),
            ),
        ),
        (
            "grey with opacity",
            file(
                &header(8, 4),
                &[],
                &lines(|bytes, ink| bytes.extend([0, if ink { 255 } else { 0 }])),
            ),
        ),
        (
            "colour",
            file(
                &header(8, 2),
                &[],
                &lines(|bytes, ink| bytes.extend(if ink { [0, 0, 0] } else { [255, 255, 255] })),
            ),
        ),
        (
            "colour with opacity, 16 bits",
            file(
                &header(16, 6),
                &[],
                &lines(|bytes, ink| {
                    bytes.extend([0, 0, 0, 0, 0, 0]);
                    bytes.extend(if ink { [255, 255] } else { [0, 0] });
                }),
            ),
        ),
    ];
    for (kind, bytes) in kinds {
        let found = prepared(&bytes);
        assert!(found.decisions.invert, "{kind}");
        let largest = found.pixels.iter().zip(&*reference.pixels);
        let largest = largest.map(|(a, b)| a.abs_diff(*b)).max();
        assert!(largest <= Some(1), "{kind}: {largest:?}");
    }
}

#[test]
fn light_ink_on_nothing_is_laid_on_black() {
    let bytes = lines(|bytes, ink| bytes.extend([255, if ink { 255 } else { 0 }]));
    let bytes = file(&header(8, 4), &[], &bytes);
    let found = prepared(&bytes);
    assert_eq!(found.decisions.backdrop, Some(Backdrop::Black));
    assert!(!found.decisions.invert);
    assert!(found.pixels.iter().any(|&byte| byte > 200));
    let on_white = Preparation {
        backdrop: Some(Backdrop::White),
        ..Preparation::default()
    };
    let picture = Picture::decode(&bytes).expect("a picture");
    assert!(
        prepare(&picture, &on_white)
            .notes
            .contains(&ImageNote::NoInk)
    );
}

#[test]
fn other_formats_are_read_with_a_note() {
    let image =
        DynamicImage::ImageLuma8(enlarged(&digit(5), 112, FilterType::Triangle, [0, 0], true));
    let reference = prepared(&encoded(&image, ImageFormat::Png));
    let rgba = DynamicImage::ImageRgba8(image.to_rgba8());
    for (format, image, name) in [
        (ImageFormat::Jpeg, &image, "JPEG"),
        (ImageFormat::Bmp, &image, "BMP"),
        (ImageFormat::Gif, &rgba, "GIF"),
        (ImageFormat::WebP, &rgba, "WebP"),
    ] {
        let found = prepared(&encoded(image, format));
        let is_named = |note: &ImageNote| matches!(note, ImageNote::Format { name: found, .. } if *found == name);
        assert!(
            found.notes.iter().any(is_named),
            "{name}: {:?}",
            found.notes
        );
        assert!(
            difference(&found.pixels, &reference.pixels) < 0.005,
            "{name}"
        );
    }
}

/// A baseline JPEG of 8×8 in four inks without a difference anywhere: all tables have one code of one bit.
#[test]
fn a_jpeg_in_four_inks_is_read() {
    let mut bytes = vec![0xff, 0xd8];
    bytes.extend([0xff, 0xdb, 0, 67, 0]);
    bytes.extend([1; 64]);
    bytes.extend([0xff, 0xc0, 0, 20, 8, 0, 8, 0, 8, 4]);
    for component in 1..=4 {
        bytes.extend([component, 0x11, 0]);
    }
    for class in [0x00, 0x10] {
        bytes.extend([0xff, 0xc4, 0, 20, class, 1]);
        bytes.extend([0; 15]);
        bytes.push(0);
    }
    bytes.extend([0xff, 0xda, 0, 14, 4, 1, 0, 2, 0, 3, 0, 4, 0, 0, 63, 0]);
    bytes.extend([0, 0xff, 0xd9]);
    let found = prepared(&bytes);
    assert!(found.notes.contains(&ImageNote::NoInk), "{:?}", found.notes);
}

#[test]
fn files_that_lie_about_their_size_are_refused_before_anything_is_reserved() {
    for (side, color_type, bit_depth) in [(60_000, 6, 16), (16_384, 6, 8), (u32::MAX >> 1, 0, 8)] {
        let header = Header {
            width: side,
            height: side,
            bit_depth,
            color_type,
            interlaced: false,
        };
        let message = Picture::decode(&file(&header, &[], &[0; 100]))
            .expect_err("too large")
            .to_string();
        assert!(message.contains("it is too large"), "{side}: {message}");
    }
}

/// The palette of such a file made the `png` crate panic, and one of them ended a whole `reconstruct`.
#[test]
fn a_decoder_that_panics_is_an_error_of_its_file() {
    for n_bytes in [4, 7, 767] {
        let header = Header {
            bit_depth: 8,
            color_type: 3,
            ..header(8, 3)
        };
        let bytes = file(
            &header,
            &[(b"PLTE", vec![9; n_bytes])],
            &lines(|bytes, _| bytes.push(0)),
        );
        let error = Picture::decode(&bytes).expect_err("no palette");
        assert!(error.to_string().contains("it is damaged"), "{error}");
    }
}

/// A JPEG of grey without a difference anywhere: a block is one bit in a scan of a progressive file, and otherwise
/// two.
fn grey_jpeg(side: u16, is_progressive: bool, n_scans: usize, share_of_data: f64) -> Vec<u8> {
    let [s1, s0] = side.to_be_bytes();
    let mut bytes = vec![0xff, 0xd8, 0xff, 0xdb, 0, 67, 0];
    bytes.extend([1; 64]);
    bytes.extend([0xff, if is_progressive { 0xc2 } else { 0xc0 }]);
    bytes.extend([0, 11, 8, s1, s0, s1, s0, 1, 1, 0x11, 0]);
    for class in [0x00, 0x10] {
        bytes.extend([0xff, 0xc4, 0, 20, class, 1]);
        bytes.extend([0; 16]);
    }
    let n_blocks = usize::from(side).div_ceil(8).pow(2);
    let n_bits = n_blocks * if is_progressive { 1 } else { 2 };
    let n_data = (n_bits.div_ceil(8) as f64 * share_of_data) as usize;
    for scan in 0..n_scans {
        // The first scan sends all but the last bits, each later one a bit more.
        let low = n_scans.saturating_sub(scan + 1).min(13);
        let high = if scan == 0 { 0 } else { low + 1 };
        let bits = u8::try_from(high << 4 | low).expect("two digits");
        let [last, bits] = if is_progressive { [0, bits] } else { [63, 0] };
        bytes.extend([0xff, 0xda, 0, 8, 1, 1, 0, 0, last, bits]);
        bytes.extend(vec![0; n_data]);
    }
    bytes.extend([0xff, 0xd9]);
    bytes
}

#[test]
fn what_a_picture_will_take_is_told_from_its_header() {
    let message = |bytes: &[u8]| Picture::decode(bytes).expect_err("refused").to_string();
    // Two kilobytes that took 771 MB, and the same with all of its data.
    let error = message(&grey_jpeg(16_384, true, 1, 0.004));
    assert!(
        error.contains("most of its 16384×16384 pixels are missing"),
        "{error}"
    );
    let error = message(&grey_jpeg(16_384, true, 1, 1.0));
    assert!(error.contains("it is too large"), "{error}");
    // Small in memory, and gone over again and again.
    let error = message(&grey_jpeg(4_000, true, 100, 1.0));
    assert!(error.contains("it is too large"), "{error}");
    // WebP without loss, which took 550 MB; and a frame that is larger than its canvas of 9 × 9.
    let mut lossless = b"RIFF\x2c\0\0\0WEBPVP8L\x20\0\0\0\x2f\xfe\xbf\xff\x0f".to_vec();
    lossless.extend([0; 27]);
    let mut lossy = b"RIFF\x40\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\x08\0\0\x08\0\0".to_vec();
    lossy.extend(b"VP8 \x20\0\0\0\x30\x01\0\x9d\x01\x2a\xff\x3f\xff\x3f");
    lossy.extend([0; 22]);
    for webp in [lossless, lossy] {
        let error = message(&webp);
        assert!(error.contains("it is too large"), "{error}");
    }
}

#[test]
fn a_jpeg_without_its_end_is_read_with_a_note() {
    for is_progressive in [false, true] {
        let whole = grey_jpeg(200, is_progressive, 1, 1.0);
        let is_cut = |note: &ImageNote| matches!(note, ImageNote::CutShort { .. });
        assert!(!prepared(&whole).notes.iter().any(is_cut));
        let cut = &whole[..whole.len() - 20];
        assert!(prepared(cut).notes.iter().any(is_cut));
    }
}

/// Lines without noise, of which the last of the file are missing.
#[test]
fn a_png_that_is_cut_short_is_read_as_far_as_it_goes() {
    let plain = lines(|bytes, ink| bytes.push(if ink { 0 } else { 255 }));
    let whole = file(&header(8, 0), &[], &plain);
    let reference = prepared(&whole);
    let without_end = prepared(&whole[..whole.len() - 12]);
    assert_eq!(without_end.pixels, reference.pixels);
    let missing = |prepared: &Prepared| {
        let notes = prepared.notes.iter();
        let mut shares = notes.filter_map(|note| match note {
            ImageNote::CutShort { missing } => Some(*missing),
            _ => None,
        });
        shares.next_back().flatten()
    };
    assert_eq!(missing(&reference), None);
    assert_eq!(missing(&without_end), Some(0.0));
    assert!(
        Picture::decode(&whole[..60]).is_err(),
        "nothing of it is there"
    );
}

/// The same stroke in the second picture; the first is as empty as the paper.
#[test]
fn the_first_frame_that_is_not_blank_is_taken() {
    let frame = |shows: bool| {
        let image = image::RgbaImage::from_fn(40, 40, |x, y| {
            let ink = shows && has_ink(y as usize, x as usize);
            image::Rgba(if ink { [0, 0, 0, 255] } else { [255; 4] })
        });
        image::Frame::new(image)
    };
    let gif = |frames: &[bool]| {
        let mut bytes = Vec::new();
        let mut encoder = image::codecs::gif::GifEncoder::new(&mut bytes);
        for &shows in frames {
            encoder.encode_frame(frame(shows)).expect("into memory");
        }
        drop(encoder);
        prepared(&bytes)
    };
    let still = gif(&[true]);
    let late = gif(&[false, true, true]);
    let early = gif(&[true, false]);
    for found in [&late, &early] {
        assert!(difference(&found.pixels, &still.pixels) < 1e-3);
    }
    let frames = |used, n_frames| ImageNote::OneFrame { used, n_frames };
    assert!(late.notes.contains(&frames(2, 3)) && early.notes.contains(&frames(1, 2)));
    let is_frames = |note: &ImageNote| matches!(note, ImageNote::OneFrame { .. });
    assert!(!still.notes.iter().any(is_frames));
    assert!(gif(&[false, false]).notes.contains(&ImageNote::NoInk));
}

/// What Windows puts on the clipboard: four bytes a pixel, and never the opacity.
#[test]
fn a_picture_that_hides_everything_is_taken_as_opaque() {
    let pixel = |ink| {
        if ink {
            [0, 0, 0, 0]
        } else {
            [255, 255, 255, 0]
        }
    };
    let places = (0..1600).map(|idx| has_ink(idx / 40, idx % 40));
    let hidden: Vec<u8> = places.flat_map(pixel).collect();
    let picture = Picture::from_rgba(40, 40, &hidden).expect("40×40");
    let found = prepare(&picture, &Preparation::default());
    let plain = lines(|bytes, ink| bytes.push(if ink { 0 } else { 255 }));
    let reference = prepared(&file(&header(8, 0), &[], &plain));
    assert!(difference(&found.pixels, &reference.pixels) < 1e-3);
    assert!(found.notes.contains(&ImageNote::OpacityIgnored));
}

#[test]
fn a_bomb_of_text_is_passed_over_or_refused() {
    let mut text = b"Comment\0\0".to_vec();
    text.extend(compressed(&vec![b'a'; 200 << 20]));
    let plain = lines(|bytes, ink| bytes.push(if ink { 0 } else { 255 }));
    let bytes = file(&header(8, 0), &[(b"zTXt", text)], &plain);
    assert!(bytes.len() < 300_000);
    if let Ok(picture) = Picture::decode(&bytes) {
        assert!(prepare(&picture, &Preparation::default()).decisions.invert);
    }
}

proptest! {
    /// The decoder and the preparation are made for bytes from anywhere.
    #[test]
    fn damaged_files_are_refused_or_read_but_never_crash(
        kind in 0_usize..5, at in 0.0_f64..1.0, bits in 1_u8..=255, cut in 0.2_f64..1.2,
    ) {
        let image = DynamicImage::ImageLuma8(enlarged(&digit(3), 56, FilterType::Triangle, [0, 0], true));
        let format = [
            ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::Gif, ImageFormat::Bmp, ImageFormat::WebP,
        ][kind];
        let image = if format == ImageFormat::Gif || format == ImageFormat::WebP {
            DynamicImage::ImageRgba8(image.to_rgba8())
        } else {
            image
        };
        let mut bytes = encoded(&image, format);
        let place = |share: f64| (share * bytes.len() as f64) as usize;
        let (place, end) = (place(at), place(cut));
        bytes[place] ^= bits;
        bytes.truncate(end);
        if let Ok(picture) = Picture::decode(&bytes) {
            prop_assert_eq!(prepare(&picture, &Preparation::default()).pixels.len(), 784);
        }
    }
}
