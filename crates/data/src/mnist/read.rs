//! Unpacks the four files where needed and reads them with the `mnist` crate.

use std::fmt;
use std::io::{self, Write};
use std::panic;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use mnist::{Mnist, MnistBuilder};
use tempfile::{NamedTempFile, TempDir};

use hourglass_experiment::DataSetId;
use hourglass_experiment::dataset::{Checksum, FileSpec, Manifest};

use super::content::{ContentReader, Source, check_content};
use super::locate::cache_folder;
use super::progress::{LoadProgress, LoadStage, Meter};
use super::verify::encoded;
use super::verify_error::VerifyError;

/// Training images the `mnist` crate insists on. Asked for fewer, it would hand out the rest of
/// them as test images.
const N_TRAIN: u32 = 60_000;
/// Test images the `mnist` crate insists on.
const N_TEST: u32 = 10_000;

/// Bytes of an image of 28×28, the only shape the `mnist` crate reads.
const IMAGE_BYTES: u32 = 784;

/// The data set in memory, as unsigned bytes: 55 MB.
#[derive(Clone, PartialEq, Eq)]
pub struct MnistArrays {
    /// `[60000, 28, 28]` flattened, 0 is background and 255 is ink.
    pub train_images: Vec<u8>,
    /// `[60000]`, classes 0 to 9.
    pub train_labels: Vec<u8>,
    /// `[10000, 28, 28]` flattened, 0 is background and 255 is ink.
    pub test_images: Vec<u8>,
    /// `[10000]`, classes 0 to 9.
    pub test_labels: Vec<u8>,
}

/// Sizes only: nobody wants to see 55 million numbers in a failed assertion.
impl fmt::Debug for MnistArrays {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            train_images,
            train_labels,
            test_images,
            test_labels,
        } = self;
        f.debug_struct("MnistArrays")
            .field("train_images.len", &train_images.len())
            .field("train_labels.len", &train_labels.len())
            .field("test_images.len", &test_images.len())
            .field("test_labels.len", &test_labels.len())
            .finish()
    }
}

/// What to load and where to unpack it.
#[derive(Clone, Debug)]
pub struct LoadOptions {
    /// What the files must be.
    pub manifest: Manifest,
    /// Folder that keeps unpacked copies for the next time. Where it is `None` or cannot be
    /// written, files are unpacked into a temporary folder that is removed after the load.
    pub unpack_into: Option<PathBuf>,
}

impl LoadOptions {
    /// A data set of the catalogue, unpacked into the user's cache. What is known by its `.gz` alone is unpacked anew
    /// each time: nothing would tell whether a copy is still whole.
    #[must_use]
    pub fn of(id: DataSetId, manifest: Manifest) -> Self {
        let is_known = |spec: &&FileSpec| matches!(spec.checksum, Checksum::Content(_));
        let keeps = manifest.files().iter().all(is_known);
        let cache = cache_folder(id).filter(|_| keeps);
        Self {
            manifest,
            unpack_into: cache.map(|folder| folder.join("unpacked")),
        }
    }
}

/// Why the data set could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// A file is not what it should be.
    #[error(transparent)]
    Verify(#[from] VerifyError),
    /// There is no room for an unpacked copy.
    #[error("the file cannot be unpacked ({reason}): {}; make room, or unpack the four .gz files by hand", .path.display())]
    Unpack {
        /// What the system said.
        reason: io::Error,
        /// The compressed file.
        path: PathBuf,
    },
    /// The temporary folder has a name that the `mnist` crate cannot take.
    #[error("the name of the temporary folder is not Unicode: {}; set TMPDIR to one whose name is", .path.display())]
    NotUnicode {
        /// The folder.
        path: PathBuf,
    },
    /// The `mnist` crate refused files that had passed all checks.
    #[error("the checked files could not be read ({reason}): {}; try again, they may have been changed meanwhile", .folder.display())]
    Reader {
        /// What the `mnist` crate said.
        reason: String,
        /// The folder the files come from.
        folder: PathBuf,
    },
}

impl LoadError {
    /// The caller asked to stop: nothing to show.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        matches!(self, Self::Verify(VerifyError::Cancelled))
    }
}

/// Checks the four files in `folder`, unpacks those that are compressed, and reads them.
///
/// Takes about half a second, and 100 MB for a moment: the `mnist` crate holds the largest file
/// twice. Set `cancel` to stop within a tenth of a second, except while the `mnist` crate reads.
///
/// # Errors
/// [`LoadError`]; with [`LoadError::is_cancelled`] where `cancel` was set.
pub fn load(
    folder: &Path,
    options: &LoadOptions,
    progress: &mut dyn FnMut(LoadProgress),
    cancel: &AtomicBool,
) -> Result<MnistArrays, LoadError> {
    let LoadOptions {
        manifest,
        unpack_into,
    } = options;
    let encoded = encoded(folder, manifest)?;
    let mut unpacker = Unpacker {
        keep_in: unpack_into.as_deref(),
        scratch: None,
        meter: Meter::new(manifest, progress),
        cancel,
    };
    let mut paths = Vec::new();
    for (spec, candidates) in manifest.files().into_iter().zip(&encoded) {
        paths.push(candidates.first_good(|source| unpacker.checked_path(source, spec))?);
        unpacker.meter.end_file(spec);
    }
    unpacker.meter.start_reading();
    let arrays = read(&paths).map_err(|reason| LoadError::Reader {
        reason,
        folder: folder.to_owned(),
    })?;
    unpacker.meter.end();
    Ok(arrays)
}

