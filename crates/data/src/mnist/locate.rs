//! Finds the folder that holds the four files.

use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

/// Environment variable that names a folder with the four files.
pub const DATA_VARIABLE: &str = "HOURGLASS_DATA";

const WHAT_TO_DO: &str = "give a folder with the four files of MNIST, or of a data set in its format (compressed or not), or leave it out and run `hourglass data fetch`";

/// How the user named a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GivenBy {
    /// With `--data`.
    Option,
    /// With [`DATA_VARIABLE`].
    Variable,
}

impl fmt::Display for GivenBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Option => "--data",
            Self::Variable => DATA_VARIABLE,
        })
    }
}

/// Why a folder that the user named cannot be used.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum LocateError {
    /// An option or variable without a value.
    #[error("{given_by} is set but does not name a folder; {}", WHAT_TO_DO)]
    NoName {
        /// How the folder was named.
        given_by: GivenBy,
    },
    /// There is no such folder.
    #[error("the folder of {given_by} does not exist: {}; {}", .folder.display(), WHAT_TO_DO)]
    NoFolder {
        /// How the folder was named.
        given_by: GivenBy,
        folder: PathBuf,
    },
    /// There is something else than a folder.
    #[error("what {given_by} names is not a folder: {}; {}", .folder.display(), WHAT_TO_DO)]
    NotAFolder {
        /// How the folder was named.
        given_by: GivenBy,
        /// What is no folder.
        folder: PathBuf,
    },
    /// Some of the four files are not in the folder.
    #[error("the folder of {given_by} lacks {}: {}; {}", .missing.join(", "), .folder.display(), WHAT_TO_DO)]
    Lacks {
        /// How the folder was named.
        given_by: GivenBy,
        /// Names of the files that are not there, neither plain nor compressed.
        missing: Vec<String>,
        folder: PathBuf,
    },
}

/// Places where the files may be, in the order in which they count.
#[derive(Clone, Debug, Default)]
pub struct Places {
    /// The folder given with `--data`.
    pub explicit: Option<PathBuf>,
    /// The value of [`DATA_VARIABLE`], `None` where it is not set.
    pub variable: Option<OsString>,
    /// The folder where fetched files are kept.
    pub cache: Option<PathBuf>,
}

impl Places {
    /// The places of the user who runs this process. The variable is about MNIST; another data set is where it was
    /// fetched to, or where the user says.
    #[must_use]
    pub fn of_this_user(id: DataSetId, explicit: Option<&Path>) -> Self {
        let is_mnist = id == DataSetId::MNIST;
        Self {
            explicit: explicit.map(Path::to_owned),
            variable: std::env::var_os(DATA_VARIABLE).filter(|_| is_mnist),
            cache: cache_folder(id),
        }
    }

    /// The first of these places that is given. A folder that the user named counts even when it
    /// is of no use: falling back silently would train on other data than asked for.
    ///
    /// Only looks at names: whether the files are whole is for `check` and `load` to say. `None`
    /// where nothing was named and the cache does not hold all four files yet.
    ///
    /// # Errors
    /// [`LocateError`] where the user named a folder that does not hold the four files.
    pub fn locate(&self, manifest: &Manifest) -> Result<Option<PathBuf>, LocateError> {
        let Self {
            explicit,
            variable,
            cache,
        } = self;
        if let Some(folder) = explicit {
            return usable(folder, GivenBy::Option, manifest).map(Some);
        }
        if let Some(value) = variable {
            return usable(Path::new(value), GivenBy::Variable, manifest).map(Some);
        }
        Ok(cache
            .clone()
            .filter(|folder| lacks(folder, manifest).is_empty()))
    }
}

/// Finds the folder with the files of a data set: `explicit` (`--data`), then [`DATA_VARIABLE`], then the cache.
/// `None` where nothing was named and nothing was fetched yet, and for a data set without files.
///
/// # Errors
/// [`LocateError`] where the user named a folder that does not hold the four files.
pub fn locate(id: DataSetId, explicit: Option<&Path>) -> Result<Option<PathBuf>, LocateError> {
    let places = Places::of_this_user(id, explicit);
    match &id.spec().origin {
        Origin::Files(manifest) => places.locate(manifest),
        Origin::Published(publication) => {
            Ok(explicit
                .map(Path::to_owned)
                .or(places.cache)
                .filter(|folder| {
                    publication
                        .files
                        .iter()
                        .all(|file| folder.join(file.name).is_file())
                }))
        }
        Origin::Drawn(_) | Origin::Opened => Ok(None),
    }
}

/// The folder where what was fetched of a data set is kept; `None` where the user has no home folder.
#[must_use]
pub fn cache_folder(id: DataSetId) -> Option<PathBuf> {
    let dirs = directories::ProjectDirs::from("", "", "hourglass")?;
    Some(dirs.cache_dir().join(id.spec().cache_name()))
}

/// Paths in `folder`, and one or two levels below it, that may be the file `spec` describes, best first. `PyTorch` keeps
/// the four in `MNIST/raw`, Kaggle's archive has a folder for each.
pub(super) fn present(folder: &Path, spec: &FileSpec) -> impl Iterator<Item = PathBuf> {
    let names = spec.accepted_names();
    let in_folder = move |folder: PathBuf| {
        let names = names.clone().into_iter();
        names.map(move |name| folder.join(name))
    };
    let folders = folders_to_look_in(folder).into_iter();
    folders.flat_map(in_folder).filter(|path| path.is_file())
}

/// A folder, and those in it and in these; MNIST's own comes before Fashion-MNIST's.
fn folders_to_look_in(folder: &Path) -> Vec<PathBuf> {
    let children = subfolders(folder);
    let mut folders = vec![folder.to_owned()];
    for child in &children {
        folders.push(child.clone());
        folders.extend(subfolders(child));
    }
    folders
}

/// The folders in a folder, in order, as many as there may be of data sets.
fn subfolders(folder: &Path) -> Vec<PathBuf> {
    /// A home folder named by mistake is not searched through.
    const MOST: usize = 64;
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let paths = entries.map(|entry| entry.path());
    let mut folders: Vec<PathBuf> = paths.filter(|path| path.is_dir()).take(MOST).collect();
    let is_other = |path: &PathBuf| {
        !path
            .file_name()
            .is_some_and(|name| name.eq_ignore_ascii_case("mnist"))
    };
    folders.sort_by_key(|path| (is_other(path), path.clone()));
    folders
}

fn usable(folder: &Path, given_by: GivenBy, manifest: &Manifest) -> Result<PathBuf, LocateError> {
    let folder = folder.to_owned();
    if folder.as_os_str().is_empty() {
        return Err(LocateError::NoName { given_by });
    }
    if !folder.exists() {
        return Err(LocateError::NoFolder { given_by, folder });
    }
    if !folder.is_dir() {
        return Err(LocateError::NotAFolder { given_by, folder });
    }
    let missing = lacks(&folder, manifest);
    if missing.is_empty() {
        Ok(folder)
    } else {
        Err(LocateError::Lacks {
            given_by,
            missing,
            folder,
        })
    }
}

fn lacks(folder: &Path, manifest: &Manifest) -> Vec<String> {
    let missing = |spec: &&FileSpec| present(folder, spec).next().is_none();
    let specs = manifest.files().into_iter().filter(missing);
    specs.map(|spec| spec.name.to_owned()).collect()
}
use hourglass_experiment::DataSetId;
use hourglass_experiment::dataset::{FileSpec, Manifest, Origin};
