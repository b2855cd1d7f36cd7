//! A field for a path that is typed or pasted: for machines without a file dialog, and for people who prefer it.

use egui::text::{CCursor, CCursorRange};
use egui::text_edit::TextEditOutput;
use egui::{Button, Id, Key, Label, Modal, TextEdit, Ui};

use super::theme::{self, space};
use super::{Action, PathAction};

/// Width of the dialog, in points.
const WIDTH: f32 = 460.0;

/// The dialog with the field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PathField {
    /// What is asked for.
    pub title: String,
    /// The name of the button that takes the path.
    pub verb: &'static str,
    /// What stands in the field.
    pub text: String,
    /// Why the text was not taken.
    pub problem: Option<String>,
    /// The text that names a file which exists and would be replaced.
    pub replaces: Option<String>,
    /// Whether it was shown before.
    pub was_shown: bool,
}

impl PathField {
    /// Shows the dialog. Enter takes the path, Escape leaves it.
    pub fn ui(&mut self, ui: &Ui, actions: &mut Vec<Action>) {
        let frame = egui::Frame::popup(ui.style())
            .inner_margin(20)
            .corner_radius(12);
        let modal = Modal::new(Id::unique("typed-path")).frame(frame);
        let mut action = None;
        let shown = modal.show(ui.ctx(), |ui| {
            ui.set_width(WIDTH);
            ui.heading(&self.title);
            ui.add_space(space::XS);
            let help = "Type or paste a path; ~ is your home folder";
            ui.add(Label::new(theme::dim(ui, help)).wrap());
            ui.add_space(space::S);
            self.field(ui);
            if let Some(problem) = &self.problem {
                ui.add_space(space::XS);
                let color = theme::tokens_of(ui).error;
                ui.add(Label::new(egui::RichText::new(problem).color(color)).wrap());
            }
            ui.add_space(space::M);
            action = self.buttons(ui);
        });
        if shown.should_close() {
            action = Some(PathAction::Cancel);
        }
        actions.extend(action.map(Action::from));
    }

    fn field(&mut self, ui: &mut Ui) {
        let field = TextEdit::singleline(&mut self.text)
            .id_salt("typed-path-text")
            .desired_width(f32::INFINITY)
            .hint_text("~/folder/name");
        let shown = field.show(ui);
        if !std::mem::replace(&mut self.was_shown, true) {
            select_all(ui, &shown, &self.text);
        }
        let response = shown.response.response;
        let response = response.on_hover_text("The path of a file or folder");
        if response.changed() {
            self.problem = None;
            self.replaces = None;
        }
        if ui.memory(|memory| memory.focused().is_none()) {
            response.request_focus();
        }
        response.accessible_name("Path");
    }

    fn buttons(&self, ui: &mut Ui) -> Option<PathAction> {
        let replaces = self.replaces.as_ref() == Some(&self.text);
        let (verb, help) = if replaces {
            ("Replace", "Overwrites the existing file (Enter)")
        } else {
            (self.verb, "Uses this path (Enter)")
        };
        let mut action = None;
        ui.horizontal(|ui| {
            let can_take = !self.text.trim().is_empty();
            let take = ui
                .add_enabled(can_take, Button::new(verb))
                .on_hover_text(help)
                .on_disabled_hover_text("Type a path first");
            let enter = can_take && ui.input(|input| input.key_pressed(Key::Enter));
            if take.clicked() || enter {
                action = Some(if replaces {
                    PathAction::Replace(self.text.clone())
                } else {
                    PathAction::Take(self.text.clone())
                });
            }
            let cancel = ui
                .button("Cancel")
                .on_hover_text("Changes nothing (Escape)");
            if cancel.clicked() || (cancel.has_focus() && enter) {
                action = Some(PathAction::Cancel);
            }
        });
        action
    }
}

/// Selects what stands in the field, so that a path that is pasted or typed takes its place.
fn select_all(ui: &Ui, shown: &TextEditOutput, text: &str) {
    let mut state = shown.state.clone();
    let all = CCursorRange::two(CCursor::new(0), CCursor::new(text.chars().count()));
    state.cursor.set_char_range(Some(all));
    state.store(ui.ctx(), shown.response.response.id);
}
