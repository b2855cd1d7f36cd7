//! Layers one after the other, as an experiment's list says: half an autoencoder, or a network beside it.

mod named;
mod tangent;
mod watch;

use burn::module::{Module, Param, ParamId};
use burn::tensor::Tensor;

use hourglass_experiment::network::Tile;
use hourglass_experiment::{Activation, Block, ImageShape, Layer, Shape, Weights as Kind, blocks};

use super::activation::activate;
use super::conv_block::{ConvLevel, pool, upsample};
use super::dense::Dense;
use super::init::Initializer;
pub use named::Naming;
use named::{Named, Weights};
pub use watch::{WatchedLayer, zeros};

/// Blocks of a layer with weights and those around it that have none.
///
/// Images and maps come in and go out as flat rows, channel by channel, so that codes, penalties and views meet the
/// same shapes whatever the layers are.
#[derive(Module, Debug)]
pub struct Stack {
    weights: Named,
    #[module(skip)]
    blocks: Vec<Block>,
}

/// Values on their way: in rows `[batch, values]`, or in maps `[batch, channels, height, width]`.
enum Signal {
    Rows(Tensor<2>),
    Maps(Tensor<4>),
}

impl Signal {
    fn rows(self) -> Tensor<2> {
        match self {
            Self::Rows(rows) => rows,
            Self::Maps(maps) => maps.flatten(1, 3), // [batch, channels · height · width]
        }
    }

    fn maps(self, shape: ImageShape) -> Tensor<4> {
        match self {
            Self::Rows(rows) => {
                let [n_images, _] = rows.dims();
                let ImageShape {
                    height,
                    width,
                    channels,
                } = shape;
                rows.reshape([n_images, channels, height, width]) // [batch, channels, height, width]
            }
            Self::Maps(maps) => maps,
        }
    }

    /// What a layer without weights makes of it.
    fn through(self, layer: Layer) -> Self {
        match (layer, self) {
            (Layer::Activation { function }, Self::Rows(rows)) => {
                Self::Rows(activate(function, rows))
            }
            (Layer::Activation { function }, Self::Maps(maps)) => {
                Self::Maps(activate(function, maps))
            }
            (Layer::Pool {}, Self::Maps(maps)) => Self::Maps(pool(maps)),
            (Layer::Upsample { height, width }, Self::Maps(maps)) => {
                Self::Maps(upsample(maps, [height, width]))
            }
            (Layer::Flatten {}, signal) => Self::Rows(signal.rows()),
            (Layer::Reshape(to), signal) => Self::Maps(Self::Rows(signal.rows()).maps(to)),
            // Shapes were inferred, and weights belong to the block.
            (Layer::Dense { .. } | Layer::Convolution(_), signal)
            | (Layer::Pool {} | Layer::Upsample { .. }, signal @ Self::Rows(_)) => signal,
        }
    }
}

fn through(layers: &[Layer], signal: Signal) -> Signal {
    layers
        .iter()
        .fold(signal, |signal, &layer| signal.through(layer))
}

impl Stack {
    /// A stack with the next weights of `init`.
    pub fn new(blocks: Vec<Block>, naming: Naming, init: &mut Initializer<'_>) -> Self {
        let weights = blocks.iter().map(|block| init.weights(block));
        Self {
            weights: Named::new(weights.collect(), naming),
            blocks,
        }
    }

    /// Fully connected layers from `sizes[0]` inputs to the last of `sizes`, with `ReLU` between.
    pub fn dense(sizes: &[usize], init: &mut Initializer<'_>) -> Self {
        let inputs = Shape::Units(sizes.first().copied().unwrap_or(0));
        let layers = Layer::dense_chain(sizes, Activation::Relu);
        let blocks = blocks(inputs, &layers, |_, _| Ok(())).unwrap_or_default();
        Self::new(blocks, Naming::Listed, init)
    }

