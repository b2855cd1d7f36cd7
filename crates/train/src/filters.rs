//! Weights of the model as pictures, and how active the units are that they belong to. It looks, and changes
//! nothing.

use burn::tensor::Tensor;

use hourglass_analysis::tiles;
use hourglass_experiment::ImageShape;
use hourglass_experiment::network::{Connection, Link, Network, Place};
use hourglass_protocol::{FilterBank, FilterRequest, FilterView, UnitMeans};

use super::{TrainError, Trainer, readback};

/// The weights of one connection; `None` if the architecture has no such connection.
///
/// # Errors
/// When the device fails.
pub fn filters(
    trainer: &Trainer,
    request: FilterRequest,
) -> Result<Option<FilterView>, TrainError> {
    let FilterRequest {
        connection,
        all_scales,
    } = request;
    let network = Network::new(trainer.experiment());
    let asked = network.link(connection).filter(|link| link.tile.is_some());
    let Some(link) = asked else {
        return Ok(None);
    };
    let model = trainer.model();
    let others = network
        .pictured_links()
        .filter(|link| all_scales && link.connection != connection);
    let found = [link].into_iter().chain(others);
    let found = found.filter_map(|link| {
        let weights = model.filters_of(link.connection)?;
        Some((link.label(), weights))
    });
    let mut banks = banks(found.collect())?.into_iter();
    let Some(bank) = banks.next() else {
        return Ok(None);
    };
    let end = bank.end_of_scale();
    let end_of_all = all_scales.then(|| {
        let ends = banks.map(|bank| bank.end_of_scale());
        ends.fold(end, f32::max)
    });
    let n_pixels = bank.shape.n_values();
    Ok(Some(FilterView {
        step: trainer.step(),
        connection,
        tiles: tiles::figures(&bank.weights, n_pixels),
        row_norms: tiles::norms(&bank.weights, n_pixels * bank.n_inputs),
        end,
        end_of_all,
        bank,
    }))
}

/// The weights that meet pixels and all convolution kernels, for a figure.
pub(super) fn all_filters(trainer: &Trainer) -> Result<Vec<FilterBank>, TrainError> {
    let filters = trainer.model().filters().into_iter();
    banks(filters.map(|bank| (bank.name, bank.weights)).collect())
}

/// Reads weights back, in one wait for the device.
fn banks(found: Vec<(String, Tensor<4>)>) -> Result<Vec<FilterBank>, TrainError> {
    let weights = found
        .iter()
        .map(|(_, weights)| weights.clone().flatten::<1>(0, 3));
    let weights = readback::all_values(weights.collect())?;
    let banks = found.into_iter().zip(weights).map(|((name, of), weights)| {
        let [n_outputs, n_inputs, height, width] = of.dims();
        FilterBank {
            name,
            n_inputs,
            n_outputs,
            shape: ImageShape::gray(height, width),
            weights,
        }
    });
    Ok(banks.collect())
}

/// Mean activations over the whole test split of the units that the pictures of a connection belong to; none
/// where they have no activations.
///
/// # Errors
/// When the device fails.
pub fn unit_means(
    trainer: &mut Trainer,
    connection: Connection,
) -> Result<Option<UnitMeans>, TrainError> {
    let network = Network::new(trainer.experiment());
    let place = network.link(connection).map(Link::pictured);
    let Some(Place::Layer(layer)) = place else {
        return Ok(None);
    };
    let n_parts = network
        .node(Place::Layer(layer))
        .map_or(0, |node| node.shape.n_parts());
    let model = trainer.model();
    let chunks = trainer.held_out().full();
    let sums = chunks.iter().map(|chunk| {
        let activations = model.activations(chunk.clean.clone(), layer);
        activations.sum_dim(0).flatten::<1>(0, 1) // [units]
    });
    let sums = readback::all_values(sums.collect())?;
    let n_samples: usize = chunks.iter().map(|chunk| chunk.samples.len()).sum();
    let mut totals = vec![0.0_f64; n_parts];
    for sums in &sums {
        let per_part = (sums.len() / n_parts.max(1)).max(1);
        for (total, values) in totals.iter_mut().zip(sums.chunks(per_part)) {
            let sum: f64 = values.iter().map(|&value| f64::from(value)).sum();
            let n = (per_part * n_samples) as f64;
            *total += sum / n;
        }
    }
    let means = totals.into_iter().map(|mean| mean as f32).collect();
    Ok(Some(UnitMeans {
        step: trainer.step(),
        connection,
        n_samples,
        means,
    }))
}
