//! `hourglass sweep run`: all runs on this machine, whole runs side by side.

use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use clap::Args;

use hourglass_experiment::number;
use hourglass_protocol::DeviceChoice;
use hourglass_sweep::{State, Table, Task};
use hourglass_train::threads;

use crate::cli::progress::{Progress, Report};
use crate::cli::shell::this_program;
use crate::signals::Signals;

use super::crew::{Crew, Said};
use super::folder::read;
use super::status;

/// How long Ctrl-C may go unnoticed.
const MOMENT: Duration = Duration::from_millis(100);

/// Does all runs on this machine.
#[derive(Clone, Debug, Args)]
pub struct RunArgs {
    /// The folder of the sweep
    #[arg(value_name = "DIR")]
    sweep: PathBuf,
    /// Runs side by side; by default as many as there are cores for their threads
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    jobs: Option<u16>,
    /// Threads of each run; the figures do not depend on it
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256), default_value_t = 1)]
    threads: u16,
    /// Also try the runs again that failed before
    #[arg(long)]
    retry: bool,
    /// Device to train on: `auto`, `cpu`, `gpu`, or a graphics card by name, part of it, or number (see `doctor`)
    #[arg(long, default_value_t = DeviceChoice::Cpu)]
    device: DeviceChoice,
}

/// Does them. What is done is left alone; Ctrl-C keeps what every run has, and the same command continues.
///
/// # Errors
/// When a run is not done in the end, which is named.
pub fn run(args: &RunArgs) -> Result<()> {
    let sweep = read(&args.sweep)?;
    let signals = Signals::listen()?;
    let left: Vec<&Task> = sweep
        .tasks()
        .iter()
        .filter(|task| State::of(task, &args.sweep).is_left(args.retry))
        .collect();
    let progress = Progress::new();
    if !left.is_empty() {
        let cores = usize::from(threads::available());
        let each = usize::from(args.threads);
        let jobs = args.jobs.map_or_else(|| (cores / each).max(1), usize::from);
        let jobs = jobs.min(left.len());
        progress.line(&format!(
            "{} of {} runs are left: {jobs} side by side, {each} {} each",
            left.len(),
            sweep.tasks().len(),
            if each == 1 { "thread" } else { "threads" }
        ));
        let program = this_program()?;
        let crew = Crew::start(jobs, || {
            let mut command = Command::new(&program);
            command.args(["sweep", "task", "--rest", "--report", "--device"]);
            command.arg(args.device.to_string());
            if args.retry {
                command.arg("--retry");
            }
            command.arg(&args.sweep);
            command.env("RAYON_NUM_THREADS", each.to_string());
            command
        })?;
        let mut watch = Watch {
            tasks: sweep.tasks(),
            n_left: left.len(),
            hands: vec![None; jobs],
            n_ended: 0,
            begun: Instant::now(),
            progress: &progress,
        };
        watch.until_all_are_gone(crew, &signals);
        progress.finish();
        if signals.is_heard() {
            let again = format!(
                "; what every run has reached is kept, and `hourglass sweep run {}` continues",
                args.sweep.display()
            );
            return Err(signals.error(&again));
        }
    }
    let table = Table::read(&sweep, &args.sweep);
    let text = status::text(&table);
    if table.n_lacking() > 0 {
        bail!("not all runs are done: {text}");
    }
    progress.line(&text);
    progress.line(&format!(
        "`hourglass sweep gather {}` makes tables of them",
        args.sweep.display()
    ));
    Ok(())
}

/// What is known of the crew.
struct Watch<'a> {
    tasks: &'a [Task],
    n_left: usize,
    /// What each process does, and how far it is.
    hands: Vec<Option<(usize, f64)>>,
    n_ended: usize,
    begun: Instant,
    progress: &'a Progress,
}

impl Watch<'_> {
    fn until_all_are_gone(&mut self, mut crew: Crew, signals: &Signals) {
        let mut is_asked = false;
        loop {
            if signals.is_heard() && !is_asked {
                is_asked = true;
                self.progress.line("every run saves what it has…");
                crew.ask_to_end();
            }
            match crew.next(MOMENT) {
                Some(Said::Report { hand, report }) => self.hear(hand, report),
                Some(Said::Gone { hand }) => self.hands[hand] = None,
                Some(Said::AllGone) => break,
                None => {}
            }
            self.show();
        }
        crew.wait();
    }

    fn hear(&mut self, hand: usize, report: Report) {
        match report {
            Report::Begins(number) => self.hands[hand] = Some((number, 0.0)),
            Report::Fraction(fraction) => {
                if let Some((_, reached)) = &mut self.hands[hand] {
                    *reached = fraction.clamp(0.0, 1.0);
                }
            }
            Report::Ends { is_done } => {
                let Some((number, _)) = self.hands[hand].take() else {
                    return;
                };
                let named = self.named(number);
                if is_done {
                    self.n_ended += 1;
                    let secs = self.begun.elapsed().as_secs_f64();
                    let (n, of) = (self.n_ended, self.n_left);
                    let after = number::duration(secs);
                    self.progress
                        .line(&format!("{n} of {of} done after {after}: run {named}"));
                } else {
                    self.progress.line(&format!("not done: run {named}"));
                }
            }
            // What is said of a run is in its log; the rest is of the process itself.
            Report::Line(line) if self.hands[hand].is_none() => self.progress.line(&line),
            Report::Line(_) => {}
        }
    }

    fn named(&self, number: usize) -> String {
        let task = number.checked_sub(1).and_then(|idx| self.tasks.get(idx));
        task.map_or_else(|| number.to_string(), |task| format!("{number} ({task})"))
    }

    fn show(&self) {
        let busy: Vec<(usize, f64)> = self.hands.iter().copied().flatten().collect();
        let reached: f64 = busy.iter().map(|(_, reached)| reached).sum();
        let share = (self.n_ended as f64 + reached) / self.n_left.max(1) as f64;
        let secs = self.begun.elapsed().as_secs_f64();
        let left = match share {
            0.01.. => format!(", {} left", number::duration(secs * (1.0 / share - 1.0))),
            _ => String::new(),
        };
        let busy: Vec<String> = busy
            .iter()
            .map(|(number, reached)| format!("run {number} {:.0} %", 100.0 * reached))
            .collect();
        let message = format!(
            "{} of {}{left}  {}",
            self.n_ended,
            self.n_left,
            busy.join("  ")
        );
        self.progress.set(share, message);
    }
}
