//! Loading and fetching beside the training, on a thread that ends with its task.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crossbeam_channel::{Receiver, Sender, bounded};

use hourglass_data::{Dataset, LoadError, fetch, load};
use hourglass_experiment::dataset::Origin;
use hourglass_protocol::{DataSetId, DataSource, DatasetProgress};
use hourglass_train::Measures;

/// Reports of progress kept for a worker that is busy; more are dropped.
const CAPACITY: usize = 16;

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
    messages: Receiver<LoaderMessage>,
    cancel: Arc<AtomicBool>,
    /// Whether the data are there, and only measuring is left.
    pub is_measuring: bool,
}

impl Loader {
    /// Starts a thread for one task.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(task: Task) -> std::io::Result<Self> {
        let (sender, messages) = bounded(CAPACITY);
        let cancel = Arc::new(AtomicBool::new(false));
        let seen_by_thread = Arc::clone(&cancel);
        let is_measuring = matches!(task, Task::Measure(..));
        std::thread::Builder::new()
            .name("hourglass-loader".to_owned())
            .spawn(move || work(&task, &sender, &seen_by_thread))?;
        Ok(Self {
            messages,
            cancel,
            is_measuring,
        })
    }

    /// What the thread reports, in order; closed when it died without a word.
    pub fn messages(&self) -> &Receiver<LoaderMessage> {
        &self.messages
    }
}

impl Drop for Loader {
    fn drop(&mut self) {
        self.cancel.store(true, Ordering::Relaxed);
    }
}

fn work(task: &Task, sender: &Sender<LoaderMessage>, cancel: &AtomicBool) {
    let mut report = |progress| {
        sender.try_send(LoaderMessage::Progress(progress)).ok(); // full: newer ones follow
    };
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
        Task::Measure(dataset, n_train) => return measure(dataset, *n_train, sender),
    };
    let result = result.map(Arc::new);
    let dataset = result.as_ref().ok().cloned();
    let heard = sender.send(LoaderMessage::Done(result)); // closed: nobody wants it any more
    if let (Some(dataset), Ok(())) = (dataset, heard) {
        measure(&dataset, dataset.train.len(), sender);
    }
}

fn measure(dataset: &Dataset, n_train: usize, sender: &Sender<LoaderMessage>) {
    let measures = Box::new(Measures::of(dataset, n_train));
    sender.send(LoaderMessage::Measured(measures)).ok(); // closed: nobody wants them any more
}
