//! How good a model's code is, compared with what its data set allows.
//!
//! The model's own part, encoding and decoding, is done on its device in small pieces, so that training can go on between
//! them ([`CodeSampling`]). What follows from the codes is plain arithmetic, which needs neither model nor device and
//! takes the longer time ([`worth_of`]).

use std::sync::Arc;

use burn::tensor::{Device, Tensor, TensorData};

use hourglass_analysis::compression::{psnr_db, quantise};
use hourglass_analysis::{correlation, subspace};
use hourglass_data::{Dataset, Shelf};
use hourglass_model::Autoencoder;
use hourglass_protocol::{
    CodeReport, Compressed, CompressionReport, FollowedFactor, JudgingPart, JudgingProgress,
    KnownFactors,
};

use super::baselines::{Known, Measures, N_TRAIN, NO_ACCURACIES, accuracies, inverted};
use super::evaluate::squared_error_per_image;
use super::held_out::CHUNK;
use super::{TrainError, Trainer, readback};

/// Share of the progress that encoding and decoding are counted as.
const SAMPLING_SHARE: f32 = 0.2;

/// Time of a value of an image's picture files beside that of a value of a classifier's features, roughly.
const FORMATS_PER_FEATURE: f32 = 0.7;

/// What a model makes of the images, as plain numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct CodeSamples {
    /// Steps taken before it.
    step: u64,
    /// Units of the code.
    size: usize,
    /// Codes of the training images that classifiers learn from, and of the test images: `[n, size]` each.
    codes: [Vec<f32>; 2],
    /// The quantised code of the test images, and of those with black and white exchanged.
    compressed: [Compressed; 2],
    /// What a linear decoder makes of each unit: `[values, size]`.
    columns: Option<Vec<f32>>,
}

/// Encoding and decoding images with the weights as they were at its beginning, piece by piece.
#[derive(Debug)]
pub struct CodeSampling {
    model: Autoencoder,
    device: Device,
    dataset: Arc<Dataset>,
    step: u64,
    size: usize,
    n_train: usize,
    has_linear_decoder: bool,
    inverted: Vec<u8>,
    /// Codes so far of training, test and inverted images.
    codes: [Vec<f32>; 3],
    /// The codes of test and inverted images as eight bits keep them, once they are there.
    quantised: Option<[Vec<f32>; 2]>,
    /// Images decoded so far of these, and the sum of their squared errors.
    decoded: [(usize, f64); 2],
}

impl CodeSampling {
    /// Of the weights of a trainer as they are now: they are not copied before the next step changes them.
    #[must_use]
    pub fn new(trainer: &Trainer) -> Self {
        let dataset = Arc::clone(trainer.dataset());
        let experiment = trainer.experiment();
        // What the network has not seen, nothing beside it may learn from.
        let n_seen = experiment.training.samples_per_epoch(dataset.train.len());
        Self {
            model: trainer.model(),
            device: trainer.inner_device(),
            step: trainer.step(),
            size: experiment.architecture.code_size(),
            n_train: n_seen.min(N_TRAIN),
            has_linear_decoder: experiment.architecture.has_linear_decoder(),
            inverted: inverted(&dataset),
            dataset,
            codes: Default::default(),
            quantised: None,
            decoded: Default::default(),
        }
    }

    /// How far it is.
    #[must_use]
    pub fn progress(&self) -> JudgingProgress {
        let n_encoded: usize = self.codes.iter().map(|codes| codes.len() / self.size).sum();
        let n_decoded: usize = self.decoded.iter().map(|(n, _)| n).sum();
        let [train, test, inverted] = [0, 1, 2].map(|which| self.count(which));
        let n_all = train + 2 * (test + inverted);
        let share = (n_encoded + n_decoded) as f32 / n_all.max(1) as f32;
        JudgingProgress {
            part: JudgingPart::Encoding,
            fraction: SAMPLING_SHARE * share,
        }
    }

