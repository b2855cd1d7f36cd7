//! What the window says while files are held over it.

use egui::{Align2, Context, CornerRadius, Id, LayerId, Order, Stroke, StrokeKind, vec2};
use egui_material_icons::icons::ICON_ADD_PHOTO_ALTERNATE;

use super::theme::{self, space};

/// Covers the window while files are held over it, and says what dropping them does.
pub fn show(ctx: &Context) {
    let n_files = ctx.input(|input| input.raw.hovered_files.len());
    if n_files == 0 {
        return;
    }
    let tokens = theme::tokens(ctx.global_style().visuals.dark_mode);
    let painter = ctx.layer_painter(LayerId::new(Order::Foreground, Id::unique("drop-overlay")));
    let window = ctx.content_rect();
    painter.rect_filled(
        window,
        CornerRadius::ZERO,
        theme::faint(tokens.surface, 0.85),
    );
    let card = egui::Rect::from_center_size(window.center(), vec2(340.0, 150.0));
    painter.rect(
        card,
        CornerRadius::same(10),
        tokens.panel,
        Stroke::new(2.0, tokens.accent),
        StrokeKind::Inside,
    );
    let text = match n_files {
        1 => "Drop to open".to_owned(),
        n => format!("Drop to open {n} files"),
    };
    let middle = card.center();
    let lines = [
        (
            -36.0,
            ICON_ADD_PHOTO_ALTERNATE.codepoint.to_owned(),
            theme::regular(34.0),
            tokens.accent,
        ),
        (
            12.0,
            text,
            theme::semibold(theme::text::size::DISPLAY),
            tokens.text,
        ),
        (
            12.0 + space::CONTROL,
            "Pictures become digits under “Your image”".to_owned(),
            theme::regular(theme::text::size::SMALL),
            tokens.text_dim,
        ),
    ];
    for (below, text, font, color) in lines {
        painter.text(
            middle + vec2(0.0, below),
            Align2::CENTER_CENTER,
            text,
            font,
            color,
        );
    }
}
