//! What is decided on the way to 28×28, and what a person can decide instead.

use hourglass::data::user_image::{Picture, prepare};
use hourglass::protocol::{Centring, ImageNote, ImageStage, Paper, Preparation, Prepared};
use image::imageops::FilterType;
use image::{DynamicImage, GrayImage, ImageFormat, Luma};

use super::{N_DIGITS, difference, digit, encoded, enlarged, png, prepared};

#[test]
fn blank_pictures_have_a_sensible_answer() {
    let uniform = |side: u32, shade: u8| png(&GrayImage::from_pixel(side, side, Luma([shade])));
    let transparent = DynamicImage::ImageRgba8(image::RgbaImage::new(30, 20));
    let blanks = [
        ("white", uniform(50, 255)),
        ("black", uniform(50, 0)),
        ("grey", uniform(50, 120)),
        ("one pixel", uniform(1, 255)),
        ("28×28", uniform(28, 0)),
        ("transparent", encoded(&transparent, ImageFormat::Png)),
    ];
    for (kind, bytes) in blanks {
        let found = prepared(&bytes);
        assert!(found.notes.contains(&ImageNote::NoInk), "{kind}");
        assert!(found.pixels.iter().all(|&byte| byte == 0), "{kind}");
        let centred = found.stages.last().expect("six stages");
        assert_eq!((centred.stage, centred.width), (ImageStage::Centred, 28));
    }
}

/// A sheet with falling light, noise and specks of dirt, photographed.
fn photographed(digit: &[u8], darkest: f32) -> GrayImage {
    let large = enlarged(digit, 300, FilterType::Triangle, [0, 0], false);
    let mut state = 7_u32;
    let mut noise = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f32::from((state >> 16).to_le_bytes()[0]) / 255.0 - 0.5
    };
    let mut sheet = GrayImage::from_fn(640, 480, |x, y| {
        let (across, down) = (x as f32 / 640.0, y as f32 / 480.0);
        let paper = 0.9 - 0.3 * across * across - 0.1 * down;
        let ink = match (x.checked_sub(100), y.checked_sub(90)) {
            (Some(x), Some(y)) if x < 300 && y < 300 => {
                f32::from(large.get_pixel(x, y).0[0]) / 255.0
            }
            _ => 0.0,
        };
        let light = paper * (1.0 - ink * (1.0 - darkest)) + 0.08 * noise();
        let byte = (light.clamp(0.0, 1.0) * 255.0) as u8;
        Luma([byte])
    });
    for [x, y] in [[20, 20], [600, 440], [500, 60], [60, 430]] {
        for (dx, dy) in (0..3).flat_map(|dx| (0..3).map(move |dy| (dx, dy))) {
            sheet.put_pixel(x + dx, y + dy, Luma([25]));
        }
    }
    sheet
}

#[test]
fn a_photograph_of_uneven_paper_gives_the_digit_and_not_the_shadow() {
    for idx in (0..N_DIGITS).step_by(10) {
        let digit = digit(idx);
        for format in [ImageFormat::Png, ImageFormat::Jpeg] {
            let sheet = DynamicImage::ImageLuma8(photographed(&digit, 0.3));
            let found = prepared(&encoded(&sheet, format));
            assert!(found.decisions.invert);
            assert_eq!(super::ink(&found).paper, Paper::Uneven);
            // A blank guess is 0.11 off, the digit moved by a pixel 0.05.
            let difference = difference(&found.pixels, &digit);
            assert!(
                difference < 0.045,
                "digit {idx} as {format:?}: {difference}"
            );
        }
    }
}

#[test]
fn each_decision_can_be_made_by_the_person() {
    let image = enlarged(&digit(8), 120, FilterType::Triangle, [20, 0], true);
    let picture = Picture::decode(&png(&image)).expect("a picture");
    let auto = prepare(&picture, &Preparation::default());
    let with = |preparation: Preparation| prepare(&picture, &preparation);
    let none = Preparation::default();

    let kept = with(Preparation {
        invert: Some(false),
        ..none
    });
    assert!(!kept.decisions.invert && kept.pixels[..] != auto.pixels[..]);
    let ink = |prepared: &Prepared| prepared.pixels.iter().map(|&v| u32::from(v)).sum::<u32>();
    assert!(ink(&kept) > ink(&auto), "the paper became ink");

    let whole = with(Preparation {
        crop: Some(false),
        ..none
    });
    assert_eq!(
        whole.crop.map(f32::to_bits),
        [0.0, 0.0, 1.0, 1.0].map(f32::to_bits)
    );
    assert_eq!(super::ink(&whole).centring, Centring::Kept);
    let centre = |prepared: &Prepared| {
        let moments = prepared.pixels.iter().enumerate();
        let moment: u32 = moments
            .map(|(idx, &v)| u32::try_from(idx % 28).expect("28") * u32::from(v))
            .sum();
        moment / ink(prepared).max(1)
    };
    assert!(centre(&whole) > centre(&auto) + 2, "it stays on the right");
    let centred = with(Preparation {
        crop: Some(false),
        centring: Some(Centring::Mass),
        ..none
    });
    assert!(centre(&centred).abs_diff(14) <= 1);

    let narrow = with(Preparation {
        threshold: Some(0.75),
        ..none
    });
    let crop_width = |prepared: &Prepared| prepared.crop[2] - prepared.crop[0];
    assert!(crop_width(&narrow) < crop_width(&auto));

    let by_box = with(Preparation {
        centring: Some(Centring::Box),
        ..none
    });
    assert_eq!(ink(&by_box), ink(&auto));
    assert_eq!(with(none), auto);
}

#[test]
fn faint_ink_becomes_full_unless_it_is_to_stay() {
    let mut image = enlarged(&digit(2), 140, FilterType::Triangle, [0, 0], true);
    for pixel in image.pixels_mut() {
        pixel.0[0] = 255 - (255 - pixel.0[0]) / 5;
    }
    let picture = Picture::decode(&png(&image)).expect("a picture");
    let strongest = |stretch| {
        let preparation = Preparation {
            stretch,
            ..Preparation::default()
        };
        prepare(&picture, &preparation).pixels.iter().copied().max()
    };
    assert!(strongest(None) > Some(240));
    assert!(strongest(Some(false)) < Some(60));
}
