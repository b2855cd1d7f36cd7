//! The distribution that all codes together should have: variational and adversarial priors.

use std::f32::consts::{PI, TAU};

use serde::{Deserialize, Serialize};

use super::zero::{is_one, is_zero};

/// A term that shapes the distribution of codes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Prior {
    /// Codes may lie anywhere.
    #[default]
    None,
    /// Each image has a Gaussian of codes, kept near N(0, I) (Kingma & Welling 2013).
    Variational(Variational),
    /// A discriminator tells codes from samples of a prior, and the encoder learns to deceive it (Makhzani
    /// et al. 2015).
    Adversarial(Adversarial),
}

/// `q(z|x) = N(μ, σ²)` and the weight of `KL(q ‖ N(0, I))`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Variational {
    /// β, weight of the divergence; 1 is the bound of Kingma & Welling, more is Higgins et al. 2017.
    pub beta: f32,
    /// Epochs over which the weight rises from 0 to β.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub warm_up_epochs: f32,
    /// C, nats of divergence that are free: the term is `β |KL − C|` (Burgess et al. 2018, eq. 8). 0: none.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub capacity: f32,
    /// Epochs over which C rises from 0, as Burgess et al. raise it. 0: it is C from the start.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub capacity_epochs: f32,
    /// σ of the Gaussian likelihood `N(x | x̂, σ²)` that the squared error stands for.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub likelihood_sigma: f32,
}

/// A prior known by its samples.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "AdversarialInFile", into = "AdversarialInFile")]
pub struct Adversarial {
    /// The distribution that codes are to have.
    pub distribution: LatentPrior,
    /// How the encoder learns to deceive the discriminator.
    pub updates: Updates,
    /// α of the discriminator's own optimizer.
    pub discriminator_learning_rate: f64,
}

/// How the encoder learns to deceive the discriminator while it learns to reconstruct. Each way has the one number that
/// it needs: a weight where two losses are added, a learning rate where each has an optimizer of its own.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Updates {
    /// One step of `Δ + λ(−ln D(h))` by all weights, then one of the discriminator on the codes of before.
    OneStep {
        /// λ, weight of `−ln D(h)` beside the reconstruction error.
        weight: f32,
    },
    /// Makhzani et al. 2015, section 2: a step of encoder and decoder on Δ alone; then, on the codes that the encoder
    /// makes now, a step of the discriminator and one of the encoder on `−ln D(h)`, each by an optimizer of its own.
    TwoPhases {
        /// α of the encoder's optimizer in the regularisation phase.
        encoder_learning_rate: f64,
    },
}

/// [`Adversarial`] as files have it: each way of updating with its own number beside the others. Files from before there
/// were two ways mean one step.
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct AdversarialInFile {
    distribution: LatentPrior,
    #[serde(default)]
    updates: UpdatesInFile,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    weight: Option<f32>,
    discriminator_learning_rate: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    encoder_learning_rate: Option<f64>,
}

#[derive(Clone, Copy, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum UpdatesInFile {
    #[default]
    OneStep,
    TwoPhases,
}

impl TryFrom<AdversarialInFile> for Adversarial {
    type Error = &'static str;

    fn try_from(file: AdversarialInFile) -> Result<Self, Self::Error> {
        let updates = match (file.updates, file.weight, file.encoder_learning_rate) {
            (UpdatesInFile::OneStep, Some(weight), None) => Updates::OneStep { weight },
            (UpdatesInFile::TwoPhases, None, Some(encoder_learning_rate)) => Updates::TwoPhases {
                encoder_learning_rate,
            },
            (UpdatesInFile::OneStep, None, _) => return Err("missing field `weight`"),
            (UpdatesInFile::TwoPhases, _, None) => {
                return Err("missing field `encoder_learning_rate`");
            }
            (UpdatesInFile::OneStep, _, Some(_)) => {
                return Err("`encoder_learning_rate` belongs to updates = \"two_phases\"");
            }
            (UpdatesInFile::TwoPhases, Some(_), _) => {
                return Err(
                    "`weight` belongs to updates = \"one_step\": two phases add nothing up",
                );
            }
        };
        Ok(Self {
            distribution: file.distribution,
            updates,
            discriminator_learning_rate: file.discriminator_learning_rate,
        })
    }
}

