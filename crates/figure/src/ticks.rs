//! Where an axis has its ticks and what they say.

use super::Interval;
use hourglass_experiment::number;

/// A line of the grid.
#[derive(Clone, Debug, PartialEq)]
pub struct Tick {
    /// Where, in the coordinate of the axis: the value, or its log₁₀ on a logarithmic axis.
    pub at: f64,
    /// What it says; none for the fine lines between.
    pub label: Option<String>,
}

/// Ticks at round numbers, labels at least `label_points` apart on an axis of `length_points`.
#[must_use]
pub fn linear(interval: Interval, length_points: f32, label_points: f32) -> Vec<Tick> {
    let most = f64::from((length_points / label_points).max(1.0));
    let step = round_step(interval.length() / most);
    multiples(step, interval)
        .map(|value| Tick {
            at: value,
            label: Some(with_decimals(value, step)),
        })
        .collect()
}

/// Ticks at whole numbers only, for things that are counted.
#[must_use]
pub fn whole(interval: Interval, length_points: f32, label_points: f32) -> Vec<Tick> {
    let most = f64::from((length_points / label_points).max(1.0));
    let step = round_step(interval.length() / most).max(1.0);
    multiples(step, interval)
        .map(|value| Tick {
            at: value,
            label: Some(format!("{value:.0}")),
        })
        .collect()
}

/// Ticks of an axis that shows log₁₀: decades, and 2…9 times a decade between them, labelled where there is
/// room. Where less than a factor of two is shown, round numbers take over.
#[must_use]
pub fn log10(interval: Interval, length_points: f32, label_points: f32) -> Vec<Tick> {
    let per_decade = f64::from(length_points) / interval.length();
    let room = f64::from(label_points);
    // log₁₀ 2 = 0.30: a decade holds its 1, 2 and 5 where 0.3 of it has room for a label.
    let labelled: &[u32] = if per_decade * 0.30 < room {
        &[1]
    } else if per_decade * 0.045 < room {
        &[1, 2, 5]
    } else {
        &[1, 2, 3, 4, 5, 6, 7, 8, 9]
    };
    // Whole decades are too close when many are shown: label every n-th.
    let every = (room / per_decade).ceil().max(1.0) as i32;

    let mut ticks = Vec::new();
    for exponent in decades(interval) {
        for digit in 1..=9 {
            let at = f64::from(exponent) + f64::from(digit).log10();
            if at < interval.min || at > interval.max {
                continue;
            }
            let has_room = labelled.contains(&digit) && exponent.rem_euclid(every) == 0;
            ticks.push(Tick {
                at,
                label: has_room.then(|| of_decade(digit, exponent)),
            });
        }
    }
    let n_labels = ticks.iter().filter(|tick| tick.label.is_some()).count();
    if n_labels < 2 && interval.length() < 1.0 {
        return round_numbers_of_log10(interval, length_points, label_points);
    }
    ticks
}

/// Round numbers at the place of their log₁₀, for a stretch of an axis too short for decades.
fn round_numbers_of_log10(interval: Interval, length_points: f32, label_points: f32) -> Vec<Tick> {
    let values = Interval::new(10_f64.powf(interval.min), 10_f64.powf(interval.max));
    let most = f64::from((length_points / label_points).max(1.0));
    let step = round_step(values.length() / most);
    multiples(step, values)
        .filter(|value| *value > 0.0)
        .map(|value| Tick {
            at: value.log10(),
            label: Some(with_decimals(value, step)),
        })
        .collect()
}

/// The smallest of 1, 2, 5 · 10ᵏ that is not below `least`.
fn round_step(least: f64) -> f64 {
    let magnitude = 10_f64.powf(least.log10().floor());
    [1.0, 2.0, 5.0, 10.0]
        .into_iter()
        .map(|factor| factor * magnitude)
        .find(|step| *step >= least * (1.0 - 1e-9))
        .unwrap_or(10.0 * magnitude)
}

/// The multiples of `step` within `interval`, computed from whole numbers so that errors do not add up.
fn multiples(step: f64, interval: Interval) -> impl Iterator<Item = f64> {
    // A tick on the very edge should not vanish because of rounding.
    let slack = 1e-6 * step;
    let first = ((interval.min - slack) / step).ceil();
    let n = (((interval.max + slack) / step).floor() - first + 1.0).clamp(0.0, 1e3) as u32;
    (0..n).map(move |idx| (first + f64::from(idx)) * step)
}

