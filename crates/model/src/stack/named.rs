//! A stack's weights under the names that `PyTorch` and every file know them by.

use burn::module::{Module, Param};
use burn::nn::Linear;
use burn::nn::conv::Conv2d;
use burn::tensor::Tensor;

/// What a block learns.
#[derive(Module, Debug)]
pub enum Weights {
    Dense(Linear),
    /// Biases beside the weights of the encoder's mirrored layer, which are handed in at every use, so that their
    /// gradients add up from both halves.
    Tied(Param<Tensor<1>>),
    Convolution(Conv2d),
}

/// Which names a stack's weights have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Naming {
    /// `layers.0`, `layers.1`, … ; `biases.0`, … where they are tied.
    Listed,
    /// `levels.0`, …, `bottleneck`
    ConvEncoder,
    /// `bottleneck`, `levels.0`, …, `output`
    ConvDecoder,
}

/// The fields are the names; the kind itself has none.
#[expect(
    clippy::large_enum_variant,
    reason = "a network has two of them, and what derives the module takes no box"
)]
#[derive(Module, Debug)]
pub enum Named {
    Layers(Layers),
    Biases(Biases),
    ConvEncoder(ConvEncoder),
    ConvDecoder(ConvDecoder),
}

#[derive(Module, Debug)]
pub struct Layers {
    layers: Vec<Weights>,
}

#[derive(Module, Debug)]
pub struct Biases {
    biases: Vec<Weights>,
}

#[derive(Module, Debug)]
pub struct ConvEncoder {
    levels: Vec<Weights>,
    waist: Option<Weights>,
}

#[derive(Module, Debug)]
pub struct ConvDecoder {
    waist: Option<Weights>,
    levels: Vec<Weights>,
    output: Option<Weights>,
}

impl Named {
    /// Names weights that come in the order of their blocks.
    pub fn new(mut all: Vec<Weights>, naming: Naming) -> Self {
        let is_dense = |weights: Option<&Weights>| matches!(weights, Some(Weights::Dense(_)));
        match naming {
            Naming::Listed if matches!(all.first(), Some(Weights::Tied(_))) => {
                Self::Biases(Biases { biases: all })
            }
            Naming::Listed => Self::Layers(Layers { layers: all }),
            Naming::ConvEncoder => {
                let waist = is_dense(all.last()).then(|| all.pop()).flatten();
                Self::ConvEncoder(ConvEncoder { levels: all, waist })
            }
            Naming::ConvDecoder => {
                let output = all.pop();
                let waist = is_dense(all.first()).then(|| all.remove(0));
                Self::ConvDecoder(ConvDecoder {
                    waist,
                    levels: all,
                    output,
                })
            }
        }
    }

    /// The weights of a block.
    ///
    /// # Panics
    /// When there is no such block.
    pub fn get(&self, idx: usize) -> &Weights {
        match self {
            Self::Layers(Layers { layers }) => &layers[idx],
            Self::Biases(Biases { biases }) => &biases[idx],
            Self::ConvEncoder(ConvEncoder { levels, waist }) => {
                let found = levels.iter().chain(waist).nth(idx);
                found.expect("a block has weights")
            }
            Self::ConvDecoder(ConvDecoder {
                waist,
                levels,
                output,
            }) => {
                let found = waist.iter().chain(levels).chain(output).nth(idx);
                found.expect("a block has weights")
            }
        }
    }
}
