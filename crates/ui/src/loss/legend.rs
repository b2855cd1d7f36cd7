//! The legend of the loss: which curves and lines are shown, and their newest values.

use egui::{Ui, Vec2};

use crate::legend::Entry;
use crate::number;
use crate::theme;
use hourglass_experiment::Term;

use super::lines::{LineKey, LineSource, Lines, Split};
use super::options::LossOptions;
use super::other_runs;
use super::paint::{self, MARK_WIDTH, with_line};
use super::reference::Reference;
use super::subject::{LossSubject, ShownTerms};

/// The entries that show and hide curves: the splits in their colours with their newest values, and the run
/// before; after them the reference lines.
pub fn splits(
    ui: &mut Ui,
    options: &mut LossOptions,
    lines: &Lines,
    subject: LossSubject<'_>,
    shown: &ShownTerms,
    references: &[Reference],
) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = Vec2::ZERO;
        for split in Split::ALL {
            split_entry(ui, options, lines, shown, split);
        }
        other_runs::entries(ui, options, lines, subject, shown);
        for line in references {
            reference_entry(ui, options, line);
        }
    });
}

/// Room that the splits need beside each other, in points.
#[must_use]
pub fn width_of_splits(
    ui: &Ui,
    options: &LossOptions,
    lines: &Lines,
    subject: LossSubject<'_>,
    shown: &ShownTerms,
) -> f32 {
    let splits = Split::ALL.into_iter().map(|split| {
        let figure = split_figure(lines, shown, split);
        split_of(split, "", &figure, options).width(ui)
    });
    splits.sum::<f32>() + other_runs::width(ui, options, lines, subject, shown)
}

/// What can be shown and hidden beside the splits.
pub struct LegendChoices<'a> {
    /// Terms, each in its kind of line; empty if there is only one.
    pub terms: Vec<Term>,
    /// Reference lines.
    pub references: &'a [Reference],
}

impl LegendChoices<'_> {
    /// Room that all need beside each other, in points.
    #[must_use]
    pub fn width(&self, ui: &Ui, lines: &Lines, shown: &ShownTerms) -> f32 {
        let terms = self.terms.iter().map(|&term| {
            let figure = term_figure(lines, shown, term);
            term_of(term, "", &figure, true).width(ui)
        });
        let references = self.references.iter();
        let references =
            references.map(|line| reference_of(line, "", &line.figure(), true).width(ui));
        terms.chain(references).sum()
    }

    /// Adds the entries. In a line of their own, or in the end of another where they fit there.
    pub fn show(&self, ui: &mut Ui, options: &mut LossOptions, lines: &Lines, shown: &ShownTerms) {
        ui.spacing_mut().item_spacing = Vec2::ZERO;
        if ui.layout().prefer_right_to_left() {
            for line in self.references.iter().rev() {
                reference_entry(ui, options, line);
            }
            for &term in self.terms.iter().rev() {
                term_entry(ui, options, lines, shown, term);
            }
        } else {
            for &term in &self.terms {
                term_entry(ui, options, lines, shown, term);
            }
            for line in self.references {
                reference_entry(ui, options, line);
            }
        }
    }
}

/// The terms that can be told apart in the legend.
#[must_use]
pub fn terms_to_choose(shown: &ShownTerms) -> Vec<Term> {
    if shown.terms.len() > 1 {
        shown.terms.clone()
    } else {
        Vec::new()
    }
}

fn split_entry(
    ui: &mut Ui,
    options: &mut LossOptions,
    lines: &Lines,
    shown: &ShownTerms,
    split: Split,
) {
    let figure = split_figure(lines, shown, split);
    let name = format!("show {} loss", split.label());
    let entry = split_of(split, &name, &figure, options);
    let tokens = theme::tokens_of(ui);
    let key = key_of(split, shown.group.main_term());
    let color = if shown.group.compares_networks() {
        paint::of_split(tokens.text_dim, split) // colours stand for the networks
    } else if shown.compares_runs {
        tokens.text_dim // colours stand for the runs
    } else {
        paint::color(tokens, key, shown)
    };
    let clicked = with_line(ui, &entry, key, shown, color).clicked();
    match split {
        Split::Train => options.train ^= clicked,
        Split::Test => options.test ^= clicked,
    }
}

fn split_of<'a>(split: Split, name: &'a str, figure: &'a str, options: &LossOptions) -> Entry<'a> {
    Entry {
        name,
        text: split.label(),
        figure,
        on: match split {
            Split::Train => options.train,
            Split::Test => options.test,
        },
        mark_width: MARK_WIDTH,
    }
}

/// The newest value of what the group is about; empty if two networks or two runs have one each.
fn split_figure(lines: &Lines, shown: &ShownTerms, split: Split) -> String {
    if shown.group.compares_networks() || shown.compares_runs {
        return String::new();
    }
    let newest = lines.newest(key_of(split, shown.group.main_term()), shown);
    newest.map_or(String::new(), number::three_digits)
}

fn term_entry(
    ui: &mut Ui,
    options: &mut LossOptions,
    lines: &Lines,
    shown: &ShownTerms,
    term: Term,
) {
    let hidden = options.hidden_terms.iter().position(|other| *other == term);
    let key = key_of(Split::Test, term);
    let name = format!("show {}", term.label());
    let figure = term_figure(lines, shown, term);
    let entry = term_of(term, &name, &figure, hidden.is_none());
    let tokens = theme::tokens_of(ui);
    let color = if shown.group.compares_networks() {
        paint::color(tokens, key, shown)
    } else {
        tokens.text_dim // the colours stand for the splits
    };
    if with_line(ui, &entry, key, shown, color).clicked() {
        match hidden {
            Some(idx) => {
                options.hidden_terms.swap_remove(idx);
            }
            None => options.hidden_terms.push(term),
        }
    }
}

/// The newest test value of a network that is compared with another.
fn term_figure(lines: &Lines, shown: &ShownTerms, term: Term) -> String {
    let newest = lines.newest(key_of(Split::Test, term), shown);
    let figure = newest.filter(|_| shown.group.compares_networks());
    figure.map_or(String::new(), number::three_digits)
}

fn term_of<'a>(term: Term, name: &'a str, figure: &'a str, on: bool) -> Entry<'a> {
    Entry {
        name,
        text: term.label(),
        figure,
        on,
        mark_width: MARK_WIDTH,
    }
}

fn reference_entry(ui: &mut Ui, options: &mut LossOptions, line: &Reference) {
    let hidden = options
        .hidden_references
        .iter()
        .position(|kind| *kind == line.kind);
    let name = format!("show line {}", line.name);
    let figure = line.figure();
    let entry = reference_of(line, &name, &figure, hidden.is_none());
    let color = paint::reference_color(theme::tokens_of(ui), line.kind);
    let response = entry.show(ui, |painter, mark, opacity| {
        paint::reference_swatch(painter, mark, theme::faint(color, opacity));
    });
    if response.on_hover_text(&line.help).clicked() {
        match hidden {
            Some(idx) => {
                options.hidden_references.swap_remove(idx);
            }
            None => options.hidden_references.push(line.kind),
        }
    }
}

fn reference_of<'a>(line: &'a Reference, name: &'a str, figure: &'a str, on: bool) -> Entry<'a> {
    Entry {
        name,
        text: &line.name,
        figure,
        on,
        mark_width: MARK_WIDTH,
    }
}

fn key_of(split: Split, term: Term) -> LineKey {
    LineKey {
        source: LineSource::Run,
        split,
        term,
    }
}
