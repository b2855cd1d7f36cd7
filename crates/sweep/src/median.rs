//! What the seeds of a combination make of a figure.

use crate::column::Column;

/// Median and range of a figure. A standard deviation would say more than two or three seeds can.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Median {
    /// Runs that have the figure.
    pub n: usize,
    pub median: f64,
    pub least: f64,
    pub greatest: f64,
}

/// A figure of a combination.
#[derive(Clone, Debug, PartialEq)]
pub struct MedianRow {
    /// What the settings that vary are set to, in the order of the table.
    pub settings: Vec<String>,
    pub figure: Column,
    pub values: Median,
}

impl Median {
    /// Of these values; `None` of none, and of those that are no numbers.
    #[must_use]
    pub fn of(values: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut values: Vec<f64> = values.into_iter().filter(|value| !value.is_nan()).collect();
        values.sort_by(f64::total_cmp);
        let n = values.len();
        let (&least, &greatest) = (values.first()?, values.last()?);
        let middle = n / 2;
        let median = if n.is_multiple_of(2) {
            f64::midpoint(values[middle - 1], values[middle])
        } else {
            values[middle]
        };
        Some(Self {
            n,
            median,
            least,
            greatest,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_in_the_middle_and_of_two_between_them() {
        let of = |values: &[f64]| {
            Median::of(values.iter().copied()).map(|of| (of.n, of.median, of.least, of.greatest))
        };
        assert_eq!(of(&[3.0, 1.0, 2.0]), Some((3, 2.0, 1.0, 3.0)));
        assert_eq!(of(&[4.0, 1.0]), Some((2, 2.5, 1.0, 4.0)));
        assert_eq!(of(&[5.0]), Some((1, 5.0, 5.0, 5.0)));
        assert_eq!(of(&[f64::NAN, 5.0]), Some((1, 5.0, 5.0, 5.0)));
        assert_eq!(of(&[]), None);
    }
}
