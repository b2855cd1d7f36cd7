//! The rank of a value among others.

/// Share of sorted values that are smaller, 0..1; equal ones count half. Half of everything where there is
/// nothing to compare with, or the value is none.
///
/// # Panics
/// Never; values that are not sorted give a share that means nothing.
#[must_use]
pub fn share_below(sorted: &[f32], value: f32) -> f64 {
    if sorted.is_empty() || value.is_nan() {
        return 0.5;
    }
    let smaller = sorted.partition_point(|other| *other < value);
    let not_larger = sorted.partition_point(|other| *other <= value);
    (smaller + not_larger) as f64 / (2 * sorted.len()) as f64
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "halves and quarters are exact")]
mod tests {
    use super::*;

    #[test]
    fn smaller_ones_count_and_equal_ones_count_half() {
        let sorted = [1.0, 2.0, 2.0, 5.0];
        let shares = [0.5, 1.0, 2.0, 3.0, 9.0].map(|value| share_below(&sorted, value));
        assert_eq!(shares, [0.0, 0.125, 0.5, 0.75, 1.0]);
        assert_eq!(share_below(&[], 1.0), 0.5);
        assert_eq!(share_below(&sorted, f32::INFINITY), 1.0);
    }
}
