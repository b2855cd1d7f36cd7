//! Random numbers for codes, directions and masks: addressed like everything random, drawn on the host.

use rand::{RngExt, SeedableRng};
use rand_distr::{Distribution, StandardNormal};
use rand_xoshiro::Xoshiro256PlusPlus;
use rayon::prelude::*;

use hourglass_experiment::{LatentPrior, Stream, stream_seed};

/// Rows drawn one after the other by one thread: handing out less would cost more than drawing.
const MIN_ROWS: usize = 16;

/// Standard normal numbers `[n_rows, width]`; each row has a generator of its own.
#[must_use]
pub fn normals(seed: u64, stream: Stream, address: u64, n_rows: usize, width: usize) -> Vec<f32> {
    rows(seed, stream, address, n_rows, width, |rng, row| {
        for value in row {
            *value = StandardNormal.sample(rng);
        }
    })
}

/// A mask `[n_rows, width]` that is 0 with probability `fraction` and 1 elsewhere.
#[must_use]
pub fn masks(
    seed: u64,
    stream: Stream,
    address: u64,
    [n_rows, width]: [usize; 2],
    fraction: f32,
) -> Vec<f32> {
    rows(seed, stream, address, n_rows, width, |rng, row| {
        for value in row {
            *value = if rng.random::<f32>() < fraction {
                0.0
            } else {
                1.0
            };
        }
    })
}

/// Images of noise `[n_rows, n_pixels]` of 0..1: each pixel is that of another image `[n, n_pixels]`, drawn at
/// random. Every pixel has the values it has in the data, and none has anything to do with its neighbours. The
/// same at every call.
#[must_use]
pub fn scrambled(images: &[u8], n_rows: usize, n_pixels: usize) -> Vec<f32> {
    let n_images = (images.len() / n_pixels.max(1)).max(1);
    rows(0, Stream::Evaluation, 1, n_rows, n_pixels, |rng, row| {
        for (pixel, value) in row.iter_mut().enumerate() {
            let from = rng.random_range(0..n_images);
            *value = f32::from(images[from * n_pixels + pixel]) / 255.0;
        }
    })
}

/// Samples of a prior `[n_rows, size]`. Those that lie in the plane need codes of two units.
#[must_use]
pub fn prior_samples(
    prior: LatentPrior,
    seed: u64,
    address: u64,
    n_rows: usize,
    size: usize,
) -> Vec<f32> {
    rows(seed, Stream::Prior, address, n_rows, size, |rng, row| {
        let normal = |rng: &mut Xoshiro256PlusPlus| -> f32 { StandardNormal.sample(rng) };
        match prior {
            LatentPrior::Gaussian => row.fill_with(|| normal(rng)),
            LatentPrior::Uniform => {
                let e = LatentPrior::UNIFORM_EXTENT;
                row.fill_with(|| rng.random_range(-e..e));
            }
            LatentPrior::Mixture => {
                let angle = LatentPrior::petal_angle(rng.random_range(0..LatentPrior::N_PETALS));
                let [along, across] = LatentPrior::PETAL_SIGMAS;
                let along = LatentPrior::PETAL_RADIUS + along * normal(rng);
                let across = across * normal(rng);
                let (sin, cos) = angle.sin_cos();
                row.copy_from_slice(&[along * cos - across * sin, along * sin + across * cos]);
            }
            LatentPrior::SwissRoll => {
                let on_line = LatentPrior::roll_point(rng.random());
                let sigma = LatentPrior::ROLL_SIGMA;
                row.copy_from_slice(&on_line.map(|part| part + sigma * normal(rng)));
            }
        }
    })
}

fn rows(
    seed: u64,
    stream: Stream,
    address: u64,
    n_rows: usize,
    width: usize,
    draw: impl Fn(&mut Xoshiro256PlusPlus, &mut [f32]) + Sync,
) -> Vec<f32> {
    let mut values = vec![0.0; n_rows * width];
    values
        .par_chunks_exact_mut(width.max(1))
        .with_min_len(MIN_ROWS)
        .enumerate()
        .for_each(|(idx, row)| {
            let seed = stream_seed(seed, stream, &[address, idx as u64]);
            draw(&mut Xoshiro256PlusPlus::seed_from_u64(seed), row);
        });
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moments(values: &[f32]) -> (f64, f64) {
        let n = values.len() as f64;
        let mean = values.iter().map(|&v| f64::from(v)).sum::<f64>() / n;
        let square = values.iter().map(|&v| (f64::from(v) - mean).powi(2));
        (mean, square.sum::<f64>() / n)
    }

    #[test]
    fn normals_are_normal_and_addressed() {
        let draw = |address| normals(1, Stream::Latent, address, 500, 20);
        let (mean, variance) = moments(&draw(3));
        assert!(
            mean.abs() < 0.05 && (variance - 1.0).abs() < 0.07,
            "{mean} {variance}"
        );
        assert_eq!(draw(3), draw(3));
        assert_ne!(draw(3), draw(4));
    }

    #[test]
    fn masks_hit_their_share() {
        let mask = masks(1, Stream::Pretraining, 0, [500, 40], 0.3);
        let (mean, _) = moments(&mask);
        assert!((mean - 0.7).abs() < 0.02, "{mean}");
        assert!(mask.iter().all(|&v| v == 0.0 || v >= 1.0));
    }

    #[test]
    fn scrambled_images_keep_each_pixels_values() {
        let images = [0, 255, 51, 0, 255, 102]; // two images of three pixels
        let noise = scrambled(&images, 200, 3);
        for image in noise.chunks_exact(3) {
            assert_eq!(
                (image[0].to_bits(), image[1].to_bits()),
                (0, 1.0_f32.to_bits())
            );
            assert!((image[2] - 0.2).abs() < 1e-6 || (image[2] - 0.4).abs() < 1e-6);
        }
        let (mean, _) = moments(&noise);
        assert!((mean - 1.3 / 3.0).abs() < 0.02, "{mean}");
    }

    #[test]
    fn samples_lie_where_their_prior_is() {
        let draw = |prior| prior_samples(prior, 1, 0, 2000, 2);
        let (mean, variance) = moments(&draw(LatentPrior::Gaussian));
        assert!(mean.abs() < 0.1 && (variance - 1.0).abs() < 0.1);
        let uniform = draw(LatentPrior::Uniform);
        assert!(
            uniform
                .iter()
                .all(|v| v.abs() <= LatentPrior::UNIFORM_EXTENT)
        );
        let (_, variance) = moments(&uniform);
        assert!((variance - 4.0 / 3.0).abs() < 0.1, "{variance}");

        let mut petals = [0; LatentPrior::N_PETALS];
        for point in draw(LatentPrior::Mixture).chunks_exact(2) {
            let nearest = (0..petals.len()).min_by(|&a, &b| {
                let distance = |petal| {
                    let angle = LatentPrior::petal_angle(petal);
                    (point[0] - 2.0 * angle.cos()).hypot(point[1] - 2.0 * angle.sin())
                };
                distance(a).total_cmp(&distance(b))
            });
            petals[nearest.expect("ten petals")] += 1;
        }
        assert!(
            petals.iter().all(|&n| (120..=280).contains(&n)),
            "{petals:?}"
        );

        for point in draw(LatentPrior::SwissRoll).chunks_exact(2) {
            assert!(point[0].hypot(point[1]) < LatentPrior::ROLL_RADIUS + 0.4);
        }
    }
}
