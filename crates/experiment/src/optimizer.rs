//! How the weights follow the gradient.

use serde::{Deserialize, Serialize};

use super::zero::{is_false, is_zero};

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
    /// Whether SGD takes the gradient where the momentum alone would lead (Nesterov 1983, in the form of Sutskever
    /// et al. 2013).
    #[serde(default, skip_serializing_if = "is_false")]
    pub nesterov: bool,
    /// How SGD's momentum changes while a part of the plan goes on.
    #[serde(default, skip_serializing_if = "MomentumSchedule::is_constant")]
    pub momentum_schedule: MomentumSchedule,
    /// Pull of all parameters towards zero. Added to the gradient, or for `AdamW` taken off the weights
    /// directly.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub weight_decay: f32,
    /// Longest gradient allowed for each weight matrix or bias; a longer one is shortened to it. 0: any.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub gradient_clip: f32,
    /// d, how long the mean of the weights remembers: `w̄ ← d w̄ + (1 − d) w` at every step of joint training, and the
    /// plain mean until `1 / (1 − d)` steps are in it. What is measured, shown and saved is the mean. 0: none; 1: the
    /// plain mean of all steps (Polyak & Juditsky 1992).
    #[serde(default, skip_serializing_if = "is_zero")]
    pub averaging: f32,
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

/// How SGD's momentum changes over a part of the plan (Sutskever, Martens, Dahl & Hinton 2013, “On the importance of
/// initialization and momentum in deep learning”, section 3 and equation 5).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MomentumSchedule {
    /// The same to the end.
    #[default]
    Constant,
    /// `μ_t = min(1 − 2^(−1 − log₂(⌊t / 250⌋ + 1)), μ)`: from a half up to the full momentum μ.
    Rising,
    /// The same, and at most 0.9 during the last 1,000 steps, so that the weights settle.
    RisingThenLowered,
}

impl MomentumSchedule {
    /// All schedules, in the order a menu shows them.
    pub const ALL: [Self; 3] = [Self::Constant, Self::Rising, Self::RisingThenLowered];

    /// Steps after which the momentum rises again.
    const STAIR: u64 = 250;
    /// Steps at the end of a part with a lowered momentum, and the most it may be then.
    const LAST_STEPS: u64 = 1000;
    const AT_LAST: f32 = 0.9;

    /// The name people use for it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Constant => "constant",
            Self::Rising => "rising",
            Self::RisingThenLowered => "rising, at last 0.9",
        }
    }

    /// The momentum of a step before which `step` steps of its part were taken, where the part has `of` steps;
    /// beyond them it stays what it was at the end.
    #[must_use]
    pub fn momentum(self, full: f32, step: u64, of: u64) -> f32 {
        let stairs = (step / Self::STAIR + 1) as f32;
        let risen = full.min(1.0 - 0.5 / stairs); // 2^(−1 − log₂ n) = 1 / (2 n)
        match self {
            Self::Constant => full,
            Self::RisingThenLowered if step + Self::LAST_STEPS >= of => risen.min(Self::AT_LAST),
            Self::Rising | Self::RisingThenLowered => risen,
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

    /// Whether its momentum can be Nesterov's and follow a schedule.
    #[must_use]
    pub fn has_nesterov(self) -> bool {
        self == Self::Sgd
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
            nesterov: false,
            momentum_schedule: MomentumSchedule::Constant,
            weight_decay: 0.0,
            gradient_clip: 0.0,
            averaging: 0.0,
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

    #[test]
    fn momentum_rises_in_stairs_as_the_paper_has_it_and_is_lowered_at_the_end() {
        let formula = |step: u64| {
            let stairs = (step / 250 + 1) as f64;
            1.0 - 2.0_f64.powf(-1.0 - stairs.log2())
        };
        let rising = MomentumSchedule::Rising;
        for step in [0, 249, 250, 749, 750, 12_345, 100_000] {
            let expected = formula(step).min(0.99);
            let found = f64::from(rising.momentum(0.99, step, 750_000));
            assert!(
                (found - expected).abs() < 1e-6,
                "{step}: {found}, {expected}"
            );
        }
        assert!((rising.momentum(0.999, 0, 10_000) - 0.5).abs() < 1e-6);
        assert!((rising.momentum(0.999, 250, 10_000) - 0.75).abs() < 1e-6);
        let lowered = MomentumSchedule::RisingThenLowered;
        assert!(lowered.momentum(0.99, 8_999, 10_000) > 0.98);
        for step in [9_000, 9_999, 10_000, 20_000] {
            assert!((lowered.momentum(0.99, step, 10_000) - 0.9).abs() < 1e-6);
            assert!(rising.momentum(0.99, step, 10_000) > 0.98);
        }
        assert!(
            (lowered.momentum(0.5, 9_999, 10_000) - 0.5).abs() < 1e-6,
            "never raised"
        );
        let constant = MomentumSchedule::Constant;
        assert!((constant.momentum(0.99, 0, 10_000) - 0.99).abs() < 1e-6);
    }
}
