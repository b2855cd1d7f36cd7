//! Which group of curves is shown, and what its choice says.

use std::mem::{Discriminant, discriminant};

use crate::experiment::{Stage, Term};
use crate::state::{History, RunState};
use crate::ui::segmented::Segment;

pub use crate::figure::Group;

/// What the window adds to a group.
impl Group {
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

    /// The terms that get curves.
    #[must_use]
    pub fn terms(self, history: &History) -> Vec<Term> {
        self.terms_among(history.terms().chain(history.test_terms()))
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