/// The exponents of all decades that reach into a stretch of a log₁₀ axis.
fn decades(interval: Interval) -> std::ops::RangeInclusive<i32> {
    let whole = |value: f64| value.floor() as i32;
    whole(interval.min)..=whole(interval.max)
}

/// `0.05`, `200`; `5×10⁻⁴` below a thousandth, and from a thousand on.
fn of_decade(digit: u32, exponent: i32) -> String {
    match exponent {
        -3..0 => format!(
            "0.{digit:0>width$}",
            width = exponent.unsigned_abs() as usize
        ),
        0..3 => (digit * 10_u32.pow(exponent.unsigned_abs())).to_string(),
        _ => number::with_power(&digit.to_string(), &exponent.to_string()),
    }
}

/// With as many decimals as the distance between ticks needs.
fn with_decimals(value: f64, step: f64) -> String {
    let value = if value.abs() < step * 1e-6 {
        0.0
    } else {
        value
    }; // no "-0"
    if step < 1e-4 || value.abs() >= 1e5 {
        return if value == 0.0 {
            "0".to_owned()
        } else {
            number::setting(value)
        };
    }
    let decimals = (-step.log10().floor()).max(0.0) as usize;
    format!("{value:.decimals$}").replace('-', "−")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn labels(ticks: &[Tick]) -> Vec<&str> {
        ticks
            .iter()
            .filter_map(|tick| tick.label.as_deref())
            .collect()
    }

    #[test]
    fn decades_are_labelled_and_have_eight_lines_between() {
        let ticks = log10(Interval::new(-4.0, 0.0), 200.0, 20.0);
        assert_eq!(labels(&ticks), ["10⁻⁴", "0.001", "0.01", "0.1", "1"]);
        assert_eq!(ticks.len(), 4 * 9 + 1);
        assert!((ticks[1].at - (2e-4_f64).log10()).abs() < 1e-12);
    }

    #[test]
    fn a_single_decade_says_one_two_five() {
        let ticks = log10(Interval::new(-2.0, -1.0), 200.0, 20.0);
        assert_eq!(labels(&ticks), ["0.01", "0.02", "0.05", "0.1"]);
    }

    #[test]
    fn less_than_an_octave_says_round_numbers() {
        let ticks = log10(
            Interval::new(0.0105_f64.log10(), 0.0148_f64.log10()),
            200.0,
            40.0,
        );
        assert_eq!(labels(&ticks), ["0.011", "0.012", "0.013", "0.014"]);
        assert!((ticks[1].at - 0.012_f64.log10()).abs() < 1e-12);
    }

    #[test]
    fn many_decades_say_every_other() {
        let ticks = log10(Interval::new(-8.0, 0.0), 100.0, 20.0);
        assert_eq!(labels(&ticks), ["10⁻⁸", "10⁻⁶", "10⁻⁴", "0.01", "1"]);
    }

    #[test]
    fn linear_ticks_are_round_and_say_no_more_than_needed() {
        let ticks = linear(Interval::new(-0.1, 0.52), 100.0, 20.0);
        assert_eq!(labels(&ticks), ["0.0", "0.2", "0.4"]);
        let ticks = linear(Interval::new(0.0, 0.25), 100.0, 20.0);
        assert_eq!(
            labels(&ticks),
            ["0.00", "0.05", "0.10", "0.15", "0.20", "0.25"]
        );
        let ticks = whole(Interval::new(0.0, 3.2), 300.0, 20.0);
        assert_eq!(labels(&ticks), ["0", "1", "2", "3"]);
    }

    proptest! {
        #[test]
        fn labels_keep_their_distance(min in -6.0..3.0_f64, length in 0.05..12.0_f64) {
            let interval = Interval::new(min, min + length);
            for ticks in [linear(interval, 300.0, 30.0), log10(interval, 300.0, 30.0)] {
                let at: Vec<f64> = ticks.iter().filter(|t| t.label.is_some()).map(|t| t.at).collect();
                prop_assert!(at.iter().all(|at| interval.min - 1e-6 <= *at && *at <= interval.max + 1e-6));
                for pair in at.windows(2) {
                    let points = (pair[1] - pair[0]) / length * 300.0;
                    // Round numbers on a log axis crowd at its upper end by at most a factor of ten.
                    prop_assert!(points > 2.9, "{points} points apart");
                }
            }
        }
    }
}
