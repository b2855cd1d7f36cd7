//! What the pointer reads off the curves.

use std::cmp::Reverse;

use egui::{PopupAnchor, Pos2, Response, Sense, Tooltip, Ui, vec2};
use egui_plot::PlotTransform;

use crate::number::five_digits;
use crate::plot::RunAxis;
use crate::theme;
use hourglass_protocol::Mark;

use super::lines::{LineKey, LineSource, Lines};
use super::paint;
use super::reference::Reference;
use super::subject::{LossSubject, ShownTerms};

/// Width of the piece of line that stands for a curve, in points.
const SWATCH_WIDTH: f32 = 18.0;

/// A value read off a curve.
struct LineReading {
    key: LineKey,
    value: f64,
    /// Distance of the curve from the pointer, in points.
    distance: f32,
}

/// Shows every curve's value at the pointer, the nearest curve's in strong text, the lines within reach, and the
/// setting that changed there.
pub fn tooltip(
    ui: &Ui,
    response: &Response,
    lines: &Lines,
    (subject, shown): (LossSubject<'_>, &ShownTerms),
    (transform, axis): (&PlotTransform, RunAxis),
    mark: Option<&Mark>,
) {
    let Some(pointer) = response.hover_pos().filter(|_| !response.dragged()) else {
        return;
    };
    let epoch = transform.value_from_position(pointer).x;
    let readings = readings(lines, shown, transform, pointer);
    let references = references(shown, transform, pointer);
    if readings.is_empty() && references.is_empty() && mark.is_none() {
        return;
    }
    Tooltip::always_open(
        ui.ctx().clone(),
        ui.layer_id(),
        response.id,
        PopupAnchor::Pointer,
    )
    .gap(14.0)
    .show(|ui| {
        ui.label(theme::dim(ui, axis.words(epoch)));
        if let Some(mark) = mark {
            ui.label(mark.change());
        }
        show_readings(ui, &readings, subject, shown);
        for line in references {
            let color = paint::reference_color(theme::tokens_of(ui), line.kind);
            let text = format!("{} {}", line.name, five_digits(line.value));
            ui.label(egui::RichText::new(text).color(color));
            ui.set_max_width(280.0);
            ui.label(theme::dim(ui, line.help.as_str()));
        }
    });
}

/// The lines that the pointer is on.
fn references<'a>(
    shown: &'a ShownTerms,
    transform: &PlotTransform,
    pointer: Pos2,
) -> Vec<&'a Reference> {
    /// How far from a line the pointer still means it, in points.
    const REACH: f32 = 5.0;
    let is_near = |line: &&Reference| {
        let y = transform.position_from_point_y(shown.scale.height(line.value));
        (y - pointer.y).abs() <= REACH // not where it has no height (NaN)
    };
    shown.references.iter().filter(is_near).collect()
}

fn readings(
    lines: &Lines,
    shown: &ShownTerms,
    transform: &PlotTransform,
    pointer: Pos2,
) -> Vec<LineReading> {
    let epoch = transform.value_from_position(pointer).x;
    let mut readings: Vec<LineReading> = lines
        .iter()
        .filter_map(|(key, curve)| {
            let point = curve.nearest(epoch, paint::slack(transform))?;
            Some(LineReading {
                key,
                value: shown.scale.value(point.y),
                distance: (transform.position_from_point_y(point.y) - pointer.y).abs(),
            })
        })
        .collect();
    // This run first, the objective before its terms, train beside test.
    readings.sort_by_key(|LineReading { key, .. }| (Reverse(key.source), key.term, key.split));
    readings
}

fn show_readings(
    ui: &mut Ui,
    readings: &[LineReading],
    subject: LossSubject<'_>,
    shown: &ShownTerms,
) {
    let several_terms = shown.terms.len() > 1;
    let distances = readings.iter().map(|reading| reading.distance);
    let nearest = distances.enumerate().min_by(|a, b| a.1.total_cmp(&b.1));
    let nearest = nearest.map(|(idx, _)| idx);
    // What shares an axis shares its unit.
    let objective = &subject.run.experiment.objective;
    let unit = objective.unit(shown.group.main_term()).text();
    egui::Grid::new("readings")
        .num_columns(4)
        .spacing(vec2(theme::space::S, 2.0))
        .min_row_height(0.0)
        .min_col_width(0.0)
        .show(ui, |ui| {
            for (idx, reading) in readings.iter().enumerate() {
                let tokens = theme::tokens_of(ui);
                let height = ui.text_style_height(&theme::text::BODY);
                let (swatch, _) =
                    ui.allocate_exact_size(vec2(SWATCH_WIDTH, height), Sense::hover());
                let color = paint::color(tokens, reading.key, shown);
                paint::swatch(ui.painter(), swatch, reading.key, shown, color);

                let name = name(reading.key, several_terms, subject.comparison.is_some());
                let value = five_digits(reading.value);
                if nearest == Some(idx) {
                    ui.label(theme::title(ui, name));
                    ui.label(theme::figure(ui, value));
                } else {
                    ui.label(egui::RichText::new(name).color(tokens.text_dim));
                    ui.label(theme::figure(ui, value).color(tokens.text_dim));
                }
                ui.label(theme::dim(ui, unit));
                ui.end_row();
            }
        });
}

/// `train`, `test L1 penalty`, `previous train`, `B test`.
fn name(key: LineKey, several_terms: bool, is_compared: bool) -> String {
    let mut name = match key.source {
        LineSource::Ghost => "previous ",
        LineSource::ComparisonRun => "B ",
        LineSource::Run if is_compared => "A ",
        LineSource::Run => "",
    }
    .to_owned();
    name.push_str(key.split.label());
    if several_terms {
        name.push(' ');
        name.push_str(key.term.label());
    }
    name
}
