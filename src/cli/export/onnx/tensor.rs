//! Weights as a file has them.

/// Weights by the name that they have in every file.
#[derive(Clone, Debug)]
pub(super) struct Tensor<'a> {
    pub(super) name: &'a str,
    pub(super) dims: &'a [usize],
    /// 32-bit numbers, the lowest byte first.
    pub(super) values: &'a [u8],
}
