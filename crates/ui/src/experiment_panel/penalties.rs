//! What is added to the reconstruction error: sparsity, contraction, a prior on the codes.

use egui::Ui;

use super::Editor;
use super::controls::{
    Takes, choice_row, kind_of, problem, problem_of, slider_row, slider_row_of, slider_row_or_off,
};
use super::section::{Heading, Section};
use hourglass_experiment::settings::{
    ADVERSARIAL_WEIGHT, BETA, CAPACITY, CONTRACTION, DISCRIMINATOR_LEARNING_RATE, L1_WEIGHT,
    LIKELIHOOD_SIGMA, SPARSITY_TARGET, SPARSITY_WEIGHT, Setting, WARM_UP,
};
use hourglass_experiment::{
    Activation, Adversarial, InvalidExperiment, LatentPrior, Prior, Reconstruction, Sparsity,
    Variational,
};

/// What the discriminator starts with: the preset `aae-2`.
const NEW_ADVERSARIAL: Adversarial = Adversarial {
    distribution: LatentPrior::Gaussian,
    weight: 10.0,
    discriminator_learning_rate: 3e-4,
};
const PRIORS: [Prior; 3] = [
    Prior::None,
    Prior::Variational(Variational::PLAIN),
    Prior::Adversarial(NEW_ADVERSARIAL),
];
/// Upper ends of rails whose settings allow far more than is ever of use, in epochs and nats.
const WARM_UP_RAIL: f64 = 20.0;
const CAPACITY_RAIL: f64 = 50.0;

const SPARSITY_HELP: &str = "A price for active code units. With L1 most of the code stays near zero, and each \
                             digit is written with few units; KL asks every unit for the same small mean ρ and \
                             needs the sigmoid code";
const PRIOR_HELP: &str = "What the codes of all images together should look like. Variational: each image becomes a \
                          small Gaussian of codes near N(0, I). Adversarial: a second network tells codes from \
                          samples of a distribution, and the encoder learns to deceive it. Both need a linear code, \
                          which choosing one sets, and sum the error over pixels";
const DISTRIBUTION_HELP: &str = "The distribution that the codes are to have. Ten Gaussians and the swiss roll lie in \
                                 the plane and need a code of 2 units";

/// What is switched on.
pub(super) fn heading(editor: &Editor<'_>) -> Heading {
    let parts = editor.draft.objective.parts();
    let parts: Vec<&str> = parts.iter().skip(1).map(|(_, part)| part.choice).collect();
    Heading {
        section: Section::Penalties,
        remarks: vec![if parts.is_empty() {
            "none".to_owned()
        } else {
            parts.join(", ")
        }],
        help: "What the objective adds to the reconstruction error".to_owned(),
        is_in_use: !parts.is_empty(),
        needs_attention: editor.problem(concerns).is_some(),
    }
}

fn concerns(problem: &InvalidExperiment) -> bool {
    const MINE: [&Setting; 10] = [
        &L1_WEIGHT,
        &SPARSITY_TARGET,
        &SPARSITY_WEIGHT,
        &CONTRACTION,
        &BETA,
        &WARM_UP,
        &CAPACITY,
        &LIKELIHOOD_SIGMA,
        &ADVERSARIAL_WEIGHT,
        &DISCRIMINATOR_LEARNING_RATE,
    ];
    match problem {
        InvalidExperiment::OutOfRange { label, .. } => MINE.iter().any(|own| own.label == *label),
        InvalidExperiment::KlSparsityOfUnboundedCode { .. }
        | InvalidExperiment::PriorOfBoundedCode { .. }
        | InvalidExperiment::AbsoluteErrorIsNoLikelihood
        | InvalidExperiment::PriorNeedsTwoUnits { .. } => true,
        _ => false,
    }
}

/// Shows the section of penalties.
pub(super) fn show(ui: &mut Ui, editor: &mut Editor<'_>) {
    sparsity(ui, editor);
    let contraction = &mut editor.draft.objective.contraction;
    slider_row_or_off(
        ui,
        "Contraction λ",
        &CONTRACTION,
        CONTRACTION.max,
        contraction,
    );
    prior(ui, editor);
}

