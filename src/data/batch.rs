//! The order of an epoch and the corruption of its images: everything random about a batch.

use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use rand_distr::{Distribution, StandardNormal};
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::experiment::{Corruption, N_PIXELS, Stream, stream_seed};

/// The order in which one epoch visits the training images; each image once.
#[derive(Clone, Debug)]
pub struct EpochOrder {
    epoch: u64,
    samples: Vec<u32>,
}

impl EpochOrder {
    /// The order of epoch `epoch` (from 0) of a run with `seed` over `n_samples` images. The same
    /// arguments always give the same order.
    ///
    /// # Panics
    /// When there are 2³² images or more.
    #[must_use]
    pub fn new(seed: u64, epoch: u64, n_samples: usize) -> Self {
        let n = u32::try_from(n_samples).expect("a split has fewer than 2^32 images");
        let mut samples: Vec<u32> = (0..n).collect();
        samples.shuffle(&mut generator(seed, Stream::Order, &[epoch]));
        Self { epoch, samples }
    }

    /// Which epoch, from 0.
    #[must_use]
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// All samples in order.
    #[must_use]
    pub fn samples(&self) -> &[u32] {
        &self.samples
    }
}

/// Damages images from one random stream; each image has a generator of its own, found by its address, so
/// that neither its neighbours in the batch nor the number of threads matters.
#[derive(Clone, Copy, Debug)]
pub struct Corruptor {
    corruption: Corruption,
    seed: u64,
    stream: Stream,
}

impl Corruptor {
    /// The noise of training with `seed`; every step draws afresh.
    #[must_use]
    pub fn training(corruption: Corruption, seed: u64) -> Self {
        Self {
            corruption,
            seed,
            stream: Stream::Corruption,
        }
    }

    /// The noise of evaluation: the same for a sample at every evaluation of every run.
    #[must_use]
    pub fn evaluation(corruption: Corruption) -> Self {
        Self {
            corruption,
            seed: 0,
            stream: Stream::Evaluation,
        }
    }

    /// Damages one image of 0..1 in place; `address` names the use, such as `[step, position]`.
    pub fn corrupt(&self, image: &mut [f32], address: &[u64]) {
        debug_assert_eq!(image.len(), N_PIXELS);
        if self.corruption.is_none() {
            return;
        }
        let mut rng = generator(self.seed, self.stream, address);
        match self.corruption {
            Corruption::None => {}
            Corruption::Masking { fraction } => {
                hit(image, fraction, &mut rng, |_| 0.0);
            }
            Corruption::SaltAndPepper { fraction } => {
                hit(image, fraction, &mut rng, |bit| if bit { 1.0 } else { 0.0 });
            }
            Corruption::Gaussian { sigma } => {
                for pixel in image {
                    let noise: f32 = StandardNormal.sample(&mut rng);
                    *pixel = (*pixel + sigma * noise).clamp(0.0, 1.0);
                }
            }
        }
    }
}

/// Replaces each pixel with probability `fraction`: 31 bits of a draw decide whether it is hit, the last is
/// passed to `replacement`.
fn hit(
    image: &mut [f32],
    fraction: f32,
    rng: &mut Xoshiro256PlusPlus,
    replacement: impl Fn(bool) -> f32,
) {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "fraction is validated to lie in 0..=1, so the product lies in 0..=2^31"
    )]
    let threshold = (f64::from(fraction) * f64::from(1_u32 << 31)) as u32;
    for pixel in image {
        let bits = rng.next_u32();
        if bits >> 1 < threshold {
            *pixel = replacement(bits & 1 == 1);
        }
    }
}

