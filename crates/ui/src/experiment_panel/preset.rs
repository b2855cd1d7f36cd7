//! Named experiments: which one, what it shows, where it comes from, what it should reach.

use egui::{Button, ComboBox, Label, RichText, Ui};
use egui_material_icons::icons::{ICON_MENU_BOOK, ICON_UNDO};

use super::editor::Editor;
use crate::Sheet;
use crate::shortcuts::{ShortcutAction, key_of};
use crate::theme::{self, space, text};
use crate::{Action, GuideAction};
use hourglass_experiment::{Experiment, PresetId, Prior};

/// Height of the menu, in points: egui gives a menu no more, and the rest is scrolled.
const MENU_HEIGHT: f32 = 400.0;

/// Width of the button beside the menu: an icon of 16 points between paddings, in points.
const BOOK_WIDTH: f32 = 32.0;

/// What a variant's title is set in by, under the preset that it varies.
const VARIANT: &str = "    ";

/// Says in the card's header that the experiment is no longer the preset, and offers the way back.
pub(super) fn modified_mark(ui: &mut Ui, draft: &Experiment, actions: &mut Vec<Action>) {
    let Some(id) = draft.preset.filter(|_| !draft.is_pristine()) else {
        return;
    };
    let content = (ICON_UNDO.rich_text().size(14.0), theme::dim(ui, "revert"));
    let title = id.preset().title;
    let revert = ui
        .add(Button::new(content).frame_when_inactive(false))
        .on_hover_text(format!("Restores “{title}”; the seed is kept"))
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

/// Presets of one kind, in the menu under one heading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Group {
    OneLayer,
    Penalties,
    Denoising,
    Deep,
    Variational,
    Adversarial,
}

impl Group {
    const ALL: [Self; 6] = [
        Self::OneLayer,
        Self::Penalties,
        Self::Denoising,
        Self::Deep,
        Self::Variational,
        Self::Adversarial,
    ];

    fn label(self) -> &'static str {
        match self {
            Self::OneLayer => "One hidden layer",
            Self::Penalties => "Penalties on the code",
            Self::Denoising => "Denoising",
            Self::Deep => "Deeper",
            Self::Variational => "Variational",
            Self::Adversarial => "Adversarial",
        }
    }

    /// Follows from the experiment, so that a new preset finds its place by itself.
    fn of(experiment: &Experiment) -> Self {
        let objective = &experiment.objective;
        match (&objective.prior, &experiment.architecture) {
            (Prior::Variational(_), _) => Self::Variational,
            (Prior::Adversarial(_), _) => Self::Adversarial,
            _ if experiment.alters_input() => Self::Denoising,
            (Prior::None, architecture) if architecture.layers().len() > 1 => Self::Deep,
            _ if objective.parts().len() > 1 => Self::Penalties,
            _ => Self::OneLayer,
        }
    }
}

/// The menu of presets and what there is to know about the chosen one.
pub(super) fn show(ui: &mut Ui, editor: &Editor<'_>, actions: &mut Vec<Action>) {
    let chosen = editor.draft.preset;
    let selected = chosen.map_or("custom experiment", |id| id.preset().title);
    ui.horizontal(|ui| {
        let room = ui.available_width() - BOOK_WIDTH - ui.spacing().item_spacing.x;
        let response = ComboBox::from_id_salt("preset")
            .selected_text(RichText::new(selected).font(theme::medium(text::size::BODY)))
            .width(room)
            .height(MENU_HEIGHT)
            .icon(theme::chevron)
            .show_ui(ui, |ui| menu(ui, chosen, actions))
            .response;
        response
            .on_hover_text(
                "A named experiment from the literature. It sets everything below until you change it",
            )
            .accessible_name("preset");
        understand(ui, actions);
    });
    let Some(id) = chosen else {
        return;
    };
    let preset = id.preset();
    ui.add(Label::new(theme::dim(ui, preset.about)).wrap());
    // What is known of other images says nothing of these.
    let data = editor.state.dataset.as_ref().map(|dataset| dataset.id);
    let is_of = |data| {
        preset
            .expectations
            .iter()
            .any(|expectation| expectation.measured_on() == data)
    };
    if data.is_none_or(is_of) {
        let expected = format!("Expected: {}", preset.expected);
        ui.add(Label::new(theme::dim(ui, expected)).wrap())
            .on_hover_text("What a run of the unmodified preset is known to reach on these images");
    }
    ui.add(Label::new(theme::dim(ui, format!("After {}", preset.source))).wrap());
}

/// The way to the page about the preset.
fn understand(ui: &mut Ui, actions: &mut Vec<Action>) {
    let key = key_of(ui.ctx(), ShortcutAction::Understand);
    let icon = ICON_MENU_BOOK.rich_text().size(16.0);
    let open = ui
        .add_sized([BOOK_WIDTH, space::CONTROL], Button::new(icon))
        .on_hover_text(format!(
            "Understand the preset: what it is, its formula, what to look for, and how this run compares with \
             what is expected ({key})"
        ))
        .accessible_name("Understand this preset");
    if open.clicked() {
        actions.push(GuideAction::ShowSheet(Some(Sheet::Understand)).into());
    }
}

/// All presets under the headings of their groups, each with its variants below it, and with the names that files and
/// commands know.
fn menu(ui: &mut Ui, chosen: Option<PresetId>, actions: &mut Vec<Action>) {
    ui.spacing_mut().item_spacing.y = 0.0;
    for group in Group::ALL {
        let of_group = |id: &PresetId| Group::of(&id.preset().experiment()) == group;
        ui.add_space(space::XS);
        ui.label(theme::dim(ui, group.label()));
        let listed = PresetId::originals()
            .filter(of_group)
            .flat_map(|id| [id].into_iter().chain(id.variants()));
        for id in listed {
            let preset = id.preset();
            let name = theme::dim(ui, id.name());
            let title = if preset.variant_of.is_some() {
                format!("{VARIANT}{}", preset.title)
            } else {
                preset.title.to_owned()
            };
            let button = Button::selectable(chosen == Some(id), title).right_text(name);
            let summary = preset.experiment().architecture.summary();
            let help = format!(
                "{}\n\n{summary}\nExpected: {}\nAfter {}",
                preset.about, preset.expected, preset.source
            );
            if ui.add(button).on_hover_text(help).clicked() {
                actions.push(Action::ChoosePreset(id));
            }
        }
    }
}
