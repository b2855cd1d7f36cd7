//! Several files of a folder replaced together: readers see all of the old ones or all of the new, whatever is
//! killed or full.
//!
//! The new files are written into a folder within the folder, the list of their checksums last. With that list the
//! save is done: from then on the new files count, wherever they lie, and moving them up to their places can be
//! finished by any process, at any time. Without it the save never happened.
//!
//! `SavedFiles` reads the files of one save, in a folder or in one file (`archive`). Only the holder of a `FolderLock` can write (`lock`).

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::archive::{self, Archive};
use super::files::{
    EXPERIMENT_FILE, FILES, GRADIENTS_FILE, METRICS_FILE, MODEL_FILE, RESUME_FILE, ReadError,
    SUMMARY_FILE, read_bytes, read_text,
};
use super::lock::{FolderLock, LOCK_FILE};
use super::sums::{CHECKSUMS_FILE, checksum, checksums, parse};
use hourglass_files::plain_file;
use hourglass_files::whole_file::{self, WriteError, sync_folder};
use hourglass_protocol::one_file::{FILES_OF_IMAGES, PackedImages};

/// Where the files of a save lie until all are written.
const PENDING: &str = ".hourglass-save";

/// Most bytes of the list, which has six lines.
const MAX_LIST: u64 = 64 << 10;

/// How often a reader starts over when it meets a save by another process.
const MAX_TRIES: usize = 5;

/// Replaces a run's files by these, all or none. A name without content is removed.
pub(super) fn replace(folder: &Path, files: &[(&str, Option<&[u8]>)]) -> Result<(), WriteError> {
    finish(folder).map_err(|error| WriteError::new(folder, &error))?;
    let pending = folder.join(PENDING);
    check_places(folder)?;
    clear(&pending).map_err(|error| WriteError::new(&pending, &error))?;
    let written = write_pending(&pending, files);
    if written.is_err() {
        clear(&pending).ok(); // the next save clears it, and nobody reads it
        return written;
    }
    if let Err(error) = finish(folder) {
        log::warn!(
            "{} is saved but not yet tidied up: {error}",
            folder.display()
        );
    }
    whole_file::sweep(folder);
    Ok(())
}

fn write_pending(pending: &Path, files: &[(&str, Option<&[u8]>)]) -> Result<(), WriteError> {
    for (name, content) in files {
        if let Some(content) = content {
            whole_file::write(&pending.join(name), content)?;
        }
    }
    whole_file::write(&pending.join(CHECKSUMS_FILE), checksums(files).as_bytes())
}

/// Once a save is done, nothing may be in the way of its files.
fn check_places(folder: &Path) -> Result<(), WriteError> {
    for name in FILES.into_iter().chain([CHECKSUMS_FILE]) {
        let path = folder.join(name);
        let kind = fs::symlink_metadata(&path).map(|metadata| metadata.file_type());
        match kind {
            Ok(kind) if !(kind.is_file() || kind.is_symlink()) => {
                let what = if kind.is_dir() {
                    "a folder"
                } else {
                    "a device or a pipe"
                };
                return Err(WriteError::no_file(&path, what));
            }
            _ => {} // a link is replaced, and what it leads to stays
        }
    }
    Ok(())
}

/// Removes a run's files, and images that came along with it, from a folder that nobody else writes to, and nothing else.
///
/// # Errors
/// When one of them cannot be removed.
pub(super) fn remove_files(folder: &Path) -> io::Result<()> {
    clear(&folder.join(PENDING))?;
    let names = FILES.into_iter().chain(FILES_OF_IMAGES);
    for name in names.chain([CHECKSUMS_FILE, LOCK_FILE]) {
        unless_missing(fs::remove_file(folder.join(name)))?;
    }
    whole_file::sweep_older(folder, Duration::ZERO);
    Ok(())
}

/// Removes what a save left behind that was not done.
fn clear(pending: &Path) -> io::Result<()> {
    match fs::symlink_metadata(pending) {
        Ok(metadata) if metadata.is_dir() => fs::remove_dir_all(pending),
        Ok(_) => fs::remove_file(pending), // a link or a file that is not ours to write through
        Err(_) => Ok(()),
    }
}

/// Moves the files of a save that is done to their places, where that is not done yet.
fn finish(folder: &Path) -> io::Result<()> {
    let pending = folder.join(PENDING);
    let list = pending.join(CHECKSUMS_FILE);
    if !is_done(&pending) {
        return Ok(());
    }
    let Some(listed) = parse(&plain_file::read_text(&list, MAX_LIST)?) else {
        let reason = format!(
            "{} is damaged: delete {}",
            list.display(),
            pending.display()
        );
        return Err(io::Error::new(io::ErrorKind::InvalidData, reason));
    };
    for name in FILES {
        let (from, to) = (pending.join(name), folder.join(name));
        if listed.iter().any(|(of, _)| of == name) {
            unless_missing(fs::rename(from, to))?; // missing: it was moved before
        } else {
            unless_missing(fs::remove_file(to))?; // of the save before
        }
    }
    sync_folder(folder); // before the list goes: without it, nobody would finish this
    fs::rename(list, folder.join(CHECKSUMS_FILE))?;
    sync_folder(folder);
    clear(&pending)
}

