//! How the weights follow the gradient, and for how long.

use egui::Ui;

use super::controls::{count_of, number_of, slider};
use super::editor::Editor;
use super::rows;
use super::section::Heading;
use crate::number;
use hourglass_experiment::field::{Kind, Section, TRAIN_SAMPLES, Value};

/// Optimizer and length in short.
pub(super) fn heading(editor: &Editor<'_>) -> Heading {
    let draft = &editor.draft;
    let (optimizer, epochs) = (draft.optimizer.label(), draft.training.epochs);
    Heading {
        section: Section::Training,
        remarks: vec![
            format!("{optimizer}, {} epochs", number::count_of(epochs)),
            optimizer.to_owned(),
        ],
        help: "The optimizer, and the epochs with all layers together".to_owned(),
        is_in_use: true,
        needs_attention: editor.has_problem_in(Section::Training),
    }
}

/// Shows the training section.
pub(super) fn show(ui: &mut Ui, editor: &mut Editor<'_>) {
    for field in Section::Training.fields() {
        if **field == TRAIN_SAMPLES {
            train_samples(ui, editor);
        } else {
            rows::setting(ui, editor, field);
        }
    }
}

/// How many training images; the upper end means all.
fn train_samples(ui: &mut Ui, editor: &mut Editor<'_>) {
    let available = editor.state.dataset.as_ref().map(|dataset| dataset.n_train);
    let Some(most) = available.or(editor.draft.training.train_samples) else {
        return; // without data there is nothing to choose from
    };
    let Kind::Number(range) = &TRAIN_SAMPLES.kind else {
        return;
    };
    let rail = number_of(most).clamp(range.min, range.max);
    let write = |value: f64| {
        if value >= rail {
            "all".to_owned()
        } else {
            number::count_of(count_of(value))
        }
    };
    rows::setting_with(ui, editor, &TRAIN_SAMPLES, |ui, _, value| {
        let now = match value {
            Value::Number(now) => now,
            _ => number_of(most),
        };
        let chosen = slider(ui, &TRAIN_SAMPLES, range, rail, now, &write)?;
        Some(if count_of(chosen) < most {
            Value::Number(chosen)
        } else {
            Value::Absent
        })
    });
}
