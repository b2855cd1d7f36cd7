//! Lesson 6: codes that new digits can be drawn from.

use crate::lessons::{Change, Does, Goal, Lesson, LessonId, Offer, Question, Step, What};
use crate::pane::Pane;
use hourglass_experiment::{Bound, Figure, PresetId};

pub(super) const LESSON: Lesson = Lesson {
    id: LessonId::Generation,
    title: "From code to generation",
    about: "Feed the decoder a code that no image produced. When does a digit come out?",
    steps: &[
        Step {
            text: "A plain code of two units. Its points lie where training happened to put them, with empty regions \
                   in between. The decoder was never trained there",
            look: Pane::Latent,
            offer: Some(Offer {
                label: "Train a plain code",
                does: Does::Train {
                    preset: PresetId::Vanilla64,
                    changes: &[Change::Code(2)],
                },
            }),
            question: Some(Question {
                asks: "Where would you pick a code to get a new digit?",
                goal: None,
                answer: "There is no rule: you would have to fit a distribution to the points afterwards. The next \
                         step puts the distribution into the objective",
            }),
        },
        Step {
            text: "A variational code. The encoder gives each image a small Gaussian instead of a point, and pays in \
                   nats for every deviation from N(0, I). The circles are the prior's standard deviations",
            look: Pane::Latent,
            offer: Some(Offer {
                label: "Train “Variational, 2-D”",
                does: Does::Train {
                    preset: PresetId::Vae2,
                    changes: &[Change::Epochs(5)],
                },
            }),
            question: Some(Question {
                asks: "How many nats does an image cost now?",
                goal: Some(Goal {
                    preset: PresetId::Vae2,
                    code: None,
                    is_exact: false,
                    what: What::Reaches(Figure::NegativeElbo, Bound::AtMost(170.0)),
                }),
                answer: "On MNIST, 162 after five epochs, 5 of them for the code; 153 after thirty. Any point near \
                         the middle now decodes to something like a digit: hold the pointer over an empty spot",
            }),
        },
        Step {
            text: "The decoder's map. Each picture is the decoder's output for the code at its position, and the positions \
                   divide the prior into equal shares. “samples” draws codes from the prior instead",
            look: Pane::Manifold,
            offer: None,
            question: Some(Question {
                asks: "What lies between two classes?",
                goal: None,
                answer: "Neither emptiness nor noise: strokes open, close and lean until one digit has become the other",
            }),
        },
        Step {
            text: "Two units are a sheet of paper; twenty have room for strokes. Bars in the view show how much each unit \
                   says about the image, in nats. “Sliders” moves one unit at a time",
            look: Pane::Activations,
            offer: Some(Offer {
                label: "Train “Variational”",
                does: Does::Train {
                    preset: PresetId::Vae20,
                    changes: &[Change::Epochs(5)],
                },
            }),
            question: Some(Question {
                asks: "How much do eighteen more units save?",
                goal: Some(Goal {
                    preset: PresetId::Vae20,
                    code: None,
                    is_exact: false,
                    what: What::Reaches(Figure::NegativeElbo, Bound::AtMost(115.0)),
                }),
                answer: "On MNIST, a third: 109 nats after five epochs. The code costs 25 of them, but saves far more \
                         in the reconstruction",
            }),
        },
        Step {
            text: "Quadruple the price of information: β = 4. Units that are not worth it fall silent, and those that \
                   remain have to represent something that many images share",
            look: Pane::Activations,
            offer: Some(Offer {
                label: "Train “β-VAE”",
                does: Does::Train {
                    preset: PresetId::BetaVae10,
                    changes: &[],
                },
            }),
            question: Some(Question {
                asks: "How many of the ten units stay active?",
                goal: Some(Goal {
                    preset: PresetId::BetaVae10,
                    code: None,
                    is_exact: true,
                    what: What::Epochs(10),
                }),
                answer: "Six on MNIST after ten epochs; with β = 1 all ten. On the pen digits one of those that stay \
                         follows the slant",
            }),
        },
        Step {
            text: "A prior can also be enforced by an opponent. A second network learns to tell codes from samples of \
                   the prior, and the encoder learns to leave it guessing. No term names the prior's shape",
            look: Pane::Latent,
            offer: Some(Offer {
                label: "Train “Adversarial”",
                does: Does::Train {
                    preset: PresetId::Aae2,
                    changes: &[],
                },
            }),
            question: Some(Question {
                asks: "How can you tell that the cloud has the prior's shape?",
                goal: Some(Goal {
                    preset: PresetId::Aae2,
                    code: None,
                    is_exact: false,
                    what: What::Reaches(Figure::CodeVarianceRatio, Bound::AtMost(1.3)),
                }),
                answer: "Its mean is near 0 and its variance near 1 on both axes (on MNIST within 0.04 and 1.3 % after \
                         15 epochs), and the discriminator is right little more than half of the time",
            }),
        },
    ],
};
