//! Lesson 6: codes that new digits can be drawn from.

use crate::lessons::{
    Answer, Change, Does, Goal, Guess, Lesson, LessonId, Offer, Question, Quote, Right, Said,
    Shows, Step, What,
};
use crate::pane::Pane;
use hourglass_experiment::PresetId;

pub(super) const LESSON: Lesson = Lesson {
    id: LessonId::Generation,
    title: "From code to generation",
    about: "Feed the decoder a code that no image produced. When does a digit come out?",
    steps: &[
        Step {
            text: "A plain code of two units. Its points lie where training happened to put them, with empty regions in between. The decoder was never trained there",
            look: Pane::Latent,
            shows: Shows::AsItIs,
            offer: Some(Offer {
                label: "Train a plain code",
                does: Does::Train {
                    preset: PresetId::Vanilla64,
                    changes: &[Change::Code(2)],
                },
            }),
            question: Some(Question {
                asks: "Where would you pick a code to get a new digit?",
                goal: Some(Goal {
                    preset: PresetId::Vanilla64,
                    changes: &[Change::Code(2)],
                    what: What::Epochs(5),
                }),
                guess: Guess {
                    choices: ["in the middle", "no rule says where", "far outside"],
                    right: Right::Always(1),
                },
                answer: Answer::words(
                    "There is no rule: you would have to fit a distribution to the points afterwards. The next step puts the distribution into the objective",
                ),
            }),
        },
        Step {
            text: "A variational code. The encoder gives each image a small Gaussian instead of a point, and pays a price (in nats, a unit of information) the further this cloud is from a standard normal distribution. The circles are that distribution's standard deviations",
            look: Pane::Latent,
            shows: Shows::AsItIs,
            offer: Some(Offer {
                label: "Train “Variational, 2-D”",
                does: Does::Train {
                    preset: PresetId::Vae2,
                    changes: &[Change::Epochs(3)],
                },
            }),
            question: Some(Question {
                asks: "An image costs some 160 to 200 nats now. How many of them are for the code?",
                goal: Some(Goal {
                    preset: PresetId::Vae2,
                    changes: &[],
                    what: What::Epochs(3),
                }),
                guess: Guess {
                    choices: ["about 5", "about 50", "most of them"],
                    right: Right::By(Said::Now(Quote::CodeNats), [15.0, 80.0]),
                },
                answer: Answer {
                    text: "{} for the code, of {} in all. Any point near the middle now decodes to something like a digit: hold the pointer over an empty spot",
                    said: &[Said::Now(Quote::CodeNats), Said::Now(Quote::NegativeElbo)],
                    on_mnist: &[5.03, 165.0],
                },
            }),
        },
        Step {
            text: "The decoder's map. Each picture is the decoder's output for the code at its position, and the positions divide the prior into equal shares. “samples” draws codes from the prior instead",
            look: Pane::Manifold,
            shows: Shows::AsItIs,
            offer: None,
            question: Some(Question {
                asks: "What lies between two classes?",
                goal: None,
                guess: Guess {
                    choices: ["black images", "noise", "digits that turn into one another"],
                    right: Right::Always(2),
                },
                answer: Answer::words(
                    "Strokes open, close and lean until one digit has become the other",
                ),
            }),
        },
        Step {
            text: "Two units leave room for little more than the class. Twenty have room for strokes. Bars in the view show how much each unit says about the image, in nats. “Sliders” moves one unit at a time",
            look: Pane::Activations,
            shows: Shows::CodeNats,
            offer: Some(Offer {
                label: "Train “Variational”",
                does: Does::Train {
                    preset: PresetId::Vae20,
                    changes: &[Change::Epochs(3)],
                },
            }),
            question: Some(Question {
                asks: "What do eighteen more units do to the cost of an image?",
                goal: Some(Goal {
                    preset: PresetId::Vae20,
                    changes: &[],
                    what: What::Epochs(3),
                }),
                guess: Guess {
                    choices: [
                        "it falls to a tenth",
                        "it falls by about a third",
                        "it rises, as there is more code to pay for",
                    ],
                    right: Right::By(Said::Times(1, Quote::NegativeElbo), [0.3, 0.95]),
                },
                answer: Answer {
                    text: "{} in all, {} times the cost with two units. The code now costs {}, but saves far more in the reconstruction",
                    said: &[
                        Said::Now(Quote::NegativeElbo),
                        Said::Times(1, Quote::NegativeElbo),
                        Said::Now(Quote::CodeNats),
                    ],
                    on_mnist: &[112.0, 0.68, 24.3],
                },
            }),
        },
        Step {
            text: "Now weight the KL term four times as much (β = 4). Units that are not worth their price fall silent, and those that remain have to represent something that many images share",
            look: Pane::Activations,
            shows: Shows::CodeNats,
            offer: Some(Offer {
                label: "Train “β-VAE”",
                does: Does::Train {
                    preset: PresetId::BetaVae10,
                    changes: &[Change::Epochs(5)],
                },
            }),
            question: Some(Question {
                asks: "How many of the ten units stay active?",
                goal: Some(Goal {
                    preset: PresetId::BetaVae10,
                    changes: &[],
                    what: What::Epochs(5),
                }),
                guess: Guess {
                    choices: ["one or two", "more than half", "all ten"],
                    right: Right::By(Said::Now(Quote::ActiveUnits), [2.5, 8.5]),
                },
                answer: Answer {
                    text: "{}. On pen digits one of those that stay follows the slant",
                    said: &[Said::Now(Quote::ActiveUnits)],
                    on_mnist: &[7.0],
                },
            }),
        },
        Step {
            text: "A prior can also be enforced by an opponent. A second network learns to tell codes from samples of the prior, and the encoder learns to leave it guessing. No term names the prior's shape",
            look: Pane::Latent,
            shows: Shows::AsItIs,
            offer: Some(Offer {
                label: "Train “Adversarial”",
                does: Does::Train {
                    preset: PresetId::Aae2,
                    changes: &[Change::Epochs(3)],
                },
            }),
            question: Some(Question {
                asks: "In how many cases is the opponent right, once the cloud has the prior's shape?",
                goal: Some(Goal {
                    preset: PresetId::Aae2,
                    changes: &[],
                    what: What::Epochs(3),
                }),
                guess: Guess {
                    choices: ["in hardly any", "in about half", "in nearly all"],
                    right: Right::By(Said::Now(Quote::DiscriminatorAccuracy), [0.3, 0.8]),
                },
                answer: Answer {
                    text: "In {}, hardly better than guessing. On the axis that is farther off, the cloud's variance differs from 1 by a factor of {}",
                    said: &[
                        Said::Now(Quote::DiscriminatorAccuracy),
                        Said::Now(Quote::CodeVarianceRatio),
                    ],
                    on_mnist: &[0.54, 1.08],
                },
            }),
        },
    ],
};
