//! One process for a task: it holds a lock from before it looks at the folder until everything is written.
//!
//! The run's own lock comes with its first save, which is too late: two processes would both have begun. Where a file
//! system knows no locks, a scheduler that never gives out a number twice is enough.

use std::path::Path;

use hourglass_run_folder::{FolderLock, LockError};

use crate::folder::LOGS_FOLDER;
use crate::task::Task;

impl Task {
    /// Takes it for this process, until the lock is dropped or the process ends in whatever way.
    ///
    /// # Errors
    /// When another process has it, or the sweep's folder cannot be written into.
    pub fn claim(&self, sweep: &Path) -> Result<FolderLock, LockError> {
        FolderLock::take_named(&sweep.join(LOGS_FOLDER), &lock_name(self))
    }
}

/// The process that has a task, if one has.
pub(crate) fn holder(task: &Task, sweep: &Path) -> Option<String> {
    FolderLock::holder_of(&sweep.join(LOGS_FOLDER), &lock_name(task))
}

fn lock_name(task: &Task) -> String {
    format!("{}.lock", task.name())
}
