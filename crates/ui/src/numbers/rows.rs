//! The figures of an evaluation of the whole test split.

use crate::number::{self, percent_of_100, three_digits};
use hourglass_experiment::{Figure, Target, Term};
use hourglass_protocol::{
    AdversarialFigures, BestEpoch, ClassificationFigures, CodeFigures, Evaluation,
    VariationalFigures,
};
use hourglass_state::{LabState, RunState};

use super::table::{Group, Row};

/// The figures by what they are about.
#[must_use]
pub fn groups(state: &LabState, run: &RunState, evaluation: &Evaluation) -> Vec<Group> {
    let mut groups = vec![Group {
        title: "Reconstruction".to_owned(),
        rows: reconstruction(state, run, evaluation),
    }];
    if let Some(variational) = &evaluation.variational {
        groups.push(bound(state, run, variational));
    }
    if let Some(adversarial) = &evaluation.adversarial {
        groups.push(adversary(adversarial));
    }
    if let Some(best) = &evaluation.best {
        groups.push(held_out(run, best));
    }
    if let Some(classification) = &evaluation.classification {
        groups.push(classifiers(state, run, classification));
    }
    if let Some(code) = &evaluation.code {
        groups.push(of_code(state, run, code));
    }
    groups
}

/// `published 105.5890`, where the preset's source printed the figure for this experiment on these data.
fn stated(state: &LabState, run: &RunState, figure: Figure) -> Option<String> {
    let data = state.dataset.as_ref()?.id;
    let stated = run.stated(figure, data)?;
    let digits = stated.digits();
    Some(match stated.print() {
        Some(print) if !print.otherwise.is_empty() => {
            format!("{} {digits}, trained otherwise", stated.label())
        }
        _ => format!("{} {digits}", stated.label()),
    })
}

fn reconstruction(state: &LabState, run: &RunState, evaluation: &Evaluation) -> Vec<Row> {
    let mse = Row {
        name: "MSE",
        value: three_digits(evaluation.mse_per_pixel),
        unit: "per pixel",
        beside: beside_pca(state, run, evaluation.mse_per_pixel),
        help: "Mean squared error, compared with that of PCA with as many components as the code has units, fitted on \
               the images the network learns from, and the ratio of the network's error to it",
    };
    let bce = evaluation.bce_per_pixel.map(|bce| Row {
        name: "BCE",
        value: three_digits(bce),
        unit: "nats per pixel",
        beside: beside_floor(state, run, bce),
        help: "Binary cross-entropy: of sigmoid outputs from their logits; other outputs are clipped to [10⁻⁷, 1 − 10⁻⁷]. \
               Grey pixels are never certain: no network can go below the images' own entropy, the floor",
    });
    let squared = Row {
        name: "squared error",
        value: three_digits(evaluation.squared_error_per_image),
        unit: "per image",
        beside: stated(state, run, Figure::SquaredErrorPerImage)
            .into_iter()
            .collect(),
        help: "Squared error summed over the pixels of an image, as reported by Hinton & Salakhutdinov 2006",
    };
    // Answering with the mean image, which is PCA without components, leaves the pixels' variance.
    let baselines = state.baselines.as_ref();
    let variance = baselines.and_then(|baselines| baselines.pca_mse(0));
    let noise = evaluation.noise_image_mse.map(|mse| Row {
        name: "noise images",
        value: three_digits(mse),
        unit: "per pixel",
        beside: variance
            .map(|variance| {
                let share = number::percent(mse / variance);
                format!("{share} of variance {}", three_digits(variance))
            })
            .into_iter()
            .collect(),
        help: "Does it copy? The mean squared error on noise images, each pixel drawn from a different test image. \
               They are not digits: a network that knows digits reconstructs them badly and misses most of their \
               variance; one that copies reconstructs them well",
    });
    [Some(mse), bce, Some(squared), noise]
        .into_iter()
        .flatten()
        .collect()
}

