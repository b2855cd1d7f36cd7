//! The device that draws the window, and its loss: a card that is reset, or gone after a suspend.
//!
//! A window cannot draw without it. It closes, its worker backs up the run as for any window that closes, and
//! another window opens in the same process with that run: see [`run`](super::run). A frame that begins on a lost
//! device draws nothing, because egui's renderer panics over one; where a device goes in the middle of a frame, that
//! panic ends the window.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use eframe::wgpu;
use egui::Context;

/// Windows that may lose their device before the program gives up.
const MOST_LOSSES: usize = 4;

/// A device that has not answered by then is not waited for.
const PATIENCE: Duration = Duration::from_secs(2);

/// When a device is destroyed, to see what follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Loss {
    /// Before or in which frame.
    pub frame: u32,
    /// Whether that frame is under way.
    pub while_drawing: bool,
}

/// What is known of the device.
#[derive(Clone, Debug, Default)]
pub(super) struct Graphics {
    is_lost: Arc<AtomicBool>,
    /// Kept with its queue, which goes with the window: a device without one never says that it was destroyed.
    device: Arc<OnceLock<(wgpu::Device, wgpu::Queue)>>,
    /// Whether a window opened to be drawn by it.
    has_window: Arc<AtomicBool>,
    /// When it is destroyed, if it is, counted from now.
    loss: Option<Loss>,
}

impl Graphics {
    /// A device that is destroyed as said.
    pub(super) fn new(loss: Option<Loss>) -> Self {
        Self {
            loss,
            ..Self::default()
        }
    }

    /// Notes that a window has opened.
    pub(super) fn note_window(&self) {
        self.has_window.store(true, Ordering::Relaxed);
    }

    /// Watches a device of wgpu: errors are logged instead of ending the program, and its loss is noted.
    pub(super) fn watch(&self, device: &wgpu::Device, queue: &wgpu::Queue, ctx: &Context) {
        let (device, _) = (self.device).get_or_init(|| (device.clone(), queue.clone()));
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

    /// Whether a window opened.
    pub(super) fn has_window(&self) -> bool {
        self.has_window.load(Ordering::Relaxed)
    }

    /// Whether the device is lost, as it says when asked after a frame that panicked.
    pub(super) fn is_lost_at_last(&self) -> bool {
        self.ask(wgpu::PollType::Wait {
            submission_index: None,
            timeout: Some(PATIENCE),
        });
        self.is_lost()
    }

    /// Begins a frame; false if the device is lost, and the frame should draw nothing.
    pub(super) fn begin_frame(&mut self) -> bool {
        let is_due = self.loss.as_mut().is_some_and(|loss| {
            loss.frame = loss.frame.saturating_sub(1);
            loss.frame == 0
        });
        let loss = if is_due { self.loss.take() } else { None };
        if loss.is_some_and(|loss| !loss.while_drawing) {
            self.destroy();
        }
        self.ask(wgpu::PollType::Poll);
        let goes_on = !self.is_lost();
        if loss.is_some_and(|loss| loss.while_drawing) {
            self.destroy();
        }
        goes_on
    }

    fn destroy(&self) {
        if let Some((device, _)) = self.device.get() {
            device.destroy();
        }
    }

    /// Has the device say how it is: if it is lost, the watch is told.
    fn ask(&self, poll: wgpu::PollType) {
        if let Some((device, _)) = self.device.get() {
            device.poll(poll).ok(); // a lost device may answer with an error
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

    /// Whatever adapter there is, if there is one.
    fn device() -> Option<(wgpu::Device, wgpu::Queue)> {
        let instance = wgpu::Instance::default();
        let any =
            pollster::block_on(instance.request_adapter(&wgpu::RequestAdapterOptions::default()));
        let adapter = any.ok()?;
        let opened = pollster::block_on(adapter.request_device(&wgpu::DeviceDescriptor::default()));
        Some(opened.expect("the adapter opens"))
    }

    #[test]
    fn no_frame_is_drawn_on_a_lost_device() {
        let Some((device, queue)) = device() else {
            return assert_eq!(hourglass_train::device::adapters(), [], "an adapter");
        };
        let mut graphics = Graphics::new(Some(Loss {
            frame: 3,
            while_drawing: false,
        }));
        graphics.watch(&device, &queue, &Context::default());
        let drawn = [1, 2, 3, 4].map(|_| graphics.begin_frame());
        assert_eq!(drawn, [true, true, false, false]);
    }

    #[test]
    fn a_device_lost_in_a_frame_says_so_after_its_window_is_gone() {
        let Some((device, queue)) = device() else {
            return assert_eq!(hourglass_train::device::adapters(), [], "an adapter");
        };
        let mut graphics = Graphics::new(Some(Loss {
            frame: 1,
            while_drawing: true,
        }));
        graphics.watch(&device, &queue, &Context::default());
        assert!(graphics.begin_frame());
        drop((device, queue)); // with the window, whose frame panicked
        assert!(graphics.is_lost_at_last());
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
