//! The legend of the loss: which curves are shown, and their newest values.

use egui::{Ui, Vec2};

use crate::experiment::Term;
use crate::state::RunState;
use crate::ui::legend::Entry;
use crate::ui::{number, theme};

use super::LossOptions;
use super::lines::{LineKey, Lines, Split, shown_terms};
use super::paint;

/// Width of the piece of line in a legend, in points.
const MARK_WIDTH: f32 = 16.0;

/// The entries that show and hide curves, with the newest values.
pub fn splits(ui: &mut Ui, options: &mut LossOptions, lines: &Lines, run: &RunState) {
    let tokens = theme::tokens_of(ui);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = Vec2::ZERO;
        for split in Split::ALL {
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
            let clicked = entry.show(ui, |painter, mark, opacity| {
                let places = vec![mark.left_center(), mark.right_center()];
                let color = theme::faint(paint::color(tokens, key), opacity);
                paint::stroke_line(painter, key, places, color);
            });
            *on ^= clicked.clicked();
        }
        if run.ghost.is_some() {
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
            let clicked = entry.show(ui, |painter, mark, opacity| {
                let places = vec![mark.left_center(), mark.right_center()];
                let color = theme::faint(tokens.ghost, opacity);
                paint::stroke_line(painter, key, places, color);
            });
            options.ghost ^= clicked.clicked();
        }
    });
}

/// The entries that show and hide terms; added from right to left, so the last comes first.
pub fn terms(ui: &mut Ui, options: &mut LossOptions, run: &RunState) {
    let terms = shown_terms(&run.history);
    if terms.len() < 2 {
        return;
    }
    ui.spacing_mut().item_spacing = Vec2::ZERO;
    for term in terms.into_iter().rev() {
        term_entry(ui, options, term);
    }
}

fn term_entry(ui: &mut Ui, options: &mut LossOptions, term: Term) {
    let hidden = options.hidden_terms.iter().position(|other| *other == term);
    let key = LineKey {
        is_current: true,
        split: Split::Train,
        term,
    };
    let entry = Entry {
        name: &format!("show {}", term.label()),
        text: term.label(),
        figure: "",
        on: hidden.is_none(),
        mark_width: MARK_WIDTH,
    };
    let color = theme::tokens_of(ui).text_dim;
    let response = entry.show(ui, |painter, mark, opacity| {
        let places = vec![mark.left_center(), mark.right_center()];
        paint::stroke_line(painter, key, places, theme::faint(color, opacity));
    });
    if response.clicked() {
        match hidden {
            Some(idx) => {
                options.hidden_terms.swap_remove(idx);
            }
            None => options.hidden_terms.push(term),
        }
    }
}

/// The newest value of a curve, smoothed as it is drawn.
#[must_use]
pub fn newest(lines: &Lines, options: &LossOptions, key: LineKey) -> Option<f64> {
    let [_, height] = *lines.get(key)?.smooth.last()?;
    Some(options.scale.value(height))
}