fn unless_missing(done: io::Result<()>) -> io::Result<()> {
    match done {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        done => done,
    }
}

/// Whether a save is done whose files may not be in their places yet.
fn is_done(pending: &Path) -> bool {
    let is_folder = fs::symlink_metadata(pending).is_ok_and(|metadata| metadata.is_dir());
    is_folder && pending.join(CHECKSUMS_FILE).is_file()
}

/// Where a file of the newest save lies.
pub(super) fn place_of(folder: &Path, name: &str) -> PathBuf {
    let pending = folder.join(PENDING);
    let moved_later = pending.join(name);
    if is_done(&pending) && moved_later.is_file() {
        moved_later
    } else {
        folder.join(name)
    }
}

/// The files of a run folder, all of one and the same save.
#[derive(Clone, Debug, Default)]
pub struct SavedFiles {
    folder: PathBuf,
    /// By name; what is not there was not saved, or was removed since.
    found: Vec<(&'static str, Vec<u8>)>,
    /// Files that are not as they were saved.
    changed: Vec<&'static str>,
}

impl SavedFiles {
    /// Reads the files with these names from a folder or from one file. A save that was cut short after it was done is
    /// finished first.
    ///
    /// # Errors
    /// When a file is no plain file, or too large to be one of a run.
    pub fn read(folder: &Path, names: &[&'static str]) -> Result<Self, ReadError> {
        if folder.is_file() {
            let mut archive = Archive::open(folder)?;
            let list = archive.read_text(CHECKSUMS_FILE)?;
            return Self::checked(folder, names, list.as_deref(), |name| archive.read(name));
        }
        if is_done(&folder.join(PENDING))
            && let Ok(_lock) = FolderLock::take(folder)
            && let Err(error) = finish(folder)
        {
            log::info!("{} is read as it is: {error}", folder.display());
        }
        let mut tries = 1;
        loop {
            let (list, saved) = Self::read_once(folder, names)?;
            let is_settled = saved.changed.is_empty() || list == read_list(folder)?;
            if is_settled || tries == MAX_TRIES {
                return Ok(saved);
            }
            tries += 1; // another process saved meanwhile
        }
    }

    fn read_once(
        folder: &Path,
        names: &[&'static str],
    ) -> Result<(Option<String>, Self), ReadError> {
        let list = read_list(folder)?;
        let read = |name| read_newest(folder, name, read_bytes);
        let saved = Self::checked(folder, names, list.as_deref(), read)?;
        Ok((list, saved))
    }

    /// Reads files and compares them with the list of checksums.
    fn checked(
        folder: &Path,
        names: &[&'static str],
        list: Option<&str>,
        mut read: impl FnMut(&'static str) -> Result<Option<Vec<u8>>, ReadError>,
    ) -> Result<Self, ReadError> {
        let sums = match list.map(parse) {
            None => None, // an older folder, or one that was put together by hand
            Some(Some(sums)) => Some(sums),
            Some(None) => {
                let reason =
                    "it is not a list of checksums. Delete it to use the other files as they are";
                return Err(ReadError::new(&place_of(folder, CHECKSUMS_FILE), reason));
            }
        };
        let mut saved = Self {
            folder: folder.to_owned(),
            ..Self::default()
        };
        for &name in names {
            let sum = sums
                .as_ref()
                .map(|sums| sums.iter().find(|(of, _)| of == name));
            if sum == Some(None) {
                continue; // not of this save
            }
            let Some(bytes) = read(name)? else {
                continue;
            };
            if let Some(Some((_, sum))) = sum
                && *sum != checksum(&bytes)
            {
                saved.changed.push(name);
            }
            saved.found.push((name, bytes));
        }
        Ok(saved)
    }

    /// All files of a run.
    ///
    /// # Errors
    /// As [`Self::read`], and when one is not as it was saved, or they make no run.
    pub fn all(run: &Path) -> Result<Self, ReadError> {
        if !run.exists() {
            return Err(ReadError::new(run, "there is no such folder or file"));
        }
        let saved = Self::read(run, &FILES)?;
        for name in FILES {
            saved.bytes(name)?;
        }
        if saved.unchecked(RESUME_FILE).is_none() {
            let reason =
                format!("there is no {RESUME_FILE} in it, from which training could go on");
            return Err(ReadError::new(run, reason));
        }
        Ok(saved)
    }

    /// Writes the same files into another folder, all or none.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn write(&self, into: &FolderLock) -> Result<(), WriteError> {
        replace(into.folder(), &self.entries())
    }

    /// Writes the same files into one file, with the images that the run learned from if they are given.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn pack(&self, file: &Path, images: Option<&PackedImages>) -> Result<(), WriteError> {
        archive::write(file, &self.entries(), images)
    }

    fn entries(&self) -> Vec<(&str, Option<&[u8]>)> {
        let found = self.found.iter();
        found
            .map(|(name, bytes)| (*name, Some(bytes.as_slice())))
            .collect()
    }

    /// The content of a file; `None` if the save has no such file.
    ///
    /// # Errors
    /// When it is not as it was saved.
    pub fn bytes(&self, name: &str) -> Result<Option<&[u8]>, ReadError> {
        if self.changed.contains(&name) {
            let reason = format!(
                "it is not the file that was saved with this run, by its checksum in {CHECKSUMS_FILE}: it was \
                 damaged, or comes from another run. Restore it from a backup, or delete {CHECKSUMS_FILE} to use the \
                 folder as it is"
            );
            return Err(ReadError::new(&self.folder.join(name), reason));
        }
        Ok(self.unchecked(name))
    }

    /// The content of a file that has a checksum of its own; `None` if the save has no such file.
    #[must_use]
    pub fn unchecked(&self, name: &str) -> Option<&[u8]> {
        let found = self.found.iter().find(|(of, _)| *of == name);
        found.map(|(_, bytes)| bytes.as_slice())
    }

    /// The text of a file; `None` if the save has no such file.
    ///
    /// # Errors
    /// When it is not as it was saved, or no text.
    pub fn text(&self, name: &str) -> Result<Option<&str>, ReadError> {
        let text = self.bytes(name)?.map(str::from_utf8).transpose();
        text.map_err(|_| ReadError::new(&self.folder.join(name), "it is not text"))
    }

    /// Whether the folder holds nothing of a run.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }
}

fn read_list(folder: &Path) -> Result<Option<String>, ReadError> {
    read_newest(folder, CHECKSUMS_FILE, read_text)
}

/// Reads a file where it lies. It may be moved to its place just then: so it is looked for twice.
fn read_newest<T>(
    folder: &Path,
    name: &str,
    read: fn(&Path) -> Result<Option<T>, ReadError>,
) -> Result<Option<T>, ReadError> {
    match read(&place_of(folder, name))? {
        Some(content) => Ok(Some(content)),
        None => read(&place_of(folder, name)),
    }
}

/// The content of a run folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunFiles {
    /// `metrics.csv`
    pub metrics: String,
    /// `gradients.csv`; `None` if nothing was recorded of them.
    pub gradients: Option<String>,
    /// `summary.json`; none before the model was measured.
    pub summary: Option<String>,
    /// `experiment.toml`
    pub experiment: String,
    /// `model.safetensors`
    pub model: Vec<u8>,
    /// `resume.bpk`
    pub resume: Vec<u8>,
}

impl RunFiles {
    /// Puts the files in place of those of the run before, all together: whatever is killed or full, the folder
    /// is wholly the old run or wholly the new.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn write(&self, into: &FolderLock) -> Result<(), WriteError> {
        replace(into.folder(), &self.entries())
    }