fn sparsity(ui: &mut Ui, editor: &mut Editor<'_>) {
    let sparsity = &mut editor.draft.objective.sparsity;
    let current = kind_of(&Sparsity::KINDS, sparsity).unwrap_or_default();
    let (names, menu) = (("Sparsity", "sparsity"), (current, &Sparsity::KINDS[..]));
    let label = Sparsity::label;
    if let Some(kind) = choice_row(ui, names, Takes::Live, SPARSITY_HELP, menu, label) {
        *sparsity = kind;
    }
    let unbounded = |problem: &InvalidExperiment| {
        matches!(problem, InvalidExperiment::KlSparsityOfUnboundedCode { .. })
    };
    refusal(ui, editor, unbounded);
    match &mut editor.draft.objective.sparsity {
        Sparsity::None => {}
        Sparsity::L1 { weight } => slider_row_of(ui, "Weight λ", &L1_WEIGHT, weight),
        Sparsity::Kl { target, weight } => {
            slider_row_of(ui, "Mean ρ", &SPARSITY_TARGET, target);
            slider_row_of(ui, "Weight β", &SPARSITY_WEIGHT, weight);
        }
    }
}

fn label_of(prior: Prior) -> &'static str {
    match prior {
        Prior::None => "none",
        Prior::Variational(_) => "variational",
        Prior::Adversarial(_) => "adversarial",
    }
}

fn prior(ui: &mut Ui, editor: &mut Editor<'_>) {
    let draft = &mut editor.draft;
    let current = kind_of(&PRIORS, &draft.objective.prior).unwrap_or_default();
    let (names, menu) = (("Prior", "prior"), (current, &PRIORS[..]));
    if let Some(kind) = choice_row(ui, names, Takes::NewModel, PRIOR_HELP, menu, label_of) {
        draft.objective.prior = kind;
        if let Some([_, code]) = draft.architecture.activations_mut()
            && !kind.is_none()
        {
            *code = Activation::Linear;
        }
    }
    let bounded = |problem: &InvalidExperiment| {
        matches!(problem, InvalidExperiment::PriorOfBoundedCode { .. })
    };
    refusal(ui, editor, bounded);
    if editor
        .problems
        .contains(&InvalidExperiment::AbsoluteErrorIsNoLikelihood)
    {
        problem(ui, "Needs another loss above");
    }
    let is_gaussian = editor.draft.objective.reconstruction == Reconstruction::Mse;
    match &mut editor.draft.objective.prior {
        Prior::None => {}
        Prior::Variational(prior) => variational(ui, prior, is_gaussian),
        Prior::Adversarial(_) => adversarial(ui, editor),
    }
}

fn variational(ui: &mut Ui, prior: &mut Variational, is_gaussian: bool) {
    slider_row_of(ui, "KL weight β", &BETA, &mut prior.beta);
    let warm_up = &mut prior.warm_up_epochs;
    slider_row_or_off(ui, "KL warm-up", &WARM_UP, WARM_UP_RAIL, warm_up);
    slider_row_or_off(
        ui,
        "Capacity C",
        &CAPACITY,
        CAPACITY_RAIL,
        &mut prior.capacity,
    );
    if is_gaussian {
        slider_row_of(
            ui,
            "Likelihood σ",
            &LIKELIHOOD_SIGMA,
            &mut prior.likelihood_sigma,
        );
    }
}

fn adversarial(ui: &mut Ui, editor: &mut Editor<'_>) {
    let Prior::Adversarial(prior) = &mut editor.draft.objective.prior else {
        return;
    };
    let names = ("Distribution", "distribution");
    let menu = (prior.distribution, &LatentPrior::ALL[..]);
    let label = LatentPrior::label;
    if let Some(chosen) = choice_row(ui, names, Takes::Live, DISTRIBUTION_HELP, menu, label) {
        prior.distribution = chosen;
    }
    let planar = |problem: &InvalidExperiment| {
        matches!(problem, InvalidExperiment::PriorNeedsTwoUnits { .. })
    };
    refusal(ui, editor, planar);
    let Prior::Adversarial(prior) = &mut editor.draft.objective.prior else {
        return;
    };
    slider_row_of(ui, "Weight λ", &ADVERSARIAL_WEIGHT, &mut prior.weight);
    let (setting, rate) = (
        &DISCRIMINATOR_LEARNING_RATE,
        prior.discriminator_learning_rate,
    );
    if let Some(rate) = slider_row(ui, "Discr. rate", Takes::Live, setting, rate) {
        prior.discriminator_learning_rate = rate;
    }
    problem_of(ui, setting, rate);
}

/// Says in full what validation has against a choice.
fn refusal(ui: &mut Ui, editor: &Editor<'_>, concerns: impl Fn(&InvalidExperiment) -> bool) {
    if let Some(refused) = editor.problem(concerns) {
        problem(ui, &refused.to_string());
    }
}
