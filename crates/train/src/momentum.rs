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

#![expect(
    clippy::inline_always,
    reason = "a call would keep loops from being vectorised"
)]

use burn::backend::tensor::FloatTensor;
use burn::backend::{Backend, Dispatch, Flex, backend_extension};
use burn::optim::{LearningRate, Optimizer, RecordState, StateSink, StateSource};
use burn::store::burn_pack::Scalar;
use burn::tensor::{Device, Tensor};

use super::one_pass::{Rule, in_one_pass, is_on_host};
use super::readback;
use hourglass_experiment::{MomentumSchedule, Optimizer as Settings};
use hourglass_model::processor::{Numbers, without_faint};

/// Names of the state's parts; the velocity's are those of Burn's own SGD, which wrote older runs.
const TIME: &str = "time";
const MOMENTUM: &str = "momentum";
const VELOCITY: &str = "velocity";

/// Stochastic gradient descent with momentum.
#[derive(Clone)]
pub struct MomentumSgd {
    momentum: f32,
    schedule: MomentumSchedule,
    nesterov: bool,
    /// Of the part of the plan, at whose end the momentum may be lowered.
    n_steps: u64,
    /// Added to the gradient.
    weight_decay: f32,
}

/// What it has learned about a parameter.
#[derive(Clone)]
pub struct VelocityState<const D: usize> {
    /// Steps taken.
    time: u64,
    /// u
    velocity: Tensor<D>,
}

impl MomentumSgd {
    /// For a part of the plan of `n_steps` steps.
    pub fn new(settings: &Settings, n_steps: u64) -> Self {
        Self {
            momentum: settings.momentum,
            schedule: settings.momentum_schedule,
            nesterov: settings.nesterov,
            n_steps,
            weight_decay: settings.weight_decay,
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
        // u starts at zero: the first one is the gradient.
        let VelocityState { time, velocity } = state.unwrap_or_else(|| VelocityState {
            time: 0,
            velocity: gradient.zeros_like(),
        });
        let step = Step {
            learning_rate: learning_rate as f32,
            momentum: self.momentum_at(time),
            ahead: self.nesterov.then(|| self.momentum_at(time + 1)),
            weight_decay: self.weight_decay,
        };
        let (tensor, velocity) = if is_on_host(&tensor) {
            let (tensor, velocity) = Dispatch::momentum_in_one_pass(
                tensor.into_dispatch(),
                gradient.into_dispatch(),
                velocity.into_dispatch(),
                step,
            );
            (
                Tensor::from_dispatch(tensor),
                Tensor::from_dispatch(velocity),
            )
        } else {
            step.take_with_tensors(tensor, gradient, velocity)
        };
        let time = time + 1;
        (tensor, Some(VelocityState { time, velocity }))
    }

    fn to_device<const D: usize>(state: Self::State<D>, device: &Device) -> Self::State<D> {
        VelocityState {
            velocity: state.velocity.to_device(device),
            ..state
        }
    }
}

/// What is the same for all values of a parameter.
#[derive(Clone, Copy, Debug)]
struct Step {
    learning_rate: f32,
    /// Of this step.
    momentum: f32,
    /// Of the next step, if the momentum is Nesterov's.
    ahead: Option<f32>,
    weight_decay: f32,
}

impl Step {
    /// The same on any device.
    fn take_with_tensors<const D: usize>(
        &self,
        parameter: Tensor<D>,
        gradient: Tensor<D>,
        velocity: Tensor<D>,
    ) -> (Tensor<D>, Tensor<D>) {
        let gradient = if self.weight_decay > 0.0 {
            parameter.clone().mul_scalar(self.weight_decay) + gradient
        } else {
            gradient
        };
        let velocity = gradient.clone() + velocity.mul_scalar(self.momentum);
        let direction = match self.ahead {
            Some(ahead) => velocity.clone().mul_scalar(ahead) + gradient,
            None => velocity.clone(),
        };
        (
            parameter - direction.mul_scalar(self.learning_rate),
            velocity,
        )
    }
}

impl Rule<2> for Step {
    /// A velocity whose gradient stays 0 ends at 0, as Adam's moments do.
    #[inline(always)]
    fn take(&self, gradients: &[f32], [parameters, velocities]: [&mut [f32]; 2]) {
        let pairs = parameters.iter_mut().zip(gradients);
        for ((parameter, &gradient), velocity) in pairs.zip(velocities) {
            let gradient = if self.weight_decay > 0.0 {
                *parameter * self.weight_decay + gradient
            } else {
                gradient
            };
            *velocity = without_faint(gradient + *velocity * self.momentum);
            let direction = self
                .ahead
                .map_or(*velocity, |ahead| *velocity * ahead + gradient);
            *parameter -= direction * self.learning_rate;
        }
    }
}

#[backend_extension(Flex)]
trait MomentumInOnePass: Backend {
    /// Parameters and velocity after a step.
    fn momentum_in_one_pass(
        parameters: FloatTensor<Self>,
        gradients: FloatTensor<Self>,
        velocity: FloatTensor<Self>,
        step: Step,
    ) -> (FloatTensor<Self>, FloatTensor<Self>);
}

impl MomentumInOnePass for Flex {
    fn momentum_in_one_pass(
        parameters: Numbers,
        gradients: Numbers,
        velocity: Numbers,
        step: Step,
    ) -> (Numbers, Numbers) {
        let changed = [parameters, velocity];
        let [parameters, velocity] = in_one_pass(&gradients, changed, &step);
        (parameters, velocity)
    }
}

impl<const D: usize> RecordState for VelocityState<D> {
    fn state_flatten(&self, prefix: &str, out: &mut StateSink) {
        out.push_scalar(prefix, TIME, Scalar::from(self.time));
        let prefix = format!("{prefix}.{MOMENTUM}");
        out.push_tensor(&prefix, VELOCITY, readback::state(self.velocity.clone()));
    }

