//! What surrounds the writing is left out, and what people drop becomes the digit that they meant.

use hourglass::data::user_image::{Picture, prepare};
use hourglass::protocol::{GroupSet, ImageNote, LeftOut, Preparation, Prepared, Take};
use image::imageops::{self, FilterType};
use image::{DynamicImage, GrayImage, ImageFormat, Luma, Rgb, RgbImage};

use super::{difference, digit, encoded, enlarged, png, prepared};

/// A digit moved by a pixel differs by 0.05; a frame, a table or a second digit by 0.1 and more.
const SAME: f64 = 0.04;

/// Digits of a test, spread over the classes.
const DIGITS: [usize; 4] = [0, 11, 57, 130];

/// A sheet with a digit drawn with a pen in its middle.
fn sheet(digit: &[u8], side: u32) -> GrayImage {
    let large = enlarged(digit, 240, FilterType::CatmullRom, [0, 0], false);
    let mut sheet = GrayImage::from_pixel(side, side, Luma([228]));
    let from = i64::from(side - 240) / 2;
    for (x, y, ink) in large.enumerate_pixels() {
        let place = [x, y].map(|at| u32::try_from(i64::from(at) + from).expect("on the sheet"));
        let steep = (f32::from(ink.0[0]) - 64.0) / 128.0;
        let byte = (228.0 - 200.0 * steep.clamp(0.0, 1.0)) as u8;
        sheet.put_pixel(place[0], place[1], Luma([byte]));
    }
    sheet
}

/// The rim of a rectangle.
fn frame(image: &mut GrayImage, [from, to]: [u32; 2], width: u32, shade: u8) {
    for (x, y, pixel) in image.enumerate_pixels_mut() {
        let within = |from: u32, to: u32| (from..to).contains(&x) && (from..to).contains(&y);
        if within(from, to) && !within(from + width, to - width) {
            pixel.0[0] = shade;
        }
    }
}

fn left_out(prepared: &Prepared) -> Vec<LeftOut> {
    let notes = prepared.notes.iter();
    let why = notes.filter_map(|note| match note {
        ImageNote::LeftOut { why, .. } => Some(*why),
        _ => None,
    });
    why.collect()
}

#[track_caller]
fn is_digit(found: &Prepared, digit: &[u8], kind: &str) {
    let difference = difference(&found.pixels, digit);
    assert!(
        difference < SAME,
        "{kind}: {difference}, {:?}, {:?}",
        found.decisions,
        found.notes
    );
}

#[test]
fn frames_and_lines_around_the_digit_are_left_out_with_a_note() {
    for digit in DIGITS.map(digit) {
        for (kind, from, width, why) in [
            ("cell", 30, 3, LeftOut::Around),
            ("canvas", 8, 1, LeftOut::Around),
            ("border", 0, 4, LeftOut::Around),
        ] {
            let mut image = sheet(&digit, 360);
            frame(&mut image, [from, 360 - from], width, 30);
            let found = prepared(&png(&image));
            is_digit(&found, &digit, kind);
            assert_eq!(left_out(&found), [why], "{kind}");
            assert!(found.decisions.invert, "{kind}");
        }
        let mut image = sheet(&digit, 400);
        for (x, y, pixel) in image.enumerate_pixels_mut() {
            let away = f64::from(x.abs_diff(200)).hypot(f64::from(y.abs_diff(200)));
            if (away - 185.0).abs() < 2.5 {
                pixel.0[0] = 40;
            }
        }
        let found = prepared(&png(&image));
        is_digit(&found, &digit, "circle");
        assert_eq!(left_out(&found), [LeftOut::Around]);
    }
}

#[test]
fn tables_thumbs_and_black_margins_are_no_ink() {
    for digit in DIGITS.map(digit) {
        for (kind, shade, is_beyond) in [
            ("table around", 60, [40, 40, 380, 370]),
            ("table at a side", 70, [0, 0, 350, 420]),
            ("margin of a scanner", 0, [12, 6, 408, 420]),
        ] {
            let mut image = sheet(&digit, 420);
            let [left, top, right, bottom] = is_beyond;
            for (x, y, pixel) in image.enumerate_pixels_mut() {
                if !(left..right).contains(&x) || !(top..bottom).contains(&y) {
                    pixel.0[0] = shade;
                }
            }
            let bytes = encoded(&DynamicImage::ImageLuma8(image), ImageFormat::Jpeg);
            is_digit(&prepared(&bytes), &digit, kind);
        }
        let mut image = sheet(&digit, 420);
        for (x, y, pixel) in image.enumerate_pixels_mut() {
            if f64::from(x).hypot(f64::from(420 - y)) < 80.0 {
                pixel.0[0] = 140;
            }
        }
        let found = prepared(&png(&image));
        is_digit(&found, &digit, "thumb");
        assert_eq!(left_out(&found), [LeftOut::AtBorder]);
    }
}

