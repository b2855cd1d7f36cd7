//! Settings that files leave out where they are 0 or off.

/// Whether a setting is switched off, and so left out of files.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
pub(crate) fn is_zero(value: &f32) -> bool {
    *value == 0.0
}

/// The same of a switch.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
pub(crate) fn is_false(value: &bool) -> bool {
    !*value
}
