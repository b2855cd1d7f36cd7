//! The draft while its controls are drawn.

use hourglass_experiment::field::Section;
use hourglass_experiment::{Experiment, InvalidExperiment};
use hourglass_state::LabState;

/// The draft while its controls are drawn.
pub(super) struct Editor<'a> {
    pub state: &'a LabState,
    /// The draft with what the controls of this frame changed.
    pub draft: Experiment,
    /// Everything wrong with the draft as it was before this frame.
    pub problems: Vec<InvalidExperiment>,
}

impl Editor<'_> {
    /// Whether something in a section is wrong.
    pub fn has_problem_in(&self, section: Section) -> bool {
        self.problems
            .iter()
            .any(|problem| problem.concerns(section))
    }
}
