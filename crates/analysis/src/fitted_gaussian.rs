//! A Gaussian with the mean and the full covariance of a cloud of codes, to draw from.

use rayon::prelude::*;

/// `N(m, Σ)` with `m = Σᵢ xᵢ / n` and `Σ = Σᵢ (xᵢ − m)(xᵢ − m)ᵀ / n`, the Gaussian most likely to have drawn
/// the codes `xᵢ`.
///
/// `Σ` is never formed. With `A = [x₁ − m, …, xₙ − m] / √n`, `Σ = A Aᵀ`, so `m + A ε` with `ε ~ N(0, Iₙ)` is a
/// draw, whatever the rank of `Σ`. It moves smoothly with the codes, because `A` does.
#[derive(Clone, Copy, Debug)]
pub struct FittedGaussian<'a> {
    codes: &'a [f32],
    mean: &'a [f64],
}

impl<'a> FittedGaussian<'a> {
    /// Fits codes `[n, size]` whose mean `[size]` is known.
    #[must_use]
    pub fn new(codes: &'a [f32], mean: &'a [f64]) -> Self {
        Self { codes, mean }
    }

    /// Codes it is fitted to, and numbers that a draw takes.
    #[must_use]
    pub fn n_codes(&self) -> usize {
        self.codes.len() / self.mean.len().max(1)
    }

    /// Draws codes `[n_draws, size]` from standard normal numbers `[n_draws, n_codes]`. Costs `n · size` for
    /// each.
    #[must_use]
    pub fn draw(&self, noise: &[f32]) -> Vec<f32> {
        let draws = noise.par_chunks_exact(self.n_codes().max(1));
        draws.flat_map_iter(|noise| self.at(noise)).collect()
    }

    /// `m + Σᵢ εᵢ (xᵢ − m) / √n`.
    fn at(&self, noise: &[f32]) -> Vec<f32> {
        let Self { codes, mean } = self;
        let size = mean.len();
        let mut sums = vec![0.0_f64; size];
        let mut noise_sum = 0.0;
        for (code, &noise) in codes.chunks_exact(size.max(1)).zip(noise) {
            let noise = f64::from(noise);
            noise_sum += noise;
            for (sum, &value) in sums.iter_mut().zip(code) {
                *sum += noise * f64::from(value);
            }
        }
        let root = (self.n_codes().max(1) as f64).sqrt();
        let units = sums.iter().zip(*mean);
        units
            .map(|(sum, mean)| (mean + (sum - noise_sum * mean) / root) as f32)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The draws at the unit vectors are the columns of `A`, moved by the mean: `A Aᵀ` is the covariance.
    #[test]
    fn covariance_is_that_of_the_codes_in_full() {
        let codes = [1.0_f32, 2.0, 3.0, 8.0, 5.0, 2.0, 7.0, 4.0]; // four codes of two units
        let mean = [4.0, 4.0];
        // ((−3)² + (−1)² + 1² + 3²) / 4 = 5; ((−2)² + 4² + (−2)² + 0) / 4 = 6; (6 − 4 − 2 + 0) / 4 = 0.
        let expected = [[5.0, 0.0], [0.0, 6.0]];
        let gaussian = FittedGaussian::new(&codes, &mean);
        assert_eq!(gaussian.n_codes(), 4);
        let identity: Vec<f32> = (0..16_u8)
            .map(|idx| f32::from(u8::from(idx % 5 == 0)))
            .collect();
        let columns = gaussian.draw(&identity);
        for (i, row) in expected.iter().enumerate() {
            for (j, expected) in row.iter().enumerate() {
                let products = columns
                    .chunks_exact(2)
                    .map(|column| (f64::from(column[i]) - 4.0) * (f64::from(column[j]) - 4.0));
                assert!((products.sum::<f64>() - expected).abs() < 1e-5);
            }
        }
        assert_eq!(
            gaussian.draw(&[0.0; 4]),
            [4.0, 4.0],
            "without noise, the mean"
        );
    }

    #[test]
    fn codes_on_a_line_are_drawn_on_that_line() {
        // h₂ = 2 h₁ + 1, a covariance of rank one.
        let codes: Vec<f32> = (0..50_u8)
            .flat_map(|t| [f32::from(t), 2.0 * f32::from(t) + 1.0])
            .collect();
        let mean = [24.5, 50.0];
        let noise: Vec<f32> = (0..150_u8)
            .map(|idx| (f32::from(idx) * 0.7).sin())
            .collect();
        let drawn = FittedGaussian::new(&codes, &mean).draw(&noise);
        assert_eq!(drawn.len(), 3 * 2);
        for code in drawn.chunks_exact(2) {
            assert!((code[1] - 2.0 * code[0] - 1.0).abs() < 1e-3, "{code:?}");
        }
    }

    #[test]
    fn no_codes_give_no_draws() {
        assert!(FittedGaussian::new(&[], &[]).draw(&[]).is_empty());
    }
}
