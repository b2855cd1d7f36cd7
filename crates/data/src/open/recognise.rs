//! Whether a path holds a data set or single images, by names alone: what is dropped is not read before that is known.

use std::fs;
use std::path::Path;

use crate::user_image::ENDINGS;

/// Endings of files that hold a data set.
const DATA_ENDINGS: [&str; 15] = [
    "npz", "npy", "csv", "tsv", "parquet", "idx", "data", "mat", "libsvm", "svm", "bin", "bz2",
    "zip", "tar", "tgz",
];

/// Images in one folder from which on they are a data set, and not some to reconstruct.
const MANY_IMAGES: usize = 100;

/// Entries of a folder that are looked at.
const MAX_ENTRIES: usize = 2_000;

/// Whether a data set lies there, and not images that are to be reconstructed one by one.
#[must_use]
pub fn holds_data_set(path: &Path) -> bool {
    if !path.is_dir() {
        return is_data(path);
    }
    let entries = entries(path);
    let has_classes = || {
        entries
            .iter()
            .any(|entry| entry.is_dir() && holds_images(entry, 1))
    };
    entries
        .iter()
        .any(|entry| entry.is_file() && is_data(entry))
        || has_classes()
        || entries.iter().filter(|entry| is_image(entry)).count() >= MANY_IMAGES
}

fn entries(folder: &Path) -> Vec<std::path::PathBuf> {
    let read = fs::read_dir(folder).into_iter().flatten().flatten();
    let is_hidden = |name: &str| name.starts_with('.');
    read.filter(|entry| !is_hidden(&entry.file_name().to_string_lossy()))
        .map(|entry| entry.path())
        .take(MAX_ENTRIES)
        .collect()
}

fn ending(path: &Path) -> String {
    let name = path
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .to_lowercase();
    let name = name.strip_suffix(".gz").unwrap_or(&name);
    name.rsplit_once('.')
        .map_or_else(String::new, |(_, ending)| ending.to_owned())
}

fn is_data(file: &Path) -> bool {
    let name = file
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    DATA_ENDINGS.contains(&ending(file).as_str()) || name.contains("ubyte")
}

fn is_image(file: &Path) -> bool {
    ENDINGS.contains(&ending(file).as_str())
}

/// Whether images lie in a folder, or in the folders in it, down to a number of levels.
fn holds_images(folder: &Path, levels: usize) -> bool {
    let entries = entries(folder);
    entries.iter().any(|entry| is_image(entry))
        || levels > 0
            && entries
                .iter()
                .any(|entry| entry.is_dir() && holds_images(entry, levels - 1))
}

#[cfg(test)]
mod tests {
    use hourglass_files::whole_file;

    use super::*;

    #[test]
    fn a_data_set_is_told_from_single_images() {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |name: &str| {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().expect("it has one")).expect("made");
            whole_file::write(&path, b"").expect("written");
            path
        };
        assert!(holds_data_set(&at("a/mnist.npz")) && holds_data_set(&at("b/train.csv.gz")));
        assert!(holds_data_set(&at("c/t10k-images-idx3-ubyte")));
        assert!(holds_data_set(&at("d/test_32x32.mat")) && holds_data_set(&at("e/usps.bz2")));
        let one = at("few/7.png");
        assert!(!holds_data_set(&one) && !holds_data_set(&folder.path().join("few")));
        at("classes/train/cat/1.png");
        assert!(holds_data_set(&folder.path().join("classes")));
        for number in 0..MANY_IMAGES {
            at(&format!("many/{number}.jpg"));
        }
        assert!(holds_data_set(&folder.path().join("many")));
    }
}