#[test]
fn a_picture_within_a_picture_is_looked_into() {
    for digit in DIGITS.map(digit) {
        let small = GrayImage::from_raw(28, 28, digit.clone()).expect("28×28");
        for (kind, page, cell) in [
            ("page", 255, 9),
            ("grey page", 128, 9),
            ("small page", 90, 3),
        ] {
            let shown = imageops::resize(&small, 28 * cell, 28 * cell, FilterType::Nearest);
            let mut image = GrayImage::from_pixel(40 * cell, 42 * cell, Luma([page]));
            let cell = i64::from(cell);
            imageops::replace(&mut image, &shown, 7 * cell, 6 * cell);
            let found = prepared(&png(&image));
            is_digit(&found, &digit, kind);
            assert!(!found.decisions.invert, "{kind}: the canvas is black");
        }
    }
}

/// Groups are numbered within what was looked into: a click on one means it, and not one of the page.
#[test]
fn groups_of_a_picture_within_a_picture_are_taken_where_they_were_found() {
    for page in [255, 128] {
        let image = GrayImage::from_fn(356, 356, |x, y| {
            let is_canvas = |at: u32| (63..293).contains(&at);
            let away = x.abs_diff(178).pow(2) + y.abs_diff(178).pow(2);
            Luma([match away {
                _ if !(is_canvas(x) && is_canvas(y)) => page,
                3_601..10_000 => 255,
                _ => 0,
            }])
        });
        let picture = Picture::decode(&png(&image)).expect("a picture");
        let found = prepare(&picture, &Preparation::default());
        let looked_into = found.group_map.bounds;
        assert!(
            looked_into[0] > 0.15 && looked_into[2] < 0.85,
            "{looked_into:?}"
        );
        let taken = (0..found.groups.len()).find(|&place| found.groups[place].is_taken());
        let by_hand = Preparation::default().taking(taken.expect("a digit"));
        let by_hand = prepare(&picture, &by_hand);
        assert!(by_hand.group_map == found.group_map, "page {page}");
        assert_eq!(by_hand.pixels, found.pixels);
    }
}

#[test]
fn writing_without_a_margin_is_writing() {
    for digit in DIGITS.map(digit) {
        let image = sheet(&digit, 300);
        let found = prepared(&png(&image));
        let [left, top, right, bottom] = found.crop.map(|share| (300.0 * share).round() as u32);
        for is_inverted in [false, true] {
            let mut tight =
                imageops::crop_imm(&image, left, top, right - left, bottom - top).to_image();
            if is_inverted {
                imageops::invert(&mut tight);
            }
            let found = prepared(&png(&tight));
            is_digit(&found, &digit, "tight");
            assert_eq!(found.decisions.invert, !is_inverted);
            assert!(found.notes.contains(&ImageNote::ReachesBorder));
        }
    }
}

#[test]
fn faint_values_and_values_that_were_never_scaled_become_full() {
    for digit in DIGITS.map(digit) {
        for (kind, scaled) in [
            ("a third", (|byte| byte / 3) as fn(u8) -> u8),
            ("a sixteenth", |byte| byte / 16),
            ("around grey", |byte| 127 + byte / 2),
            ("0 and 1", |byte| u8::from(byte > 127)),
        ] {
            let bytes = digit.iter().map(|&byte| scaled(byte)).collect();
            let image = GrayImage::from_raw(28, 28, bytes).expect("28×28");
            let found = prepared(&png(&image));
            is_digit(&found, &digit, kind);
            assert!(found.pixels.iter().any(|&byte| byte > 240), "{kind}");
        }
    }
}

#[test]
fn colours_of_the_same_lightness_are_told_apart() {
    let digit = digit(DIGITS[1]);
    let grey = sheet(&digit, 320);
    let image = RgbImage::from_fn(320, 320, |x, y| {
        let ink = (228.0 - f32::from(grey.get_pixel(x, y).0[0])) / 200.0;
        let (paper, pen) = ([40.0, 115.0, 50.0], [240.0, 50.0, 60.0]);
        Rgb([0, 1, 2].map(|at| (paper[at] + ink * (pen[at] - paper[at])) as u8))
    });
    let found = prepared(&encoded(&DynamicImage::ImageRgb8(image), ImageFormat::Png));
    is_digit(&found, &digit, "red on green");
    assert!(found.notes.contains(&ImageNote::ByColour));
}

/// Digits in two rows of three, the rows a little slanted, as on a photographed sheet.
fn rows_of_digits(digits: &[Vec<u8>]) -> GrayImage {
    let mut page = GrayImage::from_pixel(480, 330, Luma([228]));
    for (idx, digit) in digits.iter().enumerate() {
        let small = imageops::resize(&sheet(digit, 240), 130, 130, FilterType::Triangle);
        let (column, row) = (
            i64::try_from(idx % 3).expect("3"),
            i64::try_from(idx / 3).expect("2"),
        );
        imageops::replace(
            &mut page,
            &small,
            20 + 150 * column,
            15 + 160 * row + 8 * column,
        );
    }
    page
}

