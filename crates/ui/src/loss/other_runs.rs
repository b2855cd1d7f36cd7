//! The legend of what is drawn beside the run in progress: the run before it as a ghost, or the comparison run of a comparison.

use egui::Ui;

use crate::legend::Entry;
use crate::number;
use crate::theme;
use hourglass_experiment::Term;
use hourglass_state::{Ghost, difference};

use super::group::terms_of;
use super::lines::{LineKey, LineSource, Lines, Split};
use super::options::LossOptions;
use super::paint::{self, MARK_WIDTH, with_line};
use super::subject::{LossSubject, ShownTerms};

/// The entries that show and hide the other run, if there is one, or both that are compared.
pub fn entries(
    ui: &mut Ui,
    options: &mut LossOptions,
    lines: &Lines,
    subject: LossSubject<'_>,
    shown: &ShownTerms,
) {
    match (subject.comparison, &subject.run.ghost) {
        (Some(_), _) if shown.compares_runs => {
            compared_entries(ui, options, lines, subject, shown);
        }
        (Some(_), _) => comparison_entry(ui, options, subject, shown),
        (None, Some(ghost)) if shows_ghost(ghost, subject, shown) => {
            ghost_entry(ui, options, ghost, subject, shown);
        }
        (None, _) => {}
    }
}

/// Their width, in points; 0 where there is none.
#[must_use]
pub fn width(
    ui: &Ui,
    options: &LossOptions,
    lines: &Lines,
    subject: LossSubject<'_>,
    shown: &ShownTerms,
) -> f32 {
    match (subject.comparison, &subject.run.ghost) {
        (Some(_), _) if shown.compares_runs => {
            let texts = ["A".to_owned(), comparison_text(subject)];
            let entries = SIDES.into_iter().zip(&texts).map(|(source, text)| {
                let figure = figure(source, lines, shown);
                side_of(options, source, text, &figure).width(ui)
            });
            entries.sum()
        }
        (Some(_), _) => {
            let text = comparison_text(subject);
            side_of(options, LineSource::ComparisonRun, &text, "").width(ui)
        }
        (None, Some(ghost)) if shows_ghost(ghost, subject, shown) => ghost_of(options).width(ui),
        (None, _) => 0.0,
    }
}

/// A and B, in this order.
const SIDES: [LineSource; 2] = [LineSource::Run, LineSource::ComparisonRun];

/// Both runs in their colours, each with the newest value of the same quantity.
fn compared_entries(
    ui: &mut Ui,
    options: &mut LossOptions,
    lines: &Lines,
    subject: LossSubject<'_>,
    shown: &ShownTerms,
) {
    let term = shown.group.main_term();
    let words = subject.state.comparison_difference().unwrap_or_default();
    let texts = ["A".to_owned(), comparison_text(subject)];
    for (source, text) in SIDES.into_iter().zip(&texts) {
        let key = LineKey {
            source,
            split: Split::Test,
            term,
        };
        let figure = figure(source, lines, shown);
        let color = paint::color(theme::tokens_of(ui), key, shown);
        let entry = side_of(options, source, text, &figure);
        let response = with_line(ui, &entry, key, shown, color);
        let clicked = response.clicked();
        let what = term.label();
        match source {
            LineSource::ComparisonRun => {
                options.comparison ^= clicked;
                response.on_hover_text(format!(
                    "B, the comparison run: {words}. Beside it its test {what}"
                ));
            }
            LineSource::Run | LineSource::Ghost => {
                options.run_a ^= clicked;
                response
                    .on_hover_text(format!("A, the run in progress. Beside it its test {what}"));
            }
        }
    }
}

/// The newest test value of a side.
fn figure(source: LineSource, lines: &Lines, shown: &ShownTerms) -> String {
    let key = LineKey {
        source,
        split: Split::Test,
        term: shown.group.main_term(),
    };
    let newest = lines.newest(key, shown);
    newest.map_or(String::new(), number::three_digits)
}

/// Whether the run before has a curve among those that are shown.
fn shows_ghost(ghost: &Ghost, subject: LossSubject<'_>, shown: &ShownTerms) -> bool {
    let terms = terms_of(shown.group, &ghost.history);
    terms.into_iter().any(|term| subject.draws_ghost(term))
}

fn ghost_entry(
    ui: &mut Ui,
    options: &mut LossOptions,
    ghost: &Ghost,
    subject: LossSubject<'_>,
    shown: &ShownTerms,
) {
    let key = LineKey {
        source: LineSource::Ghost,
        split: Split::Train,
        term: Term::Objective,
    };
    let color = theme::tokens_of(ui).ghost;
    let response = with_line(ui, &ghost_of(options), key, shown, color);
    options.ghost ^= response.clicked();
    let run = &subject.run.experiment;
    let words = match difference(&ghost.experiment, run) {
        words if words.is_empty() => "the same experiment".to_owned(),
        words => words,
    };
    response.on_hover_text(format!("The previous run: {words}"));
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

/// B where it is told from A by its dashes, or cannot be drawn.
fn comparison_entry(
    ui: &mut Ui,
    options: &mut LossOptions,
    subject: LossSubject<'_>,
    shown: &ShownTerms,
) {
    let term = shown.group.main_term();
    let key = LineKey {
        source: LineSource::ComparisonRun,
        split: Split::Test,
        term,
    };
    let color = theme::tokens_of(ui).test;
    let text = comparison_text(subject);
    let entry = side_of(options, LineSource::ComparisonRun, &text, "");
    let response = with_line(ui, &entry, key, shown, color);
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

fn side_of<'a>(
    options: &LossOptions,
    source: LineSource,
    text: &'a str,
    figure: &'a str,
) -> Entry<'a> {
    let (name, on) = match source {
        LineSource::ComparisonRun => ("show B", options.comparison),
        LineSource::Run | LineSource::Ghost => ("show A", options.run_a),
    };
    Entry {
        name,
        text,
        figure,
        on,
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
