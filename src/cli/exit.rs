//! What a process ends with after an error.

use crate::signals;

/// A run reached its end, and its model is of no use.
pub const OF_NO_USE: u8 = 3;

/// A run that reached its end, and whose code or error says that nothing was learned that could be used.
#[derive(Debug, thiserror::Error)]
#[error("the run reached its end, but its model is of no use: {reason}")]
pub struct NoUse {
    /// Why, where it is, and what to do.
    pub reason: String,
}

/// The code that a process ends with after an error.
#[must_use]
pub fn exit_code(error: &anyhow::Error) -> u8 {
    if error.is::<NoUse>() {
        OF_NO_USE
    } else {
        signals::exit_code(error)
    }
}
