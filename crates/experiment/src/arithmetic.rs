//! How much arithmetic training takes, counted from the network alone.
//!
//! Counted are the multiplications and additions in products with weights: forward, and backward by the weights and by the
//! layer's inputs. Everything else is left out: activations, losses, penalties, corruption, the optimizer. So a speed
//! in these units is a little lower than what the processor does.

use super::blocks::Block;
use super::layer::{Layer, Weights};
use super::{Adversarial, Experiment, Prior, Shape, Stage, Updates};

/// A multiplication and an addition.
const TWO: usize = 2;

impl Experiment {
    /// Multiplications and additions for each image of a step of training in a part of the plan.
    #[must_use]
    pub fn flops_per_image(&self, stage: Stage) -> usize {
        let blocks = self.architecture.blocks();
        let [encoder, decoder] = [&blocks.encoder, &blocks.decoder]
            .map(|half| half.iter().map(products).collect::<Vec<usize>>());
        let code_size = self.architecture.code_size();
        let products = match stage {
            Stage::Joint => {
                let mut all = trained(&[encoder.clone(), decoder].concat());
                if let Prior::Variational(_) = self.objective.prior {
                    all += 3 * blocks.met_by_variance().size() * code_size;
                }
                if let Prior::Adversarial(prior) = self.objective.prior {
                    all += adversary(prior, &encoder, code_size);
                }
                all
            }
            Stage::Pretraining { layer, .. } => {
                let below: usize = encoder[..layer].iter().sum();
                let mirrored = decoder.len() - 1 - layer;
                below + trained(&[encoder[layer], decoder[mirrored]])
            }
            // One from the trained weights, one from random ones.
            Stage::FineTuning => {
                let classes = code_size * self.n_classes;
                2 * trained(&[encoder, vec![classes]].concat())
            }
        };
        TWO * products
    }
}

/// Products of a chain of layers that is trained: forward, by weights and by inputs; the first layer's inputs are images,
/// which have no gradient.
fn trained(chain: &[usize]) -> usize {
    let first = chain.first().copied().unwrap_or(0);
    3 * chain.iter().sum::<usize>() - first
}

/// The discriminator learns from samples and codes, and the encoder from it.
fn adversary(prior: Adversarial, encoder: &[usize], code_size: usize) -> usize {
    let sizes = [code_size]
        .into_iter()
        .chain(Adversarial::DISCRIMINATOR_HIDDEN)
        .chain([1]);
    let sizes: Vec<usize> = sizes.collect();
    let discriminator: Vec<usize> = sizes.windows(2).map(|pair| pair[0] * pair[1]).collect();
    let learns = 2 * trained(&discriminator);
    let deceived = 2 * discriminator.iter().sum::<usize>(); // forward, and by its inputs
    let again = match prior.updates {
        Updates::OneStep { .. } => 0,
        Updates::TwoPhases { .. } => trained(encoder),
    };
    learns + deceived + again
}

/// Multiplications of an image with the weights of a layer.
fn products(block: &Block) -> usize {
    match block.weights {
        Weights::Dense { inputs, units } => inputs * units,
        Weights::Tied { units } => block.met.size() * units,
        Weights::Convolution { inputs, kernels } => {
            let made = Layer::Convolution(kernels).output(block.met);
            made.map_or(0, Shape::size) * kernels.kernel * kernels.kernel * inputs
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PresetId;

    fn of(preset: PresetId, stage: Stage) -> usize {
        preset.preset().experiment().flops_per_image(stage)
    }

    #[test]
    fn products_are_those_counted_by_hand() {
        // 784–64–784: forward twice, by the weights twice, by the inputs once.
        assert_eq!(of(PresetId::Vanilla64, Stage::Joint), 2 * 5 * 784 * 64);
        // 784–400–20 twice over, with ln σ².
        let vae = 2 * (5 * 784 * 400 + 3 * 2 * 400 * 20 + 3 * 400 * 20);
        assert_eq!(of(PresetId::Vae20, Stage::Joint), vae);
        // 28×28 by 9 weights to 4 maps, and at 28×28 from 4 maps back; between them 14×14 from 4 to 4.
        let conv = 2 * (2 * 784 * 9 * 4 + 3 * 196 * 9 * 16 + 3 * 784 * 9 * 4);
        assert_eq!(of(PresetId::Conv4, Stage::Joint), conv);
        // The third of three layers of a thousand: below it two forward.
        let third = Stage::Pretraining { layer: 2, of: 3 };
        let below = 784 * 1_000 + 1_000 * 1_000;
        let stacked = 2 * (below + 5 * 1_000 * 1_000);
        assert_eq!(of(PresetId::StackedDenoising, third), stacked);
    }
}
