//! What training minimises: a reconstruction error plus weighted penalties.

use serde::{Deserialize, Serialize};

/// `J = Δ(target, x̂) + sparsity(h)`, one field for each kind of term.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Objective {
    /// Δ, how far the reconstruction is from its target.
    pub reconstruction: Reconstruction,
    /// Penalty on the code's activations.
    #[serde(default, skip_serializing_if = "Sparsity::is_none")]
    pub sparsity: Sparsity,
}

/// Δ, a mean over pixels and batch, as Keras reports it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reconstruction {
    /// Mean squared error, `(x̂ − x)²`.
    Mse,
    /// Binary cross-entropy in nats, `−x ln x̂ − (1 − x) ln(1 − x̂)`, computed from logits.
    Bce,
}

impl Reconstruction {
    /// All reconstruction errors, in the order a menu shows them.
    pub const ALL: [Self; 2] = [Self::Mse, Self::Bce];

    /// The name people use for it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Mse => "mean squared error",
            Self::Bce => "binary cross-entropy",
        }
    }

    /// The short name for axes and tables.
    #[must_use]
    pub fn short_label(self) -> &'static str {
        match self {
            Self::Mse => "MSE",
            Self::Bce => "BCE",
        }
    }

    /// The unit of its values.
    #[must_use]
    pub fn unit(self) -> &'static str {
        match self {
            Self::Mse => "per pixel",
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
}

impl Sparsity {
    /// Whether it adds nothing to the objective.
    #[must_use]
    pub fn is_none(&self) -> bool {
        *self == Self::None
    }
}

/// A number reported for each step: the objective or one of the terms it adds up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Term {
    /// J, the sum that training minimises.
    Objective,
    /// Δ, the reconstruction error.
    Reconstruction(Reconstruction),
    /// The weighted L1 penalty on the code.
    L1,
}

impl Term {
    /// The name people read in legends.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Objective => "objective",
            Self::Reconstruction(reconstruction) => reconstruction.short_label(),
            Self::L1 => "L1 penalty",
        }
    }

    /// The column of `metrics.csv`.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Objective => "total",
            Self::Reconstruction(Reconstruction::Mse) => "mse",
            Self::Reconstruction(Reconstruction::Bce) => "bce",
            Self::L1 => "l1",
        }
    }
}

impl Objective {
    /// The objective first, then every term it adds up.
    #[must_use]
    pub fn terms(&self) -> Vec<Term> {
        let penalty = match self.sparsity {
            Sparsity::None => None,
            Sparsity::L1 { .. } => Some(Term::L1),
        };
        [Term::Objective, Term::Reconstruction(self.reconstruction)]
            .into_iter()
            .chain(penalty)
            .collect()
    }

    /// The unit of a term's values: all terms are added, so all share the reconstruction's.
    #[must_use]
    pub fn unit(&self, _term: Term) -> &'static str {
        self.reconstruction.unit()
    }
}
