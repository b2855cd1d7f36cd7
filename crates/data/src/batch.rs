//! The order of an epoch and the corruption of its images: everything random about a batch.

use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use rand_distr::{Distribution, StandardNormal};
use rand_xoshiro::Xoshiro256PlusPlus;

use hourglass_experiment::{Corruption, Half, ImageShape, Stream, Target, stream_seed};

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

/// Makes of images what the encoder is shown: takes a half away or turns them, where another image is asked for
/// than is shown, then damages them. It draws from one random stream; each image has a generator of its own, found by its address, so
/// that neither its neighbours in the batch nor the number of threads matters.
#[derive(Clone, Copy, Debug)]
pub struct Corruptor {
    image: ImageShape,
    corruption: Corruption,
    target: Target,
    seed: u64,
    stream: Stream,
}

impl Corruptor {
    /// The noise of training with `seed`; every step draws afresh.
    #[must_use]
    pub fn training(image: ImageShape, corruption: Corruption, seed: u64) -> Self {
        Self {
            image,
            corruption,
            target: Target::SameImage,
            seed,
            stream: Stream::Corruption,
        }
    }

    /// The noise of evaluation: the same for a sample at every evaluation of every run.
    #[must_use]
    pub fn evaluation(image: ImageShape, corruption: Corruption) -> Self {
        Self {
            image,
            corruption,
            target: Target::SameImage,
            seed: 0,
            stream: Stream::Evaluation,
        }
    }

    /// The same for images of which another is asked for.
    #[must_use]
    pub fn with_target(self, target: Target) -> Self {
        Self { target, ..self }
    }

    /// Writes the weight of each pixel's error: `of_hit` where [`Self::corrupt`] with the same address hits it, also if the
    /// pixel stays what it was, and `of_clean` elsewhere. Masking and salt and pepper only: other noise hits every pixel.
    pub fn weigh(&self, weights: &mut [f32], address: &[u64], [of_hit, of_clean]: [f32; 2]) {
        let (Corruption::Masking { fraction } | Corruption::SaltAndPepper { fraction }) =
            self.corruption
        else {
            weights.fill(of_hit);
            return;
        };
        weights.fill(of_clean);
        let mut rng = generator(self.seed, self.stream, address);
        hit(weights, fraction, &mut rng, |_| of_hit);
    }

