//! Opening the window: which renderer, how large, what when it does not open.
//!
//! The renderers are tried in turn, and another window opens when its graphics device is lost.

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::PathBuf;
use std::rc::Rc;

use eframe::NativeOptions;
use egui::{ThemePreference, ViewportBuilder};

use super::backup::Backups;
use super::graphics::{Graphics, Loss, Turns};
use super::picture::{Outcome, Picture, PictureError, PictureOptions};
use super::{App, SpawnWorker, StartOptions, icon};
use hourglass_ui::Pane;
use hourglass_ui::{Action, drops};

/// Size of the window at first and its smallest, in points.
const SIZE: [f32; 2] = [1280.0, 800.0];
const MIN_SIZE: [f32; 2] = [900.0, 600.0];

/// What draws the window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Renderer {
    /// wgpu with a real graphics card, glow without one.
    #[default]
    Auto,
    /// wgpu: Vulkan, Metal or Direct3D.
    Wgpu,
    /// OpenGL, three times as fast as wgpu on machines without a graphics card.
    Glow,
}

/// What shows the window on Linux, and whether files can be dropped on it.
///
/// By itself it runs under Wayland where there is one, although X11 (through `XWayland`) would take dropped files:
/// `XWayland` is drawn at a whole scale and blown up on a screen of 125 % or 150 %, so that all text is blurred all the
/// time, for the sake of something for which there is `Open…`, pasting and `--own`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Display {
    /// Wayland if it runs, otherwise X11.
    #[default]
    Auto,
    Wayland,
    /// X11, under Wayland through `XWayland`: takes dropped files, may be blurred on a scaled screen.
    X11,
}

/// How to open the window.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WindowOptions {
    /// What draws it.
    pub renderer: Renderer,
    /// Whether every adapter of this machine imitates a graphics card in software, or there is none.
    pub only_software_adapters: bool,
    /// What shows it.
    pub display: Display,
    /// When the device that draws it is destroyed, to see what follows.
    pub lose_graphics: Option<Loss>,
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
        "no window can open here: {reason}. Without a display, train on the command line: `hourglass train \
         --preset vanilla-64 --out RUN`"
    )]
    DoesNotOpen {
        /// What each renderer said.
        reason: String,
    },
    /// The device that draws it is lost again and again.
    #[error(
        "the graphics device that draws the window was lost {n_times} times. Update its driver, or start with \
         `--renderer glow`"
    )]
    GraphicsLost {
        /// How often.
        n_times: usize,
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
            Renderer::Auto if self.only_software_adapters => {
                // On Windows a machine without a driver has OpenGL 1.1, which opens no window, and Direct3D's WARP.
                &[eframe::Renderer::Glow, eframe::Renderer::Wgpu]
            }
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
    let backups = Backups::new(options.start.backups.clone());
    let mut options = options.clone();
    let mut turns = Turns::new(options.renderers());
    let (mut reasons, mut n_lost) = (Vec::new(), 0);
    let mut is_left_running = false; // the event loop, by a panic
    while let Some(renderer) = turns.current() {
        let outcome = Outcome::default();
        let graphics = Graphics::new(options.lose_graphics);
        let folders = || -> HashSet<PathBuf> {
            let kept = backups.left_behind().into_iter();
            kept.map(|kept| kept.folder).collect()
        };
        let before = folders();
        let opened = catch_unwind(AssertUnwindSafe(|| {
            let spawn = Rc::clone(spawn_worker);
            open(
                renderer,
                &options,
                spawn,
                Rc::clone(&outcome),
                graphics.clone(),
            )
        }));
        match opened {
            // It ends at once, without a window, and starts over when it is asked again.
            Ok(_) if is_left_running && !graphics.has_window() => is_left_running = false,
            _ if graphics.is_lost_at_last() => {
                is_left_running = opened.is_err();
                n_lost += 1;
                turns.lost_device();
                options.lose_graphics = None;
                options.start.trains = false; // it is paused as it was kept
                options.start.run = folders().difference(&before).next().cloned();
                options.start.warning = Some(GRAPHICS_LOST.to_owned());
            }
            Err(panic) => resume_unwind(panic),
            Ok(Ok(())) => return Ok(outcome.take().unwrap_or(Ok(()))?),
            Ok(Err(error)) => {
                log::warn!("{renderer} cannot open a window: {error}");
                let reason = error.to_string();
                reasons.push(format!("{renderer}: {}", reason.trim_end_matches('.')));
                turns.did_not_open();
            }
        }
    }
    if n_lost > 0 {
        return Err(WindowError::GraphicsLost { n_times: n_lost });
    }
    Err(WindowError::DoesNotOpen {
        reason: reasons.join("; "),
    })
}

