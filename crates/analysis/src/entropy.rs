//! What no reconstruction can fall below: the entropy of the targets themselves.

/// Mean over images and pixels of `−x ln x − (1 − x) ln(1 − x)` of images `[n, pixels]` of 0..255 scaled to
/// 0..1, in nats per pixel; `0 ln 0` is 0.
///
/// The binary cross-entropy `−x ln p − (1 − x) ln(1 − p)` is this plus the Kullback-Leibler divergence of
/// `p` from `x`, which is never negative: a perfect reconstruction `p = x` reaches this floor and not zero,
/// for grey pixels are no coin flips. Of no images the figure is zero.
#[must_use]
pub fn entropy_floor(test: &[u8]) -> f64 {
    let mut counts = [0_u64; 256];
    for &byte in test {
        counts[usize::from(byte)] += 1;
    }
    let share = |count: u64| count as f64 / test.len().max(1) as f64;
    (0..=u8::MAX)
        .zip(counts)
        .map(|(byte, count)| share(count) * entropy(f64::from(byte) / 255.0))
        .sum()
}

/// Entropy of a coin that falls on one side with probability `x`, in nats.
fn entropy(x: f64) -> f64 {
    let term = |p: f64| if p > 0.0 { -p * p.ln() } else { 0.0 };
    term(x) + term(1.0 - x)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cross_entropy;
    use hourglass_experiment::N_PIXELS;

    #[test]
    fn black_and_white_have_none() {
        assert!(entropy_floor(&[0, 255, 255, 0]).abs() < 1e-15);
        assert!(entropy_floor(&[]).abs() < 1e-15);
    }

    #[test]
    fn grey_has_that_of_a_coin() {
        let share = 51.0 / 255.0; // a fifth
        let expected = -0.2 * 0.2_f64.ln() - 0.8 * 0.8_f64.ln();
        assert!((entropy(share) - expected).abs() < 1e-15);
        assert!((entropy_floor(&[51, 204, 0, 255]) - expected / 2.0).abs() < 1e-15);
        assert!((entropy(0.5) - std::f64::consts::LN_2).abs() < 1e-15);
    }

    #[test]
    fn it_is_the_cross_entropy_of_a_perfect_reconstruction() {
        let image: Vec<u8> = (0..N_PIXELS)
            .map(|idx| (idx % 256).to_le_bytes()[0])
            .collect();
        let perfect: Vec<f32> = image.iter().map(|&byte| f32::from(byte) / 255.0).collect();
        let reached = cross_entropy::of_probabilities(&perfect, &[&image]) / 784.0;
        assert!((reached - entropy_floor(&image)).abs() < 1e-6);
        let off: Vec<f32> = perfect.iter().map(|p| 0.9 * p + 0.02).collect();
        assert!(cross_entropy::of_probabilities(&off, &[&image]) / 784.0 > entropy_floor(&image));
    }
}
