//! A sheet over the right of the window, for reading while the other views stay visible.

use egui::{
    Align, Area, Button, Frame, Id, Label, Layout, Margin, Order, RichText, ScrollArea, Stroke, Ui,
    vec2,
};
use egui_material_icons::icons::ICON_CLOSE;

use super::shortcuts::takes_escape;
use super::theme::{self, space, text};
use super::{Action, GuideAction, Sheet};

/// Height of the bar at the top, which a sheet leaves free, in points.
const TOP: f32 = 46.0;
/// Share of the window's width that a sheet takes, and its limits in points: lines of 45 to 75 letters.
const SHARE: f32 = 0.4;
const WIDTHS: std::ops::RangeInclusive<f32> = 360.0..=560.0;
/// Between the sheet's edge and what is in it, in points.
const MARGIN: f32 = 20.0;

/// Draws a sheet over the right of the window; Escape and the cross hide it.
pub fn show(ui: &Ui, sheet: Sheet, actions: &mut Vec<Action>, body: impl FnOnce(&mut Ui)) {
    let window = ui.ctx().content_rect();
    let width = (SHARE * window.width()).clamp(*WIDTHS.start(), *WIDTHS.end());
    let size = vec2(width, window.height() - TOP - 2.0 * space::GAP);
    let corner = window.right_top() + vec2(-width - space::GAP, TOP + space::GAP);
    let t = theme::tokens_of(ui);
    Area::new(Id::unique("sheet"))
        .order(Order::Middle)
        .fixed_pos(corner)
        .constrain(false)
        .fade_in(false)
        .accessible_name(sheet.title())
        .show(ui.ctx(), |ui| {
            theme::reading(ui);
            Frame::new()
                .fill(t.panel)
                .stroke(Stroke::new(1.0, t.control_border))
                .corner_radius(10)
                .shadow(ui.visuals().popup_shadow)
                .inner_margin(Margin::same(MARGIN_POINTS))
                .show(ui, |ui| {
                    let inner = size - 2.0 * vec2(MARGIN, MARGIN);
                    ui.set_min_size(inner);
                    ui.set_max_size(inner);
                    header(ui, sheet, actions);
                    ScrollArea::vertical()
                        .id_salt(sheet.title())
                        .auto_shrink(false)
                        .show(ui, |ui| {
                            ui.set_max_width(inner.x - space::M); // the scroll bar stands beside the text
                            body(ui);
                        });
                });
        });
    if takes_escape(ui.ctx()) {
        actions.push(GuideAction::ShowSheet(None).into());
    }
}

const MARGIN_POINTS: i8 = MARGIN as i8;

fn header(ui: &mut Ui, sheet: Sheet, actions: &mut Vec<Action>) {
    ui.horizontal(|ui| {
        ui.label(theme::dim(ui, sheet.title()));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let close = ui
                .add(Button::new(theme::icon(ICON_CLOSE)).frame_when_inactive(false))
                .on_hover_text("Hides this sheet (Esc)")
                .accessible_name("Close the sheet");
            if close.clicked() {
                actions.push(GuideAction::ShowSheet(None).into());
            }
        });
    });
    ui.add_space(space::XS);
}

/// The title of what a sheet is about.
pub(super) fn title(ui: &mut Ui, words: &str) {
    let words = RichText::new(words).font(theme::semibold(TITLE));
    ui.add(Label::new(words).wrap());
}

/// The heading of a part of a sheet, with room above it.
pub(super) fn heading(ui: &mut Ui, words: &str) {
    ui.add_space(space::L);
    let words = RichText::new(words).font(theme::semibold(theme::reading_size::BODY));
    ui.add(Label::new(words).wrap());
    ui.add_space(2.0);
}

pub(super) fn paragraph(ui: &mut Ui, words: &str) {
    ui.add(Label::new(RichText::new(words).text_style(text::BODY)).wrap());
}

/// Size of a sheet's title, in points.
const TITLE: f32 = 22.0;
