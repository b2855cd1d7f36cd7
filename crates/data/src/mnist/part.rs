//! The partial file of a download: grows, is checked, and gets its name once it is complete.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use hourglass_experiment::dataset::{Content, FileSpec};

use super::content::{Source, check_content};
use super::verify_error::VerifyError;

/// What a partial file turned out to be.
pub(super) enum Verdict {
    /// Checksum and size are right.
    Whole,
    /// All right as far as it goes.
    Unfinished,
    /// No bytes added at its end can make it right.
    Wrong(VerifyError),
}

/// A file `NAME.part` that holds the beginning of `NAME`, such as `train-images-idx3-ubyte.gz`. Its owner holds the lock of the
/// folder, so that no other process writes to it.
pub(super) struct Part {
    file: File,
    path: PathBuf,
    n_bytes: u64,
}

impl Part {
    /// Opens what an earlier download left, or starts over.
    pub(super) fn open(folder: &Path, spec: &FileSpec) -> io::Result<Self> {
        let path = folder.join(format!("{}.part", spec.gzip_name()));
        // Not `append`: on Windows, such a file could not be emptied.
        let mut options = OpenOptions::new();
        options.create(true).write(true).truncate(false);
        let mut file = options.open(&path)?;
        let n_bytes = file.seek(SeekFrom::End(0))?;
        Ok(Self {
            file,
            path,
            n_bytes,
        })
    }

    /// Size in bytes.
    pub(super) fn n_bytes(&self) -> u64 {
        self.n_bytes
    }

    pub(super) fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        let written = self.file.write_all(bytes);
        if written.is_ok() {
            self.n_bytes += bytes.len() as u64;
        }
        written
    }

    /// Throws away what is there.
    pub(super) fn clear(&mut self) -> io::Result<()> {
        self.n_bytes = 0;
        self.file.set_len(0)?;
        self.file.rewind()
    }

    /// Deletes the file.
    pub(super) fn delete(self) -> io::Result<()> {
        let Self { file, path, .. } = self;
        drop(file); // Windows deletes no file that is open.
        fs::remove_file(path)
    }

    /// Unpacks and checks what is there, without keeping it: at most as much as `spec` allows. What is as it is served says
    /// nothing of where it ends: shorter than usual, it is unfinished.
    ///
    /// # Errors
    /// [`VerifyError::Unreadable`] and [`VerifyError::Cancelled`].
    pub(super) fn verdict(
        &self,
        spec: &FileSpec,
        cancel: &AtomicBool,
    ) -> Result<Verdict, VerifyError> {
        let source = Source {
            path: self.path.clone(),
            packed: spec.content != Content::AsServed,
        };
        match check_content(&source, spec, cancel, |_| ()) {
            Ok(()) => Ok(Verdict::Whole),
            Err(VerifyError::WrongChecksum { .. })
                if spec.content == Content::AsServed && self.n_bytes < spec.gzip_bytes =>
            {
                Ok(Verdict::Unfinished)
            }
            Err(VerifyError::DamagedGzip { reason, .. })
                if reason.kind() == io::ErrorKind::UnexpectedEof =>
            {
                Ok(Verdict::Unfinished)
            }
            Err(error @ (VerifyError::Unreadable { .. } | VerifyError::Cancelled)) => Err(error),
            Err(error) => Ok(Verdict::Wrong(error)),
        }
    }

    /// Gives the file its name. Its bytes reach the disk first: after a power cut there is either
    /// the partial file or the whole one.
    pub(super) fn finish(self, folder: &Path, spec: &FileSpec) -> io::Result<()> {
        let Self { file, path, .. } = self;
        file.sync_all()?;
        drop(file);
        fs::rename(path, folder.join(spec.gzip_name()))?;
        // Not every system can open a folder, and the name only decides what is fetched again.
        File::open(folder).and_then(|folder| folder.sync_all()).ok();
        Ok(())
    }
}
