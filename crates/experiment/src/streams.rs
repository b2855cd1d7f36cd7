//! Independent random streams derived from a run's one seed.
//!
//! Each purpose draws from its own stream, so that switching the noise on changes neither the initial
//! weights nor the order of the images. A stream is addressed, not advanced: the numbers for step 1,000
//! are found without drawing those for the 999 before it, which makes a resumed run equal to one that
//! never stopped.

/// A purpose that draws random numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// Initial weights.
    Weights,
    /// Order of the training images within an epoch.
    Order,
    /// Corruption of training images.
    Corruption,
    /// Corruption of test images: the same at every evaluation of every run, whatever the seed.
    Evaluation,
    /// Test images that are shown at random.
    Choice,
    /// ε of variational codes in training.
    Latent,
    /// Samples of an adversarial prior.
    Prior,
    /// Directions along which a deep encoder's Jacobian is estimated.
    Contraction,
    /// Masking of layers' inputs in greedy pre-training.
    Pretraining,
    /// Angles of rotated inputs.
    Rotation,
    /// Masking of images in fine-tuning.
    FineTuning,
}

/// Seed of the generator for one use of a stream.
///
/// `address` names the use, such as `[epoch]` or `[step, sample]`; different addresses give unrelated
/// generators.
#[must_use]
pub fn stream_seed(seed: u64, stream: Stream, address: &[u64]) -> u64 {
    let purpose = match stream {
        Stream::Weights => 1,
        Stream::Order => 2,
        Stream::Corruption => 3,
        Stream::Evaluation => 4,
        Stream::Choice => 5,
        Stream::Latent => 6,
        Stream::Prior => 7,
        Stream::Contraction => 8,
        Stream::Pretraining => 9,
        Stream::Rotation => 10,
        Stream::FineTuning => 11,
    };
    let start = split_mix(seed ^ split_mix(purpose));
    address
        .iter()
        .fold(start, |state, &part| split_mix(state ^ split_mix(part)))
}

/// One output of `SplitMix64` (Steele, Lea & Flood 2014): a bijection whose outputs look unrelated.
fn split_mix(input: u64) -> u64 {
    let mut z = input.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn split_mix_gives_the_published_sequence() {
        // First three outputs of the reference implementation for seed 1234567.
        let step = 0x9e37_79b9_7f4a_7c15_u64;
        let outputs =
            [0, 1, 2].map(|n| split_mix(1_234_567_u64.wrapping_add(step.wrapping_mul(n))));
        assert_eq!(
            outputs,
            [
                6_457_827_717_110_365_317,
                3_203_168_211_198_807_973,
                9_817_491_932_198_370_423
            ]
        );
    }

    #[test]
    fn every_part_of_the_address_matters() {
        let seeds = [
            stream_seed(1, Stream::Weights, &[]),
            stream_seed(2, Stream::Weights, &[]),
            stream_seed(1, Stream::Order, &[]),
            stream_seed(1, Stream::Order, &[0]),
            stream_seed(1, Stream::Order, &[1]),
            stream_seed(1, Stream::Order, &[0, 1]),
            stream_seed(1, Stream::Order, &[1, 0]),
        ];
        for (idx, seed) in seeds.iter().enumerate() {
            assert!(!seeds[..idx].contains(seed), "address {idx} repeats a seed");
        }
    }
}
