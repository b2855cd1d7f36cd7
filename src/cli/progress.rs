//! Progress on a terminal as a bar, elsewhere as plain lines.

use std::cell::{Cell, RefCell};
use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use hourglass_files::log_file::LogFile;
use hourglass_protocol::DatasetProgress;

/// Parts of a bar.
const RESOLUTION: u64 = 1_000;

/// Shortest time between two reports of how far something is.
const BETWEEN_REPORTS: Duration = Duration::from_millis(200);

/// Progress on stderr. On a terminal a bar is drawn over itself; elsewhere only [`Progress::line`]s appear.
#[derive(Debug)]
pub struct Progress {
    shown: Shown,
    /// Where lines are kept as well.
    log: RefCell<Option<LogFile>>,
}

#[derive(Debug)]
enum Shown {
    Bar(ProgressBar),
    Lines,
    /// To the process that started this one, which reads them as [`Report`]s.
    Reports {
        newest: Cell<Option<Instant>>,
    },
}

/// What a process says on stdout to the one that started it, a line each.
#[derive(Clone, Debug, PartialEq)]
pub enum Report {
    /// It begins the run of this number.
    Begins(usize),
    /// It is through with it, and the run is done or not.
    Ends { is_done: bool },
    /// How far it is with what it is doing, 0..1.
    Fraction(f64),
    /// Something for people.
    Line(String),
}

impl Report {
    /// How it is written.
    fn text(&self) -> String {
        match self {
            Self::Begins(number) => format!("begins {number}"),
            Self::Ends { is_done } => format!("ends {is_done}"),
            Self::Fraction(fraction) => format!("fraction {fraction:.4}"),
            Self::Line(line) => format!("line {line}"),
        }
    }

    /// Reads one; what is none is a line for people.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let read = || {
            Some(match text.split_once(' ') {
                Some(("ends", is_done)) => Self::Ends {
                    is_done: is_done.parse().ok()?,
                },
                Some(("begins", number)) => Self::Begins(number.parse().ok()?),
                Some(("fraction", fraction)) => Self::Fraction(fraction.parse().ok()?),
                Some(("line", line)) => Self::Line(line.to_owned()),
                _ => return None,
            })
        };
        read().unwrap_or_else(|| Self::Line(text.to_owned()))
    }
}

impl Progress {
    /// A bar that starts empty.
    #[must_use]
    pub fn new() -> Self {
        if !io::stderr().is_terminal() {
            return Self::shown(Shown::Lines);
        }
        let bar = ProgressBar::new(RESOLUTION);
        let style = ProgressStyle::with_template("{bar:28} {wide_msg}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar.enable_steady_tick(BETWEEN_REPORTS);
        Self::shown(Shown::Bar(bar))
    }

    /// Reports to the process that started this one.
    #[must_use]
    pub fn reports() -> Self {
        Self::shown(Shown::Reports {
            newest: Cell::new(None),
        })
    }

    fn shown(shown: Shown) -> Self {
        Self {
            shown,
            log: RefCell::new(None),
        }
    }

    /// Keeps lines in a file as well, from here on; `None` ends that.
    pub fn log_to(&self, log: Option<LogFile>) {
        self.log.replace(log);
    }

    /// Says to the process that started this one what else it needs to know.
    pub fn report(&self, said: &Report) {
        if matches!(self.shown, Shown::Reports { .. }) {
            report(said);
        }
    }

    /// Moves the bar to a share of 0..1 and says what is being done.
    pub fn set(&self, fraction: f64, message: String) {
        match &self.shown {
            Shown::Bar(bar) => {
                let position = (fraction.clamp(0.0, 1.0) * RESOLUTION as f64) as u64;
                bar.set_position(position);
                bar.set_message(message);
            }
            Shown::Lines => {}
            Shown::Reports { newest } => {
                if newest
                    .get()
                    .is_none_or(|at| at.elapsed() >= BETWEEN_REPORTS)
                {
                    newest.set(Some(Instant::now()));
                    report(&Report::Fraction(fraction));
                }
            }
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
        if let Some(log) = &*self.log.borrow() {
            log.line(text);
        }
        match &self.shown {
            Shown::Bar(bar) => bar.println(text),
            Shown::Lines => {
                writeln!(io::stderr(), "{text}").ok(); // nobody reads stderr: nothing is lost
            }
            Shown::Reports { .. } => {
                for line in text.lines() {
                    report(&Report::Line(line.to_owned()));
                }
            }
        }
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        if let Shown::Bar(bar) = &self.shown {
            bar.finish_and_clear();
        }
    }
}

fn report(report: &Report) {
    let mut out = io::stdout().lock();
    let written = writeln!(out, "{}", report.text()).and_then(|()| out.flush());
    written.ok(); // nobody reads it any more: this process is asked to end as well
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_read_back_and_all_else_is_a_line() {
        for report in [
            Report::Begins(12),
            Report::Ends { is_done: true },
            Report::Ends { is_done: false },
            Report::Fraction(0.25),
            Report::Line("epoch 1 of 2".to_owned()),
            Report::Line(String::new()),
        ] {
            assert_eq!(Report::of(&report.text()), report);
        }
        for text in ["", "ends", "begins many", "a panic", "fraction x"] {
            assert_eq!(Report::of(text), Report::Line(text.to_owned()));
        }
    }
}
