//! Reads files that people name: only regular files, and never more of one than its kind may have.
//!
//! A pipe would be waited for, a device such as `/dev/zero` never ends, and what a folder says of a file may have
//! changed by the time it is opened. So it is looked at twice, before it is opened and after, and reading stops at
//! a limit whatever the size was said to be.

use std::fs::{self, File, FileType, Metadata, OpenOptions};
use std::io::{self, Read};
use std::path::Path;

/// Why a file was not read; it does not name the file, whose name the reader of this has.
#[derive(Debug, thiserror::Error)]
pub enum PlainFileError {
    /// There is none.
    #[error("there is no such file")]
    Missing,
    /// It is something else than a plain file.
    #[error("it is {kind}, but only regular files can be read")]
    NotPlain {
        /// What it is, such as "a folder".
        kind: &'static str,
    },
    /// It has more bytes than a file of its kind may have.
    #[error("it has more than {}", megabytes(*.max_bytes))]
    TooLarge {
        /// Most bytes it may have.
        max_bytes: u64,
    },
    /// It is no text.
    #[error("it is not text")]
    NotText,
    /// The system does not let it be read.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl From<PlainFileError> for io::Error {
    fn from(error: PlainFileError) -> Self {
        match error {
            PlainFileError::Io(error) => error,
            PlainFileError::Missing => Self::new(io::ErrorKind::NotFound, error),
            PlainFileError::NotPlain { .. } => Self::new(io::ErrorKind::InvalidInput, error),
            PlainFileError::TooLarge { .. } => Self::new(io::ErrorKind::FileTooLarge, error),
            PlainFileError::NotText => Self::new(io::ErrorKind::InvalidData, error),
        }
    }
}

/// Opens a plain file for reading.
///
/// # Errors
/// When there is none, it is a folder, a pipe, a device or a socket, or the system does not let it be read.
pub fn open(path: &Path) -> Result<File, PlainFileError> {
    check(&fs::metadata(path).map_err(missing)?)?;
    let mut options = OpenOptions::new();
    options.read(true);
    never_wait(&mut options);
    let file = options.open(path).map_err(missing)?;
    check(&file.metadata()?)?; // something else may have come into its place
    Ok(file)
}

/// Reads a plain file whole.
///
/// # Errors
/// As [`open`], and when it has more than `max_bytes`.
pub fn read(path: &Path, max_bytes: u64) -> Result<Vec<u8>, PlainFileError> {
    let file = open(path)?;
    let n_bytes = file.metadata()?.len();
    if n_bytes > max_bytes {
        return Err(PlainFileError::TooLarge { max_bytes });
    }
    let mut bytes = Vec::with_capacity(usize::try_from(n_bytes).unwrap_or(0));
    file.take(max_bytes + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > max_bytes {
        return Err(PlainFileError::TooLarge { max_bytes }); // it grew meanwhile
    }
    Ok(bytes)
}

/// Reads a plain file of text whole.
///
/// # Errors
/// As [`read`], and when it is no UTF-8.
pub fn read_text(path: &Path, max_bytes: u64) -> Result<String, PlainFileError> {
    String::from_utf8(read(path, max_bytes)?).map_err(|_| PlainFileError::NotText)
}

/// The start of a plain file, at most `max_bytes` of it.
///
/// # Errors
/// As [`open`].
pub fn read_start(path: &Path, max_bytes: u64) -> Result<Vec<u8>, PlainFileError> {
    let mut bytes = Vec::new();
    open(path)?.take(max_bytes).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn check(metadata: &Metadata) -> Result<(), PlainFileError> {
    if metadata.is_file() {
        return Ok(());
    }
    let kind = kind_of(metadata.file_type());
    Err(PlainFileError::NotPlain { kind })
}

fn missing(error: io::Error) -> PlainFileError {
    match error.kind() {
        io::ErrorKind::NotFound => PlainFileError::Missing,
        _ => PlainFileError::Io(error),
    }
}

#[cfg(unix)]
fn kind_of(kind: FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt;
    if kind.is_dir() {
        "a folder"
    } else if kind.is_fifo() {
        "a pipe"
    } else if kind.is_socket() {
        "a socket"
    } else {
        "a device"
    }
}

#[cfg(not(unix))]
fn kind_of(kind: FileType) -> &'static str {
    if kind.is_dir() {
        "a folder"
    } else {
        "not a regular file"
    }
}

/// A pipe that has taken the place of a plain file is opened without waiting for its writer, and a
/// terminal does not become this process's own. Plain files take no notice.
#[cfg(unix)]
fn never_wait(options: &mut OpenOptions) {
    use std::os::unix::fs::OpenOptionsExt;
    options.custom_flags(libc::O_NONBLOCK | libc::O_NOCTTY);
}

#[cfg(not(unix))]
fn never_wait(_options: &mut OpenOptions) {}

/// A limit as people read it.
fn megabytes(bytes: u64) -> String {
    match bytes >> 20 {
        0 => format!("{bytes} bytes"),
        whole => format!("{whole} MB"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_up_to_its_limit_and_no_farther() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("a.txt");
        fs::write(&path, "café").expect("written");
        assert_eq!(read_text(&path, 5).expect("text"), "café");
        assert_eq!(read_start(&path, 2).expect("a start"), b"ca");
        let error = read(&path, 4).expect_err("five bytes").to_string();
        assert_eq!(error, "it has more than 4 bytes");
        fs::write(&path, [0xff]).expect("written");
        let error = read_text(&path, 5).expect_err("no text");
        assert!(matches!(error, PlainFileError::NotText));
        let error = read(&folder.path().join("b.txt"), 5).expect_err("not there");
        assert!(matches!(error, PlainFileError::Missing));
    }

    #[test]
    fn a_folder_is_named() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let error = open(folder.path()).expect_err("a folder").to_string();
        assert!(error.starts_with("it is a folder"), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn pipes_sockets_and_devices_are_named_and_never_waited_for() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let pipe = folder.path().join("pipe");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status();
        assert!(made.expect("a system with pipes").success());
        let socket = folder.path().join("socket");
        std::os::unix::net::UnixListener::bind(&socket).expect("a socket");
        for (path, kind) in [
            (pipe.as_path(), "a pipe"),
            (&socket, "a socket"),
            (Path::new("/dev/zero"), "a device"),
        ] {
            let error = read(path, 1 << 20)
                .expect_err("not a regular file")
                .to_string();
            assert!(error.starts_with(&format!("it is {kind},")), "{error}");
        }
        // As if the pipe had come into the place of a file in between.
        let mut options = OpenOptions::new();
        never_wait(options.read(true));
        let file = options.open(&pipe).expect("opened without a writer");
        assert!(check(&file.metadata().expect("open")).is_err());
    }
}
