//! The window's end of the four lanes to the worker.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, TryRecvError, TrySendError, bounded};

use hourglass_protocol::{Command, Event, ProbeRequest, Snapshot};

use super::Mailbox;

/// Commands that fit into the lane before the window has to hold them back itself.
const COMMAND_CAPACITY: usize = 64;

/// Events that fit into the lane before the worker waits for the window: a few seconds of bursts.
const EVENT_CAPACITY: usize = 1024;

/// A worker as its owner sees it. Dropping it ends the worker and waits for its thread.
#[derive(Debug)]
pub struct Worker {
    /// Taken when dropped: a closed lane is what tells the worker to end.
    commands: Option<Sender<Command>>,
    events: Option<Receiver<Event>>,
    probe: Mailbox<ProbeRequest>,
    bell: Sender<()>,
    snapshot: Mailbox<Snapshot>,
    farewell: Farewell,
    thread: Option<JoinHandle<()>>,
}

/// Ends a worker from any thread, whatever its owner is doing, once it has backed up its runs.
#[derive(Clone, Debug)]
pub struct Farewell {
    is_asked: Arc<AtomicBool>,
    bell: Sender<()>,
    /// Closed once the worker has ended.
    ended: Receiver<()>,
}

impl Farewell {
    /// Asks the worker to end and waits until it has; tells whether it did in this time.
    #[must_use]
    pub fn say(&self, patience: Duration) -> bool {
        self.is_asked.store(true, Ordering::Release);
        self.bell.try_send(()).ok(); // full: the bell is ringing already
        self.ended.recv_timeout(patience) == Err(RecvTimeoutError::Disconnected)
    }
}

/// The worker ended, with or without a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WorkerGone;

/// The worker's end of the four lanes; also the part a test plays that scripts what a worker says.
#[derive(Debug)]
pub struct WorkerSide {
    /// What the window asks for, in order.
    pub commands: Receiver<Command>,
    /// What is reported, in order.
    pub events: Sender<Event>,
    /// What the window looks at.
    pub probe: Mailbox<ProbeRequest>,
    /// Rings when the window looks elsewhere, for a worker that sleeps.
    pub bell: Receiver<()>,
    /// The newest look at the model.
    pub snapshot: Mailbox<Snapshot>,
    is_asked_to_end: Arc<AtomicBool>,
    /// Dropped when the worker ends, which is what a farewell waits for.
    _ended: Sender<()>,
}

impl WorkerSide {
    /// Whether the owner said farewell.
    pub(super) fn is_asked_to_end(&self) -> bool {
        self.is_asked_to_end.load(Ordering::Acquire)
    }
}

impl Worker {
    /// Both ends of the lanes, with no thread behind them yet.
    #[must_use]
    pub fn lanes() -> (Self, WorkerSide) {
        let (command_sender, command_receiver) = bounded(COMMAND_CAPACITY);
        let (event_sender, event_receiver) = bounded(EVENT_CAPACITY);
        let (bell_sender, bell_receiver) = bounded(1); // one ring is enough to wake
        let (ended_sender, ended_receiver) = bounded(0); // nothing is ever sent
        let (probe, snapshot) = (Mailbox::default(), Mailbox::default());
        let farewell = Farewell {
            is_asked: Arc::default(),
            bell: bell_sender.clone(),
            ended: ended_receiver,
        };
        let worker = Self {
            commands: Some(command_sender),
            events: Some(event_receiver),
            probe: probe.clone(),
            bell: bell_sender,
            snapshot: snapshot.clone(),
            farewell: farewell.clone(),
            thread: None,
        };
        let side = WorkerSide {
            commands: command_receiver,
            events: event_sender,
            probe,
            bell: bell_receiver,
            snapshot,
            is_asked_to_end: farewell.is_asked,
            _ended: ended_sender,
        };
        (worker, side)
    }

    /// Makes the owner wait for this thread when it drops the worker.
    pub(super) fn attach(&mut self, thread: JoinHandle<()>) {
        self.thread = Some(thread);
    }

    /// What ends this worker from other threads.
    #[must_use]
    pub fn farewell(&self) -> Farewell {
        self.farewell.clone()
    }

    /// Hands over a command without waiting.
    ///
    /// # Errors
    /// Gives the command back when the lane is full or the worker is gone; try again later, or restart it.
    pub fn send(&self, command: Command) -> Result<(), Command> {
        let Some(commands) = &self.commands else {
            return Err(command);
        };
        commands.try_send(command).map_err(|error| match error {
            TrySendError::Full(command) | TrySendError::Disconnected(command) => command,
        })
    }

    /// Says what the window looks at now.
    pub fn look_at(&self, request: ProbeRequest) {
        self.probe.put(request);
        self.bell.try_send(()).ok(); // full: the bell is ringing already
    }

    /// The next thing reported, if there is one; never waits.
    ///
    /// # Errors
    /// When everything was taken and the worker is gone.
    pub fn try_event(&self) -> Result<Option<Event>, WorkerGone> {
        let events = self.events.as_ref().ok_or(WorkerGone)?;
        match events.try_recv() {
            Ok(event) => Ok(Some(event)),
            Err(TryRecvError::Empty) => Ok(None),
            Err(TryRecvError::Disconnected) => Err(WorkerGone),
        }
    }

    /// The events' lane, for an owner that has nothing else to do than wait for it.
    #[must_use]
    pub fn events(&self) -> Option<&Receiver<Event>> {
        self.events.as_ref()
    }

    /// The newest look at the model, if there is one since the last time.
    #[must_use]
    pub fn snapshot(&self) -> Option<Snapshot> {
        self.snapshot.take()
    }
}

impl Drop for Worker {
    /// Closes the lanes, which ends the worker after the current batch, then waits for its thread.
    fn drop(&mut self) {
        self.commands = None;
        self.events = None;
        if let Some(thread) = self.thread.take() {
            thread.join().ok(); // a panic was already reported as an event
        }
    }
}
