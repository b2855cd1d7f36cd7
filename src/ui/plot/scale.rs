//! Which numbers lie where on the screen.

use egui::{Pos2, Rect, pos2};

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

    /// Its middle.
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
    fn with_length(self, length: f64) -> Self {
        let middle = self.middle();
        Self::new(middle - length / 2.0, middle + length / 2.0)
    }

    /// Scaled by `factor` around `centre`.
    fn scaled_around(self, centre: f64, factor: f64) -> Self {
        Self::new(
            centre + factor * (self.min - centre),
            centre + factor * (self.max - centre),
        )
    }

    fn shifted(self, by: f64) -> Self {
        Self::new(self.min + by, self.max + by)
    }
}

/// The part of the plane that a plot shows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounds {
    /// Along the horizontal axis, growing to the right.
    pub x: Interval,
    /// Along the vertical axis, growing upwards.
    pub y: Interval,
}

impl Bounds {
    /// Grown along one axis until a unit is as long on both, in a plot of `size` points.
    #[must_use]
    pub fn with_equal_units(self, size: egui::Vec2) -> Self {
        let [width, height] = [f64::from(size.x.max(1.0)), f64::from(size.y.max(1.0))];
        let unit = (self.x.length() / width).max(self.y.length() / height);
        Self {
            x: self.x.with_length(unit * width),
            y: self.y.with_length(unit * height),
        }
    }
}

/// Turns numbers into places on the screen and back.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Transform {
    /// Where on the screen, in points.
    pub rect: Rect,
    /// What is shown there.
    pub bounds: Bounds,
}

impl Transform {
    /// Points for one unit along x and y, both above zero.
    #[must_use]
    pub fn points_per_unit(&self) -> [f64; 2] {
        [
            f64::from(self.rect.width()) / self.bounds.x.length(),
            f64::from(self.rect.height()) / self.bounds.y.length(),
        ]
    }

    /// The column of a number along x.
    #[must_use]
    pub fn screen_x(&self, x: f64) -> f32 {
        let share = (x - self.bounds.x.min) / self.bounds.x.length();
        self.rect.left() + to_f32(share) * self.rect.width()
    }

    /// The line of a number along y.
    #[must_use]
    pub fn screen_y(&self, y: f64) -> f32 {
        let share = (y - self.bounds.y.min) / self.bounds.y.length();
        self.rect.bottom() - to_f32(share) * self.rect.height()
    }

    /// The place of a point.
    #[must_use]
    pub fn screen_from_plot(&self, [x, y]: [f64; 2]) -> Pos2 {
        pos2(self.screen_x(x), self.screen_y(y))
    }

    /// The point at a place.
    #[must_use]
    pub fn plot_from_screen(&self, at: Pos2) -> [f64; 2] {
        let [per_x, per_y] = self.points_per_unit();
        [
            self.bounds.x.min + f64::from(at.x - self.rect.left()) / per_x,
            self.bounds.y.min + f64::from(self.rect.bottom() - at.y) / per_y,
        ]
    }

    /// What is shown after the paper has been dragged by `delta` points.
    #[must_use]
    pub fn dragged(&self, delta: egui::Vec2) -> Bounds {
        let [per_x, per_y] = self.points_per_unit();
        Bounds {
            x: self.bounds.x.shifted(-f64::from(delta.x) / per_x),
            y: self.bounds.y.shifted(f64::from(delta.y) / per_y),
        }
    }

    /// What is shown after magnifying by `factor` around a place that stays where it is.
    #[must_use]
    pub fn zoomed(&self, factor: egui::Vec2, around: Pos2) -> Bounds {
        let [x, y] = self.plot_from_screen(around);
        Bounds {
            x: self.bounds.x.scaled_around(x, 1.0 / f64::from(factor.x)),
            y: self.bounds.y.scaled_around(y, 1.0 / f64::from(factor.y)),
        }
    }
}

/// Screen coordinates need no more than f32.
#[expect(
    clippy::cast_possible_truncation,
    reason = "a share of the screen needs no more than f32"
)]
fn to_f32(value: f64) -> f32 {
    value as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::vec2;
    use proptest::prelude::*;

    fn transform(x: Interval, y: Interval) -> Transform {
        Transform {
            rect: Rect::from_min_size(pos2(10.0, 20.0), vec2(400.0, 300.0)),
            bounds: Bounds { x, y },
        }
    }

    proptest! {
        #[test]
        fn the_screen_leads_back_to_the_plot(
            min in -1e3..1e3_f64, length in 1e-2..1e3_f64, share in 0.0..1.0_f64,
        ) {
            let interval = Interval::new(min, min + length);
            let transform = transform(interval, interval);
            let point = [min + share * length, min + (1.0 - share) * length];
            let back = transform.plot_from_screen(transform.screen_from_plot(point));
            // f32 keeps 24 bits of a coordinate below 512 points: 1e-4 of the length is generous.
            prop_assert!((back[0] - point[0]).abs() < 1e-4 * length);
            prop_assert!((back[1] - point[1]).abs() < 1e-4 * length);
        }

        #[test]
        fn zooming_keeps_the_place_under_the_pointer(factor in 0.2..5.0_f32, x in 10.0..410.0_f32) {
            let before = transform(Interval::new(-2.0, 3.0), Interval::new(0.0, 1.0));
            let at = pos2(x, 100.0);
            let after = Transform { bounds: before.zoomed(vec2(factor, factor), at), ..before };
            let (was, is) = (before.plot_from_screen(at), after.plot_from_screen(at));
            prop_assert!((was[0] - is[0]).abs() < 1e-4 && (was[1] - is[1]).abs() < 1e-4);
        }
    }

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

    #[test]
    fn equal_units_grow_and_never_cut() {
        let bounds = Bounds {
            x: Interval::new(0.0, 4.0),
            y: Interval::new(0.0, 1.0),
        };
        let equal = bounds.with_equal_units(vec2(200.0, 100.0));
        assert!(equal.x.holds(bounds.x) && equal.y.holds(bounds.y));
        assert!((equal.x.length() / equal.y.length() - 2.0).abs() < 1e-9);
    }
}
