//! Named recipes: which one, what it shows, where it comes from, what it should reach.

use egui::{Button, ComboBox, Label, RichText, Ui};
use egui_material_icons::icons::ICON_UNDO;

use super::Editor;
use crate::experiment::{Experiment, PresetId};
use crate::state::LabState;
use crate::ui::Action;
use crate::ui::theme::{self, text};

/// Says in the card's header that the recipe is no longer the preset, and offers the way back.
pub(super) fn modified_mark(ui: &mut Ui, state: &LabState, actions: &mut Vec<Action>) {
    let Some(id) = state.draft.preset.filter(|_| !state.draft.is_pristine()) else {
        return;
    };
    let content = (ICON_UNDO.rich_text().size(14.0), theme::dim(ui, "revert"));
    let title = id.preset().title;
    let revert = ui
        .add(Button::new(content).frame_when_inactive(false))
        .on_hover_text(format!("Back to “{title}” as it was; the seed stays"))
        .accessible_name("Revert to preset");
    if revert.clicked() {
        actions.push(Action::ChoosePreset(id));
    }
    let mark = RichText::new("modified")
        .text_style(text::SMALL)
        .color(theme::tokens_of(ui).warning);
    ui.label(mark)
        .on_hover_text(format!("Some settings differ from the preset “{title}”"));
}

/// The menu of presets and what there is to know about the chosen one.
pub(super) fn show(ui: &mut Ui, editor: &Editor<'_>, wishes: &mut Vec<Action>) {
    let draft: &Experiment = &editor.draft;
    let selected = draft.preset.map_or("own recipe", |id| id.preset().title);
    let response = ComboBox::from_id_salt("preset")
        .selected_text(RichText::new(selected).font(theme::medium(text::size::BODY)))
        .width(ui.available_width())
        .icon(theme::chevron)
        .show_ui(ui, |ui| {
            for id in PresetId::ALL {
                let preset = id.preset();
                let is_chosen = draft.preset == Some(id);
                let summary = theme::dim(ui, preset.experiment().architecture.summary());
                let button = Button::selectable(is_chosen, preset.title).right_text(summary);
                if ui.add(button).on_hover_text(preset.about).clicked() {
                    wishes.push(Action::ChoosePreset(id));
                }
            }
        })
        .response;
    response
        .on_hover_text(
            "A named recipe from the literature. Everything below follows it until you change it",
        )
        .accessible_name("preset");
    let Some(id) = draft.preset else {
        return;
    };
    let preset = id.preset();
    ui.add(Label::new(theme::dim(ui, preset.about)).wrap());
    let expected = format!("Expected: {}", preset.expected);
    ui.add(Label::new(theme::dim(ui, expected)).wrap())
        .on_hover_text("What a run of the unchanged preset is known to reach on MNIST");
    ui.add(Label::new(theme::dim(ui, format!("After {}", preset.source))).truncate())
        .on_hover_text(preset.source);
}
