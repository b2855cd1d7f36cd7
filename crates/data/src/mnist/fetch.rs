//! Fetches files from mirrors: resumable, cancellable, checked before they count.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use hourglass_experiment::dataset::{DataSetSpec, FileSpec};

use super::content::{Source, check_content};
use super::locate::present;
use super::mirror::{Failure, MirrorFault, Query};
use super::part::{Part, Verdict};
use super::verify_error::VerifyError;

/// A round that brings fewer new bytes of a file counts as failed. Without a limit, a server that
/// sends one byte per connection would be asked ten million times.
const PROGRESS_BYTES: u64 = 64 * 1024;
/// Marks a folder as being written by one process.
const LOCK_NAME: &str = "fetch.lock";

#[derive(Clone, Debug)]
pub struct FetchOptions {
    /// Addresses of folders with the files, best first.
    pub mirrors: Vec<String>,
    /// How long a mirror may send nothing, connecting included, before the next one is asked.
    pub stall_timeout: Duration,
    /// How often all mirrors are asked for a file in vain before the fetch fails.
    pub rounds: NonZeroU32,
    /// Whether files of other content are replaced, because the folder is the program's own.
    pub replaces: bool,
}

impl FetchOptions {
    /// The mirrors of a data set, 20 s, two rounds, and nothing is replaced.
    #[must_use]
    pub fn of(spec: &DataSetSpec) -> Self {
        Self {
            mirrors: spec.mirrors().iter().map(|&url| url.to_owned()).collect(),
            stall_timeout: Duration::from_secs(20),
            rounds: NonZeroU32::MIN.saturating_add(1),
            replaces: false,
        }
    }
}

/// How far a fetch has come. Falls back where a mirror's bytes had to be thrown away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FetchProgress {
    /// Bytes of the files that are here, earlier fetches included.
    pub received_bytes: u64,
    /// Bytes of all of them.
    pub total_bytes: u64,
}

/// What the last request to one mirror came to.
#[derive(Debug, thiserror::Error)]
#[error("{mirror} {fault}")]
pub struct MirrorFailure {
    /// Address of the mirror.
    pub mirror: String,
    /// What it did.
    pub fault: MirrorFault,
}

/// Why the files could not be fetched. What has arrived is kept and used next time.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The caller asked to stop.
    #[error("the download was cancelled")]
    Cancelled,
    /// Another process writes to the same folder.
    #[error("another Hourglass process is fetching into {}; wait until it is done", .folder.display())]
    Busy { folder: PathBuf },
    /// There are files of the same names and other content.
    #[error("nothing is fetched into this folder: {found}. Choose an empty folder with --into")]
    Occupied { found: VerifyError },
    /// The folder cannot be made, read or written, or the disk is full.
    #[error("the download cannot be stored ({reason}): {}; make room, or choose a folder that can be written", .folder.display())]
    Storage {
        /// What the system said.
        reason: io::Error,
        folder: PathBuf,
    },
    /// No mirror served a file.
    #[error("{file} could not be fetched ({}): {}; check the connection and try again, or download the files by hand into this folder", list(.failures), .folder.display())]
    NoMirror {
        /// Name of the file.
        file: String,
        /// What each mirror did.
        failures: Vec<MirrorFailure>,
        /// The folder where the files should be.
        folder: PathBuf,
    },
}

fn list(failures: &[MirrorFailure]) -> String {
    let failures: Vec<String> = failures.iter().map(ToString::to_string).collect();
    if failures.is_empty() {
        return "no mirror is known".to_owned();
    }
    failures.join("; ")
}

/// Fetches those of the files into `into` that are not already there, whole and checked. A file has a name that ends in
/// `.part` until it, or its uncompressed content, has the right checksum.
///
/// Returns within 0.5 s after `cancel` is set; a later call continues where this one stopped.
///
/// # Errors
/// [`FetchError`]; partial files stay, except those whose bytes are wrong.
pub fn fetch(
    files: &[FileSpec],
    options: &FetchOptions,
    into: &Path,
    progress: &mut dyn FnMut(FetchProgress),
    cancel: &AtomicBool,
) -> Result<(), FetchError> {
    let mut fetcher = Fetcher {
        options,
        mirrors: options.mirrors.clone(),
        into,
        progress,
        cancel,
        total_bytes: files.iter().map(|spec| spec.gzip_bytes).sum(),
        done_bytes: 0,
    };
    fs::create_dir_all(into).map_err(|reason| fetcher.storage(reason))?;
    let _lock = fetcher.lock()?; // Until return.
    for spec in files {
        if !fetcher.is_here(spec)? {
            fetcher.fetch_file(spec)?;
        }
        fetcher.done_bytes += spec.gzip_bytes;
        fetcher.report(0);
    }
    Ok(())
}

struct Fetcher<'a> {
    options: &'a FetchOptions,
    /// In the order in which they are asked: the one that served the last file first.
    mirrors: Vec<String>,
    into: &'a Path,
    progress: &'a mut dyn FnMut(FetchProgress),
    cancel: &'a AtomicBool,
    total_bytes: u64,
    /// Usual sizes of the files that are done.
    done_bytes: u64,
}

