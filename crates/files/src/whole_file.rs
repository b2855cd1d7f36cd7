//! Files are written whole or not at all.
//!
//! A temporary file beside the target is written, synced and renamed.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use tempfile::Builder;

/// How the name of a file begins and ends that is not yet whole.
const UNFINISHED: [&str; 2] = [".hourglass-", ".part"];

/// Nothing takes this long to write: such a file was left behind by a process that was killed.
const LEFT_BEHIND: Duration = Duration::from_hours(1);

/// Links that are followed from one to the next, as Linux does.
const MAX_LINKS: usize = 40;

/// A file that could not be written; what was at its place before still is.
#[derive(Debug, thiserror::Error)]
#[error("{} cannot be written: {reason}. {advice}", path.display())]
pub struct WriteError {
    path: PathBuf,
    reason: String, // no `source`: printing the chain of causes would say it twice
    advice: &'static str,
}

impl WriteError {
    /// Writing failed, for a reason of the system's.
    pub fn new(path: &Path, reason: &impl ToString) -> Self {
        Self {
            path: path.to_owned(),
            reason: reason.to_string(),
            advice: "Choose a folder that is writable and has space",
        }
    }

    /// There is something at the place that no file may replace.
    #[must_use]
    pub fn no_file(path: &Path, what: &str) -> Self {
        Self {
            path: path.to_owned(),
            reason: format!("it is {what}, not a file"),
            advice: "Choose another name",
        }
    }
}

/// Writes a file under a temporary name beside its place, makes sure it is on disk, and renames it, so that
/// a crash or a full disk leaves the old file whole. Missing folders are made. Where there is a link, the file
/// that it leads to is written; a device, a pipe or a folder is left alone.
///
/// # Errors
/// When the folder cannot be made or the file cannot be written.
pub fn write(path: &Path, content: &[u8]) -> Result<(), WriteError> {
    let target = target(path)?;
    try_write(&target, content).map_err(|error| WriteError::new(path, &error))
}

/// Finds out before anything is computed that a file cannot be written.
///
/// # Errors
/// When something else is at its place, or its folder cannot be made or written into.
pub fn check(path: &Path) -> Result<(), WriteError> {
    let target = target(path)?;
    check_folder(folder_of(&target)).map_err(|error| WriteError::new(path, &error))
}

/// Finds out whether files can be made in a folder; it is made where it is missing.
///
/// # Errors
/// When the folder cannot be made or written into.
pub fn check_folder(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    tempfile::tempfile_in(folder).map(drop)
}

/// Makes sure that the names in a folder are on disk, not only the files.
pub fn sync_folder(folder: &Path) {
    if cfg!(unix) {
        let synced = File::open(folder).and_then(|folder| folder.sync_all());
        synced.ok(); // not every file system can: the files themselves are on disk
    }
}

/// Where a path leads to, over links. Only a plain file, or nothing, may be there.
fn target(path: &Path) -> Result<PathBuf, WriteError> {
    let mut target = path.to_owned();
    for _ in 0..MAX_LINKS {
        let kind = match fs::symlink_metadata(&target) {
            Ok(metadata) => metadata.file_type(),
            Err(_) => return Ok(target), // nothing is there, or writing will say what is wrong
        };
        if kind.is_file() {
            return Ok(target);
        }
        if kind.is_dir() {
            return Err(WriteError::no_file(path, "a folder"));
        }
        if !kind.is_symlink() {
            return Err(WriteError::no_file(path, "a device or a pipe"));
        }
        let link = fs::read_link(&target).map_err(|error| WriteError::new(path, &error))?;
        target = folder_of(&target).join(link);
    }
    Err(WriteError::no_file(path, "a link that leads in a circle"))
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// Removes what a process left behind in a folder that was killed while it wrote there, an hour ago or more.
pub fn sweep(folder: &Path) {
    sweep_older(folder, LEFT_BEHIND);
}

/// The same if there is no other writer: whatever is of this age or older.
pub fn sweep_older(folder: &Path, least: Duration) {
    let [prefix, suffix] = UNFINISHED;
    let now = SystemTime::now();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let is_old = || -> io::Result<bool> {
            let written = entry.metadata()?.modified()?;
            Ok(now.duration_since(written).is_ok_and(|age| age >= least))
        };
        if name.starts_with(prefix) && name.ends_with(suffix) && is_old().unwrap_or(false) {
            fs::remove_file(entry.path()).ok(); // it takes space and does no harm
        }
    }
}

