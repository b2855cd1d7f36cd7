//! A page as SVG: text stays text, each class of marks is a few paths, pictures are embedded PNGs.

use std::fmt::Write;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::decimals::{number, trimmed};
use super::error::FigureError;
use super::escape::markup;
use super::facts::Entries;
use super::font::FAMILIES;
use super::marks::outline;
use super::page::{Anchor, Image, Item, Marks, Page, Rect, Stroke, Text};
use super::palette::{ClassShape, Rgb};
use super::png;
use super::size::Size;

/// Writes a page. `size` says whether a reader is told millimetres or pixels; `entries` go into the file's
/// description and metadata.
///
/// # Errors
/// When a picture on the page cannot be packed.
pub fn write(page: &Page, size: Size, entries: &Entries) -> Result<String, FigureError> {
    let mut svg = Svg {
        text: String::new(),
        n_clips: 0,
        background: page.background,
    };
    let [width, height] = page.size.map(number);
    let [shown_width, shown_height] = size.lengths();
    svg.push(format_args!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{shown_width}\" height=\"{shown_height}\" \
         viewBox=\"0 0 {width} {height}\" font-family=\"{FAMILIES}\" role=\"img\">\n"
    ));
    let title = entries.first().map_or("", |(_, value)| value.as_str());
    svg.push(format_args!("<title>{}</title>\n", markup(title)));
    let described = |(key, value): &(&str, String)| format!("{key}: {value}");
    let lines: Vec<String> = entries.iter().map(described).collect();
    svg.push(format_args!("<desc>{}</desc>\n", markup(&lines.join("\n"))));
    svg.push(format_args!(
        "<metadata>\n<run xmlns=\"urn:hourglass:run\">\n"
    ));
    for (key, value) in entries {
        let value = markup(value);
        svg.push(format_args!(
            "<entry key=\"{}\">{value}</entry>\n",
            markup(key)
        ));
    }
    svg.push(format_args!("</run>\n</metadata>\n"));
    let all = page.rect();
    svg.push(format_args!(
        "<rect{} fill=\"{}\"/>\n",
        place(all),
        hex(page.background)
    ));
    for item in &page.items {
        svg.item(item)?;
    }
    svg.push(format_args!("</svg>\n"));
    Ok(svg.text)
}

struct Svg {
    text: String,
    n_clips: usize,
    background: Rgb,
}

impl Svg {
    fn push(&mut self, text: std::fmt::Arguments<'_>) {
        self.text
            .write_fmt(text)
            .expect("a string takes everything");
    }

    fn item(&mut self, item: &Item) -> Result<(), FigureError> {
        match item {
            Item::Fill(rect, color) => {
                self.push(format_args!(
                    "<rect{} fill=\"{}\"/>\n",
                    place(*rect),
                    hex(*color)
                ));
            }
            Item::Edge(rect, stroke) => {
                let stroke = look(stroke);
                self.push(format_args!(
                    "<rect{} fill=\"none\"{stroke}/>\n",
                    place(*rect)
                ));
            }
            Item::Line(points, stroke) => self.line(points, stroke),
            Item::Marks(marks) => self.marks(marks),
            Item::Text(text) => self.label(text),
            Item::Image(image) => self.image(image)?,
            Item::Clipped(rect, items) => {
                self.n_clips += 1;
                let name = format!("clip{}", self.n_clips);
                let clip = place(*rect);
                self.push(format_args!(
                    "<clipPath id=\"{name}\"><rect{clip}/></clipPath>\n<g clip-path=\"url(#{name})\">\n"
                ));
                for item in items {
                    self.item(item)?;
                }
                self.push(format_args!("</g>\n"));
            }
        }
        Ok(())
    }

    fn line(&mut self, points: &[[f32; 2]], stroke: &Stroke) {
        let mut path = String::new();
        for (idx, [x, y]) in points.iter().enumerate() {
            let step = if idx == 0 { "M" } else { "L" };
            write!(path, "{step}{} {}", number(*x), number(*y)).expect("a string takes everything");
        }
        let stroke = look(stroke);
        self.push(format_args!(
            "<path d=\"{path}\" fill=\"none\" stroke-linejoin=\"round\"{stroke}/>\n"
        ));
    }

    /// All marks as one path, one `M` for each, so that ten thousand stay small.
    fn marks(&mut self, marks: &Marks) {
        let Marks {
            class,
            shape,
            radius,
            color,
            points,
        } = marks;
        if points.is_empty() {
            return;
        }
        let outline = outline(*shape, *radius);
        let mut path = String::with_capacity(points.len() * (12 + outline.path.len()));
        for [x, y] in points {
            let [x, y] = [x + outline.start[0], y + outline.start[1]].map(tenths);
            write!(path, "M{x} {y}{}", outline.path).expect("a string takes everything");
        }
        let color = hex(*color);
        let paint = match outline.line_width {
            Some(width) => format!(
                "fill=\"none\" stroke=\"{color}\" stroke-width=\"{}\" stroke-linecap=\"{}\"",
                number(width),
                if *shape == ClassShape::Circle {
                    "round"
                } else {
                    "butt"
                }
            ),
            None => format!("fill=\"{color}\""),
        };
        self.push(format_args!(
            "<path class=\"class-{class}\" d=\"{path}\" {paint}/>\n"
        ));
    }