impl From<Adversarial> for AdversarialInFile {
    fn from(prior: Adversarial) -> Self {
        let (updates, weight, encoder_learning_rate) = match prior.updates {
            Updates::OneStep { weight } => (UpdatesInFile::OneStep, Some(weight), None),
            Updates::TwoPhases {
                encoder_learning_rate,
            } => (UpdatesInFile::TwoPhases, None, Some(encoder_learning_rate)),
        };
        Self {
            distribution: prior.distribution,
            updates,
            weight,
            discriminator_learning_rate: prior.discriminator_learning_rate,
            encoder_learning_rate,
        }
    }
}

impl Adversarial {
    /// Units of the discriminator's hidden layers.
    pub const DISCRIMINATOR_HIDDEN: [usize; 2] = [256, 256];

    /// λ, where `−ln D(h)` is added to the reconstruction error.
    #[must_use]
    pub fn weight(&self) -> Option<f32> {
        match self.updates {
            Updates::OneStep { weight } => Some(weight),
            Updates::TwoPhases { .. } => None,
        }
    }

    /// α of the encoder's regularisation phase, where it has one.
    #[must_use]
    pub fn encoder_learning_rate(&self) -> Option<f64> {
        match self.updates {
            Updates::OneStep { .. } => None,
            Updates::TwoPhases {
                encoder_learning_rate,
            } => Some(encoder_learning_rate),
        }
    }
}

impl Updates {
    /// One of each kind at a strength that works, in the order a menu shows them.
    pub const KINDS: [Self; 2] = [
        Self::OneStep { weight: 10.0 },
        Self::TwoPhases {
            encoder_learning_rate: 3e-4,
        },
    ];

    /// The name people use for it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::OneStep { .. } => "one step of the sum",
            Self::TwoPhases { .. } => "two phases",
        }
    }
}

impl Variational {
    /// The bound itself: β = 1, no warm-up, no capacity.
    pub const PLAIN: Self = Self {
        beta: 1.0,
        warm_up_epochs: 0.0,
        capacity: 0.0,
        capacity_epochs: 0.0,
        likelihood_sigma: 1.0,
    };

    /// Weight of the divergence after this many epochs.
    #[must_use]
    pub fn beta_at(&self, epoch: f64) -> f32 {
        risen(self.beta, self.warm_up_epochs, epoch)
    }

    /// C after this many epochs, in nats.
    #[must_use]
    pub fn capacity_at(&self, epoch: f64) -> f32 {
        risen(self.capacity, self.capacity_epochs, epoch)
    }
}

/// What rises evenly from 0 to `full` over `epochs`, and then stays, after this many epochs.
fn risen(full: f32, epochs: f32, epoch: f64) -> f32 {
    let epochs = f64::from(epochs);
    if epoch < epochs {
        (f64::from(full) * epoch / epochs) as f32
    } else {
        full
    }
}

/// A distribution of codes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LatentPrior {
    /// N(0, I), for any code size.
    #[default]
    Gaussian,
    /// Ten elongated Gaussians like the petals of a flower, in the plane.
    Mixture,
    /// A spiral, in the plane.
    SwissRoll,
    /// Evenly spread over [−2, 2] in each unit, for any code size.
    Uniform,
}

impl LatentPrior {
    /// All distributions, in the order a menu shows them.
    pub const ALL: [Self; 4] = [
        Self::Gaussian,
        Self::Mixture,
        Self::SwissRoll,
        Self::Uniform,
    ];

