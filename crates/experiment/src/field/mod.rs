//! The table of settings: one row for everything a person may set in an experiment.
//!
//! From it come the checks of ranges, the differences between experiments, the places that `--set` and
//! `experiment.toml` know, what a run takes on at its next step, the search, and the rows of the panel. A setting is
//! added by its field in the experiment and its row here.

mod architecture;
mod data;
mod objective;
mod penalties;
mod plan;
mod training;
mod value;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Activation, Experiment, InvalidExperiment, Layer};

pub use architecture::{
    CHANNELS, CODE_ACTIVATION, CODE_SIZE, DECODER, DENSE_CODE, ENCODER, HIDDEN, NETWORK,
    OUTPUT_ACTIVATION,
};
pub use data::IMAGE;
pub use objective::{CORRUPTION, LOSS};
pub use penalties::{DISTRIBUTION, PRIOR, SPARSITY};
pub use plan::{LAYER_CORRUPTION, LAYER_EPOCHS, PRETRAINING};
pub use training::{EPOCHS, SEED, TRAIN_SAMPLES};
pub use value::{Place, Value};

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

    /// Its settings, in the order of the panel.
    #[must_use]
    pub fn fields(self) -> &'static [&'static Field] {
        match self {
            Self::Data => data::ROWS,
            Self::Architecture => architecture::ROWS,
            Self::Objective => objective::ROWS,
            Self::Penalties => penalties::ROWS,
            Self::Training => training::ROWS,
            Self::Plan => plan::ROWS,
        }
    }
}

/// Every setting, in the order of the panel.
pub fn fields() -> impl Iterator<Item = &'static Field> {
    let sections = [
        Section::Data,
        Section::Architecture,
        Section::Objective,
        Section::Penalties,
        Section::Training,
        Section::Plan,
    ];
    sections.into_iter().flat_map(Section::fields).copied()
}

/// A setting: a row of the table. Two are the same if they are the same row.
#[derive(Clone, Copy)]
pub struct Field {
    /// Where it stands in `experiment.toml`. Settings that never exist together may share a place.
    pub path: &'static str,
    /// The short name that `--set` knows.
    pub short: Option<&'static str>,
    /// Its name for people, everywhere.
    pub label: &'static str,
    /// The name at its control, where the section says the rest; the label where absent.
    pub row: Option<&'static str>,
    pub section: Section,
    pub kind: Kind,
    /// What it is and does, and what is typical.
    pub help: &'static str,
    /// The setting that brings it, where it is not always there.
    pub needs: Option<&'static Field>,
    /// Whether it has an effect in an experiment that has a place for it.
    shown: fn(&Experiment) -> bool,
    /// Whether a run can take it on at its next step.
    live: fn(&Experiment) -> bool,
    place: Place,
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

impl Number {
    const fn linear(min: f64, max: f64) -> Self {
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

    const fn logarithmic(min: f64, max: f64) -> Self {
        Self {
            logarithmic: true,
            ..Self::linear(min, max)
        }
    }

    const fn whole(self) -> Self {
        Self {
            whole: true,
            ..self
        }
    }

    const fn off_at_zero(self) -> Self {
        Self {
            off_at_zero: true,
            ..self
        }
    }

    /// The range for people: "1 to 2048", "1e-6 to 1000", "0 to 180 degrees".
    #[must_use]
    pub fn range_text(&self) -> String {
        let unit = if self.unit.is_empty() { "" } else { " " };
        let (min, max) = (bound(self.min), bound(self.max));
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
        (self.min..=self.max).contains(&value)
    }
}

impl Field {
    /// A setting that is always there and that a run takes on at its next step; the rows say the rest.
    const LIVE: Self = Self {
        path: "",
        short: None,
        label: "",
        row: None,
        section: Section::Data,
        kind: Kind::Flag,
        help: "",
        needs: None,
        shown: |_| true,
        live: |_| true,
        place: Place {
            get: |_| None,
            set: |_, _| {},
        },
    };

    /// The same of a setting that fixes the weights' shapes, their first values or the order of the parts.
    const NEW_MODEL: Self = Self {
        live: |_| false,
        ..Self::LIVE
    };

    /// Its value; `None` if the experiment has no such setting.
    #[must_use]
    pub fn get(&self, experiment: &Experiment) -> Option<Value> {
        (self.place.get)(experiment)
    }

    /// Changes an experiment, together with what makes no sense any more; nothing where it has no such setting.
    pub fn set(&self, experiment: &mut Experiment, value: &Value) {
        if self.get(experiment).is_some_and(|before| before != *value) {
            (self.place.set)(experiment, value);
        }
    }

    /// Whether it is of use in an experiment, and so has a control.
    #[must_use]
    pub fn is_shown(&self, experiment: &Experiment) -> bool {
        self.get(experiment).is_some() && (self.shown)(experiment)
    }

