//! Loading a data set, with progress and cancel.
//!
//! The window and the command line both use it.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use hourglass_experiment::dataset::{Generator, Manifest, Origin};
use hourglass_protocol::{
    DataSetId, DataSource, DataStage, DatasetProgress, Factor, Fitting, KnownFactors,
};

use super::mnist::{self, FetchOptions, FetchProgress, LoadOptions, LoadProgress, LoadStage};
use super::open::{self, OpenError};
use super::{Dataset, Split, coloured_shapes, pen_digits};

/// Images drawn between two reports of progress: some 50 ms.
const DRAWN_AT_ONCE: usize = 4_000;

/// Seed of the images that everybody gets.
const DRAWN_SEED: u64 = 1;

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
    /// What a person named holds no data set.
    #[error(transparent)]
    Open(OpenError),
    /// A data set was asked for and is nowhere.
    #[error(
        "{} is not on this machine: fetch it with `hourglass data fetch {}` ({}), or name the folder of \
         its files with --data",
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

impl From<OpenError> for LoadError {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Cancelled => Self::Cancelled,
            error => Self::Open(error),
        }
    }
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
        DataSource::Path(path, fitting) => load_path(path, fitting, report, cancel),
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
        Origin::Drawn(Generator::PenDigits) => draw(&PEN_DIGITS, report, cancel),
        Origin::Drawn(Generator::ColouredShapes) => draw(&COLOURED_SHAPES, report, cancel),
        Origin::Files(manifest) => {
            let folder = mnist::locate(id, None)?.ok_or(LoadError::NotFound(id))?;
            read_files(id, manifest, &folder, report, cancel)
        }
        Origin::Published(publication) => {
            let folder = mnist::locate(id, None)?.ok_or(LoadError::NotFound(id))?;
            Ok(open::open_published(
                &folder,
                id.spec(),
                publication,
                report,
                cancel,
            )?)
        }
        Origin::Opened => Err(LoadError::NotFound(id)),
    }
}

/// A data set of the catalogue where its four files lie there, else whatever images do. Several have files of the same
/// names: content tells them apart, and where it is of none of them, they are opened as any others. Where that is not
/// possible either, what is wrong with them as files of the catalogue says most.
fn load_path(
    path: &Path,
    fitting: &Fitting,
    report: &mut dyn FnMut(DatasetProgress),
    cancel: &AtomicBool,
) -> Result<Dataset, LoadError> {
    let is_usual = *fitting == Fitting::default();
    let mut first_error = None;
    for id in DataSetId::fetchable().filter(|_| is_usual && path.is_dir()) {
        let Ok(Some(folder)) = mnist::locate(id, Some(path)) else {
            continue; // other files, or none
        };
        let manifest = match &id.spec().origin {
            Origin::Files(manifest) => manifest,
            // Of several data sets in one archive, the name alone says which.
            Origin::Published(publication) if publication.part.is_empty() => {
                let spec = id.spec();
                return Ok(open::open_published(
                    &folder,
                    spec,
                    publication,
                    report,
                    cancel,
                )?);
            }
            _ => continue,
        };
        match read_files(id, manifest, &folder, report, cancel) {
            Err(LoadError::Files(error)) => {
                first_error.get_or_insert(error);
            }
            loaded => return loaded,
        }
    }
    match (open::open(path, fitting, report, cancel), first_error) {
        (Err(OpenError::Cancelled), _) => Err(LoadError::Cancelled),
        (Err(_), Some(error)) => Err(LoadError::Files(error)),
        (opened, _) => Ok(opened?),
    }
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
    let files = id.spec().files();
    if files.is_empty() {
        return Err(LoadError::NothingToFetch(id));
    }
    let folder = match into {
        Some(folder) => folder.to_owned(),
        None => mnist::cache_folder(id).ok_or(LoadError::NoCache(id))?,
    };
    let options = FetchOptions {
        replaces: into.is_none(), // a person's own folder is theirs
        ..FetchOptions::of(id.spec())
    };
    let mut report = |progress: FetchProgress| report(describe_fetch(id, progress));
    mnist::fetch(&files, &options, &folder, &mut report, cancel)?;
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
        test_factors: KnownFactors::default(),
        report: None,
    })
}

/// A data set that is drawn: how many samples it has, and how some of them are drawn.
struct Drawn {
    id: DataSetId,
    n_train: usize,
    n_test: usize,
    factors: &'static [Factor],
    draw: fn(Range<u32>) -> Samples,
}

