//! Pen digits: handwritten digits of 28×28 that the project draws itself.
//!
//! A sample is one digit written once by an imagined hand, and its true generating [`Factors`] are
//! known. Three steps make it, one per file:
//!
//! 1. `skeleton` reads the hand styles: the centre lines of strokes, kept as editable SVG files in
//!    `assets/pen-digits/`, one file per digit and one path per style;
//! 2. `pen` draws a hand at random and writes the skeleton with it: joints moved, strokes cut short
//!    or drawn too far, the paper warped, then stretched, slanted and turned;
//! 3. `raster` inks the result as MNIST was prepared ("Gradient-based learning applied to document
//!    recognition", 1998, §III.A): fitted into a box of 20×20 with its proportions kept, then centred
//!    by mass in 28×28.
//!
//! Sample `i` of seed `s` is always the same image, whatever else is drawn and on however many
//! threads: each sample has its own generator, seeded from `s` and `i` alone.

mod image;
mod pen;
mod raster;
mod skeleton;
mod svg;

use std::ops::Range;

use rayon::prelude::*;

use crate::sample_rng::sample_rng;

use image::narrow;
pub use image::{Image, N_CLASSES, N_PIXELS, SIDE_PX};

/// Samples of the training split: indices `0..N_TRAIN`.
pub const N_TRAIN: usize = 60_000;

/// Samples of the test split: indices `N_TRAIN..N_TRAIN + N_TEST`.
pub const N_TEST: usize = 10_000;

/// What made a sample look as it does.
///
/// Stretch and size of the writing do not appear: the fit into 20×20 hides the size, and what it
/// leaves of the stretch is the width and height of the ink.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Factors {
    /// The digit written, 0 to 9.
    pub class: u8,
    /// Hand style, counted from 0 in the order of the class's SVG file.
    pub style: u8,
    /// Shear of the writing in degrees from the vertical, −25 to 45; positive leans to the right.
    pub slant_degrees: f32,
    /// Turn of the writing on the paper in degrees, −18 to 18; positive is clockwise.
    pub rotation_degrees: f32,
    /// Mean width of the stroke in pixels of the finished image, 1.2 to 5.5.
    pub thickness_px: f32,
    /// Width of the ink in pixels, before pixels are rounded: above 0, at most 20.
    pub width: f32,
    /// Height of the ink in pixels, likewise; the larger of the two is always 20.
    pub height: f32,
}

/// Draws sample `sample_idx` of the data set with `seed`.
///
/// Always the same image, independent of threads and of the other samples. Costs about 10 µs.
#[must_use]
pub fn draw(seed: u64, sample_idx: u32) -> (Image, Factors) {
    let mut rng = sample_rng(seed, sample_idx);
    let (class, style_idx, style) = skeleton::pick(&mut rng);
    let hand = pen::Hand::sample(&mut rng);
    let segments = hand.write(style, &mut rng);
    let drawing = raster::ink(&segments, hand.thickness_px);
    let factors = Factors {
        class,
        style: style_idx,
        slant_degrees: narrow(hand.slant_degrees),
        rotation_degrees: narrow(hand.rotation_degrees),
        thickness_px: narrow(hand.thickness_px),
        width: narrow(drawing.width_px),
        height: narrow(drawing.height_px),
    };
    (drawing.image, factors)
}