fn beside_pca(state: &LabState, run: &RunState, mse: f64) -> Vec<String> {
    let size = run.experiment.architecture.code_size();
    let is_comparable = run.experiment.target == Target::SameImage;
    let baselines = state.baselines.as_ref().filter(|_| is_comparable);
    let pca = baselines.and_then(|baselines| baselines.pca_mse(size));
    // PCA with every component is exact: there is no ratio to nothing.
    let pca = pca.map(|pca| {
        let of_pca = three_digits(pca);
        if pca > 1e-9 {
            format!("{:.2} × PCA's {of_pca}", mse / pca)
        } else {
            "PCA 0".to_owned()
        }
    });
    pca.into_iter()
        .chain(stated(state, run, Figure::Mse))
        .collect()
}

fn beside_floor(state: &LabState, run: &RunState, bce: f64) -> Vec<String> {
    let floor = state
        .baselines
        .as_ref()
        .map(|baselines| baselines.entropy_floor);
    let floor = floor.map(|floor| {
        let above = three_digits(bce - floor);
        format!("floor {} + {above}", three_digits(floor))
    });
    floor
        .into_iter()
        .chain(stated(state, run, Figure::Bce))
        .collect()
}

fn bound(state: &LabState, run: &RunState, figures: &VariationalFigures) -> Group {
    let nats = |name, value: f64, help| Row {
        name,
        value: three_digits(value),
        unit: "nats per image",
        help,
        ..Row::default()
    };
    let elbo = Row {
        beside: stated(state, run, Figure::NegativeElbo)
            .into_iter()
            .collect(),
        value: number::five_digits(figures.negative_elbo_nats()),
        ..nats(
            "−ELBO",
            0.0,
            "Reconstruction and KL together, an upper bound of −ln p(x): on average, an image costs at most this many \
             nats. The KL counts in full, whatever weight β gave it in training",
        )
    };
    let active = Row {
        name: "active units",
        value: figures.active_units.to_string(),
        unit: "",
        beside: vec![format!("of {}", figures.unit_kl_nats.len())],
        help: "Units whose mean varies over images by more than 0.01: those that carry information",
    };
    Group {
        title: "Variational bound: −ELBO = reconstruction + KL".to_owned(),
        rows: vec![
            nats(
                "reconstruction",
                figures.reconstruction_nats,
                "−E ln p(x|z), from one draw of z for each image",
            ),
            nats(
                "KL to prior",
                figures.kl_nats,
                "How much the code says about the image: the divergence of q(z|x) from the prior",
            ),
            elbo,
            active,
        ],
    }
}

fn adversary(figures: &AdversarialFigures) -> Group {
    let nats = |name, value: f64, undecided: &str, help| Row {
        name,
        value: three_digits(value),
        unit: "nats",
        beside: vec![format!("{undecided} if it guesses")],
        help,
    };
    let accuracy = Row {
        name: "discriminator accuracy",
        value: percent_of_100(figures.discriminator_accuracy),
        unit: "%",
        beside: vec!["50 if it guesses".to_owned()],
        help: "Share of samples of the prior and of codes that the discriminator classifies correctly",
    };
    let mut rows = vec![
        nats(
            "discriminator loss",
            figures.discriminator_loss,
            "1.386",
            "−ln D(z) − ln(1 − D(h)), which the discriminator minimises; 2 ln 2 when it guesses",
        ),
        nats(
            "generator loss",
            figures.generator_loss,
            "0.693",
            "−ln D(h), which the encoder minimises; ln 2 when the discriminator guesses",
        ),
        accuracy,
    ];
    if let Some((filled, share)) = figures.petals {
        rows.push(Row {
            name: "petals filled",
            value: filled.to_string(),
            unit: "",
            beside: vec!["of 10".to_owned()],
            help: "Petals of the prior that hold at least 2 % of the codes within three standard deviations",
        });
        rows.push(Row {
            name: "codes in petals",
            value: percent_of_100(share),
            unit: "%",
            beside: Vec::new(),
            help: "Share of codes within three standard deviations of some petal",
        });
    }
    Group {
        title: "Adversarial prior".to_owned(),
        rows,
    }
}

