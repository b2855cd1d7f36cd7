//! The one fold over a list of layers: from it come shapes, counts, summary, drawing and the modules that are
//! trained.
//!
//! A block is a layer with weights and what belongs to it. What follows it up to its activations is its own:
//! activations, pooling, reshaping. Upsampling and flattening, and all behind them, prepare for the next.

use super::layer::{Layer, Shape, Weights};
use super::{Activation, ImageShape};

/// A layer with weights, with the layers around it that have none.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    /// What comes in.
    pub from: Shape,
    /// What is done to it before the weights.
    pub before: Vec<Layer>,
    /// What the weights meet.
    pub met: Shape,
    pub weights: Weights,
    /// What is done to what they make.
    pub after: Vec<Layer>,
    /// What goes out.
    pub to: Shape,
    /// How its weights can be looked at.
    pub tile: Option<Tile>,
}

/// What the weights of a connection look like as small pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tile {
    /// The weights between a unit and each pixel.
    Pixels,
    /// The product of the weights of several layers between a unit and each pixel, as if nothing between them
    /// were curved.
    LinearPath,
    /// A kernel for each pair of maps.
    Kernels,
    /// The weights between a unit and each place of each map.
    Maps,
}

/// Encoder and decoder, block by block.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Blocks {
    pub encoder: Vec<Block>,
    pub decoder: Vec<Block>,
}

/// A layer of a list that does not fit the one before, or a list that makes no half of an autoencoder.
#[derive(Clone, Debug, PartialEq)]
pub struct Misfit {
    /// Its position in its half, and which it is; none of the list as a whole.
    pub layer: Option<(usize, Layer)>,
    /// Why, and what to do.
    pub reason: String,
}

impl Block {
    /// The function its values have gone through last.
    #[must_use]
    pub fn activation(&self) -> Activation {
        let functions = self.after.iter().rev().map(|layer| match layer {
            Layer::Activation { function } => *function,
            _ => Activation::Linear,
        });
        let mut curved = functions.filter(|function| *function != Activation::Linear);
        curved.next().unwrap_or(Activation::Linear)
    }

    #[must_use]
    pub fn is_dense(&self) -> bool {
        matches!(self.weights, Weights::Dense { .. } | Weights::Tied { .. })
    }

    /// Whether its weights are fully connected and meet as many values as come in, and whether as many go out as
    /// they make.
    fn keeps_sizes(&self) -> (bool, bool) {
        let made = match self.weights {
            Weights::Dense { units, .. } | Weights::Tied { units } => units,
            Weights::Convolution { .. } => return (false, false),
        };
        (self.met.size() == self.from.size(), made == self.to.size())
    }

    /// How its weights can be looked at; `outer` is its shape on the side of the pixels, whose places are those of
    /// the weights if `keeps_outer`.
    fn tile_towards(
        &self,
        outer: Shape,
        keeps_outer: bool,
        (is_path, meets_pixels): (bool, bool),
    ) -> Option<Tile> {
        if !self.is_dense() {
            return Some(Tile::Kernels);
        }
        match (is_path, meets_pixels) {
            (true, true) => Some(Tile::Pixels),
            (true, false) => Some(Tile::LinearPath),
            (false, _) => outer.maps().filter(|_| keeps_outer).map(|_| Tile::Maps),
        }
    }

    /// Whether it is weighted sums of rows and one function of each, and nothing beside.
    #[must_use]
    pub fn is_plain_dense(&self) -> bool {
        let [before, after] = [&self.before, &self.after];
        self.is_dense()
            && before
                .iter()
                .all(|layer| matches!(layer, Layer::Flatten {}))
            && after.len() <= 1
            && after
                .iter()
                .all(|layer| matches!(layer, Layer::Activation { .. }))
    }
}

/// Infers shapes along a list of layers and gathers its blocks. `check` may refuse a layer for what it meets.
///
/// # Errors
/// Which layer is refused, or does not fit what comes before it.
pub fn blocks(
    input: Shape,
    layers: &[Layer],
    check: fn(Layer, Shape) -> Result<(), String>,
) -> Result<Vec<Block>, Misfit> {
    let mut found: Vec<Block> = Vec::new();
    let mut waiting: Vec<Layer> = Vec::new(); // for the next layer with weights
    let mut from = input; // of that
    let mut shape = input;
    for (idx, &layer) in layers.iter().enumerate() {
        let met = shape;
        let misfit = |reason| Misfit {
            layer: Some((idx, layer)),
            reason,
        };
        check(layer, met).map_err(misfit)?;
        shape = layer.output(met).map_err(misfit)?;
        let prepares = matches!(layer, Layer::Upsample { .. } | Layer::Flatten {});
        match (layer.weights(met), found.last_mut()) {
            (Some(weights), _) => {
                found.push(Block {
                    from,
                    before: std::mem::take(&mut waiting),
                    met,
                    weights,
                    after: Vec::new(),
                    to: shape,
                    tile: None,
                });
                from = shape;
            }
            (None, Some(block)) if waiting.is_empty() && !prepares => {
                block.after.push(layer);
                (block.to, from) = (shape, shape);
            }
            (None, _) => waiting.push(layer),
        }
    }
    let Some(last) = found.last_mut() else {
        let reason =
            "no layer of it has weights: give it a dense or a convolution layer".to_owned();
        return Err(Misfit {
            layer: None,
            reason,
        });
    };
    last.after.append(&mut waiting);
    last.to = shape;
    Ok(found)
}

