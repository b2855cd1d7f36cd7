//! What is requested of the latent scatter: which plane, which images, and whether with their errors.
//!
//! The worker sends two coordinates a point. Training images lie in the plane of the test images, and their numbers
//! continue after the test split, so that one number means one image everywhere.

use serde::{Deserialize, Serialize};

/// What is asked of the scatter. The worker sends two coordinates a point, whatever the code's size.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ScatterRequest {
    /// The plane; none, or one that the code has not, for [`Plane::first_of`].
    pub plane: Option<Plane>,
    /// Whose codes are the points.
    pub source: PointSource,
    /// Whether each point comes with the error of its image, which costs as much again as the codes.
    pub errors: bool,
}

/// Which images are points.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum PointSource {
    /// The test images.
    #[default]
    Test,
    /// The images that the model learns from.
    Training,
}

/// Which two coordinates of a code are a plane: first the horizontal, then the vertical one, counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Plane {
    /// Two units of the code as they are.
    Units([usize; 2]),
    /// Two principal components of the test images' codes; 0 is the one of largest variance.
    Components([usize; 2]),
}

impl Plane {
    /// Principal components that can be chosen from: further ones hold little variance.
    pub const MAX_COMPONENTS: usize = 8;

    /// The default plane of a code: its two units, or its first two components. A single
    /// unit is both coordinates.
    #[must_use]
    pub fn first_of(code_size: usize) -> Self {
        match code_size {
            0 | 1 => Self::Units([0, 0]),
            2 => Self::Units([0, 1]),
            _ => Self::Components([0, 1]),
        }
    }

    /// This plane if a code of this many units has it, otherwise its first.
    #[must_use]
    pub fn in_code(choice: Option<Self>, code_size: usize) -> Self {
        let choice = choice.filter(|plane| plane.is_of(code_size));
        choice.unwrap_or(Self::first_of(code_size))
    }

    /// The two coordinates.
    #[must_use]
    pub fn pair(self) -> [usize; 2] {
        match self {
            Self::Units(pair) | Self::Components(pair) => pair,
        }
    }

    /// Components that a code of this many units can be seen along; none if it is a plane already, which is never
    /// projected again.
    #[must_use]
    pub fn n_components(code_size: usize) -> usize {
        if code_size > 2 {
            code_size.min(Self::MAX_COMPONENTS)
        } else {
            0
        }
    }

    fn is_of(self, code_size: usize) -> bool {
        let [x, y] = self.pair();
        let n = match self {
            Self::Units(_) => code_size,
            Self::Components(_) => Self::n_components(code_size),
        };
        x < n && y < n && x != y
    }
}

/// How the plane of the scatter lies in the space of codes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Axes {
    /// Two units of the code, drawn as they are (a single unit is drawn over itself).
    Raw,
    /// Two principal components: directions of large variance.
    Pca {
        /// Share of the codes' variance along each axis, 0..1.
        explained: [f32; 2],
    },
    /// Two principal components, turned within their plane onto those of the run that this one is compared with.
    Turned {
        /// Share of the codes' variance along each axis, 0..1.
        explained: [f32; 2],
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plane_that_the_code_has_not_gives_way_to_its_first() {
        let components = Plane::Components([2, 7]);
        assert_eq!(Plane::in_code(Some(components), 20), components);
        assert_eq!(
            Plane::in_code(Some(components), 4),
            Plane::Components([0, 1])
        );
        assert_eq!(Plane::in_code(Some(components), 2), Plane::Units([0, 1]));
        assert_eq!(
            Plane::in_code(Some(Plane::Units([5, 5])), 20),
            Plane::Components([0, 1])
        );
        let turned = Plane::Units([1, 0]);
        assert_eq!(Plane::in_code(Some(turned), 2), turned);
        assert_eq!(Plane::in_code(None, 1), Plane::Units([0, 0]));
    }
}
