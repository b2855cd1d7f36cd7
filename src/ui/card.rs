//! The frame every panel stands in: a quiet card with a title, controls beside it, and a body.

use egui::{Align, Frame, Label, Layout, Margin, Rect, Stroke, Ui, UiBuilder, vec2};

use super::theme::{self, space};

/// Tag of a ui whose title already stands in a tab: cards inside leave theirs out.
const TITLE_IN_TAB: &str = "hourglass-title-in-tab";

/// Draws a card that fills the space there is: title on the left, `trailing` controls on the right of the
/// header (added from right to left, the most important first, since the last find the least room), `body`
/// below with the rest of the space.
pub fn card<R>(
    ui: &mut Ui,
    title: &str,
    trailing: impl FnOnce(&mut Ui),
    body: impl FnOnce(&mut Ui) -> R,
) -> R {
    let t = theme::tokens_of(ui);
    let outer = ui.available_rect_before_wrap();
    ui.advance_cursor_after_rect(outer);
    Frame::new()
        .fill(t.panel)
        .stroke(Stroke::new(1.0, t.border))
        .corner_radius(8)
        .show(&mut ui.new_child(UiBuilder::new().max_rect(outer)), |ui| {
            ui.set_min_size(ui.available_size());
        });

    let (header, rest) = outer.split_top_bottom_at_y(outer.top() + space::HEADER);
    show_header(ui, title, header, trailing);
    let body_rect = Rect::from_min_max(
        rest.min + vec2(space::M, 0.0),
        rest.max - vec2(space::M, space::S),
    );
    let mut body_ui = ui.new_child(
        UiBuilder::new()
            .id_salt((title, "body"))
            .max_rect(body_rect)
            .layout(Layout::top_down(Align::Min)),
    );
    body_ui.shrink_clip_rect(rest.shrink(1.0));
    body(&mut body_ui)
}

/// Runs `contents` such that cards inside leave out the title, which a tab already shows.
pub fn title_in_tab<R>(ui: &mut Ui, contents: impl FnOnce(&mut Ui) -> R) -> R {
    let info = egui::UiStackInfo::default().with_tag(TITLE_IN_TAB);
    let builder = UiBuilder::new()
        .max_rect(ui.available_rect_before_wrap())
        .ui_stack_info(info);
    ui.scope_builder(builder, contents).inner
}

/// Says that there is nothing to show yet: what is missing, and how to get it.
pub fn empty(ui: &mut Ui, text: &str, hint: &str) {
    let rect = ui.available_rect_before_wrap();
    let mut center = ui.new_child(
        UiBuilder::new()
            .max_rect(rect)
            .layout(Layout::top_down(Align::Center)),
    );
    let (text, hint) = (
        egui::RichText::new(text)
            .color(theme::tokens_of(ui).text_dim)
            .font(theme::medium(theme::text::size::BODY)),
        theme::dim(ui, hint),
    );
    center.add_space((rect.height() / 2.0 - space::CONTROL).max(0.0));
    center.add(Label::new(text).wrap());
    center.add(Label::new(hint).wrap());
    ui.advance_cursor_after_rect(rect);
}

/// Adds a caption to a header if there is room for all of it.
pub fn caption(ui: &mut Ui, text: &str) {
    let text = egui::WidgetText::from(theme::dim(ui, text));
    let wrap = Some(egui::TextWrapMode::Extend);
    let galley = text.into_galley(ui, wrap, f32::INFINITY, theme::text::SMALL);
    if galley.size().x <= ui.available_width() {
        ui.label(galley);
    }
}

fn show_header(ui: &mut Ui, title: &str, rect: Rect, trailing: impl FnOnce(&mut Ui)) {
    let inner = rect.shrink2(vec2(space::M, 0.0));
    let mut header = ui.new_child(
        UiBuilder::new()
            .id_salt((title, "header"))
            .max_rect(inner)
            .layout(Layout::left_to_right(Align::Center)),
    );
    header.shrink_clip_rect(rect);
    if !ui
        .stack()
        .iter()
        .any(|stack| stack.tags().contains(TITLE_IN_TAB))
    {
        let title = theme::title(ui, title);
        header.add(Label::new(title).extend());
        header.add_space(space::S);
    }
    let free = header.available_rect_before_wrap();
    header.with_layout(Layout::right_to_left(Align::Center), |ui| {
        ui.shrink_clip_rect(free); // what does not fit is cut before it covers the title
        trailing(ui);
    });
}

/// Margin inside banners and notes.
pub(super) const NOTE_MARGIN: Margin = Margin::symmetric(10, 6);
