//! Files are written whole or not at all.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

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

fn try_write(path: &Path, content: &[u8]) -> io::Result<()> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    std::fs::create_dir_all(folder)?;
    let mut file = NamedTempFile::new_in(folder)?;
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
