//! The system's dialogs for folders and files, each on its own thread so that the window goes on.

use std::sync::mpsc::{Receiver, TryRecvError, sync_channel};
use std::thread;

use crate::figure::Order;
use crate::protocol::DataSource;
use crate::ui::{Action, CloseAnswer, KeepAction, OwnAction};
use crate::worker::Wake;

/// What a dialog asks for.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Question {
    /// A folder with the files of MNIST.
    DataFolder,
    /// The folder of a run.
    Run,
    /// A name for a run's folder, with one to begin with.
    NewRun(String),
    /// A file with weights.
    Weights,
    /// Pictures of one's own.
    Pictures,
    /// A file for a figure, with a name to begin with.
    Figure(Box<Order>, String),
}

/// The dialog that asks; at most one is open.
#[derive(Debug, Default)]
pub(super) struct Dialog {
    answer: Option<Receiver<Option<Action>>>,
}

impl Dialog {
    /// Opens a dialog unless one is open already.
    pub(super) fn open(&mut self, question: Question, wake: &Wake) {
        if self.answer.is_some() {
            return;
        }
        let (sender, receiver) = sync_channel(1);
        let wake = wake.clone();
        let asked = thread::Builder::new()
            .name("file-dialog".to_owned())
            .spawn(move || {
                sender.send(ask(question)).ok(); // the window may be closed by now
                wake.call();
            });
        match asked {
            Ok(_detached) => self.answer = Some(receiver),
            Err(error) => log::warn!("the dialog does not open: {error}"),
        }
    }

    /// What follows from the answer, once; none while the dialog is open or when nothing does.
    pub(super) fn take_answer(&mut self) -> Option<Action> {
        let answer = match self.answer.as_ref()?.try_recv() {
            Err(TryRecvError::Empty) => return None,
            Err(TryRecvError::Disconnected) => None,
            Ok(answer) => answer,
        };
        self.answer = None;
        answer
    }
}

/// Waits for the person.
fn ask(question: Question) -> Option<Action> {
    let dialog = rfd::FileDialog::new();
    match question {
        Question::DataFolder => dialog
            .set_title("Folder with the files of MNIST")
            .pick_folder()
            .map(|folder| Action::LoadData(DataSource::Folder(folder))),
        Question::Run => dialog
            .set_title("Folder of a run")
            .pick_folder()
            .map(|folder| KeepAction::Open(folder).into()),
        Question::NewRun(name) => dialog
            .set_title("Name of the run's folder")
            .set_file_name(name)
            .save_file()
            .map(KeepAction::SaveIn)
            .or(Some(KeepAction::Close(CloseAnswer::Stay))) // a window about to close stays open
            .map(Action::from),
        Question::Weights => dialog
            .set_title("Weights under PyTorch's names")
            .add_filter("safetensors", &["safetensors"])
            .add_filter("All files", &["*"])
            .pick_file()
            .map(|file| KeepAction::TakeWeights(file).into()),
        Question::Pictures => dialog
            .set_title("Pictures of digits")
            .add_filter("Pictures", &["png", "jpg", "jpeg", "gif", "bmp", "webp"])
            .add_filter("All files", &["*"])
            .pick_files()
            .map(|files| Action::Own(OwnAction::Read(files))),
        Question::Figure(order, name) => {
            let dialog = dialog.set_title("Export a figure").set_file_name(name);
            let formats = order.kind.formats().iter();
            let dialog = formats.fold(dialog, |dialog, format| {
                dialog.add_filter(format.label(), &[format.ending()])
            });
            let file = dialog.save_file();
            file.map(|file| Action::ExportTo(order, file))
        }
    }
}
