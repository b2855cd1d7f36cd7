//! How the weights follow the gradient.

use serde::{Deserialize, Serialize};

use super::zero::is_zero;

/// The rule that turns gradients into new weights, and what is done to gradients before.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Optimizer {
    /// The rule.
    pub kind: OptimizerKind,
    /// α, the length of a step.
    pub learning_rate: f64,
    /// How the length changes while a part of the plan goes on.
    #[serde(default, skip_serializing_if = "Schedule::is_constant")]
    pub schedule: Schedule,
    /// Share of the last step that goes into the next, for SGD and `RMSProp`.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub momentum: f32,
    /// Pull of all parameters towards zero. Added to the gradient, or for `AdamW` taken off the weights
    /// directly.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub weight_decay: f32,
    /// Longest gradient allowed for each weight matrix or bias; a longer one is shortened to it. 0: any.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub gradient_clip: f32,
}

/// A rule that turns gradients into new weights.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OptimizerKind {
    /// Adaptive moments (Kingma & Ba 2014, algorithm 1), β₁ = 0.9, β₂ = 0.999.
    #[default]
    Adam,
    /// Adam with decoupled weight decay (Loshchilov & Hutter 2017).
    AdamW,
    /// Stochastic gradient descent with momentum: `v ← μ v + g`, `w ← w − α v`.
    Sgd,
    /// Gradients divided by the root of their running square (Hinton 2012, lecture 6e), with momentum.
    RmsProp,
}

/// How the length of a step changes over a part of the plan: one layer's pre-training, joint training, or
/// fine-tuning.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Schedule {
    /// The same to the end.
    #[default]
    Constant,
    /// Half a cosine from the full length to none, and the same again for epochs past the end (Loshchilov &
    /// Hutter 2016, “SGDR”, equation 5, with `η_min` = 0). The small steps at the end settle the weights that
    /// full ones keep shaking.
    Cosine,
}

impl Schedule {
    /// All schedules, in the order a menu shows them.
    pub const ALL: [Self; 2] = [Self::Constant, Self::Cosine];

    /// The name people use for it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Constant => "constant",
            Self::Cosine => "cosine to 0",
        }
    }

    /// Share of the full length after `progress` of the part, 0 to 1; beyond 1 it starts over.
    #[must_use]
    pub fn factor(self, progress: f64) -> f64 {
        match self {
            Self::Constant => 1.0,
            Self::Cosine => f64::midpoint(1.0, (std::f64::consts::PI * progress.fract()).cos()),
        }
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
    fn is_constant(&self) -> bool {
        *self == Self::Constant
    }
}

impl OptimizerKind {
    /// All rules, in the order a menu shows them.
    pub const ALL: [Self; 4] = [Self::Adam, Self::AdamW, Self::Sgd, Self::RmsProp];

    /// The name people use for it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Adam => "Adam",
            Self::AdamW => "AdamW",
            Self::Sgd => "SGD",
            Self::RmsProp => "RMSProp",
        }
    }

    /// Whether it has a momentum of a person's choice.
    #[must_use]
    pub fn has_momentum(self) -> bool {
        matches!(self, Self::Sgd | Self::RmsProp)
    }
}

impl Optimizer {
    /// Adam's decay of the first moment.
    pub const BETA_1: f32 = 0.9;
    /// Adam's decay of the second moment.
    pub const BETA_2: f32 = 0.999;
    /// ε, added to the root of the second moment: Keras' default, against which the presets were measured.
    /// Burn's own default is 1e-5.
    pub const EPSILON: f32 = 1e-7;
    /// Weight decay that `AdamW` comes with where it is chosen: `PyTorch`'s default. Keras has 0.004; at 0, `AdamW` is
    /// Adam.
    pub const ADAMW_DECAY: f32 = 0.01;
    /// `RMSProp`'s decay of the running square, Keras' default.
    pub const RMS_DECAY: f32 = 0.9;

    /// Adam with nothing else switched on.
    #[must_use]
    pub fn adam(learning_rate: f64) -> Self {
        Self {
            kind: OptimizerKind::Adam,
            learning_rate,
            schedule: Schedule::Constant,
            momentum: 0.0,
            weight_decay: 0.0,
            gradient_clip: 0.0,
        }
    }

    /// The name people use for its rule.
    #[must_use]
    pub fn label(&self) -> &'static str {
        self.kind.label()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cosine_falls_from_all_to_nothing_and_begins_anew() {
        let at = |progress| Schedule::Cosine.factor(progress);
        assert!((at(0.0) - 1.0).abs() < 1e-12);
        assert!((at(0.5) - 0.5).abs() < 1e-12);
        assert!(at(0.999) < 1e-5 && at(0.999) > 0.0);
        assert!((at(1.0) - 1.0).abs() < 1e-12);
        assert!((at(1.25) - at(0.25)).abs() < 1e-12);
        assert!((Schedule::Constant.factor(0.7) - 1.0).abs() < 1e-12);
    }
}
