//! A data set in memory: bytes, as the files have them.

use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::*;

use hourglass_experiment::ImageShape;
use hourglass_protocol::{DataReport, DataSetId, DatasetDescription, KnownFactors};

/// Fewer images are gathered on one thread: handing out the work would cost more.
const MIN_PARALLEL_IMAGES: usize = 64;

/// Two splits of labelled images of one shape. Pixels stay bytes, a quarter of what floats would take.
#[derive(Clone, Debug)]
pub struct Dataset {
    pub id: DataSetId,
    /// Where they came from, for people.
    pub origin: String,
    /// Images to learn from.
    pub train: Split,
    /// Images to measure with.
    pub test: Split,
    /// What is known of the test images besides their class.
    pub test_factors: KnownFactors,
    /// What was found where it lies; none of the catalogue's.
    pub report: Option<Arc<DataReport>>,
}

/// Labelled images.
#[derive(Clone, Debug)]
pub struct Split {
    shape: ImageShape,
    images: Arc<[u8]>,
    labels: Arc<[u8]>,
}

impl Split {
    /// Joins images `[n, pixels]`, 0 background to 255 ink, and their classes `[n]`.
    ///
    /// # Panics
    /// If the lengths do not match; code that reads files has checked that before.
    #[must_use]
    pub fn new(
        shape: ImageShape,
        images: impl Into<Arc<[u8]>>,
        labels: impl Into<Arc<[u8]>>,
    ) -> Self {
        let (images, labels) = (images.into(), labels.into());
        assert_eq!(
            images.len(),
            labels.len() * shape.n_values(),
            "an image for each label"
        );
        Self {
            shape,
            images,
            labels,
        }
    }

    /// Shape of each image.
    #[must_use]
    pub fn shape(&self) -> ImageShape {
        self.shape
    }

    /// Images in the split.
    #[must_use]
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there is no image.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// Some images that lie one after the other, as a split of their own.
    ///
    /// # Panics
    /// If they lie past the end.
    #[must_use]
    pub fn part(&self, samples: Range<usize>) -> Self {
        let n_pixels = self.shape.n_values();
        let images = &self.images[samples.start * n_pixels..samples.end * n_pixels];
        Self::new(self.shape, images, &self.labels[samples])
    }

    /// Class of an image, counted from 0.
    #[must_use]
    pub fn label(&self, sample_idx: usize) -> u8 {
        self.labels[sample_idx]
    }

    /// All classes: `[n]`.
    #[must_use]
    pub fn labels(&self) -> &[u8] {
        &self.labels
    }

    /// Pixels of all images: `[n, pixels]`.
    #[must_use]
    pub fn images(&self) -> &[u8] {
        &self.images
    }

    /// Pixels and classes of the first images, or of all where there are fewer: `[n, pixels]` and `[n]`.
    #[must_use]
    pub fn first(&self, n: usize) -> (&[u8], &[u8]) {
        let n = n.min(self.len());
        let images = &self.images[..n * self.shape.n_values()];
        (images, &self.labels[..n])
    }

    /// Pixels of an image: `[pixels]`.
    #[must_use]
    pub fn image(&self, sample_idx: usize) -> &[u8] {
        let n_pixels = self.shape.n_values();
        &self.images[sample_idx * n_pixels..(sample_idx + 1) * n_pixels]
    }

    /// Pixels of some images as 0..1: `[n, pixels]`.
    #[must_use]
    pub fn gather(&self, samples: &[u32]) -> Vec<f32> {
        let n_pixels = self.shape.n_values();
        let mut pixels = vec![0.0; samples.len() * n_pixels];
        pixels
            .par_chunks_exact_mut(n_pixels)
            .with_min_len(MIN_PARALLEL_IMAGES)
            .zip(samples)
            .for_each(|(row, &sample_idx)| {
                let image = self.image(sample_idx as usize);
                for (pixel, &byte) in row.iter_mut().zip(image) {
                    *pixel = f32::from(byte) / 255.0;
                }
            });
        pixels
    }
}

impl Dataset {
    #[must_use]
    pub fn n_classes(&self) -> usize {
        self.id.n_classes()
    }

    /// What the window is told.
    #[must_use]
    pub fn describe(&self) -> DatasetDescription {
        DatasetDescription {
            id: self.id,
            origin: self.origin.clone(),
            n_train: self.train.len(),
            test_images: Arc::clone(&self.test.images),
            test_labels: Arc::clone(&self.test.labels),
            test_factors: self.test_factors.clone(),
            train_images: Arc::clone(&self.train.images),
            train_labels: Arc::clone(&self.train.labels),
            report: self.report.clone(),
        }
    }
}
