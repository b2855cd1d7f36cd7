//! Binary cross-entropy of images on the host.
//!
//! A measurement on the whole test split takes a logarithm or two for each of eight million pixels. Burn's
//! CPU backend does that on one thread; here all threads do, and sums are kept in double precision. `ln(1 + t)`
//! is written out: `ln_1p` takes four times as long for digits that drown in the sum.

use rayon::prelude::*;

/// Keras' clip of probabilities before a logarithm.
const KERAS_EPSILON: f32 = 1e-7;

/// Sum over all pixels of `(1 − x) z − ln σ(z)`, in nats: the cross-entropy of logits `z` `[n, pixels]` against
/// targets `x` `[n, pixels]` of 0..255.
#[must_use]
pub fn of_logits(logits: &[f32], targets: &[&[u8]]) -> f64 {
    total(logits, targets, |x, z| {
        let ln_sigmoid = z.min(0.0) - (1.0 + (-z.abs()).exp()).ln();
        (1.0 - x) * z - ln_sigmoid
    })
}

/// Sum over all pixels of `−x ln p − (1 − x) ln(1 − p)`, in nats, with `p` `[n, pixels]` clipped to
/// [1e-7, 1 − 1e-7], as Keras does.
#[must_use]
pub fn of_probabilities(probabilities: &[f32], targets: &[&[u8]]) -> f64 {
    total(probabilities, targets, |x, p| {
        let p = p.clamp(KERAS_EPSILON, 1.0 - KERAS_EPSILON);
        // Four pixels in five are plain background, which needs one logarithm only.
        if x == 0.0 {
            -(1.0 - p).ln()
        } else {
            -x * p.ln() - (1.0 - x) * (1.0 - p).ln()
        }
    })
}

/// Adds up image by image, each on whatever thread, in the order of the images.
fn total(values: &[f32], targets: &[&[u8]], of_pixel: impl Fn(f32, f32) -> f32 + Sync) -> f64 {
    let n_pixels = targets.first().map_or(1, |target| target.len());
    let of_images: Vec<f64> = values
        .par_chunks_exact(n_pixels)
        .zip(targets)
        .map(|(values, target)| {
            let pixels = values.iter().zip(*target);
            pixels
                .map(|(&value, &byte)| f64::from(of_pixel(f32::from(byte) / 255.0, value)))
                .sum()
        })
        .collect();
    of_images.iter().sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use hourglass_experiment::N_PIXELS;

    fn exact(x: f64, p: f64) -> f64 {
        -x * p.ln() - (1.0 - x) * (1.0 - p).ln()
    }

    #[test]
    fn logits_and_probabilities_agree_with_the_definition() {
        let bytes: Vec<u8> = (0..N_PIXELS)
            .map(|i| u8::try_from(i % 256).expect("a byte"))
            .collect();
        let logits: Vec<f32> = (0..N_PIXELS)
            .map(|i| (f32::from(u16::try_from(i).expect("small")) * 0.7).sin() * 6.0)
            .collect();
        let probabilities: Vec<f32> = logits.iter().map(|z| 1.0 / (1.0 + (-z).exp())).collect();
        let expected: f64 = logits
            .iter()
            .zip(&bytes)
            .map(|(&z, &byte)| exact(f64::from(byte) / 255.0, 1.0 / (1.0 + (-f64::from(z)).exp())))
            .sum();
        let targets = [bytes.as_slice()];
        assert!((of_logits(&logits, &targets) - expected).abs() < 1e-5 * expected);
        assert!((of_probabilities(&probabilities, &targets) - expected).abs() < 1e-4 * expected);
    }

    #[test]
    fn certain_and_wrong_costs_what_the_clip_allows() {
        let targets: [&[u8]; 1] = [&[255; N_PIXELS]];
        let cost = of_probabilities(&[-3.0; N_PIXELS], &targets) / 784.0;
        assert!((cost - -(1e-7_f64.ln())).abs() < 1e-3);
    }
}
