//! How large the type of a figure is.

use super::size::PIXELS_PER_INCH;

/// The usual size of axes, legends and names, in points.
pub const USUAL_TYPE: f32 = 7.5;

/// Sizes of type that can be read and leave room for a figure, in points.
pub const TYPE_POINTS: std::ops::RangeInclusive<f32> = 5.0..=14.0;

/// Sizes of type on a page, in pixels of 1/96 inch: usually 9, 7.5 and 6.75 pt.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TypeSizes {
    pub title: f32,
    /// Of axes, legends and names.
    pub label: f32,
    /// Of ticks and captions.
    pub small: f32,
}

impl TypeSizes {
    /// With labels of this size, in points.
    #[must_use]
    pub fn of(points: f32) -> Self {
        let label = points / POINTS_PER_INCH * PIXELS_PER_INCH;
        Self {
            title: 1.2 * label,
            label,
            small: 0.9 * label,
        }
    }

    /// Room for type, given for the usual size.
    #[must_use]
    pub fn room(self, usual: f32) -> f32 {
        let usual_label = USUAL_TYPE / POINTS_PER_INCH * PIXELS_PER_INCH;
        usual * self.label / usual_label
    }
}

const POINTS_PER_INCH: f32 = 72.0;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_sizes_are_12_10_and_9_pixels() {
        let usual = TypeSizes::of(USUAL_TYPE);
        for (size, pixels) in [
            (usual.title, 12.0),
            (usual.label, 10.0),
            (usual.small, 9.0),
            (usual.room(15.0), 15.0),
            (TypeSizes::of(15.0).room(15.0), 30.0),
        ] {
            assert!((size - pixels).abs() < 1e-4, "{size} is not {pixels}");
        }
    }
}
