//! What moves a session on: what a person asks for, and what the worker reports.

use std::path::PathBuf;

use hourglass_experiment::{DataSetId, Experiment};
use hourglass_protocol::{DataSource, Event, Failure, Matching, RunId};

use crate::LabState;

/// What moves the session on.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    // A person asks for:
    Load(DataSource),
    Fetch(DataSetId),
    /// A new model.
    Start(Experiment),
    /// Other settings of the model there is.
    Tune(Experiment),
    /// The run in a folder, as soon as there are data.
    Open(PathBuf),
    StartFromWeights {
        experiment: Experiment,
        file: PathBuf,
        matching: Matching,
    },
    Compare(Experiment),
    BringBack,
    // What happens:
    WorkerStarted,
    WorkerGone,
    DataLoaded,
    DataFailed,
    RunStarted {
        run: RunId,
        experiment: Experiment,
    },
    /// The experiment that was asked for.
    Refused,
    NotOpened(RunId),
    /// It can be opened on other data.
    NeedsData {
        run: RunId,
        folder: PathBuf,
        data: DataSetId,
    },
    NotCompared,
    /// A comparison ended, and its comparison run goes on alone.
    ComparisonKept {
        run: RunId,
        experiment: Experiment,
    },
    BroughtBack {
        run: RunId,
        experiment: Experiment,
        data: DataSource,
    },
    NotBroughtBack,
}

impl Input {
    /// What a report means for the session, before the state has taken it in.
    pub(crate) fn of(event: &Event, state: &LabState) -> Option<Self> {
        Some(match event {
            Event::DatasetLoaded(_) => Self::DataLoaded,
            Event::RunStarted {
                run, experiment, ..
            } => Self::RunStarted {
                run: *run,
                experiment: experiment.clone(),
            },
            Event::ComparisonEnded { run } => {
                let kept = state.comparison.as_ref().filter(|kept| kept.id == *run)?;
                Self::ComparisonKept {
                    run: *run,
                    experiment: kept.experiment.clone(),
                }
            }
            Event::RunBroughtBack { run, .. } => {
                let before = &state.previous.as_ref()?.run;
                (before.id == *run).then_some(())?;
                Self::BroughtBack {
                    run: *run,
                    experiment: before.experiment.clone(),
                    data: before.data.clone(),
                }
            }
            Event::Failed(failure) => match failure {
                Failure::Dataset { .. } => Self::DataFailed,
                Failure::InvalidExperiment { .. } => Self::Refused,
                Failure::NotOpened { run, .. } | Failure::WeightsFitByShape { run, .. } => {
                    Self::NotOpened(*run)
                }
                Failure::OtherDataset {
                    run,
                    folder,
                    needed,
                    ..
                } => Self::NeedsData {
                    run: *run,
                    folder: folder.clone(),
                    data: *needed,
                },
                Failure::NotCompared { .. } => Self::NotCompared,
                Failure::NotBroughtBack { .. } => Self::NotBroughtBack,
                Failure::WorkerPanicked { .. } => Self::WorkerGone,
                _ => return None,
            },
            _ => return None,
        })
    }
}
