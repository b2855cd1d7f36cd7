//! Weights that can be looked at: what units see of an image, what they draw, and the kernels of convolutions.
//!
//! The Filters panel and the exported figure both use them, with colours that end where
//! `FilterBank::end_of_scale` says.

use burn::tensor::Tensor;

use hourglass_experiment::network::Connection;
use hourglass_experiment::{IMAGE_SIDE, N_PIXELS};

use super::Autoencoder;
use super::autoencoder::{Decoder, Encoder, dense};
use super::dense::DenseStack;

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
        let mut add = |name: String, connection| {
            if let Some(weights) = self.filters_of(connection) {
                found.push(Filters { name, weights });
            }
        };
        match &self.encoder {
            Encoder::Dense(_) => {
                let name = if matches!(self.decoder, Decoder::Tied(_)) {
                    "encoder, layer 1, and decoder (tied)"
                } else {
                    "encoder, layer 1"
                };
                add(name.to_owned(), Connection::Encoder(0));
            }
            Encoder::Convolutional(encoder) => {
                for level in 0..encoder.n_levels() {
                    let name = format!("encoder, convolution {}", level + 1);
                    add(name, Connection::Encoder(level));
                }
            }
        }
        match &self.decoder {
            Decoder::Dense(stack) => {
                let last = Connection::Decoder(stack.depth() - 1);
                add("decoder, output layer".to_owned(), last);
            }
            Decoder::Tied(_) => {}
            Decoder::Convolutional(decoder) => {
                let (first, n_levels) = decoder.levels_from();
                for level in 0..n_levels {
                    let name = format!("decoder, convolution {}", level + 1);
                    add(name, Connection::Decoder(first + level));
                }
                let output = Connection::Decoder(first + n_levels);
                add("decoder, output".to_owned(), output);
            }
        }
        found
    }

    /// The weights of one connection as pictures; of a fully connected layer that does not meet the pixels, the
    /// product of the weights on the way to them. None where there is no such connection.
    ///
    /// # Shapes
    /// Kernels `[outputs, inputs, 3, 3]`; a fully connected layer `[units, 1, 28, 28]`, one that meets maps
    /// `[units, channels, height, width]`. The units are those of the layer that is made, in a fully connected
    /// layer of the decoder those it is made from.
    #[must_use]
    pub fn filters_of(&self, connection: Connection) -> Option<Tensor<4>> {
        match connection {
            Connection::Encoder(layer) => match &self.encoder {
                Encoder::Dense(stack) => {
                    let is_there = layer < stack.depth();
                    is_there.then(|| of_units(from_pixels(stack, layer, None).transpose()))
                }
                Encoder::Convolutional(encoder) => encoder.weights(layer),
            },
            Connection::LogVariance => {
                let head = self.log_variance.as_ref()?.weight.val(); // [trunk, code]
                Some(match &self.encoder {
                    Encoder::Dense(stack) => {
                        let last = stack.depth() - 1;
                        of_units(from_pixels(stack, last, Some(head)).transpose())
                    }
                    Encoder::Convolutional(encoder) => encoder.over_maps(head),
                })
            }
            Connection::Decoder(layer) => match &self.decoder {
                Decoder::Dense(stack) => {
                    to_pixels(stack.depth(), layer, |layer| stack.weight(layer)).map(of_units)
                }
                Decoder::Tied(stack) => {
                    let (encoder, depth) = (dense(&self.encoder), stack.depth());
                    let weight = |layer| encoder.weight(depth - 1 - layer).transpose();
                    to_pixels(depth, layer, weight).map(of_units)
                }
                Decoder::Convolutional(decoder) => decoder.weights(layer),
            },
            Connection::Discriminator(_) | Connection::Classes => None,
        }
    }
}

/// The product of the weights from the pixels to a layer's units, beginning at the units, which are mostly fewer:
/// `[784, units]`. `last` stands for the layer's own weights.
fn from_pixels(stack: &DenseStack, layer: usize, last: Option<Tensor<2>>) -> Tensor<2> {
    let last = last.unwrap_or_else(|| stack.weight(layer)); // [inputs, units]
    let before = (0..layer).rev();
    before.fold(last, |path, layer| stack.weight(layer).matmul(path))
}

/// The product of the weights from a layer's inputs to the pixels: `[inputs, 784]`.
fn to_pixels(depth: usize, layer: usize, weight: impl Fn(usize) -> Tensor<2>) -> Option<Tensor<2>> {
    let rest = layer + 1..depth;
    (layer < depth).then(|| rest.fold(weight(layer), |path, layer| path.matmul(weight(layer))))
}

/// `[units, 784] → [units, 1, 28, 28]`
fn of_units(weights: Tensor<2>) -> Tensor<4> {
    let [units, inputs] = weights.dims();
    debug_assert_eq!(inputs, N_PIXELS, "the path ends at pixels");
    weights.reshape([units, 1, IMAGE_SIDE, IMAGE_SIDE]) // [units, 1, 28, 28]
}
