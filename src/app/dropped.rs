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

/// What dropped paths mean: a run's folder is opened, a data set is learned from, everything else is read as pictures and
/// folders of them, those of one drop in one go.
fn of_paths(paths: Vec<PathBuf>) -> Vec<Action> {
    let is_run = |path: &PathBuf| run_folder::is_run_folder(path);
    let (runs, pictures): (Vec<PathBuf>, Vec<PathBuf>) = paths.into_iter().partition(is_run);
    let is_data = |path: &PathBuf| hourglass_data::holds_data_set(path);
    let (data, pictures): (Vec<PathBuf>, Vec<PathBuf>) = pictures.into_iter().partition(is_data);
    let run = runs.into_iter().next(); // one run can be in progress
    let mut pushed: Vec<Action> = run
        .map(|folder| KeepAction::Open(folder).into())
        .into_iter()
        .collect();
    let data = data.into_iter().next(); // one data set can be in use
    pushed.extend(data.map(|path| Action::LoadData(DataSource::at(path))));
    if !pictures.is_empty() {
        pushed.push(Action::UserImage(UserImageAction::Read(pictures)));
    }
    pushed
}
