//! Which curves share an axis: terms are drawn together where they have a unit in common.

use hourglass_experiment::{Experiment, Term};

/// Curves that share an axis.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Group {
    /// J and the terms it adds up.
    #[default]
    Objective,
    /// What discriminator and encoder minimise against each other.
    Adversary,
    /// How often the discriminator is right.
    Accuracy,
    /// The encoder's Jacobian.
    Jacobian,
    /// The errors of layers that are trained one by one.
    Layers,
    /// What the classifiers of fine-tuning minimise.
    Classes,
    /// How often the classifiers are wrong.
    Errors,
}

impl Group {
    /// All groups, in the order of the choice.
    pub const ALL: [Self; 7] = [
        Self::Objective,
        Self::Layers,
        Self::Adversary,
        Self::Accuracy,
        Self::Jacobian,
        Self::Classes,
        Self::Errors,
    ];

    /// Its name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Objective => "objective",
            Self::Adversary => "adversary",
            Self::Accuracy => "accuracy",
            Self::Jacobian => "jacobian",
            Self::Layers => "layers",
            Self::Classes => "classes",
            Self::Errors => "errors",
        }
    }

    /// Whether a term is drawn in it.
    #[must_use]
    pub fn shows(self, term: Term) -> bool {
        match self {
            Self::Objective => term == Term::Objective || term.is_part(),
            Self::Adversary => matches!(term, Term::Discriminator | Term::Generator),
            Self::Accuracy => term == Term::DiscriminatorAccuracy,
            Self::Jacobian => term == Term::JacobianNorm,
            Self::Layers => term == Term::LayerReconstruction,
            Self::Classes => {
                matches!(term, Term::Classification | Term::ClassificationFromRandom)
            }
            Self::Errors => matches!(term, Term::ErrorRate | Term::ErrorRateFromRandom),
        }
    }

    /// The term that stands for it in figures.
    #[must_use]
    pub fn main_term(self) -> Term {
        match self {
            Self::Objective => Term::Objective,
            Self::Adversary => Term::Discriminator,
            Self::Accuracy => Term::DiscriminatorAccuracy,
            Self::Jacobian => Term::JacobianNorm,
            Self::Layers => Term::LayerReconstruction,
            Self::Classes => Term::Classification,
            Self::Errors => Term::ErrorRate,
        }
    }

    /// Whether its curves compare two networks, so that colours stand for these and not for the splits.
    #[must_use]
    pub fn compares_networks(self) -> bool {
        matches!(self, Self::Classes | Self::Errors)
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
            Self::Objective if terms.len() > 1 => unit.to_owned(),
            Self::Objective => format!("{}, {unit}", objective.reconstruction.short_label()),
            Self::Adversary => format!("adversary, {unit}"),
            Self::Accuracy => format!("discriminator right, {unit}"),
            Self::Jacobian => format!("‖J‖², {unit}"),
            Self::Layers => format!("error of the layer in training, {unit}"),
            Self::Classes => format!("cross-entropy of the classes, {unit}"),
            Self::Errors => format!("classified wrong, {unit}"),
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
