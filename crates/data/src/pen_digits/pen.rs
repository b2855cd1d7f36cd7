//! The hand that writes: which factors a sample has, and what they do to a skeleton.
//!
//! Lengths are in heights of the skeleton and y points down, unless a name says otherwise. Means and
//! spreads were set by comparing whole data sets, mean ink, aspect and slant by class, and by what a
//! classifier trained on the pen digits gets wrong on MNIST; no image of MNIST enters the drawing.

use std::f64::consts::TAU;

use kurbo::{Affine, CubicBez, ParamCurve, Point, Vec2};
use rand::{Rng, RngExt};
use rand_distr::StandardNormal;

use super::skeleton::{Knot, Stroke, Style};

/// A normal distribution whose tails are moved to its ends.
struct Spread {
    mean: f64,
    sd: f64,
    min: f64,
    max: f64,
}

const SLANT_DEGREES: Spread = Spread {
    mean: 6.0,
    sd: 11.5,
    min: -25.0,
    max: 45.0,
};

const ROTATION_DEGREES: Spread = Spread {
    mean: 0.0,
    sd: 6.5,
    min: -18.0,
    max: 18.0,
};

/// Logarithm of width over height, beside the skeleton's.
const LOG_STRETCH: Spread = Spread {
    mean: 0.18,
    sd: 0.17,
    min: -0.4,
    max: 0.8,
};

/// Logarithm of the stroke's width in pixels of the finished image, 1.2 to 5.5 px.
const LOG_THICKNESS: Spread = Spread {
    mean: 0.89,
    sd: 0.28,
    min: 0.182_4,
    max: 1.704_7,
};

/// Standard deviation of the amplitude of each wave of a warp.
const WARP: f64 = 0.065;

/// Waves added up in a warp: enough for its height to vary like a normal distribution.
const N_WAVES: usize = 3;

/// Wave numbers of a warp, in radians per height: from a third of a wave to one wave over the digit,
/// so that parts of it grow, shrink and move against each other but lines stay smooth.
const WARP_WAVE_NUMBER: (f64, f64) = (2.0, 6.0);

/// Standard deviation of a knot's displacement along either axis.
const KNOT_JITTER: f64 = 0.025;

/// Standard deviation of the displacement of a whole stroke against the others.
const STROKE_JITTER: f64 = 0.02;

/// Standard deviation of the turn of a knot's handles, in radians.
const HANDLE_TURN: f64 = 0.12;

/// Standard deviation of the logarithm of a handle's length.
const HANDLE_STRETCH: f64 = 0.15;

/// Standard deviation of how far a stroke's first and last curve are cut short or drawn on, as a share
/// of the curve.
const END_JITTER: f64 = 0.17;

/// Standard deviation of the amplitude of the pressure wave, as a share of the mean pressure.
const PRESSURE: f64 = 0.2;

/// Standard deviation of the pressure's wave number along either axis, in radians per height.
const PRESSURE_WAVE_NUMBER: f64 = 5.0;

/// Straight pieces per curve; at 20 px a piece is about 1 px long and leaves its curve by 0.1 px.
const PIECES_PER_CURVE: u32 = 5;

/// How one sample is written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hand {
    pub slant_degrees: f64,
    pub rotation_degrees: f64,
    pub thickness_px: f64,
    /// Width over height, as a multiple of the skeleton's.
    stretch: f64,
}

/// One straight piece of a stroke, from nib position to nib position.
pub(super) type Segment = [Nib; 2];

/// Where the nib is and how hard it presses.
#[derive(Clone, Copy, Debug)]
pub(super) struct Nib {
    pub point: Point,
    /// Width of the stroke here, as a multiple of the sample's thickness.
    pub pressure: f64,
}

impl Hand {
    pub(super) fn sample(rng: &mut impl Rng) -> Self {
        Self {
            slant_degrees: SLANT_DEGREES.sample(rng),
            rotation_degrees: ROTATION_DEGREES.sample(rng),
            thickness_px: LOG_THICKNESS.sample(rng).exp(),
            stretch: LOG_STRETCH.sample(rng).exp(),
        }
    }

    /// Writes `style` once. The drawing is about 1 high; its size and place are left to the fit.
    pub(super) fn write(&self, style: &Style, rng: &mut impl Rng) -> Vec<Segment> {
        let warp = Warp::sample(WARP * style.wobble, rng);
        let pressure = Pressure::sample(rng);
        let shape = self.shape();
        let mut segments = Vec::new();
        for stroke in &style.strokes {
            let knots = jitter(stroke, rng);
            let warped: Stroke = knots.iter().map(|knot| warp.bend(knot)).collect();
            for curve in curves_with_loose_ends(&warped, rng) {
                let curve = shape * curve;
                let nib = |piece| {
                    let point = curve.eval(f64::from(piece) / f64::from(PIECES_PER_CURVE));
                    let pressure = pressure.at(point);
                    Nib { point, pressure }
                };
                segments.extend((0..PIECES_PER_CURVE).map(|piece| [nib(piece), nib(piece + 1)]));
            }
        }
        segments
    }

