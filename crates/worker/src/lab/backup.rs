//! Backing up unsaved runs: once a minute, and whenever one of them may be lost.
//!
//! The clock is the worker's own, so it does not matter whether the window is drawn or listens.

use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use hourglass_experiment::Term;
use hourglass_protocol::{AboutRun, BackupPolicy, Command, Event, Failure, Measured, RunId};
use hourglass_run_folder::backup::{self, Slot};
use hourglass_run_folder::{FolderLock, RunFiles};
use hourglass_train::{Checkpoint, TrainError, resume};

use super::devices::guarded;
use super::run::{Keeping, OnDisk, Run};
use super::{Flow, Lab};

/// Points of a loss curve that is drawn as wide as a thumb.
const N_LOSSES: usize = 64;

impl Lab {
    /// Backs up runs from here on.
    pub(super) fn start_keeping(&mut self, policy: BackupPolicy) -> Flow {
        let place = policy.place.as_deref();
        let trouble = place.and_then(|place| backup::check_place(place).err());
        self.keeping = Keeping {
            policy: Some(policy),
            trouble: trouble.map(|error| error.to_string()),
            is_told: false,
        };
        self.tell_of_trouble()
    }

    /// Backs up both runs that are due.
    pub(super) fn back_up_due(&mut self) -> Flow {
        self.write_what_is_due();
        self.tell_of_trouble()
    }

    /// The same without a message, while there is no listener.
    pub(super) fn write_what_is_due(&mut self) {
        let Some(every) = self.keeping.policy.as_ref().map(|policy| policy.every) else {
            return;
        };
        for _ in 0..2 {
            if self.time_to_write(every) == Some(Duration::ZERO) {
                self.write_backup();
            }
            self.change_sides();
        }
    }

    /// Time until a run has to be backed up; `None` while there is nothing new.
    pub(super) fn time_to_next(&self) -> Option<Duration> {
        let policy = self.keeping.policy.as_ref()?;
        policy.place.as_ref()?;
        let both = [self.run.as_ref(), self.other.run.as_ref()];
        let times = both.into_iter().flatten();
        times
            .filter_map(|run| run.time_to_write(policy.every))
            .min()
    }

    fn time_to_write(&self, every: Duration) -> Option<Duration> {
        self.run.as_ref()?.time_to_write(every)
    }

    /// Backs up the run in front as it is now, if it has anything new.
    pub(super) fn write_backup(&mut self) {
        let Some(place) = self
            .keeping
            .policy
            .as_ref()
            .and_then(|policy| policy.place.clone())
        else {
            return;
        };
        let Some(run) = self.run.as_mut().filter(|run| run.has_something_new()) else {
            return;
        };
        run.on_disk.tried = Instant::now();
        let files = match self.files() {
            Ok(Some(files)) => Ok(files),
            Ok(None) => return, // what was kept before stays
            Err(error) => Err(error.to_string()),
        };
        let written = files.and_then(|files| run_into_slot(self.run.as_mut(), &place, &files));
        let trouble = written.err();
        if self.keeping.trouble != trouble {
            if let Some(reason) = &trouble {
                log::warn!("a run could not be backed up: {reason}");
            }
            self.keeping.trouble = trouble;
            self.keeping.is_told = false;
        }
    }

    /// Puts the last good weights back where an update went wrong that no loss has told of yet.
    fn mend(&mut self) -> Result<(), TrainError> {
        let Some(run) = &mut self.run else {
            return Ok(());
        };
        guarded(&self.device, || {
            let checkpoint = run.trainer.checkpoint()?;
            if checkpoint.is_finite() || !run.last_good.is_finite() {
                run.candidate = Some(checkpoint).filter(Checkpoint::is_finite);
                return Ok(());
            }
            run.candidate = None;
            run.trainer.restore(&run.last_good)
        })
    }

