//! Where the files of a data set lie: in a folder and those below it, in a ZIP or TAR, or beside nothing.

use std::collections::HashSet;
use std::fs;
use std::io::{Cursor, Read};
use std::ops::Range;
use std::path::{Path, PathBuf};

use bzip2::read::MultiBzDecoder;
use flate2::read::MultiGzDecoder;
use rayon::prelude::*;
use tar::Archive;
use zip::ZipArchive;

use hourglass_files::plain_file;
use hourglass_protocol::one_file::{FIT_FILE, IMAGES_FILE, MOST_UNPACKED, is_run_file};

use super::refusal::OpenError;
use crate::packed::came_along;
use crate::{name_order, stand_in};

/// Most bytes that are read of one file, packed or not: ten thousand images of 64×64×3 as doubles.
pub(super) const MAX_FILE_BYTES: u64 = 2 << 30;

/// Folders below the one that is named.
const MAX_DEPTH: usize = 6;

/// Most files that are looked at: a home folder named by mistake ends here.
const MAX_FILES: usize = 2_000_000;

/// Files, and how to read them.
pub(super) struct Store {
    /// What a person named.
    pub(super) path: PathBuf,
    pub(super) entries: Vec<Entry>,
    place: Place,
}

/// A file of a store.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    /// Its path within the store, with slashes.
    pub(super) name: String,
    /// What it takes when it is read, in bytes; it has no more, whatever an archive says.
    pub(super) n_bytes: u64,
    at: usize,
}

enum Place {
    /// The paths of the entries.
    Files(Vec<PathBuf>),
    Zip(Box<ZipArchive<Cursor<Vec<u8>>>>),
    /// The images in the file of a run, whatever that is called.
    Run(Box<ZipArchive<Cursor<Vec<u8>>>>),
    /// Files within one, as in a TAR, and where in it they are.
    Within(Vec<u8>, Vec<Range<usize>>),
}

impl Entry {
    /// Its ending in small letters, without that of a packed file: `csv` of `train.CSV.gz`.
    pub(super) fn ending(&self) -> String {
        let name = self.name.to_lowercase();
        let name = [".gz", ".bz2"]
            .iter()
            .find_map(|packed| name.strip_suffix(packed))
            .unwrap_or(&name);
        let ending = Path::new(name).extension();
        ending.map_or_else(String::new, |ending| ending.to_string_lossy().into_owned())
    }
}

impl Store {
    /// Looks at what there is; reads nothing but the table of a ZIP.
    pub(super) fn open(path: &Path) -> Result<Self, OpenError> {
        if !path.exists() {
            return Err(OpenError::Missing(path.to_owned()));
        }
        if path.is_dir() {
            return Self::of_folder(path);
        }
        let start = plain_file::read_start(path, 4).map_err(|source| OpenError::Read {
            path: path.to_owned(),
            source,
        })?;
        // An .npz is a ZIP too, of arrays.
        let is_npz = path.extension().is_some_and(|ending| ending == "npz");
        if start == *b"PK\x03\x04" && !is_npz {
            let bytes = plain_file::read(path, MAX_FILE_BYTES);
            let bytes = bytes.map_err(|source| OpenError::Read {
                path: path.to_owned(),
                source,
            })?;
            return Self::of_zip(path, bytes);
        }
        let name = path.to_string_lossy().to_lowercase();
        if [".tar", ".tar.gz", ".tgz", ".tar.bz2"]
            .iter()
            .any(|ending| name.ends_with(ending))
        {
            let bytes = plain_file::read(path, MAX_FILE_BYTES);
            let bytes = bytes.map_err(|source| OpenError::Read {
                path: path.to_owned(),
                source,
            })?;
            let tar = unpacked(bytes, MAX_FILE_BYTES).and_then(|bytes| Self::of_tar(path, bytes));
            return tar.map_err(|reason| OpenError::content(path, reason));
        }
        Ok(Self::of_files(path, vec![path.to_owned()]))
    }

    /// Most bytes of the arrays in an `.npz` once they are unpacked. Those that came along with a run are opened with it,
    /// without being asked for.
    pub(super) fn most_of_arrays(&self) -> u64 {
        if matches!(self.place, Place::Run(_)) || came_along(&self.path) {
            MOST_UNPACKED
        } else {
            MAX_FILE_BYTES
        }
    }

    /// Files of one folder, known by their names.
    pub(super) fn of_files(path: &Path, files: Vec<PathBuf>) -> Self {
        let name = |file: &PathBuf| {
            file.file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned()
        };
        let entries = files.iter().enumerate().map(|(at, file)| Entry {
            name: name(file),
            n_bytes: fs::metadata(file).map_or(0, |metadata| metadata.len()),
            at,
        });
        Self {
            path: path.to_owned(),
            entries: entries.collect(),
            place: Place::Files(files),
        }
    }

