//! What a view draws: one of two runs that are compared, or the only one, and all else that is known.

use hourglass_protocol::Snapshot;

use super::{LabState, Past, RunState};

/// One run as a view draws it, beside everything that is not of a run.
#[derive(Clone, Copy, Debug)]
pub struct RunView<'a> {
    pub state: &'a LabState,
    /// The run that is drawn; `None` while there is none.
    pub run: Option<&'a RunState>,
}

impl<'a> RunView<'a> {
    /// Of the run in progress.
    #[must_use]
    pub fn of(state: &'a LabState) -> Self {
        let run = state.run.as_ref();
        Self { state, run }
    }

    /// Of its comparison run.
    #[must_use]
    pub fn of_comparison(state: &'a LabState) -> Self {
        let run = state.comparison.as_ref();
        Self { state, run }
    }

    /// Units of its code.
    #[must_use]
    pub fn code_size(self) -> Option<usize> {
        Some(self.run?.experiment.architecture.code_size())
    }

    /// The moment of its past that is shown; `None` while the run is followed.
    #[must_use]
    pub fn past(self) -> Option<&'a Past> {
        self.run?.replay.past()
    }

    /// What is seen of its model, then or now.
    #[must_use]
    pub fn shown(self) -> Option<&'a Snapshot> {
        self.run?.shown()
    }
}
