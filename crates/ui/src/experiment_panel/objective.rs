//! What the target is and what the encoder sees instead: corruption, target, reconstruction error.

use egui::Ui;

use super::editor::Editor;
use super::rows;
use super::section::Heading;
use crate::theme;
use hourglass_experiment::Target;
use hourglass_experiment::field::Section;

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
        help: "Reconstruction error, target and corruption; changes take effect at the next step of the run"
            .to_owned(),
        is_in_use: true,
        needs_attention: editor.has_problem_in(Section::Objective),
    }
}

/// Shows the objective section.
pub(super) fn show(ui: &mut Ui, editor: &mut Editor<'_>) {
    for field in Section::Objective.fields() {
        rows::setting(ui, editor, field);
    }
    if editor.draft.objective.is_per_image() {
        let text = "With this prior: summed over the image's pixels"; // below the loss
        ui.label(theme::dim(ui, text));
    }
    let but = "; the emphasis acts on layers that are pre-trained with corruption too";
    rows::only_of_joint_training(ui, editor, but);
}