    /// Does the next piece of at most 500 images; tells what came of it once there is none left.
    ///
    /// # Errors
    /// When the device fails.
    pub fn advance(&mut self) -> Result<Option<CodeSamples>, TrainError> {
        for which in 0..3 {
            let n_done = self.codes[which].len() / self.size;
            if n_done < self.count(which) {
                let codes = self.model.encode(self.images(which, n_done));
                self.codes[which].extend(readback::values(codes)?);
                return Ok(None);
            }
        }
        let [train, test, inverted] = &self.codes;
        let size = self.size;
        let quantised = self.quantised.get_or_insert_with(|| {
            [test, inverted].map(|codes| quantise(train, codes, size).codes)
        });
        for (idx, codes) in quantised.iter().enumerate() {
            let (n_done, error) = self.decoded[idx];
            if n_done < codes.len() / size {
                let codes = &codes[n_done * size..codes.len().min((n_done + CHUNK) * size)];
                let n = codes.len() / size;
                let codes = TensorData::new(codes.to_vec(), [n, size]);
                let codes = Tensor::from_data(codes, &self.device);
                let decoded = self.model.decode(codes).reconstruction();
                let images = self.images(idx + 1, n_done);
                let errors = readback::values(squared_error_per_image(decoded, images))?;
                let sum: f64 = errors.iter().map(|&error| f64::from(error)).sum();
                self.decoded[idx] = (n_done + n, error + sum);
                return Ok(None);
            }
        }
        let n_values = self.dataset.train.shape().n_values();
        let compressed = self.decoded.map(|(n, error)| Compressed {
            bytes: size as f64,
            header_bytes: None,
            psnr_db: psnr_db(error / (n * n_values).max(1) as f64),
        });
        let columns = self.columns()?;
        let [train, test, _] = std::mem::take(&mut self.codes);
        Ok(Some(CodeSamples {
            step: self.step,
            size,
            codes: [train, test],
            compressed,
            columns,
        }))
    }

    /// All bytes of training, test or inverted images.
    fn bytes(&self, which: usize) -> &[u8] {
        match which {
            0 => self.dataset.train.first(self.n_train).0,
            1 => self.dataset.test.images(),
            _ => &self.inverted,
        }
    }

    fn count(&self, which: usize) -> usize {
        self.bytes(which).len() / self.dataset.train.shape().n_values()
    }

    /// The next images from one on: `[n, values]`.
    fn images(&self, which: usize, first: usize) -> Tensor<2> {
        let n_values = self.dataset.train.shape().n_values();
        let bytes = &self.bytes(which)[first * n_values..];
        let bytes = &bytes[..bytes.len().min(CHUNK * n_values)];
        let pixels: Vec<f32> = bytes.iter().map(|&byte| f32::from(byte) / 255.0).collect();
        let n = bytes.len() / n_values;
        Tensor::from_data(TensorData::new(pixels, [n, n_values]), &self.device)
    }

    /// What a linear decoder makes of each unit vector, less what it makes of zero: its columns.
    fn columns(&self) -> Result<Option<Vec<f32>>, TrainError> {
        if !self.has_linear_decoder {
            return Ok(None);
        }
        let units = Tensor::<2>::eye(self.size, &self.device);
        let of_zero = self.model.decode(units.zeros_like()).reconstruction();
        let columns = self.model.decode(units).reconstruction() - of_zero;
        readback::values(columns.transpose()).map(Some)
    }
}

