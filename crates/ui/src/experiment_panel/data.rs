//! Which digits: the data set in use, others, and fetching MNIST.

use egui::{Align, Button, ComboBox, Label, Layout, ProgressBar, Ui};
use egui_material_icons::icons::{ICON_CLOSE, ICON_DOWNLOAD};

use super::find::{Control, arrive};
use super::section::Heading;
use crate::theme::{self, space};
use crate::{Action, number};
use hourglass_experiment::field::Section;
use hourglass_protocol::{DataSource, DatasetDescription, DatasetKind, DatasetProgress};
use hourglass_state::LabState;

/// How many images there are.
pub(super) fn heading(state: &LabState) -> Heading {
    let dataset = state.dataset.as_ref();
    Heading {
        section: Section::Data,
        remarks: dataset
            .map(|dataset| {
                let count = number::count_of;
                let counts = format!("{} + {}", count(dataset.n_train), count(dataset.n_test()));
                vec![format!("{}, {counts}", dataset.kind.label()), counts]
            })
            .unwrap_or_default(),
        help: dataset
            .map(|dataset| {
                let origin = &dataset.origin;
                format!("Images for training + for testing. Kept: {origin}")
            })
            .unwrap_or_default(),
        is_in_use: dataset.is_none_or(|dataset| dataset.kind != DatasetKind::Mnist), // offers to fetch it
        needs_attention: dataset.is_none() || state.loading.is_some(),
    }
}

/// Shows the data section.
pub(super) fn show(ui: &mut Ui, state: &LabState, wishes: &mut Vec<Action>) {
    let is_mnist = state
        .dataset
        .as_ref()
        .is_some_and(|dataset| dataset.kind == DatasetKind::Mnist);
    ui.horizontal(|ui| {
        let offers_fetch = !is_mnist && state.loading.is_none();
        let fetch_width = if offers_fetch { 118.0 + space::S } else { 0.0 };
        source_menu(
            ui,
            state.dataset.as_ref(),
            ui.available_width() - fetch_width,
            wishes,
        );
        if offers_fetch {
            let fetch = Button::new((ICON_DOWNLOAD.rich_text().size(15.0), "Fetch MNIST"));
            let response = ui
                .add_sized([118.0, space::CONTROL], fetch)
                .on_hover_text(
                    "Downloads MNIST (11 MB) into the user's cache, checks it and uses it; can be \
                                cancelled and resumed",
                )
                .accessible_name("Fetch MNIST");
            if response.clicked() {
                wishes.push(Action::FetchMnist);
            }
        }
    });
    match &state.loading {
        Some(progress) => loading(ui, progress, wishes),
        None if state.dataset.is_none() => {
            let text = "No data set yet: choose the built-in pen digits, or fetch MNIST";
            ui.add(Label::new(theme::dim(ui, text)).wrap());
        }
        None => {}
    }
}

fn source_menu(
    ui: &mut Ui,
    dataset: Option<&DatasetDescription>,
    width: f32,
    wishes: &mut Vec<Action>,
) {
    let kind = dataset.map(|dataset| dataset.kind);
    let response = ComboBox::from_id_salt("data set")
        .selected_text(kind.map_or("none", DatasetKind::label))
        .width(width)
        .truncate()
        .icon(theme::chevron)
        .show_ui(ui, |ui| {
            for (candidate, source, help) in [
                (
                    DatasetKind::Mnist,
                    DataSource::Mnist,
                    "Handwritten digits, 60,000 + 10,000 (LeCun et al. 1998); where found on this machine",
                ),
                (
                    DatasetKind::PenDigits,
                    DataSource::PenDigits,
                    "Digits the program draws itself, 60,000 + 10,000, with known slant and thickness",
                ),
            ] {
                let button = Button::selectable(kind == Some(candidate), candidate.label());
                if ui.add(button).on_hover_text(help).clicked() {
                    wishes.push(Action::LoadData(source));
                }
            }
            ui.separator();
            let open = ui
                .button("Open folder…")
                .on_hover_text("A folder with the four files of MNIST, packed or unpacked");
            if open.clicked() {
                wishes.push(Action::OpenDataFolder);
            }
        })
        .response;
    let kept = dataset.map_or_else(
        || "No data set is in use".to_owned(),
        |dataset| format!("In use: {}, {}", dataset.kind.label(), dataset.origin),
    );
    let response = response
        .on_hover_text(format!(
            "Which digits to learn. {kept}. Another data set starts a new run"
        ))
        .accessible_name("data set");
    arrive(&response, Control::DataSet);
}

fn loading(ui: &mut Ui, progress: &DatasetProgress, wishes: &mut Vec<Action>) {
    let t = theme::tokens_of(ui);
    let stage = progress.stage.label();
    let row = egui::vec2(ui.available_width(), 50.0);
    ui.allocate_ui_with_layout(row, Layout::right_to_left(Align::Center), |ui| {
        let cancel = ui
            .add(Button::new(theme::icon(ICON_CLOSE)).frame_when_inactive(false))
            .on_hover_text("Cancel; what was fetched so far is kept, and the data set in use stays")
            .accessible_name("Cancel loading");
        if cancel.clicked() {
            wishes.push(Action::CancelLoading);
        }
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 3.0;
            let words = match progress.fraction {
                Some(fraction) => format!("{stage}, {}", number::percent(f64::from(fraction))),
                None => format!("{stage}…"),
            };
            ui.add(Label::new(words).truncate());
            let bar = ProgressBar::new(progress.fraction.unwrap_or(0.0))
                .desired_height(4.0)
                .fill(t.accent)
                .corner_radius(2);
            ui.visuals_mut().extreme_bg_color = t.control_active;
            ui.add(bar).accessible_name(stage);
            ui.add(Label::new(theme::dim(ui, &progress.detail)).truncate())
                .on_hover_text(&progress.detail);
        });
    });
}
