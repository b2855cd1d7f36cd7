//! What training minimises: a reconstruction error plus weighted penalties.

use serde::{Deserialize, Serialize};

use super::Piece::Number;
use super::piece::weighted;
use super::zero::is_zero;
use super::{
    Adversarial, Emphasis, LatentPrior, Prior, Reconstruction, Reported, Role, Sparsity, Stage,
    Term, Unit, Updates, Variational, Written,
};

/// `J = Δ(target, x̂) + sparsity(h) + λ_c·‖∂h/∂x‖²_F + prior(h)`, one field for each kind of term.
///
/// Without a prior Δ is a mean over pixels and batch, as Keras reports it. With one that is added to it, it is summed
/// over an image's pixels, in nats where it is a likelihood, so that β = 1 is the textbook bound; see
/// [`Objective::is_per_image`]. An adversarial prior in two phases is not added: J is then what the reconstruction phase
/// minimises, and [`Objective::of_own_phase`] what the regularisation phase does.
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

    /// One that minimises a term, in J or in a phase of its own, at a strength that shows; none for what none does.
    #[must_use]
    pub fn example(term: Term) -> Option<Self> {
        let mut objective = Self::plain(Reconstruction::Mse);
        let adversarial = |updates| {
            Prior::Adversarial(Adversarial {
                distribution: LatentPrior::Gaussian,
                updates,
                discriminator_learning_rate: 3e-4,
            })
        };
        let [one_step, two_phases] = Updates::KINDS;
        match term {
            Term::Reconstruction(error) => objective.reconstruction = error,
            Term::L1 => objective.sparsity = Sparsity::KINDS[1],
            Term::KlSparsity => objective.sparsity = Sparsity::KINDS[2],
            Term::Contraction => objective.contraction = 1e-3,
            Term::LatentKl => objective.prior = Prior::Variational(Variational::PLAIN),
            Term::Generator => objective.prior = adversarial(one_step),
            Term::GeneratorLoss => objective.prior = adversarial(two_phases),
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
            prior.written().filter(|_| prior.is_added()),
        ];
        parts.into_iter().flatten().collect()
    }

    /// What is minimised in a phase of its own, after J; `None` if everything is in J.
    #[must_use]
    pub fn of_own_phase(&self) -> Option<(Term, Written)> {
        self.prior.written().filter(|_| !self.prior.is_added())
    }

    /// Every loss that training minimises: what J adds up, then what has a phase of its own.
    #[must_use]
    pub fn losses(&self) -> Vec<(Term, Written)> {
        self.parts()
            .into_iter()
            .chain(self.of_own_phase())
            .collect()
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
        let of_own_phase = self.of_own_phase().map(|(term, _)| term);
        let is_joint = stage == Stage::Joint;
        let is_reported = |term: &Term| match term.info().role {
            Role::Objective => is_joint,
            Role::Part { .. } => is_joint && adds_up(*term),
            Role::Beside { reported, .. } => match reported {
                Reported::With(part) => is_joint && adds_up(part),
                Reported::InOwnPhase => is_joint && of_own_phase == Some(*term),
                Reported::WithAdversary => is_joint && self.prior.adversarial().is_some(),
                Reported::Pretraining => matches!(stage, Stage::Pretraining { .. }),
                Reported::FineTuning => stage == Stage::FineTuning,
            },
        };
        Term::all().into_iter().filter(is_reported).collect()
    }

    /// Whether Δ is summed over an image's pixels instead of averaged, as priors need it that are added to it.
    #[must_use]
    pub fn is_per_image(&self) -> bool {
        self.prior.is_added()
    }

    /// The unit of a term's values. All terms that are added share the reconstruction's.
    #[must_use]
    pub fn unit(&self, term: Term) -> Unit {
        match term.info().role {
            Role::Beside { unit, .. } => unit,
            Role::Objective | Role::Part { .. } => {
                let is_entropy = self.reconstruction == Reconstruction::Bce;
                let is_likelihood = is_entropy || self.prior.variational().is_some();
                match (self.is_per_image(), is_likelihood) {
                    (false, false) => Unit::PerPixel,
                    (false, true) => Unit::NatsPerPixel,
                    (true, false) => Unit::PerImage,
                    (true, true) => Unit::NatsPerImage,
                }
            }
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
            let is_loss = term.is_part() || term == Term::GeneratorLoss;
            assert_eq!(example.is_some(), is_loss, "{term:?}");
            let Some(objective) = example else {
                continue;
            };
            assert!(objective.terms().contains(&term), "{term:?}");
            let parts = objective.losses();
            assert!(parts.iter().any(|(part, _)| *part == term), "{term:?}");
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
