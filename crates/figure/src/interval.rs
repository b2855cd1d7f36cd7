//! A stretch of an axis.

/// A stretch of one axis; never empty.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// Its lower end.
    pub min: f64,
    /// Its upper end, above the lower one.
    pub max: f64,
}

impl Interval {
    /// From `min` to `max`; widened around its middle where that would be empty or not a number.
    #[must_use]
    pub fn new(min: f64, max: f64) -> Self {
        if !(min.is_finite() && max.is_finite()) {
            return Self { min: 0.0, max: 1.0 };
        }
        let (min, max) = (min.min(max), min.max(max));
        // Wide enough that positions within it can still be told apart in f64.
        let least = 1e-9 * min.abs().max(max.abs()).max(1e-6);
        if max - min >= least {
            return Self { min, max };
        }
        let middle = f64::midpoint(min, max);
        let half = if middle == 0.0 {
            1.0
        } else {
            0.05 * middle.abs()
        };
        Self {
            min: middle - half,
            max: middle + half,
        }
    }

    /// The smallest interval that holds every finite value; none without one.
    #[must_use]
    pub fn around(values: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut ends: Option<(f64, f64)> = None;
        for value in values.into_iter().filter(|value| value.is_finite()) {
            let (min, max) = ends.unwrap_or((value, value));
            ends = Some((min.min(value), max.max(value)));
        }
        ends.map(|(min, max)| Self::new(min, max))
    }

    /// Its length, above zero.
    #[must_use]
    pub fn length(self) -> f64 {
        self.max - self.min
    }

    #[must_use]
    pub fn middle(self) -> f64 {
        f64::midpoint(self.min, self.max)
    }

    /// Longer by `fraction` of its length at each end.
    #[must_use]
    pub fn padded(self, fraction: f64) -> Self {
        let margin = fraction * self.length();
        Self::new(self.min - margin, self.max + margin)
    }

    /// The smallest interval that holds both.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self::new(self.min.min(other.min), self.max.max(other.max))
    }

    /// Whether all of `other` lies within.
    #[must_use]
    pub fn holds(self, other: Self) -> bool {
        self.min <= other.min && other.max <= self.max
    }

    /// A part `share` (0..1) of the way to `goal`.
    #[must_use]
    pub fn towards(self, goal: Self, share: f64) -> Self {
        let mix = |from: f64, to: f64| from + share * (to - from);
        Self::new(mix(self.min, goal.min), mix(self.max, goal.max))
    }

    /// Grown around its middle to `length`.
    #[must_use]
    pub fn with_length(self, length: f64) -> Self {
        let middle = self.middle();
        Self::new(middle - length / 2.0, middle + length / 2.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_is_never_empty() {
        for (min, max) in [
            (0.0, 0.0),
            (3.0, 3.0),
            (-5.0, -5.0),
            (f64::NAN, 1.0),
            (2.0, 1.0),
        ] {
            let interval = Interval::new(min, max);
            assert!(interval.length() > 0.0, "{min} {max}");
        }
        assert_eq!(Interval::around([f64::NAN]), None);
    }
}
