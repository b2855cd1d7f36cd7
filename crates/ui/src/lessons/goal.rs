//! What has to happen before a step's question is answered.

use super::change::Change;
use hourglass_experiment::{Experiment, PresetId};
use hourglass_state::{LabState, RunState};

/// Something that a run has to reach.
#[derive(Debug)]
pub struct Goal {
    /// The preset the run is made from.
    pub preset: PresetId,
    /// What of it is changed.
    pub changes: &'static [Change],
    /// What it has to reach.
    pub what: What,
}

/// What a run has to reach.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum What {
    /// An evaluation on the whole test split after this many epochs.
    Epochs(u32),
    /// A measurement of what its code is worth.
    Judged,
}

impl Goal {
    /// Whether the run in progress has got there, and was measured since its last change.
    #[must_use]
    pub fn is_met(&self, state: &LabState) -> bool {
        let Some(run) = self.run(state) else {
            return false;
        };
        let Some(evaluation) = &run.full_evaluation else {
            return false;
        };
        let changed = run.history.marks().last().map(|mark| mark.step);
        let is_newer = changed.is_none_or(|step| step <= evaluation.step);
        match self.what {
            What::Epochs(epochs) => is_newer && evaluation.epoch + 1e-6 >= f64::from(epochs),
            What::Judged => {
                let report = run.code_report.as_ref();
                report.is_some_and(|report| report.step == evaluation.step)
            }
        }
    }

    /// Where the run in progress stands, for people.
    #[must_use]
    pub fn progress(&self, state: &LabState) -> String {
        let Some(run) = self.run(state) else {
            return format!("Train {} to find out", self.experiment_text());
        };
        match self.what {
            What::Epochs(epochs) => {
                let measured = run.full_evaluation.as_ref();
                let epoch = measured.map_or(0.0, |evaluation| evaluation.epoch);
                format!("Answered after {epochs} epochs; {epoch:.0} measured so far")
            }
            What::Judged => "Answered once the code is measured".to_owned(),
        }
    }

    fn experiment_text(&self) -> String {
        let title = self.preset.preset().title;
        let changes = self.changes.iter().filter_map(|change| change.phrase());
        let changes: Vec<String> = changes.collect();
        if changes.is_empty() {
            format!("“{title}”")
        } else {
            format!("“{title}” with {}", changes.join(" and "))
        }
    }

    /// The experiment that a person has to train for it, with the seed of the draft.
    #[must_use]
    pub fn experiment(&self, draft: &Experiment) -> Experiment {
        let mut experiment = self.preset.preset().experiment();
        experiment.seed = draft.seed;
        for change in self.changes {
            change.apply(&mut experiment);
        }
        experiment
    }

    /// The run in progress, if it is of the experiment meant.
    fn run<'a>(&self, state: &'a LabState) -> Option<&'a RunState> {
        let run = state.run.as_ref()?;
        let mut meant = self.experiment(&run.experiment);
        if let Some(dataset) = &state.dataset {
            meant.fit_to(dataset.id);
        }
        is_like(&run.experiment, &meant).then_some(run)
    }
}

/// Whether an experiment asks the same of the same network. How long and how fast it learns is the person's.
fn is_like(found: &Experiment, meant: &Experiment) -> bool {
    found.preset == meant.preset
        && found.architecture == meant.architecture
        && found.objective == meant.objective
        && found.corruption == meant.corruption
        && found.test_noise == meant.test_noise
}
