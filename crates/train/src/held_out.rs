//! The test split on the device, as evaluations and looks inside use it; looks also reach training images.

use std::sync::Arc;

use burn::tensor::{Device, Tensor, TensorData};
use rayon::prelude::*;

use hourglass_analysis::diagnosis;
use hourglass_data::{Corruptor, Dataset, Split};
use hourglass_experiment::{Corruption, Experiment, Target};
use hourglass_protocol::SampleIdx;

/// Images of one chunk: large enough to keep the device busy, small enough for its memory.
pub const CHUNK: usize = 500;

/// One test image in this many takes part in running evaluations: evenly spaced, because MNIST's first half
/// is easier than its second.
pub const STRIDE: usize = 20;

/// Where a split is small, more of its images take part: this many, if there are.
const LEAST_RUNNING: usize = 500;

/// One test image in this many is seen in a film.
pub const FILM_STRIDE: usize = 5;

/// A part of the test split on the device, clean and corrupted.
#[derive(Clone, Debug)]
pub struct Chunk {
    /// Which samples, in order.
    pub samples: Vec<SampleIdx>,
    /// Clean images: `[n, pixels]`.
    pub clean: Tensor<2>,
    /// What the encoder is shown of them; the clean ones where the experiment alters nothing.
    pub corrupted: Tensor<2>,
    /// The weight of each pixel's error in Δ, where pixels do not count alike: `[n, pixels]`.
    pub weights: Option<Tensor<2>>,
}

/// What an experiment makes of images that are measured.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shown {
    corruption: Corruption,
    target: Target,
    /// α and β of corrupted and clean pixels, where they do not count alike.
    emphasis: Option<[f32; 2]>,
}

impl Shown {
    pub fn of(experiment: &Experiment) -> Self {
        Self {
            corruption: experiment.test_corruption(),
            target: experiment.target_in_use(),
            emphasis: experiment.emphasis(),
        }
    }
}

/// The test split on one device.
#[derive(Debug)]
pub struct HeldOut {
    split: Split,
    /// What the model learns from; counted on from the end of the test split.
    train: Split,
    device: Device,
    shown: Shown,
    /// The whole split, put on the device when first asked for.
    full: Option<Arc<[Chunk]>>,
    /// Every [`STRIDE`]-th sample, or more of a small split.
    sparse: Option<Chunk>,
    /// Every [`FILM_STRIDE`]-th sample.
    film: Option<Chunk>,
    /// Mean variance of a pixel over the images, once it was asked for.
    pixel_variance: Option<f64>,
}

impl HeldOut {
    /// Prepares nothing yet: images go to the device when they are first needed.
    pub fn new(dataset: &Dataset, device: Device, shown: Shown) -> Self {
        let (split, train) = (dataset.test.clone(), dataset.train.clone());
        Self::of(split, train, device, shown)
    }

    /// The same of images that are no data set's test split.
    pub fn of(split: Split, train: Split, device: Device, shown: Shown) -> Self {
        Self {
            split,
            train,
            device,
            shown,
            full: None,
            sparse: None,
            film: None,
            pixel_variance: None,
        }
    }

    /// Mean variance of a pixel over the images: the error of answering every image with the mean image.
    pub fn pixel_variance(&mut self) -> f64 {
        let split = &self.split;
        *self.pixel_variance.get_or_insert_with(|| {
            diagnosis::pixel_variance(split.images(), split.shape().n_values())
        })
    }

    fn n_pixels(&self) -> usize {
        self.split.shape().n_values()
    }

    /// Images that have a number: the test images, then the training images.
    pub fn n_samples(&self) -> usize {
        self.split.len() + self.train.len()
    }

    /// The class of an image of either split.
    pub fn label(&self, sample: SampleIdx) -> u8 {
        let (split, position) = self.place(sample);
        split.label(position)
    }

    /// Numbers of the test images.
    pub fn test_samples(&self) -> Vec<SampleIdx> {
        samples_of(&self.split, 1)
    }

    /// Numbers of the training images.
    pub fn training_samples(&self) -> Vec<SampleIdx> {
        let number = |position| {
            SampleIdx::try_from(position).expect("a data set has fewer than 2^32 images")
        };
        (self.split.len()..self.n_samples()).map(number).collect()
    }

    /// The images themselves.
    pub fn split(&self) -> &Split {
        &self.split
    }

    /// Takes on another way to alter images; they are made again when next needed.
    pub fn set_shown(&mut self, shown: Shown) {
        if shown != self.shown {
            let (split, train) = (self.split.clone(), self.train.clone());
            *self = Self::of(split, train, self.device.clone(), shown);
        }
    }

