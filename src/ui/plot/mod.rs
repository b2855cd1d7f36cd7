//! The frame that all plots share: axes, grid, and dragging and zooming.
//!
//! It hands out a [`Transform`] and leaves the data to its panel, which can so thin a curve to the columns
//! of the screen or keep a cloud of points as one mesh. Logarithmic axes hold log₁₀ of their values; only
//! the ticks know.

mod frame;
mod scale;
pub mod ticks;
mod view;

pub use frame::{Axis, Frame, note};
pub use scale::{Bounds, Interval, Transform};
pub use ticks::Tick;
pub use view::{Follow, View};
