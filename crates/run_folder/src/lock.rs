//! One writer for a run folder: a lock that names the process that holds it, and that ends with it.

use std::fs::{self, File, TryLockError};
use std::io::{self, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use hourglass_files::{plain_file, whole_file};

/// Name of the file that is locked.
pub(super) const LOCK_FILE: &str = ".hourglass-lock";

/// Most bytes of what the holder says of itself.
const MAX_WORDS: u64 = 200;

/// A run folder that this process alone writes into, until it is dropped or the process ends in whatever way.
#[derive(Debug)]
pub struct FolderLock {
    folder: PathBuf,
    /// Of the file that is locked.
    name: String,
    /// `None` if the file system knows no locks.
    file: Option<File>,
    /// The folders that were missing, the innermost first.
    made: Vec<PathBuf>,
}

/// Why a folder is not written into.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another process writes there.
    #[error(
        "{} is in use by {holder}: wait for it or end it, or choose another folder",
        .folder.display()
    )]
    InUse {
        folder: PathBuf,
        /// The other process.
        holder: String,
    },
    /// The folder cannot be written into.
    #[error(
        "{} cannot be written: {reason}. Choose a folder that is writable and has space",
        .folder.display()
    )]
    Unwritable {
        folder: PathBuf,
        /// Why, in the system's words.
        reason: String,
    },
}

impl FolderLock {
    /// Takes the lock of a folder. Where it is missing it is made, and it goes again with the lock if it is still empty.
    ///
    /// # Errors
    /// When another process holds it, or the folder cannot be written into.
    pub fn take(folder: &Path) -> Result<Self, LockError> {
        Self::take_named(folder, LOCK_FILE)
    }

    /// The same by a file of another name: several things in a folder can be held by one process each.
    ///
    /// # Errors
    /// When another process holds it, or the folder cannot be written into.
    pub fn take_named(folder: &Path, name: &str) -> Result<Self, LockError> {
        let unwritable = |error: io::Error| LockError::Unwritable {
            folder: folder.to_owned(),
            reason: error.to_string(),
        };
        let path = folder.join(name);
        let mut made = Vec::new();
        loop {
            made.extend(
                folder
                    .ancestors()
                    .take_while(|part| !part.exists() && *part != Path::new(""))
                    .map(Path::to_owned),
            );
            fs::create_dir_all(folder).map_err(unwritable)?;
            let mut file = match open(&path) {
                Err(error) if error.kind() == io::ErrorKind::NotFound && !folder.exists() => {
                    continue; // its holder removed the folder that it had made
                }
                file => file.map_err(unwritable)?,
            };
            match lock(&file) {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => {
                    return Err(LockError::InUse {
                        folder: folder.to_owned(),
                        holder: holder(&path),
                    });
                }
                Err(TryLockError::Error(error)) => {
                    log::warn!("{} is written without a lock: {error}", folder.display());
                    return Ok(Self {
                        folder: folder.to_owned(),
                        name: name.to_owned(),
                        file: None,
                        made,
                    });
                }
            }
            if !is_at(&path, &file) {
                continue; // its holder removed it just before this process had it
            }
            write_holder(&path, &mut file).ok(); // only words: the lock holds without them
            return Ok(Self {
                folder: folder.to_owned(),
                name: name.to_owned(),
                file: Some(file),
                made,
            });
        }
    }

    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Who holds the lock of that name in a folder; `None` if nobody does, or the file system knows no locks.
    #[must_use]
    pub fn holder_of(folder: &Path, name: &str) -> Option<String> {
        let path = folder.join(name);
        let file = plain_file::open(&path).ok()?;
        match file.try_lock_shared() {
            Err(TryLockError::WouldBlock) => Some(holder(&path)),
            _ => None, // and what was locked here ends with the file
        }
    }
}

impl Drop for FolderLock {
    fn drop(&mut self) {
        if self.file.is_none() {
            return;
        }
        // What cannot be removed takes no space and does no harm.
        let path = self.folder.join(&self.name);
        if cfg!(unix) {
            fs::remove_file(path).ok(); // while it is held: a process that waits for it notices that it is gone
        } else {
            fs::remove_file(words_beside(&path)).ok();
        }
        for folder in &self.made {
            fs::remove_dir(folder).ok(); // only if it is empty
        }
    }
}

/// Locks a file. Who only asks for its holder has it for a moment, which is waited for.
fn lock(file: &File) -> Result<(), TryLockError> {
    const TRIES: u32 = 5;
    const MOMENT: Duration = Duration::from_millis(20);
    for _ in 1..TRIES {
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => std::thread::sleep(MOMENT),
            settled => return settled,
        }
    }
    file.try_lock()
}

