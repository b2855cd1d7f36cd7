//! What the panel shows of which runs, and the same in words.

use hourglass_experiment::Term;
use hourglass_state::{LabState, RunState};

use super::curve::LossScale;
use super::group::{Group, terms_of};
use super::options::LossOptions;
use super::reference::Reference;

/// What the panel is about.
#[derive(Clone, Copy)]
pub struct LossSubject<'a> {
    pub state: &'a LabState,
    pub run: &'a RunState,
    /// B, where two runs are compared.
    pub comparison: Option<&'a RunState>,
}

impl LossSubject<'_> {
    /// Whether the run before can be drawn on the axis of a term: it may have counted in another unit. While two runs
    /// are compared, a third would be one too many.
    #[must_use]
    pub fn draws_ghost(self, term: Term) -> bool {
        let ghost = self.run.ghost.as_ref();
        let fits = ghost.is_some_and(|ghost| ghost.counts_as(&self.run.experiment, term));
        fits && self.comparison.is_none()
    }

    /// Whether the comparison run can be drawn on the axis of a term.
    #[must_use]
    pub fn draws_comparison(self, term: Term) -> bool {
        let unit = |run: &RunState| run.experiment.objective.unit(term);
        self.comparison
            .is_some_and(|comparison| unit(comparison) == unit(self.run))
    }
}

/// What the panel shows of a run, found once for each frame.
#[derive(Debug)]
pub struct ShownTerms {
    pub group: Group,
    pub terms: Vec<Term>,
    pub scale: LossScale,
    /// Whether colours stand for two runs that are compared, and dashes for their splits.
    pub compares_runs: bool,
    /// The reference lines, except those that are hidden.
    pub references: Vec<Reference>,
}

impl ShownTerms {
    /// Finds it; `all` are all reference lines.
    #[must_use]
    pub fn of(
        group: Group,
        options: &LossOptions,
        subject: LossSubject<'_>,
        all: &[Reference],
    ) -> Self {
        let is_shown = |line: &&Reference| !options.hidden_references.contains(&line.kind);
        Self {
            group,
            terms: terms_of(group, &subject.run.history),
            compares_runs: !group.compares_networks()
                && subject.draws_comparison(group.main_term()),
            scale: if group.is_share() {
                LossScale::Linear
            } else {
                options.scale
            },
            references: all.iter().filter(is_shown).cloned().collect(),
        }
    }
}
