//! Lesson 1: what a narrow code keeps and what it loses.

use crate::lessons::{Change, Does, Goal, Lesson, LessonId, Offer, Question, Step, What};
use crate::pane::Pane;
use hourglass_experiment::{Bound, Figure, PresetId};

/// Five epochs with this many units, and everything else as in the preset.
const fn trained(code: usize) -> Goal {
    Goal {
        preset: PresetId::Vanilla64,
        code: Some(code),
        is_exact: true,
        what: What::Epochs(5),
    }
}

pub(super) const LESSON: Lesson = Lesson {
    id: LessonId::Bottleneck,
    title: "Compression and the bottleneck",
    about: "The narrower the code, the less of the image gets through. How much is lost, and what goes first?",
    steps: &[
        Step {
            text: "Every image has 784 pixels and must pass through the code, a layer of far fewer units: the bottleneck \
                   of the hourglass. What the decoder reconstructs is all that the code could carry. Begin with 64 \
                   units, one for every twelve pixels",
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
                answer: "On MNIST, 0.0099. Its square root is a tenth: a typical pixel is that far off, on a scale from \
                         black to white",
            }),
        },
        Step {
            text: "Now let only 8 numbers through. Watch which digits are still recognisable, and what becomes of loops \
                   and corners. The previous run stays in the loss plot as a dashed ghost",
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
                answer: "On MNIST, nearly four times: 0.0380. The strokes are in the right places; what makes handwriting \
                         individual is gone",
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
                asks: "Which classes lie apart, and which overlap?",
                goal: Some(trained(2)),
                answer: "Zeros and ones lie apart, since they share the fewest pixels; 4, 7 and 9 overlap. The \
                         error on MNIST is 0.0566: not far from always returning the average digit, 0.067",
            }),
        },
        Step {
            text: "The dashed line in the loss plot is PCA with as many components as the code has units: 0.0557 \
                   with 2, 0.0374 with 8, 0.0090 with 64 on MNIST. It is the error of the best linear code",
            look: Pane::Loss,
            offer: None,
            question: Some(Question {
                asks: "Did any of the three networks get below its line?",
                goal: None,
                answer: "No, and none can, except by chance. The decoder is one linear layer: everything it reconstructs \
                         lies in a subspace with as many dimensions as the code has units, and PCA's subspace is the best",
            }),
        },
        Step {
            text: "Now predict before you measure. Set the code size on the left to 32, apply, and train. Before you \
                   look: where between 0.0380 and 0.0099 will it end up?",
            look: Pane::Loss,
            offer: None,
            question: Some(Question {
                asks: "What is the error with 32 units?",
                goal: Some(trained(32)),
                answer: "On MNIST, 0.0176; PCA with 32 components reaches 0.0168. Each doubling of the code gains \
                         less than the one before",
            }),
        },
    ],
};