    /// Whether a run of this experiment can take it on at its next step.
    #[must_use]
    pub fn is_live(&self, experiment: &Experiment) -> bool {
        (self.live)(experiment)
    }

    /// What it is, what it does and its range: the hover text of its control.
    #[must_use]
    pub fn hover_text(&self) -> String {
        match &self.kind {
            Kind::Number(number) if number.optional.is_none() => number.hover_text(self.help),
            Kind::List(list) => list.n_items.hover_text(self.help),
            Kind::Number(_) | Kind::Choice(_) | Kind::Flag | Kind::Layers | Kind::Seed => {
                self.help.to_owned()
            }
        }
    }

    /// Its value in an experiment as differences name it; where there is none, as what is switched off.
    pub(crate) fn text_in(&self, experiment: &Experiment) -> String {
        let none = match self.kind {
            Kind::Flag => Value::Flag(false),
            _ => Value::List(Vec::new()),
        };
        self.text_of(&self.get(experiment).unwrap_or(none))
    }

    /// A value as differences between experiments name it.
    pub(crate) fn text_of(&self, value: &Value) -> String {
        match (value, &self.kind) {
            (Value::Number(number), _) => number.to_string(),
            (Value::Seed(seed), _) => seed.to_string(),
            (Value::Choice(index), Kind::Choice(labels)) => {
                labels().get(*index).copied().unwrap_or_default().to_owned()
            }
            (Value::Flag(true), _) => "yes".to_owned(),
            (Value::Flag(false), _) => "no".to_owned(),
            (Value::List(numbers), _) if !numbers.is_empty() => {
                let numbers: Vec<String> = numbers.iter().map(ToString::to_string).collect();
                numbers.join("-")
            }
            (Value::Layers(layers), _) => {
                let layers: Vec<String> = layers.iter().map(ToString::to_string).collect();
                layers.join(", ")
            }
            (Value::Absent, Kind::Number(number)) => {
                let absent = number.optional.map(|optional| optional.absent);
                absent.unwrap_or("none").to_owned()
            }
            _ => "none".to_owned(),
        }
    }

    /// Other values that it may take on in an experiment.
    #[must_use]
    pub fn alternatives(&self, experiment: &Experiment) -> Vec<Value> {
        let Some(now) = self.get(experiment) else {
            return Vec::new();
        };
        let others = match (&self.kind, &now) {
            (Kind::Number(number), _) => {
                let top = number.rail.min(1e6);
                let mut others = vec![Value::Number(number.min), Value::Number(top)];
                others.extend(number.optional.map(|_| Value::Absent));
                others
            }
            (Kind::Choice(labels), _) => (0..labels().len()).map(Value::Choice).collect(),
            (Kind::Flag, _) => vec![Value::Flag(true), Value::Flag(false)],
            (Kind::List(list), Value::List(values)) => {
                vec![Value::List(vec![list.item.min; values.len().max(1)])]
            }
            (Kind::Layers, Value::Layers(layers)) => {
                let further = Layer::activation(Activation::Tanh);
                vec![Value::Layers([&layers[..], &[further]].concat())]
            }
            (Kind::List(_) | Kind::Layers | Kind::Seed, _) => vec![Value::Seed(11)],
        };
        others.into_iter().filter(|other| *other != now).collect()
    }

    /// Whether it differs between two experiments, or the setting that brings it does.
    fn is_touched(&self, before: &Experiment, after: &Experiment) -> bool {
        self.get(before) != self.get(after)
            || self
                .needs
                .is_some_and(|other| other.is_touched(before, after))
    }

    /// The numbers of an experiment that are out of their ranges.
    pub(crate) fn problems(&'static self, experiment: &Experiment) -> Vec<InvalidExperiment> {
        let refusal = |name: &str, range: &Number, value: f64| {
            (!range.allows(value)).then(|| InvalidExperiment::OutOfRange {
                field: self,
                name: name.to_owned(),
                value,
                allowed: range.range_text(),
            })
        };
        match (self.get(experiment), &self.kind) {
            (Some(Value::Number(value)), Kind::Number(number)) => {
                refusal(self.label, number, value).into_iter().collect()
            }
            (Some(Value::List(values)), Kind::List(list)) => {
                let count = format!("number of {}s", list.item_label);
                let count = refusal(&count, &list.n_items, values.len() as f64);
                let items = values
                    .iter()
                    .filter_map(|&value| refusal(list.item_label, &list.item, value));
                count.into_iter().chain(items).collect()
            }
            _ => Vec::new(),
        }
    }
}

impl PartialEq for Field {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

impl Eq for Field {}

impl fmt::Debug for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.path, self.label)
    }
}

impl Experiment {
    /// Whether a run of `self` can take on `other` at its next step, keeping its weights.
    #[must_use]
    pub fn keeps_model_of(&self, other: &Self) -> bool {
        fields()
            .filter(|field| !field.is_live(self))
            .all(|field| field.get(self) == field.get(other))
    }

