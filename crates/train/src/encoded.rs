//! The whole test split as one model sees it, the training images in the same plane, and where user images
//! stand.
//!
//! The scatter, the percentile of a user image's error and its nearest neighbours all come from it. It keeps its
//! model, so that both sides of a comparison have the weights of the same step.

use std::cell::OnceCell;
use std::sync::Arc;

use burn::tensor::{Tensor, TensorData};

use hourglass_analysis::code_moments::CodeMoments;
use hourglass_analysis::neighbours::nearest_codes;
use hourglass_analysis::pca::PrincipalAxes;
use hourglass_analysis::rank::share_below;
use hourglass_analysis::unit_ranges::unit_ranges;
use hourglass_model::Autoencoder;
use hourglass_protocol::{
    Axes, CodeUnits, MAX_CODE_UNITS, Neighbour, Percentile, Plane, PointSource, PreparedImage,
    SampleErrors, SampleIdx, ScatterRequest, ScatterView, Turn, UserImageLook, UserImageView,
};

use super::evaluate::squared_error_per_image;
use super::held_out::{CHUNK, Chunk};
use super::{Components, ProbeState, TrainError, Trainer, readback};

/// Training images that go through the model before their codes are read back: 16 MB of pixels.
const AT_ONCE: usize = 5_000;

/// Nearest test images that are told.
const N_NEIGHBOURS: usize = 5;

/// The test split as one model sees it, from clean inputs.
#[derive(Debug)]
pub struct EncodedTestSet {
    step: u64,
    /// The model of that step: user images are compared with the test images by the same weights.
    model: Autoencoder,
    size: usize,
    samples: Arc<[SampleIdx]>,
    labels: Arc<[u8]>,
    /// `[n, size]`.
    codes: Vec<f32>,
    frame: Frame,
    /// Which units or components the axes of the plane are.
    pair: [usize; 2],
    /// Errors per pixel of all test images; `None` if they were not asked for.
    errors: Option<Errors>,
    /// Once they were asked for.
    moments: OnceCell<CodeMoments>,
    units: OnceCell<Arc<CodeUnits>>,
    /// The principal axes with the largest variance, where the plane has others.
    largest: OnceCell<Option<PrincipalAxes>>,
    /// Where the codes lie along the principal axes of the plane.
    points: OnceCell<Arc<[[f32; 2]]>>,
}

/// How the scatter's plane lies in the space of codes.
#[derive(Clone, Debug)]
enum Frame {
    /// Two units are drawn as they are.
    Units,
    /// Along principal axes.
    Principal(PrincipalAxes),
    /// Along principal axes that are turned onto those of another run.
    Turned(PrincipalAxes),
    /// A code without such axes is one point.
    Point,
}

/// Errors per pixel of images.
#[derive(Clone, Debug)]
struct Errors {
    /// In the order of the images.
    of_samples: Vec<f32>,
    rising: Vec<f32>,
}

impl Errors {
    /// From squared errors summed over the pixels of each image.
    fn new(squared: Vec<f32>, n_pixels: usize) -> Self {
        let of_samples = per_pixel(squared, n_pixels);
        let mut rising = of_samples.clone();
        rising.sort_unstable_by(f32::total_cmp);
        Self { of_samples, rising }
    }

    fn view(&self) -> SampleErrors {
        let at = |idx: usize| self.rising.get(idx).copied().unwrap_or_default();
        SampleErrors {
            mse_per_pixel: self.of_samples.clone(),
            range: [at(0), at(self.rising.len() * 99 / 100)],
        }
    }
}

impl ProbeState {
    /// Sees the whole test split; errors cost as much again as codes. The axes are aligned with those of the
    /// encoded test set before.
    ///
    /// # Errors
    /// When the device fails.
    pub fn encoded(
        &mut self,
        trainer: &mut Trainer,
        with_errors: bool,
    ) -> Result<EncodedTestSet, TrainError> {
        let chunks = trainer.held_out().full();
        self.encode(trainer, &chunks, with_errors)
    }

