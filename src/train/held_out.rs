//! The test split on the device, as evaluations and looks inside use it.

use std::sync::Arc;

use burn::tensor::{Device, Tensor, TensorData};
use rayon::prelude::*;

use crate::data::{Corruptor, Split};
use crate::experiment::{Corruption, N_PIXELS};
use crate::protocol::SampleIdx;

/// Images of one chunk: large enough to keep the device busy, small enough for its memory.
pub const CHUNK: usize = 500;

/// Every so many-th test image takes part in running evaluations: evenly spaced, because MNIST's first half
/// is easier than its second.
pub const STRIDE: usize = 20;

/// A part of the test split on the device, clean and corrupted.
#[derive(Clone, Debug)]
pub struct Chunk {
    /// Which samples, in order.
    pub samples: Vec<SampleIdx>,
    /// Clean images: `[n, 784]`.
    pub clean: Tensor<2>,
    /// The same, corrupted; the clean ones where the recipe does not corrupt.
    pub corrupted: Tensor<2>,
}

/// The test split on one device.
#[derive(Debug)]
pub struct HeldOut {
    split: Split,
    device: Device,
    corruption: Corruption,
    /// The whole split, put on the device when first asked for.
    full: Option<Arc<[Chunk]>>,
    /// Every [`STRIDE`]-th sample.
    sparse: Option<Chunk>,
}

impl HeldOut {
    /// Prepares nothing yet: images go to the device when they are first needed.
    pub fn new(split: Split, device: Device, corruption: Corruption) -> Self {
        Self {
            split,
            device,
            corruption,
            full: None,
            sparse: None,
        }
    }

    /// The images themselves.
    pub fn split(&self) -> &Split {
        &self.split
    }

    /// Takes on another corruption; corrupted images are made again when next needed.
    pub fn set_corruption(&mut self, corruption: Corruption) {
        if corruption != self.corruption {
            *self = Self::new(self.split.clone(), self.device.clone(), corruption);
        }
    }

    /// The whole split in chunks.
    pub fn full(&mut self) -> Arc<[Chunk]> {
        if let Some(chunks) = &self.full {
            return Arc::clone(chunks);
        }
        let samples = samples_of(&self.split, 1);
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
        let chunk = self.chunk(&samples_of(&self.split, STRIDE));
        self.sparse = Some(chunk.clone());
        chunk
    }

    /// Some samples, put on the device afresh.
    pub fn chunk(&self, samples: &[SampleIdx]) -> Chunk {
        let pixels = self.split.gather(samples);
        let clean = self.tensor(pixels.clone(), samples.len());
        let corrupted = if self.corruption.is_none() {
            clean.clone()
        } else {
            self.tensor(self.corrupt(pixels, samples), samples.len())
        };
        Chunk {
            samples: samples.to_vec(),
            clean,
            corrupted,
        }
    }

    /// Corrupts images `[n, 784]`; a sample gets the same noise every time.
    fn corrupt(&self, mut pixels: Vec<f32>, samples: &[SampleIdx]) -> Vec<f32> {
        let corruptor = Corruptor::evaluation(self.corruption);
        pixels
            .par_chunks_exact_mut(N_PIXELS)
            .zip(samples)
            .for_each(|(image, &sample)| corruptor.corrupt(image, &[u64::from(sample)]));
        pixels
    }

    fn tensor(&self, pixels: Vec<f32>, n_samples: usize) -> Tensor<2> {
        let data = TensorData::new(pixels, [n_samples, N_PIXELS]);
        Tensor::from_data(data, &self.device) // [n, 784]
    }
}

fn samples_of(split: &Split, stride: usize) -> Vec<SampleIdx> {
    let n = SampleIdx::try_from(split.len()).expect("a split has fewer than 2^32 images");
    (0..n).step_by(stride).collect()
}
