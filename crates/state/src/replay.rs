//! The past of a run, for replay: what was seen of the model at moments spread over the run.
//!
//! At most 64 MiB are kept for a run. `RunState::shown` is what views draw, the past or the newest; a view that is
//! not recorded says "live only".

use std::collections::BTreeMap;
use std::sync::Arc;

use hourglass_protocol::{ActivationView, DigitView, ErrorView, ScatterView, Snapshot};

use super::track::{Moment, Track};

/// A way through the past of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rewind {
    /// To the first moment kept.
    First,
    /// One moment back.
    Back,
    /// One moment on; from the last to the run as it is.
    On,
    /// To the last moment kept at or before a step.
    To(u64),
    /// To the run as it is, and along with it.
    Follow,
}

/// What was seen of a run, evenly thinned, and which moment of it is shown. Views that answer the pointer, and
/// those of user images, are not kept.
#[derive(Clone, Debug, Default)]
pub struct Replay {
    digits: Track<DigitView>,
    activations: Track<ActivationView>,
    scatter: Track<ScatterView>,
    errors: Track<ErrorView>,
    past: Option<Past>,
}

/// A moment that is shown again. Each view has the moment it is of: the newest kept at or before this one.
#[derive(Clone, Debug)]
pub struct Past {
    /// The moment asked for.
    pub moment: Moment,
    /// What was seen; empty where nothing was kept.
    pub snapshot: Snapshot,
    pub digits: Option<Moment>,
    pub activations: Option<Moment>,
    pub scatter: Option<Moment>,
    /// Of the errors of classes.
    pub errors: Option<Moment>,
}

impl Replay {
    /// Most memory that the views of a run may take, in bytes: 64 MiB.
    pub const BUDGET_BYTES: usize = 64 << 20;
    /// Of it for digits, of which thirty take 0.3 MB.
    const DIGITS: usize = 40 << 20;
    /// For scatters, of which ten thousand points take 0.1 MB.
    const SCATTER: usize = 20 << 20;
    const ACTIVATIONS: usize = 3 << 20;
    const ERRORS: usize = 1 << 20;

    /// Keeps what is new in a snapshot; `epoch_of` turns steps into epochs.
    pub(super) fn keep(&mut self, snapshot: &Snapshot, epoch_of: impl Fn(u64) -> f64) {
        if !snapshot.digits.samples.is_empty() {
            self.digits.keep(&snapshot.digits, &epoch_of, Self::DIGITS);
        }
        if let Some(view) = &snapshot.activations {
            self.activations.keep(view, &epoch_of, Self::ACTIVATIONS);
        }
        if let Some(view) = &snapshot.scatter {
            self.scatter.keep(view, &epoch_of, Self::SCATTER);
        }
        if let Some(view) = &snapshot.errors {
            self.errors.keep(view, &epoch_of, Self::ERRORS);
        }
    }

    /// The moments at which anything was kept, oldest first.
    #[must_use]
    pub fn moments(&self) -> Vec<Moment> {
        let all = self.digits.moments().chain(self.activations.moments());
        let all = all.chain(self.scatter.moments());
        let all = all.chain(self.errors.moments());
        let by_step: BTreeMap<u64, Moment> = all.map(|at| (at.step, at)).collect();
        by_step.into_values().collect()
    }

    /// The first and the last moment kept; `None` while there are not two.
    #[must_use]
    pub fn ends(&self) -> Option<[Moment; 2]> {
        let tracks = [
            self.digits.ends(),
            self.activations.ends(),
            self.scatter.ends(),
            self.errors.ends(),
        ];
        let ends = tracks.into_iter().flatten();
        let [first, last] = ends.reduce(|[first, last], [other_first, other_last]| {
            let earlier = other_first.step < first.step;
            let later = other_last.step > last.step;
            [
                if earlier { other_first } else { first },
                if later { other_last } else { last },
            ]
        })?;
        (first.step < last.step).then_some([first, last])
    }

    /// The moment that is shown; `None` while the run is followed.
    #[must_use]
    pub fn past(&self) -> Option<&Past> {
        self.past.as_ref()
    }

