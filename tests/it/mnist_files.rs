//! Finding and checking the four files of MNIST.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::fs;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use hourglass::data::mnist::{
    Checksum, FileSpec, GivenBy, LocateError, Places, VerifyError, check,
};
use tempfile::TempDir;

use crate::synthetic::{gzip, mnist_manifest, sha256, small};

/// Indices in the order of [`Manifest::files`].
const TRAIN_IMAGES: usize = 0;
const TRAIN_LABELS: usize = 1;
const TEST_IMAGES: usize = 2;
const TEST_LABELS: usize = 3;

fn check_small(folder: &Path) -> Result<(), VerifyError> {
    let cancel = AtomicBool::new(false);
    check(folder, &small().manifest, &mut |_| (), &cancel)
}

/// Checks a folder with the small data set after `spoil` was at it, and that the error names the
/// file last before it says what to do.
fn error_after(spoil: impl FnOnce(&Path)) -> VerifyError {
    let folder = TempDir::new().unwrap();
    small().write_plain(folder.path());
    check_small(folder.path()).unwrap();
    spoil(folder.path());
    let error = check_small(folder.path()).unwrap_err();
    let text = error.to_string();
    let (before, after) = text
        .split_once(&folder.path().display().to_string())
        .unwrap();
    assert!(before.ends_with(": "), "{text}");
    assert!(after.contains("; ") && !after.ends_with('.'), "{text}");
    error
}

fn write(folder: &Path, file_idx: usize, content: &[u8]) {
    fs::write(folder.join(small().spec(file_idx).name), content).unwrap();
}

/// Puts `packed` in place of the plain file.
fn write_gzip(folder: &Path, file_idx: usize, packed: &[u8]) {
    let spec = small().spec(file_idx);
    fs::remove_file(folder.join(spec.name)).unwrap();
    fs::write(folder.join(spec.gzip_name()), packed).unwrap();
}

fn swap_names(folder: &Path, one: usize, other: usize) {
    let one = folder.join(small().spec(one).name);
    let other = folder.join(small().spec(other).name);
    fs::rename(&one, folder.join("aside")).unwrap();
    fs::rename(&other, &one).unwrap();
    fs::rename(folder.join("aside"), &other).unwrap();
}

/// The content with another number of items in its header and the same size.
fn with_count(file_idx: usize, n_items: u32) -> Vec<u8> {
    let mut content = small().contents[file_idx].clone();
    content[4..8].copy_from_slice(&n_items.to_be_bytes());
    content
}

#[test]
fn the_manifest_has_the_published_sizes() {
    let sizes = mnist_manifest().files().map(FileSpec::size_bytes);
    assert_eq!(sizes, [47_040_016, 60_008, 7_840_016, 10_008]);
    assert_eq!(mnist_manifest().train_images.header()[..4], [0, 0, 8, 3]);
    assert_eq!(mnist_manifest().train_labels.header()[..4], [0, 0, 8, 1]);
}

#[test]
fn a_missing_file_is_named() {
    let error = error_after(|folder| {
        fs::remove_file(folder.join("t10k-labels-idx1-ubyte")).unwrap();
    });
    assert!(matches!(error, VerifyError::Missing { name, .. } if name == "t10k-labels-idx1-ubyte"));
}

#[test]
fn cheap_checks_of_all_files_come_before_checksums() {
    let error = error_after(|folder| {
        let mut content = small().contents[TRAIN_IMAGES].clone();
        content[100] ^= 1;
        write(folder, TRAIN_IMAGES, &content);
        fs::remove_file(folder.join("t10k-labels-idx1-ubyte")).unwrap();
    });
    assert!(matches!(error, VerifyError::Missing { .. }), "{error}");
}

#[test]
fn a_wrong_size_is_told_in_bytes() {
    let content = &small().contents[TEST_LABELS];
    let longer = [content.as_slice(), b"!"].concat();
    for wrong in [&content[..50], &content[..3], &[], &longer] {
        let error = error_after(|folder| write(folder, TEST_LABELS, wrong));
        let n_bytes = wrong.len() as u64;
        assert!(
            matches!(error, VerifyError::WrongSize { found_bytes, expected_bytes: 108, .. } if found_bytes == n_bytes),
            "{error}"
        );
    }
}

