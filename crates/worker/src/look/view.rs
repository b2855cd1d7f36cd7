//! A view of a run: when it is renewed, and what that costs.

use std::time::{Duration, Instant};

use hourglass_train::TrainError;

/// Shortest time between two renewals of a view: ten a second are as many as an eye can follow.
const MIN_INTERVAL: Duration = Duration::from_millis(100);

/// A view that is watched is renewed this often, unless it costs most of that time.
const MAX_INTERVAL: Duration = Duration::from_secs(2);

/// Largest share of the time for a view, as one part in this many: those of a new window stay below a
/// fifteenth together.
const PART_OF_TIME: u32 = 60;

/// The largest share that even the most expensive view may take: one that costs seconds is rarely renewed.
const MOST_OF_TIME: u32 = 10;

/// A view with what it was asked to show, its age and its price.
#[derive(Debug)]
pub(super) struct View<K, T> {
    pub asked: K,
    pub value: T,
    /// The step it shows; `None` while it has to be recomputed whatever its age.
    pub step: Option<u64>,
    pub made: Option<Instant>,
    pub cost: Duration,
}

impl<K: Default, T: Default> Default for View<K, T> {
    fn default() -> Self {
        Self::of(K::default())
    }
}

impl<K, T: Default> View<K, T> {
    pub fn of(asked: K) -> Self {
        Self {
            asked,
            value: T::default(),
            step: None,
            made: None,
            cost: Duration::ZERO,
        }
    }
}

impl<K, T> View<K, T> {
    /// Takes on what is to be shown: anything else is made anew at the next look.
    pub fn ask(&mut self, asked: &K)
    where
        K: Clone + PartialEq,
    {
        if self.asked != *asked {
            self.asked.clone_from(asked);
            self.step = None;
        }
    }

    /// At rest, an outdated view is due at once; while steps are being taken, after an interval that leaves
    /// the steps their time.
    pub fn is_due(&self, step: u64, at_rest: bool) -> bool {
        self.is_due_at(self.cost, step, at_rest)
    }

    /// The same of a view that shares its price with others.
    pub fn is_due_at(&self, cost: Duration, step: u64, at_rest: bool) -> bool {
        let Some(shown) = self.step else {
            return true;
        };
        let interval = (cost * PART_OF_TIME)
            .clamp(MIN_INTERVAL, MAX_INTERVAL)
            .max(cost * MOST_OF_TIME);
        let has_waited = self.made.is_none_or(|made| made.elapsed() >= interval);
        shown != step && (at_rest || has_waited)
    }

    /// What is shown no longer holds, and what it cost says nothing about what it will cost.
    pub fn invalidate(&mut self) {
        self.step = None;
        self.made = None;
    }

    /// Recomputes the view if it is due, and says whether it did.
    pub fn renew(
        &mut self,
        step: u64,
        at_rest: bool,
        make: impl FnOnce(&K) -> Result<T, TrainError>,
    ) -> Result<bool, TrainError> {
        if !self.is_due(step, at_rest) {
            return Ok(false);
        }
        self.make(step, make)?;
        Ok(true)
    }

    /// Recomputes the view, and notes its cost.
    pub fn make(
        &mut self,
        step: u64,
        make: impl FnOnce(&K) -> Result<T, TrainError>,
    ) -> Result<(), TrainError> {
        let started = Instant::now();
        self.value = make(&self.asked)?;
        // The first time pays for images that go to the device and kernels that are chosen once.
        let is_first = self.made.is_none();
        self.cost = if is_first {
            Duration::ZERO
        } else {
            started.elapsed()
        };
        self.step = Some(step);
        self.made = Some(Instant::now());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made_at(step: u64, cost: Duration) -> View<(), u8> {
        View {
            asked: (),
            value: 0,
            step: Some(step),
            made: Some(Instant::now()),
            cost,
        }
    }

    #[test]
    fn a_view_waits_while_steps_are_taken_and_catches_up_at_rest() {
        let view = made_at(5, Duration::from_millis(1));
        assert!(
            !view.is_due(5, true) && !view.is_due(5, false),
            "nothing happened since"
        );
        assert!(!view.is_due(6, false), "it was made just now");
        assert!(view.is_due(6, true));
        assert!(
            View::<(), u8>::default().is_due(0, false),
            "there is nothing to show yet"
        );
    }

    #[test]
    fn a_view_is_made_anew_for_another_question_and_only_then() {
        let mut view = View::<u8, u8>::default();
        let twice = |asked: &u8| Ok(2 * asked);
        view.ask(&3);
        assert_eq!(view.renew(1, true, twice), Ok(true));
        view.ask(&3);
        assert_eq!(view.renew(1, true, twice), Ok(false), "it was answered");
        view.ask(&4);
        assert_eq!(view.renew(1, true, twice), Ok(true));
        assert_eq!(view.value, 8);
    }

    #[test]
    fn the_dearest_view_leaves_the_steps_most_of_the_time() {
        let ago = |secs| Instant::now().checked_sub(Duration::from_secs(secs));
        let dear = |secs| View {
            made: ago(secs),
            ..made_at(5, Duration::from_secs(10))
        };
        assert!(!dear(90).is_due(6, false) && dear(110).is_due(6, false));
        assert!(dear(1).is_due(6, true), "at rest it costs nobody anything");
        let cheap = View {
            made: ago(4),
            ..made_at(5, Duration::from_millis(300))
        };
        assert!(cheap.is_due(6, false));
    }

    #[test]
    fn kernels_that_were_chosen_once_do_not_count_for_the_next_time() {
        let mut view = View::<(), u8>::default();
        let slow = |(): &()| {
            let started = Instant::now();
            while started.elapsed() < Duration::from_millis(20) {
                std::hint::spin_loop();
            }
            Ok(1)
        };
        assert_eq!(view.renew(1, false, slow), Ok(true));
        assert_eq!(view.cost, Duration::ZERO);
        view.step = None;
        assert_eq!(view.renew(2, false, slow), Ok(true));
        assert!(view.cost >= Duration::from_millis(20));
        view.invalidate();
        assert_eq!(view.renew(3, false, slow), Ok(true));
        assert_eq!(view.cost, Duration::ZERO);
    }
}
