//! Adam and `AdamW` in one pass over each parameter, where the processor trains.

#![expect(
    clippy::inline_always,
    reason = "a call would keep loops from being vectorised"
)]

use burn::backend::tensor::FloatTensor;
use burn::backend::{Backend, Dispatch, Flex, backend_extension};
use burn::optim::{Adam, AdamConfig, AdamState, AdaptiveMomentumState, LearningRate, Optimizer};
use burn::tensor::{Device, Tensor};

use super::decay::decay_of;
use super::one_pass::{Rule, in_one_pass, is_on_host};
use hourglass_experiment::Optimizer as Settings;
use hourglass_model::processor::{Numbers, without_faint};

/// Adam (Kingma & Ba 2014, algorithm 1, with both corrections of bias in one factor), and `AdamW` (Loshchilov & Hutter
/// 2019, algorithm 2).
#[derive(Clone)]
pub struct OnePassAdam {
    /// For the first step, which makes the state, and for other devices.
    burns: Adam,
    /// Added to the gradient, times the weights.
    weight_decay: f32,
    /// Of `AdamW`: what a step takes from the weights, times the learning rate.
    decoupled_decay: f32,
}

impl OnePassAdam {
    /// With the program's β and ε; the weight decay is added to the gradient.
    pub fn new(weight_decay: f32) -> Self {
        let config = AdamConfig::new()
            .with_beta_1(Settings::BETA_1)
            .with_beta_2(Settings::BETA_2)
            .with_epsilon(Settings::EPSILON)
            .with_weight_decay(decay_of(weight_decay));
        Self {
            burns: config.build(),
            weight_decay,
            decoupled_decay: 0.0,
        }
    }

    /// `AdamW`: the weight decay is taken from the weights.
    pub fn decoupled(weight_decay: f32) -> Self {
        Self {
            decoupled_decay: weight_decay,
            ..Self::new(0.0)
        }
    }

    /// What a step leaves of the weights before it moves them.
    fn kept(&self, learning_rate: f64) -> f32 {
        (1.0 - learning_rate * f64::from(self.decoupled_decay)) as f32
    }
}

impl Optimizer for OnePassAdam {
    type State<const D: usize> = AdamState<D>;

    fn step<const D: usize>(
        &self,
        learning_rate: LearningRate,
        tensor: Tensor<D>,
        gradient: Tensor<D>,
        state: Option<Self::State<D>>,
    ) -> (Tensor<D>, Option<Self::State<D>>) {
        let momentum = match state {
            Some(AdamState { momentum }) if is_on_host(&tensor) => momentum,
            state => {
                let tensor = if self.decoupled_decay > 0.0 {
                    tensor.mul_scalar(self.kept(learning_rate))
                } else {
                    tensor
                };
                return self.burns.step(learning_rate, tensor, gradient, state);
            }
        };
        let time = momentum.time + 1;
        let (tensor, moment_1, moment_2) = Dispatch::adam_in_one_pass(
            tensor.into_dispatch(),
            gradient.into_dispatch(),
            momentum.moment_1.into_dispatch(),
            momentum.moment_2.into_dispatch(),
            Step::new(self, learning_rate, time),
        );
        let [moment_1, moment_2] = [moment_1, moment_2].map(Tensor::from_dispatch);
        let momentum = AdaptiveMomentumState::new(time, moment_1, moment_2);
        (
            Tensor::from_dispatch(tensor),
            Some(AdamState::new(momentum)),
        )
    }

    fn to_device<const D: usize>(state: Self::State<D>, device: &Device) -> Self::State<D> {
        Adam::to_device(state, device)
    }
}

/// What is the same for all values of a parameter.
#[derive(Clone, Copy, Debug)]
struct Step {
    learning_rate: f32,
    /// √(1 − β₂ᵗ) / (1 − β₁ᵗ)
    correction: f32,
    /// ε √(1 − β₂ᵗ)
    epsilon: f32,
    weight_decay: f32,
    /// What is left of the weights before the step: 1, except for `AdamW`.
    kept: f32,
}

impl Step {
    /// The `time`-th step, counted from 1.
    fn new(optimizer: &OnePassAdam, learning_rate: f64, time: usize) -> Self {
        let kept = optimizer.kept(learning_rate);
        let time = i32::try_from(time).unwrap_or(i32::MAX);
        let correction_2 = (1.0 - Settings::BETA_2.powi(time)).sqrt();
        let learning_rate = learning_rate as f32;
        Self {
            learning_rate,
            correction: correction_2 / (1.0 - Settings::BETA_1.powi(time)),
            epsilon: Settings::EPSILON * correction_2,
            weight_decay: optimizer.weight_decay,
            kept,
        }
    }
}

