//! What the panel of the latent space remembers.

use hourglass_protocol::PointSource;

use super::colour::ColourBy;
use super::filter::ClassFilter;
use super::gallery::GallerySort;

/// How the scatter is shown.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub(super) struct LatentOptions {
    pub filter: ClassFilter,
    pub units: Units,
    /// Whether two runs that are compared have the same axes.
    pub shares_axes: bool,
    /// Whether the outline of the prior is drawn.
    pub prior: bool,
    pub colour: ColourBy,
    pub source: PointSource,
    /// Whether points become pictures where there is room.
    pub pictures: bool,
    pub sort: GallerySort,
}

impl Default for LatentOptions {
    fn default() -> Self {
        Self {
            filter: ClassFilter::default(),
            units: Units::default(),
            shares_axes: true,
            prior: true,
            colour: ColourBy::default(),
            source: PointSource::default(),
            pictures: true,
            sort: GallerySort::default(),
        }
    }
}

/// How long a unit is on the two axes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(super) enum Units {
    /// As long on both: distances mean the same in every direction.
    #[default]
    Equal,
    /// As long as fills the plot.
    Fill,
}
