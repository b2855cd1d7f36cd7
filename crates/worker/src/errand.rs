//! Work on a thread of its own that ends with it: what it reports, and asking it to stop.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crossbeam_channel::{Receiver, Sender, bounded};

/// Reports kept for a worker that is busy.
const CAPACITY: usize = 16;

/// Work beside the training; dropping it asks the thread to stop and does not wait.
#[derive(Debug)]
pub struct Errand<T> {
    messages: Receiver<T>,
    is_cancelled: Arc<AtomicBool>,
}

/// What the thread of an [`Errand`] has of it.
#[derive(Debug)]
pub struct Orders<T> {
    /// For what has to arrive; closed once it is no longer wanted.
    pub reports: Sender<T>,
    /// Whether it is to stop.
    pub is_cancelled: Arc<AtomicBool>,
}

impl<T: Send + 'static> Errand<T> {
    /// Starts a thread of this name.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(
        thread: &str,
        work: impl FnOnce(Orders<T>) + Send + 'static,
    ) -> std::io::Result<Self> {
        let (reports, messages) = bounded(CAPACITY);
        let is_cancelled = Arc::new(AtomicBool::new(false));
        let orders = Orders {
            reports,
            is_cancelled: Arc::clone(&is_cancelled),
        };
        std::thread::Builder::new()
            .name(thread.to_owned())
            .spawn(move || work(orders))?;
        Ok(Self {
            messages,
            is_cancelled,
        })
    }

    /// What the thread reports, in order; closed when it has ended, with or without a word.
    pub fn messages(&self) -> &Receiver<T> {
        &self.messages
    }
}

impl<T> Drop for Errand<T> {
    fn drop(&mut self) {
        self.is_cancelled.store(true, Ordering::Relaxed);
    }
}

impl<T> Orders<T> {
    /// Whether somebody still waits for it.
    pub fn is_wanted(&self) -> bool {
        !self.is_cancelled.load(Ordering::Relaxed)
    }

    /// Says something that may be lost: newer ones follow.
    pub fn mention(&self, message: T) {
        self.reports.try_send(message).ok(); // full, or no longer wanted
    }
}
