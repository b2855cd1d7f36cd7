//! What the tiles are: weights of a connection, or the maps a digit leaves in a layer.

use std::sync::Arc;

use crate::number;
use hourglass_experiment::network::{Network, Place};
use hourglass_experiment::{ImageShape, LayerName};
use hourglass_protocol::{FilterView, FlowView, TileFigures, UnitMeans};

/// Where colours end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum FilterScale {
    /// At the largest value of each tile.
    Tile,
    /// At what few values of the layer exceed.
    #[default]
    Layer,
    /// At the widest of all layers.
    All,
}

/// In which order tiles stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum FilterSort {
    /// As in the layer.
    #[default]
    Index,
    /// The largest norm first.
    Norm,
    /// The most active over the test split first.
    Activity,
}

/// Where the tiles come from. Each variant holds what it shows, so that two are the same only if nothing changed.
#[derive(Clone, Debug)]
pub enum FilterSource {
    Weights(Arc<FilterView>, Option<Arc<UnitMeans>>),
    /// What an image makes of a layer of maps.
    Maps(Arc<FlowView>, LayerName, Option<Arc<UnitMeans>>),
}

/// Tiles with all that is told of them.
pub struct Bank<'a> {
    /// Of a tile, in values.
    pub shape: ImageShape,
    /// Tiles of each row of a table; 1 where tiles stand for themselves.
    pub n_inputs: usize,
    values: &'a [f32],
    tiles: &'a [TileFigures],
    /// Of each row; of tiles that stand for themselves the same as their own.
    row_norms: Option<&'a [f32]>,
    means: Option<&'a UnitMeans>,
    /// Of the layer, and of all layers.
    ends: [f32; 2],
    /// What a row stands for, and what a column does.
    names: [&'static str; 2],
}

impl PartialEq for FilterSource {
    /// Whether both are the same looks at the model.
    fn eq(&self, other: &Self) -> bool {
        let same_means = |a: &Option<Arc<UnitMeans>>, b: &Option<Arc<UnitMeans>>| {
            a.as_ref().map(Arc::as_ptr) == b.as_ref().map(Arc::as_ptr)
        };
        match (self, other) {
            (Self::Weights(a, of_a), Self::Weights(b, of_b)) => {
                Arc::ptr_eq(a, b) && same_means(of_a, of_b)
            }
            (Self::Maps(a, layer_a, of_a), Self::Maps(b, layer_b, of_b)) => {
                Arc::ptr_eq(a, b) && layer_a == layer_b && same_means(of_a, of_b)
            }
            _ => false,
        }
    }
}

impl FilterSource {
    /// The tiles; `None` if the layer has no maps.
    #[must_use]
    pub fn bank(&self, network: &Network) -> Option<Bank<'_>> {
        match self {
            Self::Weights(view, means) => {
                let link = network.link(view.connection)?;
                let is_of_maps = network.node(link.pictured())?.shape.maps().is_some();
                Some(Bank {
                    shape: view.bank.shape,
                    n_inputs: view.bank.n_inputs,
                    values: &view.bank.weights,
                    tiles: &view.tiles,
                    row_norms: Some(&view.row_norms),
                    means: means.as_deref(),
                    ends: [view.end, view.end_of_all.unwrap_or(view.end)],
                    names: [if is_of_maps { "map" } else { "unit" }, "map"],
                })
            }
            Self::Maps(flow, layer, means) => {
                let found = flow.layer(*layer)?;
                let maps = network.node(Place::Layer(*layer))?.shape.maps()?;
                let ends = flow.layers.iter().map(|layer| layer.end);
                Some(Bank {
                    shape: ImageShape::gray(maps.height, maps.width),
                    n_inputs: 1,
                    values: &found.values,
                    tiles: &found.maps,
                    row_norms: None,
                    means: means.as_deref(),
                    ends: [found.end, ends.fold(0.0, f32::max)],
                    names: ["map", "map"],
                })
            }
        }
    }
}

impl Bank<'_> {
    /// How many tiles there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.tiles.len()
    }

    /// Tiles of a row where they are a table.
    #[must_use]
    pub fn table_columns(&self) -> Option<usize> {
        (self.n_inputs > 1).then_some(self.n_inputs)
    }

    /// Which tile stands where; of a table, rows are moved as a whole.
    #[must_use]
    pub fn order(&self, sort: FilterSort) -> Vec<usize> {
        let n_rows = self.len() / self.n_inputs.max(1);
        let norm = |row: usize| match self.row_norms {
            Some(norms) => norms.get(row).copied(),
            None => self.tiles.get(row).map(|tile| tile.norm),
        };
        let mean = |row: usize| self.means.and_then(|means| means.means.get(row).copied());
        let mut rows: Vec<usize> = (0..n_rows).collect();
        let mut by = |key: &dyn Fn(usize) -> Option<f32>| {
            let key = |row: usize| key(row).unwrap_or(f32::NEG_INFINITY);
            rows.sort_by(|&a, &b| key(b).total_cmp(&key(a)));
        };
        match sort {
            FilterSort::Index => {}
            FilterSort::Norm => by(&norm),
            FilterSort::Activity => by(&mean),
        }
        let tiles = rows
            .into_iter()
            .flat_map(|row| row * self.n_inputs..(row + 1) * self.n_inputs);
        tiles.collect()
    }

    /// The absolute value at which the colours of a tile end.
    #[must_use]
    pub fn end(&self, scale: FilterScale, tile: usize) -> f32 {
        let end = match scale {
            FilterScale::Tile => self.tiles.get(tile).map_or(0.0, TileFigures::end),
            FilterScale::Layer => self.ends[0],
            FilterScale::All => self.ends[1],
        };
        if end > 0.0 { end } else { 1.0 }
    }

    /// A value as a share of the end of its colours.
    #[must_use]
    pub fn value(&self, tile: usize, idx: usize, end: f32) -> f32 {
        let value = self.values.get(tile * self.shape.n_values() + idx);
        value.copied().unwrap_or(0.0) / end
    }

    /// What a tile is: `unit 5`, `map 2 from map 0`.
    #[must_use]
    pub fn name(&self, tile: usize) -> String {
        let (row, column) = (tile / self.n_inputs, tile % self.n_inputs);
        let [name, of] = self.names;
        if self.n_inputs == 1 {
            format!("{name} {row}")
        } else {
            format!("{name} {row}, {of} {column}")
        }
    }

    /// What can be told of a tile, in short phrases.
    #[must_use]
    pub fn facts(&self, tile: usize) -> Vec<String> {
        let figures = self.tiles.get(tile).copied().unwrap_or_default();
        let digits = |value: f32| signed(value);
        let mut facts = vec![format!("norm {}", digits(figures.norm))];
        if let Some(means) = self.means
            && let Some(&mean) = means.means.get(tile / self.n_inputs)
        {
            facts.push(format!("mean activation {}", digits(mean)));
        }
        facts.push(format!(
            "from {} to {}",
            digits(figures.min),
            digits(figures.max)
        ));
        facts
    }

    /// Images that mean activations are taken over.
    #[must_use]
    pub fn n_samples(&self) -> Option<usize> {
        self.means.map(|means| means.n_samples)
    }
}

/// Three significant digits with a minus that is as wide as a plus.
#[must_use]
pub fn signed(value: f32) -> String {
    number::three_digits(f64::from(value)).replace('-', "−")
}
