//! The files of a run folder: their names, the readable ones, and how they are read and written.

mod archive;
pub mod backup;
mod experiment_toml;
mod files;
mod gradients;
mod lock;
mod metrics;
mod record;
mod save;
mod summary;
mod sums;
mod text;

pub use archive::{images_of, is_archive, read_images, write_images};
pub use experiment_toml::{ExperimentError, set_value, set_values};
pub use files::{
    EXPERIMENT_FILE, GRADIENTS_FILE, METRICS_FILE, MODEL_FILE, RESUME_FILE, ReadError,
    SUMMARY_FILE, read_bytes, read_text,
};
pub use gradients::{GradientTable, GradientsError};
pub use lock::{FolderLock, LockError};
pub use metrics::{MetricsError, MetricsTable};
pub use record::{Effort, Record};
pub use save::{RunFiles, SavedFiles, is_run, is_run_folder, names_in};
pub use summary::{
    AdversarySummary, CodeSummary, CompressedSummary, CompressionSummary, DataSetSummary,
    LayerSummary, Noticed, PcaSummary, ProbeSummary, PsnrSummary, SUMMARY_FORMAT, Summary,
    TestFigures,
};
pub use sums::CHECKSUMS_FILE;
pub use text::{in_one_line, read_experiment, to_short_toml, to_toml};
