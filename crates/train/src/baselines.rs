//! What a data set allows, whatever the model: principal components, classifiers of raw pixels, sizes of picture files.
//!
//! Finding all of it takes seconds and depends on the images alone, so it is kept on a [`Shelf`] and found once for each
//! data set.

use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Serialize};

use hourglass_analysis::compression::{
    JPEG_QUALITIES, jpeg_at, png_bytes_per_image, webp_bytes_per_image,
};
use hourglass_analysis::entropy;
use hourglass_analysis::linear_probe::linear_probe;
use hourglass_analysis::neighbours::knn_accuracy;
use hourglass_analysis::pixel_pca::PixelPca;
use hourglass_data::{Dataset, Key, Shelf};
use hourglass_protocol::{Accuracies, Baselines, Compressed, ProbeResult};

/// Says what the kept figures are and how they were found: figures found in another way are others.
const WHAT: &str = "Hourglass baselines 1";

/// Most training images that probes and neighbours learn from, and the quantiser takes its ranges from.
pub(super) const N_TRAIN: usize = 20_000;

/// Neighbours asked.
const N_NEIGHBOURS: usize = 5;

/// Test images whose black and white are exchanged.
const N_INVERTED: usize = 1_000;

/// Of classes that cannot be told at all: there are no features, or they are not finite.
pub(super) const NO_ACCURACIES: Accuracies = Accuracies {
    linear_probe: ProbeResult {
        accuracy: f64::NAN,
        n_steps: 0,
        has_converged: false,
    },
    nearest_neighbours: f64::NAN,
};

/// The principal components of a data set, and what it allows.
#[derive(Debug)]
pub struct Measures {
    dataset: Arc<Dataset>,
    baselines: Baselines,
    /// Found when they are asked for first.
    pca: OnceLock<Option<PixelPca>>,
    key: Key,
}

impl Measures {
    /// Measures a data set for networks that learn from its first `n_train` training images, or from all where there are
    /// fewer; takes about a second for 60,000 of 784 pixels, and next to nothing if the shelf knows it.
    #[must_use]
    pub fn of(dataset: &Arc<Dataset>, n_train: usize, shelf: &Shelf) -> Self {
        let n_train = n_train.min(dataset.train.len());
        let key = dataset.key(WHAT, n_train);
        let known: Kept = shelf.read(&key).unwrap_or_default();
        let pca = OnceLock::new();
        let allows = known.allows.clone().unwrap_or_else(|| {
            let found = pca.get_or_init(|| fit(dataset, n_train));
            let test = dataset.test.images();
            let allows = Allows {
                entropy_floor: entropy::entropy_floor(test),
                pca_mse: found
                    .as_ref()
                    .map_or_else(Vec::new, |pca| pca.mse_per_pixel(test)),
            };
            let known = Kept {
                allows: Some(allows.clone()),
                ..known
            };
            shelf.write(&key, &known);
            allows
        });
        Self {
            dataset: Arc::clone(dataset),
            baselines: Baselines {
                entropy_floor: allows.entropy_floor,
                n_train,
                pca_mse: allows.pca_mse.into(),
            },
            pca,
            key,
        }
    }

    /// Whether it was this data set that was measured.
    #[must_use]
    pub fn is_of(&self, dataset: &Arc<Dataset>) -> bool {
        Arc::ptr_eq(&self.dataset, dataset)
    }

    /// What the window is told.
    #[must_use]
    pub fn baselines(&self) -> &Baselines {
        &self.baselines
    }

    /// The principal components; none of no images.
    pub(super) fn pca(&self) -> Option<&PixelPca> {
        let n_train = self.baselines.n_train;
        let pca = self.pca.get_or_init(|| fit(&self.dataset, n_train));
        pca.as_ref()
    }

    /// Principal components that a code of this size is compared with.
    pub(super) fn n_components(&self, code_size: usize) -> usize {
        self.baselines.n_components(code_size)
    }
}

fn fit(dataset: &Dataset, n_train: usize) -> Option<PixelPca> {
    let n_values = dataset.train.shape().n_values();
    PixelPca::fit(dataset.train.first(n_train).0, n_values)
}

/// As it is kept on the shelf: parts that were found once.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Kept {
    allows: Option<Allows>,
    pixels: Option<Accuracies>,
    formats: Option<Formats>,
    #[serde(default)]
    components: Vec<OfComponents>,
}

/// What bounds any model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Allows {
    entropy_floor: f64,
    pca_mse: Vec<f64>,
}

/// How well classes can be told from principal components.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct OfComponents {
    n_components: usize,
    accuracies: Accuracies,
}

