//! The page of shortcuts and first steps.

use egui::{Id, Modal, Ui};

use super::theme::{self, space, text};
use super::{Action, shortcuts};

/// First steps, in the order a newcomer takes them.
const FIRST_STEPS: [&str; 3] = [
    "Press Space: the network learns to squeeze each digit through its code and to rebuild it",
    "Watch the loss fall, the digits sharpen and the latent cloud unfold; change noise, penalty or learning \
     rate on the way",
    "Choose another preset on the left, or a code of 2 units, and compare: the run before stays as a ghost",
];

/// What the page needs beside the keys, in points.
const AROUND_KEYS: f32 = 350.0;

/// Shows the page over everything else.
pub fn show(ui: &mut Ui, actions: &mut Vec<Action>) {
    let frame = egui::Frame::popup(ui.style())
        .inner_margin(22)
        .corner_radius(12);
    let modal = Modal::new(Id::unique("help"))
        .frame(frame)
        .show(ui.ctx(), |ui| {
            ui.set_width(400.0);
            ui.heading("Hourglass");
            ui.label(theme::dim(ui, "A laboratory for autoencoders"));
            ui.add_space(space::M);
            for (idx, step) in FIRST_STEPS.iter().enumerate() {
                ui.horizontal_top(|ui| {
                    ui.label(theme::figure(ui, format!("{}", idx + 1)));
                    ui.add(egui::Label::new(*step).wrap());
                });
            }
            ui.add_space(space::M);
            ui.label(theme::group(ui, "Keyboard"));
            let room = ui.ctx().content_rect().height() - AROUND_KEYS;
            egui::ScrollArea::vertical()
                .max_height(room.max(100.0))
                .show(ui, keyboard_table);
            ui.add_space(space::M);
            ui.label(theme::dim(
            ui,
            "Rest the pointer on any control to read what it is, what it does, and what is typical",
        ));
            ui.add_space(space::S);
            ui.vertical_centered_justified(|ui| ui.button("Close").clicked())
                .inner
        });
    if modal.inner || modal.should_close() {
        actions.push(Action::ShowHelp(false));
    }
}

fn keyboard_table(ui: &mut Ui) {
    let t = theme::tokens_of(ui);
    egui::Grid::new("keyboard")
        .num_columns(2)
        .spacing([space::L, space::XS])
        .show(ui, |ui| {
            for shortcut in &shortcuts::ALL {
                let keys = ui.ctx().format_shortcut(&shortcut.keys);
                ui.horizontal(|ui| {
                    egui::Frame::new()
                        .fill(t.control)
                        .stroke(egui::Stroke::new(1.0, t.control_border))
                        .corner_radius(4)
                        .inner_margin(egui::Margin::symmetric(6, 1))
                        .show(ui, |ui| {
                            ui.label(egui::RichText::new(keys).text_style(text::FIGURE));
                        });
                });
                ui.label(shortcut.text);
                ui.end_row();
            }
        });
}
