//! Loading and fetching beside the training, on a thread that ends with its task.

use std::sync::Arc;

use crossbeam_channel::Receiver;

use hourglass_data::{Dataset, LoadError, Shelf, fetch, load};
use hourglass_experiment::dataset::Origin;
use hourglass_protocol::{DataSetId, DataSource, DatasetProgress};
use hourglass_train::Measures;

use super::errand::{Errand, Orders};

/// What a loading thread reports.
#[derive(Debug)]
pub enum LoaderMessage {
    /// It came further.
    Progress(DatasetProgress),
    /// The data are there, or are not; in the first case it goes on to measure them.
    Done(Result<Arc<Dataset>, LoadError>),
    /// It measured them, and ended.
    Measured(Box<Measures>),
}

/// What is to be loaded.
#[derive(Clone, Debug)]
pub enum Task {
    /// A data set that is on this machine.
    Load(DataSource),
    /// From the network, into the user's cache.
    Fetch(DataSetId),
    /// Only what the data set in use allows networks that learn from this many of its training images: measuring it
    /// was cut short by a load that came to nothing, or a run learns from another part of it.
    Measure(Arc<Dataset>, usize),
}

/// A loading thread; dropping it asks the thread to stop and does not wait.
#[derive(Debug)]
pub struct Loader {
    errand: Errand<LoaderMessage>,
    /// Whether the data are there, and only measuring is left.
    pub is_measuring: bool,
}

impl Loader {
    /// Starts a thread for one task.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(task: Task, shelf: Shelf) -> std::io::Result<Self> {
        let is_measuring = matches!(task, Task::Measure(..));
        let errand = Errand::start("hourglass-loader", move |orders| {
            work(&task, &orders, &shelf);
        })?;
        Ok(Self {
            errand,
            is_measuring,
        })
    }

    /// What the thread reports, in order; closed when it died without a word.
    pub fn messages(&self) -> &Receiver<LoaderMessage> {
        self.errand.messages()
    }
}

fn work(task: &Task, orders: &Orders<LoaderMessage>, shelf: &Shelf) {
    let mut report = |progress| orders.mention(LoaderMessage::Progress(progress));
    let cancel = &orders.is_cancelled;
    let result = match task {
        Task::Load(source) => load(source, &mut report, cancel),
        Task::Fetch(id) => fetch(*id, None, &mut report, cancel).and_then(|folder| {
            // Several may lie in one archive: the name says which.
            let source = match id.spec().origin {
                Origin::Published(_) => DataSource::Named(*id),
                _ => DataSource::at(folder),
            };
            load(&source, &mut report, cancel)
        }),
        Task::Measure(dataset, n_train) => return measure(dataset, *n_train, orders, shelf),
    };
    let result = result.map(Arc::new);
    let dataset = result.as_ref().ok().cloned();
    let heard = orders.reports.send(LoaderMessage::Done(result)); // closed: nobody wants it any more
    if let (Some(dataset), Ok(())) = (dataset, heard) {
        measure(&dataset, dataset.train.len(), orders, shelf);
    }
}

fn measure(dataset: &Arc<Dataset>, n_train: usize, orders: &Orders<LoaderMessage>, shelf: &Shelf) {
    let measures = Box::new(Measures::of(dataset, n_train, shelf));
    orders.reports.send(LoaderMessage::Measured(measures)).ok(); // closed: nobody wants them any more
}
