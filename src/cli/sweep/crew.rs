//! Processes that share the runs of a sweep, and what they report.

use std::io::{self, BufRead, BufReader, PipeReader};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result};
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};

use crate::cli::progress::Report;

/// Reports that wait to be read.
const MAX_WAITING: usize = 256;

/// What a process of the crew says.
#[derive(Clone, Debug)]
pub(super) enum Said {
    /// It reports.
    Report { hand: usize, report: Report },
    /// It is gone.
    Gone { hand: usize },
    /// No process is left that could say anything.
    AllGone,
}

/// Processes that share the runs of a sweep.
#[derive(Debug)]
pub(super) struct Crew {
    hands: Vec<Hand>,
    said: Receiver<Said>,
}

#[derive(Debug)]
struct Hand {
    process: Child,
    /// Held open as long as this process lives: the other ends without it.
    _stdin: Option<ChildStdin>,
}

impl Crew {
    /// Starts processes; `command` makes each.
    pub(super) fn start(n: usize, command: impl Fn() -> Command) -> Result<Self> {
        let (say, said) = bounded(MAX_WAITING);
        let mut crew = Self {
            hands: Vec::new(),
            said,
        };
        for hand in 0..n {
            let (words, mouth) = io::pipe()?;
            let mut process = command()
                .stdin(Stdio::piped())
                .stdout(mouth.try_clone()?)
                .stderr(mouth)
                .spawn()
                .context("another process could not be started")?;
            let stdin = process.stdin.take();
            crew.hands.push(Hand {
                process,
                _stdin: stdin,
            });
            let say = say.clone();
            std::thread::Builder::new()
                .name(format!("hourglass-hand-{hand}"))
                .spawn(move || hear(hand, words, &say))?;
        }
        Ok(crew)
    }

    /// What is said next; none for a moment without any.
    pub(super) fn next(&self, moment: Duration) -> Option<Said> {
        match self.said.recv_timeout(moment) {
            Ok(said) => Some(said),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => Some(Said::AllGone),
        }
    }

    /// Asks all to save what they have and end.
    pub(super) fn ask_to_end(&mut self) {
        for hand in &mut self.hands {
            crate::signals::ask_to_end_other(&mut hand.process);
        }
    }

    /// Waits until the system knows as well that all are gone.
    pub(super) fn wait(mut self) {
        for hand in &mut self.hands {
            hand.process.wait().ok(); // what became of its runs is in their folders
        }
    }
}

/// Hands on what a process says until it is gone.
fn hear(hand: usize, words: PipeReader, say: &Sender<Said>) {
    for line in BufReader::new(words).lines() {
        let Ok(line) = line else { break };
        let report = Report::of(&line);
        if say.send(Said::Report { hand, report }).is_err() {
            return; // nobody listens any more
        }
    }
    say.send(Said::Gone { hand }).ok();
}
