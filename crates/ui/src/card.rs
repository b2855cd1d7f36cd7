//! The frame every panel stands in: a quiet card with a title, controls beside it, and a body.

use egui::{
    Align, Align2, Frame, Label, Layout, Margin, Rect, Role, Sense, Stroke, Ui, UiBuilder,
    WidgetInfo, vec2,
};

use super::theme::{self, Tokens, space};
use hourglass_state::{LabState, RunView};

/// Tag of a ui whose title already stands in a tab: cards inside leave theirs out.
const TITLE_IN_TAB: &str = "hourglass-title-in-tab";

/// Tag of a ui whose cards show badges.
const BADGES: &str = "hourglass-badges";

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
    // Within the card's edge, which the header has above.
    let inside = Rect::from_min_max(rest.min + vec2(1.0, 0.0), rest.max - vec2(1.0, 1.0));
    body_ui.shrink_clip_rect(inside);
    body(&mut body_ui)
}

/// What the cards inside a ui say beside their titles: which run they show, or which moment of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Badge {
    /// What it says.
    pub text: String,
    /// The same where there is little room.
    pub short: String,
    /// What that means.
    pub help: String,
    /// Whether it warns that this is not the run as it is.
    pub warns: bool,
}

/// Runs `contents` such that cards inside leave out the title where a tab already shows it, and show badges.
pub fn inside<R>(
    ui: &mut Ui,
    is_in_tab: bool,
    badges: Vec<Badge>,
    contents: impl FnOnce(&mut Ui) -> R,
) -> R {
    let mut info = egui::UiStackInfo::default();
    if is_in_tab {
        info = info.with_tag(TITLE_IN_TAB);
    }
    if !badges.is_empty() {
        info = info.with_tag_value(BADGES, badges);
    }
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

/// What a panel about a model waits for.
#[derive(Clone, Copy, Debug)]
pub struct Awaited<'a> {
    /// What appears once there is a model: "the code of every test image becomes a point here".
    pub appears: &'a str,
    /// What the worker is finding then: "The codes are on their way".
    pub under_way: &'a str,
    /// What that takes, or what has to come first.
    pub takes: &'a str,
    /// Whether the panel goes back in time: of a moment that nothing was kept of, nothing is on its way.
    pub has_past: bool,
}

/// Says what a panel lacks: digits, a model, anything kept of the moment that is replayed, or an answer.
pub fn waiting(ui: &mut Ui, view: RunView<'_>, awaited: Awaited<'_>) {
    if view.run.is_none() || view.state.dataset.is_none() {
        before_model(ui, view.state, awaited.appears);
        return;
    }
    if awaited.has_past && view.past().is_some() {
        let hint = "Move to a later moment, or follow the run";
        empty(ui, "Nothing was recorded at this moment", hint);
    } else {
        empty(ui, awaited.under_way, awaited.takes);
    }
}

/// Says what a panel about a model lacks before there is one; whether it said so. `appears` is what appears then.
pub fn before_model(ui: &mut Ui, state: &LabState, appears: &str) -> bool {
    if state.dataset.is_none() {
        empty(ui, "No images yet", "Load a data set, then press Train");
        return true;
    }
    if state.run.is_none() {
        empty(ui, "No model yet", &format!("Press Train: {appears}"));
        return true;
    }
    false
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
    show_badges(&mut header);
    let free = header.available_rect_before_wrap();
    header.with_layout(Layout::right_to_left(Align::Center), |ui| {
        ui.shrink_clip_rect(free); // what does not fit is cut before it covers the title
        trailing(ui);
    });
}

fn show_badges(ui: &mut Ui) {
    let stack = std::sync::Arc::clone(ui.stack());
    let found = stack
        .iter()
        .find_map(|stack| stack.tags().get_downcast::<Vec<Badge>>(BADGES));
    let tokens = theme::tokens_of(ui);
    for badge in found.into_iter().flatten() {
        show_badge(ui, badge, tokens);
    }
}

fn show_badge(ui: &mut Ui, badge: &Badge, tokens: &Tokens) {
    /// Height of a badge, in points.
    const HEIGHT: f32 = 18.0;
    /// Room that stays for controls, in points.
    const LEAST_CONTROLS: f32 = 140.0;
    let (fill, color) = if badge.warns {
        (tokens.warning_soft, tokens.warning)
    } else {
        (tokens.accent_soft, tokens.accent)
    };
    let font = theme::text::SMALL.resolve(ui.style());
    let lay_out = |text: &str| {
        let painter = ui.painter();
        painter.layout_no_wrap(text.to_owned(), font.clone(), color)
    };
    let mut galley = lay_out(&badge.text);
    if galley.size().x + LEAST_CONTROLS > ui.available_width() {
        galley = lay_out(&badge.short);
    }
    let size = vec2(galley.size().x + 2.0 * space::S, HEIGHT);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    let painter = ui.painter();
    painter.rect_filled(rect, 4.0, fill);
    let place = Align2::CENTER_CENTER.anchor_size(rect.center(), galley.size());
    painter.galley(place.min, galley, color);
    response.widget_info(|| WidgetInfo::labeled(Role::Label, ui.is_enabled(), &badge.text));
    response.on_hover_text(&badge.help);
}

/// Margin inside banners and notes.
pub(super) const NOTE_MARGIN: Margin = Margin::symmetric(10, 6);
