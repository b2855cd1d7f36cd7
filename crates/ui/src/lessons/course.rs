//! A person's progress in the lessons, the experiment that they replaced, and the way back to it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{ALL, Does, Lesson, LessonId, Measured, Step};
use hourglass_experiment::{DataSetId, Experiment};
use hourglass_state::LabState;

/// How far a person is in the lessons.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Course {
    progress: BTreeMap<LessonId, Progress>,
    current: Option<LessonId>,
    /// The person's own experiment before the first button of a lesson changed it.
    own: Option<Experiment>,
    /// What steps changed, the newest last: the step, and the experiment before it.
    #[serde(skip)]
    changed: Vec<(LessonId, usize, Experiment)>,
}

/// How far a person is in one lesson.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Progress {
    step: usize,
    /// What was chosen of a step's three answers.
    guesses: BTreeMap<usize, usize>,
    /// What the runs of the steps have come to, once a goal was met.
    measured: BTreeMap<usize, Measured>,
    is_done: bool,
}

impl Course {
    /// Most changes that can be taken back one after the other.
    const MAX_CHANGED: usize = 16;

    /// The lesson in progress with the place of its step.
    #[must_use]
    pub fn current(&self) -> Option<(&'static Lesson, usize)> {
        let lesson = self.current?.lesson();
        let step = self.progress_of(lesson.id).step;
        Some((lesson, step.min(lesson.steps.len() - 1)))
    }