    /// The same of some test images.
    ///
    /// # Errors
    /// When the device fails.
    pub(super) fn encode(
        &mut self,
        trainer: &mut Trainer,
        chunks: &[Chunk],
        with_errors: bool,
    ) -> Result<EncodedTestSet, TrainError> {
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
            Errors::new(squared, trainer.n_pixels())
        });
        let codes = values.concat(); // [n, size]
        let plane = self.plane_of(size);
        let frame = self.frame(&codes, size, plane);
        let samples = chunks
            .iter()
            .flat_map(|chunk| chunk.samples.iter().copied());
        Ok(EncodedTestSet {
            step,
            model,
            size,
            samples: samples.collect(),
            labels: trainer.held_out().split().labels().into(),
            codes,
            frame,
            pair: plane.pair(),
            errors,
            moments: OnceCell::new(),
            units: OnceCell::new(),
            largest: OnceCell::new(),
            points: OnceCell::new(),
        })
    }

    fn frame(&mut self, codes: &[f32], size: usize, plane: Plane) -> Frame {
        let Plane::Components(pair) = plane else {
            return Frame::Units;
        };
        let Some(mut axes) = PrincipalAxes::fit_components(codes, size, pair) else {
            self.axes = None;
            return Frame::Point;
        };
        let n_codes = codes.len() / size;
        let onto = self.onto.as_ref();
        let onto = onto.filter(|onto| onto.pair == pair && onto.points.len() == n_codes);
        if let Some(onto) = onto {
            axes.turn(Turn::onto(&axes.project(codes), &onto.points));
            return Frame::Turned(axes);
        }
        if let Some(earlier) = &self.axes {
            axes.align_with(earlier);
        }
        self.axes = Some(axes.clone());
        Frame::Principal(axes)
    }
}

impl EncodedTestSet {
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