/// Draws a contiguous range of samples on all threads of the current rayon pool.
///
/// The images lie one after the other, `[samples.len(), 784]`, in the order of their indices.
#[must_use]
pub fn draw_range(seed: u64, samples: Range<u32>) -> (Vec<u8>, Vec<Factors>) {
    let (images, factors): (Vec<Image>, Vec<Factors>) = samples
        .into_par_iter()
        .map(|sample_idx| draw(seed, sample_idx))
        .unzip();
    (images.into_flattened(), factors)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEED: u64 = 7;
    const N: u32 = 10_000;

    /// What can be measured of the ink in an image.
    struct Moments {
        /// Centre of mass in pixels, counted from the middle of the first pixel.
        x: f64,
        y: f64,
        /// Lean of the ink in degrees, positive to the right: the shear that would undo it.
        slant_degrees: f64,
    }

    impl Moments {
        fn of(image: &[u8]) -> Self {
            let (mut mass, mut x, mut y, mut xy, mut yy) = (0.0, 0.0, 0.0, 0.0, 0.0);
            for (pixel_x, pixel_y, grey) in ink(image) {
                mass += grey;
                x += grey * pixel_x;
                y += grey * pixel_y;
                xy += grey * pixel_x * pixel_y;
                yy += grey * pixel_y * pixel_y;
            }
            let (x, y) = (x / mass, y / mass);
            let (xy, yy) = (xy / mass - x * y, yy / mass - y * y);
            let slant_degrees = (-xy / yy).atan().to_degrees();
            Self {
                x,
                y,
                slant_degrees,
            }
        }
    }

    /// Pixels with ink as (x, y, grey).
    fn ink(image: &[u8]) -> impl Iterator<Item = (f64, f64, f64)> {
        let columns = || (0_u8..28).map(f64::from);
        let positions = columns().flat_map(move |y| columns().map(move |x| (x, y)));
        let pixels = positions.zip(image).filter(|(_, grey)| **grey > 0);
        pixels.map(|((x, y), grey)| (x, y, f64::from(*grey)))
    }

    fn extent(positions: impl Iterator<Item = f64>) -> f64 {
        let (least, greatest) = positions.fold((f64::INFINITY, 0.0_f64), |(least, greatest), p| {
            (least.min(p), greatest.max(p))
        });
        greatest - least + 1.0
    }

    fn correlation(pairs: &[(f64, f64)]) -> f64 {
        let n = pairs.len() as f64;
        let mean_a = pairs.iter().map(|(a, _)| a).sum::<f64>() / n;
        let mean_b = pairs.iter().map(|(_, b)| b).sum::<f64>() / n;
        let sum = |f: &dyn Fn(f64, f64) -> f64| -> f64 {
            pairs.iter().map(|(a, b)| f(a - mean_a, b - mean_b)).sum()
        };
        sum(&|a, b| a * b) / (sum(&|a, _| a * a) * sum(&|_, b| b * b)).sqrt()
    }

    /// One pair for each sample of a class.
    fn by_class(class: u8, mut pair: impl FnMut(&[u8], &Factors) -> (f64, f64)) -> Vec<(f64, f64)> {
        let (images, factors) = draw_range(SEED, 0..N);
        let samples = images.chunks_exact(N_PIXELS).zip(&factors);
        let of_class = samples.filter(|(_, factors)| factors.class == class);
        of_class
            .map(|(image, factors)| pair(image, factors))
            .collect()
    }

    #[test]
    fn a_sample_depends_on_neither_range_nor_threads() {
        let threads = |n_threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(n_threads);
            let pool = pool.build().unwrap();
            pool.install(|| draw_range(SEED, 90..200))
        };
        let (images, factors) = threads(1);
        assert_eq!((&images, &factors), (&threads(3).0, &threads(3).1));
        let (image, its_factors) = draw(SEED, 100);
        assert_eq!(image[..], images[10 * N_PIXELS..11 * N_PIXELS]);
        assert_eq!(its_factors, factors[10]);
    }

    #[test]
    fn seeds_and_indices_never_meet() {
        assert_ne!(draw(0, 0), draw(1, 0));
        assert_ne!(draw(0, 0), draw(0, 1));
        assert_ne!(draw(0, 1), draw(1, 0));
    }

    /// Only classes: they depend on neither the assets, nor a transcendental function, which rounds
    /// differently from platform to platform. They change if a new `rand` draws differently.
    #[test]
    fn the_first_classes_of_seed_0_stay_the_same() {
        let classes: Vec<_> = (0..8)
            .map(|sample_idx| draw(0, sample_idx).1.class)
            .collect();
        assert_eq!(classes, [5, 2, 1, 9, 6, 1, 7, 0]);
    }

    #[test]
    fn ink_fits_the_box_and_is_centred_by_mass() {
        let (images, factors) = draw_range(SEED, 0..N);
        for (image, factors) in images.chunks_exact(N_PIXELS).zip(&factors) {
            assert!(ink(image).any(|(_, _, grey)| grey > 200.0), "{factors:?}");
            // No grey outside the box: the edge is antialiased inwards.
            let width = extent(ink(image).map(|(x, _, _)| x));
            let height = extent(ink(image).map(|(_, y, _)| y));
            assert!(width <= 20.0 && height <= 20.0, "{width} × {height}");
            // A grey edge of half of EDGE_PX and half a pixel of the grid on either side.
            for (seen, known) in [(width, factors.width), (height, factors.height)] {
                assert!((seen - f64::from(known)).abs() < 2.2, "{seen} {factors:?}");
            }
            // Half a pixel off is usual, as the ink moves by whole pixels. More is rare: a 7 whose
            // mass lies so high up that its foot would leave the image stops at the edge.
            let moments = Moments::of(image);
            let off = (moments.x - 14.0).abs().max((moments.y - 14.0).abs());
            assert!(off <= 1.0, "{off} px, {factors:?}");
        }
    }

    #[test]
    fn classes_are_equally_common() {
        let (_, factors) = draw_range(SEED, 0..N);
        for class in 0..10 {
            let n = factors
                .iter()
                .filter(|factors| factors.class == class)
                .count();
            // Binomial: 1000 ± 30; five standard deviations.
            assert!(n.abs_diff(1000) < 150, "class {class}: {n}");
        }
    }

    #[test]
    fn factors_keep_to_their_ranges() {
        for factors in draw_range(SEED, 0..N).1 {
            assert!((-25.0..=45.0).contains(&factors.slant_degrees));
            assert!((-18.0..=18.0).contains(&factors.rotation_degrees));
            assert!((1.2..=5.5).contains(&factors.thickness_px));
            // Three Newton steps of the fit leave less than a thousandth of a pixel.
            let (shorter, longer) = (
                factors.width.min(factors.height),
                factors.width.max(factors.height),
            );
            assert!(shorter > 1.0 && (longer - 20.0).abs() < 1e-3, "{factors:?}");
        }
    }

    #[test]
    fn slant_is_seen() {
        let pairs = by_class(0, |image, factors| {
            (
                f64::from(factors.slant_degrees),
                Moments::of(image).slant_degrees,
            )
        });
        let correlation = correlation(&pairs);
        assert!(correlation > 0.8, "{correlation}");
    }

    #[test]
    fn thick_strokes_leave_more_ink() {
        for class in 0..10 {
            let pairs = by_class(class, |image, factors| {
                let grey: f64 = image.iter().copied().map(f64::from).sum();
                (f64::from(factors.thickness_px), grey)
            });
            let correlation = correlation(&pairs);
            // Less than for the slant: a wide digit has more ink than a narrow one, too.
            assert!(correlation > 0.7, "class {class}: {correlation}");
        }
    }

    /// MNIST's training split: mean 0.1307, standard deviation 0.3081 of a pixel between 0 and 1.
    #[test]
    fn there_is_as_much_ink_as_in_mnist() {
        let (images, _) = draw_range(SEED, 0..N);
        let n = images.len() as f64;
        let pixels = || images.iter().map(|grey| f64::from(*grey) / 255.0);
        let mean = pixels().sum::<f64>() / n;
        let sd = (pixels().map(|grey| grey * grey).sum::<f64>() / n - mean * mean).sqrt();
        assert!((mean - 0.1307).abs() < 0.004, "{mean}");
        assert!((sd - 0.3081).abs() < 0.004, "{sd}");
    }
}
