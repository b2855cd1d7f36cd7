//! What the panel shows of which runs, and the same in words.

use crate::number;
use crate::replay::moment_text;
use hourglass_experiment::Term;
use hourglass_state::{LabState, RunState};

use super::LossOptions;
use super::curve::LossScale;
use super::group::{Group, terms_of};
use super::legend;
use super::lines::{LineSource, Lines, Split};
use super::reference::Reference;

/// What the panel is about.
#[derive(Clone, Copy)]
pub struct LossSubject<'a> {
    pub state: &'a LabState,
    pub run: &'a RunState,
    /// B, where two runs are compared.
    pub comparison: Option<&'a RunState>,
}

impl LossSubject<'_> {
    /// Whether the run before can be drawn on the axis of a term: it may have counted in another unit. While two runs
    /// are compared, a third would be one too many.
    #[must_use]
    pub fn draws_ghost(self, term: Term) -> bool {
        let ghost = self.run.ghost.as_ref();
        let fits = ghost.is_some_and(|ghost| ghost.counts_as(&self.run.experiment, term));
        fits && self.comparison.is_none()
    }

    /// Whether the comparison run can be drawn on the axis of a term.
    #[must_use]
    pub fn draws_comparison(self, term: Term) -> bool {
        let unit = |run: &RunState| run.experiment.objective.unit(term);
        self.comparison
            .is_some_and(|comparison| unit(comparison) == unit(self.run))
    }
}

/// What the panel shows of a run, found once for each frame.
#[derive(Debug)]
pub struct ShownTerms {
    pub group: Group,
    pub terms: Vec<Term>,
    pub scale: LossScale,
    /// The reference lines, except those that are hidden.
    pub references: Vec<Reference>,
}

impl ShownTerms {
    /// Finds it; `all` are all reference lines.
    #[must_use]
    pub fn of(group: Group, options: &LossOptions, run: &RunState, all: &[Reference]) -> Self {
        let is_shown = |line: &&Reference| !options.hidden_references.contains(&line.kind);
        Self {
            group,
            terms: terms_of(group, &run.history),
            scale: if group.is_share() {
                LossScale::Linear
            } else {
                options.scale
            },
            references: all.iter().filter(is_shown).cloned().collect(),
        }
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
            let value = legend::newest(lines, shown, split, term)?;
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
        let value = legend::newest_of(LineSource::ComparisonRun, lines, shown, split, term)?;
        let unit = run.experiment.objective.unit(term);
        let value = number::three_digits(value);
        Some(format!("B {} {value} {unit}", split.label()))
    });
    let references = shown.references.iter().map(Reference::text);
    let marks = run.history.marks().iter();
    let marks = marks.map(|mark| format!("{} at epoch {:.2}", mark.change, mark.epoch));
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
