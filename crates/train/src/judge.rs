//! The baselines of a data set, and how good a model's code is compared with them.

use burn::tensor::{Device, Tensor, TensorData};

use hourglass_analysis::compression::{
    self, jpeg_at, png_bytes_per_image, psnr_db, quantise, webp_bytes_per_image,
};
use hourglass_analysis::linear_probe::linear_probe;
use hourglass_analysis::neighbours::knn_accuracy;
use hourglass_analysis::pixel_pca::PixelPca;
use hourglass_analysis::{correlation, entropy, subspace};
use hourglass_data::Dataset;
use hourglass_experiment::Architecture;
use hourglass_model::Autoencoder;
use hourglass_protocol::{
    Accuracies, Baselines, CodeReport, Compressed, CompressionReport, FollowedFactor, KnownFactors,
    ProbeResult,
};

use super::evaluate::squared_error_per_image;
use super::held_out::CHUNK;
use super::{TrainError, Trainer, readback};

/// Most training images that probes and neighbours learn from, and the quantiser takes its ranges from.
const N_TRAIN: usize = 20_000;

/// Neighbours asked.
const N_NEIGHBOURS: usize = 5;

/// Test images whose black and white are exchanged.
const N_INVERTED: usize = 1_000;

/// The principal components of a data set, and what it allows.
#[derive(Clone, Debug)]
pub struct Measures {
    pca: Option<PixelPca>,
    baselines: Baselines,
}

impl Measures {
    /// Measures a data set for networks that learn from its first `n_train` training images, or from all where there are
    /// fewer; takes about half a second for 60,000.
    #[must_use]
    pub fn of(dataset: &Dataset, n_train: usize) -> Self {
        let n_pixels = dataset.train.shape().n_values();
        let n_train = n_train.min(dataset.train.len());
        let pca = PixelPca::fit(&dataset.train.images()[..n_train * n_pixels], n_pixels);
        let test = dataset.test.images();
        let pca_mse = pca.as_ref().map(|pca| pca.mse_per_pixel(test));
        Self {
            baselines: Baselines {
                entropy_floor: entropy::entropy_floor(test),
                n_train,
                pca_mse: pca_mse.unwrap_or_default().into(),
            },
            pca,
        }
    }

    /// What the window is told.
    #[must_use]
    pub fn baselines(&self) -> &Baselines {
        &self.baselines
    }
}

/// Judges the code of a model; takes some seconds. `None` when it is no longer wanted, which is asked between the
/// parts.
///
/// # Errors
/// When the device fails.
pub fn judge(
    trainer: &Trainer,
    measures: &Measures,
    is_wanted: impl Fn() -> bool,
) -> Result<Option<CodeReport>, TrainError> {
    let model = trainer.model();
    let dataset = trainer.dataset();
    let device = trainer.inner_device();
    let architecture = &trainer.experiment().architecture;
    let size = architecture.code_size();
    // What the network has not seen, nothing beside it may learn from.
    let training = &trainer.experiment().training;
    let n_seen = training.samples_per_epoch(dataset.train.len());
    let n_train = n_seen.min(N_TRAIN);
    let (shape, n_classes) = (dataset.train.shape(), dataset.n_classes());
    let n_pixels = shape.n_values();
    let train_images = &dataset.train.images()[..n_train * n_pixels];
    let test_images = dataset.test.images();
    let labels = (&dataset.train.labels()[..n_train], dataset.test.labels());

    let train_codes = encode(&model, train_images, n_pixels, &device)?;
    let test_codes = encode(&model, test_images, n_pixels, &device)?;
    let accuracies = |features: (&[f32], &[f32]), size: usize| {
        is_wanted().then(|| accuracies(features, labels, [size, n_classes]))
    };
    let code = accuracies((&train_codes, &test_codes), size);
    let pca = measures.pca.as_ref().and_then(|pca| {
        let k = size.min(pca.n_axes());
        if k == 0 {
            return None;
        }
        let codes = (pca.codes(train_images, k), pca.codes(test_images, k));
        accuracies((&codes.0, &codes.1), k)
    });
    let pixels = (as_bytes(train_images), as_bytes(test_images));
    let pixels = accuracies((&pixels.0, &pixels.1), n_pixels);
    let (Some(code), Some(pixels), true) = (code, pixels, is_wanted()) else {
        return Ok(None);
    };
    let of_code = |images: &[u8], codes: &[f32]| -> Result<Compressed, TrainError> {
        let quantised = quantise(&train_codes, codes, size);
        let mse = decoding_error(&model, &quantised.codes, images, [size, n_pixels], &device)?;
        Ok(Compressed {
            bytes: quantised.bytes_per_image,
            header_bytes: None,
            psnr_db: psnr_db(mse),
        })
    };
    let jpeg = |images: &[u8], quality: u8| {
        let figures = jpeg_at(images, shape, quality);
        Compressed {
            bytes: figures.bytes_per_image,
            header_bytes: Some(figures.header_bytes),
            psnr_db: figures.psnr_db,
        }
    };
    let n_inverted = test_images.len().min(N_INVERTED * n_pixels);
    let inverted: Vec<u8> = test_images[..n_inverted].iter().map(|p| 255 - p).collect();
    let inverted_codes = encode(&model, &inverted, n_pixels, &device)?;
    let qualities = compression::JPEG_QUALITIES;
    let finest = qualities.into_iter().max().unwrap_or(90);
    Ok(Some(CodeReport {
        step: trainer.step(),
        n_train,
        code,
        pca: pca.unwrap_or(NO_ACCURACIES),
        pixels,
        compression: CompressionReport {
            code: of_code(test_images, &test_codes)?,
            png_bytes: png_bytes_per_image(test_images, shape),
            webp_bytes: webp_bytes_per_image(test_images, shape),
            jpeg: qualities.map(|q| (q, jpeg(test_images, q))).to_vec(),
            inverted: [
                of_code(&inverted, &inverted_codes)?,
                jpeg(&inverted, finest),
            ],
        },
        subspace_angle_degrees: subspace_angle(&model, architecture, measures, &device)?,
        factors: followed_factors(&test_codes, size, &dataset.test_factors),
    }))
}

