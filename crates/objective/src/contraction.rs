//! How much the code changes when the image does: the squared Frobenius norm of the encoder's Jacobian.

use burn::tensor::Tensor;

use hourglass_experiment::Activation;
use hourglass_model::Autoencoder;

use super::indicator;

/// σ of the finite difference: small beside the range of a pixel, large beside the rounding of singles.
pub const STEP: f32 = 1e-2;

/// `‖∂h/∂x‖²_F` at some inputs and their codes, averaged over the batch: in closed form for one fully connected
/// layer (Rifai et al. 2011, eq. 3), otherwise estimated along `directions`, which are standard normal. `None` if
/// there is no closed form and there are no directions.
///
/// # Shapes
/// `input`: `[batch, 784]`, `code`: `[batch, code]`, `directions`: `[batch, 784]` → `[1]`
#[must_use]
pub fn jacobian_norm(
    model: &Autoencoder,
    input: Tensor<2>,
    code: Tensor<2>,
    directions: Option<Tensor<2>>,
) -> Option<Tensor<1>> {
    let activation = model.code_activation();
    let closed = model
        .single_layer()
        .and_then(|weight| closed_form(activation, code.clone(), weight));
    closed.or_else(|| {
        let moved = input + directions?.mul_scalar(STEP);
        Some(estimate(code, model.encode(moved)))
    })
}

/// Whether [`jacobian_norm`] needs no directions for a model.
#[must_use]
pub fn has_closed_form(model: &Autoencoder) -> bool {
    model.single_layer().is_some() && model.code_activation() != Activation::Gelu
}

/// `1/batch Σ Σⱼ a′(zⱼ)² Σᵢ W²ᵢⱼ` for `h = a(x W + b)`, where a′ can be told from h: `h (1 − h)` for sigmoid,
/// `1 − h²` for tanh, 0 or 1 for `ReLU`. None for GELU, whose slope cannot.
///
/// # Shapes
/// `code`: `[batch, code]`, `weight`: `[inputs, code]` → `[1]`
#[must_use]
pub fn closed_form(
    activation: Activation,
    code: Tensor<2>,
    weight: Tensor<2>,
) -> Option<Tensor<1>> {
    let slope = slope(activation, code)?;
    let of_units = weight.square().sum_dim(0); // [1, code]
    Some((slope.square() * of_units).sum_dim(1).mean())
}

/// `1/batch Σ ‖h(x + σε) − h(x)‖² / σ²`, whose expectation over ε ~ N(0, I) is `‖∂h/∂x‖²_F` as σ → 0. It needs
/// first derivatives only.
///
/// # Shapes
/// `[batch, code], [batch, code] → [1]`
#[must_use]
pub fn estimate(code: Tensor<2>, moved: Tensor<2>) -> Tensor<1> {
    let difference = (moved - code).div_scalar(STEP);
    difference.square().sum_dim(1).mean()
}

/// `a′(z)` from `h = a(z)`.
fn slope(activation: Activation, code: Tensor<2>) -> Option<Tensor<2>> {
    Some(match activation {
        Activation::Linear => code.ones_like(),
        Activation::Sigmoid => code.clone() * code.neg().add_scalar(1.0),
        Activation::Tanh => code.square().neg().add_scalar(1.0),
        Activation::Relu => indicator(code.greater_elem(0.0)),
        Activation::LeakyRelu => indicator(code.greater_elem(0.0))
            .mul_scalar(0.99)
            .add_scalar(0.01),
        // 1 above zero, h + 1 = eᶻ below.
        Activation::Elu => code.clamp_max(0.0).add_scalar(1.0),
        Activation::Gelu => return None,
    })
}
