//! Signals that ask the program to end: after the first it keeps what it has, a second ends it at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

/// A second signal that comes sooner is the first once more: a terminal and a shell may both pass it on.
const SAME_REQUEST: Duration = Duration::from_secs(1);

/// What a program adds to a signal's number for its exit code.
pub const OF_SIGNALS: u8 = 128;

/// The program was asked to end before it was done.
#[derive(Debug, thiserror::Error)]
#[error("interrupted{kept}")]
pub struct Interrupted {
    /// What its process ends with.
    code: u8,
    /// What is kept, as the rest of the sentence.
    kept: String,
}

/// The code that a process ends with after an error.
#[must_use]
pub fn exit_code(error: &anyhow::Error) -> u8 {
    let interrupted = error.downcast_ref::<Interrupted>();
    interrupted.map_or(1, |interrupted| interrupted.code)
}

/// Whether an error says that the program was asked to end, and not that something went wrong.
#[must_use]
pub fn is_interruption(error: &anyhow::Error) -> bool {
    error.is::<Interrupted>()
}

/// Whether the program was asked to end.
#[derive(Clone, Debug, Default)]
pub struct Signals {
    /// The exit code of the first signal; 0 before it.
    heard: Arc<AtomicU8>,
}

impl Signals {
    /// Listens from here on. No other thread may have been started that could take a signal.
    ///
    /// # Errors
    /// When the system does not let them be caught.
    pub fn listen() -> Result<Self> {
        let signals = Self::default();
        let heard = Arc::clone(&signals.heard);
        let mut first: Option<Instant> = None;
        on_signal(move |number| {
            let code = OF_SIGNALS + number;
            match first {
                None => {
                    first = Some(Instant::now());
                    heard.store(code, Ordering::Relaxed);
                }
                // At once: what is on disk is whole at any moment.
                Some(first) if first.elapsed() > SAME_REQUEST => std::process::exit(code.into()),
                Some(_) => {}
            }
        })
        .context("Ctrl-C cannot be caught")?;
        Ok(signals)
    }

    /// Whether a signal came.
    #[must_use]
    pub fn is_heard(&self) -> bool {
        self.heard.load(Ordering::Relaxed) != 0
    }

    /// The error to end with. What is kept follows the word "interrupted".
    #[must_use]
    pub fn error(&self, kept: &str) -> anyhow::Error {
        anyhow::Error::new(Interrupted {
            code: self.heard.load(Ordering::Relaxed).max(1),
            kept: kept.to_owned(),
        })
    }
}

/// Calls `hear` with the number of each signal that asks the program to end, on a thread of its own: a handler would not
/// be told which it is. No other thread may have been started that could take a signal.
///
/// # Errors
/// When the system does not let them be caught.
#[cfg(unix)]
pub fn on_signal(mut hear: impl FnMut(u8) + Send + 'static) -> Result<()> {
    use nix::sys::signal::{SigSet, Signal};

    let mut wanted = SigSet::empty();
    wanted.add(Signal::SIGINT);
    wanted.add(Signal::SIGTERM);
    if !hangups_are_ignored() {
        wanted.add(Signal::SIGHUP);
    }
    wanted.thread_block()?; // threads that start later inherit it, so that the one below is told
    std::thread::Builder::new()
        .name("hourglass-signals".to_owned())
        .spawn(move || {
            while let Ok(signal) = wanted.wait() {
                hear(u8::try_from(signal as i32).unwrap_or_default());
            }
        })?;
    Ok(())
}

/// Calls `hear` when the program is asked to end, on a thread of its own.
///
/// # Errors
/// When the system does not let that be caught.
#[cfg(not(unix))]
pub fn on_signal(mut hear: impl FnMut(u8) + Send + 'static) -> Result<()> {
    ctrlc::set_handler(move || hear(2))?;
    Ok(())
}

/// Asks this process to end, as a signal from outside would.
pub fn ask_to_end() {
    #[cfg(unix)]
    {
        use nix::sys::signal::{Signal, kill};
        kill(nix::unistd::Pid::this(), Signal::SIGTERM).ok(); // a process may send itself signals
    }
    #[cfg(not(unix))]
    std::process::exit(1); // at once: what is on disk is whole at any moment
}

/// Asks a process that this one started to end; where the system knows no such request, it ends at once.
pub fn ask_to_end_other(process: &mut std::process::Child) {
    #[cfg(unix)]
    {
        use nix::sys::signal::{Signal, kill};
        if let Ok(id) = i32::try_from(process.id()) {
            kill(nix::unistd::Pid::from_raw(id), Signal::SIGTERM).ok(); // it may be gone already
        }
    }
    #[cfg(not(unix))]
    process.kill().ok(); // it may be gone already
}

/// Whether the program was started by `nohup`, and is to live on when its terminal closes. Only Linux says so.
#[cfg(unix)]
fn hangups_are_ignored() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    ignored.is_some_and(|mask| mask & 1 != 0) // SIGHUP is the first
}
