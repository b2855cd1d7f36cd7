//! Gathering the numbers of a figure. It looks, and changes nothing.

use hourglass_analysis::manifold::Grid;
use hourglass_protocol::{CodeTable, FilmFrame, Gather, Gathered, Manifold, Numbers};

use super::evaluate::squared_error_per_image;
use super::filters::all_filters;
use super::{EncodedTestSet, ProbeState, TrainError, Trainer, decode, digits, readback};

impl ProbeState {
    /// The numbers that were asked for. Axes lie as in the last scatter that was looked at; this one is not
    /// remembered.
    ///
    /// # Errors
    /// When the device fails.
    pub fn gather(&self, trainer: &mut Trainer, what: &Gather) -> Result<Gathered, TrainError> {
        let numbers = match what {
            Gather::Codes => {
                let encoded = self.clone().encoded(trainer, false)?;
                Numbers::Codes(codes(trainer, &encoded)?)
            }
            Gather::Digits(samples) => Numbers::Digits(digits(trainer, samples)?),
            Gather::Manifold(n_places) => Numbers::Manifold(self.manifold(trainer, *n_places)?),
            Gather::Filters => Numbers::Filters(all_filters(trainer)?),
            Gather::Activations => {
                let layers = trainer.experiment().architecture.layers();
                let views = layers
                    .into_iter()
                    .map(|(layer, _)| self.activations(trainer, layer));
                let views: Vec<_> = views.collect::<Result<_, _>>()?;
                Numbers::Activations(views.into_iter().flatten().collect())
            }
            Gather::Page(samples) => Numbers::Page(Box::new(self.page(trainer, samples)?)),
        };
        Ok(Gathered {
            experiment: trainer.experiment().clone(),
            data: trainer.dataset().id,
            step: trainer.step(),
            epoch: trainer.epoch(),
            numbers,
        })
    }

    /// The codes of a part of the test split in the plane, for a film.
    ///
    /// # Errors
    /// When the device fails.
    pub fn film_frame(&mut self, trainer: &mut Trainer) -> Result<FilmFrame, TrainError> {
        let chunk = trainer.held_out().film();
        Ok(FilmFrame {
            epoch: trainer.epoch(),
            scatter: self.encode(trainer, &[chunk], false)?.scatter(),
        })
    }

    fn manifold(&self, trainer: &mut Trainer, n_places: usize) -> Result<Manifold, TrainError> {
        let size = trainer.experiment().architecture.code_size();
        let prior = trainer.experiment().objective.prior.distribution();
        let mut state = self.clone();
        state.choose_plane(None); // a grid spans where most of the variance is, whatever is looked at
        let encoded = state.encoded(trainer, false)?;
        let grid = Grid::over(encoded.codes(), size, prior, encoded.principal(), n_places);
        Ok(Manifold {
            shape: trainer.experiment().architecture.image(),
            images: decode::pictures(trainer, &grid.codes)?,
            axes: grid.axes,
            spacing: grid.spacing,
            xs: grid.xs,
            ys: grid.ys,
        })
    }
}

/// The code, the place and the error of every test image.
///
/// # Errors
/// When the device fails.
pub(super) fn codes(
    trainer: &mut Trainer,
    encoded: &EncodedTestSet,
) -> Result<CodeTable, TrainError> {
    let chunks = trainer.held_out().full();
    let scatter = encoded.scatter();
    let model = trainer.model();
    let errors = chunks.iter().map(|chunk| {
        let reconstruction = model.forward(chunk.corrupted.clone()).reconstruction();
        squared_error_per_image(reconstruction, chunk.clean.clone()) // [n]
    });
    let errors = readback::all_values(errors.collect())?.concat();
    let n_pixels = trainer.n_pixels() as f32;
    let split = trainer.held_out().split();
    let labels = scatter
        .samples
        .iter()
        .map(|&sample| split.label(sample as usize));
    Ok(CodeTable {
        labels: labels.collect(),
        size: trainer.experiment().architecture.code_size(),
        codes: encoded.codes().to_vec(),
        mse_per_pixel: errors.into_iter().map(|error| error / n_pixels).collect(),
        scatter,
    })
}
