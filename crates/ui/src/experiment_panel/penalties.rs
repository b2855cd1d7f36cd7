//! What is added to the reconstruction error: sparsity, contraction, a prior on the codes.

use egui::Ui;

use super::section::Heading;
use super::{Editor, rows};
use hourglass_experiment::Sparsity;
use hourglass_experiment::field::Section;

/// What is switched on.
pub(super) fn heading(editor: &Editor<'_>) -> Heading {
    let objective = &editor.draft.objective;
    let sparsity = match objective.sparsity {
        Sparsity::None => None,
        Sparsity::L1 { .. } => Some("L1"),
        Sparsity::Kl { .. } => Some("KL sparsity"),
    };
    let contraction = (objective.contraction > 0.0).then_some("contraction");
    let prior = (!objective.prior.is_none()).then(|| objective.prior.label());
    let parts: Vec<&str> = [sparsity, contraction, prior]
        .into_iter()
        .flatten()
        .collect();
    Heading {
        section: Section::Penalties,
        remarks: vec![if parts.is_empty() {
            "none".to_owned()
        } else {
            parts.join(", ")
        }],
        help: "What the objective adds to the reconstruction error".to_owned(),
        is_in_use: !parts.is_empty(),
        needs_attention: editor.has_problem_in(Section::Penalties),
    }
}

/// Shows the section of penalties.
pub(super) fn show(ui: &mut Ui, editor: &mut Editor<'_>) {
    for field in Section::Penalties.fields() {
        rows::setting(ui, editor, field);
    }
}
