//! Settings that files leave out where they change nothing: 0, 1 or off.

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

/// The same of a factor.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
pub(crate) fn is_one(value: &f32) -> bool {
    value.to_bits() == 1.0_f32.to_bits()
}