    /// Memory that the views take, in bytes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.digits.bytes() + self.activations.bytes() + self.scatter.bytes() + self.errors.bytes()
    }

    /// Goes another way; `live` is the newest snapshot.
    pub(super) fn rewind(&mut self, action: Rewind, live: Option<&Snapshot>) {
        let moments = self.moments();
        let shown = self.past.as_ref().map(|past| past.moment.step);
        let at = |step: u64| moments.iter().rfind(|moment| moment.step <= step);
        let goal = match (action, shown) {
            (Rewind::First, _) => moments.first(),
            (Rewind::Back, Some(shown)) => at(shown.saturating_sub(1)).or(moments.first()),
            // Of the run as it is, the last moment kept is an image: the one before it is the first step back.
            (Rewind::Back, None) => moments.iter().rev().nth(1),
            (Rewind::On, Some(shown)) => moments.iter().find(|moment| moment.step > shown),
            (Rewind::To(step), _) => at(step).or(moments.first()),
            (Rewind::On, None) | (Rewind::Follow, _) => None,
        };
        self.past = goal.zip(live).map(|(&moment, live)| self.at(moment, live));
    }

    fn at(&self, moment: Moment, live: &Snapshot) -> Past {
        let step = moment.step;
        let layer = live.activations.as_ref().map(|view| view.layer);
        let digits = self.digits.at(step, |_| true);
        let activations = self
            .activations
            .at(step, |view| layer.is_none_or(|layer| view.layer == layer));
        let scatter = self.scatter.at(step, |_| true);
        let errors = self.errors.at(step, |_| true);
        Past {
            moment,
            digits: digits.map(|kept| kept.at),
            activations: activations.map(|kept| kept.at),
            scatter: scatter.map(|kept| kept.at),
            errors: errors.map(|kept| kept.at),
            snapshot: Snapshot {
                digits: digits.map_or_else(Arc::default, |kept| Arc::clone(&kept.view)),
                activations: activations.map(|kept| Arc::clone(&kept.view)),
                scatter: scatter.map(|kept| Arc::clone(&kept.view)),
                errors: errors.map(|kept| Arc::clone(&kept.view)),
                ..Snapshot::nothing(live.run, step)
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hourglass_experiment::{ImageShape, LayerName, N_PIXELS};
    use hourglass_protocol::{Histogram, RunId};

    /// Ten digits and a hundred points; every value tells the step.
    fn snapshot(step: u64, n_digits: usize) -> Snapshot {
        let pixels = || vec![step as f32; n_digits * N_PIXELS];
        Snapshot {
            digits: Arc::new(DigitView {
                shape: ImageShape::MNIST,
                step,
                samples: (0..).take(n_digits).collect(),
                labels: vec![0; n_digits],
                originals: pixels(),
                corrupted: pixels(),
                reconstructions: pixels(),
                mse_per_pixel: vec![0.0; n_digits],
            }),
            scatter: Some(Arc::new(ScatterView {
                step,
                samples: (0..100).collect(),
                points: vec![[step as f32; 2]; 100],
                ..ScatterView::default()
            })),
            activations: Some(Arc::new(ActivationView {
                step,
                layer: LayerName::Code,
                n_samples: 100,
                histogram: Histogram::default(),
                mean: step as f32,
                near_zero_fraction: 0.0,
                dead_units: 0,
                unit_means: vec![0.0; 64],
                unit_kl_nats: None,
            })),
            ..Snapshot::nothing(RunId(1), step)
        }
    }

    fn epoch(step: u64) -> f64 {
        step as f64 / 100.0
    }

    #[test]
    fn invariant_10_what_is_kept_of_a_run_stays_within_its_memory_and_spread_over_the_run() {
        let mut replay = Replay::default();
        for step in 0..600 {
            replay.keep(&snapshot(step, 40), epoch);
            assert!(replay.bytes() <= Replay::BUDGET_BYTES);
        }
        let steps: Vec<u64> = replay.digits.moments().map(|at| at.step).collect();
        assert!(steps.len() > 50, "{} moments", steps.len());
        assert_eq!((steps.first(), steps.last()), (Some(&0), Some(&599)));
        let gaps = steps.windows(2).map(|pair| pair[1] - pair[0]);
        assert!(gaps.max() <= Some(16), "{steps:?}");
    }

    #[test]
    fn a_moment_brings_back_what_was_seen_then_and_nothing_of_another_time() {
        let mut replay = Replay::default();
        let mut live = snapshot(0, 1);
        for step in [0, 10, 20, 30] {
            live = snapshot(step, 1);
            if step == 20 {
                live.scatter = None; // more expensive, so renewed less often
            }
            replay.keep(&live, epoch);
        }
        replay.rewind(Rewind::To(25), Some(&live));
        let past = replay.past().expect("it is shown");
        assert_eq!(
            (past.moment.step, past.digits.map(|at| at.step)),
            (20, Some(20))
        );
        assert!((past.moment.epoch - 0.2).abs() < 1e-12);
        assert_eq!(past.snapshot.digits.step, 20);
        assert_eq!(
            past.scatter.map(|at| at.step),
            Some(10),
            "the newest before it"
        );
        assert_eq!(past.snapshot.hovered, None);
        assert_eq!(past.snapshot.user_images, None);
    }

    #[test]
    fn the_ways_through_the_past_end_at_its_ends() {
        let mut replay = Replay::default();
        let live = snapshot(30, 1);
        for step in [0, 10, 20, 30] {
            replay.keep(&snapshot(step, 1), epoch);
        }
        let mut go = |action| {
            replay.rewind(action, Some(&live));
            replay.past().map(|past| past.moment.step)
        };
        assert_eq!(go(Rewind::On), None);
        assert_eq!(go(Rewind::Back), Some(20));
        assert_eq!(go(Rewind::Back), Some(10));
        assert_eq!(go(Rewind::First), Some(0));
        assert_eq!(go(Rewind::Back), Some(0));
        assert_eq!(go(Rewind::On), Some(10));
        assert_eq!(go(Rewind::To(1_000)), Some(30));
        assert_eq!(go(Rewind::On), None);
        assert_eq!(go(Rewind::First), Some(0));
        assert_eq!(go(Rewind::Follow), None);
    }

    #[test]
    fn what_a_run_took_back_is_forgotten() {
        let mut replay = Replay::default();
        for step in [0, 10, 20, 15] {
            replay.keep(&snapshot(step, 1), epoch);
        }
        let steps: Vec<u64> = replay.moments().iter().map(|at| at.step).collect();
        assert_eq!(steps, [0, 10, 15]);
        let ends = replay.ends().map(|ends| ends.map(|at| at.step));
        assert_eq!(ends, Some([0, 15]));
    }
}