    /// What the folder of the run in front is to hold; nothing while its weights or its loss are not finite, which the
    /// next loss will tell.
    fn files(&mut self) -> Result<Option<RunFiles>, TrainError> {
        let Some(run) = &mut self.run else {
            return Ok(None);
        };
        let failed = |error: &dyn Display| TrainError::Device {
            reason: error.to_string(),
        };
        let (model, resume, is_good) = guarded(&self.device, || {
            let resume = run.to_resume()?;
            let is_good = resume.checkpoint.is_finite() && run.has_finite_loss()?;
            Ok((run.trainer.weights(), resume, is_good))
        })?;
        let Some(run) = self.run.as_ref().filter(|_| is_good) else {
            return Ok(None);
        };
        let measures = self.measures_of_run();
        let baselines = measures.as_ref().map(|measures| measures.baselines());
        Ok(Some(RunFiles {
            metrics: run.record.metrics_csv(),
            gradients: run.record.gradients_csv(),
            summary: run.record.summary_json(baselines),
            experiment: run.record.experiment_toml(),
            model: model.map_err(|error| failed(&error))?,
            resume: resume::write(&resume).map_err(|error| failed(&error))?,
        }))
    }

    /// Says whether runs are backed up, when that has changed.
    fn tell_of_trouble(&mut self) -> Flow {
        let place = self
            .keeping
            .policy
            .as_ref()
            .and_then(|policy| policy.place.clone());
        let (false, Some(place)) = (self.keeping.is_told, place) else {
            return Flow::Continue(());
        };
        self.keeping.is_told = true;
        match self.keeping.trouble.clone() {
            Some(reason) => self.fail(Failure::NotBackedUp { place, reason }),
            None => self.report(Event::BackingUp),
        }
    }

    /// Continues the run in a folder. A backup belongs to this window from then on, or stays another's.
    pub(super) fn open_folder(&mut self, id: RunId, folder: PathBuf) -> Flow {
        let previous = self.previous.as_ref().map(|previous| &previous.run);
        let own = [self.run.as_ref(), self.other.run.as_ref(), previous];
        let is_own = own.into_iter().flatten().any(|run| run.is_kept_in(&folder));
        let slot = match Slot::claim(&folder) {
            Err(_) if is_own => {
                let reason = "this window has that run already".to_owned();
                return self.fail(Failure::NotOpened { run: id, reason });
            }
            Err(error) => {
                let reason = error.to_string();
                return self.fail(Failure::NotOpened { run: id, reason });
            }
            Ok(slot) => slot,
        };
        self.open_run(id, folder)?;
        let Some(run) = self.run.as_mut().filter(|run| run.id == id) else {
            return Flow::Continue(()); // it was not opened, which was reported, and its lock is let go
        };
        let step = run.trainer.step();
        match slot {
            Some(slot) => {
                run.on_disk.slot = Some(slot);
                run.on_disk.was_left_behind = true;
                run.on_disk.kept_step = Some(step);
            }
            None => run.on_disk.saved = (step, run.record.effort().training_secs),
        }
        Flow::Continue(())
    }

    /// A person said that the runs of this window are not wanted.
    pub(super) fn forget_backup(&mut self) {
        self.keeping = Keeping::default();
        let mut previous = self.previous.take().map(|previous| previous.run);
        let all = [
            self.run.as_mut(),
            self.other.run.as_mut(),
            previous.as_mut(),
        ];
        for run in all.into_iter().flatten() {
            run.on_disk.discard();
        }
    }

    /// The owner is gone, or the process ends: the newest steps are kept.
    pub(super) fn leave(&mut self) {
        while let Ok(command) = self.side.commands.try_recv() {
            if command == Command::ForgetBackup {
                self.forget_backup();
            }
        }
        for _ in 0..2 {
            self.write_as_good_as_it_is();
            self.change_sides();
        }
    }

    /// Backs up the run in front for the last time in a while: what an update has just ruined is put back first.
    fn write_as_good_as_it_is(&mut self) {
        self.mend_if_it_can();
        self.write_backup();
    }

    /// Puts the last good weights back where that is due and the device still can.
    pub(super) fn mend_if_it_can(&mut self) {
        if let Err(error) = self.mend() {
            log::warn!("the last good weights of a run were not put back: {error}");
        }
    }
}

impl OnDisk {
    /// Removes a backup.
    pub(super) fn discard(&mut self) {
        self.kept_step = None;
        self.was_left_behind = false;
        if let Some(slot) = self.slot.take() {
            slot.discard();
        }
    }
}

impl Run {
    /// Whether it has taken steps that are in no folder a person chose.
    pub(super) fn is_unsaved(&self) -> bool {
        self.trainer.step() != self.on_disk.saved.0
    }

