//! What is asked for and what the encoder is shown instead: corruption, target, reconstruction error.

use egui::Ui;

use super::Editor;
use super::controls::{
    Takes, choice_row, kind_of, problem, problem_of, row, shortest, single, slider, slider_named,
    slider_row_of, toggle,
};
use super::section::{Heading, Section};
use crate::theme;
use hourglass_experiment::settings::{self, ROTATION, Setting};
use hourglass_experiment::{Corruption, Half, InvalidExperiment, Reconstruction, Target};

const CORRUPTION_HELP: &str = "Damages the input before the encoder sees it; the target stays clean, so the \
                               network learns to repair. Masking blacks pixels out, salt and pepper sets them \
                               to 0 or 1, Gaussian adds noise";
const TEST_HELP: &str = "Another strength of the same corruption when measuring: how well does the network repair \
                         more, or less, than it was trained on? Otherwise test images are damaged as those of \
                         training";
const TARGET_HELP: &str = "Which image is asked for. The same image: plain reconstruction. Whole from half: one half \
                           is black for the encoder. Upright from rotated: the encoder sees the image turned by a \
                           random angle";
const HALF_HELP: &str =
    "The half that the encoder does not see, and that the decoder has to invent";
const LOSS_HELP: &str = "How far the reconstruction is from the image, averaged over pixels, or with a prior summed. \
                         The squared error suits any output, the absolute error weighs large \
                         differences less; cross-entropy reads pixels as probabilities and needs the sigmoid output";

/// The choices in short.
pub(super) fn heading(editor: &Editor<'_>) -> Heading {
    let draft = &editor.draft;
    let loss = draft.objective.reconstruction.short_label();
    let corruption = (!draft.corruption.is_none()).then(|| draft.corruption.label());
    let target = (draft.target != Target::SameImage).then(|| draft.target.label());
    let parts: Vec<&str> = [Some(loss), target, corruption]
        .into_iter()
        .flatten()
        .collect();
    Heading {
        section: Section::Objective,
        remarks: vec![parts.join(", "), loss.to_owned()],
        help: "Reconstruction error, target and corruption; they take effect on the next step of the run"
            .to_owned(),
        is_in_use: true,
        needs_attention: editor.problem(concerns).is_some(),
    }
}

fn concerns(problem: &InvalidExperiment) -> bool {
    const MINE: [&Setting; 3] = [&settings::NOISE_FRACTION, &settings::NOISE_SIGMA, &ROTATION];
    match problem {
        InvalidExperiment::OutOfRange { label, .. } => MINE.iter().any(|own| own.label == *label),
        InvalidExperiment::CrossEntropyOfUnboundedOutput { .. }
        | InvalidExperiment::AbsoluteErrorIsNoLikelihood => true,
        _ => false,
    }
}

/// Shows the objective section.
pub(super) fn show(ui: &mut Ui, editor: &mut Editor<'_>) {
    corruption(ui, editor);
    target(ui, &mut editor.draft.target);
    loss(ui, editor);
}

fn corruption(ui: &mut Ui, editor: &mut Editor<'_>) {
    let draft = &mut editor.draft;
    let current = kind_of(&Corruption::KINDS, &draft.corruption).unwrap_or_default();
    let (names, menu) = (
        ("Corruption", "corruption"),
        (current, &Corruption::KINDS[..]),
    );
    let label = Corruption::label;
    if let Some(kind) = choice_row(ui, names, Takes::Live, CORRUPTION_HELP, menu, label) {
        draft.corruption = kind;
        draft.test_noise = None; // ν and σ do not mean the same
    }
    let Some(setting) = settings::of_corruption(draft.corruption) else {
        return;
    };
    let strength = shortest(draft.corruption.strength());
    let (label, help) = (strength_label(draft.corruption), setting.hover_text());
    row(ui, label, Takes::Live, &help, |ui| {
        if let Some(strength) = slider(ui, setting, strength) {
            draft.corruption = draft.corruption.with_strength(single(strength));
        }
    });
    problem_of(ui, setting, strength);
    test_noise(ui, setting, strength, &mut draft.test_noise);
}

fn strength_label(corruption: Corruption) -> &'static str {
    match corruption {
        Corruption::Gaussian { .. } => "Noise level σ",
        _ => "Fraction ν",
    }
}

/// Another strength when measuring, which starts as that of training.
fn test_noise(
    ui: &mut Ui,
    setting: &'static Setting,
    in_training: f64,
    test_noise: &mut Option<f32>,
) {
    row(ui, "At test", Takes::Live, TEST_HELP, |ui| {
        let name = "other strength at test";
        let text = if test_noise.is_some() {
            ""
        } else {
            "other strength"
        };
        if let Some(is_on) = toggle(ui, name, text, TEST_HELP, test_noise.is_some()) {
            *test_noise = is_on.then_some(single(in_training));
        }
        if let Some(strength) = test_noise {
            let value = shortest(*strength);
            if let Some(value) = slider_named(ui, "strength at test", setting, value) {
                *strength = single(value);
            }
        }
    });
    if let Some(strength) = test_noise {
        problem_of(ui, setting, shortest(*strength));
    }
}

fn target(ui: &mut Ui, target: &mut Target) {
    let current = kind_of(&Target::KINDS, target).unwrap_or_default();
    let (names, menu) = (("Target", "target"), (current, &Target::KINDS[..]));
    if let Some(kind) = choice_row(ui, names, Takes::Live, TARGET_HELP, menu, Target::label) {
        *target = kind;
    }
    match target {
        Target::SameImage => {}
        Target::WholeFromHalf { hidden } => {
            let (names, menu) = (("Hidden half", "hidden half"), (*hidden, &Half::ALL[..]));
            if let Some(half) = choice_row(ui, names, Takes::Live, HALF_HELP, menu, Half::label) {
                *hidden = half;
            }
        }
        Target::UprightFromRotated { degrees } => {
            slider_row_of(ui, "Up to ± degrees", &ROTATION, degrees);
        }
    }
}

fn loss(ui: &mut Ui, editor: &mut Editor<'_>) {
    let loss = &mut editor.draft.objective.reconstruction;
    let (names, menu) = (("Loss", "loss"), (*loss, &Reconstruction::ALL[..]));
    let label = Reconstruction::label;
    if let Some(chosen) = choice_row(ui, names, Takes::Live, LOSS_HELP, menu, label) {
        *loss = chosen;
    }
    for refused in &editor.problems {
        match refused {
            InvalidExperiment::CrossEntropyOfUnboundedOutput { .. } => {
                problem(ui, "Needs the sigmoid output above");
            }
            InvalidExperiment::AbsoluteErrorIsNoLikelihood => {
                problem(ui, &refused.to_string());
            }
            _ => {}
        }
    }
    if editor.draft.objective.is_per_image() {
        ui.label(theme::dim(
            ui,
            "With a prior: summed over the image's pixels",
        ));
    }
}