    /// Whether images are shown as they are.
    pub fn is_unaltered(&self) -> bool {
        self.shown.corruption.is_none() && self.shown.target == Target::SameImage
    }

    /// The whole split in chunks.
    pub fn full(&mut self) -> Arc<[Chunk]> {
        if let Some(chunks) = &self.full {
            return Arc::clone(chunks);
        }
        let samples = self.test_samples();
        let chunks: Arc<[Chunk]> = samples
            .chunks(CHUNK)
            .map(|samples| self.chunk(samples))
            .collect();
        self.full = Some(Arc::clone(&chunks));
        chunks
    }

    /// An evenly spaced part of the split.
    pub fn sparse(&mut self) -> Chunk {
        if let Some(chunk) = &self.sparse {
            return chunk.clone();
        }
        let stride = STRIDE.min(self.split.len() / LEAST_RUNNING).max(1);
        let chunk = self.chunk(&samples_of(&self.split, stride));
        self.sparse = Some(chunk.clone());
        chunk
    }

    /// The part of the split that a film shows.
    pub fn film(&mut self) -> Chunk {
        if let Some(chunk) = &self.film {
            return chunk.clone();
        }
        let chunk = self.chunk(&samples_of(&self.split, FILM_STRIDE));
        self.film = Some(chunk.clone());
        chunk
    }

    /// Some samples, put on the device afresh.
    pub fn chunk(&self, samples: &[SampleIdx]) -> Chunk {
        let pixels = self.pixels(samples);
        let clean = self.tensor(pixels.clone(), samples.len());
        let corrupted = if self.is_unaltered() {
            clean.clone()
        } else {
            self.tensor(self.corrupt(pixels, samples), samples.len())
        };
        Chunk {
            samples: samples.to_vec(),
            clean,
            corrupted,
            weights: self.weights(samples),
        }
    }

    /// The weight of each pixel's error, where pixels do not count alike: `[n, pixels]`.
    fn weights(&self, samples: &[SampleIdx]) -> Option<Tensor<2>> {
        let emphasis = self.shown.emphasis?;
        let corruptor = self.corruptor();
        let mut weights = vec![0.0; samples.len() * self.n_pixels()];
        weights
            .par_chunks_exact_mut(self.n_pixels())
            .zip(samples)
            .for_each(|(image, &sample)| corruptor.weigh(image, &[u64::from(sample)], emphasis));
        Some(self.tensor(weights, samples.len()))
    }

    fn corruptor(&self) -> Corruptor {
        Corruptor::evaluation(self.split.shape(), self.shown.corruption)
            .with_target(self.shown.target)
    }

    /// Some images of either split as they are: `[n, pixels]`.
    pub fn clean(&self, samples: &[SampleIdx]) -> Tensor<2> {
        self.tensor(self.pixels(samples), samples.len())
    }

    /// Pixels of images as 0..1: `[n, pixels]`.
    fn pixels(&self, samples: &[SampleIdx]) -> Vec<f32> {
        let n_pixels = self.n_pixels();
        let mut pixels = vec![0.0; samples.len() * n_pixels];
        pixels
            .par_chunks_exact_mut(n_pixels)
            .zip(samples)
            .for_each(|(row, &sample)| {
                let (split, position) = self.place(sample);
                for (pixel, &byte) in row.iter_mut().zip(split.image(position)) {
                    *pixel = f32::from(byte) / 255.0;
                }
            });
        pixels
    }

    /// Where an image is.
    fn place(&self, sample: SampleIdx) -> (&Split, usize) {
        let position = sample as usize;
        match position.checked_sub(self.split.len()) {
            Some(position) => (&self.train, position),
            None => (&self.split, position),
        }
    }

    /// Corrupts images `[n, pixels]`; a sample gets the same noise every time.
    fn corrupt(&self, mut pixels: Vec<f32>, samples: &[SampleIdx]) -> Vec<f32> {
        let corruptor = self.corruptor();
        pixels
            .par_chunks_exact_mut(self.n_pixels())
            .zip(samples)
            .for_each(|(image, &sample)| corruptor.corrupt(image, &[u64::from(sample)]));
        pixels
    }

    fn tensor(&self, pixels: Vec<f32>, n_samples: usize) -> Tensor<2> {
        let data = TensorData::new(pixels, [n_samples, self.n_pixels()]);
        Tensor::from_data(data, &self.device) // [n, pixels]
    }
}

fn samples_of(split: &Split, stride: usize) -> Vec<SampleIdx> {
    let n = SampleIdx::try_from(split.len()).expect("a split has fewer than 2^32 images");
    (0..n).step_by(stride).collect()
}
