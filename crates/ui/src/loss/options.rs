//! What the panel of the loss remembers.

use hourglass_experiment::Term;

use super::curve::{CurveWindow, LossScale};
use super::reference::Kind;

/// How the curves are shown.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each shows or hides one kind of curve"
)]
pub(super) struct LossOptions {
    pub scale: LossScale,
    pub window: CurveWindow,
    /// β of the exponential smoothing of training curves.
    pub smoothing: f32,
    pub train: bool,
    pub test: bool,
    /// Whether the run before is shown.
    pub ghost: bool,
    /// Whether A of a comparison is shown.
    pub run_a: bool,
    /// Whether B, the comparison run, is shown.
    pub comparison: bool,
    /// Whether a run was trained before: lessons are offered until then.
    pub has_trained: bool,
    pub hidden_terms: Vec<Term>,
    pub hidden_references: Vec<Kind>,
}

impl Default for LossOptions {
    fn default() -> Self {
        Self {
            scale: LossScale::default(),
            window: CurveWindow::default(),
            smoothing: 0.9, // about ten points: the trend shows, and the start is not dragged along
            train: true,
            test: true,
            ghost: true,
            run_a: true,
            comparison: true,
            has_trained: false,
            hidden_terms: Vec::new(),
            hidden_references: Vec::new(),
        }
    }
}
