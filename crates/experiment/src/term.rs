//! The numbers that steps report, and what every place that shows one knows about it.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Reconstruction;

/// An enum with a list of its values, which a variant that is added is in at once.
macro_rules! listed {
    ($(#[$meta:meta])* pub enum $name:ident {
        $($(#[$doc:meta])* $variant:ident $(($inner:ident))?,)*
    }) => {
        $(#[$meta])*
        pub enum $name { $($(#[$doc])* $variant $(($inner))?,)* }

        impl $name {
            /// Each of them, in the order of the variants.
            #[must_use]
            pub fn all() -> Vec<Self> {
                let mut all = Vec::new();
                $(all.extend(listed!(@values $name $variant $($inner)?));)*
                all
            }
        }
    };
    (@values $name:ident $variant:ident) => { [$name::$variant] };
    (@values $name:ident $variant:ident $inner:ident) => { $inner::ALL.map($name::$variant) };
}

listed! {
    /// A number reported for each step: the objective, one of the terms it adds up, or a figure beside them. Their
    /// order is that of columns, legends and the sum.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    pub enum Term {
        /// J, the sum that training minimises.
        Objective,
        /// Δ, the reconstruction error.
        Reconstruction(Reconstruction),
        /// The weighted L1 penalty on the code.
        L1,
        /// The weighted divergence of the units' mean activations from ρ.
        KlSparsity,
        /// The weighted squared norm of the encoder's Jacobian.
        Contraction,
        /// The weighted divergence of `q(z|x)` from the prior.
        LatentKl,
        /// The weighted `−ln D(h)`, which falls as the encoder deceives the discriminator.
        Generator,
        /// `‖∂h/∂x‖²_F`, averaged over the batch, without its weight.
        JacobianNorm,
        /// `−ln D(h)`, what the encoder minimises in a phase of its own; ln 2 when the discriminator cannot tell.
        GeneratorLoss,
        /// `−ln D(z) − ln(1 − D(h))`, what the discriminator minimises; 2 ln 2 when it cannot tell.
        Discriminator,
        /// Share of samples and codes that the discriminator tells right, in per cent.
        DiscriminatorAccuracy,
        /// Error of one layer reconstructing its own input, in greedy pre-training.
        LayerReconstruction,
        /// Cross-entropy of the classes, in fine-tuning.
        Classification,
        /// The same of the network that started from random weights.
        ClassificationFromRandom,
        /// Share of images classified wrong, in per cent.
        ErrorRate,
        /// The same of the network that started from random weights.
        ErrorRateFromRandom,
    }
}

/// All that is known of a term apart from its formula and its mathematics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TermInfo {
    /// The name people read in legends.
    pub label: &'static str,
    /// The same where there is little room.
    pub short_label: &'static str,
    /// The column of `metrics.csv`.
    pub key: &'static str,
    pub role: Role,
    pub pen: Pen,
}

/// What a term is to the objective. Its unit, its plots and the steps that report it follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// J, the sum that training minimises.
    Objective,
    /// J adds it up: it counts in J's unit and is drawn in J's plot.
    Part {
        /// Another plot that shows it.
        also_in: Option<Group>,
    },
    /// A figure beside J.
    Beside {
        unit: Unit,
        /// The plot that shows it.
        group: Group,
        reported: Reported,
    },
}

/// The steps that report a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reported {
    /// Those of joint training whose objective adds up this term.
    With(Term),
    /// Those of joint training that minimise it in a phase of its own.
    InOwnPhase,
    /// Those of joint training with a discriminator.
    WithAdversary,
    Pretraining,
    FineTuning,
}

listed! {
    /// Curves that share an axis, in the order of the choice.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub enum Group {
        /// J and the terms it adds up.
        #[default]
        Objective,
        /// The errors of layers that are trained one by one.
        Layers,
        /// What discriminator and encoder minimise against each other.
        Adversary,
        /// How often the discriminator is right.
        Accuracy,
        /// The encoder's Jacobian.
        Jacobian,
        /// What the classifiers of fine-tuning minimise.
        Classes,
        /// How often the classifiers are wrong.
        Errors,
    }
}

/// How a curve is drawn wherever there are curves; each medium has its own widths and lengths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pen {
    Thick,
    Thin,
    Dotted,
    ShortDashes,
    LongDashes,
    /// Of two networks that are compared, the one that is in question.
    Compared,
    /// Of two networks that are compared, the one to compare it with.
    Baseline,
}

/// What values are counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    PerPixel,
    NatsPerPixel,
    PerImage,
    NatsPerImage,
    PerInput,
    Nats,
    Percent,
}

impl Unit {
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::PerPixel => "per pixel",
            Self::NatsPerPixel => "nats per pixel",
            Self::PerImage => "per image",
            Self::NatsPerImage => "nats per image",
            Self::PerInput => "per input",
            Self::Nats => "nats",
            Self::Percent => "%",
        }
    }

    /// `in nats per image`; a mere count has no unit to be in: `per pixel`.
    #[must_use]
    pub fn phrase(self) -> String {
        match self {
            Self::PerPixel | Self::PerImage | Self::PerInput => self.text().to_owned(),
            Self::NatsPerPixel | Self::NatsPerImage | Self::Nats | Self::Percent => {
                format!("in {self}")
            }
        }
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.text())
    }
}

