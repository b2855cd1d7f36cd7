//! Finds pictures among files and folders, and reads one.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use crate::plain_file::{self, PlainFileError};

use super::{DecodeError, Picture};

/// Endings of the files that are taken from a folder. A file that is named itself is read whatever it is
/// called.
const ENDINGS: [&str; 7] = ["png", "jpg", "jpeg", "jfif", "gif", "bmp", "webp"];

/// Largest file that is read, in bytes: what is in it takes memory beside it.
const MAX_FILE_BYTES: u64 = 64 << 20;

/// Why a file gave no picture; it names the file.
#[derive(Debug, thiserror::Error)]
pub enum PhotoError {
    /// The file cannot be read.
    #[error("{} cannot be read: {source}", path.display())]
    Read {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: PlainFileError,
    },
    /// The folder has no pictures.
    #[error("{} holds no pictures (PNG, JPEG, GIF, BMP or WebP)", path.display())]
    NoPictures {
        /// Which folder.
        path: PathBuf,
    },
    /// The file is no picture.
    #[error("{}: {source}", path.display())]
    Decode {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: DecodeError,
    },
}

impl PhotoError {
    /// Which file or folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        match self {
            Self::Read { path, .. } | Self::NoPictures { path } | Self::Decode { path, .. } => path,
        }
    }
}

/// The files that are meant by some paths, in order: a file itself, of a folder the pictures that lie in it,
/// by name. Folders within a folder are passed over.
#[must_use]
pub fn find(paths: &[PathBuf]) -> Vec<Result<PathBuf, PhotoError>> {
    let mut found = Vec::new();
    for path in paths {
        if path.is_dir() {
            match pictures_in(path) {
                Ok(pictures) => found.extend(pictures.into_iter().map(Ok)),
                Err(error) => found.push(Err(error)),
            }
        } else {
            found.push(Ok(path.clone()));
        }
    }
    found
}

/// Reads and decodes a file.
///
/// # Errors
/// When it cannot be read, is too large, or is no picture; the error names it.
pub fn read(path: &Path) -> Result<Picture, PhotoError> {
    let bytes = plain_file::read(path, MAX_FILE_BYTES).map_err(|source| PhotoError::Read {
        path: path.to_owned(),
        source,
    })?;
    Picture::decode(&bytes).map_err(|source| PhotoError::Decode {
        path: path.to_owned(),
        source,
    })
}

fn pictures_in(folder: &Path) -> Result<Vec<PathBuf>, PhotoError> {
    let entries = fs::read_dir(folder).and_then(Iterator::collect::<std::io::Result<Vec<_>>>);
    let entries = entries.map_err(|error| PhotoError::Read {
        path: folder.to_owned(),
        source: error.into(),
    })?;
    let is_picture = |path: &PathBuf| {
        let ending = path.extension().map(OsStr::to_ascii_lowercase);
        ending.is_some_and(|ending| ENDINGS.iter().any(|known| ending == *known))
    };
    let paths = entries.into_iter().map(|entry| entry.path());
    let mut pictures: Vec<PathBuf> = paths
        .filter(|path| path.is_file())
        .filter(is_picture)
        .collect();
    if pictures.is_empty() {
        return Err(PhotoError::NoPictures {
            path: folder.to_owned(),
        });
    }
    pictures.sort();
    Ok(pictures)
}
