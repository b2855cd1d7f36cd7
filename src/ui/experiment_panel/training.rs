//! How the weights follow the gradient, and for how long.

use egui::{DragValue, Ui};

use super::Editor;
use super::controls::{
    Takes, count_of, heading, number_of, problem_of, row, slider_row, slider_to,
};
use crate::experiment::settings::{BATCH_SIZE, EPOCHS, LEARNING_RATE, TRAIN_SAMPLES};
use crate::ui::number;
use crate::ui::theme::{self, space};

const SEED_HELP: &str = "All random choices of a run derive from this number: the same seed gives the same initial \
                         weights, the same order of images and the same noise. Any whole number";
/// Largest seed a field of doubles shows exactly.
const MAX_SEED: u64 = (1 << 53) - 1;

/// Shows the training section.
pub(super) fn show(ui: &mut Ui, editor: &mut Editor<'_>) {
    heading(ui, "Training", |ui| {
        ui.label(theme::dim(ui, editor.draft.optimizer.label()))
            .on_hover_text("Adaptive moments (Kingma & Ba 2014), β₁ 0.9, β₂ 0.999, ε 1e-7");
    });
    let rate = editor.draft.optimizer.learning_rate_mut();
    if let Some(value) = slider_row(ui, "Learning rate", Takes::Live, &LEARNING_RATE, *rate) {
        *rate = value;
    }
    problem_of(ui, &LEARNING_RATE, *rate);
    let training = &mut editor.draft.training;
    let batch = number_of(training.batch_size);
    if let Some(value) = slider_row(ui, "Batch size", Takes::Live, &BATCH_SIZE, batch) {
        training.batch_size = count_of(value);
    }
    problem_of(ui, &BATCH_SIZE, batch);
    let epochs = number_of(training.epochs);
    if let Some(value) = slider_row(ui, "Epochs", Takes::Live, &EPOCHS, epochs) {
        training.epochs = count_of(value);
    }
    problem_of(ui, &EPOCHS, epochs);
    train_samples(ui, editor);
    seed(ui, &mut editor.draft.seed);
}

/// How many training images; the upper end means all.
fn train_samples(ui: &mut Ui, editor: &mut Editor<'_>) {
    let available = editor.state.dataset.as_ref().map(|dataset| dataset.n_train);
    let chosen = editor.draft.training.train_samples;
    let Some(max) = available.or(chosen) else {
        return; // without data there is nothing to choose from
    };
    let max_number = number_of(max).clamp(TRAIN_SAMPLES.min, TRAIN_SAMPLES.max);
    let value = number_of(chosen.unwrap_or(max));
    let write = |value: f64| {
        if value >= max_number {
            "all".to_owned()
        } else {
            number::count_of(count_of(value))
        }
    };
    let help = TRAIN_SAMPLES.hover_text();
    row(ui, "Images", Takes::NewModel, &help, |ui| {
        if let Some(value) = slider_to(ui, &TRAIN_SAMPLES, max_number, value, &write) {
            let count = count_of(value);
            editor.draft.training.train_samples = (count < max).then_some(count);
        }
    });
    if let Some(count) = chosen {
        problem_of(ui, &TRAIN_SAMPLES, number_of(count));
    }
}

fn seed(ui: &mut Ui, seed: &mut u64) {
    row(ui, "Seed", Takes::NewModel, SEED_HELP, |ui| {
        let field = DragValue::new(seed)
            .range(0..=MAX_SEED)
            .clamp_existing_to_range(false)
            .update_while_editing(false)
            .speed(0.1);
        ui.add_sized([ui.available_width(), space::CONTROL], field)
            .on_hover_text(SEED_HELP)
            .accessible_name("seed");
    });
}
