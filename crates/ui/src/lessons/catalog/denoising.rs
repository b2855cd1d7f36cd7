//! Lesson 5: repairing as a way to learn what digits are.

use crate::lessons::{Change, Does, Goal, Lesson, LessonId, Offer, Question, Step, What};
use crate::pane::Pane;
use hourglass_experiment::{Bound, Figure, PresetId};

pub(super) const LESSON: Lesson = Lesson {
    id: LessonId::Denoising,
    title: "Denoising",
    about: "Corrupt the input and ask for the clean image. What does the network have to know to repair it?",
    steps: &[
        Step {
            text: "Three pixels in ten are set to black before the encoder sees them; the target is the clean digit. \
                   They are chosen at random each time an image comes up, so the damage cannot be memorised",
            look: Pane::Digits,
            offer: Some(Offer {
                label: "Train “Denoising”",
                does: Does::Train {
                    preset: PresetId::DenoiseDense,
                    changes: &[],
                },
            }),
            question: Some(Question {
                asks: "Is the output cleaner than the input, for every class?",
                goal: Some(Goal {
                    preset: PresetId::DenoiseDense,
                    code: None,
                    is_exact: false,
                    what: What::Reaches(Figure::LeastGainDb, Bound::AtLeast(0.0)),
                }),
                answer: "Yes: on MNIST after ten epochs by 4.3 to 5.9 dB. The code has 128 units, enough to carry much \
                         of the damage; it is left out because the target never contains it",
            }),
        },
        Step {
            text: "How far does this go? Test with half of the pixels gone, more than it has ever seen. This changes \
                   only what is measured; training goes on as before",
            look: Pane::Digits,
            offer: Some(Offer {
                label: "Test with half of the pixels gone",
                does: Does::Tune(&[Change::TestNoise(0.5)]),
            }),
            question: Some(Question {
                asks: "What goes wrong first?",
                goal: Some(Goal {
                    preset: PresetId::DenoiseDense,
                    code: None,
                    is_exact: false,
                    what: What::TestNoise(0.5),
                }),
                answer: "Strokes become pale, and thin ones break. On MNIST every class is \
                         still 3.1 to 4.3 dB better than its input",
            }),
        },
        Step {
            text: "Draw a digit in the “Your image” view, with a gap in a stroke. The network was trained to \
                   fill gaps of single pixels, not long ones",
            look: Pane::YourImage,
            offer: None,
            question: Some(Question {
                asks: "Why does it not close your gap?",
                goal: None,
                answer: "A masked pixel has neighbours that show what it was. A digit with a long gap may well have been \
                         written like that: the network repairs what is unlikely, not what you meant",
            }),
        },
        Step {
            text: "Now heavy grey noise and a convolutional network, which looks for the same small patterns \
                   everywhere. It trains slowly without a graphics card: give it a minute or two",
            look: Pane::Digits,
            offer: Some(Offer {
                label: "Train “Denoising, convolutional”",
                does: Does::Train {
                    preset: PresetId::DenoiseConv32,
                    changes: &[],
                },
            }),
            question: Some(Question {
                asks: "28,353 parameters against the dense network's 201,616: which repairs better?",
                goal: Some(Goal {
                    preset: PresetId::DenoiseConv32,
                    code: None,
                    is_exact: false,
                    what: What::Reaches(Figure::Mse, Bound::AtMost(0.02)),
                }),
                answer: "They are not measured on the same noise, so the errors cannot be compared. Still, after \
                         two epochs on MNIST it reaches 0.0132, from inputs that a person can hardly read",
            }),
        },
    ],
};
