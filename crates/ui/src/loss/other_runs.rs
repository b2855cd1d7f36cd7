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
            let sides = sides(lines, subject, shown);
            let widths = sides.map(|side| side.entry(options).width(ui));
            widths.iter().sum()
        }
        (Some(_), _) => {
            let text = comparison_text(subject);
            side_of(options, LineSource::ComparisonRun, &text, "").width(ui)
        }
        (None, Some(ghost)) if shows_ghost(ghost, subject, shown) => ghost_of(options).width(ui),
        (None, _) => 0.0,
    }
}

/// One of two runs that are compared.
struct Side {
    source: LineSource,
    /// What it is called.
    text: String,
    /// Its newest test value.
    figure: String,
}

impl Side {
    fn entry(&self, options: &LossOptions) -> Entry<'_> {
        side_of(options, self.source, &self.text, &self.figure)
    }
}

/// A and B, each with the newest value of the same quantity.
fn sides(lines: &Lines, subject: LossSubject<'_>, shown: &ShownTerms) -> [Side; 2] {
    let sides = [
        (LineSource::Run, "A".to_owned()),
        (LineSource::ComparisonRun, comparison_text(subject)),
    ];
    sides.map(|(source, text)| {
        let newest = lines.newest(test_key(source, shown), shown);
        Side {
            source,
            text,
            figure: newest.map_or(String::new(), number::three_digits),
        }
    })
}

/// The curve that two runs are compared by.
fn test_key(source: LineSource, shown: &ShownTerms) -> LineKey {
    LineKey {
        source,
        split: Split::Test,
        term: shown.group.main_term(),
    }
}

/// Both runs in their colours.
fn compared_entries(
    ui: &mut Ui,
    options: &mut LossOptions,
    lines: &Lines,
    subject: LossSubject<'_>,
    shown: &ShownTerms,
) {
    let what = shown.group.main_term().label();
    let words = subject.state.comparison_difference().unwrap_or_default();
    for side in sides(lines, subject, shown) {
        let key = test_key(side.source, shown);
        let color = paint::color(theme::tokens_of(ui), key, shown);
        let response = with_line(ui, &side.entry(options), key, shown, color);
        let (name, is_shown) = match side.source {
            LineSource::ComparisonRun => {
                let name = format!("B, the comparison run: {words}");
                (name, &mut options.comparison)
            }
            LineSource::Run | LineSource::Ghost => {
                ("A, the run in progress".to_owned(), &mut options.run_a)
            }
        };
        *is_shown ^= response.clicked();
        response.on_hover_text(format!("{name}. The number is its {what} on test images"));
    }
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
    let key = test_key(LineSource::ComparisonRun, shown);
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
