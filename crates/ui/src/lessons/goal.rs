//! What has to happen before a step's question is answered.

use crate::number;
use hourglass_experiment::{Bound, Experiment, Figure, PresetId};
use hourglass_state::{LabState, RunState};

/// Something that a run has to reach.
#[derive(Debug)]
pub struct Goal {
    /// The preset the run is made from.
    pub preset: PresetId,
    /// Units of its code, where they are not the preset's.
    pub code: Option<usize>,
    /// Whether everything else has to be as the preset has it.
    pub is_exact: bool,
    /// What it has to reach.
    pub what: What,
}

/// What a run has to reach.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum What {
    /// A full evaluation after this many epochs.
    Epochs(u32),
    /// A figure within its bound.
    Reaches(Figure, Bound),
    /// A share of activations near zero, at least.
    NearZero(f64),
    /// An evaluation with this strength of corruption at test.
    TestNoise(f32),
}

impl Goal {
    /// Whether the run in progress has got there.
    #[must_use]
    pub fn is_met(&self, state: &LabState) -> bool {
        let Some(run) = self.run(state) else {
            return false;
        };
        let Some(evaluation) = &run.full_evaluation else {
            return false;
        };
        match self.what {
            What::Epochs(epochs) => evaluation.epoch + 1e-6 >= f64::from(epochs),
            What::Reaches(figure, bound) => {
                let reached = state.reached().and_then(|reached| reached.figure(figure));
                reached.is_some_and(|value| bound.is_kept(value, None))
            }
            What::NearZero(share) => {
                let code = evaluation.code.as_ref();
                code.is_some_and(|code| code.near_zero_fraction >= share)
            }
            What::TestNoise(strength) => {
                run.experiment.test_noise == Some(strength) && evaluation.psnr.is_some()
            }
        }
    }

    /// Where the run in progress stands, for people: "test MSE / PCA's: 1.31, has to be ≤ 1.05".
    #[must_use]
    pub fn percentile(&self, state: &LabState) -> String {
        let Some(run) = self.run(state) else {
            return format!("Train {} to find out", self.experiment_text());
        };
        let measured = run.full_evaluation.as_ref();
        match self.what {
            What::Epochs(epochs) => {
                let epoch = measured.map_or(0.0, |evaluation| evaluation.epoch);
                format!("Answered after {epochs} epochs; measured after {epoch:.0} so far")
            }
            What::Reaches(figure, bound) => {
                let value = state.reached().and_then(|reached| reached.figure(figure));
                let value =
                    value.map_or_else(|| "not measured yet".to_owned(), number::three_digits);
                format!(
                    "Answered once the {} is {}; now {value}",
                    figure.label(),
                    bound.label()
                )
            }
            What::NearZero(share) => {
                let code = measured.and_then(|evaluation| evaluation.code.as_ref());
                let now = code.map_or_else(
                    || "not measured yet".to_owned(),
                    |code| number::percent(code.near_zero_fraction),
                );
                let share = number::percent(share);
                format!("Answered once {share} of the code is near zero; now {now}")
            }
            What::TestNoise(_) => {
                "Answered at the next evaluation of the whole test split".to_owned()
            }
        }
    }

    fn experiment_text(&self) -> String {
        let title = self.preset.preset().title;
        match self.code {
            Some(code) => format!("“{title}” with a code of {code}"),
            None => format!("“{title}”"),
        }
    }

    /// The run in progress, if it is of the experiment meant.
    fn run<'a>(&self, state: &'a LabState) -> Option<&'a RunState> {
        let run = state.run.as_ref()?;
        let of = &run.experiment;
        let code = self.code.unwrap_or_else(|| {
            let preset = self.preset.preset().experiment();
            preset.architecture.code_size()
        });
        let is_meant = of.preset == Some(self.preset)
            && of.architecture.code_size() == code
            && (!self.is_exact || of.is_pristine() || self.differs_in_code_alone(of));
        is_meant.then_some(run)
    }

    fn differs_in_code_alone(&self, of: &Experiment) -> bool {
        let mut meant = self.preset.preset().experiment();
        meant.seed = of.seed;
        if let (Some(dense), Some(code)) = (meant.architecture.as_dense_mut(), self.code) {
            dense.code = code;
        }
        meant == *of
    }
}
