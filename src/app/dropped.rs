//! What is dropped on the window or pasted into it, as actions: the one place that looks at what a path is.

use std::path::PathBuf;
use std::sync::Arc;

use egui::{Context, Event};

use hourglass_protocol::DataSource;
use hourglass_run_folder as run_folder;
use hourglass_state::Notices;
use hourglass_ui::{Action, KeepAction, UserImageAction};

/// The actions of this frame's drops and pastes. What of them cannot be open too is told.
pub(super) fn pushed(ctx: &Context, notices: &mut Notices) -> Vec<Action> {
    let (dropped, pasted) = ctx.input(|input| {
        let dropped = input.raw.dropped_files.iter();
        let dropped: Vec<PathBuf> = dropped.map(|file| file.path().to_owned()).collect();
        let pasted = input.events.iter().filter_map(|event| match event {
            Event::PasteImage(image) => Some(Arc::clone(image)),
            _ => None,
        });
        (dropped, pasted.collect::<Vec<_>>())
    });
    let opened = Opened::of(dropped);
    if let Some(left_out) = opened.left_out() {
        notices.warning(left_out);
    }
    let mut pushed = actions_of(opened);
    let pasted = pasted.into_iter();
    pushed.extend(pasted.map(|image| Action::UserImage(UserImageAction::Paste(image))));
    pushed
}

/// What dropped paths mean, as actions: a data set is learned from, and pictures of one drop are read in one go.
fn actions_of(opened: Opened) -> Vec<Action> {
    let Opened {
        run,
        data,
        pictures,
        others: _,
    } = opened;
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
    /// Runs and data sets after the first.
    others: Vec<PathBuf>,
}

impl Opened {
    /// Looks at what they are.
    #[must_use]
    pub fn of(paths: Vec<PathBuf>) -> Self {
        let mut opened = Self::default();
        for path in paths {
            let place = if run_folder::is_run(&path) {
                &mut opened.run
            } else if hourglass_data::holds_data_set(&path) {
                &mut opened.data
            } else {
                opened.pictures.push(path);
                continue;
            };
            match place {
                Some(_) => opened.others.push(path),
                None => *place = Some(path),
            }
        }
        opened
    }

    /// What is not opened, and why, as a sentence; `None` if all of it is.
    #[must_use]
    pub fn left_out(&self) -> Option<String> {
        let (first, others) = self.others.split_first()?;
        let shown = first.file_name().unwrap_or(first.as_os_str()).display();
        let were = match others.len() {
            0 => "was".to_owned(),
            1 => "and another were".to_owned(),
            n => format!("and {n} others were"),
        };
        Some(format!(
            "One run and one data set can be open: {shown} {were} left out"
        ))
    }
}
