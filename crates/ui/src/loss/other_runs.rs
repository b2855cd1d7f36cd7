//! The legend of what is drawn beside the run in progress: the run before it as a ghost, or the comparison run of a comparison.

use egui::Ui;

use crate::legend::Entry;
use crate::theme;
use hourglass_experiment::Term;
use hourglass_state::{Ghost, difference};

use super::lines::{LineKey, LineSource, Split};
use super::options::LossOptions;
use super::paint::{MARK_WIDTH, with_line};
use super::subject::LossSubject;

/// The entry that shows and hides the other run, if there is one; `term` is what the curves are about.
pub fn entry(ui: &mut Ui, options: &mut LossOptions, subject: LossSubject<'_>, term: Term) {
    match (subject.comparison, &subject.run.ghost) {
        (Some(_), _) => comparison_entry(ui, options, subject, term),
        (None, Some(ghost)) => ghost_entry(ui, options, ghost, subject, term),
        (None, None) => {}
    }
}

/// Its width, in points; 0 where there is none.
#[must_use]
pub fn width(ui: &Ui, options: &LossOptions, subject: LossSubject<'_>) -> f32 {
    match (subject.comparison, &subject.run.ghost) {
        (Some(_), _) => comparison_of(options, &comparison_text(subject)).width(ui),
        (None, Some(_)) => ghost_of(options).width(ui),
        (None, None) => 0.0,
    }
}

fn ghost_entry(
    ui: &mut Ui,
    options: &mut LossOptions,
    ghost: &Ghost,
    subject: LossSubject<'_>,
    term: Term,
) {
    let key = LineKey {
        source: LineSource::Ghost,
        split: Split::Train,
        term: Term::Objective,
    };
    let color = theme::tokens_of(ui).ghost;
    let response = with_line(ui, &ghost_of(options), key, color);
    options.ghost ^= response.clicked();
    let run = &subject.run.experiment;
    let words = match difference(&ghost.experiment, run) {
        words if words.is_empty() => "the same experiment".to_owned(),
        words => words,
    };
    let unit = ghost.experiment.objective.unit(term);
    response.on_hover_text(if ghost.counts_as(run, term) {
        format!("The previous run: {words}")
    } else {
        format!("The previous run: {words}. It used a different unit, {unit}, and is not drawn")
    });
}

/// A longer difference is cut: the strip above has all of it.
const MOST_CHARS: usize = 32;

/// `B: learning rate 0.003`
fn comparison_text(subject: LossSubject<'_>) -> String {
    let words = subject.state.comparison_difference().unwrap_or_default();
    if words.chars().count() > MOST_CHARS {
        let start: String = words.chars().take(MOST_CHARS).collect();
        format!("B: {}…", start.trim_end())
    } else {
        format!("B: {words}")
    }
}

fn comparison_entry(ui: &mut Ui, options: &mut LossOptions, subject: LossSubject<'_>, term: Term) {
    let key = LineKey {
        source: LineSource::ComparisonRun,
        split: Split::Test,
        term,
    };
    let color = theme::tokens_of(ui).test;
    let text = comparison_text(subject);
    let response = with_line(ui, &comparison_of(options, &text), key, color);
    options.comparison ^= response.clicked();
    let words = subject.state.comparison_difference().unwrap_or_default();
    response.on_hover_text(if subject.draws_comparison(term) {
        format!("B is dashed, A is solid. B: {words}")
    } else {
        format!(
            "B uses a different unit and is not drawn: compare the test errors above. B: {words}"
        )
    });
}

fn comparison_of<'a>(options: &LossOptions, text: &'a str) -> Entry<'a> {
    Entry {
        name: "show B",
        text,
        figure: "",
        on: options.comparison,
        mark_width: MARK_WIDTH,
    }
}

fn ghost_of(options: &LossOptions) -> Entry<'static> {
    Entry {
        name: "show previous run",
        text: "previous run",
        figure: "",
        on: options.ghost,
        mark_width: MARK_WIDTH,
    }
}
