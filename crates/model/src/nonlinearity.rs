//! The nonlinearities that the program's own kernels compute in the same pass, value by value, forward and backward.

#![expect(
    clippy::inline_always,
    reason = "a call would keep loops from being vectorised"
)]

use hourglass_experiment::Activation;

use super::processor::without_faint;
use super::sigmoid::logistic;

/// What follows the weights of a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nonlinearity {
    /// `a(z) = z`
    None,
    /// `a(z) = max(0, z)`
    Relu,
    /// `a(z) = 1 / (1 + e⁻ᶻ)`
    Sigmoid,
}

impl Nonlinearity {
    /// That of an activation, if the kernels know it.
    pub fn of(activation: Activation) -> Option<Self> {
        match activation {
            Activation::Linear => Some(Self::None),
            Activation::Relu => Some(Self::Relu),
            Activation::Sigmoid => Some(Self::Sigmoid),
            Activation::Tanh | Activation::LeakyRelu | Activation::Elu | Activation::Gelu => None,
        }
    }

    /// `a(z)` in the place of each `z`.
    #[inline(always)]
    pub fn apply(self, values: &mut [f32]) {
        match self {
            Self::None => {}
            Self::Relu => {
                for value in values {
                    // As a comparison, not `max`: a value that is not a number stays one and is noticed.
                    *value = if *value < 0.0 { 0.0 } else { *value };
                }
            }
            Self::Sigmoid => {
                for value in values {
                    *value = without_faint(logistic(*value).0);
                }
            }
        }
    }

    /// The gradients by `z`, from those by `a(z)` and from `a(z)` itself.
    #[inline(always)]
    pub fn slopes(self, gradients: &[f32], outputs: &[f32], slopes: &mut [f32]) {
        let values = slopes.iter_mut().zip(gradients.iter().zip(outputs));
        match self {
            Self::None => {
                for (slope, (&gradient, _)) in values {
                    *slope = without_faint(gradient);
                }
            }
            Self::Relu => {
                for (slope, (&gradient, &output)) in values {
                    let passes = (output > 0.0) | output.is_nan();
                    *slope = without_faint(if passes { gradient } else { 0.0 });
                }
            }
            Self::Sigmoid => {
                for (slope, (&gradient, &output)) in values {
                    *slope = without_faint(gradient * output * (1.0 - output));
                }
            }
        }
    }
}