    /// Stretches, then slants, then turns.
    fn shape(&self) -> Affine {
        // y points down, so a positive shear would lean left.
        let slant = Affine::skew(-self.slant_degrees.to_radians().tan(), 0.0);
        let turn = Affine::rotate(self.rotation_degrees.to_radians());
        turn * slant * Affine::scale_non_uniform(self.stretch, 1.0)
    }
}

/// Moves the stroke and each of its knots. The two handles of a knot are turned and stretched
/// together, so that a smooth joint stays smooth.
fn jitter(stroke: &[Knot], rng: &mut impl Rng) -> Stroke {
    let shift = STROKE_JITTER * normal_vec(rng);
    let jittered = stroke.iter().map(|knot| {
        let stretch = (HANDLE_STRETCH * normal(rng)).exp();
        let turn = stretch * Vec2::from_angle(HANDLE_TURN * normal(rng));
        Knot {
            point: knot.point + shift + KNOT_JITTER * normal_vec(rng),
            handle_in: knot.handle_in.rotate_scale(turn),
            handle_out: knot.handle_out.rotate_scale(turn),
        }
    });
    jittered.collect()
}

/// The curves of a stroke, the first and the last cut short or drawn on a little.
fn curves_with_loose_ends(stroke: &[Knot], rng: &mut impl Rng) -> Vec<CubicBez> {
    let ends = stroke.windows(2);
    let mut curves: Vec<_> = ends.map(|ends| ends[0].curve_to(&ends[1])).collect();
    // Half a curve at most: a stroke of one curve must not vanish.
    let mut loose_end = || (END_JITTER * normal(rng)).clamp(-0.4, 0.4);
    if let Some(first) = curves.first_mut() {
        *first = first.subsegment(loose_end()..1.0);
    }
    if let Some(last) = curves.last_mut() {
        *last = last.subsegment(0.0..1.0 - loose_end());
    }
    curves
}

/// A slow, smooth displacement of the paper: a few waves about as long as the digit is high.
struct Warp {
    /// With the displacement at the top of each wave.
    waves: [(Vec2, Wave); N_WAVES],
}

impl Warp {
    fn sample(amplitude: f64, rng: &mut impl Rng) -> Self {
        let (least, greatest) = WARP_WAVE_NUMBER;
        let waves = std::array::from_fn(|_| {
            let wave_number = rng.random_range(least..greatest) * Vec2::from_angle(angle(rng));
            (amplitude * normal_vec(rng), Wave::sample(wave_number, rng))
        });
        Self { waves }
    }

    /// Moves all control points of a knot; its curves follow as if the paper had been warped.
    fn bend(&self, knot: &Knot) -> Knot {
        let point = self.displaced(knot.point);
        Knot {
            point,
            handle_in: self.displaced(knot.point + knot.handle_in) - point,
            handle_out: self.displaced(knot.point + knot.handle_out) - point,
        }
    }

    fn displaced(&self, point: Point) -> Point {
        let waves = self.waves.iter();
        let displacements = waves.map(|(amplitude, wave)| *amplitude * wave.at(point));
        displacements.fold(point, |displaced, by| displaced + by)
    }
}

/// How hard the pen presses: one slow wave over the paper, so that strokes that cross agree.
struct Pressure {
    amplitude: f64,
    wave: Wave,
}

impl Pressure {
    fn sample(rng: &mut impl Rng) -> Self {
        Self {
            // The nib never leaves the paper within a stroke.
            amplitude: (PRESSURE * normal(rng)).clamp(-0.6, 0.6),
            wave: Wave::sample(PRESSURE_WAVE_NUMBER * normal_vec(rng), rng),
        }
    }

    /// As a multiple of the mean.
    fn at(&self, point: Point) -> f64 {
        1.0 + self.amplitude * self.wave.at(point)
    }
}

/// A plane sine wave over the paper.
struct Wave {
    /// Along the wave's direction, in radians per height.
    number: Vec2,
    /// Radians at the origin.
    phase: f64,
}

impl Wave {
    fn sample(number: Vec2, rng: &mut impl Rng) -> Self {
        let phase = angle(rng);
        Self { number, phase }
    }

    /// Between -1 and 1.
    fn at(&self, point: Point) -> f64 {
        (self.number.dot(point.to_vec2()) + self.phase).sin()
    }
}

impl Spread {
    fn sample(&self, rng: &mut impl Rng) -> f64 {
        (self.mean + self.sd * normal(rng)).clamp(self.min, self.max)
    }
}

fn normal(rng: &mut impl Rng) -> f64 {
    rng.sample(StandardNormal)
}

fn normal_vec(rng: &mut impl Rng) -> Vec2 {
    Vec2::new(normal(rng), normal(rng))
}

fn angle(rng: &mut impl Rng) -> f64 {
    rng.random_range(0.0..TAU)
}
