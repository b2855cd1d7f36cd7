//! Inks a written digit as MNIST was prepared: fitted into 20×20, then centred by mass in 28×28.
//!
//! The ink is drawn straight into the 20×20 box: a pixel's grey is how far its centre lies inside the
//! nearest stroke, with a ramp of about one pixel at the edge. No larger canvas is ever made.

use std::ops::Range;

use kurbo::{Point, Rect, Vec2};

use super::image::{Image, narrow};
use super::pen::{Nib, Segment};
use crate::centring;

/// Side of the box that the ink fills, in pixels.
const BOX_PX: usize = 20;

/// The same as a length.
const BOX_SIDE_PX: f64 = 20.0;

/// Width of the grey edge of a stroke, in pixels: as steep as MNIST's edges are.
const EDGE_PX: f32 = 1.1;

/// A finished image and the size of its ink.
pub(super) struct Drawing {
    pub image: Image,
    pub width_px: f64,
    pub height_px: f64,
}

/// Inks the pieces with strokes of `thickness_px`, a mean width in pixels of the finished image.
pub(super) fn ink(segments: &[Segment], thickness_px: f64) -> Drawing {
    let fit = Fit::new(segments, thickness_px);
    let mut depth = [[f32::NEG_INFINITY; BOX_PX]; BOX_PX];
    for [from, to] in segments {
        draw_segment(&mut depth, &fit.dab(from), &fit.dab(to));
    }
    let grey = depth.map(|row| row.map(grey_from_depth));
    Drawing {
        image: centring::by_mass(grey.as_flattened()),
        width_px: fit.width_px,
        height_px: fit.height_px,
    }
}

/// How the writing lies in the box.
struct Fit {
    /// Pixels per unit of the writing.
    scale: f64,
    /// Top left corner of the ink, in units of the writing times `scale`.
    origin_px: Point,
    /// Half the mean width of a stroke.
    radius_px: f64,
    width_px: f64,
    height_px: f64,
}

/// A round spot of ink, in pixels from the top left corner of the box.
struct Dab {
    x: f32,
    y: f32,
    radius: f32,
}

impl Fit {
    /// Finds the scale at which the longer side of the ink, strokes of given width included, is as
    /// long as the box.
    ///
    /// The side grows with the scale along a curve of straight pieces (the outermost nib changes where
    /// pressures differ), nearly the line `scale · extent + thickness`, so three Newton steps are ample.
    fn new(segments: &[Segment], thickness_px: f64) -> Self {
        let radius_px = thickness_px / 2.0;
        let bare = ink_bounds(segments, 1.0, 0.0);
        let mut scale = (BOX_SIDE_PX - thickness_px) / bare.width().max(bare.height());
        let mut inked = ink_bounds(segments, scale, radius_px);
        for _ in 0..3 {
            let (side, extent) = if inked.width() > inked.height() {
                (inked.width(), bare.width())
            } else {
                (inked.height(), bare.height())
            };
            scale += (BOX_SIDE_PX - side) / extent;
            inked = ink_bounds(segments, scale, radius_px);
        }
        // The shorter side is centred, so its edges fall between pixels, as they do in MNIST.
        let margin = Vec2::new(BOX_SIDE_PX - inked.width(), BOX_SIDE_PX - inked.height()) / 2.0;
        Self {
            scale,
            origin_px: inked.origin() - margin,
            radius_px,
            width_px: inked.width(),
            height_px: inked.height(),
        }
    }

    fn dab(&self, nib: &Nib) -> Dab {
        Dab {
            x: narrow(nib.point.x * self.scale - self.origin_px.x),
            y: narrow(nib.point.y * self.scale - self.origin_px.y),
            radius: narrow(nib.pressure * self.radius_px),
        }
    }
}

/// The rectangle around the ink, strokes included, in pixels.
fn ink_bounds(segments: &[Segment], scale: f64, radius_px: f64) -> Rect {
    let empty = Rect::new(
        f64::INFINITY,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::NEG_INFINITY,
    );
    segments.iter().flatten().fold(empty, |bounds, nib| {
        let (x, y) = (nib.point.x * scale, nib.point.y * scale);
        let radius = nib.pressure * radius_px;
        Rect::new(
            bounds.x0.min(x - radius),
            bounds.y0.min(y - radius),
            bounds.x1.max(x + radius),
            bounds.y1.max(y + radius),
        )
    })
}