    /// Petals of the mixture.
    pub const N_PETALS: usize = 10;
    /// Distance of a petal's centre from the origin.
    pub const PETAL_RADIUS: f32 = 2.0;
    /// Standard deviations along and across a petal.
    pub const PETAL_SIGMAS: [f32; 2] = [0.5, 0.1];
    /// Half the width of the uniform distribution.
    pub const UNIFORM_EXTENT: f32 = 2.0;
    /// Radius at which the spiral ends.
    pub const ROLL_RADIUS: f32 = 3.0;
    /// Turns of the spiral.
    pub const ROLL_TURNS: f32 = 2.0;
    /// Standard deviation across the spiral.
    pub const ROLL_SIGMA: f32 = 0.08;

    /// The name people use for it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Gaussian => "Gaussian N(0, I)",
            Self::Mixture => "ten Gaussians",
            Self::SwissRoll => "swiss roll",
            Self::Uniform => "uniform",
        }
    }

    /// Whether it lives in the plane only.
    #[must_use]
    pub fn needs_two_units(self) -> bool {
        matches!(self, Self::Mixture | Self::SwissRoll)
    }

    /// Whether any two units of a code of this many have its outline: of a code of two, always; of a wider one, where its
    /// units are independent and alike.
    #[must_use]
    pub fn shows_in_two_of(self, code_size: usize) -> bool {
        code_size == 2 || (code_size > 2 && !self.needs_two_units())
    }

    /// Direction of a petal from the origin, in radians.
    #[must_use]
    pub fn petal_angle(petal: usize) -> f32 {
        petal as f32 / Self::N_PETALS as f32 * TAU
    }

    /// The point of the spiral at `t`, 0 at its start and 1 at its end. Equal parts of `t` are equal lengths
    /// to within a few per cent.
    #[must_use]
    pub fn roll_point(t: f32) -> [f32; 2] {
        let along = t.sqrt(); // an Archimedean spiral's length grows with the square of its angle
        let angle = along * Self::ROLL_TURNS * TAU;
        let radius = along * Self::ROLL_RADIUS;
        [radius * angle.cos(), radius * angle.sin()]
    }

    /// Closed or open lines that outline the distribution in the plane: one, two and three standard
    /// deviations of the Gaussian, two of each petal, the edge of the square, the line of the spiral. The first and last point of a closed line
    /// agree.
    #[must_use]
    pub fn outline(self) -> Vec<Vec<[f32; 2]>> {
        match self {
            Self::Gaussian => [1.0, 2.0, 3.0]
                .map(|radius| ellipse([0.0; 2], [radius; 2], 0.0))
                .to_vec(),
            Self::Mixture => (0..Self::N_PETALS)
                .map(|petal| {
                    let angle = Self::petal_angle(petal);
                    let centre = [angle.cos(), angle.sin()].map(|part| part * Self::PETAL_RADIUS);
                    ellipse(centre, Self::PETAL_SIGMAS.map(|sigma| 2.0 * sigma), angle)
                })
                .collect(),
            Self::SwissRoll => {
                let points = (0..=200_u8).map(|i| Self::roll_point(f32::from(i) / 200.0));
                vec![points.collect()]
            }
            Self::Uniform => {
                let e = Self::UNIFORM_EXTENT;
                vec![vec![[-e, -e], [e, -e], [e, e], [-e, e], [-e, -e]]]
            }
        }
    }
}

impl Prior {
    /// One of each kind, in the order a menu shows them; the adversarial one as in the preset `aae-2`.
    pub const KINDS: [Self; 3] = [
        Self::None,
        Self::Variational(Variational::PLAIN),
        Self::Adversarial(Adversarial {
            distribution: LatentPrior::Gaussian,
            updates: Updates::KINDS[0],
            discriminator_learning_rate: 3e-4,
        }),
    ];

