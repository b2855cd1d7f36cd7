//! Lesson 3: a code that is large enough copies, and what stops it.

use crate::lessons::{Change, Does, Goal, Lesson, LessonId, Offer, Question, Step, What};
use crate::pane::Pane;
use hourglass_experiment::{Bound, Corruption, Figure, PresetId};

pub(super) const LESSON: Lesson = Lesson {
    id: LessonId::Copying,
    title: "Copying and overcompleteness",
    about: "With more units than pixels the best answer is to copy. How can one tell, and what prevents it?",
    steps: &[
        Step {
            text: "1024 units for 784 pixels, and nothing that holds them. The error falls as low as one likes: \
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
                answer: "The error cannot tell. On MNIST it is 0.0004 after two epochs, a fraction of what 64 units \
                         leave, and whoever copies has the same",
            }),
        },
        Step {
            text: "Here is a test. Take each pixel from another test digit: such images are as bright as digits, and \
                   no digits. Whoever knows only digits must rebuild them badly. The row “noise images” says how \
                   badly",
            look: Pane::Numbers,
            offer: None,
            question: Some(Question {
                asks: "How well does it rebuild noise?",
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
            text: "The waist of 64 units from the first lesson, for comparison",
            look: Pane::Numbers,
            offer: Some(Offer {
                label: "Train “Vanilla”",
                does: Does::Train {
                    preset: PresetId::Vanilla64,
                    changes: &[Change::Epochs(2)],
                },
            }),
            question: Some(Question {
                asks: "And how well does this one rebuild noise?",
                goal: Some(Goal {
                    preset: PresetId::Vanilla64,
                    code: None,
                    is_exact: false,
                    what: What::Reaches(Figure::NoiseImageMse, Bound::AtLeast(0.03)),
                }),
                answer: "Badly: 0.056 after five epochs on MNIST, most of the noise's variance of 0.067. The waist \
                         has room for what digits have in common, and for nothing else",
            }),
        },
        Step {
            text: "A waist is not the only way. Black out half of the pixels before the wide network looks, and ask \
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
                answer: "No. On MNIST noise now comes back with an error of 0.081, more than its own variance of 0.067, and \
                         digits with 0.021: what is missing is filled in with what digits look like",
            }),
        },
    ],
};
