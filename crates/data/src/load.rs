//! Loading a data set, with progress and cancel.
//!
//! The window and the command line both use it.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use hourglass_experiment::dataset::{Generator, Manifest, Origin};
use hourglass_protocol::{DataSetId, DataSource, DataStage, DatasetProgress, SampleFactors};

use super::mnist::{self, FetchOptions, FetchProgress, LoadOptions, LoadProgress, LoadStage};
use super::{Dataset, Split, pen_digits};

/// Pen digits drawn between two reports of progress: some 50 ms.
const DRAWN_AT_ONCE: usize = 4_000;

/// Seed of the pen digits that everybody gets.
const PEN_DIGITS_SEED: u64 = 1;

/// Why a data set was not loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// Files are expected in a place where they are not.
    #[error(transparent)]
    Locate(#[from] mnist::LocateError),
    /// The files are damaged or cannot be read.
    #[error(transparent)]
    Files(mnist::LoadError),
    /// The files could not be fetched.
    #[error(transparent)]
    Fetch(mnist::FetchError),
    /// A data set was asked for and is nowhere.
    #[error(
        "{} is not on this machine: fetch it with `hourglass data fetch {}` ({}), or name the folder of \
         its four files with --data",
        .0.label(), .0.name(), .0.spec().download_size().unwrap_or_default()
    )]
    NotFound(DataSetId),
    /// This user has no cache folder to keep the files in.
    #[error(
        "this user has no cache folder to keep {} in: set XDG_CACHE_HOME, or name a folder with --into",
        .0.label()
    )]
    NoCache(DataSetId),
    #[error("{} is made by the program: there is nothing to fetch", .0.label())]
    NothingToFetch(DataSetId),
    /// It was asked to stop.
    #[error("loading was cancelled")]
    Cancelled,
}

impl From<mnist::LoadError> for LoadError {
    fn from(error: mnist::LoadError) -> Self {
        if error.is_cancelled() {
            Self::Cancelled
        } else {
            Self::Files(error)
        }
    }
}

impl From<mnist::FetchError> for LoadError {
    fn from(error: mnist::FetchError) -> Self {
        match error {
            mnist::FetchError::Cancelled => Self::Cancelled,
            error => Self::Fetch(error),
        }
    }
}

/// Loads the data set a person chose. `Auto` falls back on the pen digits only where no MNIST is expected at
/// all: files that are there but damaged are an error, not a reason to show something else.
///
/// # Errors
/// What is missing or damaged, where, and what to do; or that it was cancelled.
pub fn load(
    source: &DataSource,
    report: &mut dyn FnMut(DatasetProgress),
    cancel: &AtomicBool,
) -> Result<Dataset, LoadError> {
    match source {
        DataSource::Folder(folder) => load_folder(folder, report, cancel),
        DataSource::Named(id) => load_named(*id, report, cancel),
        DataSource::Auto => match load_named(DataSetId::MNIST, report, cancel) {
            Err(LoadError::NotFound(_)) => load_named(DataSetId::PEN_DIGITS, report, cancel),
            loaded => loaded,
        },
    }
}

fn load_named(
    id: DataSetId,
    report: &mut dyn FnMut(DatasetProgress),
    cancel: &AtomicBool,
) -> Result<Dataset, LoadError> {
    match &id.spec().origin {
        Origin::Drawn(Generator::PenDigits) => draw_pen_digits(report, cancel),
        Origin::Files(manifest) => {
            let folder = mnist::locate(id, None)?.ok_or(LoadError::NotFound(id))?;
            read_files(id, manifest, &folder, report, cancel)
        }
    }
}

/// Several data sets have files of the same names: content tells them apart. Where it is of none, the first of the
/// catalogue says what is wrong.
fn load_folder(
    folder: &Path,
    report: &mut dyn FnMut(DatasetProgress),
    cancel: &AtomicBool,
) -> Result<Dataset, LoadError> {
    let mut first_error = None;
    for id in DataSetId::fetchable() {
        let folder = mnist::locate(id, Some(folder))?.ok_or(LoadError::NotFound(id))?;
        let manifest = id.spec().manifest().ok_or(LoadError::NotFound(id))?;
        match read_files(id, manifest, &folder, report, cancel) {
            Err(LoadError::Files(error)) if error.is_other_content() => {
                first_error.get_or_insert(LoadError::Files(error));
            }
            Err(LoadError::Files(error)) => {
                return Err(first_error.unwrap_or(LoadError::Files(error)));
            }
            loaded => return loaded,
        }
    }
    Err(first_error.unwrap_or(LoadError::NotFound(DataSetId::MNIST)))
}

