//! Asks one mirror for one file and brings the partial file as far as that mirror can.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::RecvTimeoutError;
use std::time::{Duration, Instant};

use hourglass_experiment::dataset::FileSpec;

use super::part::{Part, Verdict};
use super::transfer::{Event, Head, Transfer};
use super::verify_error::VerifyError;

/// How long a wait lasts before `cancel` is looked at again.
const CANCEL_CHECK: Duration = Duration::from_millis(50);

/// What a mirror did instead of serving a file.
#[derive(Debug, thiserror::Error)]
pub enum MirrorFault {
    /// The request failed before an answer, for instance because the connection was refused.
    #[error("did not answer ({0})")]
    Unreachable(String),
    /// Neither the file nor the part of it that was asked for.
    #[error("answered {0}")]
    Status(u16),
    /// It sent nothing for too long.
    #[error("sent nothing for {:.1} s", .0.as_secs_f64())]
    Stalled(Duration),
    /// The connection or the file ended too early; what came is kept.
    #[error("stopped after {received_bytes} bytes")]
    EndedEarly {
        /// Bytes received so far, by this and by earlier attempts.
        received_bytes: u64,
    },
    /// The file went on after its end.
    #[error("sent more than {limit_bytes} bytes")]
    TooLong {
        /// Size in bytes that no honest file exceeds.
        limit_bytes: u64,
    },
    /// The file arrived whole and is not the right one.
    #[error("sent a wrong file ({})", shorten(.0))]
    WrongFile(VerifyError),
}

impl MirrorFault {
    /// Asking again would give the same.
    pub(super) fn is_lasting(&self) -> bool {
        match self {
            Self::Status(status) => (400..500).contains(status),
            Self::TooLong { .. } | Self::WrongFile(_) => true,
            Self::Unreachable(_) | Self::Stalled(_) | Self::EndedEarly { .. } => false,
        }
    }
}

/// What is wrong without path and advice: both would be about the partial file, which is deleted.
fn shorten(error: &VerifyError) -> String {
    match error {
        VerifyError::WrongChecksum { .. } => "its checksum differs".to_owned(),
        VerifyError::DamagedGzip { reason, .. } => reason.to_string(),
        VerifyError::TooLong { expected_bytes, .. } => {
            format!("it unpacks to more than {expected_bytes} bytes")
        }
        VerifyError::WrongSize { found_bytes, .. } => format!("it unpacks to {found_bytes} bytes"),
        other => other.to_string(),
    }
}

/// Why asking a mirror came to nothing.
pub(super) enum Failure {
    /// The next mirror may do better.
    Mirror(MirrorFault),
    /// The partial file cannot be written or read.
    Storage(io::Error),
    /// The caller asked to stop.
    Cancelled,
}

impl From<MirrorFault> for Failure {
    fn from(fault: MirrorFault) -> Self {
        Self::Mirror(fault)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Storage(error)
    }
}

impl From<VerifyError> for Failure {
    /// The two errors that [`Part::verdict`] has.
    fn from(error: VerifyError) -> Self {
        match error {
            VerifyError::Unreadable { reason, .. } => Self::Storage(reason),
            _ => Self::Cancelled,
        }
    }
}

/// One file to get from one mirror.
pub(super) struct Query<'a> {
    /// Address of the folder with the files.
    pub(super) mirror: &'a str,
    pub(super) spec: &'a FileSpec,
    pub(super) stall_timeout: Duration,
    pub(super) cancel: &'a AtomicBool,
    /// Receives the size of the partial file in bytes.
    pub(super) progress: &'a mut dyn FnMut(u64),
}

