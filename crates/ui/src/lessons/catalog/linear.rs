//! Lesson 2: without a nonlinearity an autoencoder is PCA.

use crate::lessons::{
    Answer, Change, Does, Goal, Guess, Lesson, LessonId, Offer, Question, Quote, Right, Said,
    Shows, Step, What,
};
use crate::pane::Pane;
use hourglass_experiment::PresetId;

pub(super) const LESSON: Lesson = Lesson {
    id: LessonId::Linear,
    title: "PCA and the linear case",
    about: "A linear autoencoder has one best solution, known since 1901. What does gradient descent find?",
    steps: &[
        Step {
            text: "Take every nonlinearity away: code and output are weighted sums. Baldi and Hornik showed in 1989 that this network has a single minimum, the plane of PCA, and otherwise only saddle points",
            look: Pane::Loss,
            shows: Shows::AsItIs,
            offer: Some(Offer {
                label: "Train “Linear”",
                does: Does::Train {
                    preset: PresetId::Linear32,
                    changes: &[],
                },
            }),
            question: Some(Question {
                asks: "How close does the test error come to PCA's?",
                goal: Some(Goal {
                    preset: PresetId::Linear32,
                    changes: &[],
                    what: What::Epochs(15),
                }),
                guess: Guess {
                    choices: ["below it", "within 5 %", "it stays far above"],
                    right: Right::By(Said::Now(Quote::MseOverPca), [0.9999, 1.05]),
                },
                answer: Answer {
                    text: "{} times PCA's {}. There is no other valley to end in",
                    said: &[Said::Now(Quote::MseOverPca), Said::Now(Quote::PcaMse)],
                    on_mnist: &[1.008, 0.0168],
                },
            }),
        },
        Step {
            text: "The same error could come from another subspace. Measure the angle between the subspace that the decoder spans and PCA's: both have 32 dimensions, so there are 32 angles, and the largest counts",
            look: Pane::Numbers,
            shows: Shows::Row("angle to PCA's"),
            offer: Some(Offer {
                label: "Measure the code",
                does: Does::Judge,
            }),
            question: Some(Question {
                asks: "Is it PCA's subspace?",
                goal: Some(Goal {
                    preset: PresetId::Linear32,
                    changes: &[],
                    what: What::Judged,
                }),
                guess: Guess {
                    choices: [
                        "exactly, unit by unit",
                        "very nearly",
                        "no, another one with the same error",
                    ],
                    right: Right::By(Said::Now(Quote::SubspaceAngle), [0.1, 30.0]),
                },
                answer: Answer {
                    text: "Very nearly: the largest angle is {}. But no unit is a principal component: any basis of the subspace reconstructs equally well, so the network has no reason to choose PCA's",
                    said: &[Said::Now(Quote::SubspaceAngle)],
                    on_mnist: &[4.6],
                },
            }),
        },
        Step {
            text: "With two units the whole code can be seen. It is PCA's plane again, turned and stretched",
            look: Pane::Latent,
            shows: Shows::AsItIs,
            offer: Some(Offer {
                label: "Train with 2 units",
                does: Does::Train {
                    preset: PresetId::Linear32,
                    changes: &[Change::Code(2), Change::Epochs(5)],
                },
            }),
            question: Some(Question {
                asks: "How much larger is its error than that of PCA with 2 components?",
                goal: Some(Goal {
                    preset: PresetId::Linear32,
                    changes: &[Change::Code(2)],
                    what: What::Epochs(5),
                }),
                guess: Guess {
                    choices: ["not visibly", "by a tenth", "twice as large"],
                    right: Right::By(Said::Now(Quote::MseOverPca), [1.03, 1.5]),
                },
                answer: Answer {
                    text: "{}, where PCA has {}",
                    said: &[Said::Now(Quote::Mse), Said::Now(Quote::PcaMse)],
                    on_mnist: &[0.0562, 0.0557],
                },
            }),
        },
        Step {
            text: "Give the same two units two hidden layers of ReLU on each side. Now the decoder can bend the plane through the space of images, and the encoder can unfold what is tangled",
            look: Pane::Latent,
            shows: Shows::AsItIs,
            offer: Some(Offer {
                label: "Train with hidden layers",
                does: Does::Train {
                    preset: PresetId::Linear32,
                    changes: &[
                        Change::Code(2),
                        Change::Hidden(&[256, 64]),
                        Change::Epochs(6),
                    ],
                },
            }),
            question: Some(Question {
                asks: "How far below PCA's line does it get?",
                goal: Some(Goal {
                    preset: PresetId::Linear32,
                    changes: &[Change::Code(2), Change::Hidden(&[256, 64])],
                    what: What::Epochs(6),
                }),
                guess: Guess {
                    choices: ["by more than half", "by a quarter to a third", "hardly"],
                    right: Right::By(Said::Now(Quote::MseOverPca), [0.5, 0.9]),
                },
                answer: Answer {
                    text: "To {}, which is {} times PCA's error with the same two numbers. PCA needs {} components for that: this is what depth is for",
                    said: &[
                        Said::Now(Quote::Mse),
                        Said::Now(Quote::MseOverPca),
                        Said::Now(Quote::PcaComponents),
                    ],
                    on_mnist: &[0.0391, 0.703, 8.0],
                },
            }),
        },
    ],
};