fn try_write(path: &Path, content: &[u8]) -> io::Result<()> {
    let folder = folder_of(path);
    fs::create_dir_all(folder)?;
    let [prefix, suffix] = UNFINISHED;
    let mut builder = Builder::new();
    builder.prefix(prefix).suffix(suffix);
    let mut file = readable(&mut builder).tempfile_in(folder)?;
    file.write_all(content)?;
    if let Ok(before) = fs::metadata(path) {
        file.as_file().set_permissions(before.permissions())?; // what was private stays so
    }
    file.as_file().sync_all()?;
    file.persist(path)?;
    sync_folder(folder);
    Ok(())
}

/// Temporary files are private to their maker; a result is for whom the maker's umask lets read it.
#[cfg(unix)]
fn readable<'b>(builder: &'b mut Builder<'static, 'static>) -> &'b mut Builder<'static, 'static> {
    use std::os::unix::fs::PermissionsExt;
    builder.permissions(fs::Permissions::from_mode(0o666))
}

#[cfg(not(unix))]
fn readable<'b>(builder: &'b mut Builder<'static, 'static>) -> &'b mut Builder<'static, 'static> {
    builder
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
        assert_eq!(fs::read(&path).expect("readable"), b"second");
        let n_files = fs::read_dir(path.parent().expect("a parent"))
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
            let file = File::options().append(true).open(&path);
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
        assert_eq!(fs::read(&file).expect("readable"), b"precious");
    }

    #[cfg(unix)]
    mod unix {
        use std::os::unix::fs::{FileTypeExt, PermissionsExt, symlink};
        use std::process::Command;

        use super::*;

        #[test]
        fn a_link_is_followed_and_stays_a_link() {
            let home = tempfile::tempdir().expect("a temporary folder");
            let [real, link, second] =
                ["kept/real.csv", "link.csv", "second.csv"].map(|name| home.path().join(name));
            symlink("kept/real.csv", &link).expect("linked"); // to a file that is not there yet
            symlink("link.csv", &second).expect("linked");
            for text in [b"first", b"again"] {
                write(&second, text).expect("written");
                assert_eq!(fs::read(&real).expect("there"), text);
            }
            assert!(fs::symlink_metadata(&link).expect("there").is_symlink());

            let circle = home.path().join("circle");
            symlink("circle", &circle).expect("linked");
            let message = write(&circle, b"text").expect_err("a circle").to_string();
            assert!(message.contains("leads in a circle"), "{message}");
        }

        #[test]
        fn what_is_no_file_is_left_as_it_is() {
            let home = tempfile::tempdir().expect("a temporary folder");
            let (pipe, folder) = (home.path().join("pipe"), home.path().join("folder"));
            let made = Command::new("mkfifo").arg(&pipe).status();
            assert!(made.expect("mkfifo is there").success());
            fs::create_dir(&folder).expect("made");
            let null = Path::new("/dev/null");
            for path in [&pipe, &folder, null] {
                for refused in [write(path, b"text"), check(path)] {
                    let message = refused.expect_err("no file").to_string();
                    assert!(message.contains("not a file"), "{message}");
                }
            }
            assert!(fs::metadata(&pipe).expect("there").file_type().is_fifo());
            let null = fs::metadata(null).expect("there");
            assert!(null.file_type().is_char_device());
        }

        /// The umask of a process is one for all its threads, so another process writes.
        #[test]
        fn a_new_file_follows_the_umask_and_an_old_one_keeps_its_mode() {
            const FILE: &str = "HOURGLASS_TEST_WRITES";
            const NAME: &str = "whole_file::tests::unix::a_new_file_follows_the_umask_and_an_old_one_keeps_its_mode";
            if let Some(file) = std::env::var_os(FILE) {
                write(Path::new(&file), b"text").expect("written");
                return;
            }
            let home = tempfile::tempdir().expect("a temporary folder");
            let file = home.path().join("file");
            let this = std::env::current_exe().expect("this test");
            let mode_by = |umask: &str| {
                let script = format!("umask {umask}; exec \"$0\" --exact {NAME}");
                let status = Command::new("sh")
                    .args(["-c", &script])
                    .arg(&this)
                    .env(FILE, &file)
                    .stdout(std::process::Stdio::null())
                    .status();
                assert!(status.expect("sh starts").success());
                fs::metadata(&file).expect("there").permissions().mode() & 0o777
            };
            assert_eq!(mode_by("027"), 0o640);
            assert_eq!(mode_by("022"), 0o640, "it was there before");
            fs::remove_file(&file).expect("removed");
            assert_eq!(mode_by("002"), 0o664);
        }
    }

    #[test]
    fn an_error_is_said_once_also_with_its_causes() {
        let home = tempfile::tempdir().expect("a temporary folder");
        let file = home.path().join("file");
        write(&file, b"text").expect("written");
        let error = write(&file.join("inside"), b"text").expect_err("no folder");
        let once = error.to_string();
        assert_eq!(format!("{:#}", anyhow::Error::new(error)), once);
    }
}
