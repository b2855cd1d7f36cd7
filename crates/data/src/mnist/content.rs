//! Reads the content of one file, plain or compressed, and compares it with its checksum.

use std::cell::RefCell;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};

use flate2::bufread::MultiGzDecoder;
use md5::Md5;
use sha2::{Digest, Sha256};

use hourglass_experiment::dataset::{Checksum, Content, FileSpec};
use hourglass_files::plain_file;

use super::verify_error::VerifyError;
use crate::stand_in;

/// Bytes taken from a file at a time: large enough to be fast, small enough to cancel at once.
const CHUNK_BYTES: usize = 128 * 1024;

/// A file that may hold one of the four contents.
#[derive(Clone, Debug)]
pub(super) struct Source {
    pub(super) path: PathBuf,
    /// Compressed with gzip.
    pub(super) packed: bool,
}

impl Source {
    /// Tells by the first bytes whether it is compressed: browsers and archives give content either name.
    pub(super) fn of(path: PathBuf) -> Self {
        let start = plain_file::read_start(&path, 2).unwrap_or_default(); // `open` says what is wrong with it
        let packed = start == [0x1f, 0x8b];
        Self { path, packed }
    }

    pub(super) fn open(&self) -> Result<Box<dyn Read>, VerifyError> {
        let file = self.open_file()?;
        let file = BufReader::with_capacity(CHUNK_BYTES, file);
        Ok(if self.packed {
            // Like gunzip, reads all members: `GzDecoder` would stop after the first.
            Box::new(MultiGzDecoder::new(file))
        } else {
            Box::new(file)
        })
    }

    /// Opens a compressed file; what is read of it, as it is on disk, goes through `hasher`.
    fn open_hashed(&self, hasher: &Rc<RefCell<Hasher>>) -> Result<Box<dyn Read>, VerifyError> {
        let path = self.path.clone();
        if !self.packed {
            return Err(VerifyError::NotCompressed { path });
        }
        let file = Hashed {
            file: self.open_file()?,
            hasher: Rc::clone(hasher),
        };
        let file = BufReader::with_capacity(CHUNK_BYTES, file);
        Ok(Box::new(MultiGzDecoder::new(file)))
    }

    fn open_file(&self) -> Result<File, VerifyError> {
        plain_file::open(&self.path).map_err(|error| VerifyError::Unreadable {
            reason: error.into(),
            path: self.path.clone(),
        })
    }

    /// Tells a disk that fails from a gzip stream that is damaged: only the first has an error
    /// number of the system.
    pub(super) fn unreadable(&self, reason: io::Error, unpacked_bytes: u64) -> VerifyError {
        let path = self.path.clone();
        if self.packed && reason.raw_os_error().is_none() {
            VerifyError::DamagedGzip {
                unpacked_bytes,
                reason,
                path,
            }
        } else {
            VerifyError::Unreadable { reason, path }
        }
    }
}

/// What bytes are summed up in.
enum Hasher {
    Sha256(Sha256),
    Md5(Md5),
}

impl Hasher {
    fn of(checksum: &Checksum) -> Self {
        match checksum {
            Checksum::Content(_) | Checksum::Served(_) => Self::Sha256(Sha256::new()),
            Checksum::ServedMd5(_) => Self::Md5(Md5::new()),
        }
    }

    fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Sha256(hasher) => hasher.update(bytes),
            Self::Md5(hasher) => hasher.update(bytes),
        }
    }

    fn digits(&mut self) -> String {
        match self {
            Self::Sha256(hasher) => hex(&hasher.finalize_reset()),
            Self::Md5(hasher) => hex(&hasher.finalize_reset()),
        }
    }
}

/// A file whose bytes are hashed as they are read.
struct Hashed {
    file: File,
    hasher: Rc<RefCell<Hasher>>,
}

impl Read for Hashed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n_read = self.file.read(buffer)?;
        self.hasher.borrow_mut().update(&buffer[..n_read]);
        Ok(n_read)
    }
}

/// Reads `source` to its end and compares it with `spec`, calling `tick` with the number of
/// uncompressed bytes so far.
pub(super) fn check_content(
    source: &Source,
    spec: &FileSpec,
    cancel: &AtomicBool,
    mut tick: impl FnMut(u64),
) -> Result<(), VerifyError> {
    let mut content = ContentReader::open(source, spec, cancel)?;
    while content.next_chunk()?.is_some() {
        tick(content.n_bytes());
    }
    Ok(())
}

