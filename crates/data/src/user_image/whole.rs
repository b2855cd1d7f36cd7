//! All of an image in the shape of a data set's, for those whose ground is theirs too: it is made to fit as the images of
//! the data set were (`open/fit.rs`), with no search for ink.

use image::DynamicImage;

use hourglass_experiment::ImageShape;
use hourglass_protocol::{
    Backdrop, Decisions, GroupMap, ImageNote, ImageStage, ImageTarget, Preparation, Prepared,
    StagePicture, Way, WholeTarget,
};

use super::Picture;
use crate::open::{fitted, is_light_ground};

/// Takes less than a millisecond.
pub(super) fn prepare(
    picture: &Picture,
    preparation: &Preparation,
    target: &WholeTarget,
) -> Prepared {
    let (view, crop) = picture.looked_at(preparation.region);
    let backdrop = view
        .is_transparent()
        .then(|| preparation.backdrop.unwrap_or(Backdrop::White));
    let rgb = DynamicImage::ImageRgb8(view.rgb_over(backdrop.unwrap_or(Backdrop::White)));
    let resizing = preparation.resizing.unwrap_or(target.resizing);
    let mut pixels = fitted(&rgb, target.shape, resizing);
    let is_light = || target.inverts_light && is_light_ground(&pixels, target.shape);
    let invert = preparation.invert.unwrap_or_else(is_light);
    if invert {
        for value in &mut pixels {
            *value = 255 - *value;
        }
    }
    // What concerns ink is not looked at here.
    let notes = picture.notes.iter();
    let notes = notes.filter(|note| !matches!(note, ImageNote::Unscaled));
    Prepared {
        target: ImageTarget::Whole(*target),
        stages: vec![picture.shown.clone(), stage(&pixels, target.shape)],
        decisions: Decisions {
            backdrop,
            invert,
            way: Way::Whole(resizing),
        },
        crop,
        pixels: pixels.into(),
        notes: notes.cloned().collect(),
        groups: Vec::new(),
        group_map: GroupMap::default(),
    }
}

fn stage(pixels: &[u8], shape: ImageShape) -> StagePicture {
    StagePicture {
        stage: ImageStage::Whole,
        width: shape.width,
        height: shape.height,
        rgb: (0..shape.n_pixels())
            .map(|pixel| shape.rgb_of(pixels, pixel))
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use hourglass_protocol::Resizing;
    use image::{ImageFormat, Rgb, RgbImage};

    use super::*;
    use crate::user_image::prepare_for;

    const RGB: WholeTarget = WholeTarget {
        shape: ImageShape {
            height: 12,
            width: 20,
            channels: 3,
        },
        resizing: Resizing::Pad,
        inverts_light: false,
    };

    /// 20 pixels wide, 12 high, every one of another colour.
    fn colourful() -> RgbImage {
        RgbImage::from_fn(20, 12, |x, y| {
            let byte = |value: u32| u8::try_from(value % 256).expect("a remainder");
            Rgb([byte(13 * x), byte(21 * y), byte(7 * x * y + 31)])
        })
    }

    fn picture(image: RgbImage) -> Picture {
        let mut file = Cursor::new(Vec::new());
        let image = DynamicImage::ImageRgb8(image);
        image
            .write_to(&mut file, ImageFormat::Png)
            .expect("into memory");
        Picture::decode(file.get_ref()).expect("a PNG")
    }

    #[test]
    fn an_image_of_the_data_sets_shape_is_taken_as_it_is() {
        let image = colourful();
        let planes = (0..3).flat_map(|channel| image.pixels().map(move |pixel| pixel.0[channel]));
        let expected: Vec<u8> = planes.collect();
        let target = ImageTarget::Whole(RGB);
        let found = prepare_for(&picture(image.clone()), &Preparation::default(), &target);
        assert_eq!(found.pixels[..], expected[..]);
        assert!(!found.decisions.invert && found.notes.is_empty());
        let inverted = Preparation {
            invert: Some(true),
            ..Preparation::default()
        };
        let found = prepare_for(&picture(image), &inverted, &target);
        assert!(
            found
                .pixels
                .iter()
                .zip(&expected)
                .all(|(a, b)| *a == 255 - b)
        );
    }

    #[test]
    fn dark_ink_on_a_light_ground_becomes_light_where_that_of_the_data_set_did() {
        let page = RgbImage::from_fn(40, 40, |x, y| {
            let is_ink = (15..25).contains(&x) && (10..30).contains(&y);
            Rgb([if is_ink { 20 } else { 240 }; 3])
        });
        let of = |inverts_light| {
            let target = ImageTarget::Whole(WholeTarget {
                shape: ImageShape::gray(20, 20),
                resizing: Resizing::Pad,
                inverts_light,
            });
            prepare_for(&picture(page.clone()), &Preparation::default(), &target)
        };
        assert_eq!((of(true).pixels[0], of(true).decisions.invert), (15, true));
        assert_eq!(
            (of(false).pixels[0], of(false).decisions.invert),
            (240, false)
        );
    }

    #[test]
    fn a_part_is_cut_out_and_made_to_fit() {
        let halves = RgbImage::from_fn(80, 12, |x, _| {
            Rgb(if x < 40 { [200, 0, 0] } else { [0, 0, 200] })
        });
        let right = Preparation {
            region: Some([0.5, 0.0, 1.0, 1.0]),
            resizing: Some(Resizing::Stretch),
            ..Preparation::default()
        };
        let found = prepare_for(&picture(halves), &right, &ImageTarget::Whole(RGB));
        let [red, _, blue] = [0, 1, 2].map(|channel| found.pixels[channel * 240]);
        assert_eq!([red, blue], [0, 200]);
        assert_eq!(
            found.crop.map(f32::to_bits),
            [0.5, 0.0, 1.0, 1.0].map(f32::to_bits)
        );
    }
}
