//! How busy the units of a layer are.

use hourglass_protocol::Histogram;

/// An activation with |h| below this counts as near zero.
pub const NEAR_ZERO: f32 = 0.01;

/// Bins of a histogram: enough to see two modes, few enough to read bars.
const N_BINS: u16 = 48;

/// Figures of a layer over some images.
#[derive(Clone, Debug, PartialEq)]
pub struct ActivationStatistics {
    /// Mean over units and images.
    pub mean: f64,
    /// Share of activations with |h| < [`NEAR_ZERO`].
    pub near_zero_fraction: f64,
    /// Units near zero on every image.
    pub dead_units: usize,
    /// Mean activation of each unit: `[units]`.
    pub unit_means: Vec<f32>,
}

/// Figures of activations `[n, units]`, row by row. Of no images at all, every figure is zero.
#[must_use]
pub fn statistics(activations: &[f32], n_units: usize) -> ActivationStatistics {
    let mut sums = vec![0.0_f64; n_units];
    let mut alive = vec![false; n_units];
    let mut n_near_zero = 0_usize;
    for row in activations.chunks_exact(n_units.max(1)) {
        for ((&value, sum), alive) in row.iter().zip(&mut sums).zip(&mut alive) {
            *sum += f64::from(value);
            let is_near_zero = value.abs() < NEAR_ZERO;
            n_near_zero += usize::from(is_near_zero);
            *alive |= !is_near_zero;
        }
    }
    let n_values = activations.len().max(1) as f64;
    let n_rows = (activations.len() / n_units.max(1)).max(1) as f64;
    ActivationStatistics {
        mean: sums.iter().sum::<f64>() / n_values,
        near_zero_fraction: n_near_zero as f64 / n_values,
        dead_units: alive.iter().filter(|alive| !**alive).count(),
        unit_means: sums.iter().map(|sum| (sum / n_rows) as f32).collect(),
    }
}

/// Counts values in bins of equal width over `range`, or where none is given over the values' own range
/// rounded outwards, so that the bins stay put while the values move a little. Values outside the range
/// fall into the outermost bins; values that are not finite are left out.
#[must_use]
pub fn histogram(values: &[f32], range: Option<[f32; 2]>) -> Histogram {
    let [low, high] = range.unwrap_or_else(|| rounded_range(values));
    let bin_width = (high - low) / f32::from(N_BINS);
    let mut counts = vec![0_u32; usize::from(N_BINS)];
    for value in values.iter().filter(|value| value.is_finite()) {
        let bin = ((value - low) / bin_width).clamp(0.0, f32::from(N_BINS - 1));
        let bin_idx = bin as usize;
        counts[bin_idx] += 1;
    }
    Histogram {
        start: low,
        bin_width,
        counts,
    }
}

/// The values' range with both ends rounded outwards to one leading digit; an end at zero stays there.
fn rounded_range(values: &[f32]) -> [f32; 2] {
    let finite = values.iter().copied().filter(|value| value.is_finite());
    let (low, high) = finite.fold((0.0_f32, 0.0_f32), |(low, high), value| {
        (low.min(value), high.max(value))
    });
    if low == 0.0 && high == 0.0 {
        return [0.0, 1.0];
    }
    [-outwards(-low), outwards(high)]
}

/// The next number of the form d·10ᵏ at or above a number that is not negative.
fn outwards(value: f32) -> f32 {
    if value == 0.0 {
        return 0.0;
    }
    let decade = 10.0_f32.powf(value.log10().floor());
    (value / decade).ceil() * decade
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_of_a_tiny_layer_are_exact() {
        // Unit 0 is dead, unit 1 is on half the time, unit 2 always.
        let activations = [0.0, 0.0, 1.0, 0.005, 1.0, 0.5];
        let figures = statistics(&activations, 3);
        assert_eq!(figures.dead_units, 1);
        assert!((figures.near_zero_fraction - 0.5).abs() < 1e-12);
        assert!((figures.mean - 2.505 / 6.0).abs() < 1e-7);
        assert_eq!(figures.unit_means, [0.0025, 0.5, 0.75]);
    }

    #[test]
    fn no_images_give_zeros_not_nan() {
        let figures = statistics(&[], 2);
        assert_eq!((figures.mean, figures.near_zero_fraction), (0.0, 0.0));
    }

    #[test]
    fn every_finite_value_is_counted_once() {
        let values = [0.0, 0.5, 1.0, -3.0, 7.0, f32::NAN, f32::INFINITY];
        let counted = histogram(&values, Some([0.0, 1.0]));
        assert_eq!(counted.total(), 5);
        assert_eq!(counted.counts.first(), Some(&2)); // 0.0, and -3.0 from below
        assert_eq!(counted.counts.last(), Some(&2)); // 1.0, and 7.0 from above
    }

    #[test]
    fn a_free_range_is_rounded_outwards() {
        let range = |values: &[f32]| {
            let counted = histogram(values, None);
            [counted.start, counted.start + 48.0 * counted.bin_width]
        };
        let close =
            |a: [f32; 2], b: [f32; 2]| (a[0] - b[0]).abs() < 1e-4 && (a[1] - b[1]).abs() < 1e-4;
        assert!(close(range(&[0.0, 3.2]), [0.0, 4.0]));
        assert!(close(range(&[-0.21, 12.0]), [-0.3, 20.0]));
        assert!(close(range(&[]), [0.0, 1.0]));
    }
}
