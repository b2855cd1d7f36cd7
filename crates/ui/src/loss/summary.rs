//! The panel of the loss in words.

use super::curve::LossScale;
use super::lines::{LineKey, LineSource, Lines, Split};
use super::reference::Reference;
use super::subject::{LossSubject, ShownTerms};
use crate::number;
use crate::replay::moment_text;
use hourglass_experiment::Term;

fn key(source: LineSource, split: Split, term: Term) -> LineKey {
    LineKey {
        source,
        split,
        term,
    }
}

/// The key figures in words.
#[must_use]
pub fn summary(lines: &Lines, subject: LossSubject<'_>, shown: &ShownTerms) -> String {
    let run = subject.run;
    let terms = if shown.group.compares_networks() {
        shown.terms.clone()
    } else {
        vec![shown.group.main_term()]
    };
    let figures = terms.into_iter().flat_map(|term| {
        let unit = run.experiment.objective.unit(term);
        Split::ALL.into_iter().filter_map(move |split| {
            let value = lines.newest(key(LineSource::Run, split, term), shown)?;
            let value = number::three_digits(value);
            let name = if shown.group.compares_networks() {
                format!("{}, {}", term.label(), split.label())
            } else {
                split.label().to_owned()
            };
            Some(format!("{name} {value} {unit}"))
        })
    });
    let comparison = Split::ALL.into_iter().filter_map(|split| {
        let term = shown.group.main_term();
        let value = lines.newest(key(LineSource::ComparisonRun, split, term), shown)?;
        let unit = run.experiment.objective.unit(term);
        let value = number::three_digits(value);
        Some(format!("B {} {value} {unit}", split.label()))
    });
    let references = shown.references.iter().map(Reference::text);
    let marks = run.history.marks().iter();
    let marks = marks.map(|mark| format!("{} at epoch {:.2}", mark.change(), mark.epoch));
    let past = run.replay.past().map(|past| past.moment);
    let past = past.map(|moment| format!("replayed: {}", moment_text(moment)));
    let parts = figures.chain(comparison).chain(references).chain(marks);
    let parts: Vec<String> = parts.chain(past).collect();
    let axis = match shown.scale {
        LossScale::Log => "logarithmic",
        LossScale::Linear => "linear",
    };
    format!(
        "Loss: {}; {axis} axis, epoch {:.2}",
        parts.join(", "),
        run.epoch
    )
}
