//! Answering what the window looks at, without letting this take the time of training.
//!
//! A view is renewed when its step is out of date: at most every 100 ms, at least every 2 s, and in between so that
//! each view takes a sixtieth of the time. While no run trains, it is renewed at once.

mod decoded;
mod inside;

use std::sync::Arc;
use std::time::{Duration, Instant};

use hourglass_experiment::LayerName;
use hourglass_protocol::{
    ActivationView, DigitView, ErrorView, PreparedImage, ProbeRequest, RunId, SampleIdx,
    ScatterRequest, ScatterView, Snapshot, UserImageView,
};
use hourglass_train::{
    EncodedTestSet, ProbeState, TrainError, Trainer, digits, errors, user_images,
};

use decoded::DecodeLooks;
use inside::Inside;

/// Shortest time between two renewals of a view: ten a second are as many as an eye can follow.
const MIN_INTERVAL: Duration = Duration::from_millis(100);

/// A view that is watched is renewed this often, unless it costs most of that time.
const MAX_INTERVAL: Duration = Duration::from_secs(2);

/// Largest share of the time for a view, as one part in this many: those of a new window stay below a
/// fifteenth together.
const PART_OF_TIME: u32 = 60;

/// The largest share that even the most expensive view may take: one that costs seconds is rarely renewed.
const MOST_OF_TIME: u32 = 10;

/// The looks at one run.
#[derive(Debug, Default)]
pub struct Looks {
    request: ProbeRequest,
    probe: ProbeState,
    digits: View<Vec<SampleIdx>, Arc<DigitView>>,
    hovered: View<Option<SampleIdx>, Option<Arc<DigitView>>>,
    activations: View<Option<LayerName>, Option<Arc<ActivationView>>>,
    /// Of the whole test split; it costs most.
    encoded: View<Encoded, Option<EncodedTestSet>>,
    /// What the encoded test set shows, when it is looked at.
    scatter: Option<Arc<ScatterView>>,
    user_images: View<Arc<[PreparedImage]>, Option<Arc<UserImageView>>>,
    inside: Inside,
    errors: View<bool, Option<Arc<ErrorView>>>,
    decoded: DecodeLooks,
}

/// What decides what an encoded test set of the test split has to find.
#[derive(Clone, Debug, Default, PartialEq)]
struct Encoded {
    scatter: Option<ScatterRequest>,
    has_own: bool,
}

/// A view with what it was asked to show, its age and its price.
#[derive(Debug)]
struct View<K, T> {
    asked: K,
    value: T,
    /// The step it shows; `None` while it has to be recomputed whatever its age.
    step: Option<u64>,
    made: Option<Instant>,
    cost: Duration,
}

impl<K: Default, T: Default> Default for View<K, T> {
    fn default() -> Self {
        Self::of(K::default())
    }
}

