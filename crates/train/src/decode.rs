//! Decoding places in the space of codes. It looks, and changes nothing.

use burn::tensor::{Tensor, TensorData};

use hourglass_analysis::fitted_gaussian::FittedGaussian;
use hourglass_analysis::interpolation;
use hourglass_analysis::manifold::Grid;
use hourglass_data::noise;
use hourglass_experiment::Stream;
use hourglass_protocol::{
    CodeSelection, CodeStart, DecodeRequest, DecodedView, EditedCode, Found, MAX_DECODED, Route,
    SampleIdx, Span,
};

use super::held_out::CHUNK;
use super::{EncodedTestSet, TrainError, Trainer, readback};

/// Which draws of the prior's stream are for looking at: training draws at its steps.
const LOOKING: u64 = u64::MAX;

/// Decodes a set of places; `None` if they cannot be found: codes of another size, samples the data set does
/// not have, or an encoded test set that is needed and was not made.
///
/// # Errors
/// When the device fails.
pub fn decode(
    trainer: &mut Trainer,
    encoded: Option<&EncodedTestSet>,
    set: &DecodeRequest,
) -> Result<Option<DecodedView>, TrainError> {
    let size = trainer.experiment().architecture.code_size();
    let Some((mut codes, found)) = find(trainer, encoded, &set.places)? else {
        return Ok(None);
    };
    codes.truncate(MAX_DECODED * size);
    Ok(Some(DecodedView {
        step: trainer.step(),
        requester: set.requester,
        places: set.places.clone(),
        found,
        size,
        shape: trainer.experiment().architecture.image(),
        images: pictures(trainer, &codes)?,
        codes,
    }))
}

/// What the decoder makes of codes.
///
/// # Shapes
/// `[n, code] → [n, pixels]`
///
/// # Errors
/// When the device fails.
pub(super) fn pictures(trainer: &Trainer, codes: &[f32]) -> Result<Vec<f32>, TrainError> {
    let size = trainer.experiment().architecture.code_size().max(1);
    let device = trainer.inner_device();
    let model = trainer.model();
    let drawn = codes.chunks(CHUNK * size).map(|codes| {
        let data = TensorData::new(codes.to_vec(), [codes.len() / size, size]);
        let codes = Tensor::<2>::from_data(data, &device); // [n, code]
        model.decode(codes).reconstruction().flatten::<1>(0, 1) // [n · pixels]
    });
    Ok(readback::all_values(drawn.collect())?.concat())
}

/// The codes `[n, size]` that places stand for, and how they were found.
fn find(
    trainer: &mut Trainer,
    encoded: Option<&EncodedTestSet>,
    places: &CodeSelection,
) -> Result<Option<(Vec<f32>, Found)>, TrainError> {
    let size = trainer.experiment().architecture.code_size();
    Ok(match places {
        CodeSelection::Codes(codes) => {
            let fits = codes.len().is_multiple_of(size);
            fits.then(|| (codes.to_vec(), Found::Given))
        }
        CodeSelection::Plane(points) => encoded.map(|encoded| {
            let codes = points.iter().flat_map(|&point| encoded.code_at(point));
            (codes.collect(), Found::Plane(encoded.axes()))
        }),
        CodeSelection::Between {
            ends,
            n_places,
            route,
        } => {
            let way = match route {
                Route::Straight => interpolation::straight,
                Route::Arc => interpolation::arc,
            };
            let n_places = (*n_places).min(MAX_DECODED);
            codes_of(trainer, ends)?.map(|ends| {
                let (from, to) = ends.split_at(size);
                (way(from, to, n_places), Found::Between)
            })
        }
        CodeSelection::Grid { n_places, span } => {
            encoded.and_then(|encoded| grid(trainer, encoded, *n_places, *span))
        }
        CodeSelection::Drawn { n_places, seed } => {
            drawn(trainer, encoded, (*n_places).min(MAX_DECODED), *seed)
        }
        CodeSelection::Edited(code) => start_of(trainer, encoded, code.start)?.map(|start| {
            let both = [edited(start.clone(), code), start];
            (both.concat(), Found::Given)
        }),
        CodeSelection::Traversals {
            code,
            units,
            n_places,
        } => match (start_of(trainer, encoded, code.start)?, encoded) {
            (Some(start), Some(encoded)) => {
                let code = edited(start, code);
                let codes = traversals(&code, encoded, units, *n_places);
                Some((codes, Found::Given))
            }
            _ => None,
        },
    })
}

