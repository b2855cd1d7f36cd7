//! What the Digits panel remembers.

use super::choice::WantedDigits;

/// What is shown of which digits.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub(super) struct DigitsOptions {
    pub wanted: WantedDigits,
    /// Whether bars of the classes' errors are shown in place of images.
    pub errors: bool,
}

impl DigitsOptions {
    pub fn needs_errors(&self) -> bool {
        self.errors || self.wanted.needs_errors()
    }
}
