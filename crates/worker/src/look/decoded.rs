//! Places in the space of codes that the window wants decoded: which are due, and what they cost together.

use std::sync::Arc;
use std::time::Duration;

use hourglass_protocol::{DecodeRequest, Decoded, DecodedView};
use hourglass_train::{EncodedTestSet, TrainError, Trainer, decode};

use super::view::View;

/// Largest share of the time for the places that a person hovers over, as one part in this many.
const WHILE_ASKED: u32 = 5;

/// The sets asked for, each with its age and price.
#[derive(Debug, Default)]
pub(super) struct DecodeLooks {
    sets: Vec<Set>,
    /// Sets that were dropped, or answered by none, since the last look.
    changed: bool,
}

/// The pictures of a set of places.
type Set = View<DecodeRequest, Option<Arc<DecodedView>>>;

impl Set {
    /// Other places are due at once at rest, and in training as soon as they leave the steps their time: a
    /// pointer that moves asks in every frame. The same places at a later step are renewed at the price of all
    /// sets together.
    fn is_due_among(&self, price_of_all: Duration, step: u64, at_rest: bool) -> bool {
        match (self.step, self.made) {
            (None, Some(made)) if !at_rest => made.elapsed() >= self.cost * WHILE_ASKED,
            _ => self.is_due_at(price_of_all, step, at_rest),
        }
    }
}

impl DecodeLooks {
    /// Takes on what is asked for now; tells whether an encoded test set is needed for it. A requester's last answer stays
    /// until the next.
    pub fn ask(&mut self, sets: &[DecodeRequest]) -> bool {
        let mut before = std::mem::take(&mut self.sets);
        for asked in sets {
            let is_its = |set: &Set| set.asked.requester == asked.requester;
            let kept = before.iter().position(is_its);
            let mut set = match kept {
                Some(place) => before.swap_remove(place),
                None => Set::of(asked.clone()),
            };
            set.ask(asked);
            self.sets.push(set);
        }
        self.changed |= !before.is_empty();
        self.needs_encoding()
    }

    /// Whether places are found among the codes of all test images.
    pub fn needs_encoding(&self) -> bool {
        self.sets
            .iter()
            .any(|set| set.asked.places.needs_all_codes())
    }

    /// Everything has to be recomputed.
    pub fn invalidate(&mut self) {
        for set in &mut self.sets {
            set.invalidate();
        }
    }

    /// There are new codes of all test images: places among them have moved.
    pub fn is_encoded_anew(&mut self) {
        for set in &mut self.sets {
            if set.asked.places.needs_all_codes() {
                set.step = None;
            }
        }
    }

    /// Decodes the sets that are due, and says whether anything changed.
    pub fn renew(
        &mut self,
        trainer: &mut Trainer,
        encoded: Option<&EncodedTestSet>,
        at_rest: bool,
    ) -> Result<bool, TrainError> {
        let step = trainer.step();
        let price: Duration = self.sets.iter().map(|set| set.cost).sum();
        let mut changed = std::mem::take(&mut self.changed);
        let due = |set: &&mut Set| set.is_due_among(price, step, at_rest);
        for set in self.sets.iter_mut().filter(due) {
            set.make(step, |asked| {
                decode(trainer, encoded, asked).map(|found| found.map(Arc::new))
            })?;
            changed = true;
        }
        Ok(changed)
    }

    /// What is known of them.
    pub fn seen(&self, encoded: Option<&EncodedTestSet>) -> Decoded {
        let views = self.sets.iter().filter_map(|set| set.value.clone());
        Decoded {
            views: views.collect(),
            units: encoded
                .filter(|_| self.needs_encoding())
                .map(|encoded| Arc::clone(encoded.units())),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;
    use hourglass_protocol::{CodeSelection, Requester};

    fn place(requester: Requester, x: f32) -> DecodeRequest {
        DecodeRequest {
            requester,
            places: CodeSelection::Codes([x].into()),
        }
    }

    fn made(looks: &mut DecodeLooks, cost: Duration) {
        for set in &mut looks.sets {
            set.step = Some(1);
            set.made = Some(Instant::now());
            set.cost = cost;
        }
    }

    #[test]
    fn other_places_wait_for_their_price_in_training_and_for_nothing_at_rest() {
        let mut looks = DecodeLooks::default();
        looks.ask(&[place(Requester::Pointer, 0.0)]);
        assert!(
            looks.sets[0].is_due_among(Duration::ZERO, 1, false),
            "the first"
        );
        made(&mut looks, Duration::from_secs(10));
        looks.ask(&[place(Requester::Pointer, 0.0)]);
        assert!(
            !looks.sets[0].is_due_among(Duration::ZERO, 1, true),
            "the same"
        );
        looks.ask(&[place(Requester::Pointer, 1.0)]);
        assert!(!looks.sets[0].is_due_among(Duration::ZERO, 1, false));
        assert!(looks.sets[0].is_due_among(Duration::ZERO, 1, true));
        made(&mut looks, Duration::ZERO);
        looks.ask(&[place(Requester::Pointer, 2.0)]);
        assert!(
            looks.sets[0].is_due_among(Duration::ZERO, 1, false),
            "a cheap one"
        );
    }

    #[test]
    fn a_set_that_is_no_longer_asked_for_is_forgotten_and_the_others_stay() {
        let mut looks = DecodeLooks::default();
        looks.ask(&[place(Requester::Grid, 0.0), place(Requester::Pointer, 0.0)]);
        made(&mut looks, Duration::ZERO);
        looks.changed = false;
        assert!(!looks.ask(&[place(Requester::Pointer, 0.0)]));
        assert!(looks.changed && looks.sets.len() == 1);
        assert_eq!(looks.sets[0].step, Some(1));
        let plane = DecodeRequest {
            requester: Requester::Grid,
            places: CodeSelection::Plane([[0.0; 2]].into()),
        };
        assert!(looks.ask(&[plane]), "it lies among all codes");
    }
}