#[test]
fn a_wrong_size_within_a_gzip_file_is_found() {
    let content = &small().contents[TEST_IMAGES];
    for n_bytes in [50_000, 3, 0] {
        let packed = gzip(&content[..n_bytes]);
        let error = error_after(|folder| write_gzip(folder, TEST_IMAGES, &packed));
        assert!(
            matches!(error, VerifyError::WrongSize { found_bytes, .. } if found_bytes == n_bytes as u64),
            "{error}"
        );
    }
    // A file that unpacks to 64 MB where 78 kB belong.
    let mut bomb = content.clone();
    bomb.resize(64 << 20, 0);
    let error = error_after(|folder| write_gzip(folder, TEST_IMAGES, &gzip(&bomb)));
    let n_bytes = content.len() as u64;
    assert!(
        matches!(error, VerifyError::TooLong { expected_bytes, .. } if expected_bytes == n_bytes),
        "{error}"
    );
}

#[test]
fn gzip_damage_is_found() {
    let packed = &small().gzips[TRAIN_IMAGES];
    let mut corrupted = packed.clone();
    let middle = corrupted.len() / 2;
    corrupted[middle] ^= 0x55;
    let mut wrong_crc = packed.clone();
    let crc = wrong_crc.len() - 8;
    wrong_crc[crc] ^= 1;
    let cut = packed[..packed.len() / 2].to_vec();
    for damaged in [corrupted, wrong_crc, cut] {
        let error = error_after(|folder| write_gzip(folder, TRAIN_IMAGES, &damaged));
        assert!(matches!(error, VerifyError::DamagedGzip { .. }), "{error}");
    }
}

#[test]
fn files_are_told_by_their_first_bytes_and_not_by_their_ending() {
    let folder = TempDir::new().unwrap();
    for (idx, spec) in small().manifest.files().into_iter().enumerate() {
        let (name, content) = if idx % 2 == 0 {
            (spec.gzip_name(), &small().contents[idx])
        } else {
            (spec.name.to_owned(), &small().gzips[idx])
        };
        fs::write(folder.path().join(name), content).unwrap();
    }
    check_small(folder.path()).unwrap();
}

#[test]
fn the_folders_of_pytorch_and_kaggle_are_found_and_mnist_comes_before_its_likes() {
    let pytorch = TempDir::new().unwrap();
    let raw = pytorch.path().join("MNIST/raw");
    fs::create_dir_all(&raw).unwrap();
    small().write_gzip(&raw);
    let fashion = pytorch.path().join("FashionMNIST/raw");
    fs::create_dir_all(&fashion).unwrap();
    for idx in 0..4 {
        let mut content = small().contents[idx].clone();
        *content.last_mut().unwrap() ^= 1;
        fs::write(fashion.join(small().spec(idx).name), content).unwrap();
    }
    check_small(pytorch.path()).unwrap();
    check_small(&pytorch.path().join("MNIST")).unwrap();

    let kaggle = TempDir::new().unwrap();
    for idx in 0..4 {
        let name = &small().spec(idx).name;
        let own = kaggle.path().join(name);
        fs::create_dir(&own).unwrap();
        fs::write(own.join(name), &small().contents[idx]).unwrap();
    }
    check_small(kaggle.path()).unwrap();
    let places = Places {
        explicit: Some(kaggle.path().to_owned()),
        ..Places::default()
    };
    let found = places.locate(&small().manifest).unwrap();
    assert_eq!(found.as_deref(), Some(kaggle.path()));
}

#[test]
fn what_is_no_data_is_named_for_what_it_is() {
    for (content, kind) in [
        (
            &b"\n<!DOCTYPE html><html>not found</html>"[..],
            "a saved web page",
        ),
        (
            b"version https://git-lfs.github.com/spec/v1\noid",
            "Git LFS",
        ),
        (b"PK\x03\x04 and so on", "a ZIP archive"),
        (b"404: Not Found", "text"),
        (b"", "it is empty"),
        (&small().contents[TRAIN_IMAGES][..500], "it is cut short"),
    ] {
        for packed in [false, true] {
            let error = error_after(|folder| {
                write(folder, TRAIN_IMAGES, content);
                if packed {
                    write_gzip(folder, TRAIN_IMAGES, content); // in a file called so
                }
            });
            assert!(error.to_string().contains(kind), "{error}");
        }
    }
}

