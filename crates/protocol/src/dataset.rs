//! Data sets as both threads speak of them.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use hourglass_experiment::{DataSetId, ImageShape};

use super::{
    DataPlace, DataReport, Fitting, ImageTarget, KnownFactors, PointSource, Resizing, SampleIdx,
    WholeTarget,
};

/// Where a data set comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DataSource {
    /// MNIST where it is found (`HOURGLASS_DATA`, then the user's cache), otherwise the pen digits.
    Auto,
    /// What lies in this folder or file: a data set of the catalogue, or a person's own.
    Path(PathBuf, Fitting),
    /// A data set of the catalogue where it is found; an error where it is not.
    Named(DataSetId),
}

impl DataSource {
    /// What a person wrote: a name of the catalogue, else a folder or file.
    #[must_use]
    pub fn of_text(text: &str) -> Self {
        DataSetId::of_name(text).map_or_else(|| Self::at(text), Self::Named)
    }

    /// What lies in a folder or file, made to fit as is usual.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self::Path(path.into(), Fitting::default())
    }
}

impl From<&DataPlace> for DataSource {
    fn from(place: &DataPlace) -> Self {
        Self::Path(place.path.clone(), place.fitting.clone())
    }
}

/// A data set that a run learned from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NeededData {
    /// Its name for people; that of a person's own says what is in it.
    pub label: String,
    /// Where it was.
    pub source: DataSource,
}

impl From<DataSetId> for NeededData {
    fn from(id: DataSetId) -> Self {
        Self {
            label: id.exact_label().to_owned(),
            source: DataSource::Named(id),
        }
    }
}

/// What the window knows of a data set: its test split, which every view draws from, and the images that are learned
/// from. They are shared with the worker, not copied.
#[derive(Clone, PartialEq)]
pub struct DatasetDescription {
    pub id: DataSetId,
    /// Where they came from, for people: a folder, or "built in".
    pub origin: String,
    /// Training images.
    pub n_train: usize,
    /// Test images, row by row: `[n_test, pixels]`, 0 background to 255 ink.
    pub test_images: Arc<[u8]>,
    /// Class of each test image: `[n_test]`.
    pub test_labels: Arc<[u8]>,
    /// What is known of each test image besides its class.
    pub test_factors: KnownFactors,
    /// Training images, row by row: `[n_train, pixels]`, or empty where the window has no use for them.
    pub train_images: Arc<[u8]>,
    /// Class of each training image, likewise.
    pub train_labels: Arc<[u8]>,
    /// What was found where it lies; none of the catalogue's.
    pub report: Option<Arc<DataReport>>,
}

impl DatasetDescription {
    /// Shape of each image.
    #[must_use]
    pub fn shape(&self) -> ImageShape {
        self.id.spec().shape
    }

    /// What user images become beside it.
    #[must_use]
    pub fn image_target(&self) -> ImageTarget {
        if self.id.spec().is_handwriting {
            return ImageTarget::Handwriting;
        }
        let report = self.report.as_ref();
        ImageTarget::Whole(WholeTarget {
            shape: self.shape(),
            resizing: report.map_or_else(Resizing::default, |report| report.place.fitting.resizing),
            // The catalogue's gray images are light on dark.
            inverts_light: report.map_or(self.shape().is_gray(), |report| report.inverts),
        })
    }

    /// Which split an image is of, and its position there.
    #[must_use]
    pub fn place(&self, sample: SampleIdx) -> (PointSource, usize) {
        let position = sample as usize;
        match position.checked_sub(self.n_test()) {
            Some(position) => (PointSource::Training, position),
            None => (PointSource::Test, position),
        }
    }

    /// The pixels of an image of either split, `[pixels]`; none past the end.
    #[must_use]
    pub fn image(&self, sample: SampleIdx) -> Option<&[u8]> {
        let (source, position) = self.place(sample);
        let images = match source {
            PointSource::Test => &self.test_images,
            PointSource::Training => &self.train_images,
        };
        self.shape().of(images, position)
    }

    /// The class of an image of either split; none past the end.
    #[must_use]
    pub fn label(&self, sample: SampleIdx) -> Option<u8> {
        let (source, position) = self.place(sample);
        let labels = match source {
            PointSource::Test => &self.test_labels,
            PointSource::Training => &self.train_labels,
        };
        labels.get(position).copied()
    }

    /// Test images.
    #[must_use]
    pub fn n_test(&self) -> usize {
        self.test_labels.len()
    }

    /// The pixels of one test image, `[pixels]`; none past the end.
    #[must_use]
    pub fn test_image(&self, sample_idx: usize) -> Option<&[u8]> {
        self.shape().of(&self.test_images, sample_idx)
    }
}

impl fmt::Debug for DatasetDescription {
    /// Leaves the eight million pixels out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DatasetDescription")
            .field("id", &self.id)
            .field("origin", &self.origin)
            .field("n_train", &self.n_train)
            .field("n_test", &self.n_test())
            .finish_non_exhaustive()
    }
}

/// How far loading or fetching is.
#[derive(Clone, Debug, PartialEq)]
pub struct DatasetProgress {
    /// What is being done.
    pub stage: DataStage,
    /// Share done, 0..1; `None` if it cannot be known.
    pub fraction: Option<f32>,
    /// For people: "4.2 of 11.3 MB".
    pub detail: String,
}

/// A stage of getting a data set ready.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DataStage {
    /// Downloading.
    Fetching(DataSetId),
    /// Comparing with the known checksums.
    Verifying,
    /// Unpacking, and comparing with the known checksums.
    Unpacking,
    /// Reading from disk.
    Reading,
    /// Looking for what is the same, and what is constant.
    Counting,
    /// Making the images.
    Drawing(DataSetId),
}

impl DataStage {
    /// What is being done, for people.
    #[must_use]
    pub fn label(self) -> String {
        match self {
            Self::Fetching(id) => format!("Fetching {}", id.label()),
            Self::Verifying => "Checking the files".to_owned(),
            Self::Unpacking => "Unpacking the files".to_owned(),
            Self::Reading => "Reading the files".to_owned(),
            Self::Counting => "Looking at the images".to_owned(),
            Self::Drawing(id) => format!("Drawing {}", id.label_in_text()),
        }
    }
}
