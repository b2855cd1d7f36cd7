//! What is measured, and one figure of it.

use std::path::PathBuf;

use clap::Args;
use hourglass_experiment::PresetId;
use hourglass_protocol::{DataSource, DeviceChoice};

use crate::cli::args::data_source;

/// Measures training and the window.
#[derive(Clone, Debug, Args)]
pub struct BenchArgs {
    /// Which presets; all if none is named (`hourglass presets` lists them)
    pub(super) presets: Vec<PresetId>,
    /// Images per step, several separated by commas; 0 means the preset's own
    #[arg(
        long,
        value_name = "N,…",
        value_delimiter = ',',
        default_value = "16,64,256"
    )]
    pub(super) batch: Vec<usize>,
    /// Seconds each measurement takes, after a warm-up
    #[arg(long, default_value_t = 3.0)]
    pub(super) secs: f64,
    /// Also open the window with each preset: time to first frame and first step, frames, training while it draws
    #[arg(long)]
    pub(super) window: bool,
    /// File for the figures as CSV
    #[arg(long, value_name = "FILE.csv")]
    pub(super) out: Option<PathBuf>,
    /// Images to learn from: a folder with the four files, or a name of `hourglass data list`
    #[arg(long, value_name = "DIR|NAME", value_parser = data_source)]
    pub(super) data: Option<DataSource>,
    /// Device to train on: `auto`, `cpu`, `gpu`, or a graphics card by name, part of it, or number (see `doctor`)
    #[arg(long, default_value_t)]
    pub(super) device: DeviceChoice,
}

/// One figure.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Row {
    pub(super) preset: PresetId,
    /// What of it: a part of its plan, or the window.
    pub(super) part: String,
    pub(super) batch_size: usize,
    pub(super) figure: &'static str,
    pub(super) value: f64,
}

impl Row {
    pub(super) fn sentence(&self) -> String {
        format!(
            "{}, {}, batch {}: {} {}",
            self.preset,
            self.part,
            self.batch_size,
            number(self.value),
            self.figure
        )
    }
}

/// Two decimals; from a hundred on whole, with separated thousands.
pub(super) fn number(value: f64) -> String {
    if value < 100.0 {
        return format!("{value:.2}");
    }
    let whole = value.round_ties_even() as u64;
    hourglass_figure::number::count(whole)
}
