//! Names within the folder of a sweep.

/// What varies, over which seeds, on which images.
pub const SWEEP_FILE: &str = "sweep.toml";

/// Folder of the run folders.
pub(crate) const RUNS_FOLDER: &str = "runs";

/// Folder of what was said during the attempts, and of why one failed.
pub(crate) const LOGS_FOLDER: &str = "logs";

/// A row for each run.
pub const RUNS_FILE: &str = "runs.csv";

/// A row for each combination and figure: median and range over the seeds.
pub const MEDIANS_FILE: &str = "medians.csv";

/// Both for people.
pub const REPORT_FILE: &str = "sweep.md";
