//! What differs between two experiments, setting by setting, for people.

use std::fmt;

use super::Experiment;
use super::field::{self, Field};

/// A setting that differs between two experiments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    pub field: &'static Field,
    /// Its value in the first experiment.
    pub before: String,
    /// Its value in the second.
    pub after: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, before, after) = (self.field.label, &self.before, &self.after);
        write!(f, "{name} {before} → {after}")
    }
}

/// Every setting that differs, the seed and the preset's name left out; in an order that does not depend on the
/// values.
#[must_use]
pub fn differences(before: &Experiment, after: &Experiment) -> Vec<Difference> {
    compare(before, after, |field| *field != field::SEED)
}

/// The same among the settings that a run can take on at its next step and that change what it learns: not how
/// long it goes on.
#[must_use]
pub fn live_differences(before: &Experiment, after: &Experiment) -> Vec<Difference> {
    let is_learnt_with = |field: &Field| field.is_live(before) && *field != field::EPOCHS;
    compare(before, after, is_learnt_with)
}

/// What a run cannot change at its next step to become another, the seed with it, in words; `None` if it can become that.
#[must_use]
pub fn fixed_change(before: &Experiment, after: &Experiment) -> Option<String> {
    let fixed = compare(before, after, |field| !field.is_live(before));
    (!fixed.is_empty() || !before.keeps_model_of(after)).then(|| in_words(&fixed))
}

/// "learning rate 0.001 → 0.01, batch size 64 → 32"
#[must_use]
pub fn in_words(differences: &[Difference]) -> String {
    let differences: Vec<String> = differences.iter().map(ToString::to_string).collect();
    differences.join(", ")
}

/// A setting that goes because the one that brings it has changed is not named: that one is.
fn compare(
    before: &Experiment,
    after: &Experiment,
    counts: impl Fn(&Field) -> bool,
) -> Vec<Difference> {
    let fields = field::fields().filter(|field| counts(field));
    fields
        .filter_map(|field| {
            let (before, after) = (field.text_in(before), field.text_of(&field.get(after)?));
            (before != after).then_some(Difference {
                field,
                before,
                after,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Corruption, PresetId};

    #[test]
    fn what_differs_is_named_with_both_values() {
        let vanilla = PresetId::Vanilla64.preset().experiment();
        assert_eq!(differences(&vanilla, &vanilla), []);
        let mut other = vanilla.clone();
        other.seed = 7; // what a run starts from, not what it is
        other.corruption = Corruption::Masking { fraction: 0.3 };
        if let Some(dense) = other.architecture.as_dense_mut() {
            dense.code = 8;
        }
        let found = differences(&vanilla, &other);
        let texts: Vec<String> = found
            .iter()
            .map(|found| format!("{}: {} → {}", found.field.label, found.before, found.after))
            .collect();
        assert_eq!(
            texts,
            [
                "code size: 64 → 8",
                "corruption: none → masking",
                "noise fraction ν: none → 0.3"
            ]
        );
        assert_eq!(live_differences(&vanilla, &other)[..], found[1..]);
        let back = differences(&other, &vanilla);
        let names: Vec<&str> = back.iter().map(|back| back.field.label).collect();
        assert_eq!(
            names,
            ["code size", "corruption"],
            "the fraction goes with it"
        );
    }

    #[test]
    fn an_experiment_that_is_not_its_preset_any_more_differs_in_something() {
        for one in PresetId::ALL {
            for other in PresetId::ALL {
                let (a, b) = (one.preset().experiment(), other.preset().experiment());
                assert_eq!(
                    differences(&a, &b).is_empty(),
                    one == other,
                    "{one}, {other}"
                );
            }
        }
    }
}