impl Query<'_> {
    /// Completes `part`. Where what was there before may be to blame for the failure (it can be of
    /// an older file, or of another mirror's), the mirror is asked a second time from byte 0.
    pub(super) fn run(&mut self, part: &mut Part) -> Result<(), Failure> {
        match self.attempt(part) {
            Err(Blamed {
                failure: Failure::Mirror(fault),
                on_old_bytes: true,
            }) => {
                let Self { mirror, spec, .. } = self;
                log::info!("starting over, {mirror} {fault}: {}", spec.gzip_name());
                part.clear()?;
                self.attempt(part).map_err(|blamed| blamed.failure)
            }
            outcome => outcome.map_err(|blamed| blamed.failure),
        }
    }

    /// One request. Afterwards, `part` is whole, or empty, or may be resumed.
    fn attempt(&mut self, part: &mut Part) -> Result<(), Blamed> {
        let transfer = self.start(part)?;
        let continues = self.agree(&transfer, part)?;
        let outcome = self.receive(&transfer, part).and_then(|()| {
            match part.verdict(self.spec, self.cancel)? {
                Verdict::Whole => Ok(()),
                Verdict::Unfinished => Err(ended_early(part).into()),
                Verdict::Wrong(error) => Err(MirrorFault::WrongFile(error).into()),
            }
        });
        if let Err(Failure::Mirror(MirrorFault::WrongFile(_) | MirrorFault::TooLong { .. })) =
            outcome
        {
            part.clear().map_err(Failure::from)?;
            return outcome.map_err(|failure| Blamed {
                failure,
                on_old_bytes: continues,
            });
        }
        Ok(outcome?)
    }

    fn start(&self, part: &Part) -> Result<Transfer, Failure> {
        let folder = self.mirror.trim_end_matches('/');
        let url = format!("{folder}/{}", self.spec.gzip_name());
        log::info!("fetching from byte {}: {url}", part.n_bytes());
        Transfer::start(url, part.n_bytes(), self.stall_timeout)
            .map_err(|error| MirrorFault::Unreachable(error.to_string()).into())
    }

    /// Makes the partial file and the answer fit: afterwards, the body belongs at the end of the
    /// file. Returns whether there was something before it.
    fn agree(&self, transfer: &Transfer, part: &mut Part) -> Result<bool, Blamed> {
        let Head { status, first_byte } = match self.next_event(transfer)? {
            Some(Event::Head(head)) => head,
            Some(Event::Failed(error)) => return Err(self.unanswered(error).into()),
            _ => {
                return Err(MirrorFault::Unreachable("the request was given up".to_owned()).into());
            }
        };
        let resumes = part.n_bytes() > 0;
        match status {
            200 => {
                if resumes {
                    part.clear()?; // The server knows no `Range`.
                }
                Ok(false)
            }
            206 if resumes && first_byte == Some(part.n_bytes()) => Ok(true),
            status => Err(Blamed {
                failure: MirrorFault::Status(status).into(),
                on_old_bytes: resumes && matches!(status, 206 | 416),
            }),
        }
    }

    fn receive(&mut self, transfer: &Transfer, part: &mut Part) -> Result<(), Failure> {
        let limit_bytes = gzip_limit_bytes(self.spec);
        loop {
            match self.next_event(transfer)? {
                Some(Event::Piece(bytes)) => {
                    if part.n_bytes() + bytes.len() as u64 > limit_bytes {
                        return Err(MirrorFault::TooLong { limit_bytes }.into());
                    }
                    part.append(&bytes)?;
                    (self.progress)(part.n_bytes());
                }
                Some(Event::End) => return Ok(()),
                Some(Event::Failed(_) | Event::Head(_)) | None => {
                    return Err(ended_early(part).into());
                }
            }
        }
    }

    /// Waits for the server no longer than it may stall, and for `cancel` no longer than
    /// [`CANCEL_CHECK`]. `None` where the download thread is gone without a last word: only a
    /// panic within `ureq` does that.
    fn next_event(&self, transfer: &Transfer) -> Result<Option<Event>, Failure> {
        let start = Instant::now();
        loop {
            if self.cancel.load(Ordering::Relaxed) {
                return Err(Failure::Cancelled);
            }
            let left = self.stall_timeout.saturating_sub(start.elapsed());
            match transfer.next(left.min(CANCEL_CHECK)) {
                Ok(event) => return Ok(Some(event)),
                Err(RecvTimeoutError::Disconnected) => return Ok(None),
                Err(RecvTimeoutError::Timeout) if left > CANCEL_CHECK => {}
                Err(RecvTimeoutError::Timeout) => {
                    return Err(MirrorFault::Stalled(self.stall_timeout).into());
                }
            }
        }
    }

    fn unanswered(&self, error: ureq::Error) -> Failure {
        let fault = match error {
            ureq::Error::Timeout(_) => MirrorFault::Stalled(self.stall_timeout),
            ureq::Error::Io(error) => MirrorFault::Unreachable(error.to_string()),
            error => MirrorFault::Unreachable(error.to_string()),
        };
        fault.into()
    }
}

/// A failure, and whether bytes that were there before the request may be its cause.
struct Blamed {
    failure: Failure,
    on_old_bytes: bool,
}

impl<T: Into<Failure>> From<T> for Blamed {
    fn from(failure: T) -> Self {
        Self {
            failure: failure.into(),
            on_old_bytes: false,
        }
    }
}

fn ended_early(part: &Part) -> MirrorFault {
    MirrorFault::EndedEarly {
        received_bytes: part.n_bytes(),
    }
}

/// Size that a `.gz` file of `spec` never exceeds: stored uncompressed, deflate adds 5 bytes per
/// block (RFC 1951, 3.2.4), and encoders make blocks of some kilobytes; the rest is for the header.
fn gzip_limit_bytes(spec: &FileSpec) -> u64 {
    spec.size_bytes() + spec.size_bytes() / 100 + 64 * 1024
}
