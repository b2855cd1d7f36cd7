//! How a run in one file is known, and where the images lie in it that it learned from.

use std::fmt;
use std::path::Path;

use hourglass_experiment::number::count_of;

/// The ending of its name.
pub const RUN_ENDING: &str = "hourglass";

/// The name of its images among its files, and in a folder that was made of it.
pub const IMAGES_FILE: &str = "images.npz";

/// Beside it, how they are read: the words of a [`Fitting`](super::Fitting).
pub const FIT_FILE: &str = "images.fit";

/// Most bytes of the images that go into it, as they are: 40,000 of MNIST's size.
pub const MOST_IMAGES: usize = 32_000_000;

/// Whether a path is called like one, whether or not it is there.
#[must_use]
pub fn is_run_file(path: &Path) -> bool {
    path.extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case(RUN_ENDING))
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
