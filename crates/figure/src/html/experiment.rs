//! The experiment in words: the formula, the preset and what differs from it, every setting.

use hourglass_experiment::field;
use hourglass_experiment::{Experiment, Piece, differences};

use super::texts::table;
use crate::escape::markup;
use crate::facts::Facts;
use crate::number;

/// What was trained, and how.
pub fn written(facts: &Facts) -> String {
    let experiment = &facts.experiment;
    format!(
        "<p class=\"formula\">{}</p>\n{}\n<p><strong>Network</strong> {}, {} parameters.</p>\n{}",
        formula(experiment),
        preset(facts),
        markup(&experiment.architecture.summary()),
        number::count_of(experiment.architecture.n_parameters()),
        settings(experiment)
    )
}

/// What training minimises: quantities in italics, what was set stands out.
fn formula(experiment: &Experiment) -> String {
    let pieces = experiment.formula().into_iter().map(|piece| {
        let text = markup(&number::piece(piece));
        match piece {
            Piece::Letter(_) => format!("<i>{text}</i>"),
            Piece::Squared => "<sup>2</sup>".to_owned(),
            Piece::Number(_) | Piece::Share(_) | Piece::Choice(_) => format!("<b>{text}</b>"),
            Piece::Sign(_) | Piece::TightSign(_) => text.replace('\n', "<br>"),
        }
    });
    pieces.collect()
}

/// Where it is from, and what was changed.
fn preset(facts: &Facts) -> String {
    let Some(id) = facts.experiment.preset else {
        return "<p>An experiment without a preset.</p>".to_owned();
    };
    let preset = id.preset();
    let mut text = format!(
        "<p><strong>Preset</strong> {id}: {}. {}.</p>\n<p class=\"note\">Source: {}.</p>",
        markup(preset.title),
        markup(preset.about.trim_end_matches('.')),
        markup(preset.source.trim_end_matches('.'))
    );
    let mut original = preset.experiment();
    original.fit_to(facts.data); // its images are no choice of its own
    let found = differences(&original, &facts.experiment);
    if found.is_empty() {
        text.push_str("<p>Every setting is as the preset has it.</p>");
        return text;
    }
    text.push_str("<p>Settings that differ from the preset:</p>");
    let rows = found.iter().map(|found| {
        [
            found.field.label.to_owned(),
            found.before.clone(),
            found.after.clone(),
        ]
    });
    text + &table(["setting", "preset", "this run"], rows)
}

/// Every setting with its value, in a drawer.
fn settings(experiment: &Experiment) -> String {
    let mut rows = Vec::new();
    for field in field::fields().filter(|field| field.is_shown(experiment)) {
        if let Some(value) = field.get(experiment) {
            rows.push([
                field.section.title().to_lowercase(),
                field.label.to_owned(),
                field.text_of(&value),
            ]);
        }
    }
    format!(
        "<details><summary>Every setting</summary>\n{}</details>",
        table(["part", "setting", "value"], rows.into_iter())
    )
}
