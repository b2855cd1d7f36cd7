//! The previous run: a run that another one replaces can be brought back completely.
//!
//! The run itself is kept, with its record, its optimizers, its place in the data and its digits; nothing is made
//! again, so that it continues bit for bit. One is kept in memory; an older one stays where it was backed up.

use std::sync::Arc;

use crate::loader::Task;
use hourglass_protocol::{Event, Failure};
use hourglass_train::Measures;

use super::run::Previous;
use super::{Flow, Lab};

impl Lab {
    /// Takes the run in front out of its place, so that another can take it. It can be brought back if it has learned
    /// anything that is not saved; one that was worth more than a moment is also on disk, and stays there when the next
    /// becomes the previous run.
    pub(super) fn replaced(&mut self) -> Flow {
        let (Some(run), Some(policy)) = (&mut self.run, &self.keeping.policy) else {
            return Flow::Continue(()); // nobody asked for it
        };
        let id = run.id;
        let is_worth = run.is_worth(policy.worth);
        if !is_worth {
            run.on_disk.discard();
        }
        if !run.is_unsaved() {
            return Flow::Continue(());
        }
        run.until = None;
        run.record.stop_clock();
        self.mend_if_it_can(); // with a checkpoint, which outlives the device
        if is_worth {
            self.write_backup();
        }
        self.report(Event::RunReplaced { run: id })?;
        let measures = self.measures_of_run();
        let device = self.device.info.clone();
        self.previous = self.run.take().map(|run| Previous {
            run,
            measures,
            device,
        });
        Flow::Continue(())
    }

    /// Puts the run before in the place of the one in progress.
    pub(super) fn bring_back(&mut self) -> Flow {
        let Some(previous) = self.previous.take() else {
            let reason = "there is none left".to_owned();
            return self.fail(Failure::NotBroughtBack { reason });
        };
        self.drop_comparison()?;
        self.replaced()?;
        self.looks.restart();
        self.seen = None;
        self.locks.clear();
        let Previous {
            run,
            measures,
            device,
        } = previous;
        let dataset = Arc::clone(run.trainer.dataset());
        let id = run.id;
        self.run = Some(run);
        if device != self.device.info {
            self.rebuild()?; // a model cannot move between devices, its numbers can
            if self.run.is_none() {
                let reason = "its model does not fit this device".to_owned();
                return self.fail(Failure::NotBroughtBack { reason });
            }
        }
        let is_other = !self
            .dataset
            .as_ref()
            .is_some_and(|own| Arc::ptr_eq(own, &dataset));
        let described = is_other.then(|| dataset.describe());
        self.report(Event::RunBroughtBack {
            run: id,
            dataset: described,
        })?;
        if is_other {
            self.dataset = Some(dataset);
            self.measures = measures;
            self.measure_again_for_other_digits()?;
        } else {
            self.measure_for_run()?;
        }
        match &self.run {
            Some(run) if run.is_warm => {
                let phase = run.resting_phase();
                self.report_phase(phase)
            }
            _ => self.prepare(), // which ends with the phase
        }
    }

    /// Says what the digits in use allow, or has that measured.
    fn measure_again_for_other_digits(&mut self) -> Flow {
        self.loader.take_if(|loader| loader.is_measuring); // it measures the others
        match (&self.measures, &self.dataset) {
            (Some(measures), _) => {
                let baselines = measures.baselines().clone();
                self.report(Event::BaselinesKnown(baselines))
            }
            (None, Some(dataset)) if self.loader.is_none() => {
                let n_train = self.n_learned_from(dataset);
                self.load(Task::Measure(Arc::clone(dataset), n_train))
            }
            _ => Flow::Continue(()), // other digits are on their way
        }
    }

    /// What was measured of the digits that the run in front learns from; other digits may be in use already.
    pub(super) fn measures_of_run(&self) -> Option<Arc<Measures>> {
        let run = self.run.as_ref()?;
        let own = self.dataset.as_ref()?;
        let is_of_run = Arc::ptr_eq(own, run.trainer.dataset());
        let n_train = self.n_learned_from(own);
        let measures = self.measures.clone();
        measures.filter(|of| is_of_run && of.baselines().n_train == n_train)
    }
}
