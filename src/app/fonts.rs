//! Fonts of the system for characters that ours lack: looked for beside the window, once such a character is
//! shown.
//!
//! egui shapes each run of one font, so that Arabic letters join and stand right to left within it. It orders no
//! lines of both directions: words of a right-to-left name that are parted by other characters keep the order of
//! the text.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use egui::Context;
use egui::epaint::text::{FallbackRequest, FontInsert, FontProvider};

use hourglass_figure::system_fonts;
use hourglass_ui::theme;

/// The window's last resort.
#[derive(Debug, Default)]
pub(super) struct LastResort {
    finder: Arc<Finder>,
    is_looking: bool,
}

#[derive(Debug, Default)]
struct Finder {
    /// Whether a character was shown that no font has.
    misses: AtomicBool,
}

impl FontProvider for Finder {
    fn font_for(&self, request: &FallbackRequest<'_>) -> Option<FontInsert> {
        let Some(fonts) = system_fonts::if_known() else {
            self.misses.store(true, Ordering::Relaxed);
            return None;
        };
        let found = fonts.find(request.cluster.chars().next()?)?;
        Some(theme::last_resort(found.name, found.bytes, found.index))
    }
}

impl LastResort {
    /// Has egui ask for what it lacks.
    pub(super) fn install(&self, ctx: &Context) {
        ctx.set_font_providers(vec![Arc::clone(&self.finder) as Arc<dyn FontProvider>]);
    }

    /// Starts to look through the fonts of the system when a character is missing.
    pub(super) fn look(&mut self, ctx: &Context) {
        if self.is_looking || !self.finder.misses.load(Ordering::Relaxed) {
            return;
        }
        self.is_looking = true;
        let (ctx, finder) = (ctx.clone(), Arc::clone(&self.finder));
        let started = thread::Builder::new()
            .name("system-fonts".to_owned())
            .spawn(move || {
                system_fonts::of_machine();
                // Once set again, it is asked again for what it had no answer to.
                ctx.set_font_providers(vec![finder as Arc<dyn FontProvider>]);
            });
        if let Err(error) = started {
            log::warn!("no system fonts: {error}");
        }
    }
}
