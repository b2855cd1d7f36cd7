//! Another build of the program, measured in the same sitting.

use std::path::{Path, PathBuf};
use std::process::Command as Process;

use anyhow::{Context, Result, anyhow, bail};

use hourglass_experiment::PresetId;

use super::report::Report;
use super::row::{BenchArgs, Row};
use super::window::data_argument;
use crate::cli::shell::this_program;

/// Another build.
pub(super) struct Other<'a> {
    program: PathBuf,
    args: &'a BenchArgs,
}

impl<'a> Other<'a> {
    /// # Errors
    /// When there is no such program.
    pub(super) fn new(program: &Path, args: &'a BenchArgs) -> Result<Self> {
        let found = program.canonicalize();
        let found = found.with_context(|| format!("{} cannot be run", program.display()))?;
        if this_program().is_ok_and(|this| this.canonicalize().is_ok_and(|this| this == found)) {
            bail!(
                "{} is this program itself: name another build",
                program.display()
            );
        }
        Ok(Self {
            program: found,
            args,
        })
    }

    /// What it measures of a preset.
    ///
    /// # Errors
    /// When it cannot be started, fails, or is no build that writes JSON.
    pub(super) fn measure(&self, preset: PresetId, batch_size: usize) -> Result<Vec<Row>> {
        let folder = tempfile::tempdir().context("no folder for the other build's figures")?;
        let file = folder.path().join("other.json");
        let ended = Process::new(&self.program)
            .args(["bench", &preset.to_string()])
            .args(["--batch", &batch_size.to_string()])
            .args(["--secs", &self.args.secs.to_string()])
            .args(["--device", &self.args.device.to_string()])
            .args(data_argument(self.args.data.as_ref()))
            .arg("--out")
            .arg(&file)
            .env(
                "RAYON_NUM_THREADS",
                hourglass_train::threads::in_use().to_string(),
            )
            .output()
            .with_context(|| format!("{} was not started", self.program.display()))?;
        if !ended.status.success() {
            bail!(
                "{} did not measure {preset}: {}",
                self.program.display(),
                String::from_utf8_lossy(&ended.stderr).trim()
            );
        }
        let report = Report::read(&file).map_err(|_| {
            anyhow!(
                "{} leaves no figures as JSON: it is no Hourglass, or one from before bench wrote any",
                self.program.display()
            )
        })?;
        Ok(report.rows)
    }
}

/// What lies between two measurements of the same figures.
pub(super) fn means(earlier: Vec<Row>, later: &[Row]) -> Vec<Row> {
    let both = earlier.into_iter().map(|row| {
        let other = later.iter().find(|other| other.is_of(&row));
        let value = other.map_or(row.value, |other| f64::midpoint(row.value, other.value));
        Row { value, ..row }
    });
    both.collect()
}
