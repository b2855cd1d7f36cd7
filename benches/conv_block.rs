//! Levels of convolutional networks, forward and backward on 64 images: the fused kernel and Burn's own
//! operations.
//!
//! `cargo bench --bench conv_block`

use burn::nn::PaddingConfig2d;
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::tensor::{Device, Distribution, Tensor};
use divan::Bencher;
use divan::counter::ItemsCount;
use hourglass::experiment::Activation;
use hourglass::model::ConvLevel;

const N_IMAGES: usize = 64;

fn main() {
    divan::main();
}

/// A level with what it convolves.
#[derive(Clone, Copy, Debug)]
struct Case {
    from: usize,
    to: usize,
    maps_side: usize,
    level: ConvLevel,
}

const fn case(from: usize, to: usize, maps_side: usize, side: usize, kind: Kind) -> Case {
    let level = ConvLevel {
        size: [side; 2],
        activation: match kind {
            Kind::Output => Activation::Linear,
            Kind::Encoder | Kind::Decoder => Activation::Relu,
        },
        pooled: matches!(kind, Kind::Encoder),
    };
    Case {
        from,
        to,
        maps_side,
        level,
    }
}

#[derive(Clone, Copy)]
enum Kind {
    Encoder,
    Decoder,
    Output,
}

/// Every level of `denoise-conv-32`, then of `conv-4`.
const CASES: [(&str, Case); 8] = [
    ("32: 1→32, 28→14", case(1, 32, 28, 28, Kind::Encoder)),
    ("32: 32→32, 14→7", case(32, 32, 14, 14, Kind::Encoder)),
    ("32: 32→32, 7", case(32, 32, 7, 7, Kind::Decoder)),
    ("32: 32→32, 7→14", case(32, 32, 7, 14, Kind::Decoder)),
    ("32: 32→1, 14→28", case(32, 1, 14, 28, Kind::Output)),
    ("4: 1→4, 28→14", case(1, 4, 28, 28, Kind::Encoder)),
    ("4: 4→4, 14", case(4, 4, 14, 14, Kind::Decoder)),
    ("4: 4→1, 14→28", case(4, 1, 14, 28, Kind::Output)),
];

fn names() -> impl Iterator<Item = &'static str> {
    CASES.iter().map(|(name, _)| *name)
}

fn measure(bencher: Bencher, name: &str, forward: fn(ConvLevel, &Conv2d, Tensor<4>) -> Tensor<4>) {
    let (_, case) = CASES
        .into_iter()
        .find(|(other, _)| *other == name)
        .expect("the names are those of the cases");
    let device = Device::flex().autodiff();
    let convolution = Conv2dConfig::new([case.from, case.to], [3, 3])
        .with_padding(PaddingConfig2d::Explicit(1, 1, 1, 1))
        .init(&device);
    let shape = [N_IMAGES, case.from, case.maps_side, case.maps_side];
    let maps = Tensor::<4>::random(shape, Distribution::Uniform(0.0, 1.0), &device);
    // The gradient by images is nobody's business; that by maps is.
    let maps = if case.from == 1 {
        maps
    } else {
        maps.require_grad()
    };
    bencher.counter(ItemsCount::new(N_IMAGES)).bench_local(|| {
        forward(case.level, &convolution, maps.clone())
            .sum()
            .backward()
    });
}

#[divan::bench(args = names(), sample_count = 30)]
fn fused(bencher: Bencher, name: &str) {
    measure(bencher, name, ConvLevel::forward);
}

#[divan::bench(args = names(), sample_count = 10)]
fn unfused(bencher: Bencher, name: &str) {
    measure(bencher, name, ConvLevel::unfused);
}
