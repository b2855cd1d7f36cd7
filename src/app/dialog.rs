//! The dialogs that ask for files, on threads of their own so that the window goes on.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, TryRecvError, sync_channel};
use std::thread;

use crate::worker::Wake;

/// A dialog; at most one of each kind is open.
#[derive(Debug)]
pub(super) struct Dialog {
    kind: DialogKind,
    answer: Option<Receiver<Option<Vec<PathBuf>>>>,
}

/// What a dialog asks for.
#[derive(Clone, Copy, Debug)]
pub(super) enum DialogKind {
    /// The folder with the files of MNIST.
    DataFolder,
    /// Pictures of one's own.
    Pictures,
}

impl Dialog {
    pub(super) fn new(kind: DialogKind) -> Self {
        Self { kind, answer: None }
    }

    /// Opens the dialog unless it is open already.
    pub(super) fn open(&mut self, wake: &Wake) {
        if self.answer.is_some() {
            return;
        }
        let (sender, receiver) = sync_channel(1);
        let (kind, wake) = (self.kind, wake.clone());
        let asked = thread::Builder::new()
            .name("file-dialog".to_owned())
            .spawn(move || {
                sender.send(kind.ask()).ok(); // the window may be closed by now
                wake.call();
            });
        match asked {
            Ok(_detached) => self.answer = Some(receiver),
            Err(error) => log::warn!("the dialog does not open: {error}"),
        }
    }

    /// What was chosen, once; none while the dialog is open or when it was cancelled.
    pub(super) fn take_answer(&mut self) -> Option<Vec<PathBuf>> {
        let answer = match self.answer.as_ref()?.try_recv() {
            Err(TryRecvError::Empty) => return None,
            Err(TryRecvError::Disconnected) => None,
            Ok(answer) => answer,
        };
        self.answer = None;
        answer
    }
}

impl DialogKind {
    /// Waits for the person.
    fn ask(self) -> Option<Vec<PathBuf>> {
        match self {
            Self::DataFolder => rfd::FileDialog::new()
                .set_title("Folder with the files of MNIST")
                .pick_folder()
                .map(|folder| vec![folder]),
            Self::Pictures => rfd::FileDialog::new()
                .set_title("Pictures of digits")
                .add_filter("Pictures", &["png", "jpg", "jpeg", "gif", "bmp", "webp"])
                .add_filter("All files", &["*"])
                .pick_files(),
        }
    }
}