    /// Whether it would be a loss if it were gone without a word.
    pub(super) fn is_worth(&self, least: Duration) -> bool {
        let unsaved_secs = self.record.effort().training_secs - self.on_disk.saved.1;
        let is_long = unsaved_secs >= least.as_secs_f64();
        self.is_unsaved() && (is_long || self.on_disk.was_left_behind)
    }

    fn has_something_new(&self) -> bool {
        self.is_unsaved() && self.on_disk.kept_step != Some(self.trainer.step())
    }

    fn time_to_write(&self, every: Duration) -> Option<Duration> {
        let left = || every.saturating_sub(self.on_disk.tried.elapsed());
        self.has_something_new().then(left)
    }

    fn is_kept_in(&self, folder: &Path) -> bool {
        let slot = self.on_disk.slot.as_ref();
        slot.is_some_and(|slot| is_same(&slot.run_folder(), folder))
    }

    /// It is in a folder that a person chose, and no longer backed up; but if that is the very folder it was backed up
    /// in, it stays there.
    pub(super) fn note_saved(&mut self, folder: &Path, step: u64) {
        self.on_disk.saved = (step, self.record.effort().training_secs);
        if !self.is_kept_in(folder) {
            self.on_disk.discard();
            return;
        }
        self.on_disk.kept_step = Some(step);
        let about = self.about();
        if let Some(Err(error)) = self.on_disk.slot.as_ref().map(|slot| slot.describe(about)) {
            log::info!("the list of backed-up runs shows its previous state: {error}");
        }
    }

    /// What it is, for a list.
    fn about(&self) -> AboutRun {
        let experiment = self.trainer.experiment();
        let rows = self.record.metrics().rows().iter();
        let steps = rows.clone().filter(|row| row.measured == Measured::Step);
        let losses: Vec<f64> = steps
            .filter_map(|row| {
                let objective = row.values.iter().find(|(term, _)| *term == Term::Objective);
                objective.map(|&(_, value)| value)
            })
            .collect();
        AboutRun {
            preset: experiment.preset,
            is_modified: !experiment.is_pristine(),
            seed: experiment.seed,
            data: self.trainer.dataset().id.name().to_owned(),
            epoch: rows.last().map_or(0.0, |row| row.epoch),
            step: self.trainer.step(),
            training_secs: self.record.effort().training_secs,
            loss: thinned(&losses),
            ..AboutRun::default() // number and time are those of writing it
        }
    }
}

/// Whether two paths lead to one folder.
fn is_same(one: &Path, other: &Path) -> bool {
    let canonical = |path: &Path| path.canonicalize().unwrap_or_else(|_gone| path.to_owned());
    one == other || canonical(one) == canonical(other)
}

/// Writes a run into its slot; one is made where it has none.
fn run_into_slot(run: Option<&mut Run>, place: &Path, files: &RunFiles) -> Result<(), String> {
    let Some(run) = run else {
        return Ok(());
    };
    let slot = match run.on_disk.slot.take() {
        Some(slot) => slot,
        None => Slot::make(place).map_err(|error| error.to_string())?,
    };
    let written = write(&slot, run.about(), files);
    let holds_nothing = run.on_disk.kept_step.is_none() && !run.on_disk.was_left_behind;
    if written.is_err() && holds_nothing {
        slot.discard();
    } else {
        run.on_disk.slot = Some(slot);
    }
    if written.is_ok() {
        run.on_disk.kept_step = Some(run.trainer.step());
    }
    written
}

fn write(slot: &Slot, about: AboutRun, files: &RunFiles) -> Result<(), String> {
    let folder = slot.run_folder();
    slot.describe(about).map_err(|error| error.to_string())?;
    let lock = FolderLock::take(&folder).map_err(|error| error.to_string())?;
    files.write(&lock).map_err(|error| error.to_string())
}

/// The means of at most this many parts of a curve.
fn thinned(losses: &[f64]) -> Vec<f32> {
    let part = losses.len().div_ceil(N_LOSSES).max(1);
    let mean = |part: &[f64]| (part.iter().sum::<f64>() / part.len() as f64) as f32;
    let means = losses.chunks(part).map(mean);
    means.filter(|mean| mean.is_finite()).collect() // JSON has no word for infinity
}
