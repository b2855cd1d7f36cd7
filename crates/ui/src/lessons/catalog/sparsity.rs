//! Lesson 4: few active units instead of few units.

use crate::lessons::{Change, Does, Goal, Lesson, LessonId, Offer, Question, Step, What};
use crate::pane::Pane;
use hourglass_experiment::{Bound, Figure, PresetId, Sparsity};

pub(super) const LESSON: Lesson = Lesson {
    id: LessonId::Sparsity,
    title: "Sparsity",
    about: "Penalise every unit that is on. What happens to the code, and what does it cost?",
    steps: &[
        Step {
            text: "First without a penalty. The histogram shows all activations of the code over the test images: \
                   sigmoid units, between 0 and 1",
            look: Pane::Activations,
            offer: Some(Offer {
                label: "Train “Vanilla”",
                does: Does::Train {
                    preset: PresetId::Vanilla64,
                    changes: &[],
                },
            }),
            question: Some(Question {
                asks: "How busy is the code?",
                goal: Some(Goal {
                    preset: PresetId::Vanilla64,
                    code: None,
                    is_exact: true,
                    what: What::Reaches(Figure::MeanActivation, Bound::Between(0.4, 0.6)),
                }),
                answer: "Half on, on average: 0.50 on MNIST, and no activation near zero. Every unit takes part in \
                         every digit",
            }),
        },
        Step {
            text: "Now the objective adds λ times the sum of all activations. Watch the histogram move, and in the \
                   loss plot two terms compete: the penalty falls at the reconstruction's expense",
            look: Pane::Activations,
            offer: Some(Offer {
                label: "Train “Sparse, L1”",
                does: Does::Train {
                    preset: PresetId::Sparse64,
                    changes: &[],
                },
            }),
            question: Some(Question {
                asks: "What does the sparsity cost?",
                goal: Some(Goal {
                    preset: PresetId::Sparse64,
                    code: None,
                    is_exact: true,
                    what: What::Reaches(Figure::MeanActivation, Bound::AtMost(0.155)),
                }),
                answer: "On MNIST the mean falls to 0.14 and 39 % of the code is near zero; the test MSE rises from \
                         0.0099 to 0.017",
            }),
        },
        Step {
            text: "Nearly five times the penalty, and the run continues with its current weights. The loss plot marks the moment",
            look: Pane::Activations,
            offer: Some(Offer {
                label: "Raise λ to 3e-3",
                does: Does::Tune(&[Change::Sparsity(Sparsity::L1 { weight: 3e-3 })]),
            }),
            question: Some(Question {
                asks: "How many of the activations are left?",
                goal: Some(Goal {
                    preset: PresetId::Sparse64,
                    code: None,
                    is_exact: false,
                    what: What::NearZero(0.8),
                }),
                answer: "About one in ten. Trained like this from the start on MNIST, 91 % are near zero, and the \
                         error is 0.043: if the code costs too much, little of it is left",
            }),
        },
        Step {
            text: "L1 does not care which units are silent. The other classic penalty pushes every unit to be on for one \
                   image in twenty: ρ = 0.05, by penalising the divergence of its mean from ρ",
            look: Pane::Activations,
            offer: Some(Offer {
                label: "Train “Sparse, KL”",
                does: Does::Train {
                    preset: PresetId::SparseKl64,
                    changes: &[],
                },
            }),
            question: Some(Question {
                asks: "How do the units' means differ from those under L1?",
                goal: Some(Goal {
                    preset: PresetId::SparseKl64,
                    code: None,
                    is_exact: true,
                    what: What::Reaches(Figure::MeanActivation, Bound::Between(0.04, 0.065)),
                }),
                answer: "They cluster around the ρ line: 0.056 on average on MNIST, no unit is silent, and the error is \
                         0.0164, no worse than L1's at a third of its activity",
            }),
        },
    ],
};