/// The codes of clean images, `[n, size]`; `None` if the data set lacks one.
fn codes_of(trainer: &mut Trainer, samples: &[SampleIdx]) -> Result<Option<Vec<f32>>, TrainError> {
    let model = trainer.model();
    let held_out = trainer.held_out();
    let n_samples = held_out.n_samples();
    if samples.iter().any(|&sample| sample as usize >= n_samples) {
        return Ok(None);
    }
    let code = model.encode(held_out.clean(samples));
    readback::values(code).map(Some)
}

fn grid(
    trainer: &Trainer,
    encoded: &EncodedTestSet,
    n_places: usize,
    span: Span,
) -> Option<(Vec<f32>, Found)> {
    let size = trainer.experiment().architecture.code_size();
    let prior = trainer.experiment().objective.prior.distribution();
    let most = MAX_DECODED.isqrt(); // along each axis
    let n_places = n_places.clamp(1, most);
    let (units, grid) = match span {
        Span::Units(units) if size > 2 => {
            if units.iter().any(|&unit| unit >= size) {
                return None;
            }
            let rest = match prior {
                Some(_) => vec![0.0; size],
                None => encoded.mean_code(),
            };
            let grid = Grid::across(encoded.codes(), &rest, prior, units, n_places);
            (Some(units), grid)
        }
        Span::Units(_) | Span::Principal => {
            let grid = Grid::over(encoded.codes(), size, prior, encoded.principal(), n_places);
            ((size <= 2).then_some([0, size - 1]), grid)
        }
    };
    let found = Found::Grid {
        units,
        axes: grid.axes,
        spacing: grid.spacing,
        xs: grid.xs,
        ys: grid.ys,
    };
    Some((grid.codes, found))
}

/// Draws codes. The numbers they are made from depend on the seed alone, so that a draw moves with the codes and
/// does not jump.
fn drawn(
    trainer: &Trainer,
    encoded: Option<&EncodedTestSet>,
    n_places: usize,
    seed: u64,
) -> Option<(Vec<f32>, Found)> {
    let size = trainer.experiment().architecture.code_size();
    if let Some(prior) = trainer.experiment().objective.prior.distribution() {
        let codes = noise::prior_samples(prior, seed, LOOKING, n_places, size);
        return Some((codes, Found::Prior(prior)));
    }
    let encoded = encoded?;
    let gaussian = FittedGaussian::new(encoded.codes(), &encoded.moments().mean);
    let n_codes = gaussian.n_codes();
    let numbers = noise::normals(seed, Stream::Prior, LOOKING, n_places, n_codes);
    Some((gaussian.draw(&numbers), Found::Fitted { n_codes }))
}

/// The code that edits start from, `[size]`.
fn start_of(
    trainer: &mut Trainer,
    encoded: Option<&EncodedTestSet>,
    start: CodeStart,
) -> Result<Option<Vec<f32>>, TrainError> {
    match start {
        CodeStart::Mean => Ok(encoded.map(EncodedTestSet::mean_code)),
        CodeStart::Sample(sample) => codes_of(trainer, &[sample]),
    }
}

/// A code with its edits; units that it does not have are passed over.
fn edited(mut code: Vec<f32>, EditedCode { edits, .. }: &EditedCode) -> Vec<f32> {
    for &(unit, value) in edits {
        if let Some(slot) = code.get_mut(unit) {
            *slot = value;
        }
    }
    code
}

/// Each unit from low to high, `[units, places, size]`.
fn traversals(
    code: &[f32],
    encoded: &EncodedTestSet,
    units: &[usize],
    n_places: usize,
) -> Vec<f32> {
    let ranges = &encoded.units().units;
    let of_unit = |&unit: &usize| {
        let range = ranges.iter().find(|range| range.unit == unit)?;
        let ends = [range.low, range.high].map(|end| {
            let mut code = code.to_vec();
            code[unit] = end;
            code
        });
        Some(interpolation::straight(&ends[0], &ends[1], n_places))
    };
    units.iter().filter_map(of_unit).flatten().collect()
}
