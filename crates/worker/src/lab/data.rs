//! Data sets: what is loaded while training goes on, and what follows from it.

use std::sync::Arc;

use crossbeam_channel::TryRecvError;

use crate::loader::{Loader, LoaderMessage, Task};
use hourglass_data::{Dataset, LoadError};
use hourglass_protocol::{Event, Failure};
use hourglass_train::Measures;

use super::{Flow, Lab};

impl Lab {
    pub(super) fn load(&mut self, task: Task) -> Flow {
        match Loader::start(task, self.kept.clone()) {
            Ok(loader) => {
                self.loader = Some(loader); // one that was under way is dropped, and so cancelled
                Flow::Continue(())
            }
            Err(error) => self.fail(Failure::Dataset {
                reason: format!("the thread that loads data could not be started: {error}"),
            }),
        }
    }

    /// Ends a load that is under way; measuring the data set in use is none.
    pub(super) fn cancel_loading(&mut self) -> Flow {
        if self.loader.take_if(|loader| !loader.is_measuring).is_none() {
            return Flow::Continue(());
        }
        self.report(Event::LoadingCancelled)?;
        self.measure_again()
    }

    /// Measures the data set in use where a load that came to nothing cut that short.
    pub(super) fn measure_again(&mut self) -> Flow {
        match (&self.dataset, &self.measures) {
            (Some(dataset), None) => {
                let n_train = self.n_learned_from(dataset);
                self.load(Task::Measure(Arc::clone(dataset), n_train))
            }
            _ => Flow::Continue(()),
        }
    }

    /// Training images of a data set that the run in front learns from; all, where it learns from other digits or there
    /// is no run.
    pub(super) fn n_learned_from(&self, dataset: &Arc<Dataset>) -> usize {
        let all = dataset.train.len();
        let run = self.run.as_ref();
        let run = run.filter(|run| Arc::ptr_eq(run.trainer.dataset(), dataset));
        run.map_or(all, |run| {
            run.trainer.experiment().training.samples_per_epoch(all)
        })
    }

    /// Whether these are of the data set in use, for as many training images as the run in front learns from.
    pub(super) fn fits_run(&self, measures: &Measures) -> bool {
        let dataset = self.dataset.as_ref();
        dataset.is_some_and(|own| {
            measures.is_of(own) && measures.baselines().n_train == self.n_learned_from(own)
        })
    }

    /// Takes on what was measured of the data set in use, and says it; nobody else measures it any more.
    pub(super) fn take_measures(&mut self, measures: Arc<Measures>) -> Flow {
        self.loader.take_if(|loader| loader.is_measuring);
        let baselines = measures.baselines().clone();
        self.measures = Some(measures);
        self.report(Event::BaselinesKnown(baselines))
    }

    /// Has the data set measured again where the run in front learns from another part of it than was measured.
    pub(super) fn measure_for_run(&mut self) -> Flow {
        let is_other = |lab: &Self| {
            let measures = lab.measures.as_ref();
            measures.is_some_and(|measures| !lab.fits_run(measures))
        };
        if !is_other(self) {
            return Flow::Continue(());
        }
        self.measures = None;
        if self.loader.is_some() {
            return Flow::Continue(()); // once it is done
        }
        self.measure_again()
    }

    pub(super) fn hear_loader(&mut self) -> Flow {
        while let Some(loader) = &self.loader {
            match loader.messages().try_recv() {
                Ok(message) => self.take_message(message)?,
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Disconnected) => self.loader_is_gone()?,
            }
        }
        Flow::Continue(())
    }

    fn take_message(&mut self, message: LoaderMessage) -> Flow {
        match message {
            LoaderMessage::Progress(progress) => self.report(Event::DatasetProgress(progress)),
            LoaderMessage::Done(result) => {
                match (&result, &mut self.loader) {
                    (Ok(_), Some(loader)) => loader.is_measuring = true,
                    _ => self.loader = None,
                }
                self.loaded(result)
            }
            LoaderMessage::Measured(measures) => {
                self.loader = None;
                if self.fits_run(&measures) {
                    self.take_measures(measures.into())
                } else {
                    self.measure_again() // a run has begun meanwhile that learns from another part
                }
            }
        }
    }

    fn loader_is_gone(&mut self) -> Flow {
        self.loader = None;
        self.fail(Failure::Dataset {
            reason: "the loading thread crashed; the data set in use stays".to_owned(),
        })
    }

    /// Works with a data set that nothing has to be loaded for.
    pub fn run_with(mut self, dataset: Arc<Dataset>) {
        let taken = self.loaded(Ok(dataset));
        if taken.is_continue() && self.measure_again().is_continue() {
            self.run();
        }
    }

    pub(super) fn loaded(&mut self, result: Result<Arc<Dataset>, LoadError>) -> Flow {
        match result {
            Ok(dataset) => {
                let description = dataset.describe();
                self.dataset = Some(dataset);
                self.measures = None;
                self.report(Event::DatasetLoaded(description))
            }
            Err(error) => {
                match error {
                    LoadError::Cancelled => self.report(Event::LoadingCancelled)?,
                    LoadError::NotFound(id) => self.fail(Failure::NotFetched {
                        id,
                        reason: error.to_string(),
                    })?,
                    error => self.fail(Failure::Dataset {
                        reason: error.to_string(),
                    })?,
                }
                self.measure_again()
            }
        }
    }
}
