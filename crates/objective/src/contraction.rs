//! How much the code changes when the image does: the squared Frobenius norm of the encoder's Jacobian.

use burn::tensor::Tensor;

use hourglass_experiment::Activation;
use hourglass_model::{Autoencoder, slope_of_output};

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
        .and_then(|weight| closed_form(activation, code, weight));
    closed.or_else(|| Some(estimate(model, input, directions?)))
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
    let slope = slope_of_output(activation, code)?;
    let of_units = weight.square().sum_dim(0); // [1, code]
    Some((slope.square() * of_units).sum_dim(1).mean())
}

/// `1/batch Σ ‖∂h/∂x · ε‖²`, whose expectation over ε ~ N(0, I) is `‖∂h/∂x‖²_F` (Hutchinson 1990): one direction for
/// each image. Of one image its variance is `2 ‖J Jᵀ‖²_F`, at most twice the square of what is estimated, so over n
/// images the relative standard error is at most √(2/n) where they are alike: 1.4 % of 10,000.
///
/// # Shapes
/// `input`: `[batch, 784]`, `directions`: `[batch, 784]` → `[1]`
#[must_use]
pub fn estimate(model: &Autoencoder, input: Tensor<2>, directions: Tensor<2>) -> Tensor<1> {
    let change = model.code_derivative(input, directions); // [batch, code]
    change.square().sum_dim(1).mean()
}
