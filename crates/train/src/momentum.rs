//! SGD with momentum that may be Nesterov's and may follow a schedule.
//!
//! Sutskever et al. 2013 write Nesterov's method as `v ← μ v − α ∇f(θ + μ v)`, `θ ← θ + v`: the gradient is taken at a
//! place where nobody stands. Here the weights *are* that place, `w = θ + μ v`, so that a gradient is taken where the
//! weights are, as for every other rule (Bengio, Boulanger-Lewandowski & Pascanu 2013, section 3.5). With
//! `u = −v / α`:
//!
//! `u ← μ_t u + g`, `w ← w − α (g + μ_{t+1} u)`
//!
//! With a constant μ it is what `PyTorch` and Keras do.

use burn::optim::decay::WeightDecay;
use burn::optim::momentum::{Momentum, MomentumConfig, MomentumState};
use burn::optim::{LearningRate, Optimizer, RecordState, StateSink, StateSource};
use burn::store::burn_pack::Scalar;
use burn::tensor::{Device, Tensor};

use super::decay::decay_of;
use hourglass_experiment::{MomentumSchedule, Optimizer as Settings};

/// Names of the state's parts; the velocity's is that of Burn's own SGD, which wrote older runs.
const TIME: &str = "time";
const VELOCITY: &str = "momentum";

/// Stochastic gradient descent with momentum.
#[derive(Clone)]
pub struct MomentumSgd {
    momentum: f32,
    schedule: MomentumSchedule,
    nesterov: bool,
    /// Of the part of the plan, at whose end the momentum may be lowered.
    n_steps: u64,
    weight_decay: Option<WeightDecay>,
}

/// What it has learned about a parameter.
#[derive(Clone)]
pub struct VelocityState<const D: usize> {
    /// Steps taken.
    time: u64,
    velocity: MomentumState<D>,
}

impl MomentumSgd {
    /// For a part of the plan of `n_steps` steps.
    pub fn new(settings: &Settings, n_steps: u64) -> Self {
        Self {
            momentum: settings.momentum,
            schedule: settings.momentum_schedule,
            nesterov: settings.nesterov,
            n_steps,
            weight_decay: decay_of(settings.weight_decay)
                .as_ref()
                .map(WeightDecay::new),
        }
    }

    /// μ of a step before which `time` steps were taken.
    fn momentum_at(&self, time: u64) -> f32 {
        self.schedule.momentum(self.momentum, time, self.n_steps)
    }
}

impl Optimizer for MomentumSgd {
    type State<const D: usize> = VelocityState<D>;

    fn step<const D: usize>(
        &self,
        learning_rate: LearningRate,
        tensor: Tensor<D>,
        gradient: Tensor<D>,
        state: Option<Self::State<D>>,
    ) -> (Tensor<D>, Option<Self::State<D>>) {
        let (time, before) = match state {
            Some(VelocityState { time, velocity }) => (time, Some(velocity)),
            None => (0, None),
        };
        let gradient = match &self.weight_decay {
            Some(decay) => decay.transform(gradient, tensor.clone()),
            None => gradient,
        };
        let rule = Momentum::new(&MomentumConfig {
            momentum: self.momentum_at(time).into(),
            dampening: 0.0, // u ← μ u + g, as in the textbook and in PyTorch; Burn's default is 0.1
            nesterov: false,
        });
        let (velocity, after) = rule.transform(gradient.clone(), before);
        let direction = if self.nesterov {
            velocity.mul_scalar(self.momentum_at(time + 1)) + gradient
        } else {
            velocity
        };
        let state = VelocityState {
            time: time + 1,
            velocity: after,
        };
        (tensor - direction.mul_scalar(learning_rate), Some(state))
    }

    fn to_device<const D: usize>(state: Self::State<D>, device: &Device) -> Self::State<D> {
        VelocityState {
            velocity: state.velocity.to_device(device),
            ..state
        }
    }
}

impl<const D: usize> RecordState for VelocityState<D> {
    fn state_flatten(&self, prefix: &str, out: &mut StateSink) {
        out.push_scalar(prefix, TIME, Scalar::from(self.time));
        self.velocity
            .state_flatten(&format!("{prefix}.{VELOCITY}"), out);
    }

