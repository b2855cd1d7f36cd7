//! Lesson 3: a code that is large enough copies, and what stops it.

use crate::lessons::{Change, Does, Goal, Lesson, LessonId, Offer, Question, Step, What};
use crate::pane::Pane;
use hourglass_experiment::{Bound, Corruption, Figure, PresetId};

pub(super) const LESSON: Lesson = Lesson {
    id: LessonId::Copying,
    title: "Copying and overcompleteness",
    about: "With more units than pixels the easiest solution is to copy. How can you tell, and what prevents it?",
    steps: &[
        Step {
            text: "1024 units for 784 pixels, and no regularisation. The error falls almost to zero: \
                   look at the row of differences",
            look: Pane::Digits,
            offer: Some(Offer {
                label: "Train “Overcomplete”",
                does: Does::Train {
                    preset: PresetId::Overcomplete1024,
                    changes: &[Change::Epochs(2)],
                },
            }),
            question: Some(Question {
                asks: "Has it learned what digits look like?",
                goal: Some(Goal {
                    preset: PresetId::Overcomplete1024,
                    code: None,
                    is_exact: false,
                    what: What::Reaches(Figure::Mse, Bound::AtMost(0.002)),
                }),
                answer: "The error cannot tell you. On MNIST it is 0.0004 after two epochs, a fraction of the error with 64 \
                         units, but a network that only copies would reach the same",
            }),
        },
        Step {
            text: "Here is a test. Take each pixel from a different test digit: such images are as bright as digits, but \
                   are not digits. A network that knows only digits must reconstruct them badly. The row “noise images” \
                   says how badly",
            look: Pane::Numbers,
            offer: None,
            question: Some(Question {
                asks: "How well does it reconstruct noise?",
                goal: Some(Goal {
                    preset: PresetId::Overcomplete1024,
                    code: None,
                    is_exact: false,
                    what: What::Reaches(Figure::NoiseImageMse, Bound::AtMost(0.005)),
                }),
                answer: "As well as digits, 0.0004 after five epochs on MNIST: it copies, and the bar above the views \
                         says so",
            }),
        },
        Step {
            text: "The bottleneck of 64 units from the first lesson, for comparison",
            look: Pane::Numbers,
            offer: Some(Offer {
                label: "Train “Vanilla”",
                does: Does::Train {
                    preset: PresetId::Vanilla64,
                    changes: &[Change::Epochs(2)],
                },
            }),
            question: Some(Question {
                asks: "And how well does this one reconstruct noise?",
                goal: Some(Goal {
                    preset: PresetId::Vanilla64,
                    code: None,
                    is_exact: false,
                    what: What::Reaches(Figure::NoiseImageMse, Bound::AtLeast(0.03)),
                }),
                answer: "Badly: 0.056 after five epochs on MNIST, most of the noise's variance of 0.067. The bottleneck \
                         has room for what digits have in common, and for nothing else",
            }),
        },
        Step {
            text: "A bottleneck is not the only way. Black out half of the pixels of the wide network's input, and ask \
                   for the whole image: what is missing cannot be copied",
            look: Pane::Digits,
            offer: Some(Offer {
                label: "Train on masked images",
                does: Does::Train {
                    preset: PresetId::Overcomplete1024,
                    changes: &[
                        Change::Corruption(Corruption::Masking { fraction: 0.5 }),
                        Change::Epochs(2),
                    ],
                },
            }),
            question: Some(Question {
                asks: "Does it still copy noise?",
                goal: Some(Goal {
                    preset: PresetId::Overcomplete1024,
                    code: None,
                    is_exact: false,
                    what: What::Reaches(Figure::NoiseImageMse, Bound::AtLeast(0.02)),
                }),
                answer: "No. On MNIST noise now gets an error of 0.081, more than its own variance of 0.067, and \
                         digits with 0.021: what is missing is filled in to look like a digit",
            }),
        },
    ],
};
