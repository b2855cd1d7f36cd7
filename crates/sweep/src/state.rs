//! How far a task is, by what lies in its folder.

use std::path::Path;

use hourglass_experiment::{differences, in_words};
use hourglass_run_folder::{
    self as run_folder, EXPERIMENT_FILE, SUMMARY_FILE, SUMMARY_FORMAT, SavedFiles, Summary,
    names_in,
};

use crate::claim::holder;
use crate::failed::failure;
use crate::task::Task;

/// How far a task is.
#[derive(Clone, Debug, PartialEq)]
pub enum State {
    /// Nothing is there.
    Missing,
    /// A process trains it now.
    Running {
        /// Epochs that were done at the newest save.
        epochs: usize,
        /// Which process.
        holder: String,
    },
    /// It was begun, and can be continued.
    Unfinished {
        /// Epochs that were done at the newest save.
        epochs: usize,
    },
    /// The newest attempt failed.
    Failed {
        /// Why.
        reason: String,
    },
    /// Its folder holds something else, which is left alone.
    Foreign {
        /// What.
        reason: String,
    },
    /// It is trained and judged.
    Done(Box<Summary>),
}

impl State {
    /// The words of all states, of those that are done first.
    pub(crate) const WORDS: [&str; 6] = [
        "done",
        "running",
        "unfinished",
        "failed",
        "other",
        "missing",
    ];

    /// How far a task of the sweep in a folder is.
    #[must_use]
    pub fn of(task: &Task, sweep: &Path) -> Self {
        Self::with_holder(task, sweep, holder(task, sweep))
    }

    /// The same of a task that this process holds itself.
    #[must_use]
    pub fn of_claimed(task: &Task, sweep: &Path) -> Self {
        Self::with_holder(task, sweep, None)
    }

    fn with_holder(task: &Task, sweep: &Path, holder: Option<String>) -> Self {
        let folder = task.folder(sweep);
        let epochs = match read(task, &folder) {
            Ok(Some(summary)) if is_done(task, &summary) => return Self::Done(Box::new(summary)),
            Ok(Some(summary)) => summary.epochs,
            Err(reason) if holder.is_none() => return Self::Foreign { reason },
            Ok(None) | Err(_) => 0, // while it is written it may be read in between
        };
        match (holder, failure(task, sweep)) {
            (Some(holder), _) => Self::Running { epochs, holder },
            (None, Some(reason)) => Self::Failed { reason },
            (None, None) if names_in(&folder).is_empty() => Self::Missing,
            (None, None) => Self::Unfinished { epochs },
        }
    }

    /// Whether it is part of what is left to do: where it failed, only if that is to be tried again.
    #[must_use]
    pub fn is_left(&self, retries: bool) -> bool {
        match self {
            Self::Done(_) | Self::Running { .. } => false,
            Self::Failed { .. } => retries,
            Self::Missing | Self::Unfinished { .. } | Self::Foreign { .. } => true,
        }
    }

    /// In a word, for tables.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Running { .. } => "running",
            Self::Unfinished { .. } => "unfinished",
            Self::Failed { .. } => "failed",
            Self::Foreign { .. } => "other",
            Self::Done(_) => "done",
        }
    }

    /// What is in the way of its being done; `None` of one that is.
    #[must_use]
    pub fn explanation(&self, task: &Task) -> Option<String> {
        let total = task.experiment.total_epochs();
        match self {
            Self::Done(_) => None,
            Self::Missing => Some("not begun".to_owned()),
            Self::Running { epochs, holder } => {
                Some(format!("{epochs} of {total} epochs, {holder}"))
            }
            Self::Unfinished { epochs } => Some(format!("{epochs} of {total} epochs")),
            Self::Failed { reason } | Self::Foreign { reason } => Some(reason.clone()),
        }
    }
}

