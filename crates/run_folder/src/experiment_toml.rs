//! Changing an experiment by `key=value`, and the names of its settings.

use toml::{Table, Value};

use hourglass_experiment::{Experiment, InvalidExperiment, field};

/// Why a text or a change is no experiment.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ExperimentError {
    /// The text is not TOML, or not an experiment.
    #[error("{0}")]
    Text(String),
    /// A complete experiment without its end.
    #[error("its end is missing: it was cut short. Restore it from a backup")]
    Cut,
    /// A text that says nothing, as what is left of an experiment that was cut.
    #[error("it is empty: an experiment has at least one setting, such as preset = \"vanilla-64\"")]
    Nothing,
    /// A text too long to be an experiment.
    #[error("it has {} kB, but an experiment has at most {most} kB", .size >> 10, most = .most >> 10)]
    TooLong {
        /// Its bytes.
        size: usize,
        /// Most bytes.
        most: usize,
    },
    /// An experiment in a layout of a later version.
    #[error(
        "it has format {found}, but this version reads formats up to {known}: open it with a newer version"
    )]
    Newer {
        /// Its format.
        found: i64,
        /// The newest format known here.
        known: i64,
    },
    /// A setting that does not exist.
    #[error("there is no setting {key:?}; the nearest are {}", .nearest.join(", "))]
    UnknownKey {
        /// As it was given.
        key: String,
        /// Settings with similar names.
        nearest: Vec<String>,
    },
    /// A change that is not of the form `key=value`.
    #[error("{0:?} changes nothing: write key=value, such as code=32")]
    NotAnAssignment(String),
    /// A setting that the experiment has no place for.
    #[error("{key} cannot be set here: {reason}")]
    NoPlace {
        /// As it was given.
        key: String,
        /// Why, and what to do.
        reason: String,
    },
    /// An experiment that makes no sense.
    #[error(transparent)]
    Invalid(#[from] InvalidExperiment),
}

/// Applies `key=value` to an experiment; the key is a place in `experiment.toml` or a short form. The result is
/// not validated, so that several changes may make sense only together.
///
/// # Errors
/// When there is no such setting (the nearest are named), or the value is not of its kind.
pub fn set_value(experiment: &Experiment, assignment: &str) -> Result<Experiment, ExperimentError> {
    let (key, value) = assignment
        .split_once('=')
        .ok_or_else(|| ExperimentError::NotAnAssignment(assignment.to_owned()))?;
    let (key, value) = (key.trim(), parse_value(value.trim()));
    let mut table =
        Table::try_from(experiment).map_err(|error| ExperimentError::Text(error.to_string()))?;

    match place_of(key)? {
        _ if key == "noise" => set_noise(&mut table, key, value)?,
        "objective.sparsity.weight" => set_l1(&mut table, value),
        place => set_place(&mut table, place, value),
    }
    Table::try_into(table).map_err(|error| ExperimentError::NoPlace {
        key: key.to_owned(),
        reason: error.to_string().trim().replace('\n', " "),
    })
}

/// The place a key stands for.
fn place_of(key: &str) -> Result<&'static str, ExperimentError> {
    let mut shorts = field::short_forms();
    let short = shorts.find(|(short, _)| *short == key);
    let place = field::places().into_iter().find(|place| *place == key);
    short
        .map(|(_, field)| field.path)
        .or(place)
        .ok_or_else(|| ExperimentError::UnknownKey {
            key: key.to_owned(),
            nearest: nearest(key),
        })
}

/// The three settings with the most similar names.
pub(super) fn nearest(key: &str) -> Vec<String> {
    let shorts = field::short_forms().map(|(short, _)| short);
    let mut ranked: Vec<(f64, &str)> = shorts
        .chain(field::places())
        .map(|name| (strsim::jaro_winkler(key, name), name))
        .collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
    ranked
        .into_iter()
        .take(3)
        .map(|(_, name)| name.to_owned())
        .collect()
}

/// A value as TOML has it; bare words are strings, so that no quotes are needed on a command line.
fn parse_value(text: &str) -> Value {
    let parsed = format!("value = {text}").parse::<Table>();
    let value = parsed.ok().and_then(|mut table| table.remove("value"));
    value.unwrap_or_else(|| {
        let parts: Vec<&str> = text.split(',').map(str::trim).collect();
        let numbers: Option<Vec<Value>> = parts
            .iter()
            .map(|part| part.parse().ok().map(Value::Integer))
            .collect();
        match numbers {
            Some(numbers) if parts.len() > 1 => Value::Array(numbers), // hidden=128,64
            _ => Value::String(text.to_owned()),
        }
    })
}