    fn label(&mut self, label: &Text) {
        let Text {
            at: [x, y],
            text,
            size,
            weight,
            color,
            anchor,
            is_upright,
            has_halo,
        } = label;
        let [x, y] = [*x, *y].map(number);
        let anchor = match anchor {
            Anchor::Start => "",
            Anchor::Middle => " text-anchor=\"middle\"",
            Anchor::End => " text-anchor=\"end\"",
        };
        let turn = if *is_upright {
            format!(" transform=\"rotate(-90 {x} {y})\"")
        } else {
            String::new()
        };
        let halo = if *has_halo {
            let (color, width) = (hex(self.background), number(0.35 * size));
            format!(
                " stroke=\"{color}\" stroke-width=\"{width}\" stroke-linejoin=\"round\" paint-order=\"stroke\""
            )
        } else {
            String::new()
        };
        let text = raised(&markup(text), *size);
        let (weight, size, color) = (weight.number(), number(*size), hex(*color));
        self.push(format_args!(
            "<text x=\"{x}\" y=\"{y}\" font-size=\"{size}\" font-weight=\"{weight}\" fill=\"{color}\"{halo}{anchor}{turn}>\
             {text}</text>\n"
        ));
    }

    fn image(&mut self, image: &Image) -> Result<(), FigureError> {
        let packed = png::of_pixels(&image.pixels, image.width)?;
        let packed = STANDARD.encode(packed);
        let place = place(image.rect);
        self.push(format_args!(
            "<image{place} preserveAspectRatio=\"none\" image-rendering=\"optimizeSpeed\" \
             style=\"image-rendering:pixelated\" href=\"data:image/png;base64,{packed}\"/>\n"
        ));
        Ok(())
    }
}

/// Superscripts as digits that are raised: not every font has all of them as signs.
fn raised(text: &str, size: f32) -> String {
    let plain = |character: char| {
        let mut pairs = "⁻⁰¹²³⁴⁵⁶⁷⁸⁹".chars().zip("−0123456789".chars());
        pairs
            .find(|(raised, _)| *raised == character)
            .map(|(_, plain)| plain)
    };
    let (up, small) = (number(0.38 * size), number(0.72 * size));
    let mut marked = String::new();
    let mut rest = text;
    let mut was_raised = false;
    while let Some(first) = rest.chars().next() {
        let is_raised = plain(first).is_some();
        let end = rest.find(|character| plain(character).is_some() != is_raised);
        let (run, after) = rest.split_at(end.unwrap_or(rest.len()));
        let part = if is_raised {
            let digits: String = run.chars().filter_map(plain).collect();
            format!("<tspan dy=\"-{up}\" font-size=\"{small}\">{digits}</tspan>")
        } else if was_raised {
            format!("<tspan dy=\"{up}\">{run}</tspan>") // back on the base line
        } else {
            run.to_owned()
        };
        marked.push_str(&part);
        (rest, was_raised) = (after, is_raised);
    }
    marked
}

fn place(rect: Rect) -> String {
    let Rect {
        left,
        top,
        width,
        height,
    } = rect;
    let [left, top, width, height] = [left, top, width, height].map(number);
    format!(" x=\"{left}\" y=\"{top}\" width=\"{width}\" height=\"{height}\"")
}

fn look(stroke: &Stroke) -> String {
    let Stroke {
        color,
        width,
        dashes,
        opacity,
    } = stroke;
    let (color, width) = (hex(*color), number(*width));
    let dashes: Vec<String> = dashes.iter().map(|length| number(*length)).collect();
    let dashes = match dashes.join(" ") {
        unbroken if unbroken.is_empty() => unbroken,
        dashes => format!(" stroke-dasharray=\"{dashes}\""),
    };
    let opacity = if *opacity < 1.0 {
        format!(" stroke-opacity=\"{}\"", number(*opacity))
    } else {
        String::new()
    };
    format!(" stroke=\"{color}\" stroke-width=\"{width}\"{dashes}{opacity}")
}

fn hex([r, g, b]: Rgb) -> String {
    format!("#{r:02x}{g:02x}{b:02x}")
}

/// With one decimal at most, for places of which there are thousands.
fn tenths(value: f32) -> String {
    trimmed(format!("{value:.1}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn superscripts_are_raised_and_what_follows_is_not() {
        assert_eq!(raised("MSE", 10.0), "MSE");
        assert_eq!(
            raised("10⁻³ x", 10.0),
            "10<tspan dy=\"-3.8\" font-size=\"7.2\">−3</tspan><tspan dy=\"3.8\"> x</tspan>"
        );
    }

    #[test]
    fn numbers_have_no_tail() {
        assert_eq!(
            [1.0, 0.5, -0.001, 12.345].map(number),
            ["1", "0.5", "0", "12.35"]
        );
    }
}
