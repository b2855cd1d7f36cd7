//! Which data set is in use, which others there are, and fetching them.

use egui::{Align, Button, ComboBox, Label, Layout, ProgressBar, Ui};
use egui_material_icons::icons::{ICON_CLOSE, ICON_DOWNLOAD};

use super::find::{Control, arrive};
use super::section::Heading;
use crate::theme::{self, space};
use crate::{Action, data_sets, number};
use hourglass_experiment::field::Section;
use hourglass_protocol::{DataSetId, DataSource, DatasetDescription, DatasetProgress};
use hourglass_state::LabState;

/// Height of the list of data sets, in points: as many as there are.
const HEIGHT: f32 = 480.0;

/// How many images there are.
pub(super) fn heading(state: &LabState) -> Heading {
    let dataset = state.dataset.as_ref();
    Heading {
        section: Section::Data,
        remarks: dataset
            .map(|dataset| {
                let count = number::count_of;
                let counts = format!("{} + {}", count(dataset.n_train), count(dataset.n_test()));
                vec![format!("{}, {counts}", dataset.id.label()), counts]
            })
            .unwrap_or_default(),
        help: dataset
            .map(|dataset| {
                let origin = &dataset.origin;
                format!("Images for training + for testing. Source: {origin}")
            })
            .unwrap_or_default(),
        is_in_use: dataset.is_none_or(|dataset| dataset.id != DataSetId::MNIST), // offers to fetch it
        needs_attention: dataset.is_none() || state.loading.is_some(),
    }
}

/// Shows the data section.
pub(super) fn show(ui: &mut Ui, state: &LabState, actions: &mut Vec<Action>) {
    let is_mnist = state
        .dataset
        .as_ref()
        .is_some_and(|dataset| dataset.id == DataSetId::MNIST);
    ui.horizontal(|ui| {
        let offers_fetch = !is_mnist && state.loading.is_none();
        let fetch_width = if offers_fetch { 118.0 + space::S } else { 0.0 };
        source_menu(
            ui,
            state.dataset.as_ref(),
            ui.available_width() - fetch_width,
            actions,
        );
        if offers_fetch {
            let text = data_sets::fetch_label(DataSetId::MNIST);
            let fetch = Button::new((ICON_DOWNLOAD.rich_text().size(15.0), text.as_str()));
            let response = ui
                .add_sized([118.0, space::CONTROL], fetch)
                .on_hover_text(data_sets::fetch_help(DataSetId::MNIST))
                .accessible_name(text);
            if response.clicked() {
                actions.push(Action::Fetch(DataSetId::MNIST));
            }
        }
    });
    if let Some(report) = state
        .dataset
        .as_ref()
        .and_then(|dataset| dataset.report.as_ref())
    {
        let n_skipped = report.skipped.len();
        let text = if n_skipped > 0 {
            format!(
                "Look at the images… ({} left out)",
                number::count_of(n_skipped)
            )
        } else {
            "Look at the images…".to_owned()
        };
        let look = ui
            .button(text)
            .on_hover_text("What was found, how it is made to fit, and some images of each class");
        if look.clicked() {
            actions.push(Action::ShowData(true));
        }
    }
    match &state.loading {
        Some(progress) => loading(ui, progress, actions),
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
    actions: &mut Vec<Action>,
) {
    let in_use = dataset.map(|dataset| dataset.id);
    let response = ComboBox::from_id_salt("data set")
        .selected_text(in_use.map_or("none", DataSetId::label))
        .width(width)
        .truncate()
        .height(HEIGHT)
        .icon(theme::chevron)
        .show_ui(ui, |ui| {
            let open = ui.button("Open your own images…").on_hover_text(
                "A folder of images, one folder for each class; or of IDX, NumPy, CSV, MATLAB, LIBSVM or CIFAR files",
            );
            if open.clicked() {
                actions.push(Action::OpenDataFolder);
            }
            let open = ui.button("Open a data file…").on_hover_text(
                "A ZIP or TAR of images, or an IDX, NumPy, CSV, MATLAB, LIBSVM or CIFAR file",
            );
            if open.clicked() {
                actions.push(Action::OpenDataFile);
            }
            ui.separator();
            for id in DataSetId::all() {
                let button = Button::selectable(in_use == Some(id), id.label());
                if ui.add(button).on_hover_text(data_sets::help(id)).clicked() {
                    actions.push(Action::LoadData(DataSource::Named(id)));
                }
            }
        })
        .response;
    let kept = dataset.map_or_else(
        || "No data set is in use".to_owned(),
        |dataset| format!("In use: {}, {}", dataset.id.label(), dataset.origin),
    );
    let response = response
        .on_hover_text(format!(
            "Which images to learn. {kept}. Another data set starts a new run"
        ))
        .accessible_name("data set");
    arrive(&response, Control::DataSet);
}

fn loading(ui: &mut Ui, progress: &DatasetProgress, actions: &mut Vec<Action>) {
    let t = theme::tokens_of(ui);
    let stage = progress.stage.label();
    let row = egui::vec2(ui.available_width(), 50.0);
    ui.allocate_ui_with_layout(row, Layout::right_to_left(Align::Center), |ui| {
        let cancel = ui
            .add(Button::new(theme::icon(ICON_CLOSE)).frame_when_inactive(false))
            .on_hover_text(
                "Cancels; what has been downloaded is kept, and so is the data set in use",
            )
            .accessible_name("Cancel loading");
        if cancel.clicked() {
            actions.push(Action::CancelLoading);
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
            ui.add(bar).accessible_name(stage.as_str());
            ui.add(Label::new(theme::dim(ui, &progress.detail)).truncate())
                .on_hover_text(&progress.detail);
        });
    });
}
