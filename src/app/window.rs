//! Opening the window: which renderer, how large, what when it does not open.

use std::rc::Rc;

use eframe::NativeOptions;
use egui::{ThemePreference, ViewportBuilder};

use super::farewell::Farewells;
use super::picture::{Outcome, Picture, PictureError, PictureOptions};
use super::{App, SpawnWorker, StartOptions, icon};
use crate::ui::Action;
use crate::ui::layout::Pane;

/// Size of the window at first and its smallest, in points.
const SIZE: [f32; 2] = [1280.0, 800.0];
const MIN_SIZE: [f32; 2] = [900.0, 600.0];

/// What draws the window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Renderer {
    /// wgpu with a real graphics card, glow where there is none.
    #[default]
    Auto,
    /// wgpu: Vulkan, Metal or Direct3D.
    Wgpu,
    /// OpenGL, three times as fast as wgpu on machines without a graphics card.
    Glow,
}

/// How to open the window.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WindowOptions {
    /// What draws it.
    pub renderer: Renderer,
    /// Whether every adapter of this machine imitates a graphics card in software, or there is none.
    pub only_software_adapters: bool,
    /// What it starts with.
    pub start: StartOptions,
    /// How it looks, whatever is remembered.
    pub look: Look,
    /// The picture it is only there for, if it is.
    pub picture: Option<PictureOptions>,
}

/// How a window looks that is not to look as it did the last time.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Look {
    /// Light, dark or as the system.
    pub theme: Option<ThemePreference>,
    /// Size in points.
    pub size: Option<[f32; 2]>,
    /// Scale of everything, 1 = 100 %.
    pub scale: Option<f32>,
    /// The view in front of its tabs.
    pub pane: Option<Pane>,
}

/// Why the window did not open.
#[derive(Debug, thiserror::Error)]
pub enum WindowError {
    /// There is nothing to open it on.
    #[error(
        "there is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set). Train on the command line: \
         `hourglass train --preset vanilla-64 --out RUN`"
    )]
    NoDisplay,
    /// No renderer opens one.
    #[error(
        "no window opens here: {reason}. Without a display, train on the command line: `hourglass train \
         --preset vanilla-64 --out RUN`"
    )]
    DoesNotOpen {
        /// What each renderer said.
        reason: String,
    },
    /// It was there for a picture, and there is none.
    #[error(transparent)]
    Picture(#[from] PictureError),
}

impl WindowOptions {
    /// Renderers to try, the preferred one first.
    fn renderers(&self) -> &'static [eframe::Renderer] {
        match self.renderer {
            Renderer::Wgpu => &[eframe::Renderer::Wgpu],
            Renderer::Glow => &[eframe::Renderer::Glow],
            Renderer::Auto if self.only_software_adapters => &[eframe::Renderer::Glow],
            Renderer::Auto => &[eframe::Renderer::Wgpu, eframe::Renderer::Glow],
        }
    }
}

/// Opens the window and returns when it is closed. `spawn_worker` is called once the window is there, and
/// again after a crash of the worker.
///
/// # Errors
/// No renderer opens a window, usually because there is no display.
pub fn run(options: &WindowOptions, spawn_worker: &SpawnWorker) -> Result<(), WindowError> {
    if !has_display() {
        return Err(WindowError::NoDisplay);
    }
    let ends = Farewells::heard();
    let spawn_worker: SpawnWorker = {
        let (spawn, ends) = (Rc::clone(spawn_worker), ends.clone());
        Rc::new(move |wake| {
            let worker = spawn(wake);
            ends.note(&worker);
            worker
        })
    };
    let mut reasons = Vec::new();
    for &renderer in options.renderers() {
        let outcome = Outcome::default();
        match open(
            renderer,
            options,
            Rc::clone(&spawn_worker),
            Rc::clone(&outcome),
        ) {
            Ok(()) => return Ok(outcome.take().unwrap_or(Ok(()))?),
            Err(error) => {
                log::warn!("{renderer} does not open a window: {error}");
                let reason = error.to_string();
                reasons.push(format!("{renderer}: {}", reason.trim_end_matches('.')));
            }
        }
    }
    Err(WindowError::DoesNotOpen {
        reason: reasons.join("; "),
    })
}

/// Whether a window could be seen. X11 and Wayland name their display in a variable; other systems have one.
fn has_display() -> bool {
    let is_named = |variable| std::env::var_os(variable).is_some_and(|name| !name.is_empty());
    let needs_name = cfg!(all(
        unix,
        not(target_vendor = "apple"),
        not(target_os = "android")
    ));
    !needs_name
        || ["DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET"]
            .into_iter()
            .any(is_named)
}

fn open(
    renderer: eframe::Renderer,
    options: &WindowOptions,
    spawn_worker: SpawnWorker,
    outcome: Outcome,
) -> eframe::Result {
    let (start, look, picture) = (options.start.clone(), options.look, options.picture.clone());
    // A picture neither sees what a person's windows remember nor leaves a trace there: what egui itself remembers, such
    // as the scale, would change its size.
    let aside = picture.as_ref().and_then(|_| tempfile::tempdir().ok());
    let native = NativeOptions {
        viewport: ViewportBuilder::default()
            .with_title("Hourglass")
            .with_app_id("hourglass")
            .with_inner_size(look.size.unwrap_or(SIZE))
            .with_min_inner_size(MIN_SIZE)
            .with_icon(icon::icon()),
        renderer,
        persist_window: picture.is_none() && look.size.is_none(), // a size that was asked for wins
        persistence_path: aside
            .as_ref()
            .map(|folder| folder.path().join("window.ron")),
        dithering: false, // there are no large gradients, and a card's imitation spends a tenth of a frame on it
        ..NativeOptions::default()
    };
    eframe::run_native(
        "Hourglass",
        native,
        Box::new(move |creation| {
            let ctx = &creation.egui_ctx;
            let storage = creation.storage.filter(|_| picture.is_none());
            let mut app = App::new(ctx, storage, start, spawn_worker);
            app.picture = picture.map(|options| Picture::new(options, outcome));
            if let Some(theme) = look.theme {
                app.perform(ctx, Action::SetTheme(theme));
            }
            if let Some(scale) = look.scale {
                app.perform(ctx, Action::SetScale(scale));
            }
            if let Some(pane) = look.pane {
                app.layout.bring_forward(pane);
            }
            Ok(Box::new(app))
        }),
    )
}
