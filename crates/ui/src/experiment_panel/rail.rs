//! The rail that the experiment is folded into: the way back, and which network it is.

use std::f32::consts::FRAC_PI_2;

use egui::{Button, Frame, Margin, Role, Sense, Shape, Stroke, TextStyle, Ui, WidgetInfo, vec2};
use egui_material_icons::icons::{ICON_LEFT_PANEL_CLOSE, ICON_LEFT_PANEL_OPEN};

use super::share::ICON;
use crate::Action;
use crate::shortcuts::{ShortcutAction, key_of};
use crate::theme::{self, space};
use hourglass_state::LabState;

/// The button that folds the panel.
pub(super) fn fold_button(ui: &mut Ui, actions: &mut Vec<Action>) {
    let color = theme::tokens_of(ui).text_dim;
    let icon = ICON_LEFT_PANEL_CLOSE.rich_text().size(ICON).color(color);
    let key = key_of(ui.ctx(), ShortcutAction::FoldExperiment);
    let fold = ui
        .add(Button::new(icon).frame_when_inactive(false))
        .on_hover_text(format!(
            "Folds the experiment away: more room for the views ({key})"
        ))
        .accessible_name("Fold the experiment away");
    if fold.clicked() {
        actions.push(Action::FoldExperiment);
    }
}

/// Draws the rail.
pub fn show(ui: &mut Ui, state: &LabState, actions: &mut Vec<Action>) {
    let tokens = theme::tokens_of(ui);
    let room = ui.available_size();
    Frame::new()
        .fill(tokens.panel)
        .stroke(Stroke::new(1.0, tokens.border))
        .corner_radius(8)
        .inner_margin(Margin::symmetric(2, 6))
        .show(ui, |ui| {
            ui.set_min_size(room - vec2(4.0, 12.0));
            ui.vertical_centered(|ui| {
                let key = key_of(ui.ctx(), ShortcutAction::FoldExperiment);
                let unfold = ui
                    .add(Button::new(theme::icon(ICON_LEFT_PANEL_OPEN)).frame_when_inactive(false))
                    .on_hover_text(format!("Shows the experiment ({key})"))
                    .accessible_name("Show the experiment");
                if unfold.clicked() {
                    actions.push(Action::FoldExperiment);
                }
                ui.add_space(space::S);
                name(ui, state);
            });
        });
}

/// Which network the draft is, from below to above.
fn name(ui: &mut Ui, state: &LabState) {
    let tokens = theme::tokens_of(ui);
    let draft = &state.draft;
    let title = draft.preset.map_or("Custom", |id| id.preset().title);
    let waits = if state.waits_for_new_model() {
        ", not applied yet"
    } else {
        ""
    };
    let text = format!("{title}, {}{waits}", draft.architecture.summary());
    let color = if waits.is_empty() {
        tokens.text_dim
    } else {
        tokens.warning
    };
    let font = TextStyle::Body.resolve(ui.style());
    let galley = ui.painter().layout_no_wrap(text.clone(), font, color);
    let size = galley.size();
    let height = size.x.min(ui.available_height());
    let (rect, response) = ui.allocate_exact_size(vec2(size.y, height), Sense::hover());
    let painter = ui.painter().with_clip_rect(rect);
    let shape = egui::epaint::TextShape::new(rect.left_top() + vec2(0.0, size.x), galley, color);
    painter.add(Shape::Text(shape.with_angle(-FRAC_PI_2)));
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &text));
    response.on_hover_text(text);
}
