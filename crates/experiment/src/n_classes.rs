//! The number of classes, which files leave out where it is that of the digits.

use super::dataset::DataSetId;

/// What experiments mean that were written before another number could be said.
pub(crate) fn n_digits() -> usize {
    DataSetId::MNIST.n_classes()
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
pub(crate) fn is_n_digits(n_classes: &usize) -> bool {
    *n_classes == n_digits()
}
