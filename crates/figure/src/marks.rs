//! The shapes of the ten classes, as polygons and as pieces of an SVG path.

use super::decimals::number;
use super::palette::ClassShape;

/// The places below `n`, each once, mixed: of a data set whose images are sorted by class, no class is drawn over all the
/// others. The same at every call.
pub fn mixed(n: usize) -> impl Iterator<Item = usize> + Clone {
    /// Primes: whatever divides `n`, one of them does not.
    const STRIDES: [usize; 2] = [7_919, 104_729];
    let stride = if n.is_multiple_of(STRIDES[0]) {
        STRIDES[1]
    } else {
        STRIDES[0]
    };
    (0..n).map(move |place| place * stride % n)
}

/// Corners of a shape within a circle of radius one, y upwards, of about equal areas.
#[must_use]
pub fn corners(shape: ClassShape) -> Vec<[f32; 2]> {
    const UP: f32 = 90.0;
    match shape {
        ClassShape::Circle => polygon(24, 0.0, &[0.86]),
        ClassShape::Square => polygon(4, 45.0, &[1.05]),
        ClassShape::Diamond => polygon(4, 0.0, &[1.05]),
        ClassShape::TriangleUp => polygon(3, UP, &[1.12]),
        ClassShape::TriangleDown => polygon(3, UP + 180.0, &[1.12]),
        ClassShape::TriangleLeft => polygon(3, 180.0, &[1.12]),
        ClassShape::Star => polygon(10, UP, &[1.12, 0.5]),
        ClassShape::Hexagon => polygon(6, UP, &[0.96]),
        ClassShape::Plus => plus(0.0),
        ClassShape::Cross => plus(45.0),
    }
}

/// Corners at equal angles from `first_degrees` on, at the given radii in turn.
fn polygon(n: usize, first_degrees: f32, radii: &[f32]) -> Vec<[f32; 2]> {
    let corners = (0..n).map(|idx| {
        let angle = (first_degrees + 360.0 * idx as f32 / n as f32).to_radians();
        let radius = radii[idx % radii.len()];
        [radius * angle.cos(), radius * angle.sin()]
    });
    corners.collect()
}

fn plus(turned_degrees: f32) -> Vec<[f32; 2]> {
    const ARM: f32 = 1.0;
    const HALF: f32 = 0.36;
    let (sin, cos) = turned_degrees.to_radians().sin_cos();
    let quarter = [[ARM, -HALF], [ARM, HALF], [HALF, HALF]];
    let mut corners = Vec::with_capacity(12);
    let mut turn = [[1.0, 0.0], [0.0, 1.0]];
    for _ in 0..4 {
        for [x, y] in quarter {
            let [px, py] = [
                turn[0][0] * x + turn[0][1] * y,
                turn[1][0] * x + turn[1][1] * y,
            ];
            corners.push([cos * px - sin * py, sin * px + cos * py]);
        }
        // A quarter turn further: (x, y) → (−y, x).
        turn = [[-turn[1][0], -turn[1][1]], [turn[0][0], turn[0][1]]];
    }
    corners
}

/// A shape as a piece of path that starts at `start` from its middle.
pub struct Outline {
    /// Where it starts, from the middle.
    pub start: [f32; 2],
    /// What follows a move to the start.
    pub path: String,
    /// Of shapes that are lines, not areas.
    pub line_width: Option<f32>,
}

/// A shape of a class for SVG, as short as can be: a line without length and with round ends is a circle, two lines
/// are a cross.
#[must_use]
pub fn outline(shape: ClassShape, radius: f32) -> Outline {
    let corners = corners(shape);
    match shape {
        ClassShape::Circle => Outline {
            start: [0.0, 0.0],
            path: "h0".to_owned(), // a line without length has round ends all the same
            line_width: Some(2.0 * radius * corners[0][0]),
        },
        ClassShape::Plus | ClassShape::Cross => {
            // The first two corners are the end of an arm.
            let [from, to] = [corners[0], corners[1]];
            let width = (to[0] - from[0]).hypot(to[1] - from[1]);
            let [x, y] = [f32::midpoint(from[0], to[0]), f32::midpoint(from[1], to[1])];
            let [x, y] = [radius * x, -radius * y];
            let step = |x: f32, y: f32| format!("{} {}", number(x), number(y));
            Outline {
                start: [-x, -y],
                path: format!(
                    "l{}m{}l{}",
                    step(2.0 * x, 2.0 * y),
                    step(-x + y, -y - x),
                    step(-2.0 * y, 2.0 * x)
                ),
                line_width: Some(radius * width),
            }
        }
        _ => {
            let at = |[x, y]: [f32; 2]| [radius * x, -radius * y];
            let mut path = String::from("l");
            for pair in corners.windows(2) {
                let ([from_x, from_y], [to_x, to_y]) = (at(pair[0]), at(pair[1]));
                let step = format!("{} {} ", number(to_x - from_x), number(to_y - from_y));
                path.push_str(&step);
            }
            Outline {
                start: at(corners[0]),
                path: path.trim_end().to_owned() + "z",
                line_width: None,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn places_are_mixed_and_none_is_left_out() {
        for n in [0, 1, 2, 10, 7_919, 10_000, 104_729] {
            let mut found: Vec<usize> = mixed(n).collect();
            found.sort_unstable();
            assert!(found.into_iter().eq(0..n), "{n}");
        }
        // Sorted by ten classes, the last tenth that is drawn has images of all of them.
        let last = mixed(10_000).skip(9_000).map(|place| place / 1_000);
        assert_eq!(last.collect::<BTreeSet<usize>>().len(), 10);
    }
}