const PART: Role = Role::Part { also_in: None };
const CROSS_ENTROPY: Role = figure(Unit::NatsPerImage, Group::Classes, Reported::FineTuning);
const ERROR_RATE: Role = figure(Unit::Percent, Group::Errors, Reported::FineTuning);

const fn figure(unit: Unit, group: Group, reported: Reported) -> Role {
    Role::Beside {
        unit,
        group,
        reported,
    }
}

impl Term {
    /// All that is known of it.
    #[must_use]
    pub fn info(self) -> TermInfo {
        // Label, short label and column; role; pen.
        let (names, role, pen) = match self {
            Self::Objective => (["objective", "J", "total"], Role::Objective, Pen::Thick),
            Self::Reconstruction(Reconstruction::Mse) => (["MSE", "MSE", "mse"], PART, Pen::Thin),
            Self::Reconstruction(Reconstruction::Bce) => (["BCE", "BCE", "bce"], PART, Pen::Thin),
            Self::Reconstruction(Reconstruction::Mae) => (["MAE", "MAE", "mae"], PART, Pen::Thin),
            Self::L1 => (["L1 penalty", "L1", "l1"], PART, Pen::Dotted),
            Self::KlSparsity => (["KL sparsity", "KL ρ", "kl_sparsity"], PART, Pen::Dotted),
            Self::Contraction => {
                let names = ["contraction", "∂h/∂x", "contraction"];
                (names, PART, Pen::ShortDashes)
            }
            Self::LatentKl => (["KL to prior", "KL", "kl"], PART, Pen::LongDashes),
            Self::Generator => {
                let also_in = Some(Group::Adversary);
                let names = ["generator", "generator", "generator"];
                (names, Role::Part { also_in }, Pen::LongDashes)
            }
            Self::JacobianNorm => {
                let reported = Reported::With(Self::Contraction);
                let role = figure(Unit::PerImage, Group::Jacobian, reported);
                (["‖J‖²", "‖J‖²", "jacobian_norm"], role, Pen::Thick)
            }
            Self::GeneratorLoss => {
                let role = figure(Unit::Nats, Group::Adversary, Reported::InOwnPhase);
                let names = ["generator loss", "generator", "generator_loss"];
                (names, role, Pen::LongDashes)
            }
            Self::Discriminator => {
                let role = figure(Unit::Nats, Group::Adversary, Reported::WithAdversary);
                let names = ["discriminator", "discriminator", "discriminator"];
                (names, role, Pen::Thick)
            }
            Self::DiscriminatorAccuracy => {
                let role = figure(Unit::Percent, Group::Accuracy, Reported::WithAdversary);
                let names = ["discriminator accuracy", "right", "discriminator_accuracy"];
                (names, role, Pen::Thick)
            }
            Self::LayerReconstruction => {
                let role = figure(Unit::PerInput, Group::Layers, Reported::Pretraining);
                (
                    ["layer error", "layer error", "layer_error"],
                    role,
                    Pen::Thick,
                )
            }
            Self::Classification => {
                let names = ["cross-entropy, pre-trained", "CE", "classification"];
                (names, CROSS_ENTROPY, Pen::Compared)
            }
            Self::ClassificationFromRandom => {
                let key = "classification_from_random";
                let names = ["cross-entropy, from random", "CE", key];
                (names, CROSS_ENTROPY, Pen::Baseline)
            }
            Self::ErrorRate => {
                let names = ["error, pre-trained", "wrong", "error_rate"];
                (names, ERROR_RATE, Pen::Compared)
            }
            Self::ErrorRateFromRandom => {
                let names = ["error, from random", "wrong", "error_rate_from_random"];
                (names, ERROR_RATE, Pen::Baseline)
            }
        };
        let [label, short_label, key] = names;
        TermInfo {
            label,
            short_label,
            key,
            role,
            pen,
        }
    }

    /// The term of a column of `metrics.csv`.
    #[must_use]
    pub fn of_key(key: &str) -> Option<Self> {
        Self::all().into_iter().find(|term| term.key() == key)
    }

    /// The name people read in legends.
    #[must_use]
    pub fn label(self) -> &'static str {
        self.info().label
    }

    /// The column of `metrics.csv`.
    #[must_use]
    pub fn key(self) -> &'static str {
        self.info().key
    }

    /// Whether the objective adds it up; otherwise it is the sum, or a figure beside it with a unit of its own.
    #[must_use]
    pub fn is_part(self) -> bool {
        match self.info().role {
            Role::Part { .. } => true,
            Role::Objective | Role::Beside { .. } => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_is_read_back_as_its_term_and_no_two_share_a_name() {
        let terms = Term::all();
        for &term in &terms {
            assert_eq!(Term::of_key(term.key()), Some(term));
            let twins = terms.iter().filter(|other| other.label() == term.label());
            assert_eq!(twins.count(), 1, "{term:?}");
        }
        assert!(
            terms.is_sorted(),
            "columns, legends and the sum have one order"
        );
    }

    #[test]
    fn every_group_shows_the_term_that_stands_for_it() {
        for group in Group::all() {
            assert!(group.shows(group.main_term()), "{group:?}");
        }
    }
}
