//! Unpacking and reading the four files of MNIST.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use hourglass::data::mnist::{
    DATA_VARIABLE, LoadError, LoadOptions, LoadProgress, LoadStage, MnistArrays, VerifyError, load,
    locate,
};
use hourglass::experiment::DataSetId;
use tempfile::TempDir;

use crate::synthetic::{Synthetic, full, gzip, mnist_manifest, small};

fn load_with(
    folder: &Path,
    options: &LoadOptions,
) -> (Result<MnistArrays, LoadError>, Vec<LoadProgress>) {
    let mut seen = Vec::new();
    let cancel = AtomicBool::new(false);
    let arrays = load(
        folder,
        options,
        &mut |progress| seen.push(progress),
        &cancel,
    );
    (arrays, seen)
}

fn assert_content(arrays: &MnistArrays, expected: &Synthetic) {
    let [train_images, train_labels, test_images, test_labels] = &expected.contents;
    // Not `assert_eq`: on failure it would print 47 million numbers.
    assert!(arrays.train_images == train_images[16..]);
    assert!(arrays.train_labels == train_labels[8..]);
    assert!(arrays.test_images == test_images[16..]);
    assert!(arrays.test_labels == test_labels[8..]);
}

/// Plain, compressed and dotted names next to each other.
fn write_mixed(folder: &Path) {
    let Synthetic {
        contents, gzips, ..
    } = full();
    for (name, content) in [
        ("train-images-idx3-ubyte.gz", &gzips[0]),
        ("train-labels-idx1-ubyte", &contents[1]),
        ("t10k-images.idx3-ubyte", &contents[2]),
        ("t10k-labels.idx1-ubyte.gz", &gzips[3]),
    ] {
        fs::write(folder.join(name), content).unwrap();
    }
}

fn has_unpacked(seen: &[LoadProgress]) -> bool {
    seen.iter().any(|seen| seen.stage == LoadStage::Unpacking)
}

#[test]
fn mixed_files_are_read_and_unpacked_copies_used_again() {
    let folder = TempDir::new().unwrap();
    let cache = TempDir::new().unwrap();
    let unpacked = cache.path().join("unpacked");
    write_mixed(folder.path());
    let options = LoadOptions {
        manifest: full().manifest,
        unpack_into: Some(unpacked.clone()),
    };

    let (arrays, seen) = load_with(folder.path(), &options);
    assert_content(&arrays.unwrap(), full());
    assert!(has_unpacked(&seen));
    assert!(seen.is_sorted_by(|one, next| one.fraction <= next.fraction));
    let reading_idx = seen.partition_point(|seen| seen.stage != LoadStage::Reading);
    let checked = seen[reading_idx - 1].fraction;
    assert!((0.85..0.95).contains(&checked), "{checked}");
    let end = LoadProgress {
        stage: LoadStage::Reading,
        fraction: 1.0,
    };
    assert_eq!(seen.last(), Some(&end));

    let (arrays, seen) = load_with(folder.path(), &options);
    assert_content(&arrays.unwrap(), full());
    assert!(!has_unpacked(&seen), "the copies were not used");

    let copy = unpacked.join("train-images-idx3-ubyte");
    let mut content = fs::read(&copy).unwrap();
    *content.last_mut().unwrap() ^= 1;
    fs::write(&copy, content).unwrap();
    let (arrays, seen) = load_with(folder.path(), &options);
    assert_content(&arrays.unwrap(), full());
    assert!(has_unpacked(&seen), "a damaged copy was used");
    assert!(seen.is_sorted_by(|one, next| one.fraction <= next.fraction));
}

#[test]
fn without_a_cache_files_are_unpacked_for_once() {
    let folder = TempDir::new().unwrap();
    write_mixed(folder.path());
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    // One that cannot be made, because its parent is a file, and none at all.
    for unpack_into in [Some(file.join("cache")), None] {
        let options = LoadOptions {
            manifest: full().manifest,
            unpack_into,
        };
        let (arrays, seen) = load_with(folder.path(), &options);
        assert_content(&arrays.unwrap(), full());
        assert!(has_unpacked(&seen));
    }
}

#[test]
fn a_load_can_be_cancelled_and_leaves_nothing_behind() {
    let folder = TempDir::new().unwrap();
    let cache = TempDir::new().unwrap();
    write_mixed(folder.path());
    let options = LoadOptions {
        manifest: full().manifest,
        unpack_into: Some(cache.path().to_owned()),
    };
    let cancel = AtomicBool::new(false);
    let mut last = 0.0;
    let mut cancel_early = |progress: LoadProgress| {
        last = progress.fraction;
        cancel.store(progress.fraction > 0.1, Ordering::Relaxed);
    };
    let error = load(folder.path(), &options, &mut cancel_early, &cancel).unwrap_err();
    assert!(error.is_cancelled(), "{error}");
    assert!(last < 0.2, "went on until {last}");
    assert_eq!(fs::read_dir(cache.path()).unwrap().count(), 0);
}

