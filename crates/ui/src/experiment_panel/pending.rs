//! The bar that says that changes wait for a new model.

use egui::{Button, Frame, Label, Ui};

use super::editor::Editor;
use crate::Action;
use crate::card::NOTE_MARGIN;
use crate::theme::{self, space};

/// Shows the bar with Apply and Discard.
pub(super) fn show(ui: &mut Ui, editor: &Editor<'_>, actions: &mut Vec<Action>) {
    let t = theme::tokens_of(ui);
    let is_valid = editor.problems.is_empty();
    Frame::new()
        .fill(t.warning_soft)
        .corner_radius(6)
        .inner_margin(NOTE_MARGIN)
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            let words = "Changes need a new model";
            ui.add(
                Label::new(egui::RichText::new(words).font(theme::medium(theme::text::size::BODY)))
                    .wrap(),
            );
            ui.horizontal(|ui| {
                let apply = ui
                    .add_enabled(is_valid, Button::new("Apply (discards training)"))
                    .on_hover_text(
                        "Starts a new model with all changes; what was learned so far is lost",
                    )
                    .on_disabled_hover_text("First correct the settings marked below");
                if apply.clicked() {
                    actions.push(Action::ApplyDraft);
                }
                let discard = ui
                    .button("Discard")
                    .on_hover_text("Back to the experiment of the run");
                if discard.clicked() {
                    actions.push(Action::DiscardDraft);
                }
            });
        });
    ui.add_space(space::S);
}