/// Provides checked, uncompressed files under names that the `mnist` crate can take.
struct Unpacker<'a> {
    keep_in: Option<&'a Path>,
    /// Where copies go that cannot be kept; lives until they are read.
    scratch: Option<TempDir>,
    meter: Meter<'a>,
    cancel: &'a AtomicBool,
}

impl Unpacker<'_> {
    /// Path of a file with the content of `source`, checked against `spec`.
    fn checked_path(&mut self, source: &Source, spec: &FileSpec) -> Result<String, LoadError> {
        if !source.packed
            && let Some(path) = source.path.to_str()
        {
            self.check(source, spec)?;
            return Ok(path.to_owned());
        }
        if let Some(path) = self.kept_copy(source, spec)? {
            return Ok(path);
        }
        if let Some(folder) = self.keep_in.filter(|folder| folder.to_str().is_some()) {
            let made = std::fs::create_dir_all(folder).map_err(|reason| unpack(source, reason));
            match made.and_then(|()| self.unpack_into(folder, source, spec)) {
                Err(LoadError::Unpack { reason, .. }) => {
                    let folder = folder.display();
                    log::warn!("no unpacked copy is kept ({reason}): {folder}");
                }
                unpacked => return unpacked,
            }
        }
        let scratch = match self.scratch.take() {
            Some(scratch) => scratch,
            None => TempDir::new().map_err(|reason| unpack(source, reason))?,
        };
        let scratch = self.scratch.insert(scratch).path().to_owned();
        self.unpack_into(&scratch, source, spec)
    }

    /// The copy kept from an earlier load, if it is still what it was. A good copy does not excuse a `source`
    /// that was damaged since: a person who names a folder wants to know.
    fn kept_copy(&mut self, source: &Source, spec: &FileSpec) -> Result<Option<String>, LoadError> {
        let Some(folder) = self.keep_in else {
            return Ok(None);
        };
        let copy = Source {
            path: folder.join(spec.name),
            packed: false,
        };
        let Some(path) = copy.path.to_str().filter(|_| copy.path.is_file()) else {
            return Ok(None);
        };
        self.check(source, spec)?;
        match self.check(&copy, spec) {
            Ok(()) => Ok(Some(path.to_owned())),
            Err(VerifyError::Cancelled) => Err(VerifyError::Cancelled.into()),
            Err(error) => {
                log::warn!("unpacking again: {error}");
                Ok(None)
            }
        }
    }

    fn check(&mut self, source: &Source, spec: &FileSpec) -> Result<(), VerifyError> {
        let tick = |n_bytes| self.meter.at(LoadStage::Checking, n_bytes);
        check_content(source, spec, self.cancel, tick)
    }

    /// Writes the content of `source` to `folder`; it gets its name only once it is checked.
    fn unpack_into(
        &mut self,
        folder: &Path,
        source: &Source,
        spec: &FileSpec,
    ) -> Result<String, LoadError> {
        let path = folder.join(spec.name);
        let Some(name) = path.to_str() else {
            return Err(LoadError::NotUnicode {
                path: folder.to_owned(),
            });
        };
        let mut file = NamedTempFile::new_in(folder).map_err(|reason| unpack(source, reason))?;
        let mut content = ContentReader::open(source, spec, self.cancel)?;
        while let Some(chunk) = content.next_chunk()? {
            let written = file.write_all(chunk);
            written.map_err(|reason| unpack(source, reason))?;
            self.meter.at(LoadStage::Unpacking, content.n_bytes());
        }
        let renamed = file.persist(&path);
        renamed.map_err(|error| unpack(source, error.error))?;
        Ok(name.to_owned())
    }
}

fn unpack(source: &Source, reason: io::Error) -> LoadError {
    LoadError::Unpack {
        reason,
        path: source.path.clone(),
    }
}

/// Reads the files at `paths`, in the order of [`Manifest::files`]. Absolute or relative, they
/// need not share a folder: the base path of the `mnist` crate stays empty.
///
/// # Errors
/// What the crate said when it panicked, or which array has the wrong length.
fn read(paths: &[String]) -> Result<MnistArrays, String> {
    let [train_images, train_labels, test_images, test_labels] = paths else {
        return Err(format!("{} files instead of four", paths.len()));
    };
    // The crate panics when a file changes between the check and here; this thread may be the one
    // that trains, so it must survive.
    let read = panic::catch_unwind(|| {
        MnistBuilder::new()
            .label_format_digit()
            .base_path("")
            .training_images_filename(train_images)
            .training_labels_filename(train_labels)
            .test_images_filename(test_images)
            .test_labels_filename(test_labels)
            .training_set_length(N_TRAIN)
            .validation_set_length(0)
            .test_set_length(N_TEST)
            .finalize()
    });
    let Mnist {
        mut trn_img,
        mut trn_lbl,
        tst_img,
        tst_lbl,
        ..
    } = read.map_err(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
        text.unwrap_or("the reader panicked").to_owned()
    })?;
    for (array, n_items, item_bytes) in [
        (&trn_img, N_TRAIN, IMAGE_BYTES),
        (&trn_lbl, N_TRAIN, 1),
        (&tst_img, N_TEST, IMAGE_BYTES),
        (&tst_lbl, N_TEST, 1),
    ] {
        if array.len() as u64 != u64::from(n_items) * u64::from(item_bytes) {
            return Err(format!("{} bytes for {n_items} items", array.len()));
        }
    }
    // The crate had joined both splits in these two.
    trn_img.shrink_to_fit();
    trn_lbl.shrink_to_fit();
    Ok(MnistArrays {
        train_images: trn_img,
        train_labels: trn_lbl,
        test_images: tst_img,
        test_labels: tst_lbl,
    })
}
