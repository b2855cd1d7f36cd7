//! What a prior on codes adds to the objective, in words and signs.

use super::Piece::{Choice, Letter, Number, Sign};
use super::piece::{minus, plus};
use super::{Adversarial, Prior, Term, Variational, Written};

impl Prior {
    /// The term of this prior; none of none.
    pub(super) fn written(&self) -> Option<(Term, Written)> {
        match self {
            Self::None => None,
            Self::Variational(prior) => Some((Term::LatentKl, variational(prior))),
            Self::Adversarial(prior) => Some((Term::Generator, adversarial(prior))),
        }
    }
}

/// `+ β KL(q || N(0, I))`, or the distance to C.
fn variational(prior: &Variational) -> Written {
    let mut term = vec![
        Sign("KL("),
        Letter("q"),
        Sign("\u{a0}||\u{a0}N(0,\u{a0}I))"),
    ];
    if prior.capacity > 0.0 {
        term.insert(0, Sign("|"));
        term.extend([Sign("\u{a0}−\u{a0}"), Number(prior.capacity), Sign("|")]);
    }
    let warm_up = [
        Sign("KL weight from 0 to "),
        Number(prior.beta),
        Sign(" over "),
        Number(prior.warm_up_epochs),
        Sign(" epochs"),
    ];
    Written {
        name: "KL",
        choice: "variational",
        settings: vec![("β", Number(prior.beta))],
        formula: plus(prior.beta, &term),
        note: if prior.warm_up_epochs > 0.0 {
            warm_up.to_vec()
        } else {
            Vec::new()
        },
        letters: Some("q the Gaussian of codes of one image"),
    }
}

/// `− λ ln D(h)`
fn adversarial(prior: &Adversarial) -> Written {
    let distribution = Choice(prior.distribution.label());
    let term = [Sign("ln\u{a0}D("), Letter("h"), Sign(")")];
    Written {
        name: "adversary",
        choice: "adversarial",
        settings: vec![("", distribution)],
        formula: minus(prior.weight, &term),
        note: vec![Sign("D: samples of "), distribution, Sign(", or codes?")],
        letters: Some("D the discriminator's belief that a code is a sample of the prior"),
    }
}