/// The figures of a run that is this task's; none before it was measured.
fn read(task: &Task, folder: &Path) -> Result<Option<Summary>, String> {
    if folder.exists() && !folder.is_dir() {
        return Err("a file is at the place of its folder: move it away".to_owned());
    }
    if names_in(folder).is_empty() {
        return Ok(None);
    }
    let saved = SavedFiles::read(folder, &[EXPERIMENT_FILE, SUMMARY_FILE]);
    let saved = saved.map_err(|error| error.to_string())?;
    let text = |name| saved.text(name).map_err(|error| error.to_string());
    let experiment = text(EXPERIMENT_FILE)?.ok_or_else(|| {
        let names = names_in(folder).join(", ");
        format!("its folder has files of a run ({names}) without {EXPERIMENT_FILE}")
    })?;
    let experiment = run_folder::read_experiment(experiment)
        .map_err(|error| format!("{EXPERIMENT_FILE} of its folder: {error}"))?;
    if experiment != task.experiment {
        let words = in_words(&differences(&task.experiment, &experiment));
        return Err(format!(
            "its folder has another experiment ({words}): move it away, or change sweep.toml back"
        ));
    }
    let Some(summary) = text(SUMMARY_FILE)? else {
        return Ok(None);
    };
    let wrong = |error: serde_json::Error| format!("{SUMMARY_FILE} of its folder: {error}");
    let value: serde_json::Value = serde_json::from_str(summary).map_err(wrong)?;
    let format = value.get("format").and_then(serde_json::Value::as_u64);
    if let Some(found) = format.filter(|found| *found > u64::from(SUMMARY_FORMAT)) {
        return Err(format!(
            "{SUMMARY_FILE} of its folder has format {found}, but this version reads format {SUMMARY_FORMAT}: use a newer \
             version of Hourglass"
        ));
    }
    serde_json::from_value(value).map(Some).map_err(wrong)
}

/// Whether a run reached its end and its code was judged. One that stops when it no longer learns ends before its plan.
fn is_done(task: &Task, summary: &Summary) -> bool {
    let may_end_before = task.experiment.training.patience > 0;
    summary.compression.is_some()
        && (may_end_before || summary.epochs >= task.experiment.total_epochs())
}

#[cfg(test)]
mod tests {
    use super::*;
    use hourglass_experiment::Experiment;
    use hourglass_files::whole_file;

    #[test]
    fn a_task_is_what_lies_in_its_folder() {
        let home = tempfile::tempdir().expect("a folder");
        let sweep = home.path();
        let task = Task {
            number: 1,
            settings: Vec::new(),
            experiment: Experiment::default(),
        };
        let state = || State::of(&task, sweep);
        assert_eq!(state(), State::Missing);
        let claim = task.claim(sweep).expect("nobody has it");
        assert_eq!(state().word(), "running");
        assert_eq!(State::of_claimed(&task, sweep), State::Missing, "held here");
        assert!(task.claim(sweep).is_err());
        drop(claim);
        crate::keep_failure(&task, sweep, "no space").expect("writable");
        let reason = "no space".to_owned();
        assert_eq!(state(), State::Failed { reason });
        crate::clear_failure(&task, sweep).expect("removable");
        crate::clear_failure(&task, sweep).expect("nothing to remove");

        let folder = task.folder(sweep);
        whole_file::write(&folder, b"no folder").expect("writable");
        let explanation = state().explanation(&task).expect("not done");
        assert!(
            explanation.contains("a file is at the place"),
            "{explanation}"
        );
        std::fs::remove_file(&folder).expect("removable");
        let put = |name: &str, text: &str| whole_file::write(&folder.join(name), text.as_bytes());
        let mut other = task.experiment.clone();
        other.training.epochs += 1;
        put(EXPERIMENT_FILE, &run_folder::to_toml(&other)).expect("writable");
        let explanation = state().explanation(&task).expect("not done");
        assert!(
            explanation.contains("another experiment (epochs"),
            "{explanation}"
        );
        put(EXPERIMENT_FILE, &run_folder::to_toml(&task.experiment)).expect("writable");
        assert_eq!(state(), State::Unfinished { epochs: 0 });
        put(SUMMARY_FILE, r#"{"format": 9}"#).expect("writable");
        let explanation = state().explanation(&task).expect("not done");
        assert!(explanation.contains("newer version"), "{explanation}");
    }
}
