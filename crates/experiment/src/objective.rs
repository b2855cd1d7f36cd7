//! What training minimises: a reconstruction error plus weighted penalties.

use serde::{Deserialize, Serialize};

use super::{Prior, is_zero};

/// `J = Δ(target, x̂) + sparsity(h) + λ_c·‖∂h/∂x‖²_F + prior(h)`, one field for each kind of term.
///
/// Without a prior Δ is a mean over pixels and batch, as Keras reports it. With one it is summed over an
/// image's pixels, in nats where it is a likelihood, so that β = 1 is the textbook bound; see
/// [`Objective::is_per_image`].
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Objective {
    /// Δ, how far the reconstruction is from its target.
    pub reconstruction: Reconstruction,
    /// `λ_c`, weight of the squared Frobenius norm of the encoder's Jacobian (Rifai et al. 2011). 0: none.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub contraction: f32,
    /// Penalty on the code's activations.
    #[serde(default, skip_serializing_if = "Sparsity::is_none")]
    pub sparsity: Sparsity,
    /// What the codes of all images together are to look like.
    #[serde(default, skip_serializing_if = "Prior::is_none")]
    pub prior: Prior,
}

/// Δ, how far a reconstruction is from its target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reconstruction {
    /// Mean squared error, `(x̂ − x)²`.
    Mse,
    /// Binary cross-entropy in nats, `−x ln x̂ − (1 − x) ln(1 − x̂)`, computed from logits.
    Bce,
    /// Mean absolute error, `|x̂ − x|`.
    Mae,
}

impl Reconstruction {
    /// All reconstruction errors, in the order a menu shows them.
    pub const ALL: [Self; 3] = [Self::Mse, Self::Bce, Self::Mae];

    /// The name people use for it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Mse => "mean squared error",
            Self::Bce => "binary cross-entropy",
            Self::Mae => "mean absolute error",
        }
    }

    /// The short name for axes and tables.
    #[must_use]
    pub fn short_label(self) -> &'static str {
        match self {
            Self::Mse => "MSE",
            Self::Bce => "BCE",
            Self::Mae => "MAE",
        }
    }

    /// The unit of its values.
    #[must_use]
    pub fn unit(self) -> &'static str {
        match self {
            Self::Mse | Self::Mae => "per pixel",
            Self::Bce => "nats per pixel",
        }
    }
}

/// A penalty that keeps most of the code near zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Sparsity {
    /// No penalty.
    #[default]
    None,
    /// `λ · mean over the batch of Σⱼ |hⱼ|`
    L1 {
        /// λ
        weight: f32,
    },
    /// `β Σⱼ KL(ρ ‖ ρ̂ⱼ)`, ρ̂ⱼ the batch mean of unit j (Ng 2011, “Sparse autoencoder”, CS294A notes).
    Kl {
        /// ρ, the mean activation asked for.
        target: f32,
        /// β
        weight: f32,
    },
}

impl Sparsity {
    /// One of each kind at a strength that shows, in the order a menu shows them.
    pub const KINDS: [Self; 3] = [
        Self::None,
        Self::L1 { weight: 6.4e-4 },
        Self::Kl {
            target: 0.05,
            weight: 1e-3,
        },
    ];

    /// The name people use for it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::L1 { .. } => "L1",
            Self::Kl { .. } => "KL to a mean ρ",
        }
    }

    /// Whether it adds nothing to the objective.
    #[must_use]
    pub fn is_none(&self) -> bool {
        *self == Self::None
    }
}

/// A number reported for each step: the objective, one of the terms it adds up, or a figure beside them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Term {
    /// J, the sum that training minimises.
    Objective,
    /// Δ, the reconstruction error.
    Reconstruction(Reconstruction),
    /// The weighted L1 penalty on the code.
    L1,
    /// The weighted divergence of the units' mean activations from ρ.
    KlSparsity,
    /// The weighted squared norm of the encoder's Jacobian.
    Contraction,
    /// The weighted divergence of `q(z|x)` from the prior.
    LatentKl,
    /// The weighted `−ln D(h)`, which falls as the encoder deceives the discriminator.
    Generator,
    /// `−ln D(z) − ln(1 − D(h))`, what the discriminator minimises; 2 ln 2 when it cannot tell.
    Discriminator,
    /// Share of samples and codes that the discriminator tells right, in per cent.
    DiscriminatorAccuracy,
    /// `‖∂h/∂x‖²_F`, averaged over the batch, without its weight.
    JacobianNorm,
    /// Error of one layer rebuilding its own input, in greedy pre-training.
    LayerReconstruction,
    /// Cross-entropy of the classes, in fine-tuning.
    Classification,
    /// The same of the network that started from random weights.
    ClassificationFromRandom,
    /// Share of images classified wrong, in per cent.
    ErrorRate,
    /// The same of the network that started from random weights.
    ErrorRateFromRandom,
}