impl Fetcher<'_> {
    fn lock(&self) -> Result<File, FetchError> {
        let path = self.into.join(LOCK_NAME);
        let mut options = OpenOptions::new();
        options.create(true).write(true).truncate(false);
        let file = options.open(path);
        let file = file.map_err(|reason| self.storage(reason))?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(TryLockError::WouldBlock) => Err(FetchError::Busy {
                folder: self.into.to_owned(),
            }),
            Err(TryLockError::Error(reason)) => Err(self.storage(reason)),
        }
    }

    /// Whether the file is there, whole, plain or compressed.
    fn is_here(&self, spec: &FileSpec) -> Result<bool, FetchError> {
        let mut other = None;
        for path in present(self.into, spec) {
            let is_in_the_way = path.parent() == Some(self.into); // and not in a folder below
            match check_content(&Source::of(path), spec, self.cancel, |_| ()) {
                Ok(()) => return Ok(true),
                Err(VerifyError::Cancelled) => return Err(FetchError::Cancelled),
                Err(error) if is_in_the_way => other = other.or(Some(error)),
                Err(_) => {}
            }
        }
        match other {
            Some(found) if !self.options.replaces => Err(FetchError::Occupied { found }),
            Some(found) => {
                log::warn!("fetching again: {found}");
                Ok(false)
            }
            None => Ok(false),
        }
    }

    fn fetch_file(&mut self, spec: &FileSpec) -> Result<(), FetchError> {
        let part = Part::open(self.into, spec);
        let mut part = part.map_err(|reason| self.storage(reason))?;
        // A crash may have left a whole file without its name, or anything else.
        if part.n_bytes() > 0 {
            match self.verdict(&part, spec)? {
                Verdict::Whole => return self.finish(part, spec),
                Verdict::Unfinished => self.report(part.n_bytes().min(spec.gzip_bytes)),
                Verdict::Wrong(_) => part.clear().map_err(|reason| self.storage(reason))?,
            }
        }
        let mut failures = Vec::new();
        let mut rounds_left = self.options.rounds.get();
        while rounds_left > 0 {
            let before_bytes = part.n_bytes();
            if self.ask_all(spec, &mut part, &mut failures)? {
                return self.finish(part, spec);
            }
            if part.n_bytes() < before_bytes + PROGRESS_BYTES {
                rounds_left -= 1;
            }
        }
        if part.n_bytes() == 0 {
            // Nothing worth resuming; where even that fails, an empty file does no harm.
            part.delete().ok();
        }
        Err(FetchError::NoMirror {
            file: spec.gzip_name(),
            failures,
            folder: self.into.to_owned(),
        })
    }

    /// Asks one mirror after the other until `part` is whole; returns whether it is. `failures`
    /// holds the latest of each mirror.
    fn ask_all(
        &mut self,
        spec: &FileSpec,
        part: &mut Part,
        failures: &mut Vec<MirrorFailure>,
    ) -> Result<bool, FetchError> {
        for mirror_idx in 0..self.mirrors.len() {
            let mirror = self.mirrors[mirror_idx].clone();
            let known = failures.iter().position(|known| known.mirror == mirror);
            if known.is_some_and(|known_idx| failures[known_idx].fault.is_lasting()) {
                continue;
            }
            let fault = match self.ask(&mirror, spec, part) {
                Ok(()) => {
                    self.mirrors.rotate_left(mirror_idx);
                    return Ok(true);
                }
                Err(Failure::Mirror(fault)) => fault,
                Err(Failure::Storage(reason)) => return Err(self.storage(reason)),
                Err(Failure::Cancelled) => return Err(FetchError::Cancelled),
            };
            log::info!("{mirror} {fault}: {}", spec.gzip_name());
            let failure = MirrorFailure { mirror, fault };
            match known {
                Some(known_idx) => failures[known_idx] = failure,
                None => failures.push(failure),
            }
        }
        Ok(false)
    }

    fn ask(&mut self, mirror: &str, spec: &FileSpec, part: &mut Part) -> Result<(), Failure> {
        let Self {
            options, cancel, ..
        } = *self;
        let mut query = Query {
            mirror,
            spec,
            stall_timeout: options.stall_timeout,
            cancel,
            progress: &mut |file_bytes| self.report(file_bytes.min(spec.gzip_bytes)),
        };
        query.run(part)
    }

    fn verdict(&self, part: &Part, spec: &FileSpec) -> Result<Verdict, FetchError> {
        let verdict = part.verdict(spec, self.cancel);
        verdict.map_err(|error| match error {
            VerifyError::Unreadable { reason, .. } => self.storage(reason),
            _ => FetchError::Cancelled,
        })
    }

    fn finish(&self, part: Part, spec: &FileSpec) -> Result<(), FetchError> {
        let finished = part.finish(self.into, spec);
        finished.map_err(|reason| self.storage(reason))
    }

    fn storage(&self, reason: io::Error) -> FetchError {
        FetchError::Storage {
            reason,
            folder: self.into.to_owned(),
        }
    }

    fn report(&mut self, file_bytes: u64) {
        (self.progress)(FetchProgress {
            received_bytes: self.done_bytes + file_bytes,
            total_bytes: self.total_bytes,
        });
    }
}