    /// Damages one image of 0..1 in place; `address` names the use, such as `[step, position]`.
    pub fn corrupt(&self, image: &mut [f32], address: &[u64]) {
        debug_assert_eq!(image.len(), self.image.n_values());
        self.alter(image, address);
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

impl Corruptor {
    /// Takes a half away, or turns the image.
    fn alter(&self, image: &mut [f32], address: &[u64]) {
        let size = [self.image.height, self.image.width];
        match self.target {
            Target::SameImage => {}
            Target::WholeFromHalf { hidden } => hide(image, size, hidden),
            Target::UprightFromRotated { degrees } => {
                let stream = match self.stream {
                    Stream::Corruption => Stream::Rotation,
                    other => other, // one draw more or less does not shift an addressed stream
                };
                let seed = stream_seed(self.seed, stream, address);
                let mut rng = generator(seed, Stream::Rotation, &[]);
                let share = (rng.next_u32() >> 8) as f32 / (1_u32 << 23) as f32 - 1.0; // −1..1
                rotate(image, size, (share * degrees).to_radians());
            }
        }
    }
}

/// Blackens one half of an image.
fn hide(image: &mut [f32], [height, width]: [usize; 2], half: Half) {
    for (row, pixels) in image.chunks_exact_mut(width).enumerate() {
        let row = row % height; // of any channel
        match half {
            Half::Left => pixels[..width / 2].fill(0.0),
            Half::Right => pixels[width / 2..].fill(0.0),
            Half::Top if row < height / 2 => pixels.fill(0.0),
            Half::Bottom if row >= height / 2 => pixels.fill(0.0),
            Half::Top | Half::Bottom => {}
        }
    }
}

/// Turns an image around its centre, black coming in from outside; pixels are interpolated linearly.
fn rotate(image: &mut [f32], size @ [height, width]: [usize; 2], angle: f32) {
    for channel in image.chunks_exact_mut(height * width) {
        rotate_channel(channel, size, angle);
    }
}

fn rotate_channel(image: &mut [f32], [height, width]: [usize; 2], angle: f32) {
    let [middle_y, middle_x] = [height, width].map(|side| (side as f32 - 1.0) / 2.0);
    let (sin, cos) = angle.sin_cos();
    let original = image.to_vec();
    let pixel = |x: isize, y: isize| {
        let inside = |v: isize, side: usize| (0..side as isize).contains(&v);
        let idx = || (y * width as isize + x).unsigned_abs();
        if inside(x, width) && inside(y, height) {
            original[idx()]
        } else {
            0.0
        }
    };
    for (idx, value) in image.iter_mut().enumerate() {
        let (dx, dy) = (
            (idx % width) as f32 - middle_x,
            (idx / width) as f32 - middle_y,
        );
        let (x, y) = (
            cos * dx + sin * dy + middle_x,
            -sin * dx + cos * dy + middle_y,
        );
        let (left, top) = (x.floor(), y.floor());
        let (fx, fy) = (x - left, y - top);
        let (left, top) = (left as isize, top as isize);
        let upper = pixel(left, top) * (1.0 - fx) + pixel(left + 1, top) * fx;
        let lower = pixel(left, top + 1) * (1.0 - fx) + pixel(left + 1, top + 1) * fx;
        *value = upper * (1.0 - fy) + lower * fy;
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

    const IMAGE: ImageShape = ImageShape::MNIST;
    const SIZE: [usize; 2] = [IMAGE.height, IMAGE.width];
    const N_PIXELS: usize = IMAGE.n_values();
    const IMAGE_SIDE: usize = IMAGE.width;

    fn corrupted(corruption: Corruption, value: f32, n_images: u64) -> Vec<f32> {
        let corruptor = Corruptor::training(IMAGE, corruption, 7);
        let mut pixels = Vec::new();
        for sample in 0..n_images {
            let mut image = vec![value; N_PIXELS];
            corruptor.corrupt(&mut image, &[0, sample]);
            pixels.extend(image);
        }
        pixels
    }

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
    fn weights_are_those_of_the_pixels_that_were_hit() {
        for corruption in [
            Corruption::Masking { fraction: 0.3 },
            Corruption::SaltAndPepper { fraction: 0.2 },
        ] {
            let corruptor = Corruptor::training(IMAGE, corruption, 7);
            let (mut image, mut weights) = (vec![0.5; N_PIXELS], vec![0.0; N_PIXELS]);
            corruptor.corrupt(&mut image, &[3, 1]);
            corruptor.weigh(&mut weights, &[3, 1], [2.0, 0.25]);
            let is_spared = |pixel: f32| pixel.to_bits() == 0.5_f32.to_bits();
            let of = |image: &[f32]| -> Vec<f32> {
                let weight = |&pixel| if is_spared(pixel) { 0.25 } else { 2.0 };
                image.iter().map(weight).collect()
            };
            assert_eq!(weights, of(&image), "{corruption:?}");
            corruptor.weigh(&mut weights, &[3, 2], [2.0, 0.25]);
            assert_ne!(weights, of(&image), "those of another draw");
        }
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
    fn a_half_is_hidden_and_the_other_left() {
        for hidden in Half::ALL {
            let corruptor = Corruptor::training(IMAGE, Corruption::None, 1)
                .with_target(Target::WholeFromHalf { hidden });
            let mut image = vec![1.0; N_PIXELS];
            corruptor.corrupt(&mut image, &[0]);
            assert!(
                (share(&image, |p| p == 0.0) - 0.5).abs() < 1e-9,
                "{hidden:?}"
            );
            let corner = match hidden {
                Half::Left | Half::Top => 0,
                Half::Right | Half::Bottom => N_PIXELS - 1,
            };
            assert_eq!(image[corner].to_bits(), 0.0_f32.to_bits());
        }
    }

    #[test]
    fn oblong_images_are_halved_and_turned_along_their_own_sides() {
        let [height, width] = [3, 5];
        let mut image = vec![1.0; height * width];
        hide(&mut image, [height, width], Half::Top);
        assert_eq!(image[..width], [0.0; 5]);
        assert_eq!(image[width..], [1.0; 10]);
        hide(&mut image, [height, width], Half::Left);
        assert_eq!(image[width..], [0.0, 0.0, 1.0, 1.0, 1.0].repeat(2));

        // Half a turn takes each pixel to the opposite one.
        let before: Vec<f32> = (0_u8..15).map(f32::from).collect();
        let mut turned = before.clone();
        rotate(&mut turned, [height, width], std::f32::consts::PI);
        for (pixel, opposite) in turned.iter().zip(before.iter().rev()) {
            assert!((pixel - opposite).abs() < 1e-4, "{turned:?}");
        }
    }

    #[test]
    fn turning_moves_ink_as_geometry_says_and_keeps_it() {
        // A dot right of the centre, turned by a quarter, comes to lie below it (rows count downwards).
        let mut image = vec![0.0; N_PIXELS];
        image[13 * IMAGE_SIDE + 20] = 1.0;
        rotate(&mut image, SIZE, std::f32::consts::FRAC_PI_2);
        let brightest = (0..N_PIXELS).max_by(|&a, &b| image[a].total_cmp(&image[b]));
        assert_eq!(brightest, Some(20 * IMAGE_SIDE + 14));
        let ink: f32 = image.iter().sum();
        assert!((ink - 1.0).abs() < 1e-3, "{ink}");

        let corruptor = Corruptor::training(IMAGE, Corruption::None, 1)
            .with_target(Target::UprightFromRotated { degrees: 0.0 });
        let mut image: Vec<f32> = (0..N_PIXELS)
            .map(|i| f32::from(u8::from(i % 3 == 0)))
            .collect();
        let before = image.clone();
        corruptor.corrupt(&mut image, &[5]);
        assert_eq!(image, before);
    }

    #[test]
    fn noise_depends_on_the_address_alone() {
        let corruptor = Corruptor::training(IMAGE, Corruption::Masking { fraction: 0.5 }, 1);
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