    /// Writes the run into one file, whole or not at all, with the images that it learned from if they are given.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn pack(&self, file: &Path, images: Option<&PackedImages>) -> Result<(), WriteError> {
        archive::write(file, &self.entries(), images)
    }

    fn entries(&self) -> [(&'static str, Option<&[u8]>); 6] {
        let summary = self.summary.as_deref();
        let gradients = self.gradients.as_deref();
        [
            (RESUME_FILE, Some(self.resume.as_slice())),
            (EXPERIMENT_FILE, Some(self.experiment.as_bytes())),
            (MODEL_FILE, Some(self.model.as_slice())),
            (METRICS_FILE, Some(self.metrics.as_bytes())),
            (GRADIENTS_FILE, gradients.map(str::as_bytes)),
            (SUMMARY_FILE, summary.map(str::as_bytes)),
        ]
    }
}

/// Whether a path leads to a run, in a folder or in one file.
#[must_use]
pub fn is_run(path: &Path) -> bool {
    is_run_folder(path) || archive::is_archive(path)
}

/// Whether a folder holds a run: training can go on from it, or its weights can be looked at.
#[must_use]
pub fn is_run_folder(folder: &Path) -> bool {
    let has = |name: &str| place_of(folder, name).is_file();
    has(RESUME_FILE) || (has(EXPERIMENT_FILE) && has(MODEL_FILE))
}

/// The files of a run that a folder has, by their names, whether or not they make a run.
#[must_use]
pub fn names_in(folder: &Path) -> Vec<&'static str> {
    let has = |name: &&str| place_of(folder, name).symlink_metadata().is_ok();
    FILES.into_iter().filter(has).collect()
}
