//! The run kept aside once a minute, so that a crash loses at most that.
//!
//! Each window has a folder of its own in the user's data folder, and holds a lock in it. Whoever finds a folder
//! whose lock nobody holds knows that its window crashed. A window that closes removes its own.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::protocol::RunId;
use crate::run_folder::{RESUME_FILE, is_run_folder};
use crate::whole_file;

/// Seconds between two backups.
pub(super) const INTERVAL_SECS: f64 = 60.0;

/// Name of the file that is locked as long as the window lives.
const LOCK_FILE: &str = "in-use";

/// Where windows keep their runs aside; none where the system has no place for a user's data.
#[must_use]
pub fn unsaved_runs_folder() -> Option<PathBuf> {
    let dirs = directories::ProjectDirs::from("", "", "hourglass")?;
    Some(dirs.data_local_dir().join("unsaved"))
}

/// This window's runs kept aside.
#[derive(Debug)]
pub(super) struct Backup {
    /// Where all windows keep theirs; none where nothing is kept.
    place: Option<PathBuf>,
    own: Option<Own>,
    /// A run that was left behind and opened again, until it is written elsewhere.
    adopted: Option<PathBuf>,
    /// What was asked to be written last.
    asked: Option<(RunId, u64)>,
    /// When, by the window's clock, in seconds.
    asked_secs: f64,
}

/// This window's folder.
#[derive(Debug)]
struct Own {
    folder: PathBuf,
    /// Locked until it is closed.
    _lock: File,
}

impl Backup {
    /// Nothing is kept yet.
    pub(super) fn new(place: Option<PathBuf>) -> Self {
        Self {
            place,
            own: None,
            adopted: None,
            asked: None,
            asked_secs: 0.0,
        }
    }

    /// The newest run that a crashed window left behind; older ones are removed, so that they do not add up.
    pub(super) fn left_behind(&self) -> Option<PathBuf> {
        let mut found: Vec<(SystemTime, PathBuf)> = Vec::new();
        for entry in fs::read_dir(self.place.as_ref()?).ok()?.flatten() {
            let folder = entry.path();
            let lock = File::open(folder.join(LOCK_FILE));
            if lock.is_ok_and(|lock| lock.try_lock().is_err()) {
                continue; // its window lives
            }
            let resume = fs::metadata(folder.join(RESUME_FILE));
            match resume.and_then(|resume| resume.modified()) {
                Ok(written) if is_run_folder(&folder) => found.push((written, folder)),
                _ => remove(&folder),
            }
        }
        found.sort();
        let (_, newest) = found.pop()?;
        for (_, older) in found {
            remove(&older);
        }
        Some(newest)
    }

    /// The folder to write a run into that has taken these steps, if it is time to; asking counts as writing.
    pub(super) fn due(&mut self, run: RunId, step: u64, now_secs: f64) -> Option<PathBuf> {
        if self.asked == Some((run, step)) || now_secs - self.asked_secs < INTERVAL_SECS {
            return None;
        }
        self.asked = Some((run, step));
        self.asked_secs = now_secs;
        self.own_folder()
    }

    /// Seconds until the next backup may be due.
    pub(super) fn secs_left(&self, now_secs: f64) -> f64 {
        (self.asked_secs + INTERVAL_SECS - now_secs).max(0.0)
    }

    /// Whether a folder is one of those kept aside.
    pub(super) fn is_kept_aside(&self, folder: &Path) -> bool {
        self.place
            .as_ref()
            .is_some_and(|place| folder.starts_with(place))
    }

    /// What this window has kept aside, where there is something.
    pub(super) fn own_run(&self) -> Option<PathBuf> {
        let folder = &self.own.as_ref()?.folder;
        is_run_folder(folder).then(|| folder.clone())
    }

    /// Removes a run that was left behind.
    pub(super) fn forget(&mut self, folder: &Path) {
        if self.own.as_ref().is_some_and(|own| own.folder == folder) {
            self.discard();
        } else if self.is_kept_aside(folder) {
            remove(folder);
        }
    }

    /// A run that was left behind goes on in this window; it is removed once it is written elsewhere.
    pub(super) fn adopt(&mut self, folder: PathBuf) {
        if self.own.as_ref().is_none_or(|own| own.folder != folder) {
            self.adopted = Some(folder);
        }
    }

    /// The run is in this window's own folder now.
    pub(super) fn note_written(&mut self) {
        if let Some(adopted) = self.adopted.take() {
            remove(&adopted);
        }
    }

    /// Removes what this window has kept aside.
    pub(super) fn discard(&mut self) {
        self.note_written();
        if let Some(own) = self.own.take() {
            remove(&own.folder);
        }
    }

    fn own_folder(&mut self) -> Option<PathBuf> {
        if self.own.is_none() {
            let place = self.place.as_ref()?;
            match Own::make(place) {
                Ok(own) => self.own = Some(own),
                Err(error) => {
                    log::warn!("runs are not kept aside in {}: {error}", place.display());
                    self.place = None; // said once
                }
            }
        }
        self.own.as_ref().map(|own| own.folder.clone())
    }
}

impl Drop for Backup {
    /// A window that is closed leaves nothing behind; one that panics does.
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.discard();
        }
    }
}

impl Own {
    fn make(place: &Path) -> io::Result<Self> {
        fs::create_dir_all(place)?;
        let folder = tempfile::Builder::new().prefix("run-").tempdir_in(place)?;
        let path = folder.path().join(LOCK_FILE);
        whole_file::write(&path, b"a window of Hourglass keeps its run here\n")
            .map_err(io::Error::other)?;
        let lock = File::open(&path)?;
        lock.try_lock()?;
        Ok(Self {
            folder: folder.keep(),
            _lock: lock,
        })
    }
}

fn remove(folder: &Path) {
    if let Err(error) = fs::remove_dir_all(folder) {
        log::info!("{} is not removed: {error}", folder.display());
    }
}
