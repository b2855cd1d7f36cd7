//! Lesson 5: repairing as a way to learn what digits are.

use crate::lessons::{
    Answer, Change, Does, Goal, Guess, Lesson, LessonId, Offer, Question, Quote, Right, Said,
    Shows, Step, What,
};
use crate::pane::Pane;
use hourglass_experiment::PresetId;

pub(super) const LESSON: Lesson = Lesson {
    id: LessonId::Denoising,
    title: "Denoising",
    about: "Corrupt the input and ask for the clean image. What does the network have to know to repair it?",
    steps: &[
        Step {
            text: "30 % of the pixels are set to black before the encoder sees them; the target is the clean digit. They are chosen at random each time an image comes up, so the damage cannot be memorised",
            look: Pane::Digits,
            shows: Shows::AsItIs,
            offer: Some(Offer {
                label: "Train “Denoising”",
                does: Does::Train {
                    preset: PresetId::DenoiseDense,
                    changes: &[Change::Epochs(5)],
                },
            }),
            question: Some(Question {
                asks: "For which classes is the output closer to the clean digit than the input?",
                goal: Some(Goal {
                    preset: PresetId::DenoiseDense,
                    changes: &[],
                    what: What::Epochs(5),
                }),
                guess: Guess {
                    choices: [
                        "for none",
                        "for the simple ones, such as 1",
                        "for every class",
                    ],
                    right: Right::Always(2),
                },
                answer: Answer {
                    text: "For every class: the error is {} times smaller than the input's in the class that gains least, and {} times in the one that gains most. The code has 128 units, which could carry much of the damage; it does not, because the target was always the clean image",
                    said: &[Said::Now(Quote::LeastGain), Said::Now(Quote::MostGain)],
                    on_mnist: &[2.06, 3.33],
                },
            }),
        },
        Step {
            text: "How far does this go? Test with half of the pixels gone, more than it has ever seen. This changes only what is measured; training goes on as before",
            look: Pane::Digits,
            shows: Shows::AsItIs,
            offer: Some(Offer {
                label: "Test with half of the pixels gone",
                does: Does::Tune(&[Change::TestNoise(0.5)]),
            }),
            question: Some(Question {
                asks: "What goes wrong first?",
                goal: Some(Goal {
                    preset: PresetId::DenoiseDense,
                    changes: &[Change::TestNoise(0.5)],
                    what: What::Epochs(6),
                }),
                guess: Guess {
                    choices: [
                        "thin strokes break and become pale",
                        "digits turn into other digits",
                        "nothing",
                    ],
                    right: Right::Always(0),
                },
                answer: Answer {
                    text: "Strokes become pale, and thin ones break. Still the error is {} to {} times smaller than the input's",
                    said: &[Said::Now(Quote::LeastGain), Said::Now(Quote::MostGain)],
                    on_mnist: &[1.9, 2.7],
                },
            }),
        },
        Step {
            text: "Draw a digit in the “Your image” view, with a gap in a stroke. The network was trained to fill gaps of single pixels, not long ones",
            look: Pane::YourImage,
            shows: Shows::AsItIs,
            offer: None,
            question: Some(Question {
                asks: "Why does it not close your gap?",
                goal: None,
                guess: Guess {
                    choices: [
                        "its code is too small",
                        "a digit with a gap is a likely digit",
                        "it has never seen your handwriting",
                    ],
                    right: Right::Always(1),
                },
                answer: Answer::words(
                    "A masked pixel has neighbours that show what it was. A digit with a long gap may well have been written like that: the network repairs what is unlikely, not what you meant",
                ),
            }),
        },
        Step {
            text: "Now heavy grey noise and a convolutional network, which looks for the same small patterns everywhere. It trains slowly without a graphics card: give it a minute",
            look: Pane::Digits,
            shows: Shows::AsItIs,
            offer: Some(Offer {
                label: "Train “Denoising, convolutional”",
                does: Does::Train {
                    preset: PresetId::DenoiseConv32,
                    changes: &[Change::Epochs(1)],
                },
            }),
            question: Some(Question {
                asks: "28,353 parameters against the dense network's 201,616: which repairs better?",
                goal: Some(Goal {
                    preset: PresetId::DenoiseConv32,
                    changes: &[],
                    what: What::Epochs(1),
                }),
                guess: Guess {
                    choices: [
                        "the dense one",
                        "the convolutional one",
                        "the errors cannot say",
                    ],
                    right: Right::Always(2),
                },
                answer: Answer {
                    text: "They are not measured on the same noise, so the errors cannot say. Still it reaches {}, from inputs that a person can hardly read",
                    said: &[Said::Now(Quote::Mse)],
                    on_mnist: &[0.0149],
                },
            }),
        },
    ],
};