impl Rule<3> for Step {
    /// Moments of a gradient that stays 0 end at 0. Without that, rounding keeps them subnormal for ever, and a processor
    /// takes ten times as long.
    #[inline(always)]
    fn take(&self, gradients: &[f32], [parameters, moment_1, moment_2]: [&mut [f32]; 3]) {
        let moments = moment_1.iter_mut().zip(moment_2);
        let pairs = parameters.iter_mut().zip(gradients);
        for ((parameter, &gradient), (moment_1, moment_2)) in pairs.zip(moments) {
            let gradient = if self.weight_decay > 0.0 {
                *parameter * self.weight_decay + gradient
            } else {
                gradient
            };
            *moment_1 =
                without_faint(*moment_1 * Settings::BETA_1 + gradient * (1.0 - Settings::BETA_1));
            *moment_2 = without_faint(
                *moment_2 * Settings::BETA_2 + gradient * gradient * (1.0 - Settings::BETA_2),
            );
            let direction = *moment_1 * self.correction / (moment_2.sqrt() + self.epsilon);
            *parameter = *parameter * self.kept - direction * self.learning_rate;
        }
    }
}

#[backend_extension(Flex)]
trait AdamInOnePass: Backend {
    /// Parameters and both moments after a step.
    fn adam_in_one_pass(
        parameters: FloatTensor<Self>,
        gradients: FloatTensor<Self>,
        moment_1: FloatTensor<Self>,
        moment_2: FloatTensor<Self>,
        step: Step,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>);
}

impl AdamInOnePass for Flex {
    fn adam_in_one_pass(
        parameters: Numbers,
        gradients: Numbers,
        moment_1: Numbers,
        moment_2: Numbers,
        step: Step,
    ) -> (Numbers, Numbers, Numbers) {
        let changed = [parameters, moment_1, moment_2];
        let [parameters, moment_1, moment_2] = in_one_pass(&gradients, changed, &step);
        (parameters, moment_1, moment_2)
    }
}

#[cfg(test)]
mod tests {
    use burn::optim::AdamWConfig;

    use super::*;
    use crate::one_pass::{CHUNK, drawn::after_steps};
    use crate::readback::values;

    #[test]
    fn the_weights_are_those_of_burns_adam_to_the_last_bit() {
        for weight_decay in [0.0, 0.01] {
            for n_values in [8, CHUNK, 3 * CHUNK + 4] {
                const RATES: [f64; 4] = [1e-3, 1e-3, 5e-4, 2e-2];
                let ours = OnePassAdam::new(weight_decay);
                let found = after_steps(&ours, n_values, RATES);
                let expected = after_steps(&ours.burns, n_values, RATES);
                assert!(found == expected, "{n_values} values, decay {weight_decay}");
            }
        }
    }

    #[test]
    fn decoupled_weights_are_those_of_burns_adamw() {
        const RATES: [f64; 4] = [1e-3, 1e-3, 5e-4, 2e-2];
        for weight_decay in [0.0, 0.5] {
            let burns = AdamWConfig::new()
                .with_beta_1(Settings::BETA_1)
                .with_beta_2(Settings::BETA_2)
                .with_epsilon(Settings::EPSILON)
                .with_weight_decay(weight_decay);
            let found = after_steps(&OnePassAdam::decoupled(weight_decay), 400, RATES);
            let expected = after_steps(&burns.build(), 400, RATES);
            let largest = found
                .iter()
                .zip(&expected)
                .map(|(a, b)| (a - b).abs())
                .fold(0.0, f32::max);
            assert!(largest < 1e-6, "{largest}");
        }
    }

    #[test]
    fn moments_of_a_gradient_that_stays_zero_end_at_zero() {
        let optimizer = OnePassAdam::new(0.0);
        let mut parameters = Tensor::<1>::ones([10], &Device::flex());
        let mut state = None;
        for step in 0..2000 {
            let gradient = if step < 2 { 4e-14 } else { 0.0 };
            let gradients = Tensor::full([10], gradient, &Device::flex());
            (parameters, state) = optimizer.step(1e-3, parameters, gradients, state);
        }
        let momentum = state.expect("steps were taken").momentum;
        for moment in [momentum.moment_1, momentum.moment_2] {
            assert_eq!(values(moment).expect("the processor works"), [0.0; 10]);
        }
    }

    #[test]
    fn a_tensor_that_somebody_else_has_is_not_changed_under_them() {
        let optimizer = OnePassAdam::new(0.0);
        let ones = Tensor::<1>::ones([10], &Device::flex());
        let (kept, state) = optimizer.step(0.1, ones.clone(), ones.clone(), None);
        let (after, _) = optimizer.step(0.1, kept.clone(), ones.clone(), state);
        let values = |tensor| values(tensor).expect("the processor works");
        assert_eq!(values(ones), [1.0; 10]);
        assert!(
            values(kept)
                .iter()
                .zip(values(after))
                .all(|(before, after)| *before > after)
        );
    }
}