    /// The step in progress.
    #[must_use]
    pub fn step(&self) -> Option<&'static Step> {
        let (lesson, step) = self.current()?;
        lesson.steps.get(step)
    }

    /// The experiment the person had before the lessons changed it.
    #[must_use]
    pub fn own(&self) -> Option<&Experiment> {
        self.own.as_ref()
    }

    /// Steps that a person has come to, of how many; and whether the lesson was gone through.
    #[must_use]
    pub fn progress(&self, lesson: &Lesson) -> (usize, usize, bool) {
        let progress = self.progress.get(&lesson.id);
        let (step, is_done) = progress.map_or((0, false), |of| (of.step + 1, of.is_done));
        (step.min(lesson.steps.len()), lesson.steps.len(), is_done)
    }

    /// What was guessed at a step.
    #[must_use]
    pub fn guess(&self, lesson: LessonId, step: usize) -> Option<usize> {
        let progress = self.progress.get(&lesson)?;
        progress.guesses.get(&step).copied()
    }

    /// Notes a guess at a step; the first one counts.
    pub fn take_guess(&mut self, lesson: LessonId, step: usize, choice: usize) {
        let progress = self.progress.entry(lesson).or_default();
        progress.guesses.entry(step).or_insert(choice);
    }

    /// What the run of a step has come to on these images.
    #[must_use]
    pub fn measured(&self, lesson: LessonId, step: usize, data: DataSetId) -> Option<&Measured> {
        let progress = self.progress.get(&lesson)?;
        let measured = progress.measured.get(&step)?;
        measured.is_on(data).then_some(measured)
    }

    /// Whether what a step's question asks for has come about on these images.
    #[must_use]
    pub fn has_happened(&self, lesson: &Lesson, step: usize, data: DataSetId) -> bool {
        let question = lesson
            .steps
            .get(step)
            .and_then(|step| step.question.as_ref());
        let waits = question.is_some_and(|question| question.goal.is_some());
        !waits || self.measured(lesson.id, step, data).is_some()
    }

    /// The answer to a step's question, and the place of the right choice; `None` before there is a guess and what
    /// the answer speaks of was measured on these images.
    #[must_use]
    pub fn answer(&self, lesson: &Lesson, step: usize, data: DataSetId) -> Option<(String, usize)> {
        let question = lesson.steps.get(step)?.question.as_ref()?;
        self.guess(lesson.id, step)?;
        if !self.has_happened(lesson, step, data) {
            return None;
        }
        let measured = |step| self.measured(lesson.id, step, data);
        let right = question.guess.right(step, &measured)?;
        Some((question.answer.filled(step, &measured)?, right))
    }

    /// Whether the step in progress changed the experiment.
    #[must_use]
    pub fn can_take_back(&self) -> Option<&Experiment> {
        let (lesson, step) = self.current()?;
        let (of, at, before) = self.changed.last()?;
        (*of == lesson.id && *at == step).then_some(before)
    }

    /// Begins or continues a lesson; one that was completed starts over.
    pub fn start(&mut self, lesson: LessonId) {
        let progress = self.progress.entry(lesson).or_default();
        if progress.is_done {
            *progress = Progress::default();
        }
        self.current = Some(lesson);
        self.changed.clear();
    }

    /// Goes to a step of the lesson in progress; past the last one the lesson is done and left.
    pub fn go_to(&mut self, step: usize) {
        let Some(id) = self.current else { return };
        let last = id.lesson().steps.len() - 1;
        let progress = self.progress.entry(id).or_default();
        if step > last {
            progress.is_done = true;
            self.current = None;
            self.changed.clear();
        } else {
            progress.step = step;
        }
    }

    /// Leaves the lesson; it can be gone on with.
    pub fn leave(&mut self) {
        self.current = None;
        self.changed.clear();
    }

    /// What the button of the step in progress does; notes the experiment before it.
    pub fn begin_offer(&mut self, draft: &Experiment) -> Option<&'static Does> {
        let (lesson, step) = self.current()?;
        let does = &lesson.steps.get(step)?.offer.as_ref()?.does;
        let experiment = does.experiment(draft);
        if experiment.is_some_and(|experiment| experiment != *draft) {
            self.own.get_or_insert_with(|| draft.clone());
            if self.can_take_back().is_none() {
                if self.changed.len() == Self::MAX_CHANGED {
                    self.changed.remove(0);
                }
                self.changed.push((lesson.id, step, draft.clone()));
            }
        }
        Some(does)
    }

    /// Goes to the step before; the experiment as it was before this step changed it, if it did.
    pub fn step_back(&mut self) -> Option<Experiment> {
        let (_, step) = self.current()?;
        let before = self.can_take_back().cloned();
        if before.is_some() {
            self.changed.pop();
        }
        self.go_to(step.saturating_sub(1));
        before
    }

    /// Gives the person's own experiment back; it is not kept any longer.
    pub fn take_own(&mut self) -> Option<Experiment> {
        self.changed.clear();
        self.own.take()
    }

    /// Notes what the laboratory has come to: what a run measured that met the goal of the step stays known.
    pub fn notice(&mut self, state: &LabState) {
        let Some((lesson, step)) = self.current() else {
            return;
        };
        let question = lesson
            .steps
            .get(step)
            .and_then(|step| step.question.as_ref());
        let goal = question.and_then(|question| question.goal.as_ref());
        if goal.is_some_and(|goal| goal.is_met(state))
            && let Some(measured) = Measured::of(lesson.quotes(step), state)
        {
            let progress = self.progress.entry(lesson.id).or_default();
            progress.measured.insert(step, measured);
        }
    }

    /// Without lessons and steps that are not there: what is remembered may be of another version.
    #[must_use]
    pub fn mended(mut self) -> Self {
        for lesson in &ALL {
            if let Some(progress) = self.progress.get_mut(&lesson.id) {
                let n_steps = lesson.steps.len();
                progress.step = progress.step.min(n_steps - 1);
                progress.guesses.retain(|&step, _| step < n_steps);
                progress.measured.retain(|&step, _| step < n_steps);
            }
        }
        self.own = self.own.filter(|own| own.validate().is_ok());
        self
    }

    fn progress_of(&self, lesson: LessonId) -> Progress {
        self.progress.get(&lesson).cloned().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hourglass_experiment::PresetId;

    #[test]
    fn a_lesson_is_left_and_gone_on_with_and_begins_anew_once_it_is_done() {
        let mut course = Course::default();
        course.start(LessonId::Linear);
        course.go_to(1);
        course.leave();
        assert!(course.current().is_none());
        let text = serde_json::to_string(&course).expect("plain data");
        let mut course: Course = serde_json::from_str(&text).expect("just written");
        course.start(LessonId::Linear);
        assert_eq!(course.current().map(|(_, step)| step), Some(1));
        course.go_to(99);
        assert!(course.current().is_none());
        assert!(course.progress(LessonId::Linear.lesson()).2);
        course.start(LessonId::Linear);
        assert_eq!(course.current().map(|(_, step)| step), Some(0));
    }

    #[test]
    fn what_a_step_changed_is_taken_back_and_the_own_experiment_is_kept() {
        let mut course = Course::default();
        course.start(LessonId::Bottleneck);
        let own = PresetId::Conv4.preset().experiment();
        let first = course
            .begin_offer(&own)
            .and_then(|does| does.experiment(&own));
        let first = first.expect("the first step trains a preset");
        course.go_to(1);
        let second = course
            .begin_offer(&first)
            .and_then(|does| does.experiment(&first));
        assert!(second.is_some_and(|second| second != first));
        assert_eq!(course.step_back(), Some(first), "before the second step");
        assert_eq!(course.step_back(), Some(own.clone()), "before the first");
        assert_eq!(course.take_own(), Some(own));
        assert_eq!(course.take_own(), None);
    }

    #[test]
    fn what_is_remembered_of_another_version_is_mended() {
        let text = r#"{"progress":{"waist":{"step":99,"guesses":{"0":1,"50":1},"is_done":false}},"current":"waist"}"#;
        let course: Course = serde_json::from_str(text).expect("readable");
        let course = course.mended();
        let (lesson, step) = course.current().expect("it is the current one");
        assert_eq!(step, lesson.steps.len() - 1);
        assert_eq!(course.guess(LessonId::Bottleneck, 0), Some(1));
        assert_eq!(course.guess(LessonId::Bottleneck, 50), None);
    }
}
