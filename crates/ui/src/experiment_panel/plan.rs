//! What is trained before and after all layers together: greedy pre-training, fine-tuning with labels.

use egui::{Label, Ui};

use super::Editor;
use super::controls::{
    Takes, count_of, number_field, number_of, problem, problem_of, row, shortest, single,
    slider_named, toggle,
};
use super::section::{Heading, Section};
use crate::theme;
use hourglass_experiment::settings::{EPOCHS, LAYER_CORRUPTION, LEARNING_RATE};
use hourglass_experiment::{
    Experiment, FineTuning, InvalidExperiment, LayerPretraining, Plan, Stage,
};

/// What each layer starts with when pre-training is switched on.
const NEW_LAYER: LayerPretraining = LayerPretraining {
    epochs: 5,
    corruption: 0.2,
};
/// What fine-tuning starts with: the preset `stacked-denoising`.
const NEW_TUNING: FineTuning = FineTuning {
    epochs: 12,
    learning_rate: 3e-4,
};
/// Width of the number fields of a layer, in points.
const FIELD: f32 = 44.0;

const PRETRAINING_HELP: &str = "Trains the encoder's layers one after the other before all of them together: each \
                                learns to rebuild its own, partly masked input. The way deep networks were first \
                                trained. For dense networks";
const TUNING_HELP: &str = "After everything else, trains the encoder with a softmax layer on the code to name the \
                           digit. Beside it the same network learns the same from random weights";

/// The parts in short.
pub(super) fn heading(editor: &Editor<'_>) -> Heading {
    let parts = parts(&editor.draft.plan);
    let remark = if parts.is_empty() {
        "all layers at once".to_owned()
    } else {
        parts.join(", ")
    };
    Heading {
        section: Section::Plan,
        remarks: vec![remark],
        help: "What is trained before and after all layers together".to_owned(),
        is_in_use: !editor.draft.plan.is_plain(),
        needs_attention: editor.problem(concerns).is_some(),
    }
}

fn concerns(problem: &InvalidExperiment) -> bool {
    match problem {
        InvalidExperiment::OutOfRange { label, .. } => *label == LAYER_CORRUPTION.label,
        InvalidExperiment::PretrainingOfConvolutions
        | InvalidExperiment::PretrainingOfOtherDepth { .. } => true,
        _ => false,
    }
}

fn parts(plan: &Plan) -> Vec<&'static str> {
    let pretraining = (!plan.pretraining.is_empty()).then_some("layer by layer");
    let tuning = plan.fine_tuning.is_some().then_some("labels");
    [pretraining, tuning].into_iter().flatten().collect()
}

/// The parts in their order, for a line: "first 3 layers one by one, then all together, then labels". None
/// where there is nothing but joint training.
pub(super) fn in_words(experiment: &Experiment) -> Option<String> {
    if experiment.plan.is_plain() {
        return None;
    }
    let mut parts = Vec::new();
    for (stage, _) in experiment.stages() {
        match stage {
            Stage::Pretraining { of: 1, .. } => parts.push("the layer by itself".to_owned()),
            Stage::Pretraining { of, .. } => parts.push(format!("{of} layers one by one")),
            Stage::Joint => parts.push("all together".to_owned()),
            Stage::FineTuning => parts.push("labels".to_owned()),
        }
    }
    parts.dedup();
    Some(format!("first {}", parts.join(", then ")))
}

/// Gives each layer of the encoder its row after layers were added or removed; the code keeps its own.
pub(super) fn follow_depth(draft: &mut Experiment) {
    let depth = draft.architecture.encoder_depth();
    let layers = &mut draft.plan.pretraining;
    if draft.architecture.as_dense().is_none() {
        return; // refused, and said so
    }
    if let Some(code) = layers.pop() {
        layers.resize(depth.saturating_sub(1), code);
        layers.push(code);
    }
}

/// Shows the section of the plan.
pub(super) fn show(ui: &mut Ui, editor: &mut Editor<'_>) {
    pretraining(ui, editor);
    fine_tuning(ui, &mut editor.draft.plan.fine_tuning);
    let text = "All layers together: the epochs under Training";
    ui.add(Label::new(theme::dim(ui, text)).wrap());
}

fn pretraining(ui: &mut Ui, editor: &mut Editor<'_>) {
    let depth = editor.draft.architecture.encoder_depth();
    let layers = &mut editor.draft.plan.pretraining;
    let (name, help) = ("layer-wise pre-training", PRETRAINING_HELP);
    row(ui, "Before", Takes::NewModel, help, |ui| {
        if let Some(is_on) = toggle(
            ui,
            name,
            "layer-wise pre-training",
            help,
            !layers.is_empty(),
        ) {
            let n_rows = if is_on { depth } else { 0 };
            *layers = vec![NEW_LAYER; n_rows];
        }
    });
    for refused in &editor.problems {
        if concerns(refused) && !matches!(refused, InvalidExperiment::OutOfRange { .. }) {
            problem(ui, &refused.to_string());
        }
    }
    for (idx, layer) in layers.iter_mut().enumerate() {
        pretrained_layer(ui, idx + 1, layer);
    }
}

fn pretrained_layer(ui: &mut Ui, number: usize, layer: &mut LayerPretraining) {
    let help = "Epochs of this layer by itself, and the share ν of its inputs that are masked";
    row(
        ui,
        &format!("Layer {number}"),
        Takes::NewModel,
        help,
        |ui| {
            let (name, epochs) = (format!("layer {number} epochs"), number_of(layer.epochs));
            if let Some(epochs) = number_field(ui, &name, &EPOCHS, FIELD, epochs) {
                layer.epochs = count_of(epochs);
            }
            ui.label(theme::dim(ui, "epochs"));
            let (name, corruption) = (
                format!("layer {number} corruption ν"),
                shortest(layer.corruption),
            );
            ui.label(theme::dim(ui, "ν"));
            if let Some(corruption) = number_field(ui, &name, &LAYER_CORRUPTION, FIELD, corruption)
            {
                layer.corruption = single(corruption);
            }
        },
    );
    problem_of(ui, &EPOCHS, number_of(layer.epochs));
    problem_of(ui, &LAYER_CORRUPTION, shortest(layer.corruption));
}

fn fine_tuning(ui: &mut Ui, tuning: &mut Option<FineTuning>) {
    let (name, help) = ("fine-tuning with labels", TUNING_HELP);
    row(ui, "After", Takes::NewModel, help, |ui| {
        if let Some(is_on) = toggle(ui, name, "fine-tuning with labels", help, tuning.is_some()) {
            *tuning = is_on.then_some(NEW_TUNING);
        }
    });
    let Some(tuning) = tuning else { return };
    let epochs = number_of(tuning.epochs);
    row(ui, "Epochs", Takes::NewModel, &EPOCHS.hover_text(), |ui| {
        if let Some(epochs) = slider_named(ui, "fine-tuning epochs", &EPOCHS, epochs) {
            tuning.epochs = count_of(epochs);
        }
    });
    problem_of(ui, &EPOCHS, epochs);
    let (name, rate) = ("fine-tuning learning rate", tuning.learning_rate);
    let help = LEARNING_RATE.hover_text();
    row(ui, "Learning rate", Takes::NewModel, &help, |ui| {
        if let Some(rate) = slider_named(ui, name, &LEARNING_RATE, rate) {
            tuning.learning_rate = rate;
        }
    });
    problem_of(ui, &LEARNING_RATE, rate);
}
