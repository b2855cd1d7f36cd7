//! Whether files can be dropped on the window, in the one place where its texts look.
//!
//! winit 0.30 does not deliver dropped files under Wayland: it has no code for them at all.

use egui::{Context, Id};

use super::shortcuts::{ShortcutAction, key_of};

/// What works in place of dropping.
const WITHOUT: &str = "This window runs under Wayland and cannot accept dropped files; start it with --display x11 to drop files";

/// Notes whether the system the window runs under delivers dropped files.
pub fn set_taken(ctx: &Context, are_taken: bool) {
    ctx.data_mut(|data| data.insert_temp(Id::unique("drops-are-taken"), are_taken));
}

fn are_taken(ctx: &Context) -> bool {
    ctx.data(|data| data.get_temp(Id::unique("drops-are-taken")))
        .unwrap_or(true)
}

/// How pictures come into an empty view.
pub(super) fn invitation(ctx: &Context) -> String {
    let keys = key_of(ctx, ShortcutAction::Paste);
    if are_taken(ctx) {
        format!(
            "Drop images or a folder on the window, paste an image with {keys}, press Open…, or draw"
        )
    } else {
        format!("Press Open…, paste an image with {keys}, or draw. {WITHOUT}")
    }
}

/// What the button says that opens pictures.
pub(super) fn open_help(ctx: &Context) -> String {
    let keys = key_of(ctx, ShortcutAction::Paste);
    let what = "Opens images: PNG, JPEG, GIF, BMP or WebP, one or many.";
    if are_taken(ctx) {
        format!(
            "{what} You can also drop images or folders on the window, or paste an image with {keys}"
        )
    } else {
        format!("{what} You can also paste an image with {keys}. {WITHOUT}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_without_drops_does_not_invite_to_drop_and_says_what_works() {
        let ctx = Context::default();
        assert!(invitation(&ctx).starts_with("Drop images"));
        assert!(open_help(&ctx).contains("on the window"));
        set_taken(&ctx, false);
        for text in [invitation(&ctx), open_help(&ctx)] {
            assert!(!text.starts_with("Drop"), "{text}");
            assert!(
                text.contains("Ctrl+V") && text.contains("--display x11"),
                "{text}"
            );
        }
    }
}