fn open(path: &Path) -> io::Result<File> {
    File::options()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false) // what its holder says of itself is in it
        .open(path)
}

/// Whether a file is still the one at its place.
#[cfg(unix)]
fn is_at(path: &Path, file: &File) -> bool {
    use std::os::unix::fs::MetadataExt;
    let of = |metadata: fs::Metadata| (metadata.dev(), metadata.ino());
    let at_place = fs::metadata(path).map(of);
    matches!((at_place, file.metadata().map(of)), (Ok(a), Ok(b)) if a == b)
}

#[cfg(not(unix))]
fn is_at(_path: &Path, _file: &File) -> bool {
    true // it is never removed there
}

/// Where Windows has what the holder says of itself: nobody else can read a file there that is locked.
fn words_beside(path: &Path) -> PathBuf {
    path.with_extension("holder")
}

/// What the holder says of itself, and for how long it has held the lock.
fn holder(path: &Path) -> String {
    let place = if cfg!(windows) {
        words_beside(path)
    } else {
        path.to_owned()
    };
    let words = plain_file::read_text(&place, MAX_WORDS).unwrap_or_default();
    let words = words.trim();
    if words.is_empty() {
        return "another process".to_owned();
    }
    let since = fs::metadata(&place).and_then(|metadata| metadata.modified());
    let age = since.ok().and_then(|since| since.elapsed().ok());
    match age.map(|age| age.as_secs()) {
        Some(secs @ ..120) => format!("{words} for {secs} s"),
        Some(secs @ ..7200) => format!("{words} for {} minutes", secs / 60),
        Some(secs) => format!("{words} for {} hours", secs / 3600),
        None => words.to_owned(),
    }
}

fn write_holder(path: &Path, file: &mut File) -> io::Result<()> {
    let command: Vec<String> = std::env::args().skip(1).take(1).collect();
    let command = match command.first() {
        Some(command) if !command.starts_with('-') => format!("hourglass {command}"),
        _ => "a window of Hourglass".to_owned(),
    };
    let host = fs::read_to_string("/proc/sys/kernel/hostname");
    let host = host.or_else(|_| std::env::var("COMPUTERNAME").map_err(io::Error::other));
    let host = host.map_or_else(|_| String::new(), |host| format!(" on {}", host.trim()));
    let words = format!("process {} ({command}){host}\n", std::process::id());
    if cfg!(windows) {
        let written = whole_file::write(&words_beside(path), words.as_bytes());
        return written.map_err(io::Error::other);
    }
    file.set_len(0)?;
    file.rewind()?;
    file.write_all(words.as_bytes())?;
    file.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(unix)]
    fn folders_made_for_a_lock_go_with_it_unless_something_is_in_them() {
        let home = tempfile::tempdir().expect("a temporary folder");
        let folder = home.path().join("runs").join("first");
        drop(FolderLock::take(&folder).expect("nobody holds it"));
        assert!(!home.path().join("runs").exists());

        let lock = FolderLock::take(&folder).expect("nobody holds it");
        whole_file::write(&home.path().join("runs").join("list"), b"second").expect("written");
        drop(lock);
        let left = fs::read_dir(home.path().join("runs")).expect("there");
        let left: Vec<_> = left
            .map(|entry| entry.expect("there").file_name())
            .collect();
        assert_eq!(left, ["list"]);

        fs::create_dir(&folder).expect("made");
        drop(FolderLock::take(&folder).expect("nobody holds it"));
        assert!(folder.exists(), "it was there before");
    }

    #[test]
    fn a_second_writer_is_told_who_the_first_is_and_a_stale_lock_is_none() {
        let home = tempfile::tempdir().expect("a temporary folder");
        let folder = home.path().join("run");
        fs::create_dir(&folder).expect("made");
        let first = FolderLock::take(&folder).expect("nobody holds it");
        let refused = FolderLock::take(&folder)
            .expect_err("it is held")
            .to_string();
        let words = format!("in use by process {}", std::process::id());
        assert!(refused.contains(&words), "{refused}");
        assert_eq!(
            FolderLock::holder_of(&folder, LOCK_FILE).map(|holder| holder.starts_with("process")),
            Some(true)
        );
        let other = FolderLock::take_named(&folder, "other.lock").expect("another name");
        drop((first, other));
        assert_eq!(FolderLock::holder_of(&folder, LOCK_FILE), None);
        let left = fs::read_dir(&folder).expect("there").count();
        assert_eq!(left, if cfg!(unix) { 0 } else { 2 }, "the locks that stay");

        let stale = folder.join(LOCK_FILE);
        whole_file::write(&stale, b"process 1 that was killed\n").expect("written");
        FolderLock::take(&folder).expect("nobody holds it");
    }
}
