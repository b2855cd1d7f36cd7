//! What the script of a page is told, apart from long rows of numbers: sizes, names, colours, the list of layers.

use serde_json::{Value, json};

use hourglass_experiment::Shape;

use super::packed::{Kept, is_single};
use super::pictures::hex;
use crate::error::FigureError;
use crate::escape::script_data;
use crate::facts::Facts;
use crate::figures::html_page::HtmlPage;
use crate::figures::scatter::{axis_titles, outline_of};
use crate::marks::outline;
use crate::palette::{Paper, class_rgb, class_shape, ink};

/// Radius of the marks that are described, of which the script makes others.
const RADIUS: f32 = 10.0;

/// The data as JSON that stands in a `<script>`.
pub fn json(page: &HtmlPage, facts: &Facts, kept: &Kept) -> Result<String, FigureError> {
    let numbers = &page.numbers;
    let scatter = &numbers.table.scatter;
    let classes = facts.data.classes().map(|class| {
        let mark = outline(class_shape(class), RADIUS);
        let [x, y] = mark.start;
        json!({
            "name": facts.data.class_name(class),
            "light": hex(class_rgb(false, class)),
            "dark": hex(class_rgb(true, class)),
            "path": format!("M{x} {y}{}", mark.path),
            "line": mark.line_width,
            "hidden": page.hidden.contains(&class),
        })
    });
    let units = numbers.units.units.iter().map(|unit| {
        json!({
            "unit": unit.unit,
            "mean": unit.mean,
            "deviation": unit.deviation,
            "low": unit.low,
            "high": unit.high,
        })
    });
    let theme = |dark: bool| {
        let paper = Paper::of(dark);
        json!({
            "image": [ink(dark, 0.0), ink(dark, 1.0)],
            "background": hex(paper.background),
            "text": hex(paper.text),
            "textDim": hex(paper.text_dim),
            "grid": hex(paper.grid),
        })
    };
    let data = json!({
        "image": numbers.shape,
        "altersInput": facts.experiment.alters_input(),
        "axes": axis_titles(scatter.axes, scatter.pair),
        "code": {
            "size": numbers.table.size,
            "isSingle": is_single(numbers.table.size),
            "mean": numbers.plane.mean,
        },
        "plane": {
            "origin": numbers.plane.origin,
            "across": numbers.plane.across,
            "up": numbers.plane.up,
        },
        "units": units.collect::<Vec<_>>(),
        "prior": outline_of(facts, scatter.axes),
        "classes": classes.collect::<Vec<_>>(),
        "radius": RADIUS,
        "themes": { "light": theme(false), "dark": theme(true) },
        "perSheet": kept.per_sheet,
        "decoder": layers(page)?,
    });
    Ok(script_data(&serde_json::to_string(&data)?))
}

/// The layers in order, each with its shapes and where its numbers begin among the weights.
fn layers(page: &HtmlPage) -> Result<Vec<Value>, FigureError> {
    let mut start = 0;
    let mut place = |n: usize| {
        let place = [start, n];
        start += n;
        place
    };
    let layers = page.numbers.decoder.layers.iter().map(|layer| {
        let mut told = serde_json::to_value(layer.layer)?;
        told["from"] = sides(layer.from);
        told["to"] = sides(layer.to);
        told["weights"] = json!(place(layer.weights.len()));
        told["biases"] = json!(place(layer.biases.len()));
        Ok(told)
    });
    layers.collect()
}

/// `[units]` or `[channels, height, width]`
fn sides(shape: Shape) -> Value {
    match shape {
        Shape::Units(units) => json!([units]),
        Shape::Maps(maps) => json!([maps.channels, maps.height, maps.width]),
    }
}
