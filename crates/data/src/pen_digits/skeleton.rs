//! Reads the hand styles: centre lines of pen strokes, from the SVG files in `assets/pen-digits/`.
//!
//! # Asset format
//! One file per digit. Every `<path>` is one hand style, every subpath one stroke of the pen, in the
//! order and direction of writing. Four of its attributes are read: `id` names the style, `d` is the
//! drawing, `data-weight` says how common the style is beside the others, and `data-wobble` how far
//! hands stray from it (both 1 if absent). Only the shape counts, not where on the page it lies, so
//! styles are laid out side by side. Everything else in the file is passed over, except `transform`:
//! it would move what is seen and not what is read, and is refused.

use std::sync::LazyLock;

use kurbo::{Affine, BezPath, CubicBez, Point, Shape, Vec2};
use rand::{Rng, RngExt};
use thiserror::Error;

use super::image::N_CLASSES;
use super::svg::{Tag, opening_tags};

const ASSETS: [&str; N_CLASSES] = [
    include_str!("../../../../assets/pen-digits/0.svg"),
    include_str!("../../../../assets/pen-digits/1.svg"),
    include_str!("../../../../assets/pen-digits/2.svg"),
    include_str!("../../../../assets/pen-digits/3.svg"),
    include_str!("../../../../assets/pen-digits/4.svg"),
    include_str!("../../../../assets/pen-digits/5.svg"),
    include_str!("../../../../assets/pen-digits/6.svg"),
    include_str!("../../../../assets/pen-digits/7.svg"),
    include_str!("../../../../assets/pen-digits/8.svg"),
    include_str!("../../../../assets/pen-digits/9.svg"),
];

static STYLES_BY_CLASS: LazyLock<[Vec<Style>; N_CLASSES]> = LazyLock::new(|| {
    ASSETS.map(|svg| parse(svg).expect("the assets are compiled in, and a test parses every one"))
});

/// One way of writing a digit.
#[derive(Debug)]
pub(super) struct Style {
    /// The path's `id`, unique within its file.
    name: String,
    /// How common the style is beside the others of its class; above 0.
    weight: f64,
    /// In writing order; centred on the origin and scaled to a height of 1, y downwards.
    pub strokes: Vec<Stroke>,
    /// How far a hand strays from the style, as a multiple of the usual; above 0.
    pub wobble: f64,
}

/// The knots of one stroke, joined by cubic curves; at least two.
pub(super) type Stroke = Vec<Knot>;

/// A point the pen passes, with the handles of the curves on either side.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Knot {
    pub point: Point,
    /// From `point` to the last control point of the curve arriving; zero where a stroke starts.
    pub handle_in: Vec2,
    /// From `point` to the first control point of the curve leaving; zero where a stroke ends.
    pub handle_out: Vec2,
}

impl Knot {
    /// The curve from this knot to the next.
    pub(super) fn curve_to(&self, next: &Self) -> CubicBez {
        let leaving = self.point + self.handle_out;
        let arriving = next.point + next.handle_in;
        CubicBez::new(self.point, leaving, arriving, next.point)
    }
}

/// Draws a class, all ten alike, and one of its styles, by weight.
///
/// Returns the class, the style's position in its file, and the style.
pub(super) fn pick(rng: &mut impl Rng) -> (u8, u8, &'static Style) {
    let class = rng.random_range(0..10_u8);
    let styles = &STYLES_BY_CLASS[usize::from(class)];
    let total: f64 = styles.iter().map(|style| style.weight).sum();
    let mut left = rng.random::<f64>() * total;
    // The last style stands if rounding leaves something over.
    let mut picked = (0, &styles[0]);
    for candidate in (0..).zip(styles) {
        picked = candidate;
        left -= candidate.1.weight;
        if left < 0.0 {
            break;
        }
    }
    (class, picked.0, picked.1)
}

/// Why an asset file cannot be used.
#[derive(Debug, Error, PartialEq)]
enum AssetError {
    #[error("a tag, comment or quote has no end")]
    Unfinished,
    #[error("a transform moves what is seen, not what is read; apply it to the path")]
    Transform,
    #[error("a path without `{0}`")]
    Missing(&'static str),
    #[error("two styles are called `{0}`")]
    Twice(String),
    #[error("`{attribute}` of style `{name}` is not a number above 0")]
    Factor {
        name: String,
        attribute: &'static str,
    },
    #[error("style `{name}` cannot be drawn: {reason}")]
    Drawing { name: String, reason: String },
    #[error("no path in the file")]
    Empty,
}

/// Reads all styles of one SVG file.
fn parse(svg: &str) -> Result<Vec<Style>, AssetError> {
    let mut styles: Vec<Style> = Vec::new();
    for tag in opening_tags(svg).ok_or(AssetError::Unfinished)? {
        if tag.attribute("transform").is_some() {
            return Err(AssetError::Transform);
        }
        if tag.name != "path" {
            continue;
        }
        let style = parse_style(&tag)?;
        if styles.iter().any(|other| other.name == style.name) {
            return Err(AssetError::Twice(style.name));
        }
        styles.push(style);
    }
    if styles.is_empty() {
        return Err(AssetError::Empty);
    }
    Ok(styles)
}

fn parse_style(tag: &Tag) -> Result<Style, AssetError> {
    let name = tag.attribute("id").ok_or(AssetError::Missing("id"))?;
    let d = tag.attribute("d").ok_or(AssetError::Missing("d"))?;
    let factor = |attribute: &'static str| {
        let factor = tag.attribute(attribute).unwrap_or("1").parse().ok();
        factor
            .filter(|factor: &f64| factor.is_finite() && *factor > 0.0)
            .ok_or_else(|| AssetError::Factor {
                name: name.to_owned(),
                attribute,
            })
    };
    Ok(Style {
        name: name.to_owned(),
        weight: factor("data-weight")?,
        wobble: factor("data-wobble")?,
        strokes: parse_strokes(d).map_err(|reason| AssetError::Drawing {
            name: name.to_owned(),
            reason,
        })?,
    })
}

