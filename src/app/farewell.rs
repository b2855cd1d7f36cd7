//! The end of the process, whatever ends it: the worker is asked first to keep what it has.
//!
//! A signal comes on a thread of its own. A display that is gone has X11's library call `exit` on the main thread, which
//! returns to nobody, and runs the destructors of that thread's locals. A window that closes, or whose thread panics,
//! drops its worker, which keeps what it has by itself.

use std::cell::RefCell;
use std::process;
use std::time::Duration;

use crate::signals::{OF_SIGNALS, on_signal};
use hourglass_worker::{Farewell, Mailbox, Worker};

/// A worker that is busy for longer keeps what it kept a minute ago.
const PATIENCE: Duration = Duration::from_secs(15);

/// The newest worker, to be found at the end of the process.
#[derive(Clone, Debug, Default)]
pub struct Farewells {
    newest: Mailbox<Farewell>,
}

impl Farewells {
    /// Hears of the end of the process from here on, by a signal or on this thread. Called before any other thread is
    /// started, which could take a signal.
    #[must_use]
    pub fn heard() -> Self {
        let own = Self::default();
        own.hear_the_end_of_this_thread();
        let heard = own.clone();
        let set = on_signal(move |number| {
            heard.say();
            process::exit((OF_SIGNALS + number).into());
        });
        if let Err(error) = set {
            log::warn!("signals will close the window without keeping its latest steps: {error}");
        }
        own
    }

    /// Has the worker asked to end when this thread does, or the process on it.
    pub fn hear_the_end_of_this_thread(&self) {
        AT_END.set(Some(AtEnd(self.clone())));
    }

    /// A worker was started; those before it have ended.
    pub fn note(&self, worker: &Worker) {
        self.newest.put(worker.farewell());
    }

    /// Asks the worker to end, and waits until it has.
    pub fn say(&self) {
        if let Some(farewell) = self.newest.take()
            && !farewell.say(PATIENCE)
        {
            log::warn!("the training thread did not end in time: its last backup remains");
        }
    }
}

struct AtEnd(Farewells);

impl Drop for AtEnd {
    fn drop(&mut self) {
        self.0.say();
    }
}

thread_local! {
    static AT_END: RefCell<Option<AtEnd>> = const { RefCell::new(None) };
}
