//! Checks whether the four files are complete, cheap checks first.

use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use hourglass_experiment::dataset::{Content, FileSpec, Manifest};

use super::content::{Source, check_content, hex, kind_of};
use super::locate::present;
use super::progress::{LoadProgress, LoadStage, Meter};

/// Bytes that tell what a file is.
const START_BYTES: u64 = 64;

const WHAT_TO_DO: &str =
    "it is left as it is; run `hourglass data fetch`, or give a folder with its four files";

/// Several data sets were made in MNIST's format, and their files have the names of MNIST's: a person who is told that a
/// file is damaged might delete a data set.
const OTHER_DATA_SET: &str = "it is in MNIST's format but has different content, probably from another data set such as \
     Fashion-MNIST, or a single byte has changed";

/// What is wrong with a file. Reasons are part of the text and not a `source`, because the file
/// and what to do come last.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// The file is not there.
    #[error("{name} is missing, plain and as .gz: {}; run `hourglass data fetch`, or give a folder with its four files", .folder.display())]
    Missing {
        /// Name of the uncompressed file.
        name: String,
        /// Folder where it was looked for.
        folder: PathBuf,
    },
    /// The file is one of the other three.
    #[error("the file is not {expected}, its header is that of {found}: {}; give the files their original names, or {}", .path.display(), WHAT_TO_DO)]
    Swapped {
        /// Name of the file that was expected.
        expected: String,
        /// Name of the file that was found.
        found: String,
        /// The file.
        path: PathBuf,
    },
    /// The file is of a kind that has nothing to do with MNIST.
    #[error("the file is not {expected} but {kind}: {}; {}", .path.display(), WHAT_TO_DO)]
    OtherKind {
        /// Name of the file that was expected.
        expected: String,
        /// What it is, by its first bytes.
        kind: &'static str,
        /// The file.
        path: PathBuf,
    },
    /// The content is too short, or a plain file is too long.
    #[error("the file holds {found_bytes} bytes of data instead of {expected_bytes}{}: {}; {}", cut_short(*.found_bytes, *.expected_bytes), .path.display(), WHAT_TO_DO)]
    WrongSize {
        /// Size of the uncompressed content in bytes.
        found_bytes: u64,
        /// Size it should have in bytes.
        expected_bytes: u64,
        /// The file.
        path: PathBuf,
    },
    /// The content goes on after its end; how far was not looked at.
    #[error("the file holds more than {expected_bytes} bytes of data: {}; {}", .path.display(), WHAT_TO_DO)]
    TooLong {
        /// Size of the uncompressed content it should have, in bytes.
        expected_bytes: u64,
        /// The file.
        path: PathBuf,
    },
    /// The compressed file is cut short or corrupted.
    #[error("the gzip file is damaged after {unpacked_bytes} bytes of data ({reason}): {}; {}", .path.display(), WHAT_TO_DO)]
    DamagedGzip {
        /// Uncompressed bytes before the damage.
        unpacked_bytes: u64,
        /// What the decoder found; [`io::ErrorKind::UnexpectedEof`] for a file cut short.
        reason: io::Error,
        /// The file.
        path: PathBuf,
    },
    /// The header is that of no file of the data set.
    #[error("the file is not {expected}, it begins with the bytes {found_hex}: {}; {}", .path.display(), WHAT_TO_DO)]
    WrongHeader {
        /// Name of the file that was expected.
        expected: String,
        /// What the header is, in hexadecimal.
        found_hex: String,
        /// The file.
        path: PathBuf,
    },
    /// Images and labels do not belong together.
    #[error("there are {n_images} images but {n_labels} labels for them: {} and {}; take both files from the same data set", .images.display(), .labels.display())]
    CountsDiffer {
        /// Number of images by the header.
        n_images: u32,
        /// Number of labels by the header.
        n_labels: u32,
        /// The file with the images.
        images: PathBuf,
        /// The file with the labels.
        labels: PathBuf,
    },
    /// Images and labels agree with each other but not with the data set.
    #[error("the file holds {found} images or labels instead of {expected}, so it is probably from another data set such as EMNIST: {}; {}", .path.display(), WHAT_TO_DO)]
    WrongCount {
        /// Number of items by the header.
        found: u32,
        /// Number of items there should be.
        expected: u32,
        /// The file.
        path: PathBuf,
    },
    /// Size and header are right, the content is not.
    #[error("{} (SHA-256 {found} instead of {expected}): {}; {}", OTHER_DATA_SET, .path.display(), WHAT_TO_DO)]
    WrongChecksum {
        /// SHA-256 of the uncompressed content, in hexadecimal.
        found: String,
        /// SHA-256 it should have.
        expected: String,
        /// The file.
        path: PathBuf,
    },
    /// Nothing is known of the uncompressed content.
    #[error("only the .gz of this data set can be checked, and the file is not compressed: {}; {}", .path.display(), WHAT_TO_DO)]
    NotCompressed { path: PathBuf },
    /// The file cannot be read.
    #[error("the file cannot be read ({reason}): {}; check the disk and the file's permissions", .path.display())]
    Unreadable {
        /// What the system said.
        reason: io::Error,
        /// The file.
        path: PathBuf,
    },
    /// The caller asked to stop.
    #[error("the check was cancelled")]
    Cancelled,
}

fn cut_short(found_bytes: u64, expected_bytes: u64) -> &'static str {
    match found_bytes {
        0 => ", it is empty",
        found if found < expected_bytes => ", it is cut short",
        _ => "",
    }
}

