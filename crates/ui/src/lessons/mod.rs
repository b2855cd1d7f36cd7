//! Guided lessons: a few steps each, which say what to look at, set the controls on request and notice when a
//! person has got there. The lessons are data, one file each in `catalog`; this is what they are made of.

mod catalog;
mod change;
mod course;
mod goal;
mod list;
mod quote;
mod strip;

use serde::{Deserialize, Serialize};

use super::pane::Pane;
use hourglass_experiment::{Experiment, PresetId};

pub use catalog::ALL;
pub use change::Change;
pub use course::Course;
pub use goal::{Goal, What};
pub use list::show as show_list;
pub use quote::{Answer, Guess, Measured, Quote, Right, Said};

/// Identifies a lesson in what is remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LessonId {
    /// Compression and the bottleneck.
    #[serde(rename = "waist")]
    Bottleneck,
    /// PCA and the linear case.
    Linear,
    /// Copying and overcompleteness.
    Copying,
    Sparsity,
    Denoising,
    /// From code to generation.
    Generation,
}

#[derive(Debug)]
pub struct Lesson {
    pub id: LessonId,
    pub title: &'static str,
    /// What it is about, in a sentence.
    pub about: &'static str,
    /// Its steps, in order.
    pub steps: &'static [Step],
}

/// A step of a lesson.
#[derive(Debug)]
pub struct Step {
    /// What there is to know, in two or three sentences.
    pub text: &'static str,
    /// The view to look at, which comes forward.
    pub look: Pane,
    /// How the view has to stand for what is asked.
    pub shows: Shows,
    /// What a button does, where there is one.
    pub offer: Option<Offer>,
    /// What is asked, where something is.
    pub question: Option<Question>,
}

/// How the view of a step has to stand for what is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shows {
    /// As the person left it.
    AsItIs,
    /// The activations of the code.
    Code,
    /// What each unit of a variational code says.
    CodeNats,
    /// The row of this name among the numbers.
    Row(&'static str),
}

/// What the button of a step does, by the same actions as a person's.
#[derive(Debug)]
pub struct Offer {
    /// What the button says.
    pub label: &'static str,
    pub does: Does,
}

/// What a button does.
#[derive(Debug)]
pub enum Does {
    /// Starts a new model of an experiment and trains it.
    Train {
        /// The preset it is made from.
        preset: PresetId,
        /// What of it is changed.
        changes: &'static [Change],
    },
    /// Changes the run in progress, which keeps its weights and trains on.
    Tune(&'static [Change]),
    /// Measures what the code is worth.
    Judge,
}

/// What a step asks.
#[derive(Debug)]
pub struct Question {
    /// The question.
    pub asks: &'static str,
    /// What has to come about before it is answered; without, a guess is enough.
    pub goal: Option<Goal>,
    /// What to choose from before the answer is shown.
    pub guess: Guess,
    pub answer: Answer,
}

impl Question {
    /// The numbers that it needs, with the step that each is of, `this` being its own.
    fn needs(&self, this: usize) -> impl Iterator<Item = (usize, Quote)> {
        let of_guess = match self.guess.right {
            Right::By(said, _) => Some(said),
            Right::Always(_) => None,
        };
        let all = self.answer.said.iter().copied().chain(of_guess);
        all.flat_map(move |said| said.needs(this))
    }
}

impl Lesson {
    /// The numbers of a step's run that its own question or a later one needs.
    pub fn quotes(&self, of: usize) -> impl Iterator<Item = Quote> + '_ {
        let questions = self.steps.iter().enumerate();
        let questions = questions.filter_map(|(step, with)| Some((step, with.question.as_ref()?)));
        questions
            .flat_map(|(step, question)| question.needs(step))
            .filter(move |(step, _)| *step == of)
            .map(|(_, quote)| quote)
    }

    /// The presets it works with.
    pub fn presets(&self) -> impl Iterator<Item = PresetId> + '_ {
        self.steps
            .iter()
            .filter_map(|step| match step.offer.as_ref()?.does {
                Does::Train { preset, .. } => Some(preset),
                Does::Tune(_) | Does::Judge => None,
            })
    }
}

impl Does {
    /// The experiment that follows from this one; `None` if there is none. The seed stays.
    #[must_use]
    pub fn experiment(&self, draft: &Experiment) -> Option<Experiment> {
        let (mut experiment, changes) = match self {
            Self::Train { preset, changes } => (preset.preset().experiment(), changes),
            Self::Tune(changes) => (draft.clone(), changes),
            Self::Judge => return None,
        };
        experiment.seed = draft.seed;
        for change in *changes {
            change.apply(&mut experiment);
        }
        Some(experiment)
    }
}
