//! What was found out about data sets and holds for every model, kept in the user's cache: each in a small file, under a
//! checksum of the images it was found from.

use std::fmt::Write as _;
use std::path::PathBuf;

use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use hourglass_files::{plain_file, whole_file};

use super::Dataset;

/// Larger files were not written here: two numbers for each value of an image are a few hundred kilobytes at most.
const MAX_BYTES: u64 = 4_000_000;

/// A folder of such files. Without a folder nothing is kept, and nothing is known.
///
/// A file that is damaged is as good as none, and one that cannot be written is only logged: what it says can be found out
/// again.
#[derive(Clone, Debug, Default)]
pub struct Shelf {
    folder: Option<PathBuf>,
}

/// Names what was found out about some images.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key(String);

impl Shelf {
    /// In this folder, which is made where it is missing.
    #[must_use]
    pub fn at(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: Some(folder.into()),
        }
    }

    /// In this user's cache; nowhere if the user has no home folder.
    #[must_use]
    pub fn of_this_user() -> Self {
        let dirs = directories::ProjectDirs::from("", "", "hourglass");
        Self {
            folder: dirs.map(|dirs| dirs.cache_dir().join("baselines")),
        }
    }

    /// What is kept under a key.
    #[must_use]
    pub fn read<T: DeserializeOwned>(&self, key: &Key) -> Option<T> {
        let path = self.path(key)?;
        let text = plain_file::read_text(&path, MAX_BYTES).ok()?;
        toml::from_str(&text)
            .inspect_err(|error| {
                let (path, what) = (path.display(), error.message());
                log::warn!("{path} is damaged ({what}): what it said is found out again");
            })
            .ok()
    }

    /// Keeps something under a key, in the place of what was there.
    ///
    /// # Panics
    /// If it cannot be written as TOML, which is a mistake in its type.
    pub fn write<T: Serialize>(&self, key: &Key, value: &T) {
        let Some(path) = self.path(key) else { return };
        let text = toml::to_string(value).expect("it can be written as TOML");
        let made = self.folder.as_ref().map_or(Ok(()), std::fs::create_dir_all);
        let written = made
            .map_err(|error| error.to_string())
            .and_then(|()| whole_file::write(&path, text.as_bytes()).map_err(|e| e.to_string()));
        if let Err(error) = written {
            log::warn!("not kept for the next time: {error}");
        }
    }

    fn path(&self, key: &Key) -> Option<PathBuf> {
        let folder = self.folder.as_ref()?;
        Some(folder.join(format!("{}.toml", key.0)))
    }
}

impl Dataset {
    /// A key of what depends on the first `n_train` training images, on the test images and on their classes, and on
    /// nothing else. `what` says what it is and how it is found, so that another way has other keys.
    #[must_use]
    pub fn key(&self, what: &str, n_train: usize) -> Key {
        let train = self.train.first(n_train);
        let test = (self.test.images(), self.test.labels());
        let shape = self.train.shape();
        let sizes = [
            shape.channels,
            shape.height,
            shape.width,
            self.n_classes(),
            train.1.len(),
            test.1.len(),
        ];
        let mut hash = Sha256::new();
        hash.update(format!("{what} {sizes:?} "));
        for bytes in [train.0, train.1, test.0, test.1] {
            hash.update(bytes);
        }
        let digest = hash.finalize();
        let mut name = String::new();
        for byte in digest {
            write!(name, "{byte:02x}").expect("a string takes everything");
        }
        Key(name)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fs;

    use hourglass_experiment::ImageShape;
    use hourglass_protocol::{DataSetId, KnownFactors};

    use super::*;
    use crate::Split;

    fn made_of(first: u8, label: u8) -> Dataset {
        let shape = ImageShape::MNIST;
        let split = |n: u8| {
            let images: Vec<u8> = (0..n).flat_map(|idx| vec![idx; shape.n_values()]).collect();
            Split::new(shape, images, vec![0_u8; usize::from(n)])
        };
        let mut images = split(4).images().to_vec();
        images[0] = first;
        Dataset {
            id: DataSetId::PEN_DIGITS,
            origin: String::new(),
            train: Split::new(shape, images, vec![label, 0, 0, 0]),
            test: split(2),
            test_factors: KnownFactors::default(),
            report: None,
        }
    }

    #[test]
    fn keys_are_those_of_the_images_that_count() {
        let of = |first, label, n_train| made_of(first, label).key("a", n_train);
        assert_eq!(of(1, 2, 4), of(1, 2, 9), "there are four");
        assert_ne!(of(1, 2, 4), of(1, 2, 3));
        assert_ne!(of(1, 2, 4), of(2, 2, 4));
        assert_ne!(of(1, 2, 4), of(1, 3, 4));
        assert_ne!(of(1, 2, 4), made_of(1, 2).key("b", 4));
    }

    #[test]
    fn what_is_kept_comes_back_bit_for_bit_and_damage_is_as_good_as_nothing() {
        let home = tempfile::tempdir().expect("a temporary folder");
        let folder = home.path().join("not/yet/there");
        let shelf = Shelf::at(&folder);
        let key = made_of(0, 0).key("a", 4);
        let value = BTreeMap::from([
            ("third".to_owned(), 1.0 / 3.0),
            ("none".to_owned(), f64::INFINITY),
            ("tiny".to_owned(), f64::MIN_POSITIVE / 3.0),
        ]);
        assert_eq!(shelf.read::<BTreeMap<String, f64>>(&key), None);
        shelf.write(&key, &value);
        assert_eq!(shelf.read(&key), Some(value.clone()));
        let file = fs::read_dir(&folder).expect("made").next();
        let file = file.expect("a file").expect("readable").path();
        whole_file::write(&file, b"third = [").expect("damaged");
        assert_eq!(shelf.read::<BTreeMap<String, f64>>(&key), None);
        shelf.write(&key, &value);
        assert_eq!(shelf.read(&key), Some(value.clone()));
        Shelf::default().write(&key, &value);
        assert_eq!(Shelf::default().read::<BTreeMap<String, f64>>(&key), None);
    }

    #[test]
    fn a_shelf_that_cannot_be_written_harms_nothing() {
        let home = tempfile::tempdir().expect("a temporary folder");
        let file = home.path().join("a file");
        whole_file::write(&file, b"").expect("written");
        let shelf = Shelf::at(&file);
        let key = made_of(0, 0).key("a", 4);
        shelf.write(&key, &BTreeMap::from([("a".to_owned(), 1.0)]));
        assert_eq!(shelf.read::<BTreeMap<String, f64>>(&key), None);
    }
}
