//! Lesson 1: what a narrow code keeps and what it loses.

use crate::lessons::{Change, Does, Goal, Lesson, LessonId, Offer, Question, Step, What};
use crate::pane::Pane;
use hourglass_experiment::{Bound, Figure, PresetId};

/// Five epochs with so many units, and all else as the preset has it.
const fn trained(code: usize) -> Goal {
    Goal {
        preset: PresetId::Vanilla64,
        code: Some(code),
        is_exact: true,
        what: What::Epochs(5),
    }
}

pub(super) const LESSON: Lesson = Lesson {
    id: LessonId::Waist,
    title: "Compression and the waist",
    about: "The narrower the code, the less of the image gets through. How much, and what goes first?",
    steps: &[
        Step {
            text: "Every image has 784 pixels and must pass through the code, a layer of far fewer units: the waist \
                   of the hourglass. What the decoder rebuilds is all that the code could carry. Begin with 64 \
                   units, one for twelve pixels",
            look: Pane::Digits,
            offer: Some(Offer {
                label: "Train with 64 units",
                does: Does::Train {
                    preset: PresetId::Vanilla64,
                    changes: &[],
                },
            }),
            question: Some(Question {
                asks: "How large is the test error per pixel after five epochs?",
                goal: Some(Goal {
                    preset: PresetId::Vanilla64,
                    code: None,
                    is_exact: true,
                    what: What::Reaches(Figure::Mse, Bound::AtMost(0.0102)),
                }),
                answer: "On MNIST 0.0099. Its root is a tenth: that far a typical pixel is off, on a scale from \
                         black to white",
            }),
        },
        Step {
            text: "Now let only 8 numbers pass. Watch which digits are still themselves, and what becomes of loops \
                   and corners. The run before stays in the loss plot as a dashed ghost",
            look: Pane::Digits,
            offer: Some(Offer {
                label: "Train with 8 units",
                does: Does::Train {
                    preset: PresetId::Vanilla64,
                    changes: &[Change::Code(8)],
                },
            }),
            question: Some(Question {
                asks: "How many times larger is the error than with 64 units?",
                goal: Some(trained(8)),
                answer: "On MNIST nearly four times: 0.0380. The strokes are in the right places; what makes a hand \
                         of its own is gone",
            }),
        },
        Step {
            text: "Two units can be drawn as they are: each test digit is a point in the plane, coloured by its \
                   class. The network was never told the classes",
            look: Pane::Latent,
            offer: Some(Offer {
                label: "Train with 2 units",
                does: Does::Train {
                    preset: PresetId::Vanilla64,
                    changes: &[Change::Code(2)],
                },
            }),
            question: Some(Question {
                asks: "Which classes lie apart, and which share a place?",
                goal: Some(trained(2)),
                answer: "Zeros and ones lie apart, since they share the fewest pixels; 4, 7 and 9 share a place. The \
                         error on MNIST is 0.0566: not far from answering with one average digit, 0.067",
            }),
        },
        Step {
            text: "The dashed line in the loss plot is PCA with as many components as the code has units: 0.0557 \
                   with 2, 0.0374 with 8, 0.0090 with 64 on MNIST. It is what the best linear code loses",
            look: Pane::Loss,
            offer: None,
            question: Some(Question {
                asks: "Did any of the three networks get below its line?",
                goal: None,
                answer: "No, and none can by more than chance. The decoder is one linear layer: all that it rebuilds \
                         lies in a plane of as many dimensions as the code has units, and PCA's plane is the best",
            }),
        },
        Step {
            text: "Now predict before you measure. Set the code size on the left to 32, apply, and train. Before you \
                   look: where between 0.0380 and 0.0099 will it end?",
            look: Pane::Loss,
            offer: None,
            question: Some(Question {
                asks: "What is the error with 32 units?",
                goal: Some(trained(32)),
                answer: "On MNIST 0.0176; PCA with 32 components reaches 0.0168. Each doubling of the code saves \
                         less than the one before",
            }),
        },
    ],
};
