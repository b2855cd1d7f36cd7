//! What the reports of the worker mean for the session.

use hourglass_protocol::{Event, Failure};

use super::LabState;
use super::session::Input;

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
                Failure::Dataset { .. } | Failure::NotFetched { .. } => Self::DataFailed,
                Failure::InvalidExperiment { .. } => Self::Refused,
                Failure::NotOpened { run, .. }
                | Failure::WeightsFitByShape { run, .. }
                | Failure::ImagesNotSent { run, .. } => Self::NotOpened(*run),
                Failure::OtherDataset {
                    run,
                    folder,
                    needed,
                    ..
                } => Self::NeedsData {
                    run: *run,
                    folder: folder.clone(),
                    data: needed.source.clone(),
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
