//! Progress on a terminal as a bar, elsewhere as plain lines.

use std::io::{self, IsTerminal, Write};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use hourglass_protocol::DatasetProgress;

/// Parts of a bar.
const RESOLUTION: u64 = 1_000;

/// Progress on stderr. On a terminal a bar is drawn over itself; elsewhere only [`Progress::line`]s appear.
#[derive(Debug)]
pub struct Progress {
    bar: Option<ProgressBar>,
}

impl Progress {
    /// A bar that starts empty.
    #[must_use]
    pub fn new() -> Self {
        if !io::stderr().is_terminal() {
            return Self { bar: None };
        }
        let bar = ProgressBar::new(RESOLUTION);
        let style = ProgressStyle::with_template("{bar:28} {wide_msg}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar.enable_steady_tick(Duration::from_millis(200));
        Self { bar: Some(bar) }
    }

    /// Moves the bar to a share of 0..1 and says what is being done.
    pub fn set(&self, fraction: f64, message: String) {
        if let Some(bar) = &self.bar {
            let position = (fraction.clamp(0.0, 1.0) * RESOLUTION as f64) as u64;
            bar.set_position(position);
            bar.set_message(message);
        }
    }

    /// Shows how far loading or fetching is.
    pub fn set_loading(&self, progress: &DatasetProgress) {
        let fraction = progress.fraction.map_or(0.0, f64::from);
        self.set(
            fraction,
            format!("{} {}", progress.stage.label(), progress.detail),
        );
    }

    /// A line that stays, above the bar.
    pub fn line(&self, text: &str) {
        match &self.bar {
            Some(bar) => bar.println(text),
            None => {
                writeln!(io::stderr(), "{text}").ok(); // nobody reads stderr: nothing is lost
            }
        }
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