const NO_PROBE: ProbeResult = ProbeResult {
    accuracy: f64::NAN,
    n_steps: 0,
    has_converged: false,
};

const NO_ACCURACIES: Accuracies = Accuracies {
    linear_probe: NO_PROBE,
    nearest_neighbours: f64::NAN,
};

/// Features `[n, size]` and classes `[n]`, of training and of test images.
fn accuracies(
    (train, test): (&[f32], &[f32]),
    (train_labels, test_labels): (&[u8], &[u8]),
    [size, n_classes]: [usize; 2],
) -> Accuracies {
    let probe = linear_probe(train, train_labels, test, test_labels, [size, n_classes]);
    let neighbours = knn_accuracy(train, train_labels, test, test_labels, size, N_NEIGHBOURS);
    Accuracies {
        linear_probe: probe.unwrap_or(NO_PROBE),
        nearest_neighbours: neighbours.unwrap_or(f64::NAN),
    }
}

/// Codes `[n, code]` of images `[n, pixels]`.
fn encode(
    model: &Autoencoder,
    images: &[u8],
    n_pixels: usize,
    device: &Device,
) -> Result<Vec<f32>, TrainError> {
    let chunks = images.chunks(CHUNK * n_pixels);
    let chunks = chunks.map(|chunk| images_of(chunk, n_pixels, device));
    let codes = chunks.map(|images| model.encode(images).flatten::<1>(0, 1));
    Ok(readback::all_values(codes.collect())?.concat())
}

/// Mean squared error per pixel of what the decoder makes of codes `[n, code]`, against images `[n, pixels]`.
fn decoding_error(
    model: &Autoencoder,
    codes: &[f32],
    images: &[u8],
    [size, n_pixels]: [usize; 2],
    device: &Device,
) -> Result<f64, TrainError> {
    let codes = codes.chunks(CHUNK * size);
    let errors = codes
        .zip(images.chunks(CHUNK * n_pixels))
        .map(|(codes, images)| {
            let data = TensorData::new(codes.to_vec(), [codes.len() / size, size]);
            let decoded = model
                .decode(Tensor::from_data(data, device))
                .reconstruction();
            squared_error_per_image(decoded, images_of(images, n_pixels, device))
        });
    let errors = readback::all_values(errors.collect())?.concat();
    let total: f64 = errors.iter().map(|&error| f64::from(error)).sum();
    Ok(total / images.len().max(1) as f64)
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
fn subspace_angle(
    model: &Autoencoder,
    architecture: &Architecture,
    measures: &Measures,
    device: &Device,
) -> Result<Option<f64>, TrainError> {
    let (size, n_pixels) = (architecture.code_size(), architecture.image().n_values());
    let Some(pca) = measures
        .pca
        .as_ref()
        .filter(|pca| architecture.has_linear_decoder() && size <= pca.n_axes())
    else {
        return Ok(None);
    };
    // What a linear map makes of each unit vector, less what it makes of zero, are its columns.
    let units = Tensor::<2>::eye(size, device);
    let of_zero = model.decode(units.zeros_like()).reconstruction();
    let columns = (model.decode(units).reconstruction() - of_zero).transpose(); // [pixels, code]
    let columns = readback::values(columns)?;
    let angle = subspace::largest_principal_angle(&columns, &pca.axes(size), n_pixels, size);
    Ok(angle)
}

fn images_of(images: &[u8], n_pixels: usize, device: &Device) -> Tensor<2> {
    let pixels = TensorData::new(as_floats(images), [images.len() / n_pixels, n_pixels]);
    Tensor::from_data(pixels, device) // [n, pixels]
}

fn as_floats(images: &[u8]) -> Vec<f32> {
    images.iter().map(|&byte| f32::from(byte) / 255.0).collect()
}

/// Pixels as 0..255. Neither a probe, which standardises, nor neighbours mind the scale, and whole numbers have exact
/// distances, so that ties are ties.
fn as_bytes(images: &[u8]) -> Vec<f32> {
    images.iter().map(|&byte| f32::from(byte)).collect()
}
