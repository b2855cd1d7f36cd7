//! Checks whether the four files are complete, cheap checks first.

use std::io::Read;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use hourglass_experiment::dataset::{Content, FileSpec, Manifest};

use super::content::{Source, check_content, hex, kind_of};
use super::locate::present;
use super::progress::{LoadProgress, LoadStage, Meter};
use super::verify_error::VerifyError;

/// Bytes that tell what a file is.
const START_BYTES: u64 = 64;

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
        Content::AsServed => return spec.name.to_owned(),
    };
    format!("{} ({content})", spec.name)
}
