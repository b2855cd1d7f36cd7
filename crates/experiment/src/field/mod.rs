//! The table of settings: one row for everything a person may set in an experiment.
//!
//! From it come the checks of ranges, the differences between experiments, the places that `--set` and
//! `experiment.toml` know, what a run takes on at its next step, the search, and the rows of the panel. A setting is
//! added by its field in the experiment and its row here.

mod architecture;
mod data;
mod kind;
mod objective;
mod penalties;
mod plan;
mod setting;
mod training;
mod value;

use crate::Experiment;

pub use architecture::{
    CHANNELS, CODE_ACTIVATION, CODE_SIZE, DECODER, DENSE_CODE, ENCODER, HIDDEN, INITIALIZATION,
    NETWORK, OUTPUT_ACTIVATION,
};
pub use data::IMAGE;
pub use kind::{Kind, List, Number, Optional, Section};
pub use objective::{CORRUPTED_WEIGHT, CORRUPTION, EMPHASIS, LOSS, NOISE_FRACTION, NOISE_SIGMA};
pub use penalties::{ADVERSARIAL_WEIGHT, DISTRIBUTION, L1_WEIGHT, PRIOR, SPARSITY};
pub use plan::{LAYER_CORRUPTION, LAYER_EPOCHS, PRETRAINING};
pub use setting::Field;
pub use training::{
    EPOCHS, HELD_OUT, MOMENTUM, OPTIMIZER, PATIENCE, SEED, TRAIN_SAMPLES, WEIGHT_DECAY,
};
pub use value::{Place, Value};

impl Section {
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

/// The settings that a name means in a file or for `--set`: its rows, of which an experiment has at most one.
pub fn named(name: &str) -> impl Iterator<Item = &'static Field> {
    fields().filter(move |field| field.path == name || field.short == Some(name))
}

/// The short names that `--set` knows, with their settings.
pub fn short_forms() -> impl Iterator<Item = (&'static str, &'static Field)> {
    fields().filter_map(|field| Some((field.short?, field)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{InvalidExperiment, PresetId};

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
    fn no_preset_carries_what_changes_nothing_and_every_reason_says_what_to_do() {
        for id in PresetId::ALL {
            assert_eq!(id.preset().experiment().left_over(), [], "{id}");
        }
        let mut seen = Vec::new();
        for experiment in experiments() {
            for field in fields() {
                if let Some(reason) = field.why_idle(&experiment) {
                    assert!(
                        !reason.is_empty() && !reason.ends_with('.'),
                        "{field:?}: {reason}"
                    );
                    seen.push(field);
                }
            }
            if CORRUPTION.why_idle(&experiment).is_some() {
                assert!(!experiment.alters_input(), "it would alter test images");
                assert!(experiment.test_corruption().is_none());
            }
        }
        for field in [&MOMENTUM, &CORRUPTION, &SPARSITY, &PRIOR] {
            assert!(seen.contains(&field), "{field:?} always has an effect");
        }
        for path in [
            "objective.reconstruction",
            "objective.prior.capacity_epochs",
            "training.held_out",
            "training.patience",
        ] {
            let is_idle = seen.iter().any(|field| field.path == path);
            assert!(is_idle, "{path} always has an effect");
        }
    }

    #[test]
    fn adamw_comes_with_a_decay_that_a_run_takes_on_as_the_draft_has_it() {
        let run = PresetId::Vanilla64.preset().experiment();
        let mut draft = run.clone();
        OPTIMIZER.set(&mut draft, &Value::Choice(1));
        assert_eq!(WEIGHT_DECAY.get(&draft), Some(Value::Number(0.01)));
        assert_eq!(run.with_live_changes(&run, &draft), draft);
        let mut back = draft.clone();
        OPTIMIZER.set(&mut back, &Value::Choice(0));
        assert_eq!(back, run, "it goes with AdamW");
        WEIGHT_DECAY.set(&mut draft, &Value::Number(0.0));
        assert_eq!(
            run.with_live_changes(&run, &draft),
            draft,
            "AdamW without decay"
        );
        WEIGHT_DECAY.set(&mut draft, &Value::Number(0.02));
        OPTIMIZER.set(&mut draft, &Value::Choice(0));
        assert_eq!(
            WEIGHT_DECAY.get(&draft),
            Some(Value::Number(0.02)),
            "a person chose it"
        );
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
