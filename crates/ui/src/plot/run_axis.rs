//! The axis along which a run is trained: in epochs, and in steps as long as there is less than one.

use super::Interval;
use super::ticks::{self, Tick};
use hourglass_state::RunState;

/// The axis of a run. Its coordinate is always the epoch.
#[derive(Clone, Copy, Debug)]
pub struct RunAxis {
    steps_per_epoch: f64,
    counts_steps: bool,
}

impl RunAxis {
    /// The axis of a plot that shows these epochs of a run.
    #[must_use]
    pub fn of(run: &RunState, epochs: Interval) -> Self {
        Self {
            steps_per_epoch: run.steps_per_epoch.max(1) as f64,
            counts_steps: epochs.max <= 1.0,
        }
    }

    /// Its titles.
    #[must_use]
    pub fn titles(self) -> &'static [&'static str] {
        if self.counts_steps {
            &["step"]
        } else {
            &["epoch"]
        }
    }

    /// Its ticks.
    #[must_use]
    pub fn ticks(self, epochs: Interval, length_points: f32, label_points: f32) -> Vec<Tick> {
        if !self.counts_steps {
            return ticks::linear(epochs, length_points, label_points);
        }
        let n = self.steps_per_epoch;
        let steps = Interval::new(epochs.min * n, epochs.max * n);
        let mut ticks = ticks::whole(steps, length_points, label_points);
        for tick in &mut ticks {
            tick.at /= n;
        }
        ticks
    }

    /// A place on it in words: `epoch 1.316, step 1,234`.
    #[must_use]
    pub fn words(self, epoch: f64) -> String {
        let step = (epoch * self.steps_per_epoch).round().max(0.0) as u64;
        format!("epoch {epoch:.3}, step {}", crate::number::count(step))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axis(end: f64) -> RunAxis {
        RunAxis {
            steps_per_epoch: 200.0,
            counts_steps: end <= 1.0,
        }
    }

    fn labels(axis: RunAxis, end: f64) -> Vec<(f64, String)> {
        let ticks = axis.ticks(Interval::new(0.0, end), 300.0, 100.0);
        ticks
            .into_iter()
            .filter_map(|tick| Some((tick.at, tick.label?)))
            .collect()
    }

    #[test]
    fn less_than_an_epoch_is_counted_in_steps() {
        let expected = [(0.0, "0"), (0.25, "50"), (0.5, "100")];
        let expected = expected.map(|(at, label)| (at, label.to_owned()));
        assert_eq!(labels(axis(0.6), 0.6), expected);
        assert_eq!(axis(0.6).titles(), ["step"]);
        let expected = [(0.0, "0"), (1.0, "1"), (2.0, "2")];
        let expected = expected.map(|(at, label)| (at, label.to_owned()));
        assert_eq!(labels(axis(2.0), 2.0), expected);
        assert_eq!(axis(2.0).titles(), ["epoch"]);
        assert_eq!(axis(2.0).words(1.25), "epoch 1.250, step 250");
    }
}