/// Checks the four files in `folder`, plain or compressed, without unpacking them to disk.
///
/// # Errors
/// The first [`VerifyError`] found: all cheap checks come before the first checksum.
pub fn check(
    folder: &Path,
    manifest: &Manifest,
    progress: &mut dyn FnMut(LoadProgress),
    cancel: &AtomicBool,
) -> Result<(), VerifyError> {
    let mut meter = Meter::new(manifest, progress);
    let encoded = encoded(folder, manifest)?;
    for (spec, candidates) in manifest.files().into_iter().zip(&encoded) {
        candidates.first_good(|source| {
            let tick = |n_bytes| meter.at(LoadStage::Checking, n_bytes);
            check_content(source, spec, cancel, tick)
        })?;
        meter.end_file(spec);
    }
    Ok(())
}

/// The files that passed the cheap checks for one content, at least one. There are spares where a
/// folder has a file both plain and compressed; the damage of one does not make the other useless.
pub(super) struct Candidates {
    preferred: Source,
    spares: Vec<Source>,
}

impl Candidates {
    /// The first success in order of preference, else the failure of the preferred file.
    pub(super) fn first_good<T, E>(
        &self,
        mut attempt: impl FnMut(&Source) -> Result<T, E>,
    ) -> Result<T, E> {
        attempt(&self.preferred).or_else(|error| {
            let mut spares = self.spares.iter();
            spares.find_map(|spare| attempt(spare).ok()).ok_or(error)
        })
    }
}

/// All cheap checks of all four files, in the order of [`Manifest::files`]: reads 16 bytes each.
pub(super) fn encoded(folder: &Path, manifest: &Manifest) -> Result<Vec<Candidates>, VerifyError> {
    let mut encoded = Vec::new();
    let mut counts = Vec::new();
    for spec in manifest.files() {
        let (candidates, n_items) = candidates(folder, spec, manifest)?;
        counts.push((n_items, candidates.preferred.path.clone(), spec));
        encoded.push(candidates);
    }
    for split in counts.chunks_exact(2) {
        let [(n_images, images, _), (n_labels, labels, _)] = split else {
            continue;
        };
        if n_images != n_labels {
            return Err(VerifyError::CountsDiffer {
                n_images: *n_images,
                n_labels: *n_labels,
                images: images.clone(),
                labels: labels.clone(),
            });
        }
    }
    for (found, path, spec) in counts {
        if found != spec.n_items {
            let expected = spec.n_items;
            return Err(VerifyError::WrongCount {
                found,
                expected,
                path,
            });
        }
    }
    Ok(encoded)
}

/// The files in `folder` that may be `spec`, and the number of items of the preferred one.
fn candidates(
    folder: &Path,
    spec: &FileSpec,
    manifest: &Manifest,
) -> Result<(Candidates, u32), VerifyError> {
    let mut first_error = None;
    let mut good = present(folder, spec).map(Source::of).filter_map(|source| {
        match check_start(&source, spec, manifest) {
            Ok(n_items) => Some((source, n_items)),
            Err(error) => {
                first_error.get_or_insert(error);
                None
            }
        }
    });
    let Some((preferred, n_items)) = good.next() else {
        drop(good);
        return Err(first_error.unwrap_or_else(|| VerifyError::Missing {
            name: spec.name.to_owned(),
            folder: folder.to_owned(),
        }));
    };
    let spares = good.map(|(source, _)| source).collect();
    Ok((Candidates { preferred, spares }, n_items))
}

/// Compares size and header with `spec`; returns the number of items by the header.
fn check_start(source: &Source, spec: &FileSpec, manifest: &Manifest) -> Result<u32, VerifyError> {
    let mut start = Vec::new();
    let stream = source.open()?;
    let read = stream.take(START_BYTES).read_to_end(&mut start);
    let n_read = start.len() as u64;
    read.map_err(|reason| source.unreadable(reason, n_read))?;

    let path = source.path.clone();
    let expected = spec.header();
    // Before the size: names mixed up explain a wrong size, and not the other way round.
    let mut others = manifest.files().into_iter();
    if !start.starts_with(&expected)
        && let Some(other) = others.find(|other| start.starts_with(&other.header()))
    {
        return Err(VerifyError::Swapped {
            expected: spec.name.to_owned(),
            found: other.name.to_owned(),
            path,
        });
    }
    let kind = kind_of(&start).filter(|_| !start.is_empty() && !start.starts_with(&expected[..3]));
    if let Some(kind) = kind {
        return Err(VerifyError::OtherKind {
            expected: spec.name.to_owned(),
            kind,
            path,
        });
    }
    let found_bytes = if start.len() < expected.len() {
        n_read
    } else if source.packed {
        spec.size_bytes() // The true size is known only at the end: see `ContentReader`.
    } else {
        let metadata = path.metadata();
        metadata
            .map_err(|reason| source.unreadable(reason, 0))?
            .len()
    };
    if found_bytes != spec.size_bytes() || start.len() < expected.len() {
        return Err(VerifyError::WrongSize {
            found_bytes,
            expected_bytes: spec.size_bytes(),
            path,
        });
    }
    let (found, _) = start.split_at(expected.len());
    // Bytes 4 to 7 are the number of items, compared by `encoded` across files.
    if found[..4] != expected[..4] || found[8..] != expected[8..] {
        return Err(VerifyError::WrongHeader {
            expected: describe(spec),
            found_hex: hex(found),
            path,
        });
    }
    Ok(u32::from_be_bytes([found[4], found[5], found[6], found[7]]))
}

fn describe(spec: &FileSpec) -> String {
    let content = match spec.content {
        Content::Images => "IDX images of 28×28 bytes",
        Content::Labels => "IDX labels",
    };
    format!("{} ({content})", spec.name)
}