/// Fashion-MNIST, KMNIST and others have MNIST's format and the names of its files.
#[test]
fn nobody_is_told_to_delete_another_data_set() {
    let mut other = small().contents[TRAIN_IMAGES].clone();
    for byte in &mut other[16..] {
        *byte = byte.wrapping_add(1);
    }
    let more = with_count(TRAIN_IMAGES, 399);
    for content in [other, more, small().contents[TEST_LABELS].clone()] {
        let error = error_after(|folder| write(folder, TRAIN_IMAGES, &content)).to_string();
        assert!(!error.contains("delete"), "{error}");
    }
    let error = error_after(|folder| {
        let mut content = small().contents[TRAIN_IMAGES].clone();
        content[20] ^= 1;
        write(folder, TRAIN_IMAGES, &content);
    });
    assert!(error.to_string().contains("another data set"), "{error}");
}

#[test]
fn swapped_files_are_told_apart_by_their_headers() {
    for (one, other) in [
        (TRAIN_IMAGES, TRAIN_LABELS),
        (TRAIN_IMAGES, TEST_IMAGES),
        (TRAIN_LABELS, TEST_LABELS),
    ] {
        let error = error_after(|folder| swap_names(folder, one, other));
        let (one, other) = (small().spec(one), small().spec(other));
        assert!(
            matches!(&error, VerifyError::Swapped { expected, found, .. } if *expected == one.name && *found == other.name),
            "{error}"
        );
    }
    let packed = &small().gzips[TEST_IMAGES];
    let error = error_after(|folder| write_gzip(folder, TEST_LABELS, packed));
    assert!(matches!(error, VerifyError::Swapped { .. }), "{error}");
}

#[test]
fn a_wrong_header_is_shown() {
    // Magic number, then rows.
    for byte_idx in [3, 11] {
        let mut content = small().contents[TEST_IMAGES].clone();
        content[byte_idx] ^= 0x40;
        let error = error_after(|folder| write(folder, TEST_IMAGES, &content));
        assert!(matches!(error, VerifyError::WrongHeader { .. }), "{error}");
    }
}

#[test]
fn counts_must_agree() {
    let images = with_count(TRAIN_IMAGES, 399);
    let labels = with_count(TRAIN_LABELS, 399);
    let error = error_after(|folder| write(folder, TRAIN_IMAGES, &images));
    let VerifyError::CountsDiffer {
        n_images, n_labels, ..
    } = error
    else {
        panic!("{error}");
    };
    assert_eq!((n_images, n_labels), (399, 400));

    let error = error_after(|folder| {
        write(folder, TRAIN_IMAGES, &images);
        write(folder, TRAIN_LABELS, &labels);
    });
    let VerifyError::WrongCount {
        found, expected, ..
    } = error
    else {
        panic!("{error}");
    };
    assert_eq!((found, expected), (399, 400));
}

#[test]
fn one_wrong_bit_is_found() {
    let mut content = small().contents[TEST_LABELS].clone();
    *content.last_mut().unwrap() ^= 1;
    for packed in [false, true] {
        let error = error_after(|folder| {
            if packed {
                write_gzip(folder, TEST_LABELS, &gzip(&content));
            } else {
                write(folder, TEST_LABELS, &content);
            }
        });
        let expected_sha256 = sha256(&small().contents[TEST_LABELS]);
        assert!(
            matches!(&error, VerifyError::WrongChecksum { expected, found, .. } if *expected == expected_sha256 && found.len() == 64),
            "{error}"
        );
    }
}

#[test]
fn a_good_gzip_file_makes_up_for_a_damaged_plain_one() {
    let folder = TempDir::new().unwrap();
    small().write_plain(folder.path());
    write(folder.path(), TEST_LABELS, &[]);
    let mut content = small().contents[TRAIN_LABELS].clone();
    content[20] ^= 1;
    write(folder.path(), TRAIN_LABELS, &content);
    check_small(folder.path()).unwrap_err();
    small().write_gzip(folder.path());
    check_small(folder.path()).unwrap();
}

