//! Digits: what is loaded beside the training, and what comes of it.

use std::sync::Arc;

use crossbeam_channel::TryRecvError;

use crate::data::{Dataset, LoadError};
use crate::protocol::{Event, Failure};
use crate::worker::loader::{Loader, LoaderMessage, Task};

use super::{Flow, Lab};

impl Lab {
    pub(super) fn load(&mut self, task: Task) -> Flow {
        match Loader::start(task) {
            Ok(loader) => {
                self.loader = Some(loader); // one that was under way is dropped, and so cancelled
                Flow::Continue(())
            }
            Err(error) => self.fail(Failure::Dataset {
                reason: format!("no thread to load data on: {error}"),
            }),
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
                    let yardsticks = measures.yardsticks().clone();
                    self.measures = Some(measures.into());
                    self.report(Event::YardsticksKnown(yardsticks))?;
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

    pub(super) fn loaded(&mut self, result: Result<Arc<Dataset>, LoadError>) -> Flow {
        match result {
            Ok(dataset) => {
                let description = dataset.describe();
                self.dataset = Some(dataset);
                self.measures = None;
                self.report(Event::DatasetLoaded(description))
            }
            Err(LoadError::Cancelled) => self.report(Event::LoadingCancelled),
            Err(error) => self.fail(Failure::Dataset {
                reason: error.to_string(),
            }),
        }
    }
}
