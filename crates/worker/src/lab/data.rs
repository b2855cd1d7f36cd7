//! Data sets: what is loaded while training goes on, and what follows from it.

use std::sync::Arc;

use crossbeam_channel::TryRecvError;

use crate::loader::{Loader, LoaderMessage, Task};
use hourglass_data::{Dataset, LoadError};
use hourglass_protocol::{Event, Failure};

use super::{Flow, Lab};

impl Lab {
    pub(super) fn load(&mut self, task: Task) -> Flow {
        match Loader::start(task) {
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
    fn measure_again(&mut self) -> Flow {
        match (&self.dataset, &self.measures) {
            (Some(dataset), None) => self.load(Task::Measure(Arc::clone(dataset))),
            _ => Flow::Continue(()),
        }
    }

    pub(super) fn hear_loader(&mut self) -> Flow {
        while let Some(loader) = &self.loader {
            match loader.messages().try_recv() {
                Ok(LoaderMessage::Progress(progress)) => {
                    self.report(Event::DatasetProgress(progress))?;
                }
                Ok(LoaderMessage::Done(result)) => {
                    match (&result, &mut self.loader) {
                        (Ok(_), Some(loader)) => loader.is_measuring = true,
                        _ => self.loader = None,
                    }
                    self.loaded(result)?;
                }
                Ok(LoaderMessage::Measured(measures)) => {
                    self.loader = None;
                    let baselines = measures.baselines().clone();
                    self.measures = Some(measures.into());
                    self.report(Event::BaselinesKnown(baselines))?;
                }
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Disconnected) => {
                    self.loader = None;
                    self.fail(Failure::Dataset {
                        reason: "the loading thread crashed; the data set in use stays".to_owned(),
                    })?;
                }
            }
        }
        Flow::Continue(())
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
                    error => self.fail(Failure::Dataset {
                        reason: error.to_string(),
                    })?,
                }
                self.measure_again()
            }
        }
    }
}
