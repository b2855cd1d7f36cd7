//! The fused fully connected layer against Burn's own operations.

use burn::tensor::{Device, Tensor, TensorData};
use hourglass::experiment::Activation;
use hourglass::model::Dense;

use crate::conv_block::{Source, assert_close, numbers};

/// Batches and sizes of layers: one value, odd ones, a chunk and a little more, and products large enough for threads.
const SIZES: [[usize; 3]; 6] = [
    [1, 1, 1],
    [3, 7, 5],
    [33, 65, 31],
    [64, 784, 64],
    [129, 64, 300],
    [200, 20, 400],
];

/// Inputs, weights and bias, which ask for gradients.
struct Layer {
    inputs: Tensor<2>,
    weights: Tensor<2>,
    bias: Tensor<1>,
}

impl Layer {
    fn of(source: &mut Source, [batch, n_inputs, n_units]: [usize; 3], dense: Dense) -> Self {
        let shape = if dense.is_transposed {
            [n_units, n_inputs]
        } else {
            [n_inputs, n_units]
        };
        Self {
            inputs: source.tensor([batch, n_inputs]).require_grad(),
            weights: source.tensor(shape).require_grad(),
            bias: source.tensor([n_units]).require_grad(),
        }
    }

    /// Outputs, then the gradients by inputs, weights and bias of a loss in which each output has its own share.
    fn passes(&self, forward: impl Fn([Tensor<2>; 2], Tensor<1>) -> Tensor<2>) -> [Vec<f32>; 4] {
        let outputs = forward(
            [self.inputs.clone(), self.weights.clone()],
            self.bias.clone(),
        );
        let shares = Source::new(self.inputs.device()).tensor(outputs.dims());
        let grads = (outputs.clone() * shares).sum().backward();
        let of = |tensor: &Tensor<2>| numbers(tensor.grad(&grads).expect("it was asked for"));
        let by_bias = self.bias.grad(&grads).expect("it was asked for");
        let [by_inputs, by_weights] = [&self.inputs, &self.weights].map(of);
        [numbers(outputs), by_inputs, by_weights, numbers(by_bias)]
    }
}

#[test]
fn a_fused_layer_agrees_with_burns_own_operations() {
    let mut source = Source::new(Device::flex().autodiff());
    for sizes in SIZES {
        for activation in Activation::ALL {
            for is_transposed in [false, true] {
                let dense = Dense {
                    is_transposed,
                    activation,
                };
                let layer = Layer::of(&mut source, sizes, dense);
                let fused =
                    layer.passes(|[inputs, weights], bias| dense.forward(inputs, weights, bias));
                let unfused =
                    layer.passes(|[inputs, weights], bias| dense.unfused(inputs, weights, bias));
                let kinds = ["outputs", "gradients by inputs", "by weights", "by bias"];
                for ((fused, unfused), kind) in fused.iter().zip(&unfused).zip(kinds) {
                    assert_close(fused, unfused, &format!("{dense:?}, {sizes:?}, {kind}"));
                }
            }
        }
    }
}

/// Weights that are used twice, as those of a tied autoencoder, get the gradients of both uses; inputs that are data
/// get none.
#[test]
fn gradients_of_both_uses_of_weights_add_up() {
    let mut source = Source::new(Device::flex().autodiff());
    let images = source.tensor::<2>([5, 8]);
    let weights = source.tensor::<2>([8, 3]).require_grad();
    let biases = (source.tensor::<1>([3]), source.tensor::<1>([8]));
    let sigmoid = Dense {
        is_transposed: false,
        activation: Activation::Sigmoid,
    };
    let mirrored = Dense {
        is_transposed: true,
        ..sigmoid
    };
    let there_and_back = |pass: fn(Dense, Tensor<2>, Tensor<2>, Tensor<1>) -> Tensor<2>| {
        let code = pass(sigmoid, images.clone(), weights.clone(), biases.0.clone());
        let rebuilt = pass(mirrored, code, weights.clone(), biases.1.clone());
        let grads = (rebuilt - images.clone()).square().sum().backward();
        numbers(weights.grad(&grads).expect("it was asked for"))
    };
    let [fused, unfused] = [Dense::forward, Dense::unfused].map(there_and_back);
    assert_close(&fused, &unfused, "the weights of both halves");
}

#[test]
fn what_is_not_a_number_is_handed_on() {
    let device = Device::flex();
    let inputs = Tensor::from_data(TensorData::new(vec![f32::NAN, 1.0], [2, 1]), &device);
    let weights = Tensor::from_data(TensorData::new(vec![-1.0_f32], [1, 1]), &device);
    let bias = Tensor::from_data(TensorData::new(vec![0.0_f32], [1]), &device);
    for activation in [Activation::Linear, Activation::Relu, Activation::Sigmoid] {
        let dense = Dense {
            is_transposed: false,
            activation,
        };
        let outputs = numbers(dense.forward(inputs.clone(), weights.clone(), bias.clone()));
        assert!(
            outputs[0].is_nan() && outputs[1].is_finite(),
            "{activation:?}"
        );
    }
}
