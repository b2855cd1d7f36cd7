//! Lesson 2: without a nonlinearity an autoencoder is PCA.

use crate::lessons::{Change, Does, Goal, Lesson, LessonId, Offer, Question, Step, What};
use crate::pane::Pane;
use hourglass_experiment::{Bound, Figure, PresetId};

pub(super) const LESSON: Lesson = Lesson {
    id: LessonId::Linear,
    title: "PCA and the linear case",
    about: "A linear autoencoder has one best solution, known since 1901. What does gradient descent find?",
    steps: &[
        Step {
            text: "Take every nonlinearity away: code and output are weighted sums. Baldi and Hornik showed in 1989 \
                   that this network has a single minimum, the plane of PCA, and otherwise only saddle points",
            look: Pane::Loss,
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
                    code: None,
                    is_exact: false,
                    what: What::Reaches(Figure::MseOverPca, Bound::Between(0.9999, 1.05)),
                }),
                answer: "Within 5 % after an epoch or two; on MNIST it ends at 1.008 times PCA's 0.0168. There is \
                         no other valley to end in",
            }),
        },
        Step {
            text: "The same error could come from another subspace. Measure the angle between the subspace that the \
                   decoder spans and PCA's: both have 32 dimensions, so there are 32 angles, and the largest counts",
            look: Pane::Numbers,
            offer: Some(Offer {
                label: "Measure the code",
                does: Does::Judge,
            }),
            question: Some(Question {
                asks: "Is it PCA's subspace?",
                goal: Some(Goal {
                    preset: PresetId::Linear32,
                    code: None,
                    is_exact: false,
                    what: What::Reaches(Figure::SubspaceAngle, Bound::AtMost(45.0)),
                }),
                answer: "Very nearly: 4.6 degrees on MNIST after 15 epochs. But no unit is a principal component: any \
                         basis of the subspace reconstructs equally well, so the network has no reason to choose PCA's",
            }),
        },
        Step {
            text: "With two units the whole code can be seen. It is PCA's plane again, turned and stretched",
            look: Pane::Latent,
            offer: Some(Offer {
                label: "Train with 2 units",
                does: Does::Train {
                    preset: PresetId::Linear32,
                    changes: &[Change::Code(2), Change::Epochs(5)],
                },
            }),
            question: Some(Question {
                asks: "What does it lose, compared with PCA's 0.0557?",
                goal: Some(Goal {
                    preset: PresetId::Linear32,
                    code: Some(2),
                    is_exact: false,
                    what: What::Reaches(Figure::MseOverPca, Bound::Between(0.9999, 1.02)),
                }),
                answer: "Nothing visible: 0.0557 on MNIST",
            }),
        },
        Step {
            text: "Give the same two units two hidden layers of ReLU on each side. Now the decoder can bend the \
                   plane through the space of images, and the encoder can unfold what is tangled",
            look: Pane::Latent,
            offer: Some(Offer {
                label: "Train with hidden layers",
                does: Does::Train {
                    preset: PresetId::Linear32,
                    changes: &[
                        Change::Code(2),
                        Change::Hidden(&[256, 64]),
                        Change::Epochs(10),
                    ],
                },
            }),
            question: Some(Question {
                asks: "How far below PCA's line does it get?",
                goal: Some(Goal {
                    preset: PresetId::Linear32,
                    code: Some(2),
                    is_exact: false,
                    what: What::Reaches(Figure::MseOverPca, Bound::AtMost(0.85)),
                }),
                answer: "On MNIST to 0.0383, two thirds of PCA's error, with the same two numbers. PCA needs 8 \
                         components for that: this is what depth is for",
            }),
        },
    ],
};
