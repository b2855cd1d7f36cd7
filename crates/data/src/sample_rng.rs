//! The generator of one sample of a data set that is drawn.

use rand_xoshiro::{Xoshiro256PlusPlus, rand_core::SeedableRng};

/// The generator of one sample: xoshiro256++, its state filled by `SplitMix64` (Steele et al. 2014)
/// from `mix(seed) ^ sample_idx`.
///
/// `mix` is the finalizer of `SplitMix64`. It spreads neighbouring seeds over all 64 bits, so that
/// sample 1 of seed 0 is not sample 0 of seed 1, as a plain sum would make it.
pub fn sample_rng(seed: u64, sample_idx: u32) -> Xoshiro256PlusPlus {
    let z = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    Xoshiro256PlusPlus::seed_from_u64((z ^ (z >> 31)) ^ u64::from(sample_idx))
}
