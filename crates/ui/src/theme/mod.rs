//! How everything looks: colours, fonts, spacing. No other file of the window names a colour.

#![expect(
    clippy::disallowed_methods,
    reason = "clippy.toml keeps colours out of all other modules"
)]

mod fonts;
mod palette;
mod reading;
pub mod space;
mod style;
pub mod text;
mod tokens;

use egui::{Color32, Context, RichText, Theme, Ui};

pub use palette::{
    album_texel, byte_pixel, class_color, difference, diverging, image_pixel, ink, pixel,
    sequential, tint,
};
pub use reading::{reading, reading_size, set_presenting, thickness};
pub use tokens::{Tokens, tokens};

pub use fonts::{last_resort, medium, mono, regular, semibold};

/// Installs fonts and both themes; the context's theme preference chooses between them.
pub fn install(ctx: &Context) {
    ctx.set_fonts(fonts::definitions());
    ctx.set_style_of(Theme::Light, style::style(Theme::Light));
    ctx.set_style_of(Theme::Dark, style::style(Theme::Dark));
}

/// The colours of the theme a ui is drawn in.
#[must_use]
pub fn tokens_of(ui: &Ui) -> &'static Tokens {
    tokens(ui.visuals().dark_mode)
}

/// The title of a card: body size, semibold.
#[must_use]
pub fn title(ui: &Ui, text: impl Into<String>) -> RichText {
    RichText::new(text)
        .font(semibold(text::size::BODY))
        .color(tokens_of(ui).text)
}

/// The heading of a group within a card: small, medium weight, quiet.
#[must_use]
pub fn group(ui: &Ui, text: impl Into<String>) -> RichText {
    RichText::new(text)
        .font(semibold(text::size::SMALL))
        .color(tokens_of(ui).text)
}

/// A caption, a unit or an explanation: small and quiet.
#[must_use]
pub fn dim(ui: &Ui, text: impl Into<String>) -> RichText {
    RichText::new(text)
        .text_style(text::SMALL)
        .color(tokens_of(ui).text_dim)
}

/// A number that changes: digits of one width.
#[must_use]
pub fn figure(ui: &Ui, text: impl Into<String>) -> RichText {
    RichText::new(text)
        .text_style(text::FIGURE)
        .color(tokens_of(ui).text)
}

/// Whether things glide from one state to the next. They jump where frames are expensive, and where a person has
/// switched movement off.
#[must_use]
pub fn glides(ctx: &Context) -> bool {
    ctx.global_style().animation_time > 0.0
}

/// An icon of `egui_material_icons` beside body text.
#[must_use]
pub fn icon(icon: egui_material_icons::MaterialIcon) -> RichText {
    icon.rich_text().size(text::size::ICON)
}

/// A colour at a share of its opacity, 0..1: faint lines behind strong ones.
#[must_use]
pub fn faint(color: Color32, opacity: f32) -> Color32 {
    color.gamma_multiply(opacity)
}

/// Gives buttons the fill of the one thing to press.
pub fn bright(ui: &mut Ui) {
    let t = tokens_of(ui);
    let widgets = &mut ui.visuals_mut().widgets;
    for (widget, fill) in [
        (&mut widgets.inactive, t.accent),
        (&mut widgets.hovered, t.accent_hover),
        (&mut widgets.active, t.accent_hover),
        (&mut widgets.noninteractive, t.accent),
    ] {
        widget.weak_bg_fill = fill;
        widget.bg_stroke = egui::Stroke::new(1.0, fill);
        widget.fg_stroke.color = t.on_accent;
    }
}

/// Gives the sliders of a ui a small handle ringed in the accent, and an accent rail up to it.
pub fn slider_style(ui: &mut Ui) {
    let t = tokens_of(ui);
    ui.spacing_mut().interact_size.y = 14.0; // the handle follows it
    ui.visuals_mut().selection.bg_fill = t.accent;
    let widgets = &mut ui.visuals_mut().widgets;
    for (widget, fill, width) in [
        (&mut widgets.inactive, t.control_active, 1.5),
        (&mut widgets.hovered, t.accent_soft, 2.0),
        (&mut widgets.active, t.accent, 2.0),
    ] {
        widget.bg_fill = fill;
        widget.fg_stroke = egui::Stroke::new(width, t.accent);
    }
}

/// The mark of a menu: a thin chevron, for [`egui::ComboBox::icon`].
pub fn chevron(ui: &Ui, rect: egui::Rect, visuals: &egui::style::WidgetVisuals, _is_open: bool) {
    let half = egui::vec2(3.5, 2.0);
    let center = egui::pos2(rect.right() - half.x - 1.0, rect.center().y);
    let points = [
        center - half,
        center + egui::vec2(0.0, half.y),
        center + egui::vec2(half.x, -half.y),
    ];
    let stroke = egui::Stroke::new(1.5, visuals.fg_stroke.color);
    ui.painter().line(points.to_vec(), stroke);
}

/// What nothing is drawn with.
pub const TRANSPARENT: Color32 = Color32::TRANSPARENT;
