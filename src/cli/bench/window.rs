//! The window with one preset: how soon it opens, what its frames cost, and how much it slows training down.

use std::ffi::OsString;
use std::process::Command as Process;
use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::app::WindowCosts;
use hourglass_experiment::PresetId;
use hourglass_files::plain_file;
use hourglass_protocol::{Command, DataSource, Event, Phase, RunId};

use super::row::{BenchArgs, Figure, Row};
use crate::cli::engine::Engine;
use crate::cli::progress::Progress;

/// Training without the window takes at least this long: less says little about the share that the window takes.
const LEAST_SECS: f64 = 10.0;

/// Most epochs trained with the window and without it.
const MOST_EPOCHS: u64 = 50;

/// Most bytes of a window's figures, which are a few hundred.
const MAX_COSTS: u64 = 1 << 20;

/// A worker of this process, and windows as processes of their own.
pub(super) struct Bench<'a> {
    args: &'a BenchArgs,
    progress: &'a Progress,
    engine: Engine,
}

impl<'a> Bench<'a> {
    /// Starts the worker.
    ///
    /// # Errors
    /// When the device or the data is not fit.
    pub(super) fn start(args: &'a BenchArgs, progress: &'a Progress) -> Result<Self> {
        let engine = Engine::start(args.device)?;
        engine.load(args.data.clone().unwrap_or(DataSource::Auto), progress)?;
        Ok(Self {
            args,
            progress,
            engine,
        })
    }

    /// Opens the window, trains some epochs in it, closes it; and trains the same without it before and after, with
    /// the same evaluations: machines grow faster and slower from one minute to the next.
    ///
    /// # Errors
    /// When no window opens here, or a run does not reach its end.
    pub(super) fn measure(&self, preset: PresetId) -> Result<Vec<Row>> {
        self.progress.set(0.0, format!("{preset} without a window"));
        let epoch_secs = without_window(preset, 1, &self.engine)?;
        let epochs = (LEAST_SECS / epoch_secs).ceil() as u64;
        let epochs = epochs.clamp(1, MOST_EPOCHS);
        let before_secs = match epochs {
            1 => epoch_secs,
            _ => without_window(preset, epochs, &self.engine)?,
        };
        self.progress.set(0.4, format!("{preset} in the window"));
        let costs = with_window(preset, epochs, self.args)?;
        self.progress.set(0.7, format!("{preset} without a window"));
        let after_secs = without_window(preset, epochs, &self.engine)?;
        let alone_secs = f64::midpoint(before_secs, after_secs);
        Ok(rows(preset, alone_secs, &costs))
    }
}

fn rows(preset: PresetId, alone_secs: f64, costs: &WindowCosts) -> Vec<Row> {
    let batch_size = preset.preset().experiment().training.batch_size;
    let figures = [
        (Figure::FirstFrame, Some(costs.first_frame_ms)),
        (Figure::FirstStep, Some(costs.first_step_ms)),
        (Figure::Frame, Some(costs.frame_ms)),
        (Figure::SlowFrame, Some(costs.frame_ms_95)),
        (
            Figure::SpeedWithWindow,
            Some(100.0 * alone_secs / costs.train_secs),
        ),
        (Figure::PeakMemory, costs.peak_memory_mib),
    ];
    let rows = figures.into_iter().filter_map(|(figure, value)| {
        Some(Row {
            preset,
            part: "window".to_owned(),
            batch_size,
            figure,
            value: value?,
        })
    });
    rows.collect()
}

/// Seconds that some epochs take by themselves.
fn without_window(preset: PresetId, epochs: u64, engine: &Engine) -> Result<f64> {
    let run = PresetId::ALL.iter().position(|&id| id == preset);
    let run = RunId(run.unwrap_or_default() as u64 + 1);
    let experiment = preset.preset().experiment();
    engine.send(Command::StartRun { run, experiment })?;
    let epochs = std::num::NonZeroU64::new(epochs).context("there is something to train")?;
    engine.send(Command::TrainEpochs(epochs))?;
    let mut begun = None;
    loop {
        if engine.is_interrupted() {
            return Err(engine.interruption(""));
        }
        match engine.wait()? {
            Some(Event::PhaseChanged { run: of, phase }) if of == run => match phase {
                Phase::Training { .. } => {
                    begun.get_or_insert_with(Instant::now);
                }
                Phase::Paused { .. } | Phase::Finished { .. } => {
                    let begun = begun.context("it ended before it began")?;
                    return Ok(begun.elapsed().as_secs_f64());
                }
                _ => {}
            },
            Some(Event::Failed(failure)) => bail!(failure),
            _ => {}
        }
    }
}

fn with_window(preset: PresetId, epochs: u64, args: &BenchArgs) -> Result<WindowCosts> {
    let folder = tempfile::tempdir().context("no folder for the window's figures")?;
    let costs = folder.path().join("costs.json");
    let program = std::env::current_exe().context("this program cannot find its own executable")?;
    let ended = Process::new(program)
        .args([
            "--preset",
            &preset.to_string(),
            "--epochs",
            &epochs.to_string(),
        ])
        .args(["--device", &args.device.to_string()])
        .args(data_argument(args.data.as_ref()))
        .arg("--screenshot")
        .arg(folder.path().join("window.png"))
        .arg("--costs")
        .arg(&costs)
        .output()
        .context("the window was not started")?;
    if !ended.status.success() {
        bail!(
            "the window with {preset} did not finish: {}",
            String::from_utf8_lossy(&ended.stderr).trim()
        );
    }
    let text = plain_file::read_text(&costs, MAX_COSTS).context("the window left no figures")?;
    serde_json::from_str(&text).context("the window's figures cannot be read")
}

/// The digits as `--data` names them.
pub(super) fn data_argument(source: Option<&DataSource>) -> Vec<OsString> {
    let name: OsString = match source {
        None | Some(DataSource::Auto) => return Vec::new(),
        Some(DataSource::Named(id)) => id.name().into(),
        Some(DataSource::Path(folder, _)) => folder.into(),
    };
    vec!["--data".into(), name]
}