impl<K, T: Default> View<K, T> {
    fn of(asked: K) -> Self {
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
    fn ask(&mut self, asked: &K)
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
    fn is_due(&self, step: u64, at_rest: bool) -> bool {
        self.is_due_at(self.cost, step, at_rest)
    }

    /// The same of a view that shares its price with others.
    fn is_due_at(&self, cost: Duration, step: u64, at_rest: bool) -> bool {
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
    fn invalidate(&mut self) {
        self.step = None;
        self.made = None;
    }

    /// Recomputes the view if it is due, and says whether it did.
    fn renew(
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
    fn make(
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

impl Looks {
    /// Looks at a new run, with the same request.
    pub fn restart(&mut self) {
        let request = std::mem::take(&mut self.request);
        *self = Self::default();
        self.request(request);
    }

    /// Whether frames of a film are asked for.
    pub fn asks_for_film(&self) -> bool {
        self.request.film
    }

    /// What is looked at.
    pub fn asked(&self) -> &ProbeRequest {
        &self.request
    }

    /// How the scatter's axes lie.
    pub fn probe(&self) -> &ProbeState {
        &self.probe
    }

    /// Looks elsewhere: each view compares its part of the request, and is made anew at the next look if that changed.
    pub fn request(&mut self, request: ProbeRequest) {
        self.digits.ask(&request.samples);
        self.hovered.ask(&request.hovered);
        self.activations.ask(&request.layer);
        self.user_images.ask(&request.user_images);
        self.inside.ask(&request);
        self.errors.ask(&request.errors);
        self.encoded.ask(&Encoded {
            scatter: request.scatter,
            has_own: !request.user_images.is_empty(),
        });
        let needs_encoding = self.decoded.ask(&request.decode);
        if needs_encoding && self.encoded.value.is_none() {
            self.encoded.step = None;
        }
        self.request = request;
    }

    /// Everything has to be recomputed: the weights, the noise or the device changed without a step.
    pub fn invalidate(&mut self) {
        self.digits.invalidate();
        self.hovered.invalidate();
        self.activations.invalidate();
        self.encoded.invalidate();
        self.user_images.invalidate();
        self.inside.invalidate();
        self.errors.invalidate();
        self.decoded.invalidate();
    }

    /// Renews the views that are due; `None` if nothing changed. At rest, when no steps are being taken,
    /// whatever is out of date is due at once.
    ///
    /// # Errors
    /// When the device fails.
    pub fn look(
        &mut self,
        run: RunId,
        trainer: &mut Trainer,
        at_rest: bool,
    ) -> Result<Option<Snapshot>, TrainError> {
        let step = trainer.step();
        let Self {
            request,
            probe,
            digits: digit_view,
            hovered,
            activations,
            encoded,
            scatter,
            user_images: user_image_view,
            inside,
            errors: error_view,
            decoded,
        } = self;
        let mut changed = digit_view.renew(step, at_rest, |samples| {
            digits(trainer, samples).map(Arc::new)
        })?;
        changed |= hovered.renew(step, at_rest, |sample| {
            let found = sample.map(|sample| digits(trainer, &[sample]).map(Arc::new));
            found.transpose()
        })?;
        changed |= activations.renew(step, at_rest, |layer| match *layer {
            Some(layer) => Ok(probe.activations(trainer, layer)?.map(Arc::new)),
            None => Ok(None),
        })?;
        let is_encoded_anew = encoded.renew(step, at_rest, |asked| {
            let &Encoded {
                scatter: of_scatter,
                has_own,
            } = asked;
            *scatter = None;
            if of_scatter.is_none() && !has_own && !decoded.needs_encoding() {
                return Ok(None);
            }
            if let Some(asked) = of_scatter {
                probe.choose_plane(asked.plane);
            }
            let with_errors = has_own || of_scatter.is_some_and(|asked| asked.errors);
            let encoded = probe.encoded(trainer, with_errors)?;
            if let Some(asked) = of_scatter {
                *scatter = Some(Arc::new(encoded.seen(trainer, asked)?));
            }
            Ok(Some(encoded))
        })?;
        if is_encoded_anew {
            user_image_view.step = None; // it is compared with what was seen before
            decoded.is_encoded_anew();
        }
        changed |= is_encoded_anew;
        changed |= user_image_view.renew(step, at_rest, |images| {
            let encoded = encoded.value.as_ref();
            let has_any = !images.is_empty();
            let found = has_any.then(|| user_images(trainer, encoded, images).map(Arc::new));
            found.transpose()
        })?;
        changed |= error_view.renew(step, at_rest, |is_asked| {
            let found = is_asked.then(|| errors(trainer).map(Arc::new));
            found.transpose()
        })?;
        changed |= decoded.renew(trainer, encoded.value.as_ref(), at_rest)?;
        changed |= inside.look(trainer, at_rest)?;
        if !changed {
            return Ok(None);
        }
        let mut snapshot = Snapshot {
            run,
            revision: request.revision,
            step,
            digits: Arc::clone(&digit_view.value),
            hovered: hovered.value.clone(),
            activations: activations.value.clone(),
            scatter: scatter.clone(),
            user_images: user_image_view.value.clone(),
            decoded: decoded.seen(encoded.value.as_ref()),
            errors: error_view.value.clone(),
            comparison: None,
            filters: None,
            unit_means: None,
            flow: None,
        };
        inside.fill(&mut snapshot);
        Ok(Some(snapshot))
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
