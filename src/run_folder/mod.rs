//! The readable files of a run folder: the recipe, the figures, the curves.

mod experiment_toml;
mod metrics;
mod summary;

pub use experiment_toml::{ExperimentError, read_experiment, set_value, to_toml};
pub use metrics::MetricsTable;
pub use summary::{
    AdversarySummary, CodeSummary, CompressedSummary, CompressionSummary, DataSetSummary, Noticed,
    PcaSummary, PsnrSummary, SUMMARY_FORMAT, Summary, TestFigures,
};

/// Name of the recipe's file in a run folder.
pub const EXPERIMENT_FILE: &str = "experiment.toml";

/// Name of the figures' file in a run folder.
pub const SUMMARY_FILE: &str = "summary.json";

/// Name of the curves' file in a run folder.
pub const METRICS_FILE: &str = "metrics.csv";
