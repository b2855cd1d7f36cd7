//! What of a page is drawn here, once for light and once for dark surroundings: images, curves, and the colours of both.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use hourglass_experiment::ImageShape;
use hourglass_protocol::DigitView;

use crate::drawing::Figure as _;
use crate::error::FigureError;
use crate::escape::markup;
use crate::facts::Facts;
use crate::figures::loss::Loss;
use crate::look::Look;
use crate::palette::{Paper, Rgb, image_pixel};
use crate::size::Size;
use crate::{png, svg};

/// Sizes of the curves, in pixels: on a screen with room, and on a phone.
const CURVES: [(&str, [f32; 2]); 2] = [("wide", [976.0, 420.0]), ("narrow", [340.0, 340.0])];

/// Size of their type in points: that of figures is for paper.
const TYPE: f32 = 9.0;

/// Light and dark, with the class of what is shown there alone.
const THEMES: [(&str, bool); 2] = [("in-light", false), ("in-dark", true)];

/// The colours of both themes as variables of the style sheet: the browser's choice, unless the reader makes another;
/// light on paper.
pub fn colours() -> String {
    let [light, dark] = [false, true].map(variables);
    format!(
        ":root {{{light}}}\n\
         @media (prefers-color-scheme: dark) {{ :root:not([data-theme=\"light\"]) {{{dark}}} }}\n\
         :root[data-theme=\"dark\"] {{{dark}}}\n\
         @media print {{ :root:root, :root[data-theme] {{{light}}} }}\n"
    )
}

fn variables(dark: bool) -> String {
    let paper = Paper::of(dark);
    let colours = [
        ("background", paper.background),
        ("text", paper.text),
        ("text-dim", paper.text_dim),
        ("grid", paper.grid),
        ("border", paper.border),
        ("accent", paper.train),
    ];
    let shown = |is: bool| if is { "block" } else { "none" };
    let mut text = format!(
        " color-scheme: {}; --is-dark: {}; --in-light: {}; --in-dark: {};",
        if dark { "dark" } else { "light" },
        u8::from(dark),
        shown(!dark),
        shown(dark)
    );
    for (name, rgb) in colours {
        write!(text, " --{name}: {};", hex(rgb)).expect("a string takes everything");
    }
    text + " "
}

pub fn hex([r, g, b]: Rgb) -> String {
    format!("#{r:02x}{g:02x}{b:02x}")
}

/// Images on their way through the network, a column each.
pub fn digits(view: &DigitView, facts: &Facts) -> Result<String, FigureError> {
    let rows: &[(&str, &[f32])] = &if facts.experiment.alters_input() {
        vec![
            ("original", view.originals.as_slice()),
            ("input", &view.corrupted),
            ("reconstruction", &view.reconstructions),
        ]
    } else {
        vec![
            ("original", view.originals.as_slice()),
            ("reconstruction", &view.reconstructions),
        ]
    };
    let mut html = String::from("<ul class=\"digits\">\n<li class=\"names\" aria-hidden=\"true\">");
    let mut push = |text: std::fmt::Arguments<'_>| {
        html.write_fmt(text).expect("a string takes everything");
    };
    push(format_args!("<span class=\"class\">class</span>"));
    for (name, _) in rows {
        push(format_args!("<span class=\"row\">{name}</span>"));
    }
    push(format_args!(
        "<span class=\"error\">MSE<br>per pixel</span></li>\n"
    ));
    for (idx, sample) in view.samples.iter().enumerate() {
        let class = view.labels.get(idx).copied().unwrap_or_default();
        let name = markup(&facts.data.class_name(class));
        push(format_args!(
            "<li><span class=\"class\" title=\"{name}\">{name}</span>"
        ));
        for (row, values) in rows {
            let Some(values) = view.shape.of(values, idx) else {
                continue;
            };
            let alt = format!("{row} of test image {sample}, class {name}");
            for (theme, dark) in THEMES {
                let packed = picture(view.shape, values, dark)?;
                push(format_args!(
                    "<img class=\"{theme}\" alt=\"{alt}\" src=\"data:image/png;base64,{packed}\">"
                ));
            }
        }
        let error = view.mse_per_pixel.get(idx).copied().unwrap_or(f32::NAN);
        push(format_args!(
            "<span class=\"error\">{error:.4}</span></li>\n"
        ));
    }
    Ok(html + "</ul>")
}

/// An image in the colours of a theme, as a PNG in base64.
fn picture(shape: ImageShape, values: &[f32], dark: bool) -> Result<String, FigureError> {
    let pixels: Vec<Rgb> = (0..shape.n_pixels())
        .map(|pixel| image_pixel(dark, shape, values, pixel))
        .collect();
    Ok(STANDARD.encode(png::of_pixels(&pixels, shape.width)?))
}

/// The curves of the run, as the figure of the loss has them.
pub fn loss(loss: Option<&Loss>, facts: &Facts) -> Result<String, FigureError> {
    let Some(loss) = loss else {
        return Ok("<p class=\"note\">This run has recorded no curves.</p>".to_owned());
    };
    let alt =
        "Training and test curves over the epochs; the table under “Numbers” has where they end";
    let mut html = String::new();
    for (width, size) in CURVES {
        for (theme, dark) in THEMES {
            let look = Look {
                size: Size::Pixels(size),
                scale: 1.0,
                type_points: TYPE,
                dark,
                title: None,
            };
            let drawn = loss.page(facts, &look, ""); // the page around it says what and of what
            let svg = svg::write(&drawn, look.size, &vec![("Title", loss.title())])?;
            let [across, up] = size;
            writeln!(
                html,
                "<div class=\"{width}\"><img class=\"{theme}\" alt=\"{alt}\" width=\"{across}\" height=\"{up}\" \
                 src=\"data:image/svg+xml;base64,{}\"></div>",
                STANDARD.encode(svg)
            )
            .expect("a string takes everything");
        }
    }
    Ok(html)
}
