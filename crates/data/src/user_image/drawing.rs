//! Strokes of a pen as a picture.

use hourglass_protocol::{Paper, PenStroke, Preparation, Take};

use super::Picture;

/// Side of the canvas in pixels: seven for each of the finished image's, so that the fit has means to take.
const SIDE: usize = 196;

/// Share of the radius over which the edge of a stroke fades: soft, as the edges of MNIST's strokes are.
const SOFT_SHARE: f32 = 0.3;

/// How a drawing is made a digit: its strokes are light on black, whatever else stands out, and as steep as they
/// are to be. It goes through the same preparation as a picture, because what is drawn straight into 28×28 lies
/// where it was drawn: two pixels beside MNIST's place cost half as much error again.
pub const OF_DRAWINGS: Preparation = Preparation {
    backdrop: None,
    invert: Some(false),
    resizing: None,
    paper: Some(Paper::Flat),
    stretch: None,
    threshold: None,
    crop: None,
    sharpen: Some(false),
    centring: None,
    pen: Some(false),
    region: None,
    take: Some(Take::AllInk),
};

/// Light strokes on black. A point alone is a dot.
#[must_use]
pub fn picture_of(strokes: &[PenStroke]) -> Picture {
    let mut light = vec![0.0; SIDE * SIDE];
    for stroke in strokes {
        let segments = stroke.points.windows(2).map(|ends| [ends[0], ends[1]]);
        let dot = stroke.points.first().map(|&point| [point, point]);
        for ends in dot.into_iter().chain(segments) {
            draw(&mut light, ends, stroke.radius);
        }
    }
    Picture::from_light(SIDE, SIDE, &light)
}

/// Raises the light of each pixel to that of a piece of a stroke.
fn draw(light: &mut [f32], ends: [[f32; 2]; 2], radius: f32) {
    let side = SIDE as f32;
    let [from, to] = ends.map(|point| point.map(|share| share * side));
    let radius = radius * side;
    let edge = (SOFT_SHARE * radius).max(0.5);
    let reach = radius + edge;
    let range = |axis: usize| {
        let (least, most) = (from[axis].min(to[axis]), from[axis].max(to[axis]));
        pixel(least - reach)..pixel(most + reach + 1.0)
    };
    let along = [to[0] - from[0], to[1] - from[1]];
    // A piece of no length is a spot: any share of it will do, but not 0/0.
    let per_length_squared = (along[0] * along[0] + along[1] * along[1])
        .max(1e-9)
        .recip();
    for row in range(1) {
        for column in range(0) {
            let off = [column as f32 + 0.5 - from[0], row as f32 + 0.5 - from[1]];
            let share = (off[0] * along[0] + off[1] * along[1]) * per_length_squared;
            let share = share.clamp(0.0, 1.0);
            let away = (off[0] - share * along[0]).hypot(off[1] - share * along[1]);
            let inside = ((radius + edge - away) / (2.0 * edge)).clamp(0.0, 1.0);
            let soft = inside * inside * (3.0 - 2.0 * inside);
            let pixel = &mut light[row * SIDE + column];
            *pixel = pixel.max(soft);
        }
    }
}

/// A pixel of the canvas along an axis.
fn pixel(at: f32) -> usize {
    (at.floor() as usize).min(SIDE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::user_image::prepare;

    fn stroke(points: &[[f32; 2]]) -> PenStroke {
        PenStroke {
            points: points.to_vec(),
            radius: 0.05,
        }
    }

    #[test]
    fn a_drawing_becomes_a_digit_wherever_it_lies() {
        let at = |left: f32, top: f32| {
            let corners = [[0.0, 0.0], [0.3, 0.0], [0.1, 0.4]].map(|[x, y]| [left + x, top + y]);
            prepare(&picture_of(&[stroke(&corners)]), &OF_DRAWINGS)
        };
        let (first, second) = (at(0.1, 0.15), at(0.55, 0.45));
        let ink = first.decisions.ink().expect("of ink");
        assert!(!first.decisions.invert && ink.crop);
        let ink: usize = first.pixels.iter().map(|&byte| usize::from(byte)).sum();
        assert!(ink > 30 * 255, "{ink}");
        let differences = first.pixels.iter().zip(&*second.pixels);
        let largest = differences.map(|(a, b)| a.abs_diff(*b)).max();
        assert!(largest < Some(40), "{largest:?}");
    }

    #[test]
    fn strokes_outside_the_canvas_and_without_a_place_draw_nothing() {
        let none = [
            PenStroke::default(),
            stroke(&[[-3.0, 0.5], [-2.0, 0.5]]),
            stroke(&[[f32::NAN, 0.5], [f32::INFINITY, f32::NAN]]),
        ];
        let prepared = prepare(&picture_of(&none), &OF_DRAWINGS);
        assert!(prepared.pixels.iter().all(|&byte| byte == 0));
    }
}