/// The test images as picture files.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Formats {
    pub png_bytes: f64,
    pub webp_bytes: f64,
    /// At several qualities, from coarse to fine.
    pub jpeg: Vec<(u8, Compressed)>,
    /// At the finest of them, of [`inverted`] images.
    pub jpeg_of_inverted: Compressed,
}

/// What the shelf knows of a data set, and how to find what it does not know.
pub(super) struct Known<'a> {
    measures: &'a Measures,
    shelf: &'a Shelf,
    found: Kept,
}

impl<'a> Known<'a> {
    pub(super) fn of(measures: &'a Measures, shelf: &'a Shelf) -> Self {
        Self {
            measures,
            shelf,
            found: shelf.read(&measures.key).unwrap_or_default(),
        }
    }

    /// Whether classifiers of this many components are known.
    pub(super) fn knows_components(&self, n: usize) -> bool {
        self.components_known(n).is_some()
    }

    pub(super) fn knows_pixels(&self) -> bool {
        self.found.pixels.is_some()
    }

    pub(super) fn knows_formats(&self) -> bool {
        self.found.formats.is_some()
    }

    /// How well classes can be told from this many principal components; `None` of none, or if it is no longer wanted.
    pub(super) fn components(
        &mut self,
        n: usize,
        is_wanted: &dyn Fn() -> bool,
    ) -> Option<Accuracies> {
        if let Some(known) = self.components_known(n) {
            return Some(known);
        }
        let dataset = &self.measures.dataset;
        let pca = self.measures.pca().filter(|_| n > 0)?;
        let (train, labels) = dataset.train.first(self.n_train());
        let codes = [train, dataset.test.images()].map(|images| pca.codes(images, n));
        let accuracies = accuracies(
            &codes,
            [labels, dataset.test.labels()],
            n,
            dataset,
            is_wanted,
        )?;
        self.found.components.push(OfComponents {
            n_components: n,
            accuracies,
        });
        self.keep();
        Some(accuracies)
    }

    /// How well classes can be told from raw pixels; `None` if it is no longer wanted.
    pub(super) fn pixels(&mut self, is_wanted: &dyn Fn() -> bool) -> Option<Accuracies> {
        if let Some(known) = self.found.pixels {
            return Some(known);
        }
        let dataset = &self.measures.dataset;
        let (train, labels) = dataset.train.first(self.n_train());
        let pixels = [train, dataset.test.images()].map(as_bytes);
        let n_values = dataset.train.shape().n_values();
        let labels = [labels, dataset.test.labels()];
        let accuracies = accuracies(&pixels, labels, n_values, dataset, is_wanted)?;
        self.found.pixels = Some(accuracies);
        self.keep();
        Some(accuracies)
    }

    /// Sizes of picture files; `None` if it is no longer wanted.
    pub(super) fn formats(&mut self, is_wanted: &dyn Fn() -> bool) -> Option<&Formats> {
        if self.found.formats.is_none() {
            let found = formats(&self.measures.dataset, is_wanted)?;
            self.found.formats = Some(found);
            self.keep();
        }
        self.found.formats.as_ref()
    }

    fn components_known(&self, n: usize) -> Option<Accuracies> {
        let mut known = self.found.components.iter();
        let known = known.find(|known| known.n_components == n);
        known.map(|known| known.accuracies)
    }

    fn n_train(&self) -> usize {
        self.measures.baselines.n_train.min(N_TRAIN)
    }

    fn keep(&self) {
        self.shelf.write(&self.measures.key, &self.found);
    }
}

/// How well classes can be told from features `[n, size]` with their labels `[n]`, of training and of test images; `None`
/// if it is no longer wanted.
pub(super) fn accuracies(
    [train, test]: &[Vec<f32>; 2],
    [train_labels, test_labels]: [&[u8]; 2],
    size: usize,
    dataset: &Dataset,
    is_wanted: &dyn Fn() -> bool,
) -> Option<Accuracies> {
    let sizes = [size, dataset.n_classes()];
    let probe = linear_probe(train, train_labels, test, test_labels, sizes, is_wanted);
    if !is_wanted() {
        return None;
    }
    let neighbours = knn_accuracy(train, train_labels, test, test_labels, size, N_NEIGHBOURS);
    is_wanted().then(|| Accuracies {
        linear_probe: probe.unwrap_or(NO_ACCURACIES.linear_probe),
        nearest_neighbours: neighbours.unwrap_or(NO_ACCURACIES.nearest_neighbours),
    })
}

