//! How the weights follow the gradient, and for how long.

use egui::{DragValue, Ui};

use super::Editor;
use super::controls::{
    Takes, choice_row, count_of, number_of, problem, problem_of, row, slider_row, slider_row_of,
    slider_row_or_off, slider_to,
};
use super::find::arrive;
use super::section::{Heading, Section};
use crate::number;
use crate::theme::space;
use hourglass_experiment::settings::{
    BATCH_SIZE, EPOCHS, GRADIENT_CLIP, LEARNING_RATE, MOMENTUM, Setting, TRAIN_SAMPLES,
    WEIGHT_DECAY,
};
use hourglass_experiment::{InvalidExperiment, Optimizer, OptimizerKind, Schedule};

const OPTIMIZER_HELP: &str = "How the weights follow the gradient. Adam adapts the step of each weight and suits                               most; AdamW decays weights apart from the gradient; SGD takes plain steps, with                               momentum; RMSProp divides by a running size of the gradient. Adam and AdamW: β₁ 0.9,                               β₂ 0.999, ε 1e-7";
const SCHEDULE_HELP: &str = "How the length of a step changes while a part of the plan goes on. Cosine: from the full learning rate \
                             down to 0 at the part's last epoch, which settles what full steps keep shaking; trained on, \
                             it begins anew. It holds for every rate of the run";
const SEED_HELP: &str = "All random choices of a run derive from this number: the same seed gives the same initial \
                         weights, the same order of images and the same noise. Any whole number";
/// Largest seed a field of doubles shows exactly.
const MAX_SEED: u64 = (1 << 53) - 1;

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
        needs_attention: editor.problem(concerns).is_some(),
    }
}

fn concerns(problem: &InvalidExperiment) -> bool {
    const MINE: [&Setting; 7] = [
        &LEARNING_RATE,
        &MOMENTUM,
        &WEIGHT_DECAY,
        &GRADIENT_CLIP,
        &BATCH_SIZE,
        &EPOCHS,
        &TRAIN_SAMPLES,
    ];
    match problem {
        InvalidExperiment::OutOfRange { label, .. } => MINE.iter().any(|own| own.label == *label),
        InvalidExperiment::NothingToTrain => true,
        _ => false,
    }
}

/// Shows the training section.
pub(super) fn show(ui: &mut Ui, editor: &mut Editor<'_>) {
    optimizer(ui, &mut editor.draft.optimizer);
    let training = &mut editor.draft.training;
    let batch = number_of(training.batch_size);
    if let Some(value) = slider_row(ui, "Batch size", Takes::Live, &BATCH_SIZE, batch) {
        training.batch_size = count_of(value);
    }
    problem_of(ui, &BATCH_SIZE, batch);
    let takes = if editor.draft.plan.is_plain() {
        Takes::Live
    } else {
        Takes::NewModel // epochs say where the parts of a plan begin
    };
    let epochs = number_of(training.epochs);
    if let Some(value) = slider_row(ui, "Epochs", takes, &EPOCHS, epochs) {
        training.epochs = count_of(value);
    }
    problem_of(ui, &EPOCHS, epochs);
    if editor.problems.contains(&InvalidExperiment::NothingToTrain) {
        problem(ui, &InvalidExperiment::NothingToTrain.to_string());
    }
    train_samples(ui, editor);
    seed(ui, &mut editor.draft.seed);
    decay_and_clip(ui, &mut editor.draft.optimizer);
}

fn optimizer(ui: &mut Ui, optimizer: &mut Optimizer) {
    let names = ("Optimizer", "optimizer");
    let (takes, menu) = (Takes::Live, (optimizer.kind, &OptimizerKind::ALL[..]));
    let label = OptimizerKind::label;
    if let Some(kind) = choice_row(ui, names, takes, OPTIMIZER_HELP, menu, label) {
        optimizer.kind = kind;
        if !kind.has_momentum() {
            optimizer.momentum = 0.0; // nothing hidden makes a recipe differ from its preset
        }
    }
    let rate = &mut optimizer.learning_rate;
    if let Some(value) = slider_row(ui, "Learning rate", takes, &LEARNING_RATE, *rate) {
        *rate = value;
    }
    problem_of(ui, &LEARNING_RATE, *rate);
    let (names, menu) = (
        ("Schedule", "learning rate schedule"),
        (optimizer.schedule, &Schedule::ALL[..]),
    );
    if let Some(schedule) = choice_row(ui, names, takes, SCHEDULE_HELP, menu, Schedule::label) {
        optimizer.schedule = schedule;
    }
    if optimizer.kind.has_momentum() {
        slider_row_of(ui, "Momentum μ", &MOMENTUM, &mut optimizer.momentum);
    }
}

/// What is done to gradients and weights beside the rule; seldom needed, and therefore last.
fn decay_and_clip(ui: &mut Ui, optimizer: &mut Optimizer) {
    let decay = &mut optimizer.weight_decay;
    slider_row_or_off(ui, "Weight decay", &WEIGHT_DECAY, WEIGHT_DECAY.max, decay);
    let clip = &mut optimizer.gradient_clip;
    slider_row_or_off(ui, "Gradient clip", &GRADIENT_CLIP, GRADIENT_CLIP.max, clip);
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
        if let Some(value) = slider_to(
            ui,
            TRAIN_SAMPLES.label,
            &TRAIN_SAMPLES,
            max_number,
            value,
            &write,
        ) {
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
        let field = ui
            .add_sized([ui.available_width(), space::CONTROL], field)
            .on_hover_text(SEED_HELP)
            .accessible_name("seed");
        arrive(&field, "seed");
    });
}
