//! Weights that can be looked at: what units see of an image, what they draw, and the kernels of convolutions.

use burn::tensor::Tensor;

use crate::experiment::{IMAGE_SIDE, N_PIXELS};

use super::Autoencoder;
use super::autoencoder::{Decoder, Encoder};

/// Weights of one layer as small pictures.
#[derive(Clone, Debug)]
pub struct Filters {
    /// Which layer: `encoder, layer 1`.
    pub name: String,
    /// `[outputs, inputs, side, side]`; of a fully connected layer `[units, 1, 28, 28]`.
    pub weights: Tensor<4>,
}

impl Autoencoder {
    /// The weights of fully connected layers that meet pixels, and all convolution kernels, from the input to the
    /// output. Tied weights come once.
    #[must_use]
    pub fn filters(&self) -> Vec<Filters> {
        let mut found = Vec::new();
        let mut add = |name: String, weights: Tensor<4>| found.push(Filters { name, weights });
        let is_tied = matches!(self.decoder, Decoder::Tied(_));
        match &self.encoder {
            Encoder::Dense(stack) => {
                let name = if is_tied {
                    "encoder, layer 1, and decoder (tied)"
                } else {
                    "encoder, layer 1"
                };
                add(name.to_owned(), of_units(stack.weight(0).transpose()));
            }
            Encoder::Convolutional(encoder) => {
                for (level, kernels) in (1..).zip(encoder.kernels()) {
                    add(format!("encoder, convolution {level}"), kernels);
                }
            }
        }
        match &self.decoder {
            Decoder::Dense(stack) => {
                let last = stack.depth() - 1;
                add(
                    "decoder, output layer".to_owned(),
                    of_units(stack.weight(last)),
                );
            }
            Decoder::Tied(_) => {}
            Decoder::Convolutional(decoder) => {
                let kernels = decoder.kernels();
                let output = kernels.len();
                for (level, kernels) in (1..).zip(kernels) {
                    let name = if level == output {
                        "decoder, output".to_owned()
                    } else {
                        format!("decoder, convolution {level}")
                    };
                    add(name, kernels);
                }
            }
        }
        found
    }
}

/// `[units, 784] → [units, 1, 28, 28]`
fn of_units(weights: Tensor<2>) -> Tensor<4> {
    let [units, inputs] = weights.dims();
    debug_assert_eq!(inputs, N_PIXELS, "the layer meets pixels");
    weights.reshape([units, 1, IMAGE_SIDE, IMAGE_SIDE]) // [units, 1, 28, 28]
}
