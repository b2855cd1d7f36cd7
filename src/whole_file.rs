//! Files are written whole or not at all.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use tempfile::{Builder, NamedTempFile};

/// How the name of a file begins and ends that is not yet whole.
const UNFINISHED: [&str; 2] = [".hourglass-", ".part"];

/// Nothing takes this long to write: such a file was left behind by a process that was killed.
const LEFT_BEHIND: Duration = Duration::from_hours(1);

/// A file that could not be written; what was at its place before still is.
#[derive(Debug, thiserror::Error)]
#[error("{} cannot be written: {source}. Choose a folder that is writable and has space", path.display())]
pub struct WriteError {
    path: PathBuf,
    source: io::Error,
}

/// Writes a file under a temporary name beside its place, makes sure it is on disk, and renames it, so that
/// a crash or a full disk leaves the old file whole. Missing folders are made.
///
/// # Errors
/// When the folder cannot be made or the file cannot be written.
pub fn write(path: &Path, content: &[u8]) -> Result<(), WriteError> {
    try_write(path, content).map_err(|source| WriteError {
        path: path.to_owned(),
        source,
    })
}

/// Removes what a process left behind in a folder that was killed while it wrote there, an hour ago or more.
pub fn sweep(folder: &Path) {
    let [prefix, suffix] = UNFINISHED;
    let now = SystemTime::now();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let is_old = || -> io::Result<bool> {
            let written = entry.metadata()?.modified()?;
            Ok(now
                .duration_since(written)
                .is_ok_and(|age| age > LEFT_BEHIND))
        };
        if name.starts_with(prefix) && name.ends_with(suffix) && is_old().unwrap_or(false) {
            std::fs::remove_file(entry.path()).ok(); // it takes space and does no harm
        }
    }
}

fn try_write(path: &Path, content: &[u8]) -> io::Result<()> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    std::fs::create_dir_all(folder)?;
    let [prefix, suffix] = UNFINISHED;
    let mut file = Builder::new()
        .prefix(prefix)
        .suffix(suffix)
        .tempfile_in(folder)?;
    file.write_all(content)?;
    file.as_file().sync_all()?;
    open_to_readers(&file)?;
    file.persist(path)?;
    Ok(())
}

/// Temporary files are private to their maker; a result is for everybody who may read the folder.
#[cfg(unix)]
fn open_to_readers(file: &NamedTempFile) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.as_file()
        .set_permissions(std::fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
#[expect(
    clippy::unnecessary_wraps,
    reason = "the same signature on every system"
)]
fn open_to_readers(_file: &NamedTempFile) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_and_nothing_else_is_left() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("new/folder/summary.json");
        write(&path, b"first, and longer").expect("written");
        write(&path, b"second").expect("written again");
        assert_eq!(std::fs::read(&path).expect("readable"), b"second");
        let n_files = std::fs::read_dir(path.parent().expect("a parent"))
            .expect("readable")
            .count();
        assert_eq!(n_files, 1);
    }

    #[test]
    fn what_a_killed_process_left_is_swept_away_after_an_hour() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let [prefix, suffix] = UNFINISHED;
        let ages = [("old", 2), ("new", 0)].map(|(name, hours)| {
            let path = folder.path().join(format!("{prefix}{name}{suffix}"));
            write(&path, b"unfinished").expect("written");
            let time = SystemTime::now() - Duration::from_hours(hours);
            let file = std::fs::File::options().append(true).open(&path);
            let changed = file.expect("there").set_modified(time);
            changed.expect("a file of ours");
            path
        });
        let other = folder.path().join("old.part");
        write(&other, b"of somebody else").expect("written");
        sweep(folder.path());
        assert_eq!(ages.map(|path| path.exists()), [false, true]);
        assert!(other.exists());
    }

    #[test]
    fn an_unwritable_place_is_named_and_nothing_is_lost() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("a-file");
        write(&file, b"precious").expect("written");
        let inside = file.join("summary.json"); // a file is no folder
        let error = write(&inside, b"new").expect_err("there is no such place");
        assert!(error.to_string().contains("summary.json"), "{error}");
        assert_eq!(std::fs::read(&file).expect("readable"), b"precious");
    }
}