    /// Number of blocks.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.blocks.len()
    }

    /// # Shapes
    /// `[batch, inputs] → [batch, outputs]`
    #[must_use]
    pub fn forward(&self, input: Tensor<2>) -> Tensor<2> {
        self.forward_through(input, self.depth(), None)
    }

    /// The values after this many blocks; of a tied stack by the weights of `mirror`.
    ///
    /// # Shapes
    /// `[batch, inputs] → [batch, values of block n_blocks − 1]`
    #[must_use]
    pub fn forward_through(
        &self,
        input: Tensor<2>,
        n_blocks: usize,
        mirror: Option<&Self>,
    ) -> Tensor<2> {
        let blocks = 0..n_blocks.min(self.depth());
        let made = blocks.fold(Signal::Rows(input), |signal, idx| {
            self.make(idx, self.prepare(idx, signal), mirror)
        });
        made.rows()
    }

    /// The values after every block, first to last.
    ///
    /// # Shapes
    /// `[batch, inputs] → [batch, values of the block]` for each block
    #[must_use]
    pub fn trace(&self, input: Tensor<2>, mirror: Option<&Self>) -> Vec<Tensor<2>> {
        let blocks = 0..self.depth();
        let steps = blocks.scan(input, |rows, idx| {
            let prepared = self.prepare(idx, Signal::Rows(rows.clone()));
            *rows = self.make(idx, prepared, mirror).rows();
            Some(rows.clone())
        });
        steps.collect()
    }

    /// What the layer of the code's variance meets, and the code: of a fully connected code what its weights meet,
    /// otherwise the code itself.
    ///
    /// # Shapes
    /// `[batch, inputs] → [batch, met], [batch, code]`
    #[must_use]
    pub fn trunk_and_code(&self, input: Tensor<2>) -> (Tensor<2>, Tensor<2>) {
        let last = self.depth() - 1;
        let before = (0..last).fold(Signal::Rows(input), |signal, idx| {
            self.make(idx, self.prepare(idx, signal), None)
        });
        let met = self.prepare(last, before);
        if self.blocks[last].is_dense() {
            let met = met.rows();
            let code = self.make(last, Signal::Rows(met.clone()), None).rows();
            (met, code)
        } else {
            let code = self.make(last, met, None).rows();
            (code.clone(), code)
        }
    }

    /// The trunk, where the values after every block are known: [`Self::trunk_and_code`].
    #[must_use]
    pub fn trunk_of(&self, input: Tensor<2>, traced: &[Tensor<2>]) -> Tensor<2> {
        let last = self.depth() - 1;
        if self.blocks[last].is_dense() {
            let before = last.checked_sub(1).map_or(input, |idx| traced[idx].clone());
            self.prepare(last, Signal::Rows(before)).rows()
        } else {
            traced[last].clone()
        }
    }

    /// One fully connected block from its own inputs, before what follows its weights, and which activation that
    /// is. None of a convolution.
    ///
    /// # Shapes
    /// `[batch, inputs of the block] → [batch, units]`
    #[must_use]
    pub fn linear_one(
        &self,
        input: Tensor<2>,
        idx: usize,
        mirror: Option<&Self>,
    ) -> Option<(Tensor<2>, Activation)> {
        let block = self
            .blocks
            .get(idx)
            .filter(|block| block.is_plain_dense())?;
        let made = self.weigh(idx, Signal::Rows(input), mirror, Activation::Linear);
        Some((made.rows(), block.activation()))
    }

    /// Weights of a fully connected block: `[inputs, units]`; none of a convolution or a tied block.
    #[must_use]
    pub fn dense_weight(&self, idx: usize) -> Option<Tensor<2>> {
        match self.weights.get(idx) {
            Weights::Dense(linear) => Some(linear.weight.val()),
            Weights::Tied(_) | Weights::Convolution(_) => None,
        }
    }

    /// Biases of a block, one for each unit or channel: `[units]`.
    #[must_use]
    pub fn biases(&self, idx: usize) -> Option<Tensor<1>> {
        match self.weights.get(idx) {
            Weights::Dense(linear) => linear.bias.as_ref().map(Param::val),
            Weights::Tied(bias) => Some(bias.val()),
            Weights::Convolution(convolution) => convolution.bias.as_ref().map(Param::val),
        }
    }

    /// Which parameter the weights of a block are, without its biases; none of a tied block, whose weights are those of
    /// its mirror.
    #[must_use]
    pub fn weight_id(&self, idx: usize) -> Option<ParamId> {
        match self.weights.get(idx) {
            Weights::Dense(linear) => Some(linear.weight.id),
            Weights::Convolution(convolution) => Some(convolution.weight.id),
            Weights::Tied(_) => None,
        }
    }

    #[must_use]
    pub fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    /// How a block's weights can be looked at; `None` if there is no such block.
    #[must_use]
    pub fn tile(&self, idx: usize) -> Option<Tile> {
        self.blocks.get(idx)?.tile
    }

    /// Kernels of a convolution: `[outputs, inputs, side, side]`.
    #[must_use]
    pub fn kernels(&self, idx: usize) -> Option<Tensor<4>> {
        match self.weights.get(idx) {
            Weights::Convolution(convolution) => Some(convolution.weight.val()),
            Weights::Dense(_) | Weights::Tied(_) => None,
        }
    }

    /// What is before the weights of a block; of a convolution all but an upsampling, which is fused with it.
    fn prepare(&self, idx: usize, signal: Signal) -> Signal {
        let Block { from, before, .. } = &self.blocks[idx];
        let signal = match from {
            Shape::Maps(shape) if before.first() != Some(&Layer::Flatten {}) => {
                Signal::Maps(signal.maps(*shape))
            }
            _ => signal,
        };
        match (self.weights.get(idx), before.split_last()) {
            (Weights::Convolution(_), Some((Layer::Upsample { .. }, before))) => {
                through(before, signal)
            }
            _ => through(before, signal),
        }
    }

    /// The weights of a block and what follows them.
    fn make(&self, idx: usize, met: Signal, mirror: Option<&Self>) -> Signal {
        let after = &self.blocks[idx].after;
        let (activation, fused) = match (self.weights.get(idx), after.as_slice()) {
            (Weights::Convolution(_), [Layer::Activation { function }, Layer::Pool {}, ..]) => {
                (*function, 2)
            }
            (_, [Layer::Activation { function }, ..]) => (*function, 1),
            _ => (Activation::Linear, 0),
        };
        through(&after[fused..], self.weigh(idx, met, mirror, activation))
    }

    /// The weights of a block with this activation behind them; of a convolution with the upsampling before and what
    /// the block has behind it, which one kernel computes.
    fn weigh(
        &self,
        idx: usize,
        met: Signal,
        mirror: Option<&Self>,
        activation: Activation,
    ) -> Signal {
        let block = &self.blocks[idx];
        let dense = Dense {
            is_transposed: false,
            activation,
        };
        match self.weights.get(idx) {
            Weights::Dense(linear) => Signal::Rows(dense.of(linear, met.rows())),
            Weights::Tied(bias) => {
                let tied = Dense {
                    is_transposed: true,
                    ..dense
                };
                let weight = self.mirrored_weight(idx, mirror);
                Signal::Rows(tied.forward(met.rows(), weight, bias.val()))
            }
            Weights::Convolution(convolution) => {
                let Signal::Maps(maps) = met else {
                    return met; // never: shapes were inferred
                };
                Signal::Maps(level_of(block).forward(convolution, maps))
            }
        }
    }
}

