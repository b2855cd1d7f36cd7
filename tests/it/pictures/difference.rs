//! How far a picture is from another one, and how far it may be.

use std::fmt;

use image::{Rgb, RgbImage};

/// Largest difference of a channel, of 255, that is put down to rounding: drivers of other versions and processors
/// with other instructions are off by one or two.
const ROUNDING: u8 = 4;

/// Most pixels that may differ by more: an edge or a texel may lie just at their centre. The smallest thing that a
/// picture shows, the mark of a slider, has twenty.
const STRAY: usize = 10;

/// Two pictures that do not look alike.
pub struct Difference {
    /// Width and height of the picture that is known.
    known: (u32, u32),
    n_different: usize,
    /// Of a channel, of 255.
    largest: u8,
    /// The new picture, pale, with the pixels that differ in red.
    pub marked: RgbImage,
}

/// `None` if the pictures look alike.
pub fn between(known: &RgbImage, drawn: &RgbImage) -> Option<Difference> {
    let mut marked = drawn.clone();
    let (mut n_different, mut largest) = (0, 0);
    for (x, y, pixel) in marked.enumerate_pixels_mut() {
        let off = known.get_pixel_checked(x, y).map_or(u8::MAX, |known| {
            let channels = known.0.into_iter().zip(pixel.0);
            channels.map(|(a, b)| a.abs_diff(b)).max().unwrap_or(0)
        });
        largest = largest.max(off);
        *pixel = if off > ROUNDING {
            n_different += 1;
            Rgb([255, 0, 0])
        } else {
            Rgb(pixel.0.map(|channel| channel / 4 + 96))
        };
    }
    let is_alike = known.dimensions() == drawn.dimensions() && n_different <= STRAY;
    (!is_alike).then_some(Difference {
        known: known.dimensions(),
        n_different,
        largest,
        marked,
    })
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (width, height) = self.marked.dimensions();
        if self.known != (width, height) {
            let (known_width, known_height) = self.known;
            return write!(
                f,
                "it is {width}×{height}, and the reference {known_width}×{known_height}"
            );
        }
        write!(
            f,
            "{} of {} pixels differ by more than {ROUNDING} of 255, at most by {}; {STRAY} may",
            self.n_different,
            self.marked.pixels().len(),
            self.largest
        )
    }
}

#[test]
fn rounding_is_forgiven_and_a_missing_curve_is_not() {
    let paper = RgbImage::from_pixel(320, 240, Rgb([250, 250, 248]));
    let rounded = RgbImage::from_pixel(320, 240, Rgb([248, 251, 250]));
    assert!(between(&paper, &rounded).is_none());

    let mut curve = paper.clone();
    for x in 40..300 {
        curve.put_pixel(x, 100 + x / 8, Rgb([60, 120, 220]));
    }
    let found = between(&curve, &paper).expect("a curve is missing");
    assert_eq!((found.n_different, found.largest), (260, 190));
    assert_eq!(found.marked.get_pixel(80, 110), &Rgb([255, 0, 0]));

    let tinted = RgbImage::from_pixel(320, 240, Rgb([250, 250, 242]));
    assert!(between(&paper, &tinted).is_some(), "another colour");
    let narrower = RgbImage::from_pixel(300, 240, Rgb([250, 250, 248]));
    let found = between(&paper, &narrower).expect("another size");
    assert_eq!(
        found.to_string(),
        "it is 300×240, and the reference 320×240"
    );
}
