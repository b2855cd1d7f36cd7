//! Opening the window: which renderer, how large, what when it does not open.

use std::rc::Rc;

use eframe::NativeOptions;
use egui::ViewportBuilder;

use super::{App, SpawnWorker, StartOptions, icon};

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
}

/// Why the window did not open.
#[derive(Debug, thiserror::Error)]
#[error(
    "no window opens here: {reason}. Without a display, train on the command line: `hourglass train \
     --preset vanilla-64 --out RUN`"
)]
pub struct WindowError {
    reason: String,
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
    let mut reasons = Vec::new();
    for &renderer in options.renderers() {
        match open(renderer, options.start.clone(), Rc::clone(spawn_worker)) {
            Ok(()) => return Ok(()),
            Err(error) => {
                log::warn!("{renderer} does not open a window: {error}");
                let reason = error.to_string();
                reasons.push(format!("{renderer}: {}", reason.trim_end_matches('.')));
            }
        }
    }
    Err(WindowError {
        reason: reasons.join("; "),
    })
}

fn open(
    renderer: eframe::Renderer,
    start: StartOptions,
    spawn_worker: SpawnWorker,
) -> eframe::Result {
    let options = NativeOptions {
        viewport: ViewportBuilder::default()
            .with_title("Hourglass")
            .with_app_id("hourglass")
            .with_inner_size(SIZE)
            .with_min_inner_size(MIN_SIZE)
            .with_icon(icon::icon()),
        renderer,
        ..NativeOptions::default()
    };
    eframe::run_native(
        "Hourglass",
        options,
        Box::new(|creation| {
            let app = App::new(&creation.egui_ctx, creation.storage, start, spawn_worker);
            Ok(Box::new(app))
        }),
    )
}
