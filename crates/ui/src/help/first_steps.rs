//! The page of shortcuts and first steps.

use egui::{Frame, Grid, Label, Margin, RichText, Stroke, Ui};

use crate::shortcuts::{self, Shortcut};
use crate::theme::{self, space, text};

/// Longest line of a shortcut's text, in points.
const TEXT: f32 = 190.0;

/// First steps, in the order a newcomer takes them.
const FIRST_STEPS: [&str; 3] = [
    "Press Space: the network learns to compress each image into a small code and to reconstruct it",
    "Watch the loss fall, the digits sharpen and the latent space unfold; change noise, penalty or learning \
     rate as it trains",
    "Choose another preset on the left, or a code of 2 units, and compare: the previous run stays as a ghost",
];

/// Draws the page.
pub(super) fn show(ui: &mut Ui) {
    for (idx, step) in FIRST_STEPS.iter().enumerate() {
        ui.horizontal_top(|ui| {
            ui.label(theme::figure(ui, format!("{}", idx + 1)));
            ui.add(Label::new(*step).wrap());
        });
    }
    ui.add_space(space::M);
    ui.label(theme::group(ui, "Keyboard"));
    let all: &'static [Shortcut] = &shortcuts::ALL;
    let (left, right) = all.split_at(all.len().div_ceil(2));
    ui.columns(2, |columns| {
        for (column, shortcuts) in columns.iter_mut().zip([left, right]) {
            keyboard_table(column, shortcuts);
        }
    });
    ui.add_space(space::M);
    let rest = "Hover over any control to read what it is, what it does, and what is typical";
    ui.add(Label::new(theme::dim(ui, rest)).wrap());
}

fn keyboard_table(ui: &mut Ui, shortcuts: &[Shortcut]) {
    let t = theme::tokens_of(ui);
    Grid::new(("keyboard", shortcuts.first().map(|first| first.text)))
        .num_columns(2)
        .max_col_width(TEXT)
        .spacing([space::M, space::XS])
        .show(ui, |ui| {
            for shortcut in shortcuts {
                let keys = shortcut.keys_text(ui.ctx());
                ui.horizontal(|ui| {
                    Frame::new()
                        .fill(t.control)
                        .stroke(Stroke::new(1.0, t.control_border))
                        .corner_radius(4)
                        .inner_margin(Margin::symmetric(6, 1))
                        .show(ui, |ui| {
                            ui.label(RichText::new(keys).text_style(text::FIGURE));
                        });
                });
                ui.add(Label::new(shortcut.text).wrap());
                ui.end_row();
            }
        });
}
