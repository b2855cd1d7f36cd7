//! The whole test split as one model sees it, and where images of one's own stand among it.

use std::cell::OnceCell;
use std::sync::Arc;

use burn::tensor::{Tensor, TensorData};

use crate::analysis::code_moments::CodeMoments;
use crate::analysis::neighbours::nearest_codes;
use crate::analysis::pca::PrincipalAxes;
use crate::analysis::rank::share_below;
use crate::analysis::unit_ranges::unit_ranges;
use crate::experiment::N_PIXELS;
use crate::model::Autoencoder;
use crate::protocol::{
    Axes, CodeUnits, MAX_CODE_UNITS, Neighbour, OwnImage, OwnLook, OwnView, SampleIdx, ScatterView,
    Standing,
};

use super::evaluate::squared_error_per_image;
use super::held_out::Chunk;
use super::{ProbeState, TrainError, Trainer, readback};

/// Nearest test images that are told.
const N_NEIGHBOURS: usize = 5;

/// The test split as one model sees it, from clean inputs.
#[derive(Debug)]
pub struct Survey {
    step: u64,
    /// The model of that step: own images are held against the test images by the same weights.
    model: Autoencoder,
    size: usize,
    samples: Arc<[SampleIdx]>,
    labels: Arc<[u8]>,
    /// `[n, size]`.
    codes: Vec<f32>,
    plane: Plane,
    /// Errors per pixel of all test images, rising; none where they were not asked for.
    errors: Option<Vec<f32>>,
    /// Once they were asked for.
    moments: OnceCell<CodeMoments>,
    units: OnceCell<Arc<CodeUnits>>,
}

/// How the scatter's plane lies in the space of codes.
#[derive(Clone, Debug)]
enum Plane {
    /// Codes of one or two units are drawn as they are.
    Raw,
    /// Wider ones along their principal axes.
    Principal(PrincipalAxes),
    /// A code without variance is one point.
    Point,
}

impl ProbeState {
    /// Sees the whole test split; errors cost as much again as codes. The axes are aligned with those of the
    /// survey before.
    ///
    /// # Errors
    /// When the device fails.
    pub fn survey(
        &mut self,
        trainer: &mut Trainer,
        with_errors: bool,
    ) -> Result<Survey, TrainError> {
        let chunks = trainer.held_out().full();
        self.survey_of(trainer, &chunks, with_errors)
    }

    /// The same of some test images.
    ///
    /// # Errors
    /// When the device fails.
    pub(super) fn survey_of(
        &mut self,
        trainer: &mut Trainer,
        chunks: &[Chunk],
        with_errors: bool,
    ) -> Result<Survey, TrainError> {
        let model = trainer.model();
        let step = trainer.step();
        let size = trainer.experiment().architecture.code_size();
        let mut codes = Vec::new();
        let mut errors = Vec::new();
        for chunk in chunks {
            let code = model.encode(chunk.clean.clone());
            if with_errors {
                let rebuilt = model.decode(code.clone()).reconstruction();
                errors.push(squared_error_per_image(rebuilt, chunk.clean.clone()));
            }
            codes.push(code.flatten::<1>(0, 1)); // [n · size]
        }
        codes.extend(errors); // one wait for the device
        let mut values = readback::all_values(codes)?;
        let errors = with_errors.then(|| {
            let squared = values.split_off(chunks.len()).concat();
            let mut errors: Vec<f32> = squared.iter().map(|&sum| per_pixel(sum)).collect();
            errors.sort_unstable_by(f32::total_cmp);
            errors
        });
        let codes = values.concat(); // [n, size]
        let plane = self.plane(&codes, size);
        let samples = chunks
            .iter()
            .flat_map(|chunk| chunk.samples.iter().copied());
        Ok(Survey {
            step,
            model,
            size,
            samples: samples.collect(),
            labels: trainer.held_out().split().labels().into(),
            codes,
            plane,
            errors,
            moments: OnceCell::new(),
            units: OnceCell::new(),
        })
    }

    fn plane(&mut self, codes: &[f32], size: usize) -> Plane {
        if size <= 2 {
            return Plane::Raw;
        }
        let Some(mut axes) = PrincipalAxes::fit(codes, size) else {
            self.axes = None;
            return Plane::Point;
        };
        if let Some(earlier) = &self.axes {
            axes.align_with(earlier);
        }
        self.axes = Some(axes.clone());
        Plane::Principal(axes)
    }
}

impl Survey {
    /// The codes themselves: `[n, size]`.
    #[must_use]
    pub fn codes(&self) -> &[f32] {
        &self.codes
    }

    /// Mean and variance of each unit.
    pub(super) fn moments(&self) -> &CodeMoments {
        self.moments
            .get_or_init(|| CodeMoments::of(&self.codes, self.size))
    }

    /// How the units spread.
    #[must_use]
    pub fn units(&self) -> &Arc<CodeUnits> {
        self.units.get_or_init(|| {
            Arc::new(CodeUnits {
                step: self.step,
                size: self.size,
                units: unit_ranges(&self.codes, self.moments(), MAX_CODE_UNITS),
            })
        })
    }

