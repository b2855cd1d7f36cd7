//! What the Manifold panel remembers.

/// What is drawn.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub(super) struct ManifoldOptions {
    pub shown: Shown,
    /// Pictures along each axis of the grid.
    pub n_places: usize,
    pub plane: Plane,
    /// The two units that span a plane of units, counted from 0.
    pub units: [usize; 2],
    /// Which samples are drawn.
    pub seed: u64,
}

impl Default for ManifoldOptions {
    fn default() -> Self {
        Self {
            shown: Shown::default(),
            n_places: 12,
            plane: Plane::default(),
            units: [0, 1],
            seed: 1,
        }
    }
}

/// What of the space of codes is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(super) enum Shown {
    /// A grid over a plane.
    #[default]
    Grid,
    /// Random codes.
    Samples,
}

/// What spans the plane of a code of more than two units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(super) enum Plane {
    /// The two principal components.
    #[default]
    Principal,
    /// Two units.
    Units,
}
