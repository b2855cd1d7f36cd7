//! The code that is being measured, and how far that is.

use std::sync::Arc;
use std::time::Instant;

use crossbeam_channel::Receiver;

use super::errand::Errand;
use hourglass_protocol::{CodeReport, JudgingProgress, RunId};
use hourglass_train::{CodeSamples, CodeSampling, Measures};

/// A code that is being measured.
pub struct Judging {
    pub run: RunId,
    pub begun: Instant,
    pub part: Part,
}

pub enum Part {
    /// Images are being encoded.
    Sampling(Box<CodeSampling>),
    /// They are encoded; what their data set allows is being measured.
    Waiting(Box<CodeSamples>),
    /// The rest goes on.
    Beside(Errand<Message>),
}

/// What the thread reports.
pub enum Message {
    Progress(JudgingProgress),
    /// It is done.
    Judged(Box<Judged>),
}

/// What the code is worth, and what the data set allows.
pub type Judged = (CodeReport, Arc<Measures>);

impl Judging {
    /// Whether there is something to be done for it at once.
    pub fn is_due(&self) -> bool {
        matches!(self.part, Part::Sampling(_))
    }

    /// What its thread reports.
    pub fn messages(&self) -> Option<&Receiver<Message>> {
        match &self.part {
            Part::Beside(errand) => Some(errand.messages()),
            _ => None,
        }
    }
}
