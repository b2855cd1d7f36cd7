//! Finds pictures among files and folders, and reads one.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use super::{DecodeError, Picture};
use crate::name_order;
use hourglass_files::plain_file::{self, PlainFileError};

/// What a picture that this program made says of itself, keyword and text: such a result is not taken for a user image
/// when a folder is read again.
pub const RESULT_MARK: [&str; 2] = ["Software", "Hourglass reconstruct"];

/// Bytes at the start of a PNG within which the mark lies: it is the first chunk after the header.
const MARK_WITHIN: u64 = 256;

/// Endings of the files that are taken from a folder. A file that is named itself is read whatever it is
/// called.
pub(crate) const ENDINGS: [&str; 7] = ["png", "jpg", "jpeg", "jfif", "gif", "bmp", "webp"];

/// Largest file that is read, in bytes: what is in it takes memory beside it.
const MAX_FILE_BYTES: u64 = 64 << 20;

/// Why a file gave no picture; it names the file.
#[derive(Debug, thiserror::Error)]
pub enum ImageError {
    /// The file cannot be read.
    #[error("{} cannot be read: {source}", path.display())]
    Read {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: PlainFileError,
    },
    /// The folder has no pictures.
    #[error("{} contains no images (PNG, JPEG, GIF, BMP or WebP){}", path.display(), but_results(*.n_results))]
    NoPictures {
        /// Which folder.
        path: PathBuf,
        /// Files in it that are results of this program.
        n_results: usize,
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

impl ImageError {
    /// Which file or folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        match self {
            Self::Read { path, .. } | Self::NoPictures { path, .. } | Self::Decode { path, .. } => {
                path
            }
        }
    }
}

fn but_results(n: usize) -> String {
    match n {
        0 => String::new(),
        n => {
            format!(" except {n} that `hourglass reconstruct` wrote; name those files to use them")
        }
    }
}

/// The files that are meant by some paths, in order: a file itself, of a folder the pictures that lie in it,
/// by name, 2 before 10. Folders within a folder, hidden files and results of this program are passed over.
#[must_use]
pub fn find(paths: &[PathBuf]) -> Vec<Result<PathBuf, ImageError>> {
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
pub fn read(path: &Path) -> Result<Picture, ImageError> {
    let bytes = plain_file::read(path, MAX_FILE_BYTES).map_err(|source| ImageError::Read {
        path: path.to_owned(),
        source,
    })?;
    Picture::decode(&bytes).map_err(|source| ImageError::Decode {
        path: path.to_owned(),
        source,
    })
}

fn pictures_in(folder: &Path) -> Result<Vec<PathBuf>, ImageError> {
    let entries = fs::read_dir(folder).and_then(Iterator::collect::<std::io::Result<Vec<_>>>);
    let entries = entries.map_err(|error| ImageError::Read {
        path: folder.to_owned(),
        source: error.into(),
    })?;
    let is_picture = |path: &PathBuf| {
        let ending = path.extension().map(OsStr::to_ascii_lowercase);
        ending.is_some_and(|ending| ENDINGS.iter().any(|known| ending == *known))
    };
    // Such as `._7.png`, which macOS leaves beside `7.png` on foreign disks.
    let is_hidden = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default();
        name.as_encoded_bytes().starts_with(b".")
    };
    let paths = entries.into_iter().map(|entry| entry.path());
    let mut pictures: Vec<PathBuf> = paths
        .filter(|path| path.is_file())
        .filter(|path| is_picture(path) && !is_hidden(path))
        .collect();
    let n_all = pictures.len();
    pictures.retain(|path| !is_result(path));
    let n_results = n_all - pictures.len();
    if pictures.is_empty() {
        return Err(ImageError::NoPictures {
            path: folder.to_owned(),
            n_results,
        });
    }
    if n_results > 0 {
        let folder = folder.display();
        log::info!("{n_results} results of `hourglass reconstruct` in {folder} are skipped");
    }
    pictures.sort_by(|a, b| {
        let [left, right] =
            [a, b].map(|path| path.file_name().unwrap_or_default().to_string_lossy());
        name_order::compare(&left, &right).then_with(|| a.cmp(b))
    });
    Ok(pictures)
}

/// Whether a file is a result of this program, as its mark says and not its name.
#[must_use]
pub fn is_result(path: &Path) -> bool {
    let [keyword, text] = RESULT_MARK;
    let mark = format!("tEXt{keyword}\0{text}");
    let start = plain_file::read_start(path, MARK_WITHIN).unwrap_or_default();
    start.starts_with(b"\x89PNG")
        && start
            .windows(mark.len())
            .any(|part| part == mark.as_bytes())
}
