//! The fused level of a convolutional network against Burn's own operations.

use burn::module::Param;
use burn::nn::PaddingConfig2d;
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::tensor::{Device, Tensor, TensorData};
use hourglass::experiment::Activation;
use hourglass::model::ConvLevel;
use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

/// Tensors of random numbers between −1 and 1.
pub struct Source {
    rng: Xoshiro256PlusPlus,
    device: Device,
}

impl Source {
    pub fn new(device: Device) -> Self {
        let rng = Xoshiro256PlusPlus::seed_from_u64(5);
        Self { rng, device }
    }

    pub fn tensor<const D: usize>(&mut self, shape: [usize; D]) -> Tensor<D> {
        let len = shape.iter().product::<usize>();
        let numbers: Vec<f32> = (0..len).map(|_| self.rng.random_range(-1.0..1.0)).collect();
        Tensor::from_data(TensorData::new(numbers, shape), &self.device)
    }

    fn convolution(&mut self, config: &Conv2dConfig) -> Conv2d {
        let plain = config.init(&self.device);
        let weight = self.tensor(plain.weight.dims()).require_grad();
        let bias = plain
            .bias
            .as_ref()
            .map(|bias| self.tensor(bias.dims()).require_grad());
        Conv2d {
            weight: Param::from_tensor(weight),
            bias: bias.map(Param::from_tensor),
            ..plain
        }
    }
}

fn same(from: usize, to: usize) -> Conv2dConfig {
    Conv2dConfig::new([from, to], [3, 3]).with_padding(PaddingConfig2d::Explicit(1, 1, 1, 1))
}

pub fn numbers<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    tensor.into_data().try_into_vec_as().expect("the CPU works")
}

/// Compares two lists, by the largest of the numbers.
pub fn assert_close(found: &[f32], expected: &[f32], what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    let largest = expected
        .iter()
        .fold(1.0_f32, |max, value| max.max(value.abs()));
    for (found, expected) in found.iter().zip(expected) {
        let difference = (found - expected).abs();
        // Sums of up to 7,000 products in another order, each rounded to 2⁻²⁴.
        assert!(
            difference < 1e-4 * largest,
            "{what}: {found} is not {expected}"
        );
    }
}

/// Outputs, then the gradients by maps, weights and bias of a loss in which each output has its own share.
fn passes(
    level: ConvLevel,
    convolution: &Conv2d,
    maps: &Tensor<4>,
    forward: fn(ConvLevel, &Conv2d, Tensor<4>) -> Tensor<4>,
) -> [Vec<f32>; 4] {
    let maps = maps.clone().detach().require_grad();
    let outputs = forward(level, convolution, maps.clone());
    let shares = Source::new(maps.device()).tensor(outputs.dims());
    let grads = (outputs.clone() * shares).sum().backward();
    let bias = convolution.bias.as_ref().expect("there is one").val();
    [
        numbers(outputs),
        numbers(maps.grad(&grads).expect("it was asked for")),
        numbers(
            convolution
                .weight
                .val()
                .grad(&grads)
                .expect("it was asked for"),
        ),
        numbers(bias.grad(&grads).expect("it was asked for")),
    ]
}

fn assert_agreement(level: ConvLevel, convolution: &Conv2d, maps: &Tensor<4>) {
    let fused = passes(level, convolution, maps, ConvLevel::forward);
    let unfused = passes(level, convolution, maps, ConvLevel::unfused);
    let kinds = ["outputs", "gradients by maps", "by weights", "by bias"];
    for ((fused, unfused), kind) in fused.iter().zip(&unfused).zip(kinds) {
        let what = format!("{level:?}, maps {:?}, {kind}", maps.dims());
        assert_close(fused, unfused, &what);
    }
}

#[test]
fn a_fused_level_agrees_with_burns_own_operations() {
    let mut source = Source::new(Device::flex().autodiff());
    let channels = [(1, 32), (32, 32), (33, 1), (3, 5), (4, 4), (1, 1)];
    let mut n_cases = 0;
    for side in [28, 14, 7, 4] {
        for (from, to) in channels {
            let convolution = source.convolution(&same(from, to));
            for (upsampled, pooled) in [(false, false), (true, false), (false, true), (true, true)]
            {
                let maps_side = if upsampled { side / 2 + side % 2 } else { side };
                let maps = source.tensor([1 + n_cases % 6, from, maps_side, maps_side]);
                let activation = Activation::ALL[n_cases % Activation::ALL.len()];
                let level = ConvLevel {
                    size: [side; 2],
                    activation,
                    pooled,
                };
                assert_agreement(level, &convolution, &maps);
                n_cases += 1;
            }
        }
    }
}

#[test]
fn a_level_without_gradients_gives_the_same_numbers_as_one_with_them() {
    let level = ConvLevel {
        size: [14; 2],
        activation: Activation::Relu,
        pooled: true,
    };
    let outputs = |device: Device| {
        let mut source = Source::new(device);
        let convolution = Conv2d {
            weight: Param::from_tensor(source.tensor([5, 3, 3, 3])),
            bias: Some(Param::from_tensor(source.tensor([5]))),
            ..same(3, 5).init(&source.device)
        };
        numbers(level.forward(&convolution, source.tensor([9, 3, 14, 14])))
    };
    assert_eq!(outputs(Device::flex()), outputs(Device::flex().autodiff()));
}

#[test]
fn maps_that_lie_otherwise_in_memory_are_read_right() {
    let mut source = Source::new(Device::flex().autodiff());
    let convolution = source.convolution(&same(3, 4));
    let maps = source.tensor([14, 14, 3, 5]).permute([3, 2, 0, 1]);
    let cut = source
        .tensor([6, 3, 14, 14])
        .slice([1..4, 0..3, 0..14, 0..14]);
    let level = ConvLevel {
        size: [14; 2],
        activation: Activation::Relu,
        pooled: false,
    };
    assert_agreement(level, &convolution, &maps);
    assert_agreement(level, &convolution, &cut);
}

#[test]
fn a_convolution_that_the_kernel_does_not_know_is_left_to_burn() {
    let mut source = Source::new(Device::flex().autodiff());
    let level = ConvLevel {
        size: [14; 2],
        activation: Activation::Relu,
        pooled: false,
    };
    let maps = source.tensor([2, 4, 14, 14]);
    for config in [
        same(4, 4).with_groups(2),
        same(4, 4).with_stride([2, 2]),
        same(4, 4)
            .with_dilation([2, 2])
            .with_padding(PaddingConfig2d::Same),
        Conv2dConfig::new([4, 4], [5, 5]).with_padding(PaddingConfig2d::Same),
        Conv2dConfig::new([4, 4], [3, 3]).with_padding(PaddingConfig2d::Valid),
    ] {
        assert_agreement(level, &source.convolution(&config), &maps);
    }
    let without_bias = source.convolution(&same(4, 4).with_bias(false));
    let [fused, unfused] = [ConvLevel::forward, ConvLevel::unfused]
        .map(|forward| numbers(forward(level, &without_bias, maps.clone())));
    assert_eq!(fused, unfused);
}
