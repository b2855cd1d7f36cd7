//! Which curves share an axis: terms are shown together where they have a unit in common.

use std::mem::{Discriminant, discriminant};

use crate::experiment::{Experiment, Stage, Term};
use crate::state::{History, RunState};
use crate::ui::segmented::Segment;

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

    fn segment(self) -> Segment<'static, Self> {
        let (text, help) = match self {
            Self::Objective => (
                "objective",
                "What training minimises, and the terms it adds up",
            ),
            Self::Layers => (
                "layers",
                "Greedy pre-training: how well the layer in training rebuilds its own input",
            ),
            Self::Adversary => (
                "adversary",
                "What discriminator and encoder minimise against each other; both level off where the \
                 discriminator cannot tell codes from samples",
            ),
            Self::Accuracy => (
                "accuracy",
                "Share of samples and codes that the discriminator tells right; 50 % is guessing",
            ),
            Self::Jacobian => (
                "‖J‖²",
                "How much the code moves when a pixel does: the squared norm of the encoder's Jacobian, \
                 without its weight",
            ),
            Self::Classes => (
                "classes",
                "Fine-tuning: cross-entropy of the classes, from the trained encoder and from random weights",
            ),
            Self::Errors => (
                "error %",
                "Fine-tuning: share of images classified wrong, from the trained encoder and from random weights",
            ),
        };
        Segment {
            value: self,
            text,
            help,
        }
    }

    /// The groups that a run has curves for.
    #[must_use]
    pub fn of_run(run: &RunState) -> Vec<Segment<'static, Self>> {
        let terms = run.experiment.terms();
        let is_there = |group: &Self| terms.iter().any(|&term| group.shows(term));
        let groups = Self::ALL.into_iter().filter(is_there);
        groups.map(Self::segment).collect()
    }

    /// The group that a part of training is about.
    #[must_use]
    pub fn of_stage(stage: Stage) -> Self {
        match stage {
            Stage::Pretraining { .. } => Self::Layers,
            Stage::Joint => Self::Objective,
            Stage::FineTuning => Self::Errors,
        }
    }

    /// The terms that get curves. Without a penalty the reconstruction error is the objective, and one curve
    /// says it.
    #[must_use]
    pub fn terms(self, history: &History) -> Vec<Term> {
        let mut terms: Vec<Term> = history.terms().chain(history.test_terms()).collect();
        terms.retain(|&term| self.shows(term));
        terms.sort_unstable();
        terms.dedup();
        match terms[..] {
            [Term::Objective, Term::Reconstruction(_)] => vec![Term::Objective],
            _ => terms,
        }
    }
}

/// The group that is shown: the one a person chose in this part of training, else the one this part is about.
#[derive(Clone, Copy, Debug, Default)]
pub struct Choice {
    chosen: Option<(Discriminant<Stage>, Group)>,
}

impl Choice {
    /// The group to show.
    #[must_use]
    pub fn group(self, run: &RunState) -> Group {
        let stage = run.position().stage;
        let is_there = |group: Group| {
            let terms = run.experiment.terms();
            terms.iter().any(|&term| group.shows(term))
        };
        let chosen = self.chosen.filter(|(at, _)| *at == discriminant(&stage));
        let chosen = chosen
            .map(|(_, group)| group)
            .filter(|&group| is_there(group));
        chosen.unwrap_or_else(|| Group::of_stage(stage))
    }

    /// Shows another group until training comes to another part.
    pub fn choose(&mut self, run: &RunState, group: Group) {
        self.chosen = Some((discriminant(&run.position().stage), group));
    }
}
