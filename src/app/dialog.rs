//! The folder dialog, on its own thread so that the window goes on.

use std::sync::mpsc::{Receiver, TryRecvError, sync_channel};
use std::thread;

use crate::protocol::DataSource;
use crate::worker::Wake;

/// The dialog that asks for a folder; at most one is open.
#[derive(Debug, Default)]
pub(super) struct FolderDialog {
    answer: Option<Receiver<Option<DataSource>>>,
}

impl FolderDialog {
    /// Opens the dialog unless it is open already.
    pub(super) fn open(&mut self, wake: &Wake) {
        if self.answer.is_some() {
            return;
        }
        let (sender, receiver) = sync_channel(1);
        let wake = wake.clone();
        let asked = thread::Builder::new()
            .name("folder-dialog".to_owned())
            .spawn(move || {
                let folder = rfd::FileDialog::new()
                    .set_title("Folder with the files of MNIST")
                    .pick_folder();
                sender.send(folder.map(DataSource::Folder)).ok(); // the window may be closed by now
                wake.call();
            });
        match asked {
            Ok(_detached) => self.answer = Some(receiver),
            Err(error) => log::warn!("the folder dialog does not open: {error}"),
        }
    }

    /// The folder chosen, once; none while the dialog is open or when it was cancelled.
    pub(super) fn take_answer(&mut self) -> Option<DataSource> {
        let answer = match self.answer.as_ref()?.try_recv() {
            Err(TryRecvError::Empty) => return None,
            Err(TryRecvError::Disconnected) => None,
            Ok(answer) => answer,
        };
        self.answer = None;
        answer
    }
}
