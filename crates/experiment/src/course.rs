//! How a scheduled quantity goes over the epochs of a run, as a curve beside its setting.

use super::{Experiment, Schedule, Stage};

/// A quantity over epochs.
#[derive(Clone, Debug, PartialEq)]
pub struct Course {
    /// What it is: "learning rate".
    pub quantity: &'static str,
    /// The unit of its values; empty where they have none.
    pub unit: &'static str,
    /// Epoch and value, in the order of the epochs; at least two.
    pub points: Vec<[f64; 2]>,
}

/// Points of each stretch of a course.
const N_POINTS: u32 = 48;

/// A cosine is over with its last epoch and begins again after it: its last point lies this share before the end.
const BEFORE_THE_END: f64 = 1.0 - 1e-9;

impl Course {
    /// The learning rate over all parts of the plan; none if it stays as it is.
    pub(crate) fn of_learning_rate(experiment: &Experiment) -> Option<Self> {
        if experiment.optimizer.schedule == Schedule::Constant {
            return None;
        }
        let mut points = Vec::new();
        let mut before = 0.0;
        for (stage, epochs) in experiment.stages() {
            let rate = match (stage, &experiment.plan.fine_tuning) {
                (Stage::FineTuning, Some(tuning)) => tuning.learning_rate,
                _ => experiment.optimizer.learning_rate,
            };
            let epochs = epochs as f64;
            points.extend((0..=N_POINTS).map(|idx| {
                let share = (f64::from(idx) / f64::from(N_POINTS)).min(BEFORE_THE_END);
                let epoch = before + share * epochs;
                [epoch, rate * experiment.schedule_factor(epoch)]
            }));
            before += epochs;
        }
        Some(Self {
            quantity: "learning rate",
            unit: "",
            points,
        })
    }

    /// β over the epochs of joint training; none without a warm-up.
    pub(crate) fn of_kl_weight(experiment: &Experiment) -> Option<Self> {
        let prior = experiment.objective.prior.variational()?;
        let rises = prior.warm_up_epochs > 0.0;
        let value = |epoch| f64::from(prior.beta_at(epoch));
        rises.then(|| Self::rising(experiment, "KL weight β", "", prior.warm_up_epochs, value))
    }

    /// C over the epochs of joint training; none if it is constant.
    pub(crate) fn of_capacity(experiment: &Experiment) -> Option<Self> {
        let prior = experiment.objective.prior.variational()?;
        let rises = prior.capacity > 0.0 && prior.capacity_epochs > 0.0;
        let value = |epoch| f64::from(prior.capacity_at(epoch));
        rises.then(|| {
            Self::rising(
                experiment,
                "capacity C",
                "nats",
                prior.capacity_epochs,
                value,
            )
        })
    }

    /// From the start over the rise, as far as it is trained, to the end.
    fn rising(
        experiment: &Experiment,
        quantity: &'static str,
        unit: &'static str,
        rise: f32,
        value: impl Fn(f64) -> f64,
    ) -> Self {
        let end = experiment.training.epochs.max(1) as f64;
        let bend = f64::from(rise).min(end);
        let points = [0.0, bend, end].map(|epoch| [epoch, value(epoch)]);
        Self {
            quantity,
            unit,
            points: points.to_vec(),
        }
    }

    /// The epoch of its last point.
    #[must_use]
    pub fn n_epochs(&self) -> f64 {
        self.points.last().map_or(0.0, |[epoch, _]| *epoch)
    }

    /// Its largest value.
    #[must_use]
    pub fn highest(&self) -> f64 {
        self.points
            .iter()
            .map(|[_, value]| *value)
            .fold(0.0, f64::max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{PresetId, Prior, Variational};

    fn close(found: [f64; 2], expected: [f64; 2]) -> bool {
        found
            .iter()
            .zip(expected)
            .all(|(found, expected)| (found - expected).abs() < 1e-6)
    }

    #[test]
    fn a_cosine_falls_to_nothing_in_every_part_of_the_plan() {
        let mut experiment = PresetId::Conv4Cosine.preset().experiment();
        let course = Course::of_learning_rate(&experiment).expect("it changes");
        assert!(close(course.points[0], [0.0, 1e-2]));
        assert!(
            close(course.points[24], [2.5, 5e-3]),
            "half way, half of it"
        );
        assert!(close(*course.points.last().expect("points"), [5.0, 0.0]));
        experiment.optimizer.schedule = Schedule::Constant;
        assert_eq!(Course::of_learning_rate(&experiment), None);

        let stacked = PresetId::StackedDenoising.preset().experiment();
        let course = Course::of_learning_rate(&stacked).expect("it changes");
        assert!((course.n_epochs() - 54.0).abs() < 1e-6); // three layers of eight, and thirty
        let at_the_start_of_a_part = course.points[49];
        assert!(close(at_the_start_of_a_part, [8.0, 1e-3]));
        assert!((course.highest() - 1e-3).abs() < 1e-9);
    }

    #[test]
    fn what_rises_bends_where_its_rise_ends_and_not_after_the_last_epoch() {
        let mut experiment = PresetId::Vae20.preset().experiment(); // ten epochs
        assert_eq!(Course::of_kl_weight(&experiment), None);
        assert_eq!(Course::of_capacity(&experiment), None);
        experiment.objective.prior = Prior::Variational(Variational {
            beta: 4.0,
            warm_up_epochs: 2.0,
            capacity: 25.0,
            capacity_epochs: 20.0,
            ..Variational::PLAIN
        });
        let beta = Course::of_kl_weight(&experiment).expect("it warms up");
        assert_eq!(beta.points, [[0.0, 0.0], [2.0, 4.0], [10.0, 4.0]]);
        let capacity = Course::of_capacity(&experiment).expect("it rises");
        assert_eq!(capacity.points, [[0.0, 0.0], [10.0, 12.5], [10.0, 12.5]]);
        assert_eq!(capacity.unit, "nats");
    }
}
