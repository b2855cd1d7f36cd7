//! A short log of what happened.

use std::collections::VecDeque;

use hourglass_protocol::RunId;

/// How much a notice matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NoticeLevel {
    /// Something happened as asked.
    Info,
    /// Nothing failed, yet something is not as it should be.
    Warning,
    /// Something went wrong.
    Error,
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Counts all notices, from 0.
    pub number: u64,
    /// When, in milliseconds since the window opened.
    pub at_millis: u64,
    /// How much it matters.
    pub level: NoticeLevel,
    /// What happened, and what to do.
    pub text: String,
    /// The run that was replaced, where that is what happened: as long as it is the previous run, it can be brought back.
    pub replaced: Option<RunId>,
}

/// The newest notices.
#[derive(Clone, Debug, Default)]
pub struct Notices {
    kept: VecDeque<Notice>,
    n_ever: u64,
    now_millis: u64,
}

impl Notices {
    /// Most notices kept.
    pub const MAX: usize = 100;

    /// Sets the clock that new notices are dated by, in seconds since the window opened.
    pub fn set_clock(&mut self, now_secs: f64) {
        self.now_millis = (now_secs.max(0.0) * 1e3) as u64;
    }

    /// Notes that something happened as asked.
    pub fn info(&mut self, text: String) {
        self.push(NoticeLevel::Info, text);
    }

    /// Notes that another run took the place of this one, which can be brought back.
    pub fn replaced(&mut self, run: RunId, text: String) {
        self.push(NoticeLevel::Info, text);
        if let Some(notice) = self.kept.back_mut() {
            notice.replaced = Some(run);
        }
    }

    /// Notes that something is not as it should be.
    pub fn warning(&mut self, text: String) {
        self.push(NoticeLevel::Warning, text);
    }

    /// Notes that something went wrong.
    pub fn error(&mut self, text: String) {
        self.push(NoticeLevel::Error, text);
    }

    /// Notices from `number` on, oldest first.
    pub fn since(&self, number: u64) -> impl Iterator<Item = &Notice> {
        self.kept
            .iter()
            .filter(move |notice| notice.number >= number)
    }

    /// The number the next notice will have.
    #[must_use]
    pub fn next_number(&self) -> u64 {
        self.n_ever
    }

    fn push(&mut self, level: NoticeLevel, text: String) {
        if self.kept.len() == Self::MAX {
            self.kept.pop_front();
        }
        self.kept.push_back(Notice {
            number: self.n_ever,
            at_millis: self.now_millis,
            level,
            text,
            replaced: None,
        });
        self.n_ever += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invariant_10_notices_stay_bounded_and_keep_their_numbers() {
        let mut notices = Notices::default();
        for n in 0..250 {
            notices.info(format!("notice {n}"));
        }
        assert_eq!(notices.since(0).count(), Notices::MAX);
        notices.set_clock(1.5);
        notices.error("late".to_owned());
        let latest = notices.since(250).next().expect("kept");
        assert_eq!(
            (latest.at_millis, latest.level),
            (1_500, NoticeLevel::Error)
        );
        let newest = notices.since(249).next().expect("kept");
        assert_eq!((newest.number, newest.text.as_str()), (249, "notice 249"));
    }
}
