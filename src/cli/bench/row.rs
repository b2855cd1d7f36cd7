//! What is measured, and one figure of it.

use std::path::PathBuf;

use clap::Args;
use serde::{Deserialize, Serialize};

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
    /// File for the figures, as JSON for --compare or as CSV, by its ending
    #[arg(long, value_name = "FILE.json|FILE.csv")]
    pub(super) out: Option<PathBuf>,
    /// Compare with the figures in a file that --out wrote; an error if any is more than 10 % worse
    #[arg(long, value_name = "OLD.json", conflicts_with = "against")]
    pub(super) compare: Option<PathBuf>,
    /// Compare with another build of Hourglass, which is measured before and after each figure; an error if any is more
    /// than 10 % worse
    #[arg(long, value_name = "PROGRAM", conflicts_with = "window")]
    pub(super) against: Option<PathBuf>,
    /// Images to learn from: a folder with the four files, or a name of `hourglass data list`
    #[arg(long, value_name = "DIR|NAME", value_parser = data_source)]
    pub(super) data: Option<DataSource>,
    /// Device to train on: `auto`, `cpu`, `gpu`, or a graphics card by name, part of it, or number (see `doctor`)
    #[arg(long, default_value_t)]
    pub(super) device: DeviceChoice,
}

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Figure {
    ImagesPerSec,
    /// Arithmetic in products with weights.
    Gigaflops,
    /// The same as a share of what the processor could do.
    ShareOfPeak,
    FirstFrame,
    FirstStep,
    Frame,
    SlowFrame,
    SpeedWithWindow,
    PeakMemory,
}

impl Figure {
    /// With its unit, for people and CSV.
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::ImagesPerSec => "images/s",
            Self::Gigaflops => "GFLOP/s",
            Self::ShareOfPeak => "share of peak (%)",
            Self::FirstFrame => "start to first frame (ms)",
            Self::FirstStep => "start to first step (ms)",
            Self::Frame => "frame, median (ms)",
            Self::SlowFrame => "frame, 95th percentile (ms)",
            Self::SpeedWithWindow => "speed with the window open (%)",
            Self::PeakMemory => "peak memory (MiB)",
        }
    }

    /// Whether more of it is better.
    pub(super) fn is_better_high(self) -> bool {
        match self {
            Self::ImagesPerSec | Self::Gigaflops | Self::ShareOfPeak | Self::SpeedWithWindow => {
                true
            }
            Self::FirstFrame
            | Self::FirstStep
            | Self::Frame
            | Self::SlowFrame
            | Self::PeakMemory => false,
        }
    }

    /// Whether it follows from another figure.
    pub(super) fn is_derived(self) -> bool {
        matches!(self, Self::Gigaflops | Self::ShareOfPeak)
    }
}

/// One figure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Row {
    pub(super) preset: PresetId,
    /// What of it: a part of its plan, or the window.
    pub(super) part: String,
    pub(super) batch_size: usize,
    pub(super) figure: Figure,
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
            self.figure.label()
        )
    }

    /// Whether another row is of the same thing.
    pub(super) fn is_of(&self, other: &Self) -> bool {
        self.preset == other.preset
            && self.part == other.part
            && self.batch_size == other.batch_size
            && self.figure == other.figure
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