    /// This experiment of a run with those settings that an edit changed and that the run can take on.
    #[must_use]
    pub fn with_live_changes(&self, before: &Self, after: &Self) -> Self {
        let mut tuned = self.clone();
        for field in fields().filter(|field| field.is_live(self)) {
            if let Some(value) = field.get(after)
                && field.is_touched(before, after)
            {
                field.set(&mut tuned, &value);
            }
        }
        tuned
    }
}

/// Every place of the experiment that a file or `--set` may name: those of the settings, and the tables around them.
#[must_use]
pub fn places() -> Vec<&'static str> {
    let mut places = vec!["preset"];
    for field in fields() {
        let tables = field
            .path
            .match_indices('.')
            .map(|(end, _)| &field.path[..end]);
        for place in tables.chain([field.path]) {
            if !places.contains(&place) {
                places.push(place);
            }
        }
    }
    places
}

/// The short names that `--set` knows, with their settings.
pub fn short_forms() -> impl Iterator<Item = (&'static str, &'static Field)> {
    fields().filter_map(|field| Some((field.short?, field)))
}

/// A bound as a person writes it.
fn bound(value: f64) -> String {
    if value != 0.0 && !(1e-3..1e5).contains(&value) {
        format!("{value:e}")
    } else {
        format!("{value}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PresetId;

    /// Every preset, and each with every option of every choice and everything that can be switched on.
    fn experiments() -> Vec<Experiment> {
        let presets = PresetId::ALL.map(|id| id.preset().experiment());
        let mut experiments = presets.to_vec();
        for preset in &presets {
            for field in fields() {
                for value in field.alternatives(preset) {
                    let mut changed = preset.clone();
                    field.set(&mut changed, &value);
                    experiments.push(changed);
                }
            }
        }
        experiments
    }

    #[test]
    fn every_setting_takes_on_what_it_is_set_to_and_can_be_set_back() {
        let mut seen = Vec::new();
        for experiment in experiments() {
            for field in fields() {
                let Some(before) = field.get(&experiment) else {
                    continue;
                };
                seen.push(field);
                for value in field.alternatives(&experiment) {
                    let mut changed = experiment.clone();
                    field.set(&mut changed, &value);
                    assert_eq!(field.get(&changed), Some(value), "{field:?}");
                    assert_ne!(changed, experiment, "{field:?}");
                    field.set(&mut changed, &before);
                    assert_eq!(field.get(&changed), Some(before.clone()), "{field:?}");
                }
                let mut same = experiment.clone();
                field.set(&mut same, &before);
                assert_eq!(same, experiment, "{field:?} set to what it is");
            }
        }
        for field in fields() {
            assert!(seen.contains(&field), "{field:?} is in no experiment");
        }
    }

    #[test]
    fn rows_are_complete_and_told_apart() {
        for field in fields() {
            assert!(field.section.fields().contains(&field), "{field:?}");
            assert!(!field.path.is_empty() && !field.label.is_empty());
            assert!(
                !field.help.is_empty() && !field.help.ends_with('.'),
                "{field:?}"
            );
            for other in fields().filter(|other| *other != field) {
                assert_ne!(field.label, other.label);
                assert!(field.short.is_none() || field.short != other.short);
            }
        }
    }

    #[test]
    fn a_run_keeps_its_model_exactly_if_it_takes_on_what_is_live() {
        for experiment in experiments() {
            for field in fields() {
                for value in field.alternatives(&experiment) {
                    let mut changed = experiment.clone();
                    field.set(&mut changed, &value);
                    let tuned = experiment.with_live_changes(&experiment, &changed);
                    assert!(experiment.keeps_model_of(&tuned), "{field:?}");
                    let is_kept = experiment.keeps_model_of(&changed);
                    assert_eq!(is_kept, tuned == changed, "{field:?}");
                    assert!(!is_kept || field.is_live(&experiment), "{field:?}");
                }
            }
        }
    }

    #[test]
    fn a_number_out_of_its_range_is_refused_by_the_setting_it_is_of() {
        for id in PresetId::ALL {
            for field in fields() {
                let mut experiment = id.preset().experiment();
                let bad = match (&field.kind, field.get(&experiment)) {
                    (Kind::Number(_), Some(_)) => Value::Number(1e12),
                    (Kind::List(_), Some(Value::List(values))) if !values.is_empty() => {
                        Value::List(vec![1e12; values.len()])
                    }
                    _ => continue,
                };
                field.set(&mut experiment, &bad);
                let problems = experiment.problems();
                let says = |problem: &InvalidExperiment| problem.said_at()[0].0 == field;
                assert!(problems.iter().any(says), "{id}, {field:?}: {problems:?}");
            }
        }
    }
}