impl Stack {
    /// Weights of a tied block, those of its mirror: `[units, inputs of the layer]`.
    fn mirrored_weight(&self, idx: usize, mirror: Option<&Self>) -> Tensor<2> {
        let mirrored = mirror.and_then(|mirror| mirror.dense_weight(self.depth() - 1 - idx));
        mirrored.expect("a tied stack is used with the dense one it mirrors")
    }
}

/// A block's convolution alone, with the upsampling before it.
fn bare_level_of(block: &Block) -> ConvLevel {
    ConvLevel {
        activation: Activation::Linear,
        pooled: false,
        ..level_of(block)
    }
}

/// What one kernel may compute with a block's convolution.
fn level_of(block: &Block) -> ConvLevel {
    let after = block.after.as_slice();
    ConvLevel {
        size: block
            .met
            .maps()
            .map_or([1; 2], |maps| [maps.height, maps.width]),
        activation: match after.first() {
            Some(Layer::Activation { function }) => *function,
            _ => Activation::Linear,
        },
        pooled: matches!(after, [Layer::Activation { .. }, Layer::Pool {}, ..]),
    }
}

impl Initializer<'_> {
    /// The next weights, of the kind that a block has.
    fn weights(&mut self, block: &Block) -> Weights {
        let activation = block.activation();
        match block.weights {
            Kind::Dense { inputs, units } => Weights::Dense(self.linear(inputs, units, activation)),
            Kind::Tied { units } => Weights::Tied(self.bias(units, activation)),
            Kind::Convolution { inputs, kernels } => {
                Weights::Convolution(self.convolution(inputs, kernels, activation))
            }
        }
    }
}
