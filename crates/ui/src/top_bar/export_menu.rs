//! The menu of figures to export, and the progress of one that is being written.

use egui::{Button, Popup, RectAlign, Ui};
use egui_material_icons::icons::{ICON_ARROW_DROP_DOWN, ICON_CLOSE, ICON_DOWNLOAD};

use crate::Action;
use crate::shortcuts::{ShortcutAction, key_of};
use crate::theme;
use hourglass_figure::FigureKind;
use hourglass_state::LabState;

/// Shows the button with its menu; while a figure is being written, how far it is, and a click stops it.
pub(super) fn show(
    ui: &mut Ui,
    state: &LabState,
    exporting: Option<f32>,
    is_narrow: bool,
    actions: &mut Vec<Action>,
) {
    if let Some(share) = exporting {
        let percent = theme::figure(ui, format!("{:.0} %", 100.0 * share));
        let stop = ui
            .add(Button::new((theme::icon(ICON_CLOSE), percent)).frame_when_inactive(false))
            .on_hover_text("A figure is being written. Click to stop; no file is left behind")
            .accessible_name("Stop the export");
        if stop.clicked() {
            actions.push(Action::CancelExport);
        }
        return;
    }
    let key = key_of(ui.ctx(), ShortcutAction::Export);
    let mut content = egui::Atoms::new(theme::icon(ICON_DOWNLOAD));
    if !is_narrow {
        content.push_right("Export");
    }
    content.push_right(theme::icon(ICON_ARROW_DROP_DOWN));
    let button = Button::new(content).frame_when_inactive(false);
    let response = ui
        .add_enabled(state.run.is_some(), button)
        .on_hover_text(format!("Exports a figure or a table of this run ({key})"))
        .on_disabled_hover_text("Nothing to export yet: there is no model")
        .accessible_name("Export");
    Popup::menu(&response)
        .align(RectAlign::BOTTOM_END)
        .show(|ui| {
            ui.set_width(180.0);
            for &kind in FigureKind::ALL {
                let text = format!("{}…", kind.label());
                if ui.button(text).on_hover_text(kind.help()).clicked() {
                    actions.push(Action::ShowExport(Some(kind)));
                }
            }
        });
}