/// What a code is worth; takes some seconds where the shelf does not know what depends on the images alone. `None` when
/// it is no longer wanted.
pub fn worth_of(
    samples: &CodeSamples,
    measures: &Measures,
    dataset: &Dataset,
    shelf: &Shelf,
    report: &mut dyn FnMut(JudgingProgress),
    is_wanted: &dyn Fn() -> bool,
) -> Option<CodeReport> {
    let CodeSamples { size, codes, .. } = samples;
    let n_train = codes[0].len() / size;
    let labels = [dataset.train.first(n_train).1, dataset.test.labels()];
    let mut known = Known::of(measures, shelf);
    let n_components = measures.n_components(*size);

    let n_values = dataset.train.shape().n_values();
    let mut steps = Steps::new([
        (JudgingPart::Code, *size as f32),
        (
            JudgingPart::Components,
            cost(n_components, known.knows_components(n_components)),
        ),
        (JudgingPart::Pixels, cost(n_values, known.knows_pixels())),
        (
            JudgingPart::Formats,
            FORMATS_PER_FEATURE * cost(n_values, known.knows_formats()),
        ),
    ]);
    steps.next(report);
    let code = accuracies(codes, labels, *size, dataset, is_wanted)?;
    steps.next(report);
    let components = known.components(n_components, is_wanted);
    steps.next(report);
    let pixels = known.pixels(is_wanted)?;
    steps.next(report);
    let formats = known.formats(is_wanted)?;
    let [of_test, of_inverted] = samples.compressed;
    let compression = CompressionReport {
        code: of_test,
        png_bytes: formats.png_bytes,
        webp_bytes: formats.webp_bytes,
        jpeg: formats.jpeg.clone(),
        inverted: [of_inverted, formats.jpeg_of_inverted],
    };
    is_wanted().then(|| CodeReport {
        step: samples.step,
        n_train,
        code,
        pca: components.unwrap_or(NO_ACCURACIES),
        pixels,
        compression,
        subspace_angle_degrees: subspace_angle(samples, measures, n_values),
        factors: followed_factors(&codes[1], *size, &dataset.test_factors),
    })
}

/// Encodes, decodes and measures in one go, on the calling thread.
///
/// # Errors
/// When the device fails.
///
/// # Panics
/// Never: nothing cancels it.
pub fn judge(trainer: &Trainer, measures: &Measures) -> Result<CodeReport, TrainError> {
    let mut sampling = CodeSampling::new(trainer);
    let samples = loop {
        if let Some(samples) = sampling.advance()? {
            break samples;
        }
    };
    let (dataset, shelf) = (trainer.dataset(), Shelf::default());
    let found = worth_of(&samples, measures, dataset, &shelf, &mut |_| {}, &|| true);
    Ok(found.expect("it is wanted"))
}

/// How long classifiers take, for each value of their features; nothing if they are known.
fn cost(n_values: usize, is_known: bool) -> f32 {
    if is_known { 0.0 } else { n_values as f32 }
}

/// What is said of the progress, part by part.
struct Steps {
    parts: [(JudgingPart, f32); 4],
    n_begun: usize,
}

impl Steps {
    fn new(parts: [(JudgingPart, f32); 4]) -> Self {
        Self { parts, n_begun: 0 }
    }

    /// Says that the next part begins.
    fn next(&mut self, report: &mut dyn FnMut(JudgingProgress)) {
        let all: f32 = self.parts.iter().map(|(_, cost)| cost).sum();
        let done: f32 = self.parts[..self.n_begun]
            .iter()
            .map(|(_, cost)| cost)
            .sum();
        let (part, _) = self.parts[self.n_begun];
        report(JudgingProgress {
            part,
            fraction: SAMPLING_SHARE + (1.0 - SAMPLING_SHARE) * done / all.max(1.0),
        });
        self.n_begun += 1;
    }
}

/// For each factor the unit of the codes `[n, size]` that follows it most closely; nothing where the data set knows
/// no factors, or no unit varies.
fn followed_factors(codes: &[f32], size: usize, factors: &KnownFactors) -> Vec<FollowedFactor> {
    let found = factors.all().iter().map(|&factor| {
        // Of those of which it is known.
        let rows = codes.chunks_exact(size).zip(factors.column(factor));
        let (rows, values): (Vec<&[f32]>, Vec<f32>) =
            rows.filter(|(_, value)| value.is_finite()).unzip();
        let (unit, correlation) = correlation::strongest(&rows.concat(), size, &values)?;
        Some(FollowedFactor {
            factor,
            unit,
            correlation,
        })
    });
    found.flatten().collect()
}

/// The angle between what a linear decoder can reach and as many principal components.
fn subspace_angle(samples: &CodeSamples, measures: &Measures, n_values: usize) -> Option<f64> {
    let columns = samples.columns.as_ref()?;
    let size = samples.size;
    let pca = measures.pca().filter(|pca| size <= pca.n_axes())?;
    subspace::largest_principal_angle(columns, &pca.axes(size), n_values, size)
}
