//! All figures of a measurement, with what they were measured on: as a table, as CSV, and as JSON that is read again.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};

use hourglass_files::{plain_file, whole_file};

use super::row::{Figure, Row, number};
use crate::cli::cell::cell;
use crate::cli::machine::processor_name;

/// Number of the layout of the JSON.
const FORMAT: u32 = 1;

/// Larger files are none of these.
const MAX_BYTES: u64 = 16 << 20;

/// Figures and where they come from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Report {
    /// [`FORMAT`].
    format: u32,
    /// Of the program.
    pub(super) version: String,
    /// Day of the measurement.
    pub(super) date: String,
    pub(super) device: String,
    /// The processor's name, where the system tells it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) processor: Option<String>,
    pub(super) threads: usize,
    pub(super) data: String,
    /// Seconds of each measurement.
    pub(super) secs: f64,
    /// What the processor's threads could do together; none of a graphics card.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) peak_gigaflops: Option<f64>,
    pub(super) rows: Vec<Row>,
}

impl Report {
    /// Without any figures yet, measured today with this program.
    pub(super) fn new(device: String, data: String, threads: usize, secs: f64) -> Self {
        Self {
            format: FORMAT,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            date: jiff::Timestamp::now().strftime("%Y-%m-%d").to_string(),
            device,
            processor: processor_name(),
            threads,
            data,
            secs,
            peak_gigaflops: None,
            rows: Vec::new(),
        }
    }

    /// Reads a file that [`Self::write`] wrote.
    ///
    /// # Errors
    /// When it is none, or of a newer program.
    pub(super) fn read(path: &Path) -> Result<Self> {
        let text =
            plain_file::read_text(path, MAX_BYTES).with_context(|| path.display().to_string())?;
        let report: Self = serde_json::from_str(&text).with_context(|| {
            format!(
                "{} holds no figures that hourglass bench --out FILE.json wrote",
                path.display()
            )
        })?;
        if report.format != FORMAT {
            bail!(
                "{} is of another version of Hourglass, whose figures have another layout: measure again",
                path.display()
            );
        }
        Ok(report)
    }

    /// Writes JSON, or CSV, by the ending of the name.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn write(&self, path: &Path) -> Result<()> {
        let is_json = path
            .extension()
            .is_some_and(|ending| ending.eq_ignore_ascii_case("json"));
        let text = if is_json {
            serde_json::to_string_pretty(self)? + "\n"
        } else {
            self.csv()
        };
        whole_file::write(path, text.as_bytes()).context("the figures were not written")
    }

    /// What it was measured on, for people.
    pub(super) fn about(&self) -> String {
        let processor = self.processor.as_deref();
        let processor = processor.map_or_else(String::new, |name| format!(" of {name}"));
        let peak = self.peak_gigaflops.map_or_else(String::new, |peak| {
            format!(", which can do {} GFLOP/s", number(peak))
        });
        format!(
            "{} on {}, {} threads{processor}{peak}",
            self.data, self.device, self.threads
        )
    }

    /// Tables of the speeds and of the window.
    pub(super) fn markdown(&self) -> String {
        let mut text = String::new();
        let of = |row: &Row, figure| {
            let mut rows = self.rows.iter();
            let wanted = Row {
                figure,
                ..row.clone()
            };
            let found = rows.find(|row| row.is_of(&wanted));
            found.map_or("—".to_owned(), |row| number(row.value))
        };
        let speeds = self
            .rows
            .iter()
            .filter(|row| row.figure == Figure::ImagesPerSec);
        for (idx, row) in speeds.enumerate() {
            if idx == 0 {
                text += "| preset | part | batch | images/s | GFLOP/s | share of peak |\n|---|---|---:|---:|---:|---:|\n";
            }
            let share = of(row, Figure::ShareOfPeak);
            let share = if share == "—" { share } else { share + " %" };
            writeln!(
                text,
                "| `{}` | {} | {} | {} | {} | {share} |",
                row.preset,
                row.part,
                row.batch_size,
                number(row.value),
                of(row, Figure::Gigaflops),
            )
            .expect("a string takes everything");
        }
        let of_window = |row: &&Row| row.figure != Figure::ImagesPerSec && !row.figure.is_derived();
        for (idx, row) in self.rows.iter().filter(of_window).enumerate() {
            if idx == 0 {
                text += "\n| preset | window | value |\n|---|---|---:|\n";
            }
            let (figure, value) = (row.figure.label(), number(row.value));
            writeln!(text, "| `{}` | {figure} | {value} |", row.preset)
                .expect("a string takes everything");
        }
        text
    }

    fn csv(&self) -> String {
        let mut text = "preset,part,batch_size,figure,value\n".to_owned();
        for row in &self.rows {
            let [part, figure] = [row.part.as_str(), row.figure.label()].map(cell);
            let Row {
                preset,
                batch_size,
                value,
                ..
            } = row;
            writeln!(text, "{preset},{part},{batch_size},{figure},{value}")
                .expect("a string takes everything");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hourglass_experiment::PresetId;

    fn report() -> Report {
        let row = |figure, value| Row {
            preset: PresetId::Vanilla64,
            part: "all layers".to_owned(),
            batch_size: 64,
            figure,
            value,
        };
        Report {
            rows: vec![
                row(Figure::ImagesPerSec, 100_000.5),
                row(Figure::Gigaflops, 50.0),
                row(Figure::ShareOfPeak, 41.234),
                row(Figure::Frame, 3.5),
            ],
            ..Report::new("CPU".to_owned(), "MNIST".to_owned(), 2, 3.0)
        }
    }

    #[test]
    fn thousands_are_separated() {
        assert_eq!(number(3.216), "3.22");
        assert_eq!(number(999.4), "999");
        assert_eq!(number(107_000.2), "107,000");
        assert_eq!(number(1_234_567.0), "1,234,567");
    }

    #[test]
    fn speeds_share_a_line_and_the_window_has_a_table_of_its_own() {
        let tables = report().markdown();
        let speed = "| `vanilla-64` | all layers | 64 | 100,000 | 50.00 | 41.23 % |";
        assert!(tables.lines().any(|line| line == speed), "{tables}");
        let frame = "| `vanilla-64` | frame, median (ms) | 3.50 |";
        assert_eq!(tables.lines().last(), Some(frame));
        let of_a_card = Report {
            rows: report().rows[..2].to_vec(),
            ..report()
        };
        let last = "| `vanilla-64` | all layers | 64 | 100,000 | 50.00 | — |";
        assert_eq!(of_a_card.markdown().lines().last(), Some(last));
    }

    #[test]
    fn files_come_back_and_commas_are_no_ends() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("speed.json");
        report().write(&file).expect("written");
        assert_eq!(Report::read(&file).expect("read"), report());

        let csv = folder.path().join("speed.csv");
        report().write(&csv).expect("written");
        let text = plain_file::read_text(&csv, MAX_BYTES).expect("read");
        assert_eq!(
            text.lines().last(),
            Some("vanilla-64,all layers,64,\"frame, median (ms)\",3.5")
        );
        let error = Report::read(&csv).expect_err("no JSON");
        assert!(format!("{error:#}").contains("speed.csv"), "{error:#}");
        let newer = Report {
            format: FORMAT + 1,
            ..report()
        };
        newer.write(&file).expect("written");
        let error = Report::read(&file).expect_err("another layout");
        assert!(error.to_string().contains("measure again"), "{error}");
    }
}
