//! The system's dialogs for folders and files, each on its own thread so that the window goes on.
//!
//! A machine may have none: on Linux they are drawn by a desktop portal or by zenity. Then, and while a dialog
//! does not come back, a path is typed into the window instead.

use std::path::PathBuf;
use std::sync::mpsc::{TryRecvError, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use super::App;
use super::path_question::{Answer, Question, SKIPPED_NAME, Typed};
use hourglass_protocol::one_file::RUN_ENDING;
use hourglass_ui::Action;

/// No person opens a dialog, looks at it and leaves it within this time: it was never there.
const TOO_QUICK: Duration = Duration::from_millis(300);

/// What the window says where there is no dialog.
const NO_DIALOG: &str = "this system has no file dialog: install xdg-desktop-portal with the backend for \
     your desktop (such as xdg-desktop-portal-gtk), or zenity. Until then, type the path";

/// What the window says while a dialog is open that may not be seen.
const STILL_OPEN: &str =
    "the system’s dialog is still open, perhaps behind this window; you can also type a path here";

impl App {
    /// Opens a dialog. While another one is open, a path can be typed.
    pub(super) fn ask(&mut self, question: Question) {
        if self.dialog.typed.is_some() {
            return;
        }
        if self.dialog.open.is_some() {
            self.state.notices.info(STILL_OPEN.to_owned());
            self.dialog.typed = Some(Typed::new(question));
            return;
        }
        let (sender, receiver) = sync_channel(1);
        let (wake, asked) = (self.wake.clone(), question.clone());
        let thread = thread::Builder::new()
            .name("file-dialog".to_owned())
            .spawn(move || {
                sender.send(show(&asked)).ok(); // the window may have been closed
                wake.call();
            });
        match thread {
            Ok(_detached) => self.dialog.open = Some((question, receiver)),
            Err(error) => {
                log::warn!("the dialog cannot open: {error}");
                self.dialog.typed = Some(Typed::new(question));
            }
        }
    }

    /// Takes in the answer of the dialog, once; `None` while it is open or when nothing follows.
    pub(super) fn take_answer(&mut self) -> Option<Action> {
        let (_, receiver) = self.dialog.open.as_ref()?;
        let answer = match receiver.try_recv() {
            Err(TryRecvError::Empty) => return None,
            Err(TryRecvError::Disconnected) => Answer::NoDialog, // it panicked
            Ok(answer) => answer,
        };
        let (question, _) = self.dialog.open.take()?;
        match answer {
            Answer::Chosen(paths) => Some(question.answered(paths)),
            Answer::GivenUp => question.given_up(),
            Answer::NoDialog => {
                if !std::mem::replace(&mut self.dialog.said_so, true) {
                    self.state.notices.warning(NO_DIALOG.to_owned());
                }
                self.dialog.typed.get_or_insert(Typed::new(question));
                None
            }
        }
    }
}

/// Waits for the person.
fn show(question: &Question) -> Answer {
    let started = Instant::now();
    let dialog = rfd::FileDialog::new().set_title(question.title());
    let one = |path: Option<PathBuf>| path.map(|path| vec![path]);
    let chosen = match question {
        Question::DataFolder | Question::Run => one(dialog.pick_folder()),
        Question::DataFile => one(dialog.pick_file()),
        Question::Skipped => one(dialog.set_file_name(SKIPPED_NAME).save_file()),
        Question::NewRun(name) => one(dialog.set_file_name(name).save_file()),
        Question::RunFile => one(dialog
            .add_filter("Hourglass run", &[RUN_ENDING])
            .pick_file()),
        Question::NewRunFile(name) => one(dialog
            .add_filter("Hourglass run", &[RUN_ENDING])
            .set_file_name(name)
            .save_file()),
        Question::Weights => one(dialog
            .add_filter("safetensors", &["safetensors"])
            .add_filter("All files", &["*"])
            .pick_file()),
        Question::Pictures => dialog
            .add_filter("Images", &["png", "jpg", "jpeg", "gif", "bmp", "webp"])
            .add_filter("All files", &["*"])
            .pick_files(),
        Question::Figure(request, name) => {
            let dialog = dialog.set_file_name(name);
            // A dialog may add the ending of its filter, which is the first one until another is chosen.
            let others = request.kind.formats().iter();
            let others = others.filter(|format| **format != request.format);
            let formats = std::iter::once(&request.format).chain(others);
            let dialog = formats.fold(dialog, |dialog, format| {
                dialog.add_filter(format.label(), &[format.ending()])
            });
            one(dialog.save_file())
        }
    };
    match chosen {
        Some(paths) if !paths.is_empty() => Answer::Chosen(paths),
        _ if USES_PORTAL && was_absent(started.elapsed(), Helpers::here()) => Answer::NoDialog,
        _ => Answer::GivenUp,
    }
}

/// Whether dialogs are drawn by other programs, which may not be there.
const USES_PORTAL: bool = cfg!(all(
    unix,
    not(target_vendor = "apple"),
    not(target_os = "android")
));

/// Which of the programs that draw dialogs there are.
#[derive(Clone, Copy, Debug)]
struct Helpers {
    portal: bool,
    zenity: bool,
}

impl Helpers {
    /// As the files of this machine say: the service by which the bus starts the portal, and the programs.
    fn here() -> Self {
        let data = std::env::var_os("XDG_DATA_DIRS").filter(|folders| !folders.is_empty());
        let data = data.unwrap_or_else(|| "/usr/local/share:/usr/share".into());
        let service = "dbus-1/services/org.freedesktop.portal.Desktop.service";
        let portal = std::env::split_paths(&data)
            .chain([PathBuf::from("/run/current-system/sw/share")])
            .any(|folder| folder.join(service).exists());
        let programs = std::env::var_os("PATH").unwrap_or_default();
        let zenity = std::env::split_paths(&programs).any(|folder| folder.join("zenity").is_file());
        Self { portal, zenity }
    }
}

/// Whether a dialog that gave no path was never shown: there is nobody to show it, or it came back more quickly
/// than a person can leave it. The dialogs themselves tell neither from a person who wanted none.
fn was_absent(took: Duration, helpers: Helpers) -> bool {
    took < TOO_QUICK || !(helpers.portal || helpers.zenity)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dialog_that_was_never_shown_is_told_from_one_that_was_left() {
        let (quick, slow) = (Duration::from_millis(20), Duration::from_secs(26));
        let helpers = |portal, zenity| Helpers { portal, zenity };
        assert!(was_absent(quick, helpers(false, false)));
        assert!(was_absent(slow, helpers(false, false)), "the bus timed out");
        assert!(
            was_absent(quick, helpers(true, false)),
            "a portal without a backend"
        );
        assert!(!was_absent(slow, helpers(true, false)));
        assert!(!was_absent(slow, helpers(false, true)));
    }
}
