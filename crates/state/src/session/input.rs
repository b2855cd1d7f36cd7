//! What moves a session on: what a person asks for, and what the worker reports.

use std::path::PathBuf;

use hourglass_experiment::{DataSetId, Experiment};
use hourglass_protocol::{DataSource, Matching, RunId};

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
    /// The same on other data.
    OpenOn {
        folder: PathBuf,
        data: DataSource,
    },
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
        data: DataSource,
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
