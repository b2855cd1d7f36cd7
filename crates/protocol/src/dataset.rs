//! Data sets as both threads speak of them.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use hourglass_experiment::{DataSetId, ImageShape};

use super::{PointSource, SampleIdx};

/// Where a data set comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DataSource {
    /// MNIST where it is found (`HOURGLASS_DATA`, then the user's cache), otherwise the pen digits.
    Auto,
    /// The data set whose files are in this folder.
    Folder(PathBuf),
    /// A data set of the catalogue where it is found; an error where it is not.
    Named(DataSetId),
}

impl DataSource {
    /// What a person wrote: a name of the catalogue, else a folder.
    #[must_use]
    pub fn of_text(text: &str) -> Self {
        DataSetId::of_name(text).map_or_else(|| Self::Folder(text.into()), Self::Named)
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
    /// True factors of each test image where the data set knows them, otherwise empty.
    pub test_factors: Arc<[SampleFactors]>,
    /// Training images, row by row: `[n_train, pixels]`, or empty where the window has no use for them.
    pub train_images: Arc<[u8]>,
    /// Class of each training image, likewise.
    pub train_labels: Arc<[u8]>,
}

impl DatasetDescription {
    /// Shape of each image.
    #[must_use]
    pub fn shape(&self) -> ImageShape {
        self.id.spec().shape
    }

    /// Whether user images can be prepared for it: they become images of MNIST's format.
    ///
    /// # Errors
    /// Why not.
    pub fn takes_user_images(&self) -> Result<(), String> {
        if self.shape() == ImageShape::MNIST {
            return Ok(());
        }
        Err(format!(
            "your own images become images of {}, and those of {} have {}: they are not supported yet for such data sets",
            ImageShape::MNIST.describe(),
            self.id.label(),
            self.shape().describe()
        ))
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

/// What a generated digit was made from.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct SampleFactors {
    /// Which of its class's hand styles.
    pub style: u8,
    /// Shear from the vertical, in degrees; positive leans right.
    pub slant_degrees: f32,
    /// Turn on the paper, in degrees; positive is clockwise.
    pub rotation_degrees: f32,
    /// Mean width of the stroke, in pixels.
    pub thickness_px: f32,
    /// Width of the ink, in pixels.
    pub width_px: f32,
    /// Height of the ink, in pixels.
    pub height_px: f32,
}

/// One of the continuous factors of a generated digit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Factor {
    /// Shear from the vertical.
    Slant,
    /// Turn on the paper.
    Rotation,
    /// Mean width of the stroke.
    Thickness,
    /// Width of the ink.
    Width,
    /// Height of the ink.
    Height,
}

impl Factor {
    /// All factors.
    pub const ALL: [Self; 5] = [
        Self::Slant,
        Self::Rotation,
        Self::Thickness,
        Self::Width,
        Self::Height,
    ];

    /// Its name, for people and in files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Slant => "slant",
            Self::Rotation => "rotation",
            Self::Thickness => "thickness",
            Self::Width => "width",
            Self::Height => "height",
        }
    }

    /// The unit of its values.
    #[must_use]
    pub fn unit(self) -> &'static str {
        match self {
            Self::Slant | Self::Rotation => "degrees",
            Self::Thickness | Self::Width | Self::Height => "pixels",
        }
    }

    /// Its value in a sample, in the unit of the field.
    #[must_use]
    pub fn of(self, factors: &SampleFactors) -> f32 {
        match self {
            Self::Slant => factors.slant_degrees,
            Self::Rotation => factors.rotation_degrees,
            Self::Thickness => factors.thickness_px,
            Self::Width => factors.width_px,
            Self::Height => factors.height_px,
        }
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
            Self::Drawing(id) => format!("Drawing {}", id.label_in_text()),
        }
    }
}
