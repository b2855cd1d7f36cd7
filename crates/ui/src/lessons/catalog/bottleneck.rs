//! Lesson 1: what a narrow code keeps and what it loses.

use crate::lessons::{
    Answer, Change, Does, Goal, Guess, Lesson, LessonId, Offer, Question, Quote, Right, Said,
    Shows, Step, What,
};
use crate::pane::Pane;
use hourglass_experiment::PresetId;

pub(super) const LESSON: Lesson = Lesson {
    id: LessonId::Bottleneck,
    title: "Compression and the bottleneck",
    about: "The narrower the code, the less of the image gets through. How much is lost, and what goes first?",
    steps: &[
        Step {
            text: "Every image has 784 pixels and must pass through the code, a layer of far fewer units: the bottleneck of the hourglass. What the decoder reconstructs is all that the code could carry. Begin with 64 units, one for every twelve pixels",
            look: Pane::Digits,
            shows: Shows::AsItIs,
            offer: Some(Offer {
                label: "Train with 64 units",
                does: Does::Train {
                    preset: PresetId::Vanilla64,
                    changes: &[],
                },
            }),
            question: Some(Question {
                asks: "How far off is a typical pixel, on a scale from 0 (black) to 1 (white)?",
                goal: Some(Goal {
                    preset: PresetId::Vanilla64,
                    changes: &[],
                    what: What::Epochs(5),
                }),
                guess: Guess {
                    choices: ["about 0.01", "about 0.1", "about 0.5"],
                    right: Right::By(Said::Root(Quote::Mse), [0.04, 0.25]),
                },
                answer: Answer {
                    text: "The test MSE is {}. Its square root is {}: that is how far off a typical pixel is",
                    said: &[Said::Now(Quote::Mse), Said::Root(Quote::Mse)],
                    on_mnist: &[0.00994, 0.0997],
                },
            }),
        },
        Step {
            text: "Now let only 8 numbers through. Watch which digits are still recognisable, and what becomes of loops and corners. The previous run stays in the loss plot as a dashed ghost",
            look: Pane::Digits,
            shows: Shows::AsItIs,
            offer: Some(Offer {
                label: "Train with 8 units",
                does: Does::Train {
                    preset: PresetId::Vanilla64,
                    changes: &[Change::Code(8)],
                },
            }),
            question: Some(Question {
                asks: "How many times larger is the error than with 64 units?",
                goal: Some(Goal {
                    preset: PresetId::Vanilla64,
                    changes: &[Change::Code(8)],
                    what: What::Epochs(5),
                }),
                guess: Guess {
                    choices: [
                        "twice",
                        "about four times",
                        "eight times, as the code is eight times smaller",
                    ],
                    right: Right::By(Said::Times(0, Quote::Mse), [2.4, 6.0]),
                },
                answer: Answer {
                    text: "{} times: {}, where 64 units have {}. The strokes are in the right places, but the individual handwriting is gone",
                    said: &[
                        Said::Times(0, Quote::Mse),
                        Said::Now(Quote::Mse),
                        Said::Earlier(0, Quote::Mse),
                    ],
                    on_mnist: &[3.8, 0.0380, 0.00994],
                },
            }),
        },
        Step {
            text: "Two units can be drawn as they are: each test digit is a point in the plane, coloured by its class. The network was never told the classes",
            look: Pane::Latent,
            shows: Shows::AsItIs,
            offer: Some(Offer {
                label: "Train with 2 units",
                does: Does::Train {
                    preset: PresetId::Vanilla64,
                    changes: &[Change::Code(2)],
                },
            }),
            question: Some(Question {
                asks: "Which classes overlap?",
                goal: Some(Goal {
                    preset: PresetId::Vanilla64,
                    changes: &[Change::Code(2)],
                    what: What::Epochs(5),
                }),
                guess: Guess {
                    choices: [
                        "none: each has its own region",
                        "those with similar strokes, such as 4 and 9",
                        "all of them, evenly",
                    ],
                    right: Right::Always(1),
                },
                answer: Answer {
                    text: "Those with similar strokes, such as 4, 7 and 9. Zeros and ones share the fewest pixels and lie apart. The error is {}; always returning the average digit would have {}",
                    said: &[Said::Now(Quote::Mse), Said::Now(Quote::MeanImageMse)],
                    on_mnist: &[0.0566, 0.0674],
                },
            }),
        },
        Step {
            text: "The dashed line in the loss plot is PCA with as many components as the code has units. It is the error of the best linear code",
            look: Pane::Loss,
            shows: Shows::AsItIs,
            offer: None,
            question: Some(Question {
                asks: "Did any of the three networks get below its line?",
                goal: None,
                guess: Guess {
                    choices: ["yes, all three", "the one with 64 units", "no"],
                    right: Right::Always(2),
                },
                answer: Answer {
                    text: "No: {} against PCA's {} with 64 units, {} against {} with 8, {} against {} with 2. And none can, except by chance: the decoder is one linear layer, so all its reconstructions lie in a subspace with as many dimensions as the code has units, and PCA's is the best of them",
                    said: &[
                        Said::Earlier(0, Quote::Mse),
                        Said::Earlier(0, Quote::PcaMse),
                        Said::Earlier(1, Quote::Mse),
                        Said::Earlier(1, Quote::PcaMse),
                        Said::Earlier(2, Quote::Mse),
                        Said::Earlier(2, Quote::PcaMse),
                    ],
                    on_mnist: &[0.00994, 0.00905, 0.0380, 0.0374, 0.0566, 0.0557],
                },
            }),
        },
        Step {
            text: "Now predict before you measure. Choose an answer, then set the code size on the left to 32, and press “Apply and train”",
            look: Pane::Loss,
            shows: Shows::AsItIs,
            offer: None,
            question: Some(Question {
                asks: "Where between the errors of 64 and of 8 units will 32 units end up?",
                goal: Some(Goal {
                    preset: PresetId::Vanilla64,
                    changes: &[Change::Code(32)],
                    what: What::Epochs(5),
                }),
                guess: Guess {
                    choices: [
                        "nearer to that of 64 units",
                        "half-way",
                        "nearer to that of 8 units",
                    ],
                    right: Right::By(Said::Way([0, 1], Quote::Mse), [0.4, 0.6]),
                },
                answer: Answer {
                    text: "{}, which is {} of the way from 64 units' error to that of 8. PCA with 32 components has {}",
                    said: &[
                        Said::Now(Quote::Mse),
                        Said::Way([0, 1], Quote::Mse),
                        Said::Now(Quote::PcaMse),
                    ],
                    on_mnist: &[0.0176, 0.27, 0.0168],
                },
            }),
        },
    ],
};
