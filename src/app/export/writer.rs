//! Draws a figure and writes its file, on a thread of its own: a large picture takes a second, a film longer.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};
use std::{io, thread};

use hourglass_figure::{Content, Facts, FigureError, Format, Look};
use hourglass_files::whole_file;
use hourglass_worker::Wake;

/// Messages kept for a window that is busy; more of the progress is dropped.
const CAPACITY: usize = 8;

/// How a figure ended.
#[derive(Debug)]
pub enum Outcome {
    /// It is in this file.
    Written(PathBuf),
    /// A person stopped it.
    Cancelled,
    /// Why there is none.
    Failed(String),
}

enum Message {
    Progress(f32),
    Done(Outcome),
}

/// A figure that is being drawn and written.
#[derive(Debug)]
pub struct Writer {
    messages: Receiver<Message>,
    cancel: Arc<AtomicBool>,
    /// Share that is done.
    pub share: f32,
}

/// What is to be drawn, and where it goes.
#[derive(Debug)]
pub struct Task {
    pub format: Format,
    pub look: Look,
    pub path: PathBuf,
    pub facts: Facts,
    pub content: Content,
}

impl Writer {
    /// Starts a thread.
    ///
    /// # Errors
    /// When the system gives none.
    pub fn start(task: Task, wake: &Wake) -> io::Result<Self> {
        let (sender, messages) = sync_channel(CAPACITY);
        let cancel = Arc::new(AtomicBool::new(false));
        let (seen_by_thread, wake) = (Arc::clone(&cancel), wake.clone());
        thread::Builder::new()
            .name("figure-writer".to_owned())
            .spawn(move || task.run(&sender, &seen_by_thread, &wake))?;
        Ok(Self {
            messages,
            cancel,
            share: 0.0,
        })
    }

    /// Stops after the current frame; no file is left behind.
    pub fn cancel(&self) {
        self.cancel.store(true, Ordering::Relaxed);
    }

    /// How it ended, once it has.
    pub fn poll(&mut self) -> Option<Outcome> {
        loop {
            match self.messages.try_recv() {
                Ok(Message::Progress(share)) => self.share = share,
                Ok(Message::Done(outcome)) => return Some(outcome),
                Err(TryRecvError::Empty) => return None,
                Err(TryRecvError::Disconnected) => {
                    let reason = "drawing it crashed; please report this".to_owned();
                    return Some(Outcome::Failed(reason));
                }
            }
        }
    }
}

impl Task {
    fn run(self, sender: &SyncSender<Message>, cancel: &AtomicBool, wake: &Wake) {
        let mut progress = |share| {
            sender.try_send(Message::Progress(share)).ok(); // full: a later one follows
            wake.call();
            if cancel.load(Ordering::Relaxed) {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        };
        let file = self
            .content
            .file(self.format, &self.facts, &self.look, &mut progress);
        let outcome = match file {
            Err(FigureError::Cancelled) => Outcome::Cancelled,
            _ if cancel.load(Ordering::Relaxed) => Outcome::Cancelled,
            Err(error) => Outcome::Failed(error.to_string()),
            Ok(file) => match whole_file::write(&self.path, &file) {
                Ok(()) => Outcome::Written(self.path),
                Err(error) => Outcome::Failed(error.to_string()),
            },
        };
        sender.send(Message::Done(outcome)).ok(); // the window may be closed
        wake.call();
    }
}
