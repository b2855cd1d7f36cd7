//! The curves of the previous run.

use hourglass_experiment::{Experiment, Term};

use super::History;

/// The curves of a run that is over, with the experiment that made them.
#[derive(Clone, Debug)]
pub struct Ghost {
    /// Its experiment.
    pub experiment: Experiment,
    /// Its curves.
    pub history: History,
}

impl Ghost {
    /// Whether a term of this run counts in the same unit as in another, so that both can be drawn on one axis.
    #[must_use]
    pub fn counts_as(&self, other: &Experiment, term: Term) -> bool {
        self.experiment.objective.unit(term) == other.objective.unit(term)
    }
}