    /// The name people use for it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Variational(_) => "variational",
            Self::Adversarial(_) => "adversarial",
        }
    }

    /// Whether codes may lie anywhere.
    #[must_use]
    pub fn is_none(&self) -> bool {
        *self == Self::None
    }

    /// The distribution that codes are drawn to, where there is one.
    #[must_use]
    pub fn distribution(&self) -> Option<LatentPrior> {
        match self {
            Self::None => None,
            Self::Variational(_) => Some(LatentPrior::Gaussian),
            Self::Adversarial(adversarial) => Some(adversarial.distribution),
        }
    }

    /// The variational prior, where it is one.
    #[must_use]
    pub fn variational(&self) -> Option<&Variational> {
        match self {
            Self::Variational(variational) => Some(variational),
            _ => None,
        }
    }

    /// Whether its term is added to Δ. In two phases nothing is: each has a loss of its own.
    #[must_use]
    pub fn is_added(&self) -> bool {
        match self {
            Self::None => false,
            Self::Variational(_) => true,
            Self::Adversarial(adversarial) => adversarial.weight().is_some(),
        }
    }

    /// What the encoder's reward for fooling the discriminator is multiplied by in the objective.
    #[must_use]
    pub fn generator_weight(&self) -> Option<f64> {
        let weight = self.adversarial()?.weight()?;
        (weight > 0.0).then_some(f64::from(weight))
    }

    /// The adversarial prior, where it is one.
    #[must_use]
    pub fn adversarial(&self) -> Option<&Adversarial> {
        match self {
            Self::Adversarial(adversarial) => Some(adversarial),
            _ => None,
        }
    }
}

/// A closed line around `centre`, with its half axes turned by `angle`.
fn ellipse(centre: [f32; 2], axes: [f32; 2], angle: f32) -> Vec<[f32; 2]> {
    (0..=64_u8)
        .map(|i| {
            let t = f32::from(i % 64) / 32.0 * PI;
            let (along, across) = (axes[0] * t.cos(), axes[1] * t.sin());
            [
                centre[0] + along * angle.cos() - across * angle.sin(),
                centre[1] + along * angle.sin() + across * angle.cos(),
            ]
        })
        .collect()
}

fn one() -> f32 {
    1.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weight_rises_evenly_and_then_stays() {
        let variational = Variational {
            beta: 4.0,
            warm_up_epochs: 2.0,
            ..Variational::PLAIN
        };
        let at = |epoch| variational.beta_at(epoch);
        let weights = [at(0.0), at(1.0), at(2.0), at(9.0)].map(f32::to_bits);
        assert_eq!(weights, [0.0_f32, 2.0, 4.0, 4.0].map(f32::to_bits));
        assert_eq!(Variational::PLAIN.beta_at(0.0).to_bits(), 1.0_f32.to_bits());
    }

    #[test]
    fn the_capacity_rises_evenly_and_then_stays() {
        let rising = Variational {
            capacity: 25.0,
            capacity_epochs: 10.0,
            ..Variational::PLAIN
        };
        let found = [0.0, 4.0, 10.0, 30.0].map(|epoch| rising.capacity_at(epoch).to_bits());
        assert_eq!(found, [0.0_f32, 10.0, 25.0, 25.0].map(f32::to_bits));
        let constant = Variational {
            capacity_epochs: 0.0,
            ..rising
        };
        assert_eq!(constant.capacity_at(0.0).to_bits(), 25.0_f32.to_bits());
    }

    #[test]
    fn outlines_are_finite_and_where_they_belong() {
        for prior in LatentPrior::ALL {
            let outline = prior.outline();
            let points = outline.iter().flatten();
            assert!(points.clone().count() > 4, "{prior:?}");
            for [x, y] in points {
                assert!(x.hypot(*y) <= 3.2, "{prior:?}: ({x}, {y})");
            }
        }
        assert_eq!(LatentPrior::Mixture.outline().len(), 10);
    }

    #[test]
    fn equal_parts_of_the_spiral_are_equal_lengths() {
        let length = |from: f32, to: f32| -> f32 {
            (0..100_u8)
                .map(|i| {
                    let at = |k: f32| LatentPrior::roll_point(from + (to - from) * k / 100.0);
                    let ([a, b], [c, d]) = (at(f32::from(i)), at(f32::from(i) + 1.0));
                    (c - a).hypot(d - b)
                })
                .sum()
        };
        let ratio = length(0.8, 1.0) / length(0.3, 0.5);
        assert!((ratio - 1.0).abs() < 0.05, "{ratio}");
    }
}
