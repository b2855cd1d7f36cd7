//! What is dropped on the window or pasted into it, as wishes: the one place that looks at what a path is.

use std::path::PathBuf;
use std::sync::Arc;

use egui::{Context, Event};

use crate::ui::{Action, OwnAction};

/// The wishes of this frame's drops and pastes.
pub(super) fn wishes(ctx: &Context) -> Vec<Action> {
    let (dropped, pasted) = ctx.input(|input| {
        let dropped = input.raw.dropped_files.iter();
        let dropped: Vec<PathBuf> = dropped.map(|file| file.path().to_owned()).collect();
        let pasted = input.events.iter().filter_map(|event| match event {
            Event::PasteImage(image) => Some(Arc::clone(image)),
            _ => None,
        });
        (dropped, pasted.collect::<Vec<_>>())
    });
    let mut wishes = of_paths(dropped);
    let pasted = pasted.into_iter();
    wishes.extend(pasted.map(|image| Action::Own(OwnAction::Paste(image))));
    wishes
}

/// What dropped paths mean: pictures, and folders of them. Those of one drop are read in one go.
fn of_paths(paths: Vec<PathBuf>) -> Vec<Action> {
    if paths.is_empty() {
        return Vec::new();
    }
    vec![Action::Own(OwnAction::Read(paths))]
}