fn set_place(table: &mut Table, place: &str, value: Value) {
    let mut parts: Vec<&str> = place.split('.').collect();
    let Some(last) = parts.pop() else { return };
    let mut inner = table;
    for part in parts {
        let entry = inner
            .entry(part)
            .or_insert_with(|| Value::Table(Table::new()));
        match entry {
            Value::Table(next) => inner = next,
            Value::Array(layers) => {
                for layer in layers.iter_mut().filter_map(Value::as_table_mut) {
                    layer.insert(last.to_owned(), value.clone());
                }
                return;
            }
            _ => return,
        }
    }
    let value = match (last, value) {
        ("hidden" | "channels", Value::Integer(units)) => {
            Value::Array(vec![Value::Integer(units)]) // one layer
        }
        (_, value) => value,
    };
    inner.insert(last.to_owned(), value);
}

/// `noise=0.4` changes the strength of the corruption in use; 0 takes it away.
fn set_noise(table: &mut Table, key: &str, value: Value) -> Result<(), ExperimentError> {
    let is_zero = value.as_float() == Some(0.0) || value.as_integer() == Some(0);
    let kind = table
        .get("corruption")
        .and_then(|corruption| corruption.get("kind"))
        .and_then(Value::as_str)
        .unwrap_or("none")
        .to_owned();
    let place = match kind.as_str() {
        _ if is_zero => {
            table.insert("corruption".to_owned(), none_table());
            return Ok(());
        }
        "none" => {
            return Err(ExperimentError::NoPlace {
                key: key.to_owned(),
                reason:
                    "this experiment has no corruption; choose its kind as well, such as --set \
                         corruption={kind=\"masking\",fraction=0.3}"
                        .to_owned(),
            });
        }
        "gaussian" => "corruption.sigma",
        _ => "corruption.fraction",
    };
    set_place(table, place, value);
    Ok(())
}

/// `l1=1e-4` switches the penalty on as well; 0 takes it away.
fn set_l1(table: &mut Table, value: Value) {
    let is_zero = value.as_float() == Some(0.0) || value.as_integer() == Some(0);
    if is_zero {
        set_place(table, "objective.sparsity", none_table());
        return;
    }
    if let Some(sparsity) = table.get_mut("objective").and_then(Value::as_table_mut) {
        sparsity.remove("sparsity"); // another penalty's settings would not fit
    }
    set_place(table, "objective.sparsity.kind", Value::from("l1"));
    set_place(table, "objective.sparsity.weight", value);
}