impl Term {
    /// Every number there is a column for.
    const ALL: [Self; 17] = [
        Self::Objective,
        Self::Reconstruction(Reconstruction::Mse),
        Self::Reconstruction(Reconstruction::Bce),
        Self::Reconstruction(Reconstruction::Mae),
        Self::L1,
        Self::KlSparsity,
        Self::Contraction,
        Self::LatentKl,
        Self::Generator,
        Self::Discriminator,
        Self::DiscriminatorAccuracy,
        Self::JacobianNorm,
        Self::LayerReconstruction,
        Self::Classification,
        Self::ClassificationFromRandom,
        Self::ErrorRate,
        Self::ErrorRateFromRandom,
    ];

    /// The term of a column of `metrics.csv`.
    #[must_use]
    pub fn of_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|term| term.key() == key)
    }

    /// The name people read in legends.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Objective => "objective",
            Self::Reconstruction(reconstruction) => reconstruction.short_label(),
            Self::L1 => "L1 penalty",
            Self::KlSparsity => "KL sparsity",
            Self::Contraction => "contraction",
            Self::LatentKl => "KL to prior",
            Self::Generator => "generator",
            Self::Discriminator => "discriminator",
            Self::DiscriminatorAccuracy => "discriminator accuracy",
            Self::JacobianNorm => "‖J‖²",
            Self::LayerReconstruction => "layer error",
            Self::Classification => "cross-entropy, pre-trained",
            Self::ClassificationFromRandom => "cross-entropy, from random",
            Self::ErrorRate => "error, pre-trained",
            Self::ErrorRateFromRandom => "error, from random",
        }
    }

    /// The column of `metrics.csv`.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Objective => "total",
            Self::Reconstruction(Reconstruction::Mse) => "mse",
            Self::Reconstruction(Reconstruction::Bce) => "bce",
            Self::Reconstruction(Reconstruction::Mae) => "mae",
            Self::L1 => "l1",
            Self::KlSparsity => "kl_sparsity",
            Self::Contraction => "contraction",
            Self::LatentKl => "kl",
            Self::Generator => "generator",
            Self::Discriminator => "discriminator",
            Self::DiscriminatorAccuracy => "discriminator_accuracy",
            Self::JacobianNorm => "jacobian_norm",
            Self::LayerReconstruction => "layer_error",
            Self::Classification => "classification",
            Self::ClassificationFromRandom => "classification_from_random",
            Self::ErrorRate => "error_rate",
            Self::ErrorRateFromRandom => "error_rate_from_random",
        }
    }

    /// Whether the objective adds it up; otherwise it is a figure beside it, with a unit of its own.
    #[must_use]
    pub fn is_part(self) -> bool {
        matches!(
            self,
            Self::Reconstruction(_)
                | Self::L1
                | Self::KlSparsity
                | Self::Contraction
                | Self::LatentKl
                | Self::Generator
        )
    }
}

impl Objective {
    /// The objective first, then every term it adds up, then the figures beside it.
    #[must_use]
    pub fn terms(&self) -> Vec<Term> {
        let mut terms = vec![Term::Objective, Term::Reconstruction(self.reconstruction)];
        match self.sparsity {
            Sparsity::None => {}
            Sparsity::L1 { .. } => terms.push(Term::L1),
            Sparsity::Kl { .. } => terms.push(Term::KlSparsity),
        }
        if self.contraction > 0.0 {
            terms.push(Term::Contraction);
        }
        match self.prior {
            Prior::None => {}
            Prior::Variational(_) => terms.push(Term::LatentKl),
            Prior::Adversarial(_) => terms.push(Term::Generator),
        }
        if self.contraction > 0.0 {
            terms.push(Term::JacobianNorm);
        }
        if self.prior.adversarial().is_some() {
            terms.extend([Term::Discriminator, Term::DiscriminatorAccuracy]);
        }
        terms
    }

    /// Whether Δ is summed over an image's pixels instead of averaged, as priors need it.
    #[must_use]
    pub fn is_per_image(&self) -> bool {
        !self.prior.is_none()
    }

    /// The unit of a term's values. All terms that are added share the reconstruction's.
    #[must_use]
    pub fn unit(&self, term: Term) -> &'static str {
        match term {
            Term::DiscriminatorAccuracy | Term::ErrorRate | Term::ErrorRateFromRandom => "%",
            Term::Discriminator => "nats",
            Term::Classification | Term::ClassificationFromRandom => "nats per image",
            Term::LayerReconstruction => "per input",
            Term::JacobianNorm => "per image",
            _ if !self.is_per_image() => self.reconstruction.unit(),
            _ if self.reconstruction == Reconstruction::Bce => "nats per image",
            _ if self.prior.variational().is_some() => "nats per image",
            _ => "per image",
        }
    }
}
