//! Coloured shapes of 32×32×3 that the project draws itself: the smallest data set that is neither gray nor digits.
//!
//! An image shows one of ten shapes on a plain ground. Its hue, its size, its turn, its place and the lightness of the
//! ground are drawn independently of one another and are known of every image, as in dSprites (Matthey et al. 2017).
//! Sample `i` of seed `s` is always the same image.

use std::f32::consts::PI;
use std::ops::Range;

use rand::RngExt as _;
use rand_xoshiro::Xoshiro256PlusPlus;
use rayon::prelude::*;

use crate::sample_rng::sample_rng;

/// Height and width of an image, in pixels.
pub const SIDE_PX: usize = 32;

/// Values of an image: `[3, 32, 32]`.
pub const N_VALUES: usize = 3 * SIDE_PX * SIDE_PX;

/// Samples of the training split: indices `0..N_TRAIN`.
pub const N_TRAIN: usize = 8_000;

/// Samples of the test split: indices `N_TRAIN..N_TRAIN + N_TEST`.
pub const N_TEST: usize = 2_000;

/// Points along a side of a pixel at which it is asked whether the shape covers it.
const POINTS: usize = 4;

/// Room between a shape and the border, in pixels.
const MARGIN_PX: f32 = 1.0;

/// What made a sample look as it does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Factors {
    /// Which shape, 0 to 9, in the order of the catalogue's names.
    pub class: u8,
    /// Hue of the shape on the colour circle, in degrees, 0 to 360: red, green at 120, blue at 240.
    pub hue_degrees: f32,
    /// Distance from the middle of the shape to its farthest point, in pixels, 6 to 12.
    pub radius_px: f32,
    /// Turn in degrees, −30 to 30; positive is clockwise.
    pub rotation_degrees: f32,
    /// Place of its middle from the left border, in pixels.
    pub x_px: f32,
    /// Place of its middle from the upper border, in pixels.
    pub y_px: f32,
    /// Lightness of the ground, 0 black to 0.4.
    pub ground: f32,
}

/// The shapes, in a circle of radius 1.
const SHAPES: [fn(f32, f32) -> bool; 10] = [
    |x, y| x.hypot(y) <= 1.0,                                       // circle
    |x, y| x.abs().max(y.abs()) <= std::f32::consts::FRAC_1_SQRT_2, // square
    |x, y| in_polygon(x, y, 3),                                     // triangle
    |x, y| in_polygon(x, y, 5),                                     // pentagon
    |x, y| x.abs() <= 1.0 && x.abs() / 0.55 + y.abs() <= 1.0,       // diamond
    in_star,                                                        // star
    |x, y| x.hypot(y) <= 1.0 && x.abs().min(y.abs()) <= 0.3,        // cross
    |x, y| (0.55..=1.0).contains(&x.hypot(y)),                      // ring
    in_heart,                                                       // heart
    |x, y| x.hypot(y) <= 1.0 && (x - 0.45).hypot(y) > 0.8,          // moon
];

/// A polygon of equal sides that stands on its base.
fn in_polygon(x: f32, y: f32, n: u8) -> bool {
    let half = PI / f32::from(n);
    // Turned so that a corner points upwards, and folded into the wedge of one side.
    let angle = x.atan2(-y).rem_euclid(2.0 * half) - half;
    x.hypot(y) * angle.cos() <= half.cos()
}

fn in_star(x: f32, y: f32) -> bool {
    /// Distance of the inner corners from the middle.
    const INNER: f32 = 0.45;
    let half = PI / 5.0;
    let angle = (x.atan2(-y).rem_euclid(2.0 * half) - half).abs(); // half at a tip, 0 between two
    let radius = x.hypot(y);
    let (along, across) = (radius * angle.cos(), radius * angle.sin());
    // The side from the inner corner (INNER, 0) to the tip.
    let tip = [half.cos(), half.sin()];
    (tip[0] - INNER) * across - tip[1] * (along - INNER) >= 0.0
}

fn in_heart(x: f32, y: f32) -> bool {
    // (x² + y² − 1)³ ≤ x² y³, made to fit the circle.
    let (x, y) = (1.3 * x, 0.15 - 1.3 * y);
    let base = x * x + y * y - 1.0;
    base * base * base <= x * x * y * y * y
}