pub(super) fn none_table() -> Value {
    Value::Table(Table::from_iter([("kind".to_owned(), Value::from("none"))]))
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;
    use hourglass_experiment::field::Kind;
    use hourglass_experiment::{Architecture, Corruption, PresetId, Sparsity};

    fn vanilla() -> Experiment {
        PresetId::Vanilla64.preset().experiment()
    }

    fn with(assignment: &str) -> Experiment {
        set_value(&vanilla(), assignment).expect("a valid change")
    }

    #[test]
    fn short_forms_and_places_change_the_same_setting() {
        assert_eq!(with("code=32"), with("architecture.code = 32"));
        assert_eq!(
            with("learning_rate=1e-2"),
            with("optimizer.learning_rate=0.01")
        );
        assert_eq!(
            with("train_samples=1000").training.train_samples,
            Some(1000)
        );
        let hidden = |assignment: &str| {
            let architecture = with(assignment).architecture;
            architecture.as_dense().map(|dense| dense.hidden.clone())
        };
        assert_eq!(hidden("hidden=128,64"), Some(vec![128, 64]));
        assert_eq!(hidden("hidden=128"), Some(vec![128]));
    }

    #[test]
    fn penalties_and_noise_come_and_go() {
        let sparse = with("l1=0.001");
        assert_eq!(sparse.objective.sparsity, Sparsity::L1 { weight: 0.001 });
        let back = set_value(&sparse, "l1=0").expect("a valid change");
        assert_eq!(back.objective.sparsity, Sparsity::None);

        let masked = with("corruption={kind=\"masking\",fraction=0.2}");
        let stronger = set_value(&masked, "noise=0.5").expect("a valid change");
        assert_eq!(stronger.corruption, Corruption::Masking { fraction: 0.5 });
        let clean = set_value(&masked, "noise=0").expect("a valid change");
        assert_eq!(clean.corruption, Corruption::None);
        assert!(set_value(&vanilla(), "noise=0.5").is_err());
    }

    /// The value at each place of an experiment; of lists with a table for each layer, those of all layers together.
    fn leaves(table: &Table, path: &str, found: &mut BTreeMap<String, Vec<Value>>) {
        for (key, value) in table {
            let place = format!("{path}{key}");
            match value {
                Value::Table(inner) => leaves(inner, &format!("{place}."), found),
                Value::Array(layers) if layers.iter().all(Value::is_table) => {
                    for layer in layers.iter().filter_map(Value::as_table) {
                        leaves(layer, &format!("{place}."), found);
                    }
                }
                value => found.entry(place).or_default().push(value.clone()),
            }
        }
    }

    fn leaves_of(experiment: &Experiment) -> BTreeMap<String, Vec<Value>> {
        let mut found = BTreeMap::new();
        let table = Table::try_from(experiment).expect("an experiment is a table");
        leaves(&table, "", &mut found);
        found.remove("preset"); // where the settings come from
        found
    }

    fn is_in_a_list_of_layers(field: &field::Field, place: &str) -> bool {
        matches!(field.kind, Kind::Layers) && place.starts_with(&format!("{}.", field.path))
    }

    /// Presets, and each with every option of every choice and everything switched on that can be.
    fn experiments() -> Vec<Experiment> {
        let presets = PresetId::ALL.map(|id| id.preset().experiment());
        let mut experiments = presets.to_vec();
        for preset in &presets {
            for field in field::fields() {
                experiments.extend(field.alternatives(preset).iter().map(|value| {
                    let mut changed = preset.clone();
                    field.set(&mut changed, value);
                    changed
                }));
            }
        }
        experiments
    }

    #[test]
    fn every_place_of_every_experiment_is_a_setting_and_every_setting_changes_its_place() {
        let mut seen = BTreeSet::new();
        for experiment in experiments() {
            let before = leaves_of(&experiment);
            seen.extend(before.keys().cloned());
            for field in field::fields() {
                for value in field.alternatives(&experiment) {
                    let mut changed = experiment.clone();
                    field.set(&mut changed, &value);
                    let after = leaves_of(&changed);
                    let places = before.keys().chain(after.keys());
                    let differ: BTreeSet<&String> = places
                        .filter(|place| before.get(*place) != after.get(*place))
                        .collect();
                    let is_its = |place: &&&String| place.starts_with(field.path);
                    let n_its = differ.iter().filter(is_its).count();
                    let may_bring_others = matches!(field.kind, Kind::Choice(_) | Kind::Flag);
                    assert!(n_its > 0, "{field:?} to {value:?} changes {differ:?}");
                    assert!(
                        may_bring_others || n_its == differ.len(),
                        "{field:?} to {value:?} changes {differ:?}"
                    );
                }
            }
        }
        let rows: BTreeSet<&str> = field::fields().map(|field| field.path).collect();
        for place in &seen {
            let of_a_layer = |field: &field::Field| is_in_a_list_of_layers(field, place);
            let is_told = rows.contains(place.as_str()) || field::fields().any(of_a_layer);
            assert!(is_told, "no row for {place}");
        }
        for row in rows {
            let is_there = |place: &String| place.starts_with(row);
            assert!(seen.iter().any(is_there), "no experiment has {row}");
        }
    }

    #[test]
    fn every_place_of_an_experiment_can_be_set_to_what_it_is() {
        for experiment in experiments() {
            for (place, values) in leaves_of(&experiment) {
                let [value] = &values[..] else { continue };
                if field::fields().any(|field| is_in_a_list_of_layers(field, &place)) {
                    continue; // a list is set as a whole
                }
                if place == "objective.sparsity.weight" {
                    continue; // also chooses the L1 penalty
                }
                let same = set_value(&experiment, &format!("{place}={value}"));
                assert_eq!(same.as_ref(), Ok(&experiment), "{place}={value}");
            }
        }
    }

    #[test]
    fn a_list_of_layers_is_set_as_a_whole() {
        let mut listed = vanilla();
        listed.architecture = Architecture::Layers(listed.architecture.lists());
        let decoder = r#"[{ kind = "dense", units = 784 }]"#;
        let same = set_value(&listed, &format!("architecture.decoder={decoder}"));
        assert_eq!(same.as_ref(), Ok(&listed));
        let decoder = r#"[{ kind = "dense", units = 10 }, { kind = "dense", units = 784 }]"#;
        let longer = set_value(&listed, &format!("architecture.decoder={decoder}"));
        let longer = longer.expect("a list of layers").architecture.lists();
        assert_eq!(longer.decoder.len(), 2);
    }

    #[test]
    fn a_setting_of_each_layer_is_set_for_all_of_them() {
        let stacked = PresetId::StackedDenoising.preset().experiment();
        let changed = set_value(&stacked, "plan.pretraining.epochs=3").expect("a valid change");
        let epochs: Vec<usize> = changed
            .plan
            .pretraining
            .iter()
            .map(|layer| layer.epochs)
            .collect();
        assert_eq!(epochs, [3, 3, 3]);
        assert!(set_value(&vanilla(), "plan.pretraining.epochs=3").is_err());
    }

    #[test]
    fn an_unknown_key_is_answered_with_the_nearest() {
        let error = set_value(&vanilla(), "epoch=3").expect_err("no such setting");
        assert!(error.to_string().contains("epochs"), "{error}");
        assert!(set_value(&vanilla(), "code").is_err());
        assert!(set_value(&vanilla(), "code=many").is_err());
    }
}
