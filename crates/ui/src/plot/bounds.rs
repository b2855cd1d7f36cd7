//! Which part of the plane is shown.

use egui_plot::PlotBounds;

use hourglass_figure::Interval;

/// The part of the plane that a plot shows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounds {
    /// Along the horizontal axis, growing to the right.
    pub x: Interval,
    /// Along the vertical axis, growing upwards.
    pub y: Interval,
}

impl Bounds {
    /// The smallest bounds that hold both.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self {
            x: self.x.union(other.x),
            y: self.y.union(other.y),
        }
    }

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

impl From<PlotBounds> for Bounds {
    fn from(bounds: PlotBounds) -> Self {
        let ([left, bottom], [right, top]) = (bounds.min(), bounds.max());
        Self {
            x: Interval::new(left, right),
            y: Interval::new(bottom, top),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::vec2;

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
