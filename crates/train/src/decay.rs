//! Weight decay as it is added to the gradient.

use burn::optim::decay::WeightDecayConfig;

/// For every rule but `AdamW`, which takes it off the weights; none at 0.
pub fn decay_of(penalty: f32) -> Option<WeightDecayConfig> {
    (penalty > 0.0).then_some(WeightDecayConfig { penalty })
}
