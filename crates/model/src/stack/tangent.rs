//! How a stack's output changes along a direction of its input: forward-mode differentiation, layer by layer.
//!
//! Beside each value goes its derivative along the direction (Griewank & Walther 2008, *Evaluating Derivatives*, section
//! 3.1). It is exact, where a difference quotient depends on its step: max-pooling has ties wherever an image is flat,
//! and there a one-sided difference always takes the largest of what the step adds. Here a tie goes to the first of the
//! largest values, as in the backward pass, and the slope at a kink is the backward pass's too.

use burn::nn::conv::Conv2d;
use burn::tensor::Tensor;
use burn::tensor::module::max_pool2d_with_indices;

use hourglass_experiment::{Activation, Layer, Shape};

use super::{Signal, Stack, Weights, bare_level_of};
use crate::activation::{activate, slope};
use crate::conv_block::pooling;
use crate::dense::Dense;

/// Values and their derivatives along the direction, of one shape.
struct Tangent {
    values: Signal,
    slopes: Signal,
}

impl Stack {
    /// `∂h/∂x · v`, the derivative of the outputs along a direction for each input; of a tied stack by the weights of
    /// `mirror`. It costs about two forward passes, and can itself be differentiated by the weights.
    ///
    /// # Shapes
    /// `input`: `[batch, inputs]`, `direction`: `[batch, inputs]` → `[batch, outputs]`
    #[must_use]
    pub fn directional_derivative(
        &self,
        input: Tensor<2>,
        direction: Tensor<2>,
        mirror: Option<&Self>,
    ) -> Tensor<2> {
        let start = Tangent {
            values: Signal::Rows(input),
            slopes: Signal::Rows(direction),
        };
        let end = (0..self.depth()).fold(start, |at, idx| self.differentiate(idx, at, mirror));
        end.slopes.rows()
    }

    /// One block.
    fn differentiate(&self, idx: usize, tangent: Tangent, mirror: Option<&Self>) -> Tangent {
        let block = &self.blocks[idx];
        let Tangent { values, slopes } = tangent;
        let [values, slopes] = match block.from {
            Shape::Maps(shape) => [values, slopes].map(|signal| Signal::Maps(signal.maps(shape))),
            Shape::Units(_) => [values, slopes],
        };
        let before = block.before.iter().copied();
        let met = before.fold(Tangent { values, slopes }, Tangent::through);
        let made = match self.weights.get(idx) {
            Weights::Dense(linear) => Tangent {
                slopes: Signal::Rows(met.slopes.rows().matmul(linear.weight.val())),
                values: Signal::Rows(Dense::LINEAR.of(linear, met.values.rows())),
            },
            Weights::Tied(bias) => {
                let weight = self.mirrored_weight(idx, mirror);
                let tied = Dense {
                    is_transposed: true,
                    ..Dense::LINEAR
                };
                let slopes = met.slopes.rows().matmul(weight.clone().transpose());
                Tangent {
                    slopes: Signal::Rows(slopes),
                    values: Signal::Rows(tied.forward(met.values.rows(), weight, bias.val())),
                }
            }
            Weights::Convolution(convolution) => {
                let (Signal::Maps(values), Signal::Maps(slopes)) = (met.values, met.slopes) else {
                    unreachable!("a convolution meets maps: shapes were inferred");
                };
                let level = bare_level_of(block);
                Tangent {
                    values: Signal::Maps(level.forward(convolution, values)),
                    slopes: Signal::Maps(level.forward(&without_bias(convolution), slopes)),
                }
            }
        };
        block.after.iter().copied().fold(made, Tangent::through)
    }
}

impl Tangent {
    /// What a layer without weights makes of both.
    fn through(self, layer: Layer) -> Self {
        let Self { values, slopes } = self;
        match (layer, values, slopes) {
            (Layer::Activation { function }, Signal::Rows(values), Signal::Rows(slopes)) => {
                let (values, slopes) = activated(function, values, slopes);
                Self {
                    values: Signal::Rows(values),
                    slopes: Signal::Rows(slopes),
                }
            }
            (Layer::Activation { function }, Signal::Maps(values), Signal::Maps(slopes)) => {
                let (values, slopes) = activated(function, values, slopes);
                Self {
                    values: Signal::Maps(values),
                    slopes: Signal::Maps(slopes),
                }
            }
            (Layer::Pool {}, Signal::Maps(values), Signal::Maps(slopes)) => {
                let [n_images, channels, height, width] = values.dims();
                let (values, places) = max_pool2d_with_indices(values, pooling());
                let [_, _, high, wide] = values.dims();
                let slopes = slopes.reshape([n_images, channels, height * width]);
                let places = places.reshape([n_images, channels, high * wide]);
                let slopes = slopes.gather(2, places); // [batch, channels, pooled height · width]
                let slopes = slopes.reshape([n_images, channels, high, wide]);
                Self {
                    values: Signal::Maps(values),
                    slopes: Signal::Maps(slopes),
                }
            }
            // The others are linear: both go the same way.
            (layer, values, slopes) => Self {
                values: values.through(layer),
                slopes: slopes.through(layer),
            },
        }
    }
}

/// `a(z)`, and `a′(z)` times what z changes by.
fn activated<const D: usize>(
    function: Activation,
    values: Tensor<D>,
    slopes: Tensor<D>,
) -> (Tensor<D>, Tensor<D>) {
    let activated = activate(function, values.clone());
    let slopes = slope(function, values, activated.clone()) * slopes;
    (activated, slopes)
}

/// The linear part of a convolution. Its bias is zero rather than missing, so that the fused kernel knows it.
fn without_bias(convolution: &Conv2d) -> Conv2d {
    let mut linear = convolution.clone();
    linear.bias = linear.bias.map(|bias| {
        bias.map(|bias| bias.zeros_like()) // not a parameter: nothing learns from its gradient
    });
    linear
}
