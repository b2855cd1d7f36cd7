//! Runs that have not been saved yet, in folders that each belong to one run of one window.
//!
//! A window holds a lock in the folder of each of its runs. A folder whose lock is free was left behind: by a
//! window that crashed, was closed, or moved on to other runs. It is offered until a person opens or forgets it. Nothing
//! is removed here that this program did not provably make.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::files::{RESUME_FILE, read_text};
use super::save::{self, is_run_folder};
use hourglass_files::plain_file;
use hourglass_files::whole_file;
use hourglass_protocol::{AboutRun, KeptRun};

/// Name of the file that is locked as long as a window has the run, and what it begins with in every version.
const LOCK_FILE: &str = "in-use";
const MARK: &str = "a window of Hourglass keeps its run here\n";

/// How the name of a folder begins.
const PREFIX: &str = "run-";

/// The run itself. Earlier versions had its files beside the lock.
const RUN: &str = "run";

/// What the run is, for a list.
const ABOUT_FILE: &str = "about.json";

/// When it was first offered, in seconds since 1970.
const OFFERED_FILE: &str = "offered";

/// A folder without a run in it is one that a window is about to write, or one that was killed before it did.
const EMPTY_FOR: Duration = Duration::from_hours(1);

/// Others hold a lock for a moment when they look who has it.
const LOCK_TRIES: u32 = 40;
const LOCK_WAIT: Duration = Duration::from_millis(25);