    fn of_folder(path: &Path) -> Result<Self, OpenError> {
        let (mut files, mut entries) = (Vec::new(), Vec::new());
        let mut seen = HashSet::new(); // links may lead back
        let mut folders = vec![(path.to_owned(), String::new(), 0)];
        while let Some((folder, name, depth)) = folders.pop() {
            if depth > MAX_DEPTH || !seen.insert(fs::canonicalize(&folder).unwrap_or_default()) {
                continue;
            }
            let read = |error: std::io::Error| OpenError::Read {
                path: folder.clone(),
                source: error.into(),
            };
            for entry in fs::read_dir(&folder).map_err(read)? {
                let entry = entry.map_err(read)?;
                let own = entry.file_name().to_string_lossy().into_owned();
                if is_passed_over(&own) {
                    continue;
                }
                let inner = if name.is_empty() {
                    own
                } else {
                    format!("{name}/{own}")
                };
                let Ok(metadata) = fs::metadata(entry.path()) else {
                    continue; // a link that leads nowhere
                };
                if metadata.is_dir() {
                    folders.push((entry.path(), inner, depth + 1));
                } else if metadata.is_file() {
                    entries.push(Entry {
                        name: inner,
                        n_bytes: metadata.len(),
                        at: files.len(),
                    });
                    files.push(entry.path());
                }
                if files.len() > MAX_FILES {
                    let reason = format!(
                        "it holds more than {MAX_FILES} files: name the folder of the data set"
                    );
                    return Err(OpenError::content(path, reason));
                }
            }
        }
        entries.sort_by(|a, b| name_order::compare(&a.name, &b.name));
        Ok(Self {
            path: path.to_owned(),
            entries,
            place: Place::Files(files),
        })
    }

    fn of_zip(path: &Path, bytes: Vec<u8>) -> Result<Self, OpenError> {
        let damaged = |error| OpenError::content(path, format!("it is a damaged ZIP: {error}"));
        let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(damaged)?;
        let mut entries: Vec<Entry> = Vec::new();
        for at in 0..zip.len() {
            let file = zip.by_index_raw(at).map_err(damaged)?;
            let name = file.name().map_err(damaged)?.replace('\\', "/");
            if file.is_file() && !name.split('/').any(is_passed_over) {
                let n_bytes = file.size();
                entries.push(Entry { name, n_bytes, at });
            }
        }
        entries.sort_by(|a, b| name_order::compare(&a.name, &b.name));
        let zip = Box::new(zip);
        let is_run = is_run_file(path) || entries.iter().any(|entry| entry.name == FIT_FILE);
        let place = if is_run {
            entries.retain(|entry| entry.name == IMAGES_FILE);
            if entries.is_empty() {
                let reason = "it is a run without its images: open it as a run, or open the images where they are";
                return Err(OpenError::content(path, reason));
            }
            Place::Run(zip)
        } else {
            Place::Zip(zip)
        };
        Ok(Self {
            path: path.to_owned(),
            entries,
            place,
        })
    }

    fn of_tar(path: &Path, bytes: Vec<u8>) -> Result<Self, String> {
        let damaged = |error: std::io::Error| format!("it is a damaged TAR: {error}");
        let (mut ranges, mut entries) = (Vec::new(), Vec::new());
        let mut archive = Archive::new(Cursor::new(bytes.as_slice()));
        for entry in archive.entries_with_seek().map_err(damaged)? {
            let entry = entry.map_err(damaged)?;
            let name = entry
                .path()
                .map_err(damaged)?
                .to_string_lossy()
                .into_owned();
            let name = name.trim_start_matches("./").to_owned();
            if !entry.header().entry_type().is_file() || name.split('/').any(is_passed_over) {
                continue;
            }
            let place = |at: u64| usize::try_from(at).unwrap_or(usize::MAX);
            let start = place(entry.raw_file_position());
            let range = start..start.saturating_add(place(entry.size()));
            if range.end > bytes.len() {
                return Err("it is a damaged TAR: it ends within a file".to_owned());
            }
            entries.push(Entry {
                name,
                n_bytes: entry.size(),
                at: ranges.len(),
            });
            ranges.push(range);
        }
        entries.sort_by(|a, b| name_order::compare(&a.name, &b.name));
        Ok(Self {
            path: path.to_owned(),
            entries,
            place: Place::Within(bytes, ranges),
        })
    }

    /// Files that lie within some bytes, known by their names.
    pub(super) fn of_bytes(
        path: &Path,
        bytes: Vec<u8>,
        files: Vec<(String, Range<usize>)>,
    ) -> Self {
        let (names, ranges): (Vec<String>, Vec<Range<usize>>) = files.into_iter().unzip();
        let entries = names.into_iter().zip(&ranges).enumerate();
        let entries = entries.map(|(at, (name, range))| Entry {
            name,
            n_bytes: range.len() as u64,
            at,
        });
        Self {
            path: path.to_owned(),
            entries: entries.collect(),
            place: Place::Within(bytes, ranges),
        }
    }

