//! Lesson 3: a code that is large enough copies, and what stops it.

use crate::lessons::{
    Answer, Change, Does, Goal, Guess, Lesson, LessonId, Offer, Question, Quote, Right, Said,
    Shows, Step, What,
};
use crate::pane::Pane;
use hourglass_experiment::{Corruption, PresetId};

pub(super) const LESSON: Lesson = Lesson {
    id: LessonId::Copying,
    title: "Copying and overcompleteness",
    about: "With more units than pixels the easiest solution is to copy. How can you tell, and what prevents it?",
    steps: &[
        Step {
            text: "With 1,024 units for 784 pixels and no penalty, the network can simply copy. The error can fall towards zero: look at the row of differences",
            look: Pane::Digits,
            shows: Shows::AsItIs,
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
                    changes: &[],
                    what: What::Epochs(2),
                }),
                guess: Guess {
                    choices: [
                        "yes, as the error is so small",
                        "the error cannot tell",
                        "no, as the differences show",
                    ],
                    right: Right::Always(1),
                },
                answer: Answer {
                    text: "The error cannot tell. It is {}, but a network that only copies would score the same",
                    said: &[Said::Now(Quote::Mse)],
                    on_mnist: &[0.000_367],
                },
            }),
        },
        Step {
            text: "Here is a test. Take each pixel from a different test digit: such images are as bright as digits, but are not digits. A network that knows only digits must reconstruct them badly. The row “noise images” says how badly",
            look: Pane::Numbers,
            shows: Shows::Row("noise images"),
            offer: None,
            question: Some(Question {
                asks: "How well does it reconstruct noise?",
                goal: Some(Goal {
                    preset: PresetId::Overcomplete1024,
                    changes: &[],
                    what: What::Epochs(2),
                }),
                guess: Guess {
                    choices: ["almost perfectly", "half of it", "hardly at all"],
                    right: Right::By(
                        Said::Ratio(Quote::NoiseImageMse, Quote::MeanImageMse),
                        [0.1, 0.6],
                    ),
                },
                answer: Answer {
                    text: "The MSE on noise is {}, on digits {}. Always returning the average digit would have {} on noise. So it copies, and the bar above the views says so",
                    said: &[
                        Said::Now(Quote::NoiseImageMse),
                        Said::Now(Quote::Mse),
                        Said::Now(Quote::MeanImageMse),
                    ],
                    on_mnist: &[0.000_862, 0.000_367, 0.0675],
                },
            }),
        },
        Step {
            text: "The bottleneck of 64 units from the first lesson, for comparison",
            look: Pane::Numbers,
            shows: Shows::Row("noise images"),
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
                    changes: &[],
                    what: What::Epochs(2),
                }),
                guess: Guess {
                    choices: ["almost perfectly", "half of it", "hardly at all"],
                    right: Right::By(
                        Said::Ratio(Quote::NoiseImageMse, Quote::MeanImageMse),
                        [0.1, 0.6],
                    ),
                },
                answer: Answer {
                    text: "Hardly: {}, where the average digit has {}. The bottleneck has room for what digits have in common, and for nothing else",
                    said: &[
                        Said::Now(Quote::NoiseImageMse),
                        Said::Now(Quote::MeanImageMse),
                    ],
                    on_mnist: &[0.0572, 0.0675],
                },
            }),
        },
        Step {
            text: "A bottleneck is not the only way. Black out half of the pixels of the wide network's input, and ask for the whole image: what is missing cannot be copied",
            look: Pane::Digits,
            shows: Shows::AsItIs,
            offer: Some(Offer {
                label: "Train on masked images",
                does: Does::Train {
                    preset: PresetId::Overcomplete1024,
                    changes: &[
                        Change::Corruption(Corruption::Masking { fraction: 0.5 }),
                        Change::Epochs(1),
                    ],
                },
            }),
            question: Some(Question {
                asks: "Does it still copy noise?",
                goal: Some(Goal {
                    preset: PresetId::Overcomplete1024,
                    changes: &[Change::Corruption(Corruption::Masking { fraction: 0.5 })],
                    what: What::Epochs(1),
                }),
                guess: Guess {
                    choices: ["yes", "half of it", "no"],
                    right: Right::By(
                        Said::Ratio(Quote::NoiseImageMse, Quote::MeanImageMse),
                        [0.1, 0.6],
                    ),
                },
                answer: Answer {
                    text: "No: noise now has an error of {}, digits {}. What is missing is filled in to look like a digit",
                    said: &[Said::Now(Quote::NoiseImageMse), Said::Now(Quote::Mse)],
                    on_mnist: &[0.0793, 0.0213],
                },
            }),
        },
    ],
};