    fn state_unflatten(prefix: &str, source: &mut StateSource, device: &Device) -> Option<Self> {
        let time = source.take_scalar(prefix, TIME);
        let time = time.and_then(|time| u64::try_from(time).ok());
        let velocity = source.take_tensor(&format!("{prefix}.{MOMENTUM}"), VELOCITY)?;
        Some(Self {
            time: time.unwrap_or(0), // a run of an older version, which had no schedule
            velocity: Tensor::from_data(velocity, device),
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
    fn one_pass_gives_the_weights_of_burns_sgd_to_the_last_bit() {
        use crate::one_pass::{CHUNK, drawn::after_steps};
        use burn::optim::{SgdConfig, momentum::MomentumConfig};

        for (nesterov, weight_decay) in [(false, 0.0), (true, 0.0), (true, 0.01)] {
            for n_values in [8, CHUNK, 3 * CHUNK + 4] {
                let ours = Settings {
                    weight_decay,
                    ..settings(nesterov, MomentumSchedule::Constant)
                };
                let momentum = MomentumConfig::new()
                    .with_momentum(f64::from(ours.momentum))
                    .with_dampening(0.0)
                    .with_nesterov(nesterov);
                let burns = SgdConfig::new()
                    .with_momentum(Some(momentum))
                    .with_weight_decay(crate::decay::decay_of(weight_decay));
                assert!(
                    after_steps(&MomentumSgd::new(&ours, 2000), n_values, [RATE; 4])
                        == after_steps(&burns.build(), n_values, [RATE; 4]),
                    "{n_values} values, decay {weight_decay}, Nesterov {nesterov}"
                );
            }
        }
    }

    #[test]
    fn any_device_takes_the_same_step_as_the_processor() {
        let device = Device::flex();
        let random = || Tensor::<1>::random([37], burn::tensor::Distribution::Default, &device);
        for ahead in [None, Some(0.75)] {
            let step = Step {
                learning_rate: 0.02,
                momentum: 0.5,
                ahead,
                weight_decay: 0.1,
            };
            let before = [random(), random(), random()];
            let read = |tensor: &Tensor<1>| values(tensor.clone()).expect("the processor works");
            let [mut weights, gradients, mut velocities] = before.each_ref().map(read);
            step.take(&gradients, [&mut weights, &mut velocities]);
            let [tensor, gradient, velocity] = before;
            let (tensor, velocity) = step.take_with_tensors(tensor, gradient, velocity);
            assert_eq!((read(&tensor), read(&velocity)), (weights, velocities));
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
    fn a_velocity_whose_gradient_stays_zero_ends_at_zero() {
        let settings = Settings {
            momentum: 0.9,
            ..settings(false, MomentumSchedule::Constant)
        };
        let optimizer = MomentumSgd::new(&settings, 2000);
        let mut parameters = Tensor::<1>::ones([10], &Device::flex());
        let mut state = None;
        for step in 0..2000 {
            let gradient = if step == 0 { 1.0 } else { 0.0 };
            let gradients = Tensor::full([10], gradient, &Device::flex());
            (parameters, state) = optimizer.step(RATE, parameters, gradients, state);
        }
        let velocity = state.expect("steps were taken").velocity;
        assert_eq!(values(velocity).expect("the processor works"), [0.0; 10]);
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