    /// Reads files, those of a folder on all cores: each as it is, or why not.
    pub(super) fn read_many(
        &mut self,
        entries: &[Entry],
        most: u64,
    ) -> Vec<Result<Vec<u8>, String>> {
        match &mut self.place {
            Place::Files(files) => {
                let files = &*files;
                let read = |entry: &Entry| {
                    let bytes = plain_file::read(&files[entry.at], most);
                    bytes.map_err(|error| error.to_string())
                };
                entries.par_iter().map(read).collect()
            }
            Place::Zip(zip) | Place::Run(zip) => entries
                .iter()
                .map(|entry| unzipped(zip, entry, most))
                .collect(),
            Place::Within(bytes, ranges) => entries
                .iter()
                .map(|entry| match &bytes[ranges[entry.at].clone()] {
                    file if file.len() as u64 > most => Err(too_large(most)),
                    file => Ok(file.to_vec()),
                })
                .collect(),
        }
    }

    /// Reads one file, unpacked if it is gzip or bzip2.
    pub(super) fn read(&mut self, entry: &Entry) -> Result<Vec<u8>, OpenError> {
        let read = self.read_many(std::slice::from_ref(entry), MAX_FILE_BYTES);
        let bytes = read.into_iter().next().unwrap_or_else(|| Ok(Vec::new()));
        let bytes = bytes.and_then(|bytes| match stand_in::of(&bytes) {
            Some(what) => Err(format!("it is {what}, and not the file itself")),
            None => Ok(bytes),
        });
        let unpacked = bytes.and_then(|bytes| unpacked(bytes, MAX_FILE_BYTES));
        unpacked.map_err(|reason| OpenError::content(self.place_of(entry), reason))
    }

    /// Where a file is, for people.
    pub(super) fn place_of(&self, entry: &Entry) -> PathBuf {
        match &self.place {
            Place::Files(files) => files[entry.at].clone(),
            Place::Zip(_) | Place::Run(_) | Place::Within(..) => self.path.join(&entry.name),
        }
    }

    /// The path of the file, if one was named that is no archive.
    pub(super) fn single_file(&self) -> Option<&Path> {
        let is_file = matches!(self.place, Place::Files(_)) && self.path.is_file();
        is_file.then_some(self.path.as_path())
    }

    /// The same files, some of them.
    pub(super) fn keep(&mut self, is_kept: impl Fn(&Entry) -> bool) {
        self.entries.retain(is_kept);
    }
}

#[cfg(test)]
impl Entry {
    /// A file that is only a name.
    pub(super) fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            n_bytes: 0,
            at: 0,
        }
    }
}

/// Hidden files, and what macOS leaves in archives.
fn is_passed_over(name: &str) -> bool {
    name.starts_with('.') || name == "__MACOSX"
}

fn unzipped(
    zip: &mut ZipArchive<Cursor<Vec<u8>>>,
    entry: &Entry,
    most: u64,
) -> Result<Vec<u8>, String> {
    let file = zip.by_index(entry.at).map_err(|error| error.to_string())?;
    if entry.n_bytes > most {
        return Err(too_large(most));
    }
    let mut bytes = Vec::new();
    file.take(entry.n_bytes + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| error.to_string())?;
    if bytes.len() as u64 > entry.n_bytes {
        return Err("it has more bytes than the table of the ZIP says".to_owned());
    }
    Ok(bytes)
}

/// Unpacks gzip and bzip2; all else is as it was.
pub(super) fn unpacked(bytes: Vec<u8>, most: u64) -> Result<Vec<u8>, String> {
    let reader: Box<dyn Read + '_> = if bytes.starts_with(&[0x1f, 0x8b]) {
        Box::new(MultiGzDecoder::new(bytes.as_slice()))
    } else if bytes.starts_with(b"BZh") {
        Box::new(MultiBzDecoder::new(bytes.as_slice()))
    } else {
        return Ok(bytes);
    };
    let mut unpacked = Vec::new();
    reader
        .take(most + 1)
        .read_to_end(&mut unpacked)
        .map_err(|error| format!("it is damaged and cannot be unpacked: {error}"))?;
    if unpacked.len() as u64 > most {
        return Err(too_large(most));
    }
    Ok(unpacked)
}

/// Whether there is room for that many bytes, as for those of one file.
pub(super) fn check_size(n_bytes: usize) -> Result<(), String> {
    if n_bytes as u64 > MAX_FILE_BYTES {
        return Err(too_large(MAX_FILE_BYTES));
    }
    Ok(())
}

fn too_large(most: u64) -> String {
    format!("it has more than {} MB", most >> 20)
}
