//! Guided lessons: a few steps each, which say what to look at, set the controls on request and notice when a
//! person has got there. The lessons are data, one file each in `catalog`; this is what they are made of.

mod catalog;
mod course;
mod goal;
mod list;
mod strip;

use serde::{Deserialize, Serialize};

use super::pane::Pane;
use hourglass_experiment::{Corruption, Experiment, PresetId, Sparsity};

pub use catalog::ALL;
pub use course::Course;
pub use goal::{Goal, What};
pub use list::show as show_list;

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
    /// What a button does, where there is one.
    pub offer: Option<Offer>,
    /// What is asked, where something is.
    pub question: Option<Question>,
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

/// A setting that a lesson changes.
#[derive(Clone, Copy, Debug)]
pub enum Change {
    /// Units of the code.
    Code(usize),
    /// Hidden layers of a dense network.
    Hidden(&'static [usize]),
    /// Penalty on the code.
    Sparsity(Sparsity),
    /// What happens to the input.
    Corruption(Corruption),
    /// Strength of the corruption when measuring.
    TestNoise(f32),
    /// Epochs with all layers together.
    Epochs(usize),
}

/// What a step asks.
#[derive(Debug)]
pub struct Question {
    /// The question.
    pub asks: &'static str,
    /// What has to come about before it is answered; without, a button shows the answer.
    pub goal: Option<Goal>,
    pub answer: &'static str,
}

impl Lesson {
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

impl Change {
    fn apply(self, experiment: &mut Experiment) {
        match self {
            Self::Code(units) => {
                if let Some(dense) = experiment.architecture.as_dense_mut() {
                    dense.code = units;
                }
            }
            Self::Hidden(sizes) => {
                if let Some(dense) = experiment.architecture.as_dense_mut() {
                    dense.hidden = sizes.to_vec();
                }
            }
            Self::Sparsity(sparsity) => experiment.objective.sparsity = sparsity,
            Self::Corruption(corruption) => experiment.corruption = corruption,
            Self::TestNoise(strength) => experiment.test_noise = Some(strength),
            Self::Epochs(epochs) => experiment.training.epochs = epochs,
        }
    }
}