fn formats(dataset: &Dataset, is_wanted: &dyn Fn() -> bool) -> Option<Formats> {
    let (test, shape) = (dataset.test.images(), dataset.train.shape());
    let jpeg = |images: &[u8], quality: u8| {
        let figures = jpeg_at(images, shape, quality);
        Compressed {
            bytes: figures.bytes_per_image,
            header_bytes: Some(figures.header_bytes),
            psnr_db: figures.psnr_db,
        }
    };
    let finest = JPEG_QUALITIES.into_iter().max().unwrap_or(90);
    let png_bytes = is_wanted().then(|| png_bytes_per_image(test, shape))?;
    let webp_bytes = is_wanted().then(|| webp_bytes_per_image(test, shape))?;
    let mut at_qualities = Vec::new();
    for quality in JPEG_QUALITIES {
        at_qualities.push(is_wanted().then(|| (quality, jpeg(test, quality)))?);
    }
    Some(Formats {
        png_bytes,
        webp_bytes,
        jpeg: at_qualities,
        jpeg_of_inverted: jpeg(&inverted(dataset), finest),
    })
}

/// The first test images with black and white exchanged, which are none of what a model has seen: `[n, values]`.
pub(super) fn inverted(dataset: &Dataset) -> Vec<u8> {
    let images = dataset.test.first(N_INVERTED).0;
    images.iter().map(|pixel| 255 - pixel).collect()
}

/// Pixels as 0..255. Neither a probe, which standardises, nor neighbours mind the scale, and whole numbers have exact
/// distances, so that ties are ties.
fn as_bytes(images: &[u8]) -> Vec<f32> {
    images.iter().map(|&byte| f32::from(byte)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use hourglass_data::Split;
    use hourglass_experiment::ImageShape;
    use hourglass_protocol::{DataSetId, KnownFactors};

    /// Few images with stripes, each class with its own.
    fn stripes() -> Arc<Dataset> {
        let split = |n: usize| {
            let images: Vec<u8> = (0..n)
                .flat_map(|idx| {
                    (0..784_usize).map(move |pixel| match (pixel + idx / 10) % (idx % 10 + 2) {
                        0 => 250,
                        _ => (pixel * idx % 17).to_le_bytes()[0],
                    })
                })
                .collect();
            let labels: Vec<u8> = (0..n).map(|idx| (idx % 10).to_le_bytes()[0]).collect();
            Split::new(ImageShape::MNIST, images, labels)
        };
        Arc::new(Dataset {
            id: DataSetId::PEN_DIGITS,
            origin: "made up".to_owned(),
            train: split(80),
            test: split(30),
            test_factors: KnownFactors::default(),
            report: None,
        })
    }

    /// All there is to be known.
    fn all(measures: &Measures, shelf: &Shelf, n_components: usize) -> Kept {
        let mut known = Known::of(measures, shelf);
        assert!(known.components(n_components, &|| true).is_some());
        assert!(known.pixels(&|| true).is_some());
        assert!(known.formats(&|| true).is_some());
        known.found
    }

    #[test]
    fn what_is_on_the_shelf_is_believed_and_all_else_is_found() {
        let home = tempfile::tempdir().expect("a temporary folder");
        let shelf = Shelf::at(home.path());
        let dataset = stripes();
        let measures = Measures::of(&dataset, 80, &shelf);
        let found = all(&measures, &shelf, 3);
        assert_eq!(all(&measures, &Shelf::default(), 3).pixels, found.pixels);

        let again = Measures::of(&dataset, 80, &shelf);
        assert_eq!(again.baselines(), measures.baselines());
        assert!(again.pca.get().is_none(), "nothing was found anew");
        assert_eq!(all(&again, &shelf, 3), found);
        assert!(again.pca.get().is_none(), "nothing was found anew");
        let with_more = all(&again, &shelf, 4);
        assert_eq!(with_more.components.len(), 2);
        assert!(again.pca.get().is_some());

        let mut other = found.clone();
        let formats = other.formats.as_mut().expect("found");
        formats.png_bytes = 7.0;
        shelf.write(&measures.key, &other);
        assert_eq!(all(&again, &shelf, 3), other);
        // Of other images all is other.
        let fewer = Measures::of(&dataset, 40, &shelf);
        assert_ne!(fewer.baselines(), measures.baselines());
        assert!(!Known::of(&fewer, &shelf).knows_pixels());
    }

    #[test]
    fn what_is_no_longer_wanted_is_not_kept() {
        let home = tempfile::tempdir().expect("a temporary folder");
        let shelf = Shelf::at(home.path());
        let measures = Measures::of(&stripes(), 80, &shelf);
        let mut known = Known::of(&measures, &shelf);
        assert_eq!(known.pixels(&|| false), None);
        assert_eq!(known.components(3, &|| false), None);
        assert!(known.formats(&|| false).is_none());
        let known = Known::of(&measures, &shelf);
        assert!(!known.knows_pixels() && !known.knows_formats() && !known.knows_components(3));
    }
}
