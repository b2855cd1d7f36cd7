//! How often reports of the worker may cause a frame.
//!
//! A graphics card draws a frame in a millisecond or two, and sixty a second cost training nothing. Where the
//! processor emulates one, a frame takes ten times as long on the very cores that train: there the window
//! draws less often while there is no input. A pointer that moves is answered at once in any case.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Shortest time between two frames that were not requested: sixty a second.
const SHORTEST: Duration = Duration::from_millis(16);

/// Longest: views are still seen to move.
const LONGEST: Duration = Duration::from_millis(250);

/// Longest where the processor imitates the graphics card, which takes two cores 40 ms for a frame.
const LONGEST_IN_SOFTWARE: Duration = Duration::from_millis(400);

/// Largest share of the time for drawing, as one part in this many.
const PART_OF_TIME: u32 = 12;

/// The same where the processor imitates the graphics card: what it does with the triangles is not in a frame's cost,
/// takes several times as long, and takes all cores.
const PART_OF_TIME_IN_SOFTWARE: u32 = 100;

/// Intervals above this make movement between two states of a view look worse than none.
const CALM_FROM: Duration = Duration::from_millis(40);

/// The interval, shared with the worker's thread, which asks for frames.
#[derive(Clone, Debug)]
pub(super) struct Pace {
    interval_micros: Arc<AtomicU64>,
    draws_in_software: bool,
}

impl Pace {
    /// The pace of a window that a graphics card draws, or the processor.
    pub(super) fn new(draws_in_software: bool) -> Self {
        let pace = Self {
            interval_micros: Arc::default(),
            draws_in_software,
        };
        pace.set(SHORTEST);
        pace
    }

    /// Time to wait before the next frame that was not requested.
    pub(super) fn interval(&self) -> Duration {
        Duration::from_micros(self.interval_micros.load(Ordering::Relaxed))
    }

    /// Whether frames are so far apart that views should jump rather than glide.
    pub(super) fn is_calm(&self) -> bool {
        self.interval() >= CALM_FROM
    }

    /// Takes in what a frame cost, layout and drawing together. One slow frame in a row of fast ones moves
    /// the interval by a tenth of what it asks for.
    pub(super) fn note_frame(&self, cost: Duration) {
        let (part_of_time, longest) = if self.draws_in_software {
            (PART_OF_TIME_IN_SOFTWARE, LONGEST_IN_SOFTWARE)
        } else {
            (PART_OF_TIME, LONGEST)
        };
        let asked = (cost * part_of_time).clamp(SHORTEST, longest);
        self.set(self.interval().mul_f32(0.9) + asked.mul_f32(0.1));
    }

    fn set(&self, interval: Duration) {
        let micros = u64::try_from(interval.as_micros()).unwrap_or(u64::MAX);
        self.interval_micros.store(micros, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(cost: Duration) -> Pace {
        let pace = Pace::new(false);
        for _ in 0..100 {
            pace.note_frame(cost);
        }
        pace
    }

    #[test]
    fn cheap_frames_come_sixty_times_a_second() {
        let pace = after(Duration::from_millis(1));
        assert!(pace.interval() < Duration::from_millis(17) && !pace.is_calm());
    }

    #[test]
    fn dear_frames_leave_training_its_time() {
        let pace = after(Duration::from_millis(15));
        assert!(pace.interval() > Duration::from_millis(170) && pace.is_calm());
        assert!(after(Duration::from_secs(1)).interval() <= LONGEST);
    }

    #[test]
    fn a_card_that_is_imitated_is_asked_for_fewer_frames() {
        let pace = Pace::new(true);
        for _ in 0..100 {
            pace.note_frame(Duration::from_millis(2));
        }
        assert!(pace.interval() > Duration::from_millis(110) && pace.is_calm());
    }

    #[test]
    fn one_slow_frame_is_soon_forgotten() {
        let pace = after(Duration::from_millis(1));
        pace.note_frame(Duration::from_millis(100));
        for _ in 0..30 {
            pace.note_frame(Duration::from_millis(1));
        }
        assert!(!pace.is_calm());
    }
}
