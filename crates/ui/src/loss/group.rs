//! Which group of curves is shown, and what its choice says.

use std::mem::{Discriminant, discriminant};

use crate::segmented::Segment;
use hourglass_experiment::{Stage, Term};
use hourglass_state::{History, RunState};

pub use hourglass_experiment::Group;

fn segment(group: Group) -> Segment<'static, Group> {
    let info = group.info();
    Segment {
        value: group,
        text: info.label,
        help: info.help,
    }
}

/// The groups that a run has curves for.
#[must_use]
pub fn groups_of(run: &RunState) -> Vec<Segment<'static, Group>> {
    let terms = run.experiment.terms();
    let is_there = |group: &Group| terms.iter().any(|&term| group.shows(term));
    let groups = Group::all().into_iter().filter(is_there);
    groups.map(segment).collect()
}

/// The group that a part of training is about.
#[must_use]
pub fn group_of_stage(stage: Stage) -> Group {
    match stage {
        Stage::Pretraining { .. } => Group::Layers,
        Stage::Joint => Group::Objective,
        Stage::FineTuning => Group::Errors,
    }
}

/// The terms of a group that get curves.
#[must_use]
pub fn terms_of(group: Group, history: &History) -> Vec<Term> {
    group.terms_among(history.terms().chain(history.test_terms()))
}

/// The group that is shown: the one a person chose in this part of training, else the one this part is about.
#[derive(Clone, Copy, Debug, Default)]
pub struct GroupChoice {
    chosen: Option<(Discriminant<Stage>, Group)>,
}

impl GroupChoice {
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
        chosen.unwrap_or_else(|| group_of_stage(stage))
    }

    /// Shows another group until training comes to another part.
    pub fn choose(&mut self, run: &RunState, group: Group) {
        self.chosen = Some((discriminant(&run.position().stage), group));
    }
}
