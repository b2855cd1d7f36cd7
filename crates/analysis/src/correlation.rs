//! Which unit of a code follows a known factor of the images.

use super::code_moments::CodeMoments;

/// The unit whose values go most closely with a factor, and Pearson's correlation with it, −1..1.
///
/// `codes` are `[n, size]`, row by row, `factor` is `[n]`. `None` if nothing can go together: no unit varies, or
/// the factor does not.
#[must_use]
pub fn strongest(codes: &[f32], size: usize, factor: &[f32]) -> Option<(usize, f64)> {
    let of_codes = CodeMoments::of(codes, size);
    let of_factor = CodeMoments::of(factor, 1);
    let (&mean, &variance) = of_factor.mean.first().zip(of_factor.variance.first())?;
    let mut covariance = vec![0.0; size];
    for (row, &value) in codes.chunks_exact(size.max(1)).zip(factor) {
        let offset = f64::from(value) - mean;
        for (unit, (sum, &code)) in covariance.iter_mut().zip(row).enumerate() {
            *sum += offset * (f64::from(code) - of_codes.mean[unit]);
        }
    }
    let n = factor.len().max(1) as f64;
    let correlations = covariance.iter().zip(&of_codes.variance).enumerate();
    correlations
        .map(|(unit, (sum, of_unit))| (unit, sum / n / (of_unit * variance).sqrt()))
        .filter(|(_, correlation)| correlation.is_finite()) // 0 / 0 of a unit that is constant
        .max_by(|a, b| a.1.abs().total_cmp(&b.1.abs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_unit_that_is_the_factor_is_found_with_its_sign() {
        let factor = [1.0, -2.0, 0.5, 4.0];
        let noise = [0.3, 0.1, -0.2, 0.0];
        let rows = factor.iter().zip(noise);
        let codes: Vec<f32> = rows
            .flat_map(|(&f, noise)| [noise, 7.0 - 2.0 * f, 1.0])
            .collect();
        let (unit, correlation) = strongest(&codes, 3, &factor).expect("a unit varies");
        assert_eq!(unit, 1);
        assert!((correlation + 1.0).abs() < 1e-6, "{correlation}");
    }

    #[test]
    fn a_tiny_case_agrees_with_the_definition() {
        // x = 1, 2, 3 and y = 1, 3, 2: covariance 1/3, variances 2/3 each, so r = 1/2.
        let (unit, correlation) = strongest(&[1.0, 2.0, 3.0], 1, &[1.0, 3.0, 2.0]).expect("varies");
        assert_eq!(unit, 0);
        assert!((correlation - 0.5).abs() < 1e-9, "{correlation}");
    }

    #[test]
    fn what_does_not_vary_goes_with_nothing() {
        assert_eq!(strongest(&[1.0, 1.0], 1, &[0.0, 1.0]), None);
        assert_eq!(strongest(&[0.0, 1.0], 1, &[2.0, 2.0]), None);
        assert_eq!(strongest(&[], 2, &[]), None);
    }
}