#[test]
fn what_is_known_by_its_gz_is_accepted_as_that_gz_alone() {
    let mut manifest = small().manifest;
    for (spec, gzip) in [
        &mut manifest.train_images,
        &mut manifest.train_labels,
        &mut manifest.test_images,
        &mut manifest.test_labels,
    ]
    .into_iter()
    .zip(&small().gzips)
    {
        spec.checksum = Checksum::Served(sha256(gzip).leak());
    }
    let folder = TempDir::new().unwrap();
    let check = || {
        check(
            folder.path(),
            &manifest,
            &mut |_| (),
            &AtomicBool::new(false),
        )
    };

    small().write_plain(folder.path());
    let error = check().unwrap_err();
    assert!(
        matches!(error, VerifyError::NotCompressed { .. }),
        "{error}"
    );

    small().write_gzip(folder.path()); // beside the plain files, which come first
    check().unwrap();

    // The same content, compressed by someone else.
    let mut gzip = small().gzips[TEST_LABELS].clone();
    gzip[9] ^= 1; // the operating system it was made on (RFC 1952, 2.3.1)
    fs::write(
        folder.path().join(small().spec(TEST_LABELS).gzip_name()),
        gzip,
    )
    .unwrap();
    fs::remove_file(folder.path().join(small().spec(TEST_LABELS).name)).unwrap();
    let error = check().unwrap_err();
    assert!(
        matches!(error, VerifyError::WrongChecksum { .. }),
        "{error}"
    );
}

/// A folder with four files that only have the right names.
fn named_files() -> TempDir {
    let folder = TempDir::new().unwrap();
    for spec in mnist_manifest().files() {
        fs::write(folder.path().join(spec.gzip_name()), "").unwrap();
    }
    folder
}

#[test]
fn the_option_wins_over_the_variable_and_the_variable_over_the_cache() {
    let [explicit, variable, cache] = [named_files(), named_files(), named_files()];
    let manifest = mnist_manifest();
    let mut places = Places {
        explicit: Some(explicit.path().to_owned()),
        variable: Some(variable.path().as_os_str().to_owned()),
        cache: Some(cache.path().to_owned()),
    };
    let found = places.locate(&manifest).unwrap();
    assert_eq!(found.as_deref(), Some(explicit.path()));
    places.explicit = None;
    let found = places.locate(&manifest).unwrap();
    assert_eq!(found.as_deref(), Some(variable.path()));
    places.variable = None;
    let found = places.locate(&manifest).unwrap();
    assert_eq!(found.as_deref(), Some(cache.path()));
}

#[test]
fn an_unfetched_cache_is_no_error() {
    let manifest = mnist_manifest();
    assert_eq!(Places::default().locate(&manifest), Ok(None));
    let cache = named_files();
    let places = |folder: &Path| Places {
        cache: Some(folder.to_owned()),
        ..Places::default()
    };
    let absent = cache.path().join("absent");
    assert_eq!(places(&absent).locate(&manifest), Ok(None));
    fs::remove_file(cache.path().join("t10k-labels-idx1-ubyte.gz")).unwrap();
    assert_eq!(places(cache.path()).locate(&manifest), Ok(None));
}

#[test]
fn a_named_folder_of_no_use_is_an_error() {
    let cache = named_files();
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("train-images-idx3-ubyte");
    fs::write(&file, "").unwrap();
    let error = |named: &Path, given_by| {
        let mut places = Places {
            cache: Some(cache.path().to_owned()),
            ..Places::default()
        };
        match given_by {
            GivenBy::Option => places.explicit = Some(named.to_owned()),
            GivenBy::Variable => places.variable = Some(named.as_os_str().to_owned()),
        }
        places.locate(&mnist_manifest()).unwrap_err()
    };
    for given_by in [GivenBy::Option, GivenBy::Variable] {
        let no_name = error(Path::new(""), given_by);
        assert_eq!(no_name, LocateError::NoName { given_by });
        let absent = error(&folder.path().join("absent"), given_by);
        assert!(matches!(absent, LocateError::NoFolder { .. }), "{absent}");
        let no_folder = error(&file, given_by);
        assert!(
            matches!(no_folder, LocateError::NotAFolder { .. }),
            "{no_folder}"
        );
        let lacks = error(folder.path(), given_by);
        let text = lacks.to_string();
        let LocateError::Lacks { missing, .. } = lacks else {
            panic!("{lacks}");
        };
        let expected = [
            "train-labels-idx1-ubyte",
            "t10k-images-idx3-ubyte",
            "t10k-labels-idx1-ubyte",
        ];
        assert_eq!(missing, expected);
        assert!(text.contains(&given_by.to_string()), "{text}");
        assert!(
            text.contains(&folder.path().display().to_string()),
            "{text}"
        );
        assert!(text.contains("hourglass data fetch"), "{text}");
    }
}
