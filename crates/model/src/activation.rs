//! The nonlinearities, as functions of tensors, and their slopes.

use burn::tensor::Tensor;
use burn::tensor::activation;

use super::sigmoid::sigmoid;
use hourglass_experiment::Activation;

/// Applies a nonlinearity to each value.
///
/// # Shapes
/// `[...] → [...]`
#[must_use]
pub fn activate<const D: usize>(activation: Activation, input: Tensor<D>) -> Tensor<D> {
    match activation {
        Activation::Linear => input,
        Activation::Sigmoid => sigmoid(input),
        Activation::Tanh => activation::tanh(input),
        Activation::Relu => activation::relu(input),
        Activation::LeakyRelu => activation::leaky_relu(input, 0.01),
        Activation::Elu => activation::elu(input, 1.0),
        Activation::Gelu => activation::gelu(input),
    }
}

/// `a′(z)` of each value, told from `h = a(z)`: `h (1 − h)` for sigmoid, `1 − h²` for tanh, 0 or 1 for `ReLU`. None for
/// GELU, whose slope cannot be told from its value. At the kink, where h is 0, `ReLU` counts as off and leaky `ReLU` as
/// on, as in Burn's backward pass.
///
/// # Shapes
/// `[...] → [...]`
#[must_use]
pub fn slope_of_output<const D: usize>(
    activation: Activation,
    output: Tensor<D>,
) -> Option<Tensor<D>> {
    Some(match activation {
        Activation::Linear => output.ones_like(),
        Activation::Sigmoid => output.clone() * output.neg().add_scalar(1.0),
        Activation::Tanh => output.square().neg().add_scalar(1.0),
        Activation::Relu => output.greater_elem(0.0).float(),
        Activation::LeakyRelu => output
            .greater_equal_elem(0.0)
            .float()
            .mul_scalar(0.99)
            .add_scalar(0.01),
        // 1 above zero, h + 1 = eᶻ below.
        Activation::Elu => output.clamp_max(0.0).add_scalar(1.0),
        Activation::Gelu => return None,
    })
}

/// `a′(z)` of each value, from z and `h = a(z)`.
///
/// # Shapes
/// `[...], [...] → [...]`
pub fn slope<const D: usize>(
    activation: Activation,
    input: Tensor<D>,
    output: Tensor<D>,
) -> Tensor<D> {
    slope_of_output(activation, output).unwrap_or_else(|| {
        // GELU is z Φ(z): its slope is Φ(z) + z φ(z), with the normal distribution function and density.
        let distribution = (input.clone().div_scalar(std::f32::consts::SQRT_2).erf() + 1.0) * 0.5;
        let density = input.clone().square().mul_scalar(-0.5).exp();
        let density = density.div_scalar(std::f32::consts::TAU.sqrt());
        distribution + input * density
    })
}
