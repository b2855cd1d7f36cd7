//! A menu small enough for the header of a card or the line above a plot.

use egui::{ComboBox, Role, TextStyle, Ui, WidgetInfo, vec2};

use super::theme::{self, space};

/// A menu that says what is chosen, and not at all where that does not fit. A screen reader hears `name`, with the
/// choice as its value.
#[derive(Clone, Copy, Debug)]
pub struct SmallMenu<'a> {
    /// What a screen reader calls it.
    pub name: &'a str,
    /// What is chosen.
    pub text: &'a str,
    /// What it is for; empty where its entries say so.
    pub help: &'a str,
}

impl SmallMenu<'_> {
    /// Shows it; `entries` gives what was clicked in the open menu.
    pub fn show<T>(self, ui: &mut Ui, entries: impl FnOnce(&mut Ui) -> Option<T>) -> Option<T> {
        let Self { name, text, help } = self;
        ui.scope(|ui| {
            let spacing = ui.spacing_mut();
            spacing.interact_size.y = HEIGHT;
            spacing.button_padding = vec2(space::S, 1.0);
            let extra = 2.0 * space::S + spacing.icon_spacing + spacing.icon_width;
            let font = TextStyle::Small.resolve(ui.style());
            let color = theme::tokens_of(ui).text;
            let galley = ui.painter().layout_no_wrap(text.to_owned(), font, color);
            if galley.size().x + extra > ui.available_width() {
                return None;
            }
            let combo = ComboBox::from_id_salt(name)
                .icon(theme::chevron)
                .width(0.0)
                .selected_text(galley)
                .show_ui(ui, |ui| {
                    let chosen = entries(ui);
                    if chosen.is_some() {
                        ui.close(); // also where a screen reader chose, which is no click
                    }
                    chosen
                });
            combo.response.widget_info(|| {
                let mut info = WidgetInfo::labeled(Role::ComboBox, ui.is_enabled(), name);
                info.current_text_value = Some(text.to_owned());
                info
            });
            if !help.is_empty() {
                combo.response.on_hover_text(help);
            }
            combo.inner.flatten()
        })
        .inner
    }
}

/// Height, in points: lower than a button, for the header of a card.
pub const HEIGHT: f32 = 21.0;