/// Samples one after the other.
struct Samples {
    images: Vec<u8>,
    classes: Vec<u8>,
    factors: Vec<f32>,
}

const PEN_DIGITS: Drawn = Drawn {
    id: DataSetId::PEN_DIGITS,
    n_train: pen_digits::N_TRAIN,
    n_test: pen_digits::N_TEST,
    factors: &[
        Factor::SLANT,
        Factor::of(
            "rotation",
            "degrees",
            "How far the digit is turned on the paper; clockwise is positive",
        ),
        Factor::of("thickness", "pixels", "Mean width of the stroke"),
        Factor::of("width", "pixels", "Width of the ink"),
        Factor::of("height", "pixels", "Height of the ink"),
    ],
    draw: |samples| {
        let (images, factors) = pen_digits::draw_range(DRAWN_SEED, samples);
        let classes = factors.iter().map(|factors| factors.class).collect();
        let values = factors.iter().flat_map(|factors| {
            let pen_digits::Factors {
                slant_degrees,
                rotation_degrees,
                thickness_px,
                width,
                height,
                ..
            } = *factors;
            [slant_degrees, rotation_degrees, thickness_px, width, height]
        });
        Samples {
            images,
            classes,
            factors: values.collect(),
        }
    },
};

const COLOURED_SHAPES: Drawn = Drawn {
    id: DataSetId::COLOURED_SHAPES,
    n_train: coloured_shapes::N_TRAIN,
    n_test: coloured_shapes::N_TEST,
    factors: &[
        Factor::of(
            "hue",
            "degrees",
            "Colour of the shape: 0 red, 120 green, 240 blue",
        ),
        Factor::of(
            "radius",
            "pixels",
            "From the middle of the shape to its farthest point",
        ),
        Factor::of(
            "rotation",
            "degrees",
            "How far the shape is turned; clockwise is positive",
        ),
        Factor::of("x", "pixels", "Place of the shape from the left"),
        Factor::of("y", "pixels", "Place of the shape from the top"),
        Factor::of("ground", "share of white", "How light the ground is"),
    ],
    draw: |samples| {
        let (images, factors) = coloured_shapes::draw_range(DRAWN_SEED, samples);
        let classes = factors.iter().map(|factors| factors.class).collect();
        let values = factors.iter().flat_map(|factors| {
            let coloured_shapes::Factors {
                class: _,
                hue_degrees,
                radius_px,
                rotation_degrees,
                x_px,
                y_px,
                ground,
            } = *factors;
            [hue_degrees, radius_px, rotation_degrees, x_px, y_px, ground]
        });
        Samples {
            images,
            classes,
            factors: values.collect(),
        }
    },
};

fn draw(
    drawn: &Drawn,
    report: &mut dyn FnMut(DatasetProgress),
    cancel: &AtomicBool,
) -> Result<Dataset, LoadError> {
    let Drawn {
        id,
        n_train,
        n_test,
        factors,
        draw,
    } = *drawn;
    let n_all = n_train + n_test;
    let (mut images, mut classes, mut values) = (Vec::new(), Vec::new(), Vec::new());
    for start in (0..n_all).step_by(DRAWN_AT_ONCE) {
        if cancel.load(Ordering::Relaxed) {
            return Err(LoadError::Cancelled);
        }
        report(describe_drawing(id, start, n_all));
        let end = (start + DRAWN_AT_ONCE).min(n_all);
        let some = draw(index(start)..index(end));
        images.extend(some.images);
        classes.extend(some.classes);
        values.extend(some.factors);
    }
    let shape = id.spec().shape;
    let test_images = images.split_off(n_train * shape.n_values());
    let test_classes = classes.split_off(n_train);
    let test_values = values.split_off(n_train * factors.len());
    Ok(Dataset {
        id,
        origin: "built in".to_owned(),
        train: Split::new(shape, images, classes),
        test: Split::new(shape, test_images, test_classes),
        test_factors: KnownFactors::new(factors, test_values),
        report: None,
    })
}

fn index(n: usize) -> u32 {
    u32::try_from(n).expect("there are 70,000 at most")
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

fn describe_drawing(id: DataSetId, n_drawn: usize, n_all: usize) -> DatasetProgress {
    DatasetProgress {
        stage: DataStage::Drawing(id),
        fraction: Some(n_drawn as f32 / n_all as f32),
        detail: format!("{n_drawn} of {n_all}"),
    }
}
