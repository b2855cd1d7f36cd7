//! How every plot looks and moves: `egui_plot` in the colours and the type of the theme.
//!
//! The library draws grid, labels, curves and bars, and drags and zooms. From here come round ticks, the
//! stretch of the axes that holds the data, and the way there. Logarithmic axes, which `egui_plot` lacks,
//! hold log₁₀ of their values; only the ticks know.

mod bounds;
mod chart;
mod envelope;
mod note;
mod ruler;
mod run_axis;
mod view;

pub use bounds::Bounds;
pub use chart::{Chart, Range, heading, heading_width};
pub use envelope::envelope;
pub use hourglass_figure::Interval;
pub use hourglass_figure::ticks::{self, Tick};
pub use note::note;
pub use ruler::{MakeTicks, width as text_width};
pub use run_axis::RunAxis;
pub use view::{Follow, View};
