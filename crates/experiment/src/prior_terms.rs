//! What a prior on codes adds to the objective, in words and signs.

use super::Piece::{Choice, Number};
use super::piece::{pieces, weighted};
use super::{Adversarial, Prior, Term, Updates, Variational, Written};

impl Prior {
    /// The loss of this prior; none of none. Whether J adds it up, [`Prior::is_added`] says.
    pub(super) fn written(&self) -> Option<(Term, Written)> {
        match self {
            Self::None => None,
            Self::Variational(prior) => Some((Term::LatentKl, variational(prior))),
            Self::Adversarial(prior) => Some(adversarial(prior)),
        }
    }
}

/// `+ β KL(q || N(0, I))`, or the distance to C.
fn variational(prior: &Variational) -> Written {
    let beta = Number(prior.beta);
    let text = if prior.capacity > 0.0 {
        "|KL(*q* || N(0, I)) − #|"
    } else {
        "KL(*q* || N(0, I))"
    };
    let weight = [beta, Number(prior.warm_up_epochs)];
    let capacity = [Number(prior.capacity), Number(prior.capacity_epochs)];
    let rises = prior.capacity > 0.0 && prior.capacity_epochs > 0.0;
    let note = match (prior.warm_up_epochs > 0.0, rises) {
        (true, true) => pieces(
            "KL weight from 0 to # over # epochs, C from 0 to # nats over # epochs",
            &[weight, capacity].concat(),
        ),
        (true, false) => pieces("KL weight from 0 to # over # epochs", &weight),
        (false, true) => pieces("C from 0 to # nats over # epochs", &capacity),
        (false, false) => Vec::new(),
    };
    Written {
        name: "KL",
        choice: "variational",
        settings: vec![("β", beta)],
        formula: weighted("+ ", prior.beta, text, &[Number(prior.capacity)]),
        note,
        letters: Some("q the Gaussian of codes of one image"),
    }
}

/// `− λ ln D(h)` in the sum, or `−ln D(h)` in a phase of its own.
fn adversarial(prior: &Adversarial) -> (Term, Written) {
    let distribution = Choice(prior.distribution.label());
    let written = Written {
        name: "adversary",
        choice: "adversarial",
        settings: vec![("", distribution)],
        letters: Some("D the discriminator's probability that a code is a sample of the prior"),
        ..Written::default()
    };
    match prior.updates {
        Updates::OneStep { weight } => {
            let written = Written {
                formula: weighted("− ", weight, "ln D(*h*)", &[]),
                note: pieces("D: samples of #, or codes?", &[distribution]),
                ..written
            };
            (Term::Generator, written)
        }
        Updates::TwoPhases { .. } => {
            let written = Written {
                name: "adversary in two phases",
                formula: pieces("−ln D(*h*)", &[]),
                note: pieces(
                    "then D: #, or codes?\nthen the encoder alone: −ln D(*h*)",
                    &[distribution],
                ),
                ..written
            };
            (Term::GeneratorLoss, written)
        }
    }
}