fn generator(seed: u64, stream: Stream, address: &[u64]) -> Xoshiro256PlusPlus {
    Xoshiro256PlusPlus::seed_from_u64(stream_seed(seed, stream, address))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn corrupted(corruption: Corruption, value: f32, n_images: u64) -> Vec<f32> {
        let corruptor = Corruptor::training(corruption, 7);
        let mut pixels = Vec::new();
        for sample in 0..n_images {
            let mut image = vec![value; N_PIXELS];
            corruptor.corrupt(&mut image, &[0, sample]);
            pixels.extend(image);
        }
        pixels
    }

    #[expect(clippy::cast_precision_loss, reason = "a hundred thousand pixels")]
    fn share(pixels: &[f32], which: impl Fn(f32) -> bool) -> f64 {
        pixels.iter().filter(|&&pixel| which(pixel)).count() as f64 / pixels.len() as f64
    }

    #[test]
    fn an_epoch_visits_every_sample_once_and_no_two_epochs_alike() {
        let first = EpochOrder::new(1, 0, 1_000);
        let mut sorted = first.samples().to_vec();
        sorted.sort_unstable();
        assert_eq!(sorted, (0..1_000).collect::<Vec<u32>>());
        assert_eq!(first.samples(), EpochOrder::new(1, 0, 1_000).samples());
        assert_ne!(first.samples(), EpochOrder::new(1, 1, 1_000).samples());
        assert_ne!(first.samples(), EpochOrder::new(2, 0, 1_000).samples());
    }

    // 200 images have 156,800 pixels; a share of 0.3 then has a standard error of 0.0012.
    #[test]
    fn masking_hits_its_share_and_leaves_the_rest() {
        let pixels = corrupted(Corruption::Masking { fraction: 0.3 }, 0.5, 200);
        assert!((share(&pixels, |p| p == 0.0) - 0.3).abs() < 0.006);
        assert!((share(&pixels, |p| p.to_bits() == 0.5_f32.to_bits()) - 0.7).abs() < 0.006);
    }

    #[test]
    fn salt_and_pepper_are_even() {
        let pixels = corrupted(Corruption::SaltAndPepper { fraction: 0.2 }, 0.5, 200);
        assert!((share(&pixels, |p| p == 0.0) - 0.1).abs() < 0.004);
        assert!((share(&pixels, |p| p >= 1.0) - 0.1).abs() < 0.004);
    }

    #[test]
    fn gaussian_noise_has_its_sigma_and_is_clipped() {
        let pixels = corrupted(Corruption::Gaussian { sigma: 0.1 }, 0.5, 200);
        let mean = pixels.iter().map(|&p| f64::from(p)).sum::<f64>() / 156_800.0;
        let variance = pixels
            .iter()
            .map(|&p| (f64::from(p) - mean).powi(2))
            .sum::<f64>()
            / 156_800.0;
        assert!((mean - 0.5).abs() < 0.001);
        assert!((variance.sqrt() - 0.1).abs() < 0.001); // five sigmas to either bound: clipping is negligible
        let clipped = corrupted(Corruption::Gaussian { sigma: 2.0 }, 0.5, 20);
        assert!(clipped.iter().all(|pixel| (0.0..=1.0).contains(pixel)));
    }

    #[test]
    fn full_and_no_masking_are_exact() {
        assert!(
            corrupted(Corruption::Masking { fraction: 1.0 }, 0.5, 5)
                .iter()
                .all(|&p| p == 0.0)
        );
        let untouched = corrupted(Corruption::Masking { fraction: 0.0 }, 0.5, 5);
        assert!(untouched.iter().all(|p| p.to_bits() == 0.5_f32.to_bits()));
    }

    #[test]
    fn noise_depends_on_the_address_alone() {
        let corruptor = Corruptor::training(Corruption::Masking { fraction: 0.5 }, 1);
        let draw = |address: &[u64]| {
            let mut image = vec![1.0; N_PIXELS];
            corruptor.corrupt(&mut image, address);
            image
        };
        assert_eq!(draw(&[3, 4]), draw(&[3, 4]));
        assert_ne!(draw(&[3, 4]), draw(&[4, 3]));
        assert_ne!(draw(&[3, 4]), draw(&[3, 5]));
    }
}
