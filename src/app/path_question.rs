//! What is asked for with a dialog or a typed path, and what follows from the answer.

use std::path::{Path, PathBuf};
use std::sync::mpsc::Receiver;

use hourglass_figure::FigureRequest;
use hourglass_protocol::DataSource;
use hourglass_protocol::one_file::{RUN_ENDING, is_run_file};
use hourglass_ui::path_field::PathField;
use hourglass_ui::{Action, CloseAnswer, KeepAction, UserImageAction};

/// The folder in a person's home that a typed path begins with. It is made when something is saved in it.
pub(super) const OWN_FOLDER: &str = "Hourglass";

/// The name that the list of what was left out begins with.
pub(super) const SKIPPED_NAME: &str = "left-out.csv";

/// What a dialog asks for.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Question {
    /// A folder with images to learn from.
    DataFolder,
    /// A file with images to learn from.
    DataFile,
    /// A file for the list of images that were left out.
    Skipped,
    /// The folder of a run.
    Run,
    /// A run in one file.
    RunFile,
    /// A name for a run's folder, with one to begin with.
    NewRun(String),
    /// The same of a run's file.
    NewRunFile(String),
    /// A file with weights.
    Weights,
    /// User images.
    Pictures,
    /// A file for a figure, with a name to begin with.
    Figure(Box<FigureRequest>, String),
}

impl Question {
    /// What the dialog is called.
    pub(super) fn title(&self) -> &'static str {
        match self {
            Self::DataFolder => "Folder or file with the images to learn from",
            Self::DataFile => "File with the images to learn from",
            Self::Skipped => "Save the list of what was left out",
            Self::Run => "Run folder",
            Self::RunFile => "Run in one file",
            Self::NewRun(_) => "Name of the run's folder",
            Self::NewRunFile(_) => "Save the run as one file",
            Self::Weights => "Weights with PyTorch's names",
            Self::Pictures => "Images",
            Self::Figure(..) => "Export a figure",
        }
    }

    /// Whether something is written where the answer says.
    pub(super) fn writes(&self) -> bool {
        matches!(
            self,
            Self::NewRun(_) | Self::NewRunFile(_) | Self::Figure(..) | Self::Skipped
        )
    }

    /// What a path means: of a figure, with the ending of its format, and of a run's file with that of its kind.
    pub(super) fn file_at(&self, path: PathBuf) -> PathBuf {
        match self {
            Self::Figure(request, _) if !path.is_dir() => request.file_at(&path).0,
            Self::NewRunFile(_) if !is_run_file(&path) => {
                let mut name = path.into_os_string();
                name.push(format!(".{RUN_ENDING}"));
                name.into()
            }
            _ => path,
        }
    }

    /// Whether a file would be replaced without another word. Saving a run asks by itself.
    pub(super) fn would_replace(&self, path: &Path) -> bool {
        matches!(self, Self::Figure(..) | Self::Skipped) && path.exists()
    }

    /// What follows from the paths chosen, at least one.
    pub(super) fn answered(self, mut paths: Vec<PathBuf>) -> Action {
        if self == Self::Pictures {
            return Action::UserImage(UserImageAction::Read(paths));
        }
        let path = paths.swap_remove(0);
        match self {
            Self::DataFolder | Self::DataFile => Action::LoadData(DataSource::at(path)),
            Self::Skipped => Action::SaveSkipped(path),
            Self::Run | Self::RunFile => KeepAction::Open(path).into(),
            Self::NewRun(_) => KeepAction::SaveIn(path).into(),
            Self::NewRunFile(_) => KeepAction::SaveIn(self.file_at(path)).into(),
            Self::Weights => KeepAction::TakeWeights(path).into(),
            Self::Pictures => Action::UserImage(UserImageAction::Read(vec![path])),
            Self::Figure(request, _) => Action::ExportTo(request, path),
        }
    }

    /// What follows when no path is chosen: a window about to close stays open.
    pub(super) fn given_up(&self) -> Option<Action> {
        let stays = || KeepAction::Close(CloseAnswer::Stay).into();
        matches!(self, Self::NewRun(_) | Self::NewRunFile(_)).then(stays)
    }
}

/// What came of a dialog.
#[derive(Debug, PartialEq)]
pub(super) enum Answer {
    /// These were chosen, at least one.
    Chosen(Vec<PathBuf>),
    /// The person wanted none.
    GivenUp,
    /// No dialog was shown.
    NoDialog,
}

/// The dialog that asks; at most one is open.
#[derive(Debug, Default)]
pub(super) struct Dialog {
    pub open: Option<(Question, Receiver<Answer>)>,
    /// The question whose answer is being typed.
    pub typed: Option<Typed>,
    /// Whether it was said that there are no dialogs here.
    pub said_so: bool,
}

/// A question whose answer is being typed.
#[derive(Debug)]
pub(super) struct Typed {
    pub question: Question,
    pub field: PathField,
}

impl Typed {
    pub(super) fn new(question: Question) -> Self {
        let name = match &question {
            Question::NewRun(name) | Question::NewRunFile(name) | Question::Figure(_, name) => {
                name.as_str()
            }
            Question::Skipped => SKIPPED_NAME,
            Question::DataFolder
            | Question::DataFile
            | Question::Run
            | Question::RunFile
            | Question::Weights
            | Question::Pictures => "",
        };
        let text = format!("~/{OWN_FOLDER}/{name}");
        let field = PathField {
            title: question.title().to_owned(),
            verb: if question.writes() { "Save" } else { "Open" },
            text,
            ..PathField::default()
        };
        Self { question, field }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typed_path_begins_in_a_folder_of_its_own() {
        let text = |question| Typed::new(question).field.text;
        let new = Question::NewRun("sparse-64-seed-1".to_owned());
        assert_eq!(text(new), "~/Hourglass/sparse-64-seed-1");
        assert_eq!(text(Question::Run), "~/Hourglass/");
    }

    #[test]
    fn a_file_of_a_run_gets_its_ending() {
        let answered = |path: &str| {
            let question = Question::NewRunFile("run.hourglass".to_owned());
            question.answered(vec![PathBuf::from(path)])
        };
        let saved = |path: &str| KeepAction::SaveIn(PathBuf::from(path)).into();
        assert_eq!(answered("a/b.2"), saved("a/b.2.hourglass"));
        assert_eq!(answered("a/b.Hourglass"), saved("a/b.Hourglass"));
    }

    #[test]
    fn giving_up_naming_a_run_keeps_the_window() {
        let stays = Some(KeepAction::Close(CloseAnswer::Stay).into());
        assert_eq!(Question::NewRun("run".to_owned()).given_up(), stays);
        assert_eq!(Question::Run.given_up(), None);
    }
}
