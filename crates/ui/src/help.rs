//! The page of shortcuts and first steps.

use egui::{Frame, Grid, Id, Label, Margin, Modal, RichText, ScrollArea, Stroke, Ui};

use super::Action;
use super::shortcuts::{self, Shortcut};
use super::theme::{self, space, text};

/// Width of the page, in points; a window of 900 points has room for it.
const WIDTH: f32 = 620.0;
/// Longest line of a shortcut's text, in points.
const TEXT: f32 = 190.0;
/// Height of what stands around the part that scrolls, in points.
const AROUND: f32 = 200.0;

/// First steps, in the order a newcomer takes them.
const FIRST_STEPS: [&str; 3] = [
    "Press Space: the network learns to squeeze each digit through its code and to rebuild it",
    "Watch the loss fall, the digits sharpen and the latent cloud unfold; change noise, penalty or learning \
     rate on the way",
    "Choose another preset on the left, or a code of 2 units, and compare: the run before stays as a ghost",
];

/// Shows the page over everything else.
pub fn show(ui: &Ui, actions: &mut Vec<Action>) {
    let frame = Frame::popup(ui.style()).inner_margin(22).corner_radius(12);
    let height = ui.ctx().content_rect().height() - AROUND;
    let modal = Modal::new(Id::unique("help"))
        .frame(frame)
        .show(ui.ctx(), |ui| {
            ui.set_width(WIDTH);
            ui.heading("Hourglass");
            ui.label(theme::dim(ui, "A laboratory for autoencoders"));
            ui.add_space(space::S);
            ScrollArea::vertical().max_height(height).show(ui, body);
            ui.add_space(space::S);
            ui.vertical_centered_justified(|ui| {
                let close = ui.button("Close").on_hover_text("Back to the window (Esc)");
                close.clicked()
            })
            .inner
        });
    if modal.inner || modal.should_close() {
        actions.push(Action::ShowHelp(false));
    }
}

fn body(ui: &mut Ui) {
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
    let rest =
        "Rest the pointer on any control to read what it is, what it does, and what is typical";
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
