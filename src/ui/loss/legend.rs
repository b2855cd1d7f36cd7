//! The legend of the loss: which curves are shown, and their newest values.

use egui::{Response, Ui, Vec2};

use crate::experiment::Term;
use crate::state::RunState;
use crate::ui::legend::Entry;
use crate::ui::number;
use crate::ui::theme;

use super::LossOptions;
use super::lines::{LineKey, Lines, Split, shown_terms};
use super::paint;

/// Width of the piece of line in a legend, in points.
const MARK_WIDTH: f32 = 16.0;

/// The entries that show and hide curves: the splits in their colours with their newest values, and the run
/// before.
pub fn splits(ui: &mut Ui, options: &mut LossOptions, lines: &Lines, run: &RunState) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = Vec2::ZERO;
        for split in Split::ALL {
            split_entry(ui, options, lines, split);
        }
        if run.ghost.is_some() {
            ghost_entry(ui, options);
        }
    });
}

/// The entries that show and hide terms, each in its kind of line. In a line of its own, or in the end of
/// another where they fit there.
pub fn terms(ui: &mut Ui, options: &mut LossOptions, run: &RunState) {
    ui.spacing_mut().item_spacing = Vec2::ZERO;
    let mut terms = terms_to_choose(run);
    if ui.layout().prefer_right_to_left() {
        terms.reverse();
    }
    for term in terms {
        term_entry(ui, options, term);
    }
}

/// Room that the terms need beside each other, in points; 0 where there is nothing to choose.
#[must_use]
pub fn width_of_terms(ui: &Ui, run: &RunState) -> f32 {
    let terms = terms_to_choose(run).into_iter();
    terms.map(|term| entry_of(term, "", true).width(ui)).sum()
}

fn terms_to_choose(run: &RunState) -> Vec<Term> {
    let terms = shown_terms(&run.history);
    if terms.len() > 1 { terms } else { Vec::new() }
}

fn split_entry(ui: &mut Ui, options: &mut LossOptions, lines: &Lines, split: Split) {
    let key = LineKey {
        is_current: true,
        split,
        term: Term::Objective,
    };
    let figure = newest(lines, options, key).map_or(String::new(), number::three_digits);
    let on = match split {
        Split::Train => &mut options.train,
        Split::Test => &mut options.test,
    };
    let entry = Entry {
        name: &format!("show {} loss", split.label()),
        text: split.label(),
        figure: &figure,
        on: *on,
        mark_width: MARK_WIDTH,
    };
    let color = paint::color(theme::tokens_of(ui), key);
    *on ^= with_line(ui, &entry, key, color).clicked();
}

fn ghost_entry(ui: &mut Ui, options: &mut LossOptions) {
    let key = LineKey {
        is_current: false,
        split: Split::Train,
        term: Term::Objective,
    };
    let entry = Entry {
        name: "show previous run",
        text: "previous run",
        figure: "",
        on: options.ghost,
        mark_width: MARK_WIDTH,
    };
    let color = paint::color(theme::tokens_of(ui), key);
    options.ghost ^= with_line(ui, &entry, key, color).clicked();
}

fn term_entry(ui: &mut Ui, options: &mut LossOptions, term: Term) {
    let hidden = options.hidden_terms.iter().position(|other| *other == term);
    let key = LineKey {
        is_current: true,
        split: Split::Train,
        term,
    };
    let name = format!("show {}", term.label());
    let entry = entry_of(term, &name, hidden.is_none());
    // The colours stand for the splits.
    let color = theme::tokens_of(ui).text_dim;
    if with_line(ui, &entry, key, color).clicked() {
        match hidden {
            Some(idx) => {
                options.hidden_terms.swap_remove(idx);
            }
            None => options.hidden_terms.push(term),
        }
    }
}

fn entry_of(term: Term, name: &str, on: bool) -> Entry<'_> {
    Entry {
        name,
        text: term.label(),
        figure: "",
        on,
        mark_width: MARK_WIDTH,
    }
}

fn with_line(ui: &mut Ui, entry: &Entry<'_>, key: LineKey, color: egui::Color32) -> Response {
    entry.show(ui, |painter, mark, opacity| {
        paint::swatch(painter, mark, key, theme::faint(color, opacity));
    })
}

/// The newest value of a curve, smoothed as it is drawn.
#[must_use]
pub fn newest(lines: &Lines, options: &LossOptions, key: LineKey) -> Option<f64> {
    let point = lines.get(key)?.smooth.last()?;
    Some(options.scale.value(point.y))
}