/// Why the backup of a run cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum ClaimError {
    /// Another window holds its lock.
    #[error("{} is open in another Hourglass window: continue there", .0.display())]
    InUse(PathBuf),
    /// Its lock cannot be opened.
    #[error("{} cannot be locked: {source}. Copy the folder elsewhere and open the copy", path.display())]
    NoLock {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// A run that could not be backed up.
#[derive(Debug, thiserror::Error)]
#[error("{reason}")]
pub struct KeepError {
    reason: String,
}

impl KeepError {
    fn of(error: &dyn std::fmt::Display) -> Self {
        let reason = error.to_string();
        Self { reason }
    }
}

/// A folder for one run, locked until this is dropped. What is in it stays then, and can be found by others.
#[derive(Debug)]
pub struct Slot {
    folder: PathBuf,
    _lock: File,
}

impl Slot {
    /// Makes a folder in the place where all windows keep theirs.
    ///
    /// # Errors
    /// When it cannot be made or locked.
    pub fn make(place: &Path) -> Result<Self, KeepError> {
        fs::create_dir_all(place).map_err(|error| KeepError::of(&error))?;
        let made = tempfile::Builder::new().prefix(PREFIX).tempdir_in(place);
        let made = made.map_err(|error| KeepError::of(&error))?; // removed again where what follows fails
        let path = made.path().join(LOCK_FILE);
        whole_file::write(&path, MARK.as_bytes()).map_err(|error| KeepError::of(&error))?;
        let lock =
            plain_file::open(&path).map_err(|error| KeepError::of(&io::Error::from(error)))?;
        lock_alone(&lock).map_err(|error| KeepError::of(&error))?;
        Ok(Self {
            folder: made.keep(),
            _lock: lock,
        })
    }

    /// Takes over the run in a folder, if that is a backup; `None` if it is an ordinary folder.
    ///
    /// # Errors
    /// When another window has it.
    pub fn claim(run_folder: &Path) -> Result<Option<Self>, ClaimError> {
        let folder = match run_folder.parent() {
            Some(parent) if run_folder.ends_with(RUN) && is_slot(parent) => parent,
            _ if is_slot(run_folder) => run_folder,
            _ => return Ok(None),
        };
        let path = folder.join(LOCK_FILE);
        let no_lock = |source| ClaimError::NoLock {
            path: path.clone(),
            source,
        };
        let lock = plain_file::open(&path).map_err(|error| no_lock(error.into()))?;
        match lock_alone(&lock) {
            Ok(()) => Ok(Some(Self {
                folder: folder.to_owned(),
                _lock: lock,
            })),
            Err(TryLockError::WouldBlock) => Err(ClaimError::InUse(run_folder.to_owned())),
            Err(TryLockError::Error(source)) => Err(no_lock(source)),
        }
    }

    /// The folder of the run itself.
    #[must_use]
    pub fn run_folder(&self) -> PathBuf {
        if is_run_folder(&self.folder) {
            self.folder.clone() // of an earlier version
        } else {
            self.folder.join(RUN)
        }
    }

    /// Writes down what the run is; its number is chosen here.
    ///
    /// # Errors
    /// When it cannot be written.
    ///
    /// # Panics
    /// Never: it is made of numbers and names.
    pub fn describe(&self, about: AboutRun) -> Result<(), KeepError> {
        let about = AboutRun {
            number: self.folder.parent().map_or(1, next_number),
            written_secs: now_secs(),
            ..about
        };
        let text = serde_json::to_string(&about).expect("it is made of numbers and names");
        fs::remove_file(self.folder.join(OFFERED_FILE)).ok(); // most often there is none
        whole_file::write(&self.folder.join(ABOUT_FILE), text.as_bytes())
            .map_err(|error| KeepError::of(&error))
    }

    /// Removes the run: it is saved elsewhere, or not wanted any more.
    pub fn discard(self) {
        remove(&self.folder);
    }
}

/// Whether runs can be backed up here.
///
/// # Errors
/// Why not.
pub fn check_place(place: &Path) -> Result<(), KeepError> {
    let made = fs::create_dir_all(place).and_then(|()| tempfile::tempfile_in(place));
    made.map(drop).map_err(|error| KeepError::of(&error))
}

/// The runs that no window has, the newest first. Those beyond the limits of number and age are removed.
#[must_use]
pub fn left_behind(place: &Path) -> Vec<KeptRun> {
    let mut found: Vec<(u64, SystemTime, KeptRun)> = Vec::new();
    for folder in slots(place).filter(|folder| is_free(folder)) {
        let inner = folder.join(RUN);
        let run = [inner, folder.clone()]
            .into_iter()
            .find(|run| is_run_folder(run));
        let Some(run) = run else {
            forget_empty(&folder);
            continue;
        };
        let written = modified(&run.join(RESUME_FILE)).unwrap_or(UNIX_EPOCH);
        let about = read_about(&folder);
        let number = about.as_ref().map_or(0, |about| about.number);
        let written = match &about {
            Some(about) => UNIX_EPOCH + Duration::from_secs(about.written_secs.min(1 << 40)),
            None => written,
        };
        let age = SystemTime::now().duration_since(written).ok();
        if age.is_some_and(is_too_old) && first_offered(&folder).is_some_and(is_too_old) {
            forget(&run);
            continue;
        }
        let kept = KeptRun {
            folder: run,
            about,
            age,
        };
        found.push((number, written, kept));
    }
    found.sort_by(|a, b| (b.0, b.1, &b.2.folder).cmp(&(a.0, a.1, &a.2.folder)));
    let mut found: Vec<KeptRun> = found.into_iter().map(|(_, _, kept)| kept).collect();
    for beyond in found.drain(KeptRun::MAX.min(found.len())..) {
        forget(&beyond.folder);
    }
    found
}

/// Removes the backup of a run, unless a window has it.
pub fn forget(run_folder: &Path) {
    match Slot::claim(run_folder) {
        Ok(Some(slot)) => slot.discard(),
        Ok(None) => {}
        Err(error) => log::info!("not removed: {error}"),
    }
}

/// Folders that this program made for runs.
fn slots(place: &Path) -> impl Iterator<Item = PathBuf> {
    let entries = fs::read_dir(place).into_iter().flatten().flatten();
    entries
        .map(|entry| entry.path())
        .filter(|folder| is_slot(folder))
}

fn is_slot(folder: &Path) -> bool {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    let is_folder = fs::symlink_metadata(folder).is_ok_and(|metadata| metadata.is_dir());
    name.starts_with(PREFIX) && is_folder && is_marked(&folder.join(LOCK_FILE))
}

fn is_marked(path: &Path) -> bool {
    if !fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_file()) {
        return false;
    }
    let start = plain_file::read_start(path, MARK.len() as u64);
    start.is_ok_and(|start| start == MARK.as_bytes())
}

/// Whether the lock is free. A lock that cannot be looked at may be held.
fn is_free(folder: &Path) -> bool {
    plain_file::open(&folder.join(LOCK_FILE)).is_ok_and(|lock| lock.try_lock_shared().is_ok())
}

