//! Weights that can be looked at: what units see of an image, what they draw, and the kernels of convolutions.
//!
//! The Filters panel and the exported figure both use them, with colours that end where
//! `FilterBank::end_of_scale` says.

use burn::tensor::Tensor;

use hourglass_experiment::network::{Connection, Tile};
use hourglass_experiment::{ImageShape, Shape, Weights};

use super::{Autoencoder, Stack};

/// Weights of one layer as small pictures.
#[derive(Clone, Debug)]
pub struct Filters {
    /// Which layer: `encoder, layer 1`.
    pub name: String,
    /// `[outputs, inputs, side, side]`; of a fully connected layer `[units, 1, height, width]`.
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
        let mut n_convolutions = 0;
        for idx in 0..self.encoder.depth() {
            let connection = Connection::Encoder(idx);
            match self.encoder.tile(idx) {
                Some(Tile::Pixels) if self.is_tied() => {
                    add(
                        "encoder, layer 1, and decoder (tied)".to_owned(),
                        connection,
                    );
                }
                Some(Tile::Pixels) => add("encoder, layer 1".to_owned(), connection),
                Some(Tile::Kernels) => {
                    n_convolutions += 1;
                    add(format!("encoder, convolution {n_convolutions}"), connection);
                }
                Some(Tile::LinearPath | Tile::Maps) | None => {}
            }
        }
        let mut n_convolutions = 0;
        let last = self.decoder.depth() - 1;
        for idx in 0..=last {
            let connection = Connection::Decoder(idx);
            match self.decoder.tile(idx) {
                Some(Tile::Pixels) if self.is_tied() => {}
                Some(Tile::Pixels) => add("decoder, output layer".to_owned(), connection),
                Some(Tile::Kernels) if idx == last => add("decoder, output".to_owned(), connection),
                Some(Tile::Kernels) => {
                    n_convolutions += 1;
                    add(format!("decoder, convolution {n_convolutions}"), connection);
                }
                Some(Tile::LinearPath | Tile::Maps) | None => {}
            }
        }
        found
    }

    /// The weights of one connection as pictures; of a fully connected layer that does not meet the pixels, the
    /// product of the weights on the way to them. `None` if there is no such connection.
    ///
    /// # Shapes
    /// Kernels `[outputs, inputs, 3, 3]`; a fully connected layer `[units, 1, height, width]` of the image, one that meets maps
    /// `[units, channels, height, width]`. The units are those of the layer that is made, in a fully connected
    /// layer of the decoder those it is made from.
    #[must_use]
    pub fn filters_of(&self, connection: Connection) -> Option<Tensor<4>> {
        let encoder = &self.encoder;
        let image = encoder.blocks().first()?.from.maps()?;
        match connection {
            Connection::Encoder(layer) => match encoder.tile(layer)? {
                Tile::Kernels => encoder.kernels(layer),
                Tile::Pixels | Tile::LinearPath => {
                    let weight = encoder.dense_weight(layer)?;
                    Some(of_units(
                        from_pixels(encoder, layer, weight)?.transpose(),
                        image,
                    ))
                }
                Tile::Maps => {
                    let weight = encoder.dense_weight(layer)?.transpose(); // [units, map]
                    over_maps(weight, encoder.blocks()[layer].from)
                }
            },
            Connection::LogVariance => {
                let head = self.log_variance.as_ref()?.weight.val(); // [trunk, code]
                let last = encoder.depth() - 1;
                let code = &encoder.blocks()[last];
                match encoder.tile(last)? {
                    Tile::Kernels => over_maps(head.transpose(), code.to),
                    Tile::Maps => over_maps(head.transpose(), code.from),
                    Tile::Pixels | Tile::LinearPath => Some(of_units(
                        from_pixels(encoder, last, head)?.transpose(),
                        image,
                    )),
                }
            }
            Connection::Decoder(layer) => match self.decoder.tile(layer)? {
                Tile::Kernels => self.decoder.kernels(layer),
                Tile::Pixels | Tile::LinearPath => Some(of_units(self.to_pixels(layer)?, image)),
                Tile::Maps => over_maps(
                    self.decoder.dense_weight(layer)?,
                    self.decoder.blocks()[layer].to,
                ),
            },
            Connection::Discriminator(_) | Connection::Classes => None,
        }
    }

    fn is_tied(&self) -> bool {
        let mut blocks = self.decoder.blocks().iter();
        blocks.any(|block| matches!(block.weights, Weights::Tied { .. }))
    }

    /// The product of the weights from a decoder's layer's inputs to the pixels: `[inputs, 784]`.
    fn to_pixels(&self, layer: usize) -> Option<Tensor<2>> {
        let depth = self.decoder.depth();
        let weight = |layer: usize| {
            let mirrored = || self.encoder.dense_weight(depth - 1 - layer);
            let own = self.decoder.dense_weight(layer);
            own.or_else(|| Some(mirrored()?.transpose()))
        };
        (layer + 1..depth).try_fold(weight(layer)?, |path, layer| {
            Some(path.matmul(weight(layer)?))
        })
    }
}

/// Weights between units and the places of maps: `[units, map] → [units, channels, height, width]`; `None` if the
/// values lie in a row.
fn over_maps(weights: Tensor<2>, shape: Shape) -> Option<Tensor<4>> {
    let maps = shape.maps()?;
    let [units, _] = weights.dims();
    Some(weights.reshape([units, maps.channels, maps.height, maps.width])) // [units, channels, height, width]
}

/// The product of the weights from the pixels to a layer's units, beginning at the units, which are mostly fewer:
/// `[784, units]`. `last` stands for the layer's own weights `[inputs, units]`.
fn from_pixels(stack: &Stack, layer: usize, last: Tensor<2>) -> Option<Tensor<2>> {
    let mut before = (0..layer).rev();
    before.try_fold(last, |path, layer| {
        Some(stack.dense_weight(layer)?.matmul(path))
    })
}

/// `[units, pixels] → [units, channels, height, width]`, a path that ends at the pixels.
fn of_units(weights: Tensor<2>, image: ImageShape) -> Tensor<4> {
    let [units, _] = weights.dims();
    weights.reshape([units, image.channels, image.height, image.width]) // [units, channels, height, width]
}