#[test]
fn damaged_files_are_neither_read_nor_kept() {
    let folder = TempDir::new().unwrap();
    let cache = TempDir::new().unwrap();
    small().write_gzip(folder.path());
    let mut content = small().contents[0].clone();
    content[100] ^= 1;
    let name = small().spec(0).gzip_name();
    fs::write(folder.path().join(name), gzip(&content)).unwrap();
    let options = LoadOptions {
        manifest: small().manifest,
        unpack_into: Some(cache.path().to_owned()),
    };
    let (arrays, _) = load_with(folder.path(), &options);
    let error = arrays.unwrap_err();
    assert!(
        matches!(error, LoadError::Verify(VerifyError::WrongChecksum { .. })),
        "{error}"
    );
    assert_eq!(fs::read_dir(cache.path()).unwrap().count(), 0);
}

#[test]
fn a_panic_of_the_mnist_crate_is_an_error() {
    let folder = TempDir::new().unwrap();
    small().write_plain(folder.path());
    let options = LoadOptions {
        manifest: small().manifest,
        unpack_into: None,
    };
    // The crate insists on 60,000 images.
    let (arrays, _) = load_with(folder.path(), &options);
    let error = arrays.unwrap_err();
    assert!(
        matches!(&error, LoadError::Reader { reason, .. } if reason.contains("60000")),
        "{error}"
    );
}

/// Where the variable names MNIST, MNIST itself; else data of the same size.
#[test]
fn mnist_is_read() {
    let cache = TempDir::new().unwrap();
    let unpack_into = Some(cache.path().to_owned());
    if std::env::var_os(DATA_VARIABLE).is_none() {
        let folder = TempDir::new().unwrap();
        full().write_gzip(folder.path());
        let options = LoadOptions {
            manifest: full().manifest,
            unpack_into,
        };
        let (arrays, _) = load_with(folder.path(), &options);
        assert_content(&arrays.unwrap(), full());
        return;
    }
    let folder = locate(DataSetId::MNIST, None).unwrap().unwrap();
    let options = LoadOptions {
        unpack_into,
        ..LoadOptions::of(DataSetId::MNIST, mnist_manifest())
    };
    let (arrays, _) = load_with(&folder, &options);
    let arrays = arrays.unwrap();
    assert_eq!(arrays.train_images.len(), 60_000 * 784);
    assert_eq!(arrays.test_images.len(), 10_000 * 784);
    assert_eq!(arrays.train_labels[..5], [5, 0, 4, 1, 9]);
    assert_eq!(arrays.test_labels[..5], [7, 2, 1, 0, 4]);
    let sum: u64 = arrays.train_images.iter().copied().map(u64::from).sum();
    // The mean that every tutorial normalises with: 0.1307, in thousandths of 255 × 47,040,000.
    let mean_per_ten_million = sum * 10_000_000 / (255 * 47_040_000);
    assert!((1_306_000..=1_308_000).contains(&mean_per_ten_million));
    let count = |labels: &[u8]| {
        let mut counts = [0; 10];
        for &label in labels {
            counts[usize::from(label)] += 1;
        }
        counts
    };
    assert_eq!(
        count(&arrays.train_labels),
        [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    );
    assert_eq!(
        count(&arrays.test_labels),
        [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    );
}

/// The kept copy of an archive must not hide that the archive was damaged since.
#[test]
fn a_damaged_archive_is_refused_although_a_good_copy_is_kept() {
    let folder = TempDir::new().unwrap();
    let cache = TempDir::new().unwrap();
    write_mixed(folder.path());
    let options = LoadOptions {
        manifest: full().manifest,
        unpack_into: Some(cache.path().to_owned()),
    };
    load_with(folder.path(), &options).0.unwrap();

    let archive = folder.path().join("train-images-idx3-ubyte.gz");
    let whole = fs::read(&archive).unwrap();
    fs::write(&archive, &whole[..whole.len() / 2]).unwrap();
    let error = load_with(folder.path(), &options).0.unwrap_err();
    assert!(
        matches!(&error, LoadError::Verify(VerifyError::DamagedGzip { .. })),
        "{error}"
    );
}