fn lock_alone(lock: &File) -> Result<(), TryLockError> {
    let mut tries = 1;
    loop {
        match lock.try_lock() {
            Err(TryLockError::WouldBlock) if tries < LOCK_TRIES => tries += 1,
            done => return done,
        }
        std::thread::sleep(LOCK_WAIT);
    }
}

fn read_about(folder: &Path) -> Option<AboutRun> {
    let text = read_text(&folder.join(ABOUT_FILE)).ok().flatten()?;
    serde_json::from_str(&text).ok() // without it, the run is offered all the same
}

fn next_number(place: &Path) -> u64 {
    let numbers = slots(place).filter_map(|folder| read_about(&folder).map(|about| about.number));
    numbers.max().unwrap_or(0).saturating_add(1)
}

/// Time since the run was first offered; it counts from here on where it was not. A clock that jumps ahead makes runs
/// look old that have not been offered yet.
fn first_offered(folder: &Path) -> Option<Duration> {
    let path = folder.join(OFFERED_FILE);
    let offered = read_text(&path).ok().flatten();
    if let Some(secs) = offered.and_then(|text| text.trim().parse().ok()) {
        return Some(Duration::from_secs(now_secs().saturating_sub(secs)));
    }
    if let Err(error) = whole_file::write(&path, now_secs().to_string().as_bytes()) {
        log::info!("{error}");
    }
    None
}

fn is_too_old(age: Duration) -> bool {
    age > Duration::from_hours(24 * KeptRun::MAX_DAYS)
}

fn now_secs() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}

fn modified(path: &Path) -> io::Result<SystemTime> {
    fs::metadata(path)?.modified()
}

fn forget_empty(folder: &Path) {
    let is_old = modified(&folder.join(LOCK_FILE))
        .is_ok_and(|made| made.elapsed().is_ok_and(|age| age > EMPTY_FOR));
    if is_old {
        forget(folder);
    }
}

/// Removes what this program writes into such a folder, and the folder where nothing else is in it. The mark goes
/// last: what is cut short can be gone on with.
fn remove(folder: &Path) {
    let run = folder.join(RUN);
    let removed = save::remove_files(&run).and(save::remove_files(folder)); // here, of an earlier version
    fs::remove_dir(&run).ok();
    for name in [ABOUT_FILE, OFFERED_FILE, LOCK_FILE] {
        fs::remove_file(folder.join(name)).ok(); // most of them are not there
    }
    if let Err(error) = removed.and_then(|()| fs::remove_dir(folder)) {
        log::info!("{} is not removed: {error}", folder.display());
    }
}

#[cfg(test)]
mod tests {
    use hourglass_protocol::one_file::FILES_OF_IMAGES;

    use super::*;

    /// A run as a window leaves it that was killed.
    fn leave(place: &Path, step: u64) -> PathBuf {
        let slot = Slot::make(place).expect("made");
        let about = AboutRun {
            step,
            ..AboutRun::default()
        };
        slot.describe(about).expect("described");
        let resume = slot.run_folder().join(RESUME_FILE);
        whole_file::write(&resume, b"of a run").expect("written");
        for name in FILES_OF_IMAGES {
            let place = slot.run_folder().join(name); // it was opened from a file with its images
            whole_file::write(&place, b"images").expect("written");
        }
        slot.folder.clone()
    }

    fn steps(place: &Path) -> Vec<u64> {
        let found = left_behind(place).into_iter();
        let about = found.map(|kept| kept.about.expect("described"));
        about.map(|about| about.step).collect()
    }

    /// Says of a run that it was written at another time.
    fn date(folder: &Path, written_secs: u64) {
        let about = AboutRun {
            written_secs,
            ..read_about(folder).expect("described")
        };
        let text = serde_json::to_string(&about).expect("text");
        whole_file::write(&folder.join(ABOUT_FILE), text.as_bytes()).expect("written");
    }

