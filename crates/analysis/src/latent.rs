//! Figures of a cloud of codes.

use hourglass_experiment::LatentPrior;

/// Variance above which the mean of a variational unit counts as following the image (Burda et al. 2015,
/// section 5).
pub const ACTIVE_VARIANCE: f64 = 0.01;

/// Units whose variance is above [`ACTIVE_VARIANCE`].
#[must_use]
pub fn active_units(variances: &[f64]) -> usize {
    let is_active = |&&variance: &&f64| variance > ACTIVE_VARIANCE;
    variances.iter().filter(is_active).count()
}

/// How codes `[n, 2]` fill the petals of the mixture: petals that hold at least 2 % of the codes within three
/// standard deviations, and the share of codes that lie so near to some petal, in per cent. None for other
/// priors.
#[must_use]
pub fn petals(prior: LatentPrior, codes: &[f32]) -> Option<(usize, f64)> {
    if prior != LatentPrior::Mixture {
        return None;
    }
    let mut counts = [0_usize; LatentPrior::N_PETALS];
    for code in codes.chunks_exact(2) {
        let distance = |petal: usize| {
            let (sin, cos) = LatentPrior::petal_angle(petal).sin_cos();
            let along = code[0] * cos + code[1] * sin - LatentPrior::PETAL_RADIUS;
            let across = code[1] * cos - code[0] * sin;
            let [sigma_along, sigma_across] = LatentPrior::PETAL_SIGMAS;
            (along / sigma_along).hypot(across / sigma_across)
        };
        let nearest = (0..counts.len()).min_by(|&a, &b| distance(a).total_cmp(&distance(b)));
        if let Some(petal) = nearest.filter(|&petal| distance(petal) < 3.0) {
            counts[petal] += 1;
        }
    }
    let n = (codes.len() / 2).max(1);
    let filled = counts.iter().filter(|&&count| count * 50 >= n).count();
    let inside: usize = counts.iter().sum();
    Some((filled, 100.0 * inside as f64 / n as f64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_that_vary_are_active() {
        assert_eq!(active_units(&[1.0, 0.0, 0.011, 0.009]), 2);
    }

    #[test]
    fn codes_on_the_centres_fill_every_petal() {
        let centres: Vec<f32> = (0..LatentPrior::N_PETALS)
            .flat_map(|petal| {
                let angle = LatentPrior::petal_angle(petal);
                [2.0 * angle.cos(), 2.0 * angle.sin()]
            })
            .collect();
        assert_eq!(petals(LatentPrior::Mixture, &centres), Some((10, 100.0)));
        assert_eq!(petals(LatentPrior::Mixture, &[0.0; 20]), Some((0, 0.0)));
        assert_eq!(petals(LatentPrior::Gaussian, &centres), None);
    }
}
