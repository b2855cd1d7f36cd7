//! What the window says while files are held over it.

use egui::{Align2, Area, Context, CornerRadius, Frame, Id, Margin, Order, RichText, Stroke, vec2};
use egui_material_icons::icons::ICON_ADD_PHOTO_ALTERNATE;

use super::theme::{self, space};

/// Size of the icon, in points.
const ICON_SIZE: f32 = 34.0;

/// Veils the window while files are held over it, and says what dropping them does.
pub fn show(ctx: &Context) {
    let n_files = ctx.input(|input| input.raw.hovered_files.len());
    if n_files == 0 {
        return;
    }
    let text = match n_files {
        1 => "Drop to open".to_owned(),
        n => format!("Drop to open {n} files"),
    };
    Area::new(Id::unique("drop-overlay"))
        .order(Order::Foreground)
        .anchor(Align2::CENTER_CENTER, vec2(0.0, 0.0))
        .interactable(false)
        .show(ctx, |ui| {
            let tokens = theme::tokens_of(ui);
            let veil = theme::faint(tokens.surface, 0.85);
            let painter = ui.ctx().layer_painter(ui.layer_id());
            painter.rect_filled(ui.ctx().content_rect(), CornerRadius::ZERO, veil);
            Frame::new()
                .fill(tokens.panel)
                .stroke(Stroke::new(2.0, tokens.accent))
                .corner_radius(10)
                .inner_margin(Margin::symmetric(32, 20))
                .show(ui, |ui| {
                    ui.vertical_centered(|ui| {
                        ui.set_width(340.0);
                        ui.spacing_mut().item_spacing.y = space::XS;
                        let icon = ICON_ADD_PHOTO_ALTERNATE.rich_text().size(ICON_SIZE);
                        ui.label(icon.color(tokens.accent));
                        ui.label(RichText::new(text).text_style(theme::text::DISPLAY));
                        let what = "Opens a run or a data set; single images are reconstructed";
                        ui.label(theme::dim(ui, what));
                    });
                });
        });
}
