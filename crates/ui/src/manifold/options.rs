//! What the Manifold panel remembers.

/// What is drawn.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub(super) struct ManifoldOptions {
    pub shown: ManifoldKind,
    /// Pictures along each axis of the grid.
    pub n_places: usize,
    pub plane: ManifoldPlane,
    /// The two units that span a plane of units, counted from 0.
    pub units: [usize; 2],
    /// Which samples are drawn.
    pub seed: u64,
}

impl Default for ManifoldOptions {
    fn default() -> Self {
        Self {
            shown: ManifoldKind::default(),
            n_places: 12,
            plane: ManifoldPlane::default(),
            units: [0, 1],
            seed: 1,
        }
    }
}

/// What of the space of codes is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(super) enum ManifoldKind {
    /// A grid over a plane.
    #[default]
    Grid,
    /// Random codes.
    Samples,
}

/// What spans the plane of a code of more than two units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(super) enum ManifoldPlane {
    /// The two principal components.
    #[default]
    Principal,
    /// Two units.
    Units,
}
