//! Why training cannot continue.

use hourglass_experiment::Term;

/// Why a step, an evaluation or a read-back failed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum TrainError {
    /// A term of the objective became infinite or NaN.
    #[error("{term} became {value} at step {step}", term = .term.label())]
    NonFinite {
        /// The first term that was not finite.
        term: Term,
        value: f32,
        /// The step that computed it.
        step: u64,
    },
    /// The device reported an error.
    #[error("{reason}")]
    Device {
        /// In the driver's words.
        reason: String,
    },
}
