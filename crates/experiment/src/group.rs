//! Which curves share an axis: terms are drawn together where they have a unit in common.

use super::{Experiment, Group, Pen, Role, Term};

/// A group in words.
#[derive(Clone, Copy, Debug)]
pub struct GroupInfo {
    /// Its name on the command line.
    pub name: &'static str,
    /// Its name in the window's choice.
    pub label: &'static str,
    /// What the choice says when the pointer rests on it.
    pub help: &'static str,
    /// What its axis shows.
    pub axis: &'static str,
    /// The term that stands for it in figures.
    pub main_term: Term,
}

impl Group {
    #[must_use]
    pub fn info(self) -> GroupInfo {
        // Name, label and axis; the term that stands for it; help.
        let ([name, label, axis], main_term, help) = match self {
            Self::Objective => (
                ["objective", "objective", "objective and its terms"],
                Term::Objective,
                "What training minimises, and the terms of its sum",
            ),
            Self::Layers => (
                ["layers", "layers", "error of the layer being trained"],
                Term::LayerReconstruction,
                "Greedy pre-training: how well the layer being trained reconstructs its own input",
            ),
            Self::Adversary => (
                ["adversary", "adversary", "adversary"],
                Term::Discriminator,
                "What the discriminator and the encoder minimise against each other; both level off when the \
                 discriminator cannot tell codes from samples",
            ),
            Self::Accuracy => (
                ["accuracy", "accuracy", "discriminator accuracy"],
                Term::DiscriminatorAccuracy,
                "Share of samples and codes that the discriminator classifies correctly; 50 % is guessing",
            ),
            Self::Jacobian => (
                ["jacobian", "‖J‖²", "‖J‖²"],
                Term::JacobianNorm,
                "How much the code changes when a pixel does: the squared norm of the encoder's Jacobian at what it is \
                 shown, without its weight",
            ),
            Self::Classes => (
                ["classes", "classes", "cross-entropy of the classes"],
                Term::Classification,
                "Fine-tuning: cross-entropy of the classes, from the trained encoder and from random weights",
            ),
            Self::Errors => (
                ["errors", "error %", "misclassified"],
                Term::ErrorRate,
                "Fine-tuning: share of misclassified images, from the trained encoder and from random weights",
            ),
        };
        GroupInfo {
            name,
            label,
            help,
            axis,
            main_term,
        }
    }

    /// Whether a term is drawn in it.
    #[must_use]
    pub fn shows(self, term: Term) -> bool {
        match term.info().role {
            Role::Objective => self == Self::Objective,
            Role::Part { also_in } => self == Self::Objective || also_in == Some(self),
            Role::Beside { group, .. } => self == group,
        }
    }

    /// The term that stands for it in figures.
    #[must_use]
    pub fn main_term(self) -> Term {
        self.info().main_term
    }

    /// Whether its curves compare two networks, so that colours stand for these and not for the splits.
    #[must_use]
    pub fn compares_networks(self) -> bool {
        self.main_term().info().pen == Pen::Compared
    }

    /// Whether its values are shares, for which a logarithm means little.
    #[must_use]
    pub fn is_share(self) -> bool {
        self == Self::Accuracy
    }

    /// What its axis shows, with the unit. `terms` are those that are drawn.
    #[must_use]
    pub fn title(self, experiment: &Experiment, terms: &[Term]) -> String {
        let objective = &experiment.objective;
        let unit = objective.unit(self.main_term());
        match self {
            Self::Objective if terms.len() > 1 => unit.to_string(),
            Self::Objective => format!("{}, {unit}", objective.reconstruction.short_label()),
            Self::Layers
            | Self::Adversary
            | Self::Accuracy
            | Self::Jacobian
            | Self::Classes
            | Self::Errors => format!("{}, {unit}", self.info().axis),
        }
    }

    /// Those of some terms that get curves. Without a penalty the reconstruction error is the objective, and one
    /// curve says it.
    #[must_use]
    pub fn terms_among(self, terms: impl Iterator<Item = Term>) -> Vec<Term> {
        let mut terms: Vec<Term> = terms.filter(|&term| self.shows(term)).collect();
        terms.sort_unstable();
        terms.dedup();
        match terms[..] {
            [Term::Objective, Term::Reconstruction(_)] => vec![Term::Objective],
            _ => terms,
        }
    }
}
