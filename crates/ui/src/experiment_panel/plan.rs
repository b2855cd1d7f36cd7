//! What is trained before and after all layers together: greedy pre-training, fine-tuning with labels.

use egui::{Label, Ui};

use super::controls::{number_field, row, with_reason};
use super::editor::Editor;
use super::find::{Control, arrive};
use super::rows;
use super::section::Heading;
use crate::theme;
use hourglass_experiment::field::{Field, Kind, LAYER_CORRUPTION, LAYER_EPOCHS, Section, Value};
use hourglass_experiment::{Experiment, Plan, Stage};

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
        help: "What is trained before and after the joint training of all layers".to_owned(),
        is_in_use: !editor.draft.plan.is_plain(),
        needs_attention: editor.has_problem_in(Section::Plan),
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
    for field in Section::Plan.fields() {
        if **field == LAYER_EPOCHS {
            pretrained_layers(ui, editor);
        } else if **field != LAYER_CORRUPTION {
            rows::setting(ui, editor, field);
        }
    }
    let text = "All layers together: the epochs under Training";
    ui.add(Label::new(theme::dim(ui, text)).wrap());
}

/// A row for each layer of the encoder with its epochs and its corruption.
fn pretrained_layers(ui: &mut Ui, editor: &mut Editor<'_>) {
    let help = "Epochs for training this layer by itself, and the fraction ν of its inputs that are masked";
    for idx in 0..editor.draft.plan.pretraining.len() {
        let label = format!("Layer {}", idx + 1);
        let draft = &mut editor.draft;
        row(ui, &label, LAYER_EPOCHS.is_live(draft), help, |ui| {
            number_of_layer(ui, draft, &LAYER_EPOCHS, (idx, "epochs"));
            ui.label(theme::dim(ui, "epochs"));
            ui.label(theme::dim(ui, "ν"));
            let reason = LAYER_CORRUPTION.why_idle(draft);
            with_reason(ui, reason.as_deref(), |ui| {
                number_of_layer(ui, draft, &LAYER_CORRUPTION, (idx, "corruption ν"));
            });
        });
    }
    for field in [&LAYER_EPOCHS, &LAYER_CORRUPTION] {
        rows::problems(ui, editor, field);
    }
}

fn number_of_layer(
    ui: &mut Ui,
    draft: &mut Experiment,
    field: &'static Field,
    (idx, what): (usize, &str),
) {
    let (Kind::List(list), Some(Value::List(mut numbers))) = (&field.kind, field.get(draft)) else {
        return;
    };
    let name = format!("layer {} {what}", idx + 1);
    let response = number_field(ui, (&name, list.item_help), &list.item, &mut numbers[idx]);
    arrive(&response, Control::Setting(field)); // at the first layer's
    field.set(draft, &Value::List(numbers));
}
