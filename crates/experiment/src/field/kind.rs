//! What can be set, within which range, and the sections of settings.

use serde::{Deserialize, Serialize};

use crate::{Experiment, number};

/// A group of settings that belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Section {
    /// Which images. The data set itself is not part of the experiment, and what it settles has no control.
    Data,
    /// Layers and activations.
    Architecture,
    /// Corruption, target and reconstruction error.
    Objective,
    /// What is added to the reconstruction error.
    Penalties,
    /// Optimizer, length and portions.
    Training,
    /// What is trained before and after all layers together.
    Plan,
}

impl Section {
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Data => "Data",
            Self::Architecture => "Architecture",
            Self::Objective => "Objective",
            Self::Penalties => "Penalties",
            Self::Training => "Training",
            Self::Plan => "Plan",
        }
    }
}

/// What can be set.
#[derive(Clone, Copy)]
pub enum Kind {
    Number(Number),
    /// One of several, by their names.
    Choice(fn() -> Vec<&'static str>),
    Flag,
    /// A number for each layer.
    List(List),
    /// Layers of any kind, which are shown and not edited.
    Layers,
    Seed,
}

/// The range of a number, and how it is set.
#[derive(Clone, Copy, Debug)]
pub struct Number {
    pub min: f64,
    pub max: f64,
    /// Whether only whole numbers make sense.
    pub whole: bool,
    /// Whether a slider should be logarithmic.
    pub logarithmic: bool,
    /// Upper end of the slider, where far more is allowed than is ever of use.
    pub rail: f64,
    /// Whether 0 switches something off.
    pub off_at_zero: bool,
    /// Its unit, as it follows a number; empty where there is none.
    pub unit: &'static str,
    /// How it is left out, where it may be.
    pub optional: Option<Optional>,
}

impl Number {
    pub(super) const fn linear(min: f64, max: f64) -> Self {
        Self {
            min,
            max,
            whole: false,
            logarithmic: false,
            rail: max,
            off_at_zero: false,
            unit: "",
            optional: None,
        }
    }

    pub(super) const fn logarithmic(min: f64, max: f64) -> Self {
        Self {
            logarithmic: true,
            ..Self::linear(min, max)
        }
    }

    pub(super) const fn whole(self) -> Self {
        Self {
            whole: true,
            ..self
        }
    }

    pub(super) const fn off_at_zero(self) -> Self {
        Self {
            off_at_zero: true,
            ..self
        }
    }

    /// The range for people: "1 to 2048", "10⁻⁶ to 1000", "0 to 180 degrees".
    #[must_use]
    pub fn range_text(&self) -> String {
        let unit = if self.unit.is_empty() { "" } else { " " };
        let (min, max) = (number::exact(self.min), number::exact(self.max));
        format!("{min} to {max}{unit}{}", self.unit)
    }

    /// A hover text that ends in the range.
    #[must_use]
    pub fn hover_text(&self, help: &str) -> String {
        format!("{help}. Allowed: {}", self.range_text())
    }

    /// Whether a value lies in the range; infinite values and NaN never do.
    #[must_use]
    pub fn allows(&self, value: f64) -> bool {
        // Most settings are kept in single precision: a file has a bound as that, which may lie just outside.
        let is_bound = |bound: f64| value.to_bits() == f64::from(bound as f32).to_bits();
        (self.min..=self.max).contains(&value) || is_bound(self.min) || is_bound(self.max)
    }
}

/// How a number is left out of an experiment, and what it starts with.
#[derive(Clone, Copy, Debug)]
pub struct Optional {
    /// The name of the box that switches it on.
    pub switch: &'static str,
    /// What a difference between experiments calls its absence.
    pub absent: &'static str,
    pub first: fn(&Experiment) -> f64,
    /// What stands in place of the number while it is left out.
    pub instead: fn(&Experiment) -> String,
}

/// A list with one number for each layer.
#[derive(Clone, Copy, Debug)]
pub struct List {
    pub n_items: Number,
    pub item: Number,
    /// What one number is called.
    pub item_label: &'static str,
    /// What one number is and does.
    pub item_help: &'static str,
    /// The first number; each further one is half as large as the one before.
    pub first: f64,
    /// What adding and removing a number does.
    pub edits: [&'static str; 2],
}
