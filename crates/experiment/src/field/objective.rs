//! Settings of what is asked for and what the encoder is shown instead.

use std::mem::discriminant;

use super::setting::without_joint_training;
use super::value::{Leaf as _, Place, at, labels};
use super::{Field, Kind, Number, Optional, Section};
use crate::{Corruption, Emphasis, Experiment, Half, Reconstruction, Target};

const ROW: Field = Field {
    section: Section::Objective,
    ..Field::LIVE
};

pub(super) static ROWS: &[&Field] = &[
    &CORRUPTION,
    &NOISE_FRACTION,
    &NOISE_SIGMA,
    &TEST_FRACTION,
    &TEST_SIGMA,
    &TARGET,
    &HIDDEN_HALF,
    &ROTATION,
    &LOSS,
    &EMPHASIS,
    &CORRUPTED_WEIGHT,
    &CLEAN_WEIGHT,
];

/// ν, a share of pixels.
const FRACTION: Number = Number::linear(0.0, 1.0);
/// σ of Gaussian noise, in units of the pixel range.
const SIGMA: Number = Number::linear(0.0, 2.0);
/// Another strength when measuring, which starts as that of training.
const AT_TEST: Optional = Optional {
    switch: "other strength at test",
    absent: "none",
    first: |experiment| {
        let strength = experiment.corruption.strength().to_string();
        strength.parse().unwrap_or_default() // 0.3 rather than 0.30000001192
    },
    instead: |_| "other strength".to_owned(),
};

pub static CORRUPTION: Field = Field {
    path: "corruption.kind",
    short: Some("noise"),
    label: "corruption",
    is_basic: true,
    kind: Kind::Choice(labels::<Corruption>),
    help: "Corrupts the input before the encoder sees it; the target stays clean, so the network learns to \
           remove the damage. Masking sets pixels to 0, salt and pepper sets them to 0 or 1, Gaussian adds \
           noise",
    idle: without_joint_training,
    place: Place {
        get: |experiment| Some(experiment.corruption.value()),
        set: |experiment, value| {
            let before = discriminant(&experiment.corruption);
            experiment.corruption.put(value);
            if discriminant(&experiment.corruption) != before {
                experiment.test_noise = None; // ν and σ do not mean the same
            }
        },
    },
    ..ROW
};

pub static NOISE_FRACTION: Field = Field {
    path: "corruption.fraction",
    label: "noise fraction ν",
    is_basic: true,
    row: Some("Fraction ν"),
    kind: Kind::Number(FRACTION),
    help: "Fraction of the pixels that are corrupted before the encoder sees the image; the target stays \
           clean. Typical: 0.1 to 0.5",
    needs: Some(&CORRUPTION),
    idle: without_joint_training,
    place: at!(Corruption::Masking { fraction } | Corruption::SaltAndPepper { fraction } = corruption => fraction),
    ..ROW
};

pub static NOISE_SIGMA: Field = Field {
    path: "corruption.sigma",
    label: "noise level σ",
    is_basic: true,
    kind: Kind::Number(SIGMA),
    help: "Standard deviation of the noise added to each pixel, in units of the pixel range; the sum is clipped \
           to 0..1. Typical: 0.1 to 0.5",
    needs: Some(&CORRUPTION),
    idle: without_joint_training,
    place: at!(Corruption::Gaussian { sigma } = corruption => sigma),
    ..ROW
};

const TEST_NOISE: Field = Field {
    path: "test_noise",
    row: Some("At test"),
    help: "A different strength of the same corruption at test time: how well does the network handle more, or \
           less, than it was trained on? If off, test images are corrupted as in training",
    needs: Some(&CORRUPTION),
    idle: |experiment| {
        let is_off = experiment.corruption == Corruption::None;
        without_joint_training(experiment).or_else(|| {
            is_off.then(|| {
                "there is no corruption that could have another strength at test: choose a corruption first".to_owned()
            })
        })
    },
    ..ROW
};

static TEST_FRACTION: Field = Field {
    label: "noise fraction ν at test",
    kind: Kind::Number(Number {
        optional: Some(AT_TEST),
        ..FRACTION
    }),
    place: Place {
        get: |experiment| match experiment.corruption {
            Corruption::Masking { .. } | Corruption::SaltAndPepper { .. } => {
                Some(experiment.test_noise.value())
            }
            _ => None,
        },
        set: |experiment, value| experiment.test_noise.put(value),
    },
    ..TEST_NOISE
};

