//! A preset's expectations compared with the run in progress.

use hourglass_experiment::{Bound, Expectation, Figure, Preset, Verdict};
use hourglass_protocol::{DataSetId, Reached};

use super::{LabState, RunState};

/// An expectation beside what the run in progress has reached so far.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    /// What is expected.
    pub expectation: Expectation,
    /// What the run has reached; none before it was measured.
    pub measured: Option<f64>,
    /// The same figure of the run it is compared with, where it is compared with one that is known.
    pub other: Option<f64>,
    /// How the two stand.
    pub outcome: Outcome,
}

/// How a run stands to an expectation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Reached,
    /// Not there, and training goes on or can.
    OnTheWay,
    /// Not there, and the epochs of the preset are over.
    FallsShort,
    /// The run has not been measured on the whole test split, or its code has not been judged.
    NotMeasured,
    /// It is compared with a run that has not been trained in this session.
    NothingToCompare,
    /// The number holds on other digits.
    OtherDigits,
    /// The run follows another experiment.
    OtherExperiment,
    /// It is the preset's experiment, but the run went another way: longer, with settings changed, or from given weights.
    OtherWay,
}

impl Outcome {
    /// Whether the run in progress is one that the preset's figures apply to.
    #[must_use]
    pub fn is_of_this_run(self) -> bool {
        !matches!(self, Self::OtherExperiment | Self::OtherWay)
    }
}

impl LabState {
    /// What the run in progress has reached, by its newest evaluation on the whole test split.
    #[must_use]
    pub fn reached(&self) -> Option<Reached<'_>> {
        let run = self.run.as_ref()?;
        let evaluation = run.full_evaluation.as_ref()?;
        Some(Reached::of(
            &run.experiment,
            evaluation,
            run.code_report.as_ref(),
            self.baselines.as_ref(),
        ))
    }

    /// Every expectation of a preset with what the run in progress has reached.
    #[must_use]
    pub fn judge(&self, preset: &Preset) -> Vec<Judged> {
        let expectations = preset.expectations.iter();
        expectations
            .map(|&expectation| self.judge_one(preset, expectation))
            .collect()
    }

    fn judge_one(&self, preset: &Preset, expectation: Expectation) -> Judged {
        let judged = |measured, other, outcome| Judged {
            expectation,
            measured,
            other,
            outcome,
        };
        let Some(run) = self.run.as_ref().filter(|run| is_of(run, preset)) else {
            return judged(None, None, Outcome::OtherExperiment);
        };
        if !run.follows_its_preset() {
            return judged(None, None, Outcome::OtherWay);
        }
        let measured = if expectation.figure == Figure::Parameters {
            let parameters = run.experiment.n_parameters() as f64;
            Some(parameters)
        } else {
            self.reached()
                .and_then(|reached| reached.figure(expectation.figure))
        };
        let data = self.dataset.as_ref().map(|dataset| dataset.id);
        let other = expectation
            .bound
            .compared_with(preset.id)
            .zip(data)
            .and_then(|(experiment, data)| {
                self.baseline_history
                    .figure(data, &experiment, expectation.figure)
            });
        let holds_here = match expectation.bound {
            Bound::AtMostTimes(..) | Bound::LessThanWithBetaOne => true, // both runs saw these digits
            _ if expectation.figure == Figure::Parameters => true,
            _ if expectation.figure == Figure::MseOverPca => true, // PCA saw them too
            _ if expectation.on_pen_digits => data == Some(DataSetId::PEN_DIGITS),
            _ => data == Some(DataSetId::MNIST),
        };
        let outcome = match expectation.judge(measured, other) {
            Verdict::NotMeasured => Outcome::NotMeasured,
            Verdict::NothingToCompare => Outcome::NothingToCompare,
            _ if !holds_here => Outcome::OtherDigits,
            Verdict::Reached => Outcome::Reached,
            Verdict::FallsShort if is_over(run) => Outcome::FallsShort,
            Verdict::FallsShort => Outcome::OnTheWay,
        };
        judged(measured, other, outcome)
    }

    /// Keeps what the run has reached, if its epochs are over and it went the way of its experiment.
    pub(super) fn note_baseline(&mut self) {
        let Some((run, dataset)) = self.run.as_ref().zip(self.dataset.as_ref()) else {
            return;
        };
        if !is_over(run) || !run.kept_to_its_experiment() {
            return;
        }
        let (data, experiment) = (dataset.id, run.experiment.clone());
        let Some(evaluation) = &run.full_evaluation else {
            return;
        };
        let baselines = self.baselines.as_ref();
        let report = run.code_report.as_ref();
        let reached = Reached::of(&experiment, evaluation, report, baselines);
        self.baseline_history.note(data, &experiment, &reached);
    }
}

/// Whether a run has the experiment of a preset, whatever its seed.
fn is_of(run: &RunState, preset: &Preset) -> bool {
    run.experiment.preset == Some(preset.id) && run.experiment.is_pristine()
}

/// Whether the newest evaluation is of the model after the experiment's epochs.
fn is_over(run: &RunState) -> bool {
    let measured = run.full_evaluation.as_ref();
    measured
        .is_some_and(|evaluation| evaluation.epoch + 1e-6 >= run.experiment.total_epochs() as f64)
}
