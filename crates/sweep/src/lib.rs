//! Many runs of one experiment: the file that says what varies, the runs it stands for, how far each of them is, and the
//! tables of what they reached.
//!
//! A sweep is a folder. `sweep.toml` is all that is known beforehand; `runs/` has a run folder for each task, named after
//! its settings and not after its number, so that a sweep can be extended and keeps what is done; `logs/` says what
//! became of each attempt. Nothing else is shared, so any scheduler can run the tasks on any machines that see the folder.

mod claim;
mod column;
mod failed;
mod figures;
mod folder;
mod median;
mod state;
mod sweep;
mod task;
mod vary;

pub use column::{Column, column_named, label_of};
pub use failed::{clear_failure, keep_failure, log_file};
pub use figures::{RunRow, Table};
pub use folder::{MEDIANS_FILE, REPORT_FILE, RUNS_FILE, SWEEP_FILE};
pub use median::{Median, MedianRow};
pub use state::State;
pub use sweep::{Images, Sweep, SweepError};
pub use task::Task;
pub use vary::{Variation, VaryError};