/// The same for Gaussian noise; kept without any corruption for when there is one again.
static TEST_SIGMA: Field = Field {
    label: "noise level σ at test",
    kind: Kind::Number(Number {
        optional: Some(AT_TEST),
        ..SIGMA
    }),
    place: Place {
        get: |experiment| match experiment.corruption {
            Corruption::None | Corruption::Gaussian { .. } => Some(experiment.test_noise.value()),
            _ => None,
        },
        set: |experiment, value| experiment.test_noise.put(value),
    },
    ..TEST_NOISE
};

static TARGET: Field = Field {
    path: "target.kind",
    label: "target",
    kind: Kind::Choice(labels::<Target>),
    left_out: "same_image",
    help: "The target for the decoder. The same image: plain reconstruction. Whole from half: one half is \
           black for the encoder. Upright from rotated: the encoder sees the image rotated by a random angle",
    idle: without_joint_training,
    place: at!(target),
    ..ROW
};

static HIDDEN_HALF: Field = Field {
    path: "target.hidden",
    label: "hidden half",
    kind: Kind::Choice(labels::<Half>),
    left_out: "",
    help: "The half that the encoder does not see, and that the decoder has to fill in",
    needs: Some(&TARGET),
    idle: without_joint_training,
    place: at!(Target::WholeFromHalf { hidden } = target => hidden),
    ..ROW
};

static ROTATION: Field = Field {
    path: "target.degrees",
    label: "rotation",
    row: Some("Up to ± degrees"),
    kind: Kind::Number(Number {
        unit: "degrees",
        ..Number::linear(0.0, 180.0)
    }),
    help: "Largest angle, to either side, by which the encoder's image is rotated; the target is the upright image. Typical: 15 to 60",
    needs: Some(&TARGET),
    idle: without_joint_training,
    place: at!(Target::UprightFromRotated { degrees } = target => degrees),
    ..ROW
};

pub static LOSS: Field = Field {
    path: "objective.reconstruction",
    short: Some("loss"),
    label: "loss",
    kind: Kind::Choice(labels::<Reconstruction>),
    help: "How far the reconstruction is from the image, averaged over pixels, or summed if there is a prior. \
           The squared error suits any output; the absolute error gives large differences less weight; \
           cross-entropy treats pixels as probabilities and needs a sigmoid output. A layer that is pre-trained takes its \
           error from its output: cross-entropy of a sigmoid, the squared error of any other",
    left_out: "",
    idle: without_joint_training,
    place: at!(objective.reconstruction),
    ..ROW
};

/// Why weights of corrupted and clean pixels change nothing: no noise that leaves some of them clean.
fn without_clean_pixels(experiment: &Experiment) -> Option<String> {
    let layers = &experiment.plan.pretraining;
    let hits_layers = layers
        .iter()
        .any(|layer| layer.epochs > 0 && layer.corruption > 0.0);
    let is_joint = without_joint_training(experiment).is_none();
    let hits_images = is_joint && experiment.corruption.hits_some();
    (!hits_layers && !hits_images).then(|| {
        "no noise that hits some pixels and leaves the others clean: choose masking, or salt and pepper, with a \
         fraction above 0"
            .to_owned()
    })
}

pub static EMPHASIS: Field = Field {
    path: "objective.emphasis.kind",
    label: "emphasis",
    kind: Kind::Choice(labels::<Emphasis>),
    help: "Gives the errors of corrupted and of clean pixels different weights in J. With a larger weight on corrupted \
           pixels the network learns to fill in what is missing rather than to copy what it sees. The same goes for \
           the inputs of layers that are pre-trained with corruption. The MSE and BCE of the test images stay \
           unweighted",
    needs: Some(&CORRUPTION),
    idle: without_clean_pixels,
    place: at!(objective.emphasis),
    ..ROW
};

/// Weight of some pixels' errors.
const PIXEL_WEIGHT: Field = Field {
    kind: Kind::Number(Number::linear(0.0, 10.0)),
    needs: Some(&EMPHASIS),
    idle: without_clean_pixels,
    ..ROW
};

pub static CORRUPTED_WEIGHT: Field = Field {
    path: "objective.emphasis.corrupted",
    label: "weight of corrupted pixels α",
    row: Some("Corrupted α"),
    help: "Weight of the error of each pixel that the corruption hit. Typical: 1",
    place: at!(Emphasis::ByCorruption { corrupted, .. } = objective.emphasis => corrupted),
    ..PIXEL_WEIGHT
};

static CLEAN_WEIGHT: Field = Field {
    path: "objective.emphasis.clean",
    label: "weight of clean pixels β",
    row: Some("Clean β"),
    help: "Weight of the error of each pixel that the corruption spared. 0: only corrupted pixels count (full emphasis). \
           Typical: 0 to 1",
    place: at!(Emphasis::ByCorruption { clean, .. } = objective.emphasis => clean),
    ..PIXEL_WEIGHT
};
