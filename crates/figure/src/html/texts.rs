//! Sentences and tables of a page.

use hourglass_experiment::{Group, Layer};
use hourglass_protocol::{PlainDecoder, PlainLayer};

use crate::error::FigureError;
use crate::escape::markup;
use crate::facts::{Facts, epochs};
use crate::figures::html_page::HtmlPage;
use crate::figures::loss::{Loss, Split};
use crate::number;

/// A table whose first columns are words; the last is aligned as numbers are.
pub fn table<const N: usize>(
    columns: [&str; N],
    rows: impl Iterator<Item = [String; N]>,
) -> String {
    let heads = columns.map(|name| format!("<th scope=\"col\">{name}</th>"));
    let mut text = format!(
        "<div class=\"table\"><table>\n<thead><tr>{}</tr></thead>\n<tbody>\n",
        heads.concat()
    );
    for row in rows {
        let cells = row.map(|cell| format!("<td>{}</td>", markup(&cell)));
        text.extend(["<tr>", &cells.concat(), "</tr>\n"]);
    }
    text + "</tbody>\n</table></div>"
}

/// Which images have a point.
pub fn shown(page: &HtmlPage, facts: &Facts, n_kept: usize) -> String {
    let n_all = page.numbers.table.labels.len();
    let [kept, all] = [n_kept, n_all].map(number::count_of);
    let images = if n_kept < n_all {
        format!("{kept} of the {all} test images")
    } else {
        format!("all {all} test images")
    };
    let chosen = if n_kept < n_all {
        ", evenly chosen so that this file stays small"
    } else {
        ""
    };
    let size = page.numbers.table.size;
    let units = if size == 1 { "unit" } else { "units" };
    markup(&format!(
        "The codes of {images} of {}{chosen}: {} {units} for the {} values of an image.",
        facts.data.label_in_text(),
        number::count_of(size),
        number::count_of(page.numbers.shape.n_values())
    ))
}

/// The layers of the decoder.
pub fn decoder(decoder: &PlainDecoder) -> String {
    let rows = decoder.layers.iter().map(|layer| {
        let n = layer.weights.len() + layer.biases.len();
        [
            word(layer),
            layer.from.to_string(),
            layer.to.to_string(),
            if n == 0 {
                "–".to_owned()
            } else {
                number::count_of(n)
            },
        ]
    });
    table(
        ["layer", "values in", "values out", "weights and biases"],
        rows,
    )
}

fn word(layer: &PlainLayer) -> String {
    match layer.layer {
        Layer::Dense { .. } => "dense".to_owned(),
        other => other.to_string(),
    }
}

/// What was measured, each with its unit.
pub fn numbers(page: &HtmlPage, facts: &Facts) -> String {
    let table_of = &page.numbers.table;
    let mut rows = vec![row(
        "test images",
        number::count_of(table_of.labels.len()),
        "images",
    )];
    let errors = table_of.scatter.errors.as_ref();
    if let Some(errors) = errors {
        let mse = number::five_digits(mean(&errors.mse_per_pixel));
        rows.push(row("error of their reconstructions", mse, "MSE per pixel"));
    }
    if facts.experiment.alters_input() {
        let mse = number::five_digits(mean(&table_of.mse_per_pixel));
        rows.push(row(
            "the same from the altered inputs",
            mse,
            "MSE per pixel",
        ));
    }
    if let Some(loss) = &page.loss {
        rows.extend(ends(loss, facts));
    }
    let shape = page.numbers.shape;
    let architecture = &facts.experiment.architecture;
    rows.extend([
        row(
            "code",
            number::count_of(architecture.code_size()),
            "units per image",
        ),
        row(
            "image",
            number::count_of(shape.n_values()),
            &format!("values ({})", shape.describe()),
        ),
        row(
            "network",
            number::count_of(architecture.n_parameters()),
            "weights and biases",
        ),
        row(
            "its decoder",
            number::count_of(page.numbers.decoder.n_parameters()),
            "weights and biases",
        ),
        row("trained for", epochs(facts.epoch), "epochs"),
        row("", number::count(facts.step), "steps"),
        row("seed", facts.experiment.seed.to_string(), ""),
    ]);
    table(["number", "value", "unit"], rows.into_iter())
}

fn row(name: &str, value: String, unit: &str) -> [String; 3] {
    [name.to_owned(), value, unit.to_owned()]
}

fn mean(values: &[f32]) -> f64 {
    let sum: f64 = values.iter().map(|&value| f64::from(value)).sum();
    sum / values.len().max(1) as f64
}

/// Where the test curves that are drawn end, and what they are compared with.
fn ends(loss: &Loss, facts: &Facts) -> Vec<[String; 3]> {
    let group = loss.group;
    let terms = group.terms_among(loss.curves.iter().map(|curve| curve.term));
    let unit = |term| facts.experiment.objective.unit(term).text();
    let drawn = loss
        .curves
        .iter()
        .filter(|curve| curve.split == Split::Test && terms.contains(&curve.term));
    let curves = drawn.filter_map(|curve| {
        let [_, value] = curve.points.last()?;
        let name = format!("{}, test, at the end", curve.term.label());
        Some(row(&name, number::five_digits(*value), unit(curve.term)))
    });
    let main = match group {
        Group::Objective => unit(group.main_term()),
        _ => "",
    };
    let lines = loss.references.iter().map(|line| {
        let value = line.digits.clone();
        let value = value.unwrap_or_else(|| number::five_digits(line.value));
        row(&format!("for comparison: {}", line.name), value, main)
    });
    curves.chain(lines).collect()
}

/// The whole experiment, for programs and for who wants to do it again.
pub fn json(facts: &Facts) -> Result<String, FigureError> {
    Ok(markup(&serde_json::to_string_pretty(&facts.experiment)?))
}

/// By which program.
pub fn made() -> String {
    concat!("Hourglass ", env!("CARGO_PKG_VERSION")).to_owned()
}
