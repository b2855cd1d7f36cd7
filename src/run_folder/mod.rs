//! The files of a run folder: their names, the readable ones, and how they are read and written.

mod experiment_toml;
mod files;
mod metrics;
mod record;
mod summary;

pub use experiment_toml::{ExperimentError, read_experiment, set_value, to_toml};
pub use files::{
    EXPERIMENT_FILE, METRICS_FILE, MODEL_FILE, RESUME_FILE, ReadError, RunFiles, SUMMARY_FILE,
    is_run_folder, read_bytes, read_text,
};
pub use metrics::{MetricsError, MetricsTable};
pub use record::{Effort, Record};
pub use summary::{
    AdversarySummary, CodeSummary, CompressedSummary, CompressionSummary, DataSetSummary, Noticed,
    PcaSummary, PsnrSummary, SUMMARY_FORMAT, Summary, TestFigures,
};
