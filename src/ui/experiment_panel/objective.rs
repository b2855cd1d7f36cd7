//! What training minimises, and what the input suffers before: corruption, loss, sparsity.

use egui::Ui;

use super::Editor;
use super::controls::{Takes, choice, heading, problem, problem_of, row, slider, slider_row};
use crate::experiment::settings::{self, L1_WEIGHT};
use crate::experiment::{Corruption, InvalidExperiment, Reconstruction, Sparsity};
use crate::ui::theme;

/// λ when the penalty is switched on: that of the preset `sparse-64`.
const NEW_L1_WEIGHT: f32 = 6.4e-4;

const CORRUPTION_HELP: &str = "Damages the input before the encoder sees it; the target stays clean, so the \
                               network learns to repair. Masking blacks pixels out, salt and pepper sets them \
                               to 0 or 1, Gaussian adds noise";
const LOSS_HELP: &str = "How far the reconstruction is from the image, averaged over pixels. The squared error \
                         suits any output; cross-entropy reads pixels as probabilities and needs the sigmoid \
                         output";
const SPARSITY_HELP: &str = "A price for active code units: with L1 most of the code stays near zero, and each \
                             digit is written with few units";

/// Shows the objective section.
pub(super) fn show(ui: &mut Ui, editor: &mut Editor<'_>) {
    heading(ui, "Objective", |ui| {
        ui.label(theme::dim(ui, "live"))
            .on_hover_text("These take effect on the next step of the run");
    });
    corruption(ui, &mut editor.draft.corruption);
    loss(ui, editor);
    sparsity(ui, &mut editor.draft.objective.sparsity);
}

fn corruption(ui: &mut Ui, corruption: &mut Corruption) {
    row(ui, "Corruption", Takes::Live, CORRUPTION_HELP, |ui| {
        let width = ui.available_width();
        // Kinds are compared without their strength.
        let is_kind =
            |kind: &Corruption| std::mem::discriminant(kind) == std::mem::discriminant(corruption);
        let current = Corruption::KINDS
            .into_iter()
            .find(is_kind)
            .unwrap_or_default();
        let all = &Corruption::KINDS;
        if let Some(kind) = choice(
            ui,
            "corruption",
            CORRUPTION_HELP,
            width,
            current,
            all,
            Corruption::label,
        ) {
            *corruption = kind;
        }
    });
    let Some(setting) = settings::of_corruption(*corruption) else {
        return;
    };
    let strength = shortest(corruption.strength());
    row(
        ui,
        strength_label(*corruption),
        Takes::Live,
        &setting.hover_text(),
        |ui| {
            if let Some(strength) = slider(ui, setting, strength) {
                *corruption = corruption.with_strength(single(strength));
            }
        },
    );
    problem_of(ui, setting, strength);
}

fn strength_label(corruption: Corruption) -> &'static str {
    match corruption {
        Corruption::Gaussian { .. } => "Noise level σ",
        _ => "Fraction ν",
    }
}

fn loss(ui: &mut Ui, editor: &mut Editor<'_>) {
    let reconstruction = &mut editor.draft.objective.reconstruction;
    row(ui, "Loss", Takes::Live, LOSS_HELP, |ui| {
        let width = ui.available_width();
        let (current, all) = (*reconstruction, &Reconstruction::ALL);
        if let Some(chosen) = choice(
            ui,
            "loss",
            LOSS_HELP,
            width,
            current,
            all,
            Reconstruction::label,
        ) {
            *reconstruction = chosen;
        }
    });
    if editor
        .problems
        .contains(&InvalidExperiment::CrossEntropyOfLinearOutput)
    {
        problem(ui, "Needs the sigmoid output above");
    }
}

fn sparsity(ui: &mut Ui, sparsity: &mut Sparsity) {
    row(ui, "Sparsity", Takes::Live, SPARSITY_HELP, |ui| {
        let width = ui.available_width();
        let current = !sparsity.is_none();
        let label = |is_on| if is_on { "L1" } else { "none" };
        match choice(
            ui,
            "sparsity",
            SPARSITY_HELP,
            width,
            current,
            &[false, true],
            label,
        ) {
            Some(true) => {
                *sparsity = Sparsity::L1 {
                    weight: NEW_L1_WEIGHT,
                }
            }
            Some(false) => *sparsity = Sparsity::None,
            None => {}
        }
    });
    if let Sparsity::L1 { weight } = sparsity {
        let value = shortest(*weight);
        if let Some(value) = slider_row(ui, "Weight λ", Takes::Live, &L1_WEIGHT, value) {
            *weight = single(value);
        }
        problem_of(ui, &L1_WEIGHT, value);
    }
}

/// The double a person would write for this single: 0.3 rather than 0.30000001192.
pub(super) fn shortest(value: f32) -> f64 {
    value.to_string().parse().unwrap_or(f64::from(value))
}

#[expect(clippy::cast_possible_truncation, reason = "three digits survive")]
fn single(value: f64) -> f32 {
    value as f32
}
