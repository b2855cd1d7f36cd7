//! The device that draws the window, and its end: a card that is reset, or away after a suspend.
//!
//! A window cannot draw without it. It closes, its worker keeps the run aside as for any window that ends, and
//! another window opens in the same process with that run: see [`run`](super::run).

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use eframe::egui_wgpu::RenderState;
use eframe::wgpu;
use egui::Context;

/// Windows that may lose their device before the program gives up.
const MOST_LOSSES: usize = 4;

/// A device that has not answered by then is not waited for.
const PATIENCE: Duration = Duration::from_secs(2);

/// What is known of the device.
#[derive(Clone, Debug, Default)]
pub(super) struct Graphics {
    is_lost: Arc<AtomicBool>,
    device: Arc<OnceLock<wgpu::Device>>,
    /// Frames until it is destroyed, to see what follows.
    frames_left: Option<u32>,
}

impl Graphics {
    /// A device that is destroyed after so many frames, where a number is given.
    pub(super) fn new(frames_left: Option<u32>) -> Self {
        Self {
            frames_left,
            ..Self::default()
        }
    }

    /// Watches a device: errors are logged instead of ending the program, and its loss is noted.
    pub(super) fn watch(&self, state: &RenderState, ctx: &Context) {
        let device = self.device.get_or_init(|| state.device.clone());
        device.on_uncaptured_error(Arc::new(|error: wgpu::Error| {
            log::warn!("the window's graphics device: {error}");
        }));
        let (is_lost, ctx) = (Arc::clone(&self.is_lost), ctx.clone());
        device.set_device_lost_callback(move |reason, message| {
            log::warn!("the window's graphics device is lost ({reason:?}): {message}");
            is_lost.store(true, Ordering::Relaxed);
            ctx.request_repaint();
        });
    }

    /// Whether the device is lost.
    pub(super) fn is_lost(&self) -> bool {
        self.is_lost.load(Ordering::Relaxed)
    }

    /// Whether the device is lost, as it says when asked. A frame may panic over it before the news has come.
    pub(super) fn is_lost_at_last(&self) -> bool {
        if let Some(device) = self.device.get() {
            let wait = wgpu::PollType::Wait {
                submission_index: None,
                timeout: Some(PATIENCE),
            };
            device.poll(wait).ok(); // a lost device may answer with an error, and tells the watch
        }
        self.is_lost()
    }

    /// Counts a frame, and destroys the device if it is time to.
    pub(super) fn count_frame(&mut self, state: Option<&RenderState>) {
        let Some(left) = &mut self.frames_left else {
            return;
        };
        *left = left.saturating_sub(1);
        if *left == 0 {
            self.frames_left = None;
            if let Some(state) = state {
                state.device.destroy();
            }
        }
    }
}

/// Which renderers open windows, in turn.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Turns {
    /// Those to be tried, the next one first.
    left: Vec<eframe::Renderer>,
    n_lost: usize,
}

impl Turns {
    pub(super) fn new(renderers: &[eframe::Renderer]) -> Self {
        Self {
            left: renderers.to_vec(),
            n_lost: 0,
        }
    }

    /// The one to try.
    pub(super) fn current(&self) -> Option<eframe::Renderer> {
        self.left.first().copied()
    }

    /// It opened no window: the next one is tried.
    pub(super) fn did_not_open(&mut self) {
        self.left.remove(0);
    }

    /// It lost its device. A reset card works again; one that is lost a second time leaves the window to the next
    /// renderer, where there is one.
    pub(super) fn lost_device(&mut self) {
        self.n_lost += 1;
        if self.n_lost >= MOST_LOSSES {
            self.left.clear();
        } else if self.n_lost > 1 && self.left.len() > 1 {
            self.left.remove(0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use eframe::Renderer::{Glow, Wgpu};

    #[test]
    fn a_renderer_that_opens_no_window_leaves_it_to_the_next() {
        let mut turns = Turns::new(&[Glow, Wgpu]);
        assert_eq!(turns.current(), Some(Glow));
        turns.did_not_open();
        assert_eq!(turns.current(), Some(Wgpu));
        turns.did_not_open();
        assert_eq!(turns.current(), None);
    }

    #[test]
    fn a_lost_device_is_tried_again_then_the_next_and_not_for_ever() {
        let mut turns = Turns::new(&[Wgpu, Glow]);
        turns.lost_device();
        assert_eq!(turns.current(), Some(Wgpu));
        turns.lost_device();
        assert_eq!(turns.current(), Some(Glow));
        turns.lost_device();
        assert_eq!(turns.current(), Some(Glow));
        turns.lost_device();
        assert_eq!(turns.current(), None);
    }

    #[test]
    fn a_loss_is_seen_by_every_clone() {
        let graphics = Graphics::new(None);
        let of_window = graphics.clone();
        assert!(!of_window.is_lost());
        graphics.is_lost.store(true, Ordering::Relaxed);
        assert!(of_window.is_lost());
    }
}
