//! What is dropped on the window or pasted into it, as actions: the one place that looks at what a path is.

use std::path::PathBuf;
use std::sync::Arc;

use egui::{Context, Event};

use hourglass_protocol::DataSource;
use hourglass_run_folder as run_folder;
use hourglass_ui::{Action, KeepAction, UserImageAction};

/// The actions of this frame's drops and pastes.
pub(super) fn pushed(ctx: &Context) -> Vec<Action> {
    let (dropped, pasted) = ctx.input(|input| {
        let dropped = input.raw.dropped_files.iter();
        let dropped: Vec<PathBuf> = dropped.map(|file| file.path().to_owned()).collect();
        let pasted = input.events.iter().filter_map(|event| match event {
            Event::PasteImage(image) => Some(Arc::clone(image)),
            _ => None,
        });
        (dropped, pasted.collect::<Vec<_>>())
    });
    let mut pushed = of_paths(dropped);
    let pasted = pasted.into_iter();
    pushed.extend(pasted.map(|image| Action::UserImage(UserImageAction::Paste(image))));
    pushed
}

/// What dropped paths mean, as actions: a data set is learned from, and pictures of one drop are read in one go.
fn of_paths(paths: Vec<PathBuf>) -> Vec<Action> {
    let Opened {
        run,
        data,
        pictures,
    } = Opened::of(paths);
    let mut pushed: Vec<Action> = run
        .map(|folder| KeepAction::Open(folder).into())
        .into_iter()
        .collect();
    pushed.extend(data.map(|path| Action::LoadData(DataSource::at(path))));
    if !pictures.is_empty() {
        pushed.push(Action::UserImage(UserImageAction::Read(pictures)));
    }
    pushed
}

/// Paths that are to be opened, by what they are: dropped on the window, or on the program's icon.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Opened {
    /// The first run, in a folder or in one file: one can be in progress.
    pub run: Option<PathBuf>,
    /// The first data set: one can be in use.
    pub data: Option<PathBuf>,
    /// Everything else: pictures, and folders of them.
    pub pictures: Vec<PathBuf>,
}

impl Opened {
    /// Looks at what they are.
    #[must_use]
    pub fn of(paths: Vec<PathBuf>) -> Self {
        let is_run = |path: &PathBuf| run_folder::is_run(path);
        let (runs, others): (Vec<PathBuf>, Vec<PathBuf>) = paths.into_iter().partition(is_run);
        let is_data = |path: &PathBuf| hourglass_data::holds_data_set(path);
        let (data, pictures): (Vec<PathBuf>, Vec<PathBuf>) = others.into_iter().partition(is_data);
        Self {
            run: runs.into_iter().next(),
            data: data.into_iter().next(),
            pictures,
        }
    }
}
