//! Layers of encoder and decoder: sizes, activations, and what they cost.

use egui::{Button, Label, Ui};
use egui_material_icons::icons::{ICON_ADD, ICON_REMOVE};

use super::Editor;
use super::controls::{
    Takes, choice, count_of, heading, number_field, number_of, problem, problem_of, row, slider_row,
};
use crate::experiment::settings::{CODE_SIZE, HIDDEN_SIZE, N_HIDDEN};
use crate::experiment::{
    Activation, Architecture, Dense, InvalidExperiment, N_PIXELS, OutputActivation,
};
use crate::ui::number;
use crate::ui::theme::{self, space, text};

/// Units of a layer that is added.
const NEW_LAYER: usize = 128;

const ACTIVATION_HELP: &str = "The function each unit applies to its weighted sum. Sigmoid keeps values \
                               between 0 and 1, ReLU cuts negative ones off, linear leaves them";

/// Shows the architecture section.
pub(super) fn show(ui: &mut Ui, editor: &mut Editor<'_>) {
    heading(ui, "Architecture", |ui| {
        let summary = editor.draft.architecture.summary();
        ui.add(
            Label::new(egui::RichText::new(&summary).font(theme::mono(text::size::SMALL)))
                .truncate(),
        )
        .on_hover_text(format!("Units from input to output: {summary}"));
    });
    let Architecture::Dense(dense) = &mut editor.draft.architecture;
    hidden_layers(ui, dense);
    if let Some(code) = slider_row(
        ui,
        "Code size",
        Takes::NewModel,
        &CODE_SIZE,
        number_of(dense.code),
    ) {
        dense.code = count_of(code);
    }
    problem_of(ui, &CODE_SIZE, number_of(dense.code));
    activations(ui, dense);
    if editor
        .problems
        .contains(&InvalidExperiment::CrossEntropyOfLinearOutput)
    {
        problem(
            ui,
            &InvalidExperiment::CrossEntropyOfLinearOutput.to_string(),
        );
    }
    costs(ui, &editor.draft.architecture);
}

/// The editable list of hidden sizes: one field a layer, and buttons to add and to remove the last.
fn hidden_layers(ui: &mut Ui, dense: &mut Dense) {
    let hidden = &mut dense.hidden;
    row(
        ui,
        "Hidden layers",
        Takes::NewModel,
        &N_HIDDEN.hover_text(),
        |ui| {
            ui.spacing_mut().item_spacing.x = space::XS;
            ui.horizontal_wrapped(|ui| {
                for (idx, units) in hidden.iter_mut().enumerate() {
                    let mut value = number_of(*units);
                    ui.add_sized(
                        [44.0, space::CONTROL],
                        number_field(&HIDDEN_SIZE, &mut value),
                    )
                    .on_hover_text(HIDDEN_SIZE.hover_text())
                    .accessible_name(format!("hidden layer {}", idx + 1));
                    *units = count_of(value);
                }
                if hidden.is_empty() {
                    ui.label(theme::dim(ui, "none"));
                }
                let small = |icon: egui_material_icons::MaterialIcon| {
                    Button::new(icon.rich_text().size(14.0))
                        .min_size(egui::vec2(22.0, space::CONTROL))
                };
                ui.spacing_mut().button_padding.x = 2.0;
                let n_max = count_of(N_HIDDEN.max);
                let add = ui
                    .add_enabled(hidden.len() < n_max, small(ICON_ADD))
                    .on_hover_text("Adds a layer next to the code, mirrored in the decoder")
                    .on_disabled_hover_text(format!("At most {n_max} hidden layers"))
                    .accessible_name("Add hidden layer");
                if add.clicked() {
                    hidden.push(hidden.last().map_or(NEW_LAYER, |last| (last / 2).max(1)));
                }
                if !hidden.is_empty() {
                    let remove = ui
                        .add(small(ICON_REMOVE))
                        .on_hover_text("Removes the layer next to the code")
                        .accessible_name("Remove hidden layer");
                    if remove.clicked() {
                        hidden.pop();
                    }
                }
            });
        },
    );
    for &units in &dense.hidden {
        problem_of(ui, &HIDDEN_SIZE, number_of(units));
    }
}

/// Activations of hidden layers, code and output.
fn activations(ui: &mut Ui, dense: &mut Dense) {
    if !dense.hidden.is_empty() {
        row(ui, "Hidden units", Takes::NewModel, ACTIVATION_HELP, |ui| {
            let (current, all) = (dense.hidden_activation, &Activation::ALL);
            let width = ui.available_width();
            let help = ACTIVATION_HELP;
            if let Some(chosen) = choice(
                ui,
                "hidden activation",
                help,
                width,
                current,
                all,
                Activation::label,
            ) {
                dense.hidden_activation = chosen;
            }
        });
    }
    row(ui, "Code, output", Takes::NewModel, ACTIVATION_HELP, |ui| {
        let width = (ui.available_width() - space::S) / 2.0;
        let (current, all) = (dense.code_activation, &Activation::ALL);
        let help = "Activation of the code. Sigmoid is the classic choice for sparse codes, linear gives PCA's plane";
        if let Some(chosen) = choice(
            ui,
            "code activation",
            help,
            width,
            current,
            all,
            Activation::label,
        ) {
            dense.code_activation = chosen;
        }
        let (current, all) = (dense.output_activation, &OutputActivation::ALL);
        let help = "Activation of the reconstruction. Sigmoid keeps pixels between 0 and 1 and is needed for \
                    cross-entropy; linear learns faster with the squared error";
        if let Some(chosen) = choice(
            ui,
            "output activation",
            help,
            width,
            current,
            all,
            OutputActivation::label,
        ) {
            dense.output_activation = chosen;
        }
    });
}

/// "101,200 parameters · code 12.3 times smaller than the image"
fn costs(ui: &mut Ui, architecture: &Architecture) {
    let parameters = number::count_of(architecture.n_parameters());
    let ratio = number_of(N_PIXELS) / number_of(architecture.code_size()).max(1.0);
    let compression = if ratio >= 1.0 {
        format!("{} : 1 compression", number::three_digits(ratio))
    } else {
        format!("1 : {}, no compression", number::three_digits(1.0 / ratio))
    };
    ui.add(
        Label::new(theme::dim(
            ui,
            format!("{parameters} parameters · {compression}"),
        ))
        .truncate(),
    )
    .on_hover_text(
        "Trainable numbers of encoder and decoder; pixels of an image to units of the code",
    );
}
