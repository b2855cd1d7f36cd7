//! A pass that can be asked how its result depends on what each layer's weights made.
//!
//! To that, zeros are added which ask for a gradient: nothing changes, and the backward pass leaves the derivative by
//! every single value.

use burn::tensor::Tensor;

use hourglass_experiment::Activation;

use super::{Signal, Stack, Weights, bare_level_of, through};

/// One layer of such a pass.
#[derive(Clone, Debug)]
pub struct WatchedLayer {
    /// What it hands on: `[batch, values]`.
    pub activations: Tensor<2>,
    /// The zeros that were added before its activation: `[batch, values before pooling]`. Their gradient is ∂J/∂z.
    pub nudge: Tensor<2>,
}

impl Stack {
    /// The values after every block, first to last, on a device with gradients; of a tied stack by the weights of
    /// `mirror`.
    ///
    /// # Shapes
    /// `[batch, inputs] → [batch, values of the block]` for each block
    #[must_use]
    pub fn watch(&self, input: Tensor<2>, mirror: Option<&Self>) -> Vec<WatchedLayer> {
        let layers = (0..self.depth()).scan(input, |rows, idx| {
            let met = self.prepare(idx, Signal::Rows(rows.clone()));
            let (made, nudge) = self.weigh_alone(idx, met, mirror).nudged();
            *rows = through(&self.blocks[idx].after, made).rows();
            Some(WatchedLayer {
                activations: rows.clone(),
                nudge,
            })
        });
        layers.collect()
    }

    /// The weights of a block and nothing that follows them, which the kernel of a convolution else computes with it.
    fn weigh_alone(&self, idx: usize, met: Signal, mirror: Option<&Self>) -> Signal {
        match (self.weights.get(idx), met) {
            (Weights::Convolution(convolution), Signal::Maps(maps)) => {
                let level = bare_level_of(&self.blocks[idx]);
                Signal::Maps(level.forward(convolution, maps))
            }
            (_, met) => self.weigh(idx, met, mirror, Activation::Linear),
        }
    }
}

impl Signal {
    /// The same with zeros added, and these.
    fn nudged(self) -> (Self, Tensor<2>) {
        match self {
            Self::Rows(rows) => {
                let nudge = zeros(rows.dims(), &rows);
                (Self::Rows(rows + nudge.clone()), nudge)
            }
            Self::Maps(maps) => {
                let [n_images, channels, height, width] = maps.dims();
                let nudge = zeros([n_images, channels * height * width], &maps);
                let of_maps = nudge.clone().reshape([n_images, channels, height, width]); // [batch, channels, height, width]
                (Self::Maps(maps + of_maps), nudge)
            }
        }
    }
}

/// Zeros that ask for a gradient, beside a tensor.
pub fn zeros<const D: usize>(shape: [usize; 2], beside: &Tensor<D>) -> Tensor<2> {
    Tensor::zeros(shape, &beside.device()).require_grad()
}