impl Blocks {
    /// Folds both halves, from an image to the code and on to an image.
    ///
    /// # Errors
    /// Which half and layer does not fit.
    pub fn new(
        image: ImageShape,
        [encoder, decoder]: [&[Layer]; 2],
        is_tied: bool,
        check: fn(Layer, Shape) -> Result<(), String>,
    ) -> Result<Self, (&'static str, Misfit)> {
        let half =
            |name, from, layers| blocks(from, layers, check).map_err(|misfit| (name, misfit));
        let mut encoder = half("encoder", Shape::Maps(image), encoder)?;
        let code = encoder.last().map_or(Shape::Units(0), |block| block.to);
        let mut decoder = half("decoder", code, decoder)?;
        if is_tied {
            for block in &mut decoder {
                if let Weights::Dense { units, .. } = block.weights {
                    block.weights = Weights::Tied { units };
                }
            }
        }
        // A path to the pixels goes through fully connected layers alone, each with as many inputs as the one
        // before has units.
        let mut is_path = true;
        for (idx, block) in encoder.iter_mut().enumerate() {
            let keeps = block.keeps_sizes();
            is_path &= keeps.0;
            block.tile = block.tile_towards(block.from, keeps.0, (is_path, idx == 0));
            is_path &= keeps.1;
        }
        let last = decoder.len().saturating_sub(1);
        let mut is_path = true;
        for (idx, block) in decoder.iter_mut().enumerate().rev() {
            let keeps = block.keeps_sizes();
            is_path &= keeps.1;
            block.tile = block.tile_towards(block.to, keeps.1, (is_path, idx == last));
            is_path &= keeps.0;
        }
        Ok(Self { encoder, decoder })
    }

    /// Whether the code is the map of a convolution, without a fully connected layer behind it.
    #[must_use]
    pub fn code_is_map(&self) -> bool {
        self.encoder.last().is_some_and(|block| !block.is_dense())
    }

    /// What the layer of a variational code's `ln σ²` meets: what the code's does, or the code where that is a map.
    #[must_use]
    pub fn met_by_variance(&self) -> Shape {
        let code = self.encoder.last();
        code.map_or(Shape::Units(0), |block| {
            if block.is_dense() {
                block.met
            } else {
                block.to
            }
        })
    }

    /// Every block, from input to output.
    pub fn all(&self) -> impl Iterator<Item = &Block> {
        self.encoder.iter().chain(&self.decoder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Kernels;

    #[expect(clippy::unnecessary_wraps, reason = "as a check that may refuse")]
    fn any(_: Layer, _: Shape) -> Result<(), String> {
        Ok(())
    }

    fn maps(height: usize, width: usize, channels: usize) -> ImageShape {
        ImageShape {
            height,
            width,
            channels,
        }
    }

    #[test]
    fn a_fold_infers_shapes_counts_and_what_belongs_together() {
        let layers = [
            Layer::Convolution(Kernels {
                channels: 8,
                kernel: 5,
                stride: 2,
                padding: 2,
            }),
            Layer::activation(Activation::Relu),
            Layer::Pool {},
            Layer::upsample(maps(13, 13, 8)),
            Layer::convolution(2),
            Layer::Flatten {},
            Layer::Dense { units: 10 },
            Layer::activation(Activation::Tanh),
            Layer::Reshape(maps(1, 1, 10)),
        ];
        let found = blocks(Shape::Maps(ImageShape::MNIST), &layers, any).expect("they fit");
        let shapes = found.iter().map(|block| [block.from, block.met, block.to]);
        let shapes: Vec<_> = shapes
            .map(|all| all.map(|shape| shape.to_string()))
            .collect();
        assert_eq!(
            shapes,
            [
                ["28×28×1", "28×28×1", "7×7×8"],
                ["7×7×8", "13×13×8", "13×13×2"],
                ["13×13×2", "338", "1×1×10"],
            ]
        );
        let counts = found.iter().map(|block| block.weights.n_parameters());
        assert_eq!(
            counts.collect::<Vec<_>>(),
            [(25 + 1) * 8, (9 * 8 + 1) * 2, (338 + 1) * 10]
        );
        let functions: Vec<_> = found.iter().map(Block::activation).collect();
        let [relu, linear, tanh] = [Activation::Relu, Activation::Linear, Activation::Tanh];
        assert_eq!(functions, [relu, linear, tanh]);
        assert_eq!(found[1].before, [Layer::upsample(maps(13, 13, 8))]);
    }

    #[test]
    fn what_does_not_fit_is_said_with_what_to_do() {
        let image = Shape::Maps(ImageShape::MNIST);
        let units = Shape::Units(12);
        let dense = Layer::Dense { units: 4 };
        let large = Layer::Convolution(Kernels {
            channels: 1,
            kernel: 5,
            stride: 1,
            padding: 0,
        });
        let cases = [
            (image, dense, "put a flatten layer before it"),
            (units, Layer::Pool {}, "put a reshape layer before it"),
            (
                units,
                Layer::Reshape(maps(3, 3, 1)),
                "needs 9 values and gets 12",
            ),
            (
                image,
                Layer::upsample(maps(30, 30, 1)),
                "of 56 and 56, or one less to cut",
            ),
            (
                Shape::Maps(maps(4, 4, 1)),
                large,
                "choose a smaller kernel or more padding",
            ),
        ];
        for (input, layer, expected) in cases {
            let misfit = blocks(input, &[layer], any).expect_err(expected);
            assert_eq!(misfit.layer, Some((0, layer)));
            assert!(misfit.reason.contains(expected), "{}", misfit.reason);
        }
        let misfit = blocks(image, &[Layer::Flatten {}], any).expect_err("nothing learns");
        assert_eq!(misfit.layer, None);
    }
}