    #[test]
    fn the_run_kept_last_comes_first_whatever_the_clock_says() {
        let home = tempfile::tempdir().expect("a temporary folder");
        let old = leave(home.path(), 1);
        leave(home.path(), 2);
        let new = leave(home.path(), 3);
        date(&old, now_secs() + 1_000_000);
        date(&new, 1_000);
        assert_eq!(steps(home.path()), [3, 2, 1]);
        assert_eq!(steps(home.path()), [3, 2, 1], "looking changes nothing");
        assert_eq!(left_behind(home.path())[2].age, None, "it is yet to come");
    }

    #[test]
    fn only_what_this_program_made_is_removed() {
        let home = tempfile::tempdir().expect("a temporary folder");
        let write = |name: &str| {
            let path = home.path().join(name);
            whole_file::write(&path, b"of somebody").expect("written");
            path
        };
        let foreign = [
            write("thesis.txt"),
            write("run-of-somebody/resume.bpk"),
            write("run-2/in-use"), // without the mark
            write("run-2/resume.bpk"),
        ];
        let slot = leave(home.path(), 1);
        let slot = slot.file_name().expect("named").display().to_string();
        let beside = write(&format!("{slot}/notes.txt"));
        let within = write(&format!("{slot}/run/notes.txt"));
        assert_eq!(steps(home.path()), [1]);
        forget(&left_behind(home.path())[0].folder);
        assert_eq!(steps(home.path()), [0; 0]);
        assert!(
            foreign
                .iter()
                .chain([&beside, &within])
                .all(|path| path.exists())
        );
        let other = leave(home.path(), 2);
        forget(&left_behind(home.path())[0].folder);
        assert!(!other.exists(), "nothing of its own keeps it");
        forget(&home.path().join("run-of-somebody"));
        assert!(foreign.iter().all(|path| path.exists()));
    }

    #[test]
    fn the_newest_stay_up_to_the_limit_and_old_ones_only_once_they_were_offered() {
        let home = tempfile::tempdir().expect("a temporary folder");
        let n_runs = KeptRun::MAX as u64 + 2;
        let folders: Vec<PathBuf> = (1..=n_runs).map(|step| leave(home.path(), step)).collect();
        assert_eq!(steps(home.path()), (3..=n_runs).rev().collect::<Vec<_>>());

        let days = |n: u64| now_secs() - 86_400 * n;
        let [never_offered, offered] = [&folders[5], &folders[6]];
        for folder in [never_offered, offered] {
            date(folder, days(KeptRun::MAX_DAYS + 1));
            fs::remove_file(folder.join(OFFERED_FILE)).ok();
        }
        let long_ago = days(KeptRun::MAX_DAYS + 1).to_string();
        whole_file::write(&offered.join(OFFERED_FILE), long_ago.as_bytes()).expect("written");
        steps(home.path());
        assert!(never_offered.exists() && !offered.exists());
    }

    #[test]
    fn a_window_that_lives_keeps_its_run_and_a_lock_that_cannot_be_opened_counts_as_held() {
        let home = tempfile::tempdir().expect("a temporary folder");
        let folder = leave(home.path(), 1);
        let run = folder.join(RUN);
        let slot = Slot::claim(&run).expect("free").expect("a slot");
        assert_eq!(steps(home.path()), [0; 0]);
        forget(&run);
        assert!(run.exists());
        assert!(matches!(Slot::claim(&run), Err(ClaimError::InUse(_))));
        drop(slot);
        assert_eq!(steps(home.path()), [1]);

        let lock = folder.join(LOCK_FILE);
        fs::remove_file(&lock).expect("removed");
        fs::create_dir(&lock).expect("made"); // no process can lock it
        assert_eq!(steps(home.path()), [0; 0]);
        assert!(run.exists());
    }

    #[test]
    fn a_run_of_an_earlier_version_is_offered_and_taken_over() {
        let home = tempfile::tempdir().expect("a temporary folder");
        let folder = home.path().join("run-old");
        for (name, content) in [(LOCK_FILE, MARK), (RESUME_FILE, "of a run")] {
            whole_file::write(&folder.join(name), content.as_bytes()).expect("written");
        }
        let found = left_behind(home.path());
        assert_eq!(
            (found.len(), &found[0].folder, &found[0].about),
            (1, &folder, &None)
        );
        let slot = Slot::claim(&folder).expect("free").expect("a slot");
        assert_eq!(slot.run_folder(), folder);
        slot.discard();
        assert!(!folder.exists());
    }
}
