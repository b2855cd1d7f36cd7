//! The bar that offers the previous run, which another run replaced without a question.

use egui::{Align, Button, Context, Frame, Label, Layout, Panel, Ui};
use egui_material_icons::icons::{ICON_CLOSE, ICON_UNDO};

use super::card::NOTE_MARGIN;
use super::shortcuts::{self, ShortcutAction};
use super::{Action, KeepAction, number, theme};
use hourglass_state::{LabState, title};

/// Hears the keys that bring it back. Whatever can be taken back elsewhere comes first.
pub fn listen(ctx: &Context, state: &LabState, actions: &mut Vec<Action>) {
    if shortcuts::can_bring_back(state) && shortcuts::is_pressed(ctx, ShortcutAction::BringBack) {
        actions.push(KeepAction::BringBack.into());
    }
}

/// Offers the run before; nothing while there is none, or once it was waved away.
pub fn offer(ui: &mut Ui, state: &LabState, actions: &mut Vec<Action>) {
    let Some(previous) = state
        .previous
        .as_ref()
        .filter(|previous| previous.is_offered)
    else {
        return;
    };
    let run = &previous.run;
    let t = theme::tokens_of(ui);
    let frame = Frame::new().fill(t.accent_soft).inner_margin(NOTE_MARGIN);
    Panel::top("previous-run")
        .frame(frame)
        .show_separator_line(false)
        .show(ui, |ui| {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let close = Button::new(theme::icon(ICON_CLOSE)).frame(false);
                let close = ui
                    .add(close)
                    .on_hover_text("Hides this; the run menu can still bring the run back")
                    .accessible_name("Hide previous run");
                if close.clicked() {
                    actions.push(KeepAction::OfferPrevious(false).into());
                }
                let keys = shortcuts::key_of(ui.ctx(), ShortcutAction::BringBack);
                let back = ui
                    .add_enabled(
                        shortcuts::can_bring_back(state),
                        Button::new(format!("Bring back ({keys})")),
                    )
                    .accessible_name("Bring back")
                    .on_hover_text(
                        "Restores it: weights, optimizer, position in the epoch, curves. The run in progress \
                         becomes the previous one if it has trained for a minute",
                    );
                if back.clicked() {
                    actions.push(KeepAction::BringBack.into());
                }
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    ui.label(theme::icon(ICON_UNDO).color(t.accent));
                    let text = format!(
                        "Previous run, not saved: {}, epoch {:.1}, step {}",
                        title(run),
                        run.epoch,
                        number::count(run.step)
                    );
                    ui.add(Label::new(text).truncate());
                });
            });
        });
}