/// Reads the `d` of a path; lines and quadratic curves become cubic ones.
fn parse_strokes(d: &str) -> Result<Vec<Stroke>, String> {
    let mut path = BezPath::from_svg(d).map_err(|error| error.to_string())?;
    let bounds = path.bounding_box();
    if bounds.height() <= 0.0 {
        return Err("it has no height".to_owned());
    }
    let to_origin = Affine::translate(-bounds.center().to_vec2());
    path.apply_affine(Affine::scale(bounds.height().recip()) * to_origin);

    let mut strokes: Vec<Stroke> = Vec::new();
    for segment in path.segments() {
        let curve = segment.to_cubic();
        let arrival = Knot {
            point: curve.p3,
            handle_in: curve.p2 - curve.p3,
            handle_out: Vec2::ZERO,
        };
        let handle_out = curve.p1 - curve.p0;
        match strokes
            .last_mut()
            .and_then(|stroke| Some((stroke.last()?.point, stroke)))
        {
            Some((pen_at, stroke)) if pen_at == curve.p0 => {
                if let Some(knot) = stroke.last_mut() {
                    knot.handle_out = handle_out;
                }
                stroke.push(arrival);
            }
            _ => {
                let start = Knot {
                    point: curve.p0,
                    handle_in: Vec2::ZERO,
                    handle_out,
                };
                strokes.push(vec![start, arrival]);
            }
        }
    }
    Ok(strokes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_asset_has_at_least_six_styles() {
        for (digit, svg) in ASSETS.iter().enumerate() {
            let styles = parse(svg).unwrap_or_else(|error| panic!("{digit}.svg: {error}"));
            assert!(styles.len() >= 6, "{digit}.svg has {}", styles.len());
        }
    }

    #[test]
    fn a_style_is_centred_and_one_high() {
        let styles =
            parse("<path id='seven' d='M 10,10 h 20 L 20,50 m -8,-20 q 8,4 16,0'/>").unwrap();
        let strokes = &styles[0].strokes;
        assert_eq!(strokes.len(), 2, "the move lifts the pen");
        assert_eq!(strokes[0].len(), 3);
        assert_eq!(strokes[0][0].point, Point::new(-0.25, -0.5));
        assert_eq!(strokes[0][2].point, Point::new(0.0, 0.5));
    }

    #[test]
    fn a_knot_keeps_the_handles_of_both_curves() {
        let styles = parse("<path id='s' d='M 0,0 C 1,0 2,1 2,2 C 2,3 1,4 0,4'/>").unwrap();
        let knot = styles[0].strokes[0][1];
        assert_eq!(knot.handle_in, Vec2::new(0.0, -0.25));
        assert_eq!(knot.handle_out, Vec2::new(0.0, 0.25));
    }

    #[test]
    fn malformed_assets_say_what_is_wrong() {
        let error = |svg: &str| parse(svg).unwrap_err();
        assert_eq!(error("<path id='a' d='M 0,0"), AssetError::Unfinished);
        assert_eq!(error("<svg></svg>"), AssetError::Empty);
        assert_eq!(error("<path d='M 0,0 L 0,1'/>"), AssetError::Missing("id"));
        assert_eq!(error("<path id='a'/>"), AssetError::Missing("d"));
        assert_eq!(error("<g transform='scale(2)'/>"), AssetError::Transform);
        let twice = "<path id='a' d='M 0,0 V 1'/><path id='a' d='M 0,0 V 1'/>";
        assert_eq!(error(twice), AssetError::Twice("a".to_owned()));
        for (attribute, factor) in [
            ("data-weight", "0"),
            ("data-weight", "many"),
            ("data-wobble", "-1"),
            ("data-wobble", "NaN"),
        ] {
            let svg = format!("<path id='a' {attribute}='{factor}' d='M 0,0 V 1'/>");
            let name = "a".to_owned();
            assert_eq!(error(&svg), AssetError::Factor { name, attribute });
        }
        for drawing in ["", "L 0,1", "M 0,0", "M 0,0 H 1", "M 0,0 C 1"] {
            let svg = format!("<path id='a' d='{drawing}'/>");
            assert!(
                matches!(error(&svg), AssetError::Drawing { .. }),
                "{drawing}"
            );
        }
    }
}