    /// How the plane lies in the space of codes.
    pub(super) fn axes(&self) -> Axes {
        match &self.plane {
            Plane::Raw => Axes::Raw,
            Plane::Principal(axes) => Axes::Pca {
                explained: axes.explained,
            },
            Plane::Point => Axes::Pca {
                explained: [0.0; 2],
            },
        }
    }

    /// The principal axes that span the plane, where they do.
    pub(super) fn principal(&self) -> Option<&PrincipalAxes> {
        match &self.plane {
            Plane::Principal(axes) => Some(axes),
            Plane::Raw | Plane::Point => None,
        }
    }

    /// The code at a point of the plane: `[size]`.
    pub(super) fn code_at(&self, point: [f32; 2]) -> Vec<f32> {
        match &self.plane {
            Plane::Raw => point[..self.size].to_vec(),
            Plane::Principal(axes) => axes.code_at(point),
            Plane::Point => self.codes[..self.size].to_vec(),
        }
    }

    /// The codes in the plane.
    #[must_use]
    pub fn scatter(&self) -> ScatterView {
        ScatterView {
            step: self.step,
            axes: self.axes(),
            samples: Arc::clone(&self.samples),
            points: self.place(&self.codes),
        }
    }

    /// Where codes `[n, size]` lie in the plane.
    fn place(&self, codes: &[f32]) -> Vec<[f32; 2]> {
        let each = codes.chunks_exact(self.size);
        match &self.plane {
            Plane::Raw => each.map(|code| [code[0], code[self.size - 1]]).collect(),
            Plane::Principal(axes) => axes.project(codes),
            Plane::Point => each.map(|_| [0.0; 2]).collect(),
        }
    }

    /// Where images stand whose passes through this survey's model are known.
    fn standings(&self, passes: &Passes) -> Vec<Standing> {
        let Some(errors) = &self.errors else {
            return Vec::new();
        };
        let points = self.place(&passes.codes);
        let near = nearest_codes(&self.codes, &passes.codes, self.size, N_NEIGHBOURS);
        let neighbour = |(place, distance): (usize, f32)| {
            let sample = *self.samples.get(place)?;
            let label = *self.labels.get(sample as usize)?;
            Some(Neighbour {
                sample,
                label,
                distance,
            })
        };
        let each = passes.errors.iter().zip(points).zip(near);
        each.map(|((&error, point), near)| Standing {
            step: self.step,
            share_below: share_below(errors, error),
            n_test: errors.len(),
            point,
            neighbours: near.into_iter().filter_map(neighbour).collect(),
        })
        .collect()
    }
}

/// Images of one's own on their way through the network as it is, and where they stand among the test images
/// as a survey saw them.
///
/// # Errors
/// When the device fails.
pub fn own(
    trainer: &Trainer,
    survey: Option<&Survey>,
    images: &[OwnImage],
) -> Result<OwnView, TrainError> {
    let step = trainer.step();
    let images: Vec<&OwnImage> = images
        .iter()
        .filter(|image| image.pixels.len() == N_PIXELS)
        .collect();
    if images.is_empty() {
        return Ok(OwnView {
            step,
            images: Vec::new(),
        });
    }
    let pixels = images.iter().flat_map(|image| image.pixels.iter());
    let pixels: Vec<f32> = pixels.map(|&byte| f32::from(byte) / 255.0).collect();
    let input = TensorData::new(pixels, [images.len(), N_PIXELS]);
    let input = Tensor::<2>::from_data(input, &trainer.inner_device()); // [n, 784]
    let now = Passes::of(&trainer.model(), &input)?;
    let mut standings = match survey {
        Some(survey) if survey.step == step => survey.standings(&now),
        Some(survey) => survey.standings(&Passes::of(&survey.model, &input)?),
        None => Vec::new(),
    }
    .into_iter();
    let rebuilt = now.reconstructions.chunks_exact(N_PIXELS);
    let each = images.iter().zip(rebuilt).zip(&now.errors);
    Ok(OwnView {
        step,
        images: each
            .map(|((image, rebuilt), &mse_per_pixel)| OwnLook {
                id: image.id,
                reconstruction: rebuilt.to_vec(),
                mse_per_pixel,
                standing: standings.next(),
            })
            .collect(),
    })
}

/// Images on their way through one model.
struct Passes {
    /// `[n, 784]`.
    reconstructions: Vec<f32>,
    /// Per pixel: `[n]`.
    errors: Vec<f32>,
    /// `[n, size]`.
    codes: Vec<f32>,
}

impl Passes {
    fn of(model: &Autoencoder, input: &Tensor<2>) -> Result<Self, TrainError> {
        let code = model.encode(input.clone());
        let rebuilt = model.decode(code.clone()).reconstruction();
        let errors = squared_error_per_image(rebuilt.clone(), input.clone());
        let mut values = readback::all_values(vec![
            rebuilt.flatten::<1>(0, 1), // [n · 784]
            errors,
            code.flatten(0, 1), // [n · size]
        ])?
        .into_iter();
        let mut next = || values.next().unwrap_or_default();
        Ok(Self {
            reconstructions: next(),
            errors: next().into_iter().map(per_pixel).collect(),
            codes: next(),
        })
    }
}

fn per_pixel(squared_error: f32) -> f32 {
    #[expect(clippy::cast_precision_loss, reason = "784 is exact")]
    let n_pixels = N_PIXELS as f32;
    squared_error / n_pixels
}
