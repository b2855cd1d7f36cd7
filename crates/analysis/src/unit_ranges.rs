//! How far each unit of a code reaches over a set of images.

use rayon::prelude::*;

use hourglass_protocol::UnitRange;

use super::code_moments::CodeMoments;

/// Share of the images at each end of a unit that its range leaves out.
const TAIL: f64 = 0.01;

/// The ranges of codes `[n, size]` with these moments: all units in order, or of a code of more than `max` the
/// `max` of largest variance, the largest first.
#[must_use]
pub fn unit_ranges(codes: &[f32], moments: &CodeMoments, max: usize) -> Vec<UnitRange> {
    let size = moments.mean.len();
    let mut units: Vec<usize> = (0..size).collect();
    if size > max {
        let variance = |unit: usize| moments.variance[unit];
        units.sort_by(|&a, &b| variance(b).total_cmp(&variance(a)));
        units.truncate(max);
    }
    units
        .into_par_iter()
        .map(|unit| {
            let column = codes.iter().skip(unit).step_by(size).copied();
            let [low, high] = ends(column.collect());
            UnitRange {
                unit,
                mean: moments.mean[unit] as f32,
                deviation: moments.variance[unit].sqrt() as f32,
                low,
                high,
            }
        })
        .collect()
}

/// The ends of what is left of values without their tails.
#[must_use]
pub fn ends(mut values: Vec<f32>) -> [f32; 2] {
    values.retain(|value| value.is_finite());
    let Some(last) = values.len().checked_sub(1) else {
        return [0.0, 0.0];
    };
    let place = |share: f64| (share * last as f64).round() as usize;
    [TAIL, 1.0 - TAIL].map(|share| {
        // Selecting is cheaper than sorting: this is done for each unit of each encoded test set.
        let (_, value, _) = values.select_nth_unstable_by(place(share), f32::total_cmp);
        *value
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ranges(codes: &[f32], size: usize, max: usize) -> Vec<UnitRange> {
        unit_ranges(codes, &CodeMoments::of(codes, size), max)
    }

    #[test]
    fn a_range_leaves_a_hundredth_out_at_each_end() {
        let codes: Vec<f32> = (0..=1000_u16).rev().map(f32::from).collect();
        let [range] = ranges(&codes, 1, 64)[..] else {
            panic!("one unit")
        };
        assert_eq!((range.unit, range.low, range.high), (0, 10.0, 990.0));
        assert!((range.mean - 500.0).abs() < 1e-3);
        // (n² − 1) / 12 with n = 1,001.
        assert!((range.deviation - (1_002_000.0_f32 / 12.0).sqrt()).abs() < 1e-2);
    }

    #[test]
    fn of_a_wide_code_the_units_that_vary_most_come_first() {
        let codes: Vec<f32> = (0..100_u8)
            .flat_map(|t| [1.0, 2.0, 5.0, 3.0].map(|width| width * f32::from(t)))
            .collect();
        let units = |max| -> Vec<usize> {
            let ranges = ranges(&codes, 4, max);
            ranges.iter().map(|range| range.unit).collect()
        };
        assert_eq!(units(4), [0, 1, 2, 3], "all of them stand in order");
        assert_eq!(units(3), [2, 3, 1]);
    }

    #[test]
    fn nothing_and_nonsense_have_a_range_of_their_own() {
        let bits = |values: Vec<f32>| ends(values).map(f32::to_bits);
        assert_eq!(bits(vec![]), [0.0_f32; 2].map(f32::to_bits));
        assert_eq!(bits(vec![f32::NAN, 2.0]), [2.0_f32; 2].map(f32::to_bits));
    }
}
