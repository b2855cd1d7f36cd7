//! What is added to the reconstruction error: sparsity, contraction, a prior on the codes.

use egui::Ui;

use super::editor::Editor;
use super::rows;
use super::section::Heading;
use hourglass_experiment::field::Section;

/// What is switched on.
pub(super) fn heading(editor: &Editor<'_>) -> Heading {
    let losses = editor.draft.objective.losses();
    let parts: Vec<&str> = losses.iter().skip(1).map(|(_, part)| part.choice).collect();
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
    rows::only_of_joint_training(ui, editor, "");
}
