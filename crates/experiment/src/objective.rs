//! What training minimises: a reconstruction error plus weighted penalties.

use serde::{Deserialize, Serialize};

use super::Piece::Number;
use super::piece::weighted;
use super::zero::is_zero;
use super::{
    Adversarial, Emphasis, LatentPrior, Prior, Reconstruction, Reported, Role, Sparsity, Stage,
    Term, Unit, Variational, Written,
};

/// `J = Δ(target, x̂) + sparsity(h) + λ_c·‖∂h/∂x‖²_F + prior(h)`, one field for each kind of term.
///
/// Without a prior Δ is a mean over pixels and batch, as Keras reports it. With one it is summed over an
/// image's pixels, in nats where it is a likelihood, so that β = 1 is the textbook bound; see
/// [`Objective::is_per_image`].
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Objective {
    /// Δ, how far the reconstruction is from its target.
    pub reconstruction: Reconstruction,
    /// How much corrupted and clean pixels count in Δ.
    #[serde(default, skip_serializing_if = "Emphasis::is_none")]
    pub emphasis: Emphasis,
    /// `λ_c`, weight of the squared Frobenius norm of the encoder's Jacobian (Rifai et al. 2011). 0: none.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub contraction: f32,
    /// Penalty on the code's activations.
    #[serde(default, skip_serializing_if = "Sparsity::is_none")]
    pub sparsity: Sparsity,
    /// What the codes of all images together are to look like.
    #[serde(default, skip_serializing_if = "Prior::is_none")]
    pub prior: Prior,
}

impl Objective {
    /// A reconstruction error and nothing else.
    #[must_use]
    pub const fn plain(reconstruction: Reconstruction) -> Self {
        Self {
            reconstruction,
            emphasis: Emphasis::None,
            contraction: 0.0,
            sparsity: Sparsity::None,
            prior: Prior::None,
        }
    }

    /// One that adds up a term, at a strength that shows; none for what no objective adds up.
    #[must_use]
    pub fn example(term: Term) -> Option<Self> {
        let mut objective = Self::plain(Reconstruction::Mse);
        match term {
            Term::Reconstruction(error) => objective.reconstruction = error,
            Term::L1 => objective.sparsity = Sparsity::KINDS[1],
            Term::KlSparsity => objective.sparsity = Sparsity::KINDS[2],
            Term::Contraction => objective.contraction = 1e-3,
            Term::LatentKl => objective.prior = Prior::Variational(Variational::PLAIN),
            Term::Generator => {
                objective.prior = Prior::Adversarial(Adversarial {
                    distribution: LatentPrior::Gaussian,
                    weight: 10.0,
                    discriminator_learning_rate: 3e-4,
                });
            }
            Term::Objective
            | Term::JacobianNorm
            | Term::Discriminator
            | Term::DiscriminatorAccuracy
            | Term::LayerReconstruction
            | Term::Classification
            | Term::ClassificationFromRandom
            | Term::ErrorRate
            | Term::ErrorRateFromRandom => return None,
        }
        Some(objective)
    }

    /// What it adds up, in the order of the sum.
    #[must_use]
    pub fn parts(&self) -> Vec<(Term, Written)> {
        let &Self {
            reconstruction,
            emphasis,
            contraction,
            sparsity,
            prior,
        } = self;
        let error = reconstruction.written(emphasis, &prior);
        let parts = [
            Some((Term::Reconstruction(reconstruction), error)),
            sparsity.written(),
            written_contraction(contraction),
            prior.written(),
        ];
        parts.into_iter().flatten().collect()
    }

    /// The objective first, then every term it adds up, then the figures beside it.
    #[must_use]
    pub fn terms(&self) -> Vec<Term> {
        self.terms_of(Stage::Joint)
    }

    /// The numbers that steps of one part of training report; the one being minimised first.
    #[must_use]
    pub fn terms_of(&self, stage: Stage) -> Vec<Term> {
        let parts = self.parts();
        let adds_up = |term| parts.iter().any(|(part, _)| *part == term);
        let is_joint = stage == Stage::Joint;
        let is_reported = |term: &Term| match term.info().role {
            Role::Objective => is_joint,
            Role::Part { .. } => is_joint && adds_up(*term),
            Role::Beside { reported, .. } => match reported {
                Reported::With(part) => is_joint && adds_up(part),
                Reported::Pretraining => matches!(stage, Stage::Pretraining { .. }),
                Reported::FineTuning => stage == Stage::FineTuning,
            },
        };
        Term::all().into_iter().filter(is_reported).collect()
    }

    /// Whether Δ is summed over an image's pixels instead of averaged, as priors need it.
    #[must_use]
    pub fn is_per_image(&self) -> bool {
        !self.prior.is_none()
    }

    /// The unit of a term's values. All terms that are added share the reconstruction's.
    #[must_use]
    pub fn unit(&self, term: Term) -> Unit {
        match term.info().role {
            Role::Beside { unit, .. } => unit,
            Role::Objective | Role::Part { .. } => match (self.prior, self.reconstruction) {
                (Prior::None, Reconstruction::Mse | Reconstruction::Mae) => Unit::PerPixel,
                (Prior::None, Reconstruction::Bce) => Unit::NatsPerPixel,
                (Prior::Variational(_), _) | (_, Reconstruction::Bce) => Unit::NatsPerImage,
                (Prior::Adversarial(_), Reconstruction::Mse | Reconstruction::Mae) => {
                    Unit::PerImage
                }
            },
        }
    }
}

fn written_contraction(weight: f32) -> Option<(Term, Written)> {
    let written = Written {
        name: "contraction",
        choice: "contraction",
        settings: vec![("λ", Number(weight))],
        formula: weighted("+ ", weight, "||∂*h*/∂*x*||²", &[]),
        ..Written::default()
    };
    (weight > 0.0).then_some((Term::Contraction, written))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_example_of_a_part_is_written_and_reported_with_it() {
        for term in Term::all() {
            let example = Objective::example(term);
            assert_eq!(example.is_some(), term.is_part(), "{term:?}");
            let Some(objective) = example else {
                continue;
            };
            assert!(objective.terms().contains(&term), "{term:?}");
            let parts = objective.parts();
            assert!(parts.iter().all(|(_, part)| !part.formula.is_empty()));
            let is_error = matches!(term, Term::Reconstruction(_));
            assert_eq!(parts.len(), if is_error { 1 } else { 2 }, "{term:?}");
        }
    }

    #[test]
    fn parts_are_written_in_the_order_in_which_they_are_added() {
        let everything = Objective {
            contraction: 0.1,
            sparsity: Sparsity::KINDS[1],
            prior: Prior::Variational(Variational::PLAIN),
            ..Objective::plain(Reconstruction::Bce)
        };
        let terms: Vec<Term> = everything
            .parts()
            .into_iter()
            .map(|(term, _)| term)
            .collect();
        let sum = everything.terms().into_iter().filter(|term| term.is_part());
        assert_eq!(terms, sum.collect::<Vec<Term>>());
    }
}