/// Draws sample `sample_idx` of the data set with `seed`: its values, `[3, 32, 32]`, and what it was drawn from.
#[must_use]
pub fn draw(seed: u64, sample_idx: u32) -> ([u8; N_VALUES], Factors) {
    let mut rng = sample_rng(seed, sample_idx);
    let factors = Factors::sample(&mut rng);
    let color = rgb(factors.hue_degrees);
    let inside = SHAPES[usize::from(factors.class)];
    let (sin, cos) = factors.rotation_degrees.to_radians().sin_cos();
    let covers = |x: f32, y: f32| {
        let [x, y] = [x - factors.x_px, y - factors.y_px].map(|side| side / factors.radius_px);
        inside(cos * x + sin * y, cos * y - sin * x)
    };
    let mut values = [0; N_VALUES];
    for row in 0..SIDE_PX {
        for column in 0..SIDE_PX {
            let point = |at: usize, nth: usize| at as f32 + (nth as f32 + 0.5) / POINTS as f32;
            let points = (0..POINTS * POINTS)
                .filter(|nth| covers(point(column, nth % POINTS), point(row, nth / POINTS)));
            let share = points.count() as f32 / (POINTS * POINTS) as f32;
            for (channel, light) in color.into_iter().enumerate() {
                let value = share * light + (1.0 - share) * factors.ground;
                let at = (channel * SIDE_PX + row) * SIDE_PX + column;
                values[at] = (value * 255.0).round() as u8;
            }
        }
    }
    (values, factors)
}

/// Draws a range of samples on all threads: their values one after the other, `[samples, 3, 32, 32]`.
#[must_use]
pub fn draw_range(seed: u64, samples: Range<u32>) -> (Vec<u8>, Vec<Factors>) {
    let (images, factors): (Vec<[u8; N_VALUES]>, Vec<Factors>) = samples
        .into_par_iter()
        .map(|sample| draw(seed, sample))
        .unzip();
    (images.into_flattened(), factors)
}

impl Factors {
    fn sample(rng: &mut Xoshiro256PlusPlus) -> Self {
        let class = rng.random_range(0..10);
        let radius_px = rng.random_range(6.0..12.0_f32);
        let mut place = || {
            let from = radius_px + MARGIN_PX;
            rng.random_range(from..SIDE_PX as f32 - from)
        };
        let (x_px, y_px) = (place(), place());
        Self {
            class,
            radius_px,
            x_px,
            y_px,
            hue_degrees: rng.random_range(0.0..360.0),
            rotation_degrees: rng.random_range(-30.0..30.0),
            ground: rng.random_range(0.0..0.4),
        }
    }
}

/// A hue in full strength and lightness.
fn rgb(hue_degrees: f32) -> [f32; 3] {
    [0.0, 120.0, 240.0].map(|at| {
        let distance = (hue_degrees - at).rem_euclid(360.0);
        let distance = distance.min(360.0 - distance);
        (2.0 - distance / 60.0).clamp(0.0, 1.0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_is_always_the_same_image() {
        let (images, factors) = draw_range(1, 5..8);
        let (second, of_second) = draw(1, 6);
        assert_eq!(images[N_VALUES..2 * N_VALUES], second);
        assert_eq!(factors[1], of_second);
        assert_ne!(draw(2, 6).0, second);
    }

    #[test]
    fn shapes_are_where_and_what_their_factors_say() {
        for sample in 0..300 {
            let (values, factors) = draw(1, sample);
            let ground = (factors.ground * 255.0).round() as u8;
            let is_shape = |at: usize| {
                [0, 1, 2]
                    .iter()
                    .any(|channel| values[channel * 1024 + at].abs_diff(ground) > 8)
            };
            let inked: Vec<usize> = (0..1024).filter(|at| is_shape(*at)).collect();
            assert!(!inked.is_empty(), "sample {sample}");
            for at in inked {
                let [x, y] = [at % 32, at / 32].map(|side| side as f32 + 0.5);
                let distance = (x - factors.x_px).hypot(y - factors.y_px);
                assert!(
                    distance < factors.radius_px + 1.0,
                    "sample {sample} has ink {distance} px away"
                );
            }
        }
        let counts =
            (0..1000)
                .map(|sample| draw(1, sample).1.class)
                .fold([0; 10], |mut counts, class| {
                    counts[usize::from(class)] += 1;
                    counts
                });
        assert!(counts.iter().all(|n| (60..140).contains(n)), "{counts:?}");
    }

    #[test]
    fn hues_are_on_the_colour_circle() {
        let halves = |hue: f32| rgb(hue).map(|light| (2.0 * light).round() as u8);
        assert_eq!(halves(0.0), [2, 0, 0]);
        assert_eq!(halves(60.0), [2, 2, 0]);
        assert_eq!(halves(120.0), [0, 2, 0]);
        assert_eq!(halves(270.0), [1, 0, 2]);
    }

    #[test]
    fn every_shape_fills_a_fair_part_of_its_circle() {
        for (class, inside) in SHAPES.iter().enumerate() {
            let places = (0..10_000).map(|at| {
                [
                    (at % 100) as f32 / 50.0 - 0.99,
                    (at / 100) as f32 / 50.0 - 0.99,
                ]
            });
            let n = places.clone().filter(|[x, y]| inside(*x, *y)).count();
            assert!(
                (1_500..8_000).contains(&n),
                "class {class} covers {n} of 10,000"
            );
            assert!(
                places
                    .filter(|[x, y]| inside(*x, *y))
                    .all(|[x, y]| x.hypot(y) < 1.03),
                "class {class}"
            );
        }
    }
}