#[test]
fn several_digits_are_found_in_reading_order_and_taken_one_by_one() {
    let digits: Vec<Vec<u8>> = [0, 11, 57, 130, 76, 99].map(digit).to_vec();
    let picture = Picture::decode(&png(&rows_of_digits(&digits))).expect("a picture");
    let first = prepare(&picture, &Preparation::default());
    assert_eq!(first.digits().count(), 6, "{:?}", first.groups);
    assert!(first.notes.contains(&ImageNote::SeveralDigits {
        n_digits: 6,
        taken: 1
    }));
    is_digit(&first, &digits[0], "the first");
    for (place, digit) in digits.iter().enumerate() {
        let found = prepare(&picture, &Preparation::default().taking(place));
        is_digit(&found, digit, &format!("number {place}"));
        assert!(found.groups[place].is_taken());
        let [left, top, right, bottom] = found.groups[place].bounds;
        let middle = [f32::midpoint(left, right), f32::midpoint(top, bottom)];
        // A click on its ink, or near it.
        let clicks =
            (0_u8..20).map(|step| [left + (right - left) * 0.05 * f32::from(step), middle[1]]);
        assert!(
            clicks
                .filter_map(|click| found.group_map.at(click))
                .all(|group| group == place)
        );
        // The same by a rectangle around it.
        let region = Preparation {
            region: Some([left - 0.02, top - 0.02, right + 0.02, bottom + 0.02]),
            ..Preparation::default()
        };
        let by_hand = prepare(&picture, &region);
        is_digit(&by_hand, digit, &format!("number {place}, by hand"));
        assert!(by_hand.crop[0] > left - 0.02 && by_hand.crop[2] < right + 0.02);
    }
    let both = Preparation {
        take: Some(Take::Groups([0, 1].into_iter().collect())),
        ..Preparation::default()
    };
    let both = prepare(&picture, &both);
    assert!(both.crop[2] - both.crop[0] > 1.5 * (first.crop[2] - first.crop[0]));
}

#[test]
fn choices_that_do_not_fit_the_picture_do_no_harm() {
    let picture = Picture::decode(&png(&sheet(&digit(0), 300))).expect("a picture");
    let regions = [
        [0.9, 0.9, 0.1, 0.1],
        [f32::NAN; 4],
        [-5.0, 2.0, 7.0, 9.0],
        [0.5, 0.5, 0.5, 0.5],
        [f32::INFINITY, 0.0, f32::NEG_INFINITY, 1.0],
    ];
    for region in regions {
        let preparation = Preparation {
            region: Some(region),
            ..Preparation::default()
        };
        assert_eq!(prepare(&picture, &preparation).pixels.len(), 784);
    }
    for take in [
        Take::Groups(GroupSet::default()),
        Take::Groups(GroupSet::one(200)),
        Take::AllInk,
    ] {
        let preparation = Preparation {
            take: Some(take),
            ..Preparation::default()
        };
        assert_eq!(prepare(&picture, &preparation).pixels.len(), 784);
    }
}

#[test]
fn a_small_digit_of_a_large_photograph_is_looked_for_where_there_is_more_of_it() {
    let digit = digit(DIGITS[2]);
    let small = imageops::resize(&sheet(&digit, 240), 90, 90, FilterType::Triangle);
    let mut user_image = GrayImage::from_pixel(3200, 2400, Luma([228]));
    imageops::replace(&mut user_image, &small, 1500, 900);
    let found = prepared(&png(&user_image));
    is_digit(&found, &digit, "small");
    assert!(found.crop[2] - found.crop[0] < 0.04);
}

#[test]
fn a_shadow_with_a_sharp_edge_is_under_the_digit_and_no_part_of_it() {
    for digit in DIGITS.map(digit) {
        let mut image = sheet(&digit, 360);
        for (x, _, pixel) in image.enumerate_pixels_mut() {
            if x > 190 {
                pixel.0[0] = pixel.0[0] / 3 * 2;
            }
        }
        let found = prepared(&encoded(
            &DynamicImage::ImageLuma8(image),
            ImageFormat::Jpeg,
        ));
        is_digit(&found, &digit, "shadow");
    }
}

#[test]
fn a_very_thin_pen_is_made_as_wide_as_in_mnist() {
    let mut image = GrayImage::from_pixel(400, 400, Luma([240]));
    for at in 60..340 {
        for off in 0..3 {
            image.put_pixel(at, 80 + off, Luma([20])); // the bar of a 7
            image.put_pixel(338 - (at - 60) / 2 + off, at + 20, Luma([20]));
        }
    }
    let ink = |pen| {
        let picture = Picture::decode(&png(&image)).expect("a picture");
        let preparation = Preparation {
            pen,
            ..Preparation::default()
        };
        let found = prepare(&picture, &preparation);
        let ink: u32 = found.pixels.iter().map(|&byte| u32::from(byte)).sum();
        (ink, super::ink(&found).pen)
    };
    let (thin, is_changed) = ink(Some(false));
    assert!(!is_changed);
    let (wide, is_changed) = ink(None);
    assert!(is_changed && wide > 4 * thin, "{wide} from {thin}");
}