/// What a window says that stands in for one whose device was lost.
const GRAPHICS_LOST: &str = "the graphics device that draws the window was lost, as after a suspend or a reset of \
     its driver: the window was opened again, with the unsaved run from its last backup";

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
    graphics: Graphics,
) -> eframe::Result {
    let display = options.display;
    let (start, look, picture) = (options.start.clone(), options.look, options.picture.clone());
    // A picture neither sees what a person's windows remember nor leaves a trace there: what egui itself remembers, such
    // as the scale, would change its size.
    let backup = picture.as_ref().and_then(|_| tempfile::tempdir().ok());
    let native = NativeOptions {
        viewport: ViewportBuilder::default()
            .with_title("Hourglass")
            .with_app_id("hourglass")
            .with_inner_size(look.size.unwrap_or(SIZE))
            .with_min_inner_size(MIN_SIZE)
            .with_icon(icon::icon()),
        renderer,
        persist_window: picture.is_none() && look.size.is_none(), // a size that was asked for wins
        persistence_path: backup
            .as_ref()
            .map(|folder| folder.path().join("window.ron")),
        event_loop_builder: Some(Box::new(move |builder| choose_display(builder, display))),
        dithering: false, // there are no large gradients, and a card's imitation spends a tenth of a frame on it
        ..NativeOptions::default()
    };
    eframe::run_native(
        "Hourglass",
        native,
        Box::new(move |creation| {
            let ctx = &creation.egui_ctx;
            drops::set_taken(ctx, !is_wayland(creation));
            graphics.note_window();
            if let Some(state) = &creation.wgpu_render_state {
                graphics.watch(&state.device, &state.queue, ctx);
            }
            let storage = creation.storage.filter(|_| picture.is_none());
            let mut app = App::new(ctx, storage, start, spawn_worker);
            app.graphics = graphics;
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

type EventLoopBuilder = eframe::EventLoopBuilder<eframe::UserEvent>;

/// Has the window opened by the display system that was asked for. Only Linux and its like have several.
#[cfg(all(unix, not(target_vendor = "apple"), not(target_os = "android")))]
fn choose_display(builder: &mut EventLoopBuilder, display: Display) {
    use winit::platform::wayland::EventLoopBuilderExtWayland as _;
    use winit::platform::x11::EventLoopBuilderExtX11 as _;
    match display {
        Display::Auto => {}
        Display::Wayland => drop(builder.with_wayland()),
        Display::X11 => drop(builder.with_x11()),
    }
}

#[cfg(not(all(unix, not(target_vendor = "apple"), not(target_os = "android"))))]
fn choose_display(_builder: &mut EventLoopBuilder, _display: Display) {}

/// Whether Wayland shows the window, as the window itself says.
#[cfg(all(unix, not(target_vendor = "apple"), not(target_os = "android")))]
fn is_wayland(creation: &eframe::CreationContext<'_>) -> bool {
    use winit::raw_window_handle::{HasDisplayHandle as _, RawDisplayHandle};
    let handle = creation.display_handle();
    handle.is_ok_and(|handle| matches!(handle.as_raw(), RawDisplayHandle::Wayland(_)))
}

#[cfg(not(all(unix, not(target_vendor = "apple"), not(target_os = "android"))))]
fn is_wayland(_creation: &eframe::CreationContext<'_>) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use eframe::Renderer::{Glow, Wgpu};

    #[test]
    fn a_machine_whose_adapters_are_imitated_tries_glow_then_wgpu() {
        let order = |renderer, only_software_adapters| {
            let options = WindowOptions {
                renderer,
                only_software_adapters,
                ..WindowOptions::default()
            };
            options.renderers()
        };
        assert_eq!(order(Renderer::Auto, true), [Glow, Wgpu]);
        assert_eq!(order(Renderer::Auto, false), [Wgpu, Glow]);
        assert_eq!(order(Renderer::Glow, false), [Glow]);
        assert_eq!(order(Renderer::Wgpu, true), [Wgpu]);
    }
}