    fn state_unflatten(prefix: &str, source: &mut StateSource, device: &Device) -> Option<Self> {
        let time = source.take_scalar(prefix, TIME);
        let time = time.and_then(|time| u64::try_from(time).ok());
        let velocity =
            MomentumState::state_unflatten(&format!("{prefix}.{VELOCITY}"), source, device)?;
        Some(Self {
            time: time.unwrap_or(0), // a run of an older version, which had no schedule
            velocity,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::readback::values;

    const RATE: f64 = 0.02;
    const CURVATURES: [f64; 3] = [1.0, 8.0, 30.0];
    const FIRST: [f64; 3] = [1.0, -2.0, 0.5];

    fn settings(nesterov: bool, momentum_schedule: MomentumSchedule) -> Settings {
        Settings {
            kind: hourglass_experiment::OptimizerKind::Sgd,
            momentum: 0.99,
            nesterov,
            momentum_schedule,
            ..Settings::adam(RATE)
        }
    }

    /// Where a valley of three curvatures is left after some steps: f(w) = Σ c w² / 2.
    fn descend(settings: &Settings, n_steps: u64, of: u64) -> Vec<f32> {
        let device = Device::flex();
        let curvatures = Tensor::<1>::from_floats(CURVATURES.map(|c| c as f32), &device);
        let mut weights = Tensor::<1>::from_floats(FIRST.map(|w| w as f32), &device);
        let optimizer = MomentumSgd::new(settings, of);
        let mut state = None;
        for _ in 0..n_steps {
            let gradient = weights.clone() * curvatures.clone();
            (weights, state) = optimizer.step(RATE, weights, gradient, state);
        }
        values(weights).expect("the processor works")
    }

    /// The paper's own form, from which the place where the next gradient is taken is returned.
    fn as_the_paper_has_it(settings: &Settings, n_steps: u64, of: u64) -> [f64; 3] {
        let mut found = [0.0; 3];
        for (idx, curvature) in CURVATURES.into_iter().enumerate() {
            let momentum = |step| {
                f64::from(
                    settings
                        .momentum_schedule
                        .momentum(settings.momentum, step, of),
                )
            };
            let (mut theta, mut v) = (FIRST[idx], 0.0);
            for step in 0..n_steps {
                let ahead = theta + momentum(step) * v;
                v = momentum(step) * v - RATE * curvature * ahead;
                theta += v;
            }
            found[idx] = theta + momentum(n_steps) * v;
        }
        found
    }

    #[test]
    fn nesterovs_steps_are_those_of_the_paper_seen_from_where_the_gradient_is_taken() {
        for schedule in MomentumSchedule::ALL {
            let settings = settings(true, schedule);
            for (n_steps, of) in [(1, 2000), (10, 2000), (600, 2000), (1100, 2000)] {
                let found = descend(&settings, n_steps, of);
                let expected = as_the_paper_has_it(&settings, n_steps, of);
                for (found, expected) in found.into_iter().zip(expected) {
                    let difference = (f64::from(found) - expected).abs();
                    assert!(
                        difference < 2e-4,
                        "{schedule:?} {n_steps}: {found} {expected}"
                    );
                }
            }
        }
    }

    #[test]
    fn nesterovs_momentum_calms_a_steep_valley_where_plain_momentum_swings() {
        let steepest = |nesterov| {
            let settings = settings(nesterov, MomentumSchedule::Constant);
            descend(&settings, 40, 2000)[2].abs()
        };
        assert!(steepest(true) < 0.02 && steepest(false) > 0.05);
    }

    #[test]
    fn a_state_that_was_written_goes_on_where_it_was() {
        let settings = settings(true, MomentumSchedule::Rising);
        let optimizer = MomentumSgd::new(&settings, 2000);
        let device = Device::flex();
        let ones = || Tensor::<1>::ones([3], &device);
        let (mut weights, mut state) = (ones(), None);
        for _ in 0..251 {
            (weights, state) = optimizer.step(RATE, weights.clone(), weights, state);
        }
        let state = state.expect("steps were taken");
        let mut written = StateSink::default();
        state.state_flatten("7", &mut written);
        let mut source = StateSource::new(written.scalars.into_iter().collect());
        for (name, data) in written.tensors {
            source.insert_tensor(name, data);
        }
        let read = VelocityState::state_unflatten("7", &mut source, &device);
        let read = read.expect("it is complete");
        assert_eq!(read.time, 251);
        let step = |state| {
            let (after, _) = optimizer.step(RATE, weights.clone(), ones(), Some(state));
            values(after).expect("the processor works")
        };
        assert_eq!(step(read), step(state));
    }
}
