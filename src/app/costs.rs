//! What a window cost while it trained a run: for the log, and as JSON for `hourglass bench`.

use std::path::Path;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use hourglass_files::whole_file::{self, WriteError};
use hourglass_state::LabState;

/// Time since [`note_start`] was called; 0 if it was not.
pub(super) fn millis_since_start() -> f64 {
    STARTED
        .get()
        .map_or(0.0, |started| started.elapsed().as_secs_f64() * 1e3)
}

static STARTED: OnceLock<Instant> = OnceLock::new();

/// Notes when the process started, so that the time to the first frame can be logged.
pub fn note_start() {
    STARTED.get_or_init(Instant::now);
}

/// What a window cost, from the start of the process to the end of training for this many epochs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct WindowCosts {
    /// From the start of the process to the end of its first frame, in milliseconds.
    pub first_frame_ms: f64,
    /// From the start of the process to the first steps reported, in milliseconds, without the time that training
    /// waited for the baselines.
    pub first_step_ms: f64,
    /// Frames while training.
    pub n_frames: usize,
    /// What laying one of them out cost, the median, in milliseconds. What the renderer does with it is not
    /// counted.
    pub frame_ms: f64,
    /// What 95 of 100 stayed below, in milliseconds.
    pub frame_ms_95: f64,
    /// The longest time between two frames while training, in milliseconds.
    pub longest_gap_ms: f64,
    /// Training from its first frame to its last, in seconds.
    pub train_secs: f64,
    /// Time within training steps, in seconds.
    pub step_secs: f64,
    /// Largest memory of the process so far, in MiB; `None` if the system does not tell in a file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peak_memory_mib: Option<f64>,
}

/// Counts what a window costs.
#[derive(Debug, Default)]
pub(super) struct CostCounter {
    /// Time that laying the window out took, frame by frame.
    frames: Vec<Duration>,
    longest_gap: Duration,
    last_frame: Option<Instant>,
    /// When training began and ended.
    trained: [Option<Instant>; 2],
    first_frame_ms: Option<f64>,
    first_step_ms: Option<f64>,
    waited: Duration,
}

impl CostCounter {
    /// Notes a frame.
    pub(super) fn count(&mut self, cost: Duration, is_training: bool) {
        self.first_frame_ms.get_or_insert_with(millis_since_start);
        if is_training {
            self.frames.push(cost);
            let gap = self.last_frame.map(|last| last.elapsed());
            self.longest_gap = self.longest_gap.max(gap.unwrap_or_default());
            self.last_frame = Some(Instant::now());
        }
    }

    /// Notes that steps were reported.
    pub(super) fn note_step(&mut self) {
        self.first_step_ms.get_or_insert_with(millis_since_start);
    }

    /// Notes that training begins, this long after it could have begun.
    pub(super) fn note_begin(&mut self, waited: Duration) {
        self.waited = waited;
        self.trained[0] = Some(Instant::now());
    }

    /// Notes that training has ended; the first time counts.
    pub(super) fn note_end(&mut self) {
        self.trained[1].get_or_insert_with(Instant::now);
    }

    /// What it came to.
    pub(super) fn costs(&self, state: &LabState) -> WindowCosts {
        let mut frames = self.frames.clone();
        frames.sort();
        let of = |part: usize| frames.get(frames.len() * part / 100).copied();
        let millis = |time: Option<Duration>| time.unwrap_or_default().as_secs_f64() * 1e3;
        let [begun, ended] = self.trained;
        let taken = begun.zip(ended).map(|(begun, ended)| ended - begun);
        let speed = state.run.as_ref().map(|run| run.speed).unwrap_or_default();
        WindowCosts {
            first_frame_ms: self.first_frame_ms.unwrap_or_default(),
            first_step_ms: (self.first_step_ms.unwrap_or_default() - millis(Some(self.waited)))
                .max(0.0),
            n_frames: frames.len(),
            frame_ms: millis(of(50)),
            frame_ms_95: millis(of(95)),
            longest_gap_ms: millis(Some(self.longest_gap)),
            train_secs: taken.unwrap_or_default().as_secs_f64(),
            step_secs: speed.elapsed_secs,
            peak_memory_mib: peak_memory_mib(),
        }
    }
}

impl WindowCosts {
    /// Writes them as JSON.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub(super) fn write(&self, file: &Path) -> Result<(), WriteError> {
        let text = serde_json::to_string_pretty(self).unwrap_or_default(); // numbers alone: it cannot fail
        whole_file::write(file, text.as_bytes())
    }
}

/// The largest memory this process has had, in MiB, where the system tells it in a file (Linux).
#[must_use]
pub fn peak_memory_mib() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib / 1024.0)
}