/// Fetches a data set into `into`, the user's cache if none is named, and returns the folder.
///
/// # Errors
/// What went wrong with each mirror, and what to do; or that it was cancelled.
pub fn fetch(
    id: DataSetId,
    into: Option<&Path>,
    report: &mut dyn FnMut(DatasetProgress),
    cancel: &AtomicBool,
) -> Result<PathBuf, LoadError> {
    let manifest = id.spec().manifest().ok_or(LoadError::NothingToFetch(id))?;
    let folder = match into {
        Some(folder) => folder.to_owned(),
        None => mnist::cache_folder(id).ok_or(LoadError::NoCache(id))?,
    };
    let options = FetchOptions {
        replaces: into.is_none(), // a person's own folder is theirs
        ..FetchOptions::of(manifest)
    };
    let mut report = |progress: FetchProgress| report(describe_fetch(id, progress));
    mnist::fetch(manifest, &options, &folder, &mut report, cancel)?;
    Ok(folder)
}

fn read_files(
    id: DataSetId,
    manifest: &Manifest,
    folder: &Path,
    report: &mut dyn FnMut(DatasetProgress),
    cancel: &AtomicBool,
) -> Result<Dataset, LoadError> {
    let mut report = |progress: LoadProgress| report(describe_load(progress));
    let options = LoadOptions::of(id, *manifest);
    let arrays = mnist::load(folder, &options, &mut report, cancel)?;
    let shape = id.spec().shape;
    Ok(Dataset {
        id,
        origin: folder.display().to_string(),
        train: Split::new(shape, arrays.train_images, arrays.train_labels),
        test: Split::new(shape, arrays.test_images, arrays.test_labels),
        test_factors: Vec::new().into(),
    })
}

fn draw_pen_digits(
    report: &mut dyn FnMut(DatasetProgress),
    cancel: &AtomicBool,
) -> Result<Dataset, LoadError> {
    let n_all = pen_digits::N_TRAIN + pen_digits::N_TEST;
    let (mut images, mut factors) = (Vec::new(), Vec::with_capacity(n_all));
    for start in (0..n_all).step_by(DRAWN_AT_ONCE) {
        if cancel.load(Ordering::Relaxed) {
            return Err(LoadError::Cancelled);
        }
        report(describe_drawing(start, n_all));
        let end = (start + DRAWN_AT_ONCE).min(n_all);
        let (drawn, of_drawn) = pen_digits::draw_range(PEN_DIGITS_SEED, index(start)..index(end));
        images.extend(drawn);
        factors.extend(of_drawn);
    }

    let test_images = images.split_off(pen_digits::N_TRAIN * pen_digits::N_PIXELS);
    let test_factors = factors.split_off(pen_digits::N_TRAIN);
    let labels = |factors: &[pen_digits::Factors]| -> Vec<u8> {
        factors.iter().map(|factors| factors.class).collect()
    };
    let shape = DataSetId::PEN_DIGITS.spec().shape;
    Ok(Dataset {
        id: DataSetId::PEN_DIGITS,
        origin: "built in".to_owned(),
        train: Split::new(shape, images, labels(&factors)),
        test: Split::new(shape, test_images, labels(&test_factors)),
        test_factors: test_factors.iter().map(SampleFactors::from).collect(),
    })
}

impl From<&pen_digits::Factors> for SampleFactors {
    fn from(factors: &pen_digits::Factors) -> Self {
        Self {
            style: factors.style,
            slant_degrees: factors.slant_degrees,
            rotation_degrees: factors.rotation_degrees,
            thickness_px: factors.thickness_px,
            width_px: factors.width,
            height_px: factors.height,
        }
    }
}

fn index(n: usize) -> u32 {
    u32::try_from(n).expect("there are 70,000 pen digits")
}

fn describe_load(progress: LoadProgress) -> DatasetProgress {
    DatasetProgress {
        stage: match progress.stage {
            LoadStage::Checking => DataStage::Verifying,
            LoadStage::Unpacking => DataStage::Unpacking,
            LoadStage::Reading => DataStage::Reading,
        },
        fraction: Some(progress.fraction),
        detail: String::new(),
    }
}

fn describe_fetch(id: DataSetId, progress: FetchProgress) -> DatasetProgress {
    let (received, total) = (
        progress.received_bytes as f64 / 1e6,
        progress.total_bytes as f64 / 1e6,
    );
    DatasetProgress {
        stage: DataStage::Fetching(id),
        fraction: Some((received / total).min(1.0) as f32),
        detail: format!("{received:.1} of {total:.1} MB"),
    }
}

fn describe_drawing(n_drawn: usize, n_all: usize) -> DatasetProgress {
    DatasetProgress {
        stage: DataStage::Drawing(DataSetId::PEN_DIGITS),
        fraction: Some(n_drawn as f32 / n_all as f32),
        detail: format!("{n_drawn} of {n_all}"),
    }
}
