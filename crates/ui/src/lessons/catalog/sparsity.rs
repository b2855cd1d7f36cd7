//! Lesson 4: few active units instead of few units.

use crate::lessons::{
    Answer, Change, Does, Goal, Guess, Lesson, LessonId, Offer, Question, Quote, Right, Said,
    Shows, Step, What,
};
use crate::pane::Pane;
use hourglass_experiment::{PresetId, Sparsity};

pub(super) const LESSON: Lesson = Lesson {
    id: LessonId::Sparsity,
    title: "Sparsity",
    about: "Penalise every unit that is on. What happens to the code, and what does it cost?",
    steps: &[
        Step {
            text: "First without a penalty. The histogram shows all activations of the code over the test images: sigmoid units, between 0 and 1",
            look: Pane::Activations,
            shows: Shows::Code,
            offer: Some(Offer {
                label: "Train “Vanilla”",
                does: Does::Train {
                    preset: PresetId::Vanilla64,
                    changes: &[],
                },
            }),
            question: Some(Question {
                asks: "How active is a unit on average?",
                goal: Some(Goal {
                    preset: PresetId::Vanilla64,
                    changes: &[],
                    what: What::Epochs(5),
                }),
                guess: Guess {
                    choices: ["nearly off: 0.1", "about half: 0.5", "nearly on: 0.9"],
                    right: Right::By(Said::Now(Quote::MeanActivation), [0.3, 0.7]),
                },
                answer: Answer {
                    text: "On average each unit is about half active: {}. {} of the activations are near zero, so nearly every unit takes part in every digit",
                    said: &[Said::Now(Quote::MeanActivation), Said::Now(Quote::NearZero)],
                    on_mnist: &[0.495, 0.0],
                },
            }),
        },
        Step {
            text: "Now the objective adds λ times the sum of all activations. Watch two curves in the loss plot: the penalty falls while the reconstruction error rises",
            look: Pane::Activations,
            shows: Shows::Code,
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
                    changes: &[],
                    what: What::Epochs(5),
                }),
                guess: Guess {
                    choices: [
                        "nothing",
                        "a tenth more error",
                        "half as much error again, or more",
                    ],
                    right: Right::By(Said::Times(0, Quote::Mse), [1.03, 1.3]),
                },
                answer: Answer {
                    text: "The mean falls from {} to {}, and {} of the activations are near zero. The test MSE rises from {} to {}",
                    said: &[
                        Said::Earlier(0, Quote::MeanActivation),
                        Said::Now(Quote::MeanActivation),
                        Said::Now(Quote::NearZero),
                        Said::Earlier(0, Quote::Mse),
                        Said::Now(Quote::Mse),
                    ],
                    on_mnist: &[0.495, 0.14, 0.39, 0.00994, 0.0165],
                },
            }),
        },
        Step {
            text: "Now raise λ almost fivefold and keep training the same network. The loss plot marks the moment",
            look: Pane::Activations,
            shows: Shows::Code,
            offer: Some(Offer {
                label: "Raise λ to 0.003",
                does: Does::Tune(&[Change::Sparsity(Sparsity::L1 { weight: 3e-3 })]),
            }),
            question: Some(Question {
                asks: "What do the mean activation and the error do?",
                goal: Some(Goal {
                    preset: PresetId::Sparse64,
                    changes: &[Change::Sparsity(Sparsity::L1 { weight: 3e-3 })],
                    what: What::Epochs(10),
                }),
                guess: Guess {
                    choices: [
                        "the mean falls a little, the error stays",
                        "the mean falls by half, the error rises",
                        "every unit dies",
                    ],
                    right: Right::By(Said::Times(1, Quote::Mse), [1.1, 5.0]),
                },
                answer: Answer {
                    text: "The mean activation falls from {} to {}, and the error rises from {} to {}. {} of the activations are near zero: if the penalty is too strong, little information is left",
                    said: &[
                        Said::Earlier(1, Quote::MeanActivation),
                        Said::Now(Quote::MeanActivation),
                        Said::Earlier(1, Quote::Mse),
                        Said::Now(Quote::Mse),
                        Said::Now(Quote::NearZero),
                    ],
                    on_mnist: &[0.14, 0.0399, 0.0165, 0.0207, 0.43],
                },
            }),
        },
        Step {
            text: "L1 does not care which units are silent. The other classic penalty asks every unit to be on for one image in twenty: ρ = 0.05. It is measured by the KL divergence between each unit's mean activation and ρ",
            look: Pane::Activations,
            shows: Shows::Code,
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
                    changes: &[],
                    what: What::Epochs(10),
                }),
                guess: Guess {
                    choices: [
                        "they are spread wider",
                        "they cluster around ρ",
                        "half of them are zero",
                    ],
                    right: Right::Always(1),
                },
                answer: Answer {
                    text: "They cluster around the ρ line: {} on average, and {} units are dead. Every unit is used, each only rarely. The error is {}, where L1 had {} at λ = 6.4×10⁻⁴ with a mean of {}",
                    said: &[
                        Said::Now(Quote::MeanActivation),
                        Said::Now(Quote::DeadUnits),
                        Said::Now(Quote::Mse),
                        Said::Earlier(1, Quote::Mse),
                        Said::Earlier(1, Quote::MeanActivation),
                    ],
                    on_mnist: &[0.056, 0.0, 0.0164, 0.0165, 0.14],
                },
            }),
        },
    ],
};
