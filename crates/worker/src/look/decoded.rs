//! Places in the space of codes that the window wants decoded: which are due, and what they cost together.

use std::sync::Arc;
use std::time::Duration;

use hourglass_protocol::{DecodeSet, Decoded, DecodedView};
use hourglass_train::{Survey, TrainError, Trainer, decode};

use super::View;

/// Places that a person goes over may take so large a share of the time, as one part in so many.
const WHILE_ASKED: u32 = 5;

/// The sets asked for, each with its age and price.
#[derive(Debug, Default)]
pub(super) struct DecodeLooks {
    sets: Vec<Look>,
    /// Sets that were dropped, or answered by none, since the last look.
    changed: bool,
}

#[derive(Debug)]
struct Look {
    asked: DecodeSet,
    view: View<Option<Arc<DecodedView>>>,
}

impl Look {
    /// Other places are due at once at rest, and in training as soon as they leave the steps their time: a
    /// pointer that moves asks in every frame. The same places at a later step are renewed at the price of all
    /// sets together.
    fn is_due(&self, price_of_all: Duration, step: u64, at_rest: bool) -> bool {
        match (self.view.step, self.view.made) {
            (None, Some(made)) if !at_rest => made.elapsed() >= self.view.cost * WHILE_ASKED,
            _ => self.view.is_due_at(price_of_all, step, at_rest),
        }
    }
}

impl DecodeLooks {
    /// Takes on what is asked for now; tells whether a survey is needed for it. An asker's last answer stays
    /// until the next.
    pub fn ask(&mut self, sets: &[DecodeSet]) -> bool {
        let mut before = std::mem::take(&mut self.sets);
        for asked in sets {
            let kept = before
                .iter()
                .position(|look| look.asked.asker == asked.asker);
            let look = match kept.map(|place| before.swap_remove(place)) {
                Some(look) if look.asked == *asked => look,
                Some(mut look) => {
                    look.asked = asked.clone();
                    look.view.step = None;
                    look
                }
                None => Look {
                    asked: asked.clone(),
                    view: View::default(),
                },
            };
            self.sets.push(look);
        }
        self.changed |= !before.is_empty();
        self.needs_survey()
    }

    /// Whether places are found among the codes of all test images.
    pub fn needs_survey(&self) -> bool {
        self.sets
            .iter()
            .any(|look| look.asked.places.needs_all_codes())
    }

    /// Everything has to be made anew.
    pub fn invalidate(&mut self) {
        for look in &mut self.sets {
            look.view.invalidate();
        }
    }

    /// There are new codes of all test images: places among them have moved.
    pub fn surveyed(&mut self) {
        for look in &mut self.sets {
            if look.asked.places.needs_all_codes() {
                look.view.step = None;
            }
        }
    }

    /// Decodes the sets that are due, and says whether anything changed.
    pub fn renew(
        &mut self,
        trainer: &mut Trainer,
        survey: Option<&Survey>,
        at_rest: bool,
    ) -> Result<bool, TrainError> {
        let step = trainer.step();
        let price: Duration = self.sets.iter().map(|look| look.view.cost).sum();
        let mut changed = std::mem::take(&mut self.changed);
        for Look { asked, view } in self
            .sets
            .iter_mut()
            .filter(|look| look.is_due(price, step, at_rest))
        {
            view.make(step, || {
                decode(trainer, survey, asked).map(|found| found.map(Arc::new))
            })?;
            changed = true;
        }
        Ok(changed)
    }

    /// What is known of them.
    pub fn seen(&self, survey: Option<&Survey>) -> Decoded {
        let views = self.sets.iter().filter_map(|look| look.view.value.clone());
        Decoded {
            views: views.collect(),
            units: survey
                .filter(|_| self.needs_survey())
                .map(|survey| Arc::clone(survey.units())),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;
    use hourglass_protocol::{Asker, Places};

    fn place(asker: Asker, x: f32) -> DecodeSet {
        DecodeSet {
            asker,
            places: Places::Codes([x].into()),
        }
    }

    fn made(looks: &mut DecodeLooks, cost: Duration) {
        for look in &mut looks.sets {
            look.view.step = Some(1);
            look.view.made = Some(Instant::now());
            look.view.cost = cost;
        }
    }

    #[test]
    fn other_places_wait_for_their_price_in_training_and_for_nothing_at_rest() {
        let mut looks = DecodeLooks::default();
        looks.ask(&[place(Asker::Pointer, 0.0)]);
        assert!(looks.sets[0].is_due(Duration::ZERO, 1, false), "the first");
        made(&mut looks, Duration::from_secs(10));
        looks.ask(&[place(Asker::Pointer, 0.0)]);
        assert!(!looks.sets[0].is_due(Duration::ZERO, 1, true), "the same");
        looks.ask(&[place(Asker::Pointer, 1.0)]);
        assert!(!looks.sets[0].is_due(Duration::ZERO, 1, false));
        assert!(looks.sets[0].is_due(Duration::ZERO, 1, true));
        made(&mut looks, Duration::ZERO);
        looks.ask(&[place(Asker::Pointer, 2.0)]);
        assert!(
            looks.sets[0].is_due(Duration::ZERO, 1, false),
            "a cheap one"
        );
    }

    #[test]
    fn a_set_that_is_no_longer_asked_for_is_forgotten_and_the_others_stay() {
        let mut looks = DecodeLooks::default();
        looks.ask(&[place(Asker::Grid, 0.0), place(Asker::Pointer, 0.0)]);
        made(&mut looks, Duration::ZERO);
        looks.changed = false;
        assert!(!looks.ask(&[place(Asker::Pointer, 0.0)]));
        assert!(looks.changed && looks.sets.len() == 1);
        assert_eq!(looks.sets[0].view.step, Some(1));
        let plane = DecodeSet {
            asker: Asker::Grid,
            places: Places::Plane([[0.0; 2]].into()),
        };
        assert!(looks.ask(&[plane]), "it lies among all codes");
    }
}
