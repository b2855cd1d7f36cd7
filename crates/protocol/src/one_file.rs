//! How a run in one file is known, and where the images lie in it that it learned from.

use std::fmt;
use std::path::Path;

use hourglass_experiment::number::count_of;

use super::Fitting;

/// The ending of its name.
pub const RUN_ENDING: &str = "hourglass";

/// The name of its images among its files, and in a folder that was made of it.
pub const IMAGES_FILE: &str = "images.npz";

/// Beside it, how they are read: the words of a [`Fitting`], and which data set they are.
pub const FIT_FILE: &str = "images.fit";

/// Both.
pub const FILES_OF_IMAGES: [&str; 2] = [IMAGES_FILE, FIT_FILE];

/// Most bytes of the images that go into it, as they are: 40,000 of MNIST's size.
pub const MOST_IMAGES: usize = 32_000_000;

/// Most bytes of their arrays, names of classes included, once they are unpacked.
pub const MOST_UNPACKED: u64 = 8 * MOST_IMAGES as u64;

/// Whether a path is called like one, whether or not it is there.
#[must_use]
pub fn is_run_file(path: &Path) -> bool {
    path.extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case(RUN_ENDING))
}

/// Images that go along with a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackedImages {
    /// `images.npz`
    pub arrays: Vec<u8>,
    /// How they are read.
    pub fitting: Fitting,
    /// The data set that they are, by its name.
    pub data: String,
}

impl PackedImages {
    /// What is written beside them: how they are read, and which they are.
    #[must_use]
    pub fn words(&self) -> String {
        format!("{}\n{}\n", self.fitting, self.data)
    }

    /// The same, read.
    ///
    /// # Errors
    /// When the first line is no fitting.
    pub fn read_words(words: &str) -> Result<(Fitting, String), String> {
        let (fitting, data) = words.split_once('\n').unwrap_or((words, ""));
        Ok((fitting.trim().parse()?, data.trim().to_owned()))
    }
}

/// Where the images of a run are that was saved in one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImagesKept {
    /// In the file: this many.
    Within(usize),
    /// Where they were, because they are too large: this many bytes.
    Apart(usize),
}

/// What follows the place of the file in a sentence: "with its 1,797 images".
impl fmt::Display for ImagesKept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Within(n) => write!(f, "with its {} images", count_of(*n)),
            Self::Apart(n_bytes) => write!(
                f,
                "without its images, which take {} MB: send them along if someone else is to train it further",
                n_bytes / 1_000_000
            ),
        }
    }
}