/// Hands out the uncompressed content of a file piece by piece. The end is handed out only when
/// size and checksum are right, and never more bytes than the size: a file made to unpack to
/// terabytes fills neither memory nor disk.
pub(super) struct ContentReader<'a> {
    source: &'a Source,
    spec: &'a FileSpec,
    cancel: &'a AtomicBool,
    stream: Box<dyn Read>,
    hasher: Rc<RefCell<Hasher>>,
    n_bytes: u64,
    chunk: Vec<u8>,
}

impl<'a> ContentReader<'a> {
    pub(super) fn open(
        source: &'a Source,
        spec: &'a FileSpec,
        cancel: &'a AtomicBool,
    ) -> Result<Self, VerifyError> {
        let hasher = Rc::new(RefCell::new(Hasher::of(&spec.checksum)));
        let stream: Box<dyn Read> = match (spec.content, spec.checksum) {
            (Content::AsServed, _) => Box::new(Hashed {
                file: source.open_file()?,
                hasher: Rc::clone(&hasher),
            }),
            (_, Checksum::Content(_)) => source.open()?,
            (_, Checksum::Served(_) | Checksum::ServedMd5(_)) => source.open_hashed(&hasher)?,
        };
        Ok(Self {
            source,
            spec,
            cancel,
            stream,
            hasher,
            n_bytes: 0,
            chunk: vec![0; CHUNK_BYTES],
        })
    }

    /// Uncompressed bytes handed out so far.
    pub(super) fn n_bytes(&self) -> u64 {
        self.n_bytes
    }

    /// The next piece, or `None` at the end of a whole file.
    pub(super) fn next_chunk(&mut self) -> Result<Option<&[u8]>, VerifyError> {
        if self.cancel.load(Ordering::Relaxed) {
            return Err(VerifyError::Cancelled);
        }
        let n_read = loop {
            match self.stream.read(&mut self.chunk) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => {
                    break read.map_err(|reason| self.source.unreadable(reason, self.n_bytes))?;
                }
            }
        };
        if n_read == 0 {
            return self.check_end().map(|()| None);
        }
        self.n_bytes += n_read as u64;
        if self.n_bytes > self.spec.size_bytes() {
            return Err(VerifyError::TooLong {
                expected_bytes: self.spec.size_bytes(),
                path: self.source.path.clone(),
            });
        }
        if let Checksum::Content(_) = self.spec.checksum {
            self.hasher.borrow_mut().update(&self.chunk[..n_read]);
        }
        Ok(Some(&self.chunk[..n_read]))
    }

    fn check_end(&mut self) -> Result<(), VerifyError> {
        let expected_bytes = self.spec.size_bytes();
        let is_measured = self.spec.content != Content::AsServed;
        if is_measured && self.n_bytes != expected_bytes {
            return Err(VerifyError::WrongSize {
                found_bytes: self.n_bytes,
                expected_bytes,
                path: self.source.path.clone(),
            });
        }
        let found = self.hasher.borrow_mut().digits();
        let expected = self.spec.checksum.digits();
        if found != expected {
            return Err(VerifyError::WrongChecksum {
                found,
                expected: expected.to_owned(),
                path: self.source.path.clone(),
            });
        }
        Ok(())
    }
}

/// What content is, judged by how it begins, where that is none of MNIST's.
pub(super) fn kind_of(start: &[u8]) -> Option<&'static str> {
    Some(if start.is_empty() {
        "empty"
    } else if let Some(what) = stand_in::of(start) {
        what
    } else if start.starts_with(b"PK\x03\x04") {
        "a ZIP archive, which has to be unpacked"
    } else if start.starts_with(b"\x89HDF") {
        "HDF5"
    } else if start.starts_with(b"\x93NUMPY") {
        "a NumPy array"
    } else if start.starts_with(&[0x1f, 0x8b]) {
        "compressed twice"
    } else if start
        .iter()
        .all(|byte| matches!(byte, b' '..=b'~' | b'\t' | b'\n' | b'\r'))
    {
        "text"
    } else {
        return None;
    })
}

/// Lower-case hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("writing to a string cannot fail");
        text
    })
}
