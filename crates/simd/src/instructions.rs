//! Which vector instructions the processor has.

#![expect(
    clippy::inline_always,
    reason = "vector instructions are used only where they are inlined into a function that was made for them"
)]

use pulp::{Arch, Simd, WithSimd};

/// The vector instructions that are used, chosen when the program runs: the best that the processor has.
#[must_use]
pub fn instruction_set() -> &'static str {
    match Arch::new().dispatch(Lanes) {
        16 => "AVX-512",
        8 => "AVX2 and FMA",
        4 => "NEON",
        _ => "only those that every processor of this kind has",
    }
}

/// Values in a register.
struct Lanes;

impl WithSimd for Lanes {
    type Output = usize;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> usize {
        S::F32_LANES
    }
}
