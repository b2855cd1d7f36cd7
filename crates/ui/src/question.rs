//! Questions before something is lost, or fetched: an unsaved run when the window closes, another run in a folder, a data
//! set that is not on this machine.

use std::path::Path;

use egui::{Id, Label, Modal, Ui};

use super::number::count_of;
use super::theme::{self, space};
use super::{Action, CloseAnswer, KeepAction};
use hourglass_protocol::{DataSetId, DataSource};
use hourglass_state::{LabState, OfferedImages, OfferedWeights, title};

/// Width of a question, in points.
const WIDTH: f32 = 340.0;

/// An answer: its name, what it does, and the action that follows from it.
type Answer = (&'static str, &'static str, Action);

pub fn ask(ui: &Ui, state: &LabState, actions: &mut Vec<Action>) {
    if let Some(folder) = &state.keep.asks_to_replace {
        ask_to_replace(ui, folder, actions);
    } else if let Some(offered) = &state.keep.weights_offered {
        ask_to_take_weights(ui, offered, actions);
    } else if let Some(offered) = &state.keep.images_offered {
        ask_to_open_images(ui, offered, actions);
    } else if let Some(id) = state.offers_to_fetch {
        ask_to_fetch(ui, id, actions);
    } else if state.keep.asks_before_closing {
        let step = state.run.as_ref().map_or(0, |run| run.step);
        let previous = state.previous.as_ref().map(|previous| title(&previous.run));
        ask_before_closing(ui, step, previous.as_deref(), actions);
    }
}

fn ask_to_fetch(ui: &Ui, id: DataSetId, actions: &mut Vec<Action>) {
    let spec = id.spec();
    let size = spec.download_size().unwrap_or_default();
    let licence = spec.licence.unwrap_or("no licence stated");
    let text = format!(
        "{} is not on this machine. {}, {} + {} images of {}; {size} to download, {licence}",
        id.label(),
        spec.about,
        count_of(spec.n_train),
        count_of(spec.n_test),
        spec.shape.describe()
    );
    let answers = [
        (
            "Fetch it",
            "Downloads it into the user's cache, checks it and uses it; can be cancelled and resumed",
            Action::Fetch(id),
        ),
        (
            "Cancel",
            "The data set in use stays",
            Action::LeaveUnfetched,
        ),
    ];
    let title = format!("Fetch {}?", id.label());
    question(ui, &title, &text, &answers, actions);
}

fn ask_before_closing(ui: &Ui, step: u64, previous: Option<&str>, actions: &mut Vec<Action>) {
    let of_previous = previous.map_or(String::new(), |previous| {
        format!(
            ". The previous run, {previous}, is not saved either: it is lost with this one, or offered at the \
             next start if this one \
             is saved"
        )
    });
    let text = format!("What it learned in {step} steps is not saved{of_previous}");
    let answers = [
        (
            "Save",
            "Saves the run's folder, then closes the window",
            KeepAction::Close(CloseAnswer::Save).into(),
        ),
        (
            "Don't save",
            "Closes the window; the weights are lost",
            KeepAction::Close(CloseAnswer::Discard).into(),
        ),
        (
            "Cancel",
            "The window stays open",
            KeepAction::Close(CloseAnswer::Stay).into(),
        ),
    ];
    question(ui, "Save the run?", &text, &answers, actions);
}

fn ask_to_replace(ui: &Ui, folder: &Path, actions: &mut Vec<Action>) {
    let text = format!(
        "{} holds another run, which would be lost",
        folder.display()
    );
    let answers = [
        (
            "Replace",
            "Replaces the other run with this one",
            KeepAction::Replace(folder.to_owned()).into(),
        ),
        (
            "Cancel",
            "The other run stays, and this one is not saved",
            KeepAction::KeepOther.into(),
        ),
    ];
    question(ui, "Replace the run?", &text, &answers, actions);
}

fn ask_to_take_weights(ui: &Ui, offered: &OfferedWeights, actions: &mut Vec<Action>) {
    /// Lines shown; of more, the first.
    const MAX_LINES: usize = 12;
    let OfferedWeights { file, pairs } = offered;
    let name = file
        .file_name()
        .unwrap_or(file.as_os_str())
        .to_string_lossy();
    let shown = pairs.iter().take(MAX_LINES).cloned().collect::<Vec<_>>();
    let more = match pairs.len() - shown.len() {
        0 => String::new(),
        n => format!("\n… and {n} more"),
    };
    let text = format!(
        "The tensors in {name} are named or stored differently from this model's. Their shapes match in this order:\n\n{}{more}",
        shown.join("\n")
    );
    let answers = [
        (
            "Load them",
            "Starts the experiment with these weights, paired as shown",
            KeepAction::TakeWeightsByShape(file.clone()).into(),
        ),
        (
            "Cancel",
            "The run in progress stays as it is",
            KeepAction::LeaveWeights.into(),
        ),
    ];
    question(ui, "Load these weights?", &text, &answers, actions);
}

fn ask_to_open_images(ui: &Ui, offered: &OfferedImages, actions: &mut Vec<Action>) {
    let OfferedImages { run, needed, place } = offered;
    let name = run.file_name().unwrap_or(run.as_os_str()).to_string_lossy();
    let text = format!(
        "{name} was trained on {needed}, which did not come along. Where it was trained, the images were in:\n\n{}\n\nIf \
         you do not know that place, press Cancel, open the images from where you have them, then the run",
        place.path.display()
    );
    let answers = [
        (
            "Open from there",
            "Loads the images from that place, then opens the run",
            KeepAction::OpenOn(run.clone(), DataSource::from(place)).into(),
        ),
        (
            "Cancel",
            "The place is not looked at, and the run in progress stays",
            KeepAction::LeaveUnopened.into(),
        ),
    ];
    question(ui, "Open its images too?", &text, &answers, actions);
}

/// Shows a question over everything else; a click elsewhere gives the last answer.
fn question(ui: &Ui, title: &str, text: &str, answers: &[Answer], actions: &mut Vec<Action>) {
    let frame = egui::Frame::popup(ui.style())
        .inner_margin(20)
        .corner_radius(12);
    let modal = Modal::new(Id::unique(title)).frame(frame);
    let mut chosen = None;
    let shown = modal.show(ui.ctx(), |ui| {
        ui.set_width(WIDTH);
        ui.heading(title);
        ui.add_space(space::XS);
        ui.add(Label::new(theme::dim(ui, text)).wrap());
        ui.add_space(space::M);
        ui.horizontal(|ui| {
            for (name, help, action) in answers {
                if ui.button(*name).on_hover_text(*help).clicked() {
                    chosen = Some(action.clone());
                }
            }
        });
    });
    if shown.should_close() {
        chosen = answers.last().map(|(_, _, no)| no.clone());
    }
    actions.extend(chosen);
}