fn held_out(run: &RunState, best: &BestEpoch) -> Group {
    let unit = run.experiment.objective.unit(Term::Objective).text();
    let row = |name, value: f64, beside, help| Row {
        name,
        value: three_digits(value),
        unit,
        beside,
        help,
    };
    let epoch = format!("after epoch {}", best.epoch);
    let least = if best.is_in_place {
        vec![epoch, "these weights".to_owned()]
    } else {
        vec![epoch, "put back at the end".to_owned()]
    };
    Group {
        title: "Held-out images".to_owned(),
        rows: vec![
            row(
                "lowest loss J",
                best.loss,
                least,
                "The lowest loss on the training images that are held out, and the epoch after which it was found, counted \
                 over the whole run. The weights of that epoch are put back when the run ends",
            ),
            row(
                "latest loss J",
                best.newest_loss,
                Vec::new(),
                "The loss on the held-out images after the newest epoch of joint training. If it rises while the \
                 training loss falls, the network overfits",
            ),
        ],
    }
}

fn classifiers(state: &LabState, run: &RunState, figures: &ClassificationFigures) -> Group {
    let row = |name, value: f64, beside, help| Row {
        name,
        value: format!("{value:.2}"),
        unit: "% wrong",
        beside,
        help,
    };
    Group {
        title: "Classifiers".to_owned(),
        rows: vec![
            row(
                "pre-trained",
                figures.error_percent,
                stated(state, run, Figure::ErrorPercent)
                    .into_iter()
                    .collect(),
                "Test images misclassified by the network that starts from the trained encoder",
            ),
            row(
                "from random weights",
                figures.error_percent_from_random,
                Vec::new(),
                "The same for the network that starts from the encoder's initial weights: shows what pre-training gains",
            ),
        ],
    }
}

fn of_code(state: &LabState, run: &RunState, code: &CodeFigures) -> Group {
    let stated = |figure| stated(state, run, figure).into_iter().collect();
    let ratio = code.relative_jacobian_norm();
    let ratio = ratio.map_or_else(|| "–".to_owned(), three_digits);
    Group {
        title: "Code".to_owned(),
        rows: vec![
            Row {
                name: "mean activation",
                value: three_digits(code.mean_activation),
                unit: "",
                beside: stated(Figure::MeanActivation),
                help: "Mean over units and images",
            },
            Row {
                name: "near zero",
                value: percent_of_100(100.0 * code.near_zero_fraction),
                unit: "%",
                beside: Vec::new(),
                help: "Share of activations with |h| < 0.01",
            },
            Row {
                name: "dead units",
                value: number::count_of(code.dead_units),
                unit: "",
                beside: vec![format!("of {}", number::count_of(code.size))],
                help: "Units near zero on every image: they carry no information. A unit stuck at another value carries none either, \
                       and is not counted",
            },
            Row {
                name: "‖J‖²",
                value: three_digits(code.jacobian_norm),
                unit: "per image",
                beside: stated(Figure::JacobianNorm),
                help: "How much the code changes when a pixel does: the squared Frobenius norm of ∂h/∂x, averaged \
                       over the whole test split. Exact if the encoder is one fully connected layer without GELU, \
                       otherwise estimated along one random direction for each image",
            },
            Row {
                name: "‖J‖²/Var(h)",
                value: ratio,
                unit: "per pixel²",
                beside: stated(Figure::RelativeJacobianNorm),
                help: "The same divided by the code's variance over the test split, summed over its units. A code that \
                       is only smaller has a smaller ‖J‖² and the same ratio",
            },
        ],
    }
}
