//! Which test image is followed through the network: by its index, by chance, or one of those in Digits.

use egui::{Button, DragValue, Popup, Ui};
use egui_material_icons::icons;

use super::Action;
use super::theme;
use hourglass_experiment::{Stream, stream_seed};
use hourglass_protocol::{DatasetDescription, SampleIdx};
use hourglass_state::LabState;

/// Controls for the header of a card, from right to left; nothing without a data set.
pub fn choice(ui: &mut Ui, state: &LabState, actions: &mut Vec<Action>) {
    let n_test = state.dataset.as_ref().map_or(0, DatasetDescription::n_test);
    let Some(last) = n_test.checked_sub(1) else {
        return;
    };
    let last = SampleIdx::try_from(last).unwrap_or(SampleIdx::MAX);
    if state.followed > last {
        actions.push(Action::Follow(0)); // the data set before had more images
    }
    let by_chance = Button::new(theme::icon(icons::ICON_CASINO))
        .small()
        .frame(false);
    let by_chance = ui
        .add(by_chance)
        .on_hover_text("Follow any test image")
        .accessible_name("Follow a random image");
    if by_chance.clicked() {
        actions.push(Action::Follow(another(state.followed, last)));
    }
    from_digits(ui, state, actions);
    index(ui, state.followed, last, actions);
}

fn index(ui: &mut Ui, followed: SampleIdx, last: SampleIdx, actions: &mut Vec<Action>) {
    ui.scope(|ui| {
        ui.spacing_mut().interact_size.y = 21.0; // as high as the choices in other headers
        let mut sample = followed.min(last);
        let field = DragValue::new(&mut sample).range(0..=last).speed(1.0);
        let response = ui
            .add(field)
            .on_hover_text("Index of the followed test image in the data set");
        if response.accessible_name("Followed test image").changed() {
            actions.push(Action::Follow(sample));
        }
    });
}

/// A menu of the images in Digits.
fn from_digits(ui: &mut Ui, state: &LabState, actions: &mut Vec<Action>) {
    let snapshot = state.run.as_ref().and_then(|run| run.snapshot.as_ref());
    let view = snapshot.map(|snapshot| &snapshot.digits);
    let (Some(view), Some(dataset)) = (view, &state.dataset) else {
        return;
    };
    if view.samples.is_empty() {
        return;
    }
    let button = Button::new(theme::icon(icons::ICON_ARROW_DROP_DOWN))
        .small()
        .frame(false);
    let button = ui
        .add(button)
        .on_hover_text("Follow one of the images in the list")
        .accessible_name("Follow one of the images shown");
    Popup::menu(&button).show(|ui| {
        for (&sample, label) in view.samples.iter().zip(&view.labels).take(MOST_IN_MENU) {
            let shown = dataset.id.class_title(*label);
            let text = format!("{shown}, test image {sample}");
            if ui
                .selectable_label(sample == state.followed, text)
                .clicked()
            {
                actions.push(Action::Follow(sample));
            }
        }
    });
}

/// Images of the menu at most.
const MOST_IN_MENU: usize = 20;

/// Another image, told from the one before: no two clicks in a row stay where they are.
fn another(followed: SampleIdx, last: SampleIdx) -> SampleIdx {
    let drawn = stream_seed(0, Stream::Choice, &[u64::from(followed)]) % (u64::from(last) + 1);
    let drawn = SampleIdx::try_from(drawn).unwrap_or(0);
    if drawn == followed {
        (followed + 1) % (last + 1)
    } else {
        drawn
    }
}