    /// The mean of all codes: `[size]`.
    pub(super) fn mean_code(&self) -> Vec<f32> {
        self.moments()
            .mean
            .iter()
            .map(|&mean| mean as f32)
            .collect()
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

    /// The two principal axes with the largest variance, whatever plane is looked at; `None` if the codes do not
    /// vary.
    pub(super) fn principal(&self) -> Option<&PrincipalAxes> {
        match &self.frame {
            Frame::Principal(axes) | Frame::Turned(axes) if self.pair == [0, 1] => Some(axes),
            _ => {
                let fit = || {
                    let found = PrincipalAxes::fit_components(&self.codes, self.size, [0, 1]);
                    found.map(PrincipalAxes::upright) // there are no earlier ones to align with
                };
                self.largest.get_or_init(fit).as_ref()
            }
        }
    }

    /// The codes along the principal axes of the plane; `None` where it has none.
    #[must_use]
    pub fn components(&self) -> Option<Components> {
        let Frame::Principal(axes) = &self.frame else {
            return None;
        };
        let points = self.points.get_or_init(|| axes.project(&self.codes).into());
        Some(Components {
            pair: self.pair,
            points: Arc::clone(points),
        })
    }

    /// The codes in the plane.
    #[must_use]
    pub fn scatter(&self) -> ScatterView {
        ScatterView {
            step: self.step,
            axes: self.axes(),
            pair: self.pair,
            samples: Arc::clone(&self.samples),
            points: self.place(&self.codes),
            errors: self.errors.as_ref().map(Errors::view),
        }
    }

    /// What was asked for, through the same model and in the same plane: the axes are those of the test images also
    /// where training images are shown, so that both lie alike.
    ///
    /// # Errors
    /// When the device fails.
    pub fn seen(
        &self,
        trainer: &mut Trainer,
        asked: ScatterRequest,
    ) -> Result<ScatterView, TrainError> {
        if asked.source == PointSource::Test {
            return Ok(self.scatter());
        }
        let held_out = trainer.held_out();
        let samples = held_out.training_samples();
        let mut points = Vec::with_capacity(samples.len());
        let mut squared = Vec::new();
        for some in samples.chunks(AT_ONCE) {
            let (mut codes, mut errors) = (Vec::new(), Vec::new());
            for chunk in some.chunks(CHUNK) {
                let clean = held_out.clean(chunk); // [n, pixels]
                let code = self.model.encode(clean.clone());
                if asked.errors {
                    let rebuilt = self.model.decode(code.clone()).reconstruction();
                    errors.push(squared_error_per_image(rebuilt, clean)); // [n]
                }
                codes.push(code.flatten::<1>(0, 1)); // [n · size]
            }
            let n_chunks = codes.len();
            codes.extend(errors);
            let mut values = readback::all_values(codes)?;
            squared.extend(values.split_off(n_chunks).concat());
            points.extend(self.place(&values.concat()));
        }
        let n_pixels = trainer.n_pixels();
        let errors = || Errors::new(squared, n_pixels).view();
        Ok(ScatterView {
            step: self.step,
            axes: self.axes(),
            pair: self.pair,
            samples: samples.into(),
            points,
            errors: asked.errors.then(errors),
        })
    }

    /// The code at a place of the plane: `[size]`. Units that the plane does not show are what they are on average.
    #[must_use]
    pub fn code_at(&self, point: [f32; 2]) -> Vec<f32> {
        if let Frame::Principal(axes) | Frame::Turned(axes) = &self.frame {
            return axes.code_at(point);
        }
        let mut code = self.mean_code();
        if matches!(self.frame, Frame::Units) {
            for (unit, value) in self.pair.into_iter().zip(point) {
                code[unit] = value;
            }
        }
        code
    }

    pub(super) fn axes(&self) -> Axes {
        match &self.frame {
            Frame::Units => Axes::Raw,
            Frame::Principal(axes) => Axes::Pca {
                explained: axes.explained,
            },
            Frame::Turned(axes) => Axes::Turned {
                explained: axes.explained,
            },
            Frame::Point => Axes::Pca {
                explained: [0.0; 2],
            },
        }
    }

    /// Where codes `[n, size]` lie in the plane.
    fn place(&self, codes: &[f32]) -> Vec<[f32; 2]> {
        let each = codes.chunks_exact(self.size);
        match &self.frame {
            Frame::Units => each.map(|code| self.pair.map(|unit| code[unit])).collect(),
            Frame::Principal(axes) | Frame::Turned(axes) => axes.project(codes),
            Frame::Point => each.map(|_| [0.0; 2]).collect(),
        }
    }

    /// Where images stand whose passes through this encoded test set's model are known.
    fn percentiles(&self, passes: &Passes) -> Vec<Percentile> {
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
        each.map(|((&error, point), near)| Percentile {
            step: self.step,
            share_below: share_below(&errors.rising, error),
            n_test: errors.rising.len(),
            point,
            neighbours: near.into_iter().filter_map(neighbour).collect(),
        })
        .collect()
    }
}

/// User images on their way through the current network, and where they stand among the test images
/// as an encoded test set saw them.
///
/// # Errors
/// When the device fails.
pub fn user_images(
    trainer: &Trainer,
    encoded: Option<&EncodedTestSet>,
    images: &[PreparedImage],
) -> Result<UserImageView, TrainError> {
    let (step, n_pixels) = (trainer.step(), trainer.n_pixels());
    let shape = trainer.dataset().test.shape();
    // Those made for the data set before this one are on their way to be made anew.
    let images = images
        .iter()
        .filter(|image| image.shape == shape && image.pixels.len() == n_pixels);
    let images: Vec<&PreparedImage> = images.collect();
    if images.is_empty() {
        return Ok(UserImageView {
            step,
            images: Vec::new(),
        });
    }
    let pixels = images.iter().flat_map(|image| image.pixels.iter());
    let pixels: Vec<f32> = pixels.map(|&byte| f32::from(byte) / 255.0).collect();
    let input = TensorData::new(pixels, [images.len(), n_pixels]);
    let input = Tensor::<2>::from_data(input, &trainer.inner_device()); // [n, pixels]
    let now = Passes::of(&trainer.model(), &input)?;
    let mut percentiles = match encoded {
        Some(encoded) if encoded.step == step => encoded.percentiles(&now),
        Some(encoded) => encoded.percentiles(&Passes::of(&encoded.model, &input)?),
        None => Vec::new(),
    }
    .into_iter();
    let rebuilt = now.reconstructions.chunks_exact(n_pixels);
    let each = images.iter().zip(rebuilt).zip(&now.errors);
    Ok(UserImageView {
        step,
        images: each
            .map(|((image, rebuilt), &mse_per_pixel)| UserImageLook {
                id: image.id,
                reconstruction: rebuilt.to_vec(),
                mse_per_pixel,
                percentile: percentiles.next(),
            })
            .collect(),
    })
}

/// Images on their way through one model.
struct Passes {
    /// `[n, pixels]`.
    reconstructions: Vec<f32>,
    /// Per pixel: `[n]`.
    errors: Vec<f32>,
    /// `[n, size]`.
    codes: Vec<f32>,
}

impl Passes {
    fn of(model: &Autoencoder, input: &Tensor<2>) -> Result<Self, TrainError> {
        let [_, n_pixels] = input.dims();
        let code = model.encode(input.clone());
        let rebuilt = model.decode(code.clone()).reconstruction();
        let errors = squared_error_per_image(rebuilt.clone(), input.clone());
        let mut values = readback::all_values(vec![
            rebuilt.flatten::<1>(0, 1), // [n · pixels]
            errors,
            code.flatten(0, 1), // [n · size]
        ])?
        .into_iter();
        let mut next = || values.next().unwrap_or_default();
        Ok(Self {
            reconstructions: next(),
            errors: per_pixel(next(), n_pixels),
            codes: next(),
        })
    }
}

fn per_pixel(squared_errors: Vec<f32>, n_pixels: usize) -> Vec<f32> {
    let n_pixels = n_pixels as f32;
    squared_errors
        .into_iter()
        .map(|sum| sum / n_pixels)
        .collect()
}
