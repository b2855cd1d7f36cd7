//! The menu of runs on disk: save, open, recent ones, weights.

use std::path::Path;

use egui::{Button, Popup, RectAlign, Response, Ui};
use egui_material_icons::icons::{ICON_ARROW_DROP_DOWN, ICON_FOLDER_OPEN};

use crate::shortcuts::{ShortcutAction, can_bring_back, key_of};
use crate::theme::{self, space};
use crate::{Action, CompareAction, KeepAction, PathAction, PathFor};
use hourglass_protocol::one_file::MOST_IMAGES;
use hourglass_state::{LabState, Offer};

/// Width of the menu, in points.
const WIDTH: f32 = 260.0;

/// Adds the button; a dot on it says that the run is not saved.
pub(super) fn show(ui: &mut Ui, state: &LabState, actions: &mut Vec<Action>) {
    let is_unsaved = state.has_unsaved_run();
    let mut icon = theme::icon(ICON_FOLDER_OPEN);
    if is_unsaved {
        icon = icon.color(theme::tokens_of(ui).accent);
    }
    let button = Button::new((icon, theme::icon(ICON_ARROW_DROP_DOWN)));
    let help = if is_unsaved {
        "Save the run, or open another. The current run is not saved"
    } else {
        "Save the run, or open another"
    };
    let response = ui
        .add(button.frame_when_inactive(false))
        .on_hover_text(help)
        .accessible_name("Run menu");
    Popup::menu(&response)
        .align(RectAlign::BOTTOM_END)
        .show(|ui| menu(ui, state, actions));
}

fn menu(ui: &mut Ui, state: &LabState, actions: &mut Vec<Action>) {
    ui.set_width(WIDTH);
    let has_run = state.run.is_some() && state.crash.is_none();
    let folder = state.run.as_ref().and_then(|run| run.saved.as_ref());
    let save_help = match folder {
        Some((folder, _)) => format!("Saves the run in {}", folder.display()),
        None => "Asks for a folder and saves the run there".to_owned(),
    };
    let file_help = format!(
        "Saves the run in a file to send or to keep; your own images go along if they take at most {} MB",
        MOST_IMAGES / 1_000_000
    );
    let save = if folder.is_some() { "Save" } else { "Save…" };
    let (save_key, open_key) = (
        key_of(ui.ctx(), ShortcutAction::SaveRun),
        key_of(ui.ctx(), ShortcutAction::OpenRun),
    );
    for (name, key, is_possible, help, action) in [
        (
            save,
            save_key.as_str(),
            has_run,
            save_help.as_str(),
            KeepAction::Save,
        ),
        (
            "Save as…",
            "",
            has_run,
            "Saves the run in another folder: experiment, curves, figures, weights and what training needs to continue",
            KeepAction::SaveAs,
        ),
        (
            "Save as one file…",
            "",
            has_run,
            &file_help,
            KeepAction::SaveAsFile,
        ),
        (
            "Open run…",
            &open_key,
            state.crash.is_none(),
            "Continues the run in a folder, with its curves and its experiment",
            KeepAction::AskForRun,
        ),
        (
            "Open run file…",
            "",
            state.crash.is_none(),
            "Continues a run that was saved as one file. You can also drop the file on the window",
            KeepAction::AskForRunFile,
        ),
        (
            "Load weights…",
            "",
            has_run,
            "Starts the experiment on the left with weights from a safetensors file, such as PyTorch writes",
            KeepAction::AskForWeights,
        ),
    ] {
        let typed = typed_instead(&action);
        let help = match typed {
            Some(_) => format!("{help}. With Shift held, type the path"),
            None => help.to_owned(),
        };
        if item(ui, name, key, is_possible)
            .on_hover_text(help)
            .clicked()
        {
            let typed = typed.filter(|_| ui.input(|input| input.modifiers.shift));
            actions.push(typed.map_or(action.into(), |path| PathAction::Ask(path).into()));
        }
    }
    ui.separator();
    let key = key_of(ui.ctx(), ShortcutAction::Compare);
    let compare = item(ui, "Compare with…", &key, has_run).on_hover_text(
        "Trains a second experiment alongside this run: losses in one plot, images and latent spaces side by side",
    );
    if compare.clicked() {
        actions.push(CompareAction::Open.into());
    }
    unsaved(ui, state, actions);
    ui.separator();
    ui.label(theme::dim(ui, "Recent runs"));
    if state.keep.recent.is_empty() {
        ui.label(theme::dim(ui, "None yet: save a run, or open one"));
    }
    for folder in &state.keep.recent {
        let name = name_of(folder);
        let recent = item(ui, &name, "", state.crash.is_none());
        let help = format!("Continues the run in {}", folder.display());
        if recent.on_hover_text(help).clicked() {
            actions.push(KeepAction::Open(folder.clone()).into());
        }
    }
    ui.add_space(space::XS);
}

/// The path that is typed instead of chosen in the system's dialog.
fn typed_instead(action: &KeepAction) -> Option<PathFor> {
    match action {
        KeepAction::SaveAs => Some(PathFor::NewRun),
        KeepAction::SaveAsFile => Some(PathFor::NewRunFile),
        KeepAction::AskForRun => Some(PathFor::Run),
        KeepAction::AskForRunFile => Some(PathFor::RunFile),
        KeepAction::AskForWeights => Some(PathFor::Weights),
        _ => None, // asks for no path
    }
}

/// Unsaved runs: the previous one, and those that no window has open.
fn unsaved(ui: &mut Ui, state: &LabState, actions: &mut Vec<Action>) {
    let key = key_of(ui.ctx(), ShortcutAction::BringBack);
    let back = item(ui, "Bring previous run back", &key, can_bring_back(state)).on_hover_text(
        "Restores the unsaved run that another run replaced; the current run becomes the previous run",
    );
    if back.clicked() {
        actions.push(KeepAction::BringBack.into());
    }
    let n_left = state.keep.left_behind.len();
    let count = if n_left > 0 {
        n_left.to_string()
    } else {
        String::new()
    };
    let list = item(ui, "Unsaved runs…", &count, n_left > 0)
        .on_hover_text("Lists the backed-up runs that no window has open");
    if list.clicked() {
        actions.push(KeepAction::Offer(Offer::List).into());
    }
}

fn item(ui: &mut Ui, name: &str, key: &str, is_possible: bool) -> Response {
    let button = Button::new(name).right_text(theme::dim(ui, key)).truncate();
    ui.add_enabled(is_possible, button).accessible_name(name)
}

fn name_of(folder: &Path) -> String {
    let name = folder.file_name().unwrap_or(folder.as_os_str());
    name.to_string_lossy().into_owned()
}