/// Raises `depth`, how far inside the ink each pixel's centre lies in pixels, to that of one piece.
fn draw_segment(depth: &mut [[f32; BOX_PX]; BOX_PX], from: &Dab, to: &Dab) {
    let reach = from.radius.max(to.radius) + EDGE_PX;
    let columns = pixels_between(from.x.min(to.x) - reach, from.x.max(to.x) + reach);
    let rows = pixels_between(from.y.min(to.y) - reach, from.y.max(to.y) + reach);
    let (along_x, along_y) = (to.x - from.x, to.y - from.y);
    // A piece of no length is a spot: any `t` will do, but not 0/0.
    let per_length_squared = (along_x * along_x + along_y * along_y).max(1e-12).recip();
    for (y, row) in rows.clone().zip(&mut depth[rows]) {
        let off_y = centre(y) - from.y;
        for (x, deepest) in columns.clone().zip(&mut row[columns.clone()]) {
            let off_x = centre(x) - from.x;
            let t = ((off_x * along_x + off_y * along_y) * per_length_squared).clamp(0.0, 1.0);
            let (away_x, away_y) = (off_x - t * along_x, off_y - t * along_y);
            let distance = (away_x * away_x + away_y * away_y).sqrt();
            let radius = from.radius + t * (to.radius - from.radius);
            *deepest = deepest.max(radius - distance);
        }
    }
}

/// The pixels of the box whose centres lie between two positions along an axis.
fn pixels_between(from: f32, to: f32) -> Range<usize> {
    let pixel = |position: f32| position.round().clamp(0.0, 20.0) as usize;
    pixel(from)..pixel(to)
}

fn centre(pixel: usize) -> f32 {
    pixel as f32 + 0.5
}

fn grey_from_depth(depth: f32) -> u8 {
    (255.0 * (0.5 + depth / EDGE_PX)).round().clamp(0.0, 255.0) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(from: Point, to: Point) -> Segment {
        [from, to].map(|point| Nib {
            point,
            pressure: 1.0,
        })
    }

    fn mass_px(image: &Image) -> f64 {
        image.iter().map(|grey| f64::from(*grey) / 255.0).sum()
    }

    #[test]
    fn a_stroke_has_its_thickness_and_fills_the_box() {
        for thickness_px in [1.5, 3.0, 5.0] {
            let stroke = line(Point::new(3.0, 0.0), Point::new(3.0, 0.1));
            let drawing = ink(&[stroke], thickness_px);
            assert!((drawing.width_px - thickness_px).abs() < 1e-9);
            assert!((drawing.height_px - 20.0).abs() < 1e-9);
            // A rectangle with two half discs; the pixel grid is off by a hundredth or two.
            let round_ends = std::f64::consts::PI * thickness_px * thickness_px / 4.0;
            let area = (20.0 - thickness_px) * thickness_px + round_ends;
            let mass = mass_px(&drawing.image);
            assert!((mass / area - 1.0).abs() < 0.04, "{mass} {area}");
        }
    }

    #[test]
    fn the_wider_side_of_a_wide_drawing_fills_the_box() {
        let stroke = line(Point::new(-4.0, 1.0), Point::new(4.0, -1.0));
        let drawing = ink(&[stroke], 2.0);
        assert!((drawing.width_px - 20.0).abs() < 1e-9);
        assert!((drawing.height_px - (18.0 / 4.0 + 2.0)).abs() < 1e-9);
    }

    #[test]
    fn a_change_of_pressure_still_fits() {
        let mut stroke = line(Point::ZERO, Point::new(0.5, 1.0));
        stroke[1].pressure = 1.6;
        let drawing = ink(&[stroke], 4.0);
        assert!((drawing.height_px - 20.0).abs() < 1e-9);
    }
}
