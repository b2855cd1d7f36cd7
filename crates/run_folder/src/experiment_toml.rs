//! Changing an experiment by `key=value`, and the names of its settings.
//!
//! A key names rows of the table of settings, and the row that the experiment has is the one that is meant: messages say
//! its name, its range, and why it is not there or changes nothing.

use toml::{Table, Value};

use hourglass_experiment::field::{self, Field, Kind, Value as Setting};
use hourglass_experiment::{Experiment, InvalidExperiment, Sparsity};

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
    #[error("there is no setting {key:?}: did you mean {nearest}?")]
    UnknownKey {
        /// As it was given.
        key: String,
        /// The setting with the most similar name.
        nearest: String,
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
    /// A value that is none of the setting.
    #[error("{name} is {value}: {advice}")]
    NoValue {
        /// The setting's name for people.
        name: &'static str,
        /// What was asked for.
        value: String,
        /// What would be one.
        advice: String,
    },
    /// A setting that was asked for and would change nothing.
    #[error("{key} has no effect here: {reason}")]
    NoEffect {
        /// The setting's place.
        key: String,
        /// Why, and what to do.
        reason: String,
    },
    /// An experiment that makes no sense.
    #[error(transparent)]
    Invalid(#[from] InvalidExperiment),
}

/// Applies changes of the form `key=value` in their order; each key is a place in `experiment.toml` or a short form. The
/// result is not validated.
///
/// # Errors
/// The first change that cannot be made, or that would change nothing once all of them are made.
pub fn set_values(
    experiment: &Experiment,
    assignments: &[String],
) -> Result<Experiment, ExperimentError> {
    let mut changed = experiment.clone();
    for assignment in assignments {
        changed = set_value(&changed, assignment)?;
    }
    let keys = assignments
        .iter()
        .filter_map(|assignment| assignment.split_once('='));
    check_effect(
        experiment,
        &changed,
        keys.map(|(key, _)| key.trim().to_owned()),
    )?;
    Ok(changed)
}

/// Refuses settings that were asked for by name, differ from before, and change nothing.
pub(super) fn check_effect(
    before: &Experiment,
    after: &Experiment,
    keys: impl Iterator<Item = String>,
) -> Result<(), ExperimentError> {
    for key in keys {
        let table = format!("{key}.");
        let is_named = |field: &&Field| {
            field.path == key || field.short == Some(&*key) || field.path.starts_with(&table)
        };
        for field in field::fields().filter(is_named) {
            let now = field.get(after);
            if now.is_some()
                && field.get(before) != now
                && let Some(reason) = field.why_idle(after)
            {
                return Err(ExperimentError::NoEffect { key, reason });
            }
        }
    }
    Ok(())
}

/// Applies `key=value` to an experiment; the key is a place in `experiment.toml` or a short form. The result is
/// not validated, so that several changes may make sense only together.
///
/// # Errors
/// When there is no such setting (the nearest is named), the experiment has no place for it (what would give it one is
/// said), or the value is not of its kind.
pub fn set_value(experiment: &Experiment, assignment: &str) -> Result<Experiment, ExperimentError> {
    let (key, text) = assignment
        .split_once('=')
        .ok_or_else(|| ExperimentError::NotAnAssignment(assignment.to_owned()))?;
    let (key, text) = (key.trim(), text.trim());
    let value = parse_value(text);
    let text = value.as_str().unwrap_or(text).to_owned(); // without quotes
    let place = place_of(key)?;
    let no_place = |reason: String| ExperimentError::NoPlace {
        key: key.to_owned(),
        reason,
    };
    if key == "noise" {
        return set_noise(experiment, &value).map_err(no_place);
    }
    if key == "l1"
        && let Some(changed) = switch_l1(experiment, &value).map_err(no_place)?
    {
        return Ok(changed);
    }
    let rows: Vec<&'static Field> = field::named(key).collect();
    let present = rows.iter().find(|row| row.get(experiment).is_some());
    match (present, rows.first()) {
        (Some(row), _) => match setting_of(row, experiment, &value, &text)? {
            Some(setting) => {
                let mut changed = experiment.clone();
                row.set(&mut changed, &setting);
                Ok(changed)
            }
            None => set_raw(experiment, key, place, value),
        },
        (None, Some(_)) => Err(no_place(why_not(&rows, experiment))),
        (None, None) => set_raw(experiment, key, place, value),
    }
}

/// Why none of these rows has a place in an experiment, and how to give it one.
fn why_not(rows: &[&'static Field], experiment: &Experiment) -> String {
    let mut reasons: Vec<String> = Vec::new();
    for row in rows {
        let mut reason = row.why_idle(experiment).unwrap_or_default();
        if let Some((needs, brought)) = row.brought_by(experiment)
            && let Some(option) = first_that_brings(brought, needs, experiment)
        {
            reason = format!("{reason}, such as with --set {}={option}", needs.path);
        }
        if !reasons.contains(&reason) {
            reasons.push(reason);
        }
    }
    reasons.join("; ")
}

/// The first option of a choice, as files name it, with which an experiment has a setting.
fn first_that_brings(
    row: &Field,
    needs: &'static Field,
    experiment: &Experiment,
) -> Option<String> {
    let options = options_of(needs, experiment).into_iter();
    options
        .filter(|(_, setting)| {
            let mut other = experiment.clone();
            needs.set(&mut other, setting);
            row.get(&other).is_some()
        })
        .map(|(name, _)| name)
        .next()
}

/// The options of a choice by their names in files.
fn options_of(row: &'static Field, experiment: &Experiment) -> Vec<(String, Setting)> {
    let Kind::Choice(labels) = row.kind else {
        return Vec::new();
    };
    let option = |index: usize| {
        let setting = Setting::Choice(index);
        let mut chosen = experiment.clone();
        row.set(&mut chosen, &setting);
        let table = Table::try_from(&chosen).ok()?;
        // What is left out of a file is an option as well: the first.
        let name = text_at(&table, row.path).unwrap_or_else(|| row.left_out.to_owned());
        Some((name, setting))
    };
    (0..labels().len()).filter_map(option).collect()
}

fn text_at(table: &Table, path: &str) -> Option<String> {
    let mut parts = path.split('.');
    let mut found = table.get(parts.next()?)?;
    for part in parts {
        found = found.get(part)?;
    }
    found.as_str().map(str::to_owned)
}

/// A value as the row takes it. A value that is a table or a list of tables is left to [`set_raw`].
fn setting_of(
    row: &'static Field,
    experiment: &Experiment,
    value: &Value,
    text: &str,
) -> Result<Option<Setting>, ExperimentError> {
    let no_value = |advice: String| {
        Err(ExperimentError::NoValue {
            name: row.label,
            value: text.to_owned(),
            advice,
        })
    };
    match &row.kind {
        Kind::Number(range) => {
            if range
                .optional
                .is_some_and(|optional| optional.absent == text)
            {
                return Ok(Some(Setting::Absent));
            }
            let kind = if range.whole {
                "a whole number"
            } else {
                "a value"
            };
            let advice = format!("choose {kind} from {}", range.range_text());
            match number(value) {
                Some(number) if range.whole && number.fract() != 0.0 => no_value(advice),
                Some(number) if !range.allows(number) => {
                    Err(ExperimentError::Invalid(InvalidExperiment::OutOfRange {
                        field: row,
                        name: row.label.to_owned(),
                        value: number,
                        allowed: range.range_text(),
                    }))
                }
                Some(number) => Ok(Some(Setting::Number(number))),
                None => no_value(advice),
            }
        }
        Kind::Choice(labels) => {
            let options = options_of(row, experiment);
            let named = options.iter().find(|(name, _)| name == text);
            let labelled = labels().iter().position(|label| *label == text);
            match named.map(|(_, setting)| setting.clone()) {
                Some(setting) => Ok(Some(setting)),
                None if labelled.is_some() => Ok(labelled.map(Setting::Choice)),
                None => {
                    let choices: Vec<String> = options.into_iter().map(|(name, _)| name).collect();
                    no_value(format!("choose one of {}", choices.join(", ")))
                }
            }
        }
        Kind::Flag => match value {
            Value::Boolean(flag) => Ok(Some(Setting::Flag(*flag))),
            Value::Table(_) | Value::Array(_) => Ok(None), // parts of a plan, as the file has them
            _ => no_value("choose true or false".to_owned()),
        },
        Kind::List(list) => {
            let numbers: Option<Vec<f64>> = match value {
                Value::Array(items) => items.iter().map(number).collect(),
                value => number(value).map(|number| vec![number]),
            };
            let is_whole = |number: &f64| !list.item.whole || number.fract() == 0.0;
            match numbers {
                Some(numbers) if numbers.iter().all(is_whole) => {
                    let out = numbers.iter().find(|number| !list.item.allows(**number));
                    out.map_or(Ok(None), |&value| {
                        Err(ExperimentError::Invalid(InvalidExperiment::OutOfRange {
                            field: row,
                            name: list.item_label.to_owned(),
                            value,
                            allowed: list.item.range_text(),
                        }))
                    })
                }
                _ => {
                    let kind = if list.item.whole {
                        "whole numbers"
                    } else {
                        "numbers"
                    };
                    let range = list.item.range_text();
                    no_value(format!(
                        "write {kind} from {range}, with commas between them"
                    ))
                }
            }
        }
        Kind::Seed => match value {
            Value::Integer(seed) if *seed >= 0 => Ok(Some(Setting::Seed(seed.unsigned_abs()))),
            _ => no_value(format!("choose a whole number from 0 to {}", i64::MAX)),
        },
        Kind::Layers => match value {
            Value::Array(_) => Ok(None),
            _ => no_value("write a list of layers, as experiment.toml has it".to_owned()),
        },
    }
}

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Integer(number) => Some(*number as f64),
        Value::Float(number) => Some(*number),
        _ => None,
    }
}

/// Writes a value where the file has it.
fn set_raw(
    experiment: &Experiment,
    key: &str,
    place: &str,
    value: Value,
) -> Result<Experiment, ExperimentError> {
    let mut table =
        Table::try_from(experiment).map_err(|error| ExperimentError::Text(error.to_string()))?;
    set_place(&mut table, place, value);
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

/// The setting with the most similar name; for a key with dots one with its whole place.
pub(super) fn nearest(key: &str) -> String {
    // People know a setting by the end of its place: `momentum` for `optimizer.momentum`.
    let end_of = |name: &'_ str| name.rsplit('.').next().unwrap_or(name).to_owned();
    let end = end_of(key);
    let likeness = |name: &str| {
        let of_ends = strsim::jaro_winkler(&end, &end_of(name));
        strsim::jaro_winkler(key, name).max(of_ends)
    };
    let shorts = field::short_forms().map(|(short, _)| short);
    let shorts = shorts.filter(|_| !key.contains('.'));
    let all: Vec<&str> = shorts.chain(field::places()).collect();
    let nearest = all
        .into_iter()
        .rev() // of equals the first, and `max_by` takes the last
        .max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
    nearest.unwrap_or_default().to_owned()
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
fn set_noise(experiment: &Experiment, value: &Value) -> Result<Experiment, String> {
    let mut changed = experiment.clone();
    let strength = number(value).ok_or("its strength is a number, such as noise=0.3")?;
    if strength == 0.0 {
        field::CORRUPTION.set(&mut changed, &Setting::Choice(0));
        return Ok(changed);
    }
    let rows = [&field::NOISE_FRACTION, &field::NOISE_SIGMA];
    let Some(row) = rows.into_iter().find(|row| row.get(experiment).is_some()) else {
        return Err(
            "this experiment has no corruption; choose its kind as well, such as with --set \
                    corruption.kind=masking before it"
                .to_owned(),
        );
    };
    row.set(&mut changed, &Setting::Number(strength));
    Ok(changed)
}

/// `l1=1e-4` switches the penalty on as well, and 0 takes it away; but it never takes the place of another penalty. None
/// where there is an L1 penalty whose weight it changes.
fn switch_l1(experiment: &Experiment, value: &Value) -> Result<Option<Experiment>, String> {
    let is_zero = number(value) == Some(0.0);
    let mut changed = experiment.clone();
    match experiment.objective.sparsity {
        Sparsity::L1 { .. } if is_zero => {
            field::SPARSITY.set(&mut changed, &Setting::Choice(0));
            Ok(Some(changed))
        }
        Sparsity::L1 { .. } => Ok(None),
        Sparsity::None if is_zero => Ok(Some(changed)),
        Sparsity::None => {
            let weight = number(value).ok_or("its weight is a number, such as l1=1e-4")?;
            changed.objective.sparsity = Sparsity::L1 {
                weight: weight as f32,
            };
            Ok(Some(changed)) // out of its range, it is refused by its own name
        }
        other @ Sparsity::Kl { .. } => Err(format!(
            "this experiment has the sparsity penalty “{}”, and no penalty takes the place of another unasked: change its \
             weight with --set objective.sparsity.weight=…, or replace it with --set objective.sparsity.kind=l1 before this",
            other.label()
        )),
    }
}

pub(super) fn none_table() -> Value {
    Value::Table(Table::from_iter([("kind".to_owned(), Value::from("none"))]))
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;
    use hourglass_experiment::field::Kind;
    use hourglass_experiment::{Architecture, Corruption, PresetId, Sparsity, Updates};

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

    fn refusal(of: PresetId, assignments: &[&str]) -> String {
        let assignments: Vec<String> = assignments.iter().map(ToString::to_string).collect();
        let refused = set_values(&of.preset().experiment(), &assignments);
        refused.expect_err("refused").to_string()
    }

    #[test]
    fn messages_name_the_setting_that_was_meant_and_what_to_do() {
        use PresetId::{Aae2, Conv4, Multilayer64, Sparse64, SparseKl64, Vae20, Vanilla64};
        let kl = SparseKl64.preset().experiment();
        let heavier = set_value(&kl, "objective.sparsity.weight=2").expect("within the range of β");
        let Sparsity::Kl { weight, .. } = heavier.objective.sparsity else {
            panic!("{:?}", heavier.objective.sparsity);
        };
        assert!((weight - 2.0).abs() < 1e-9);
        for (preset, assignment, expected) in [
            (
                SparseKl64,
                "objective.sparsity.weight=200",
                "sparsity weight β is 200: choose a value from 10⁻⁶ to 100",
            ),
            (
                Sparse64,
                "objective.sparsity.weight=2",
                "L1 weight λ is 2: choose a value from 10⁻⁷ to 1",
            ),
            (
                SparseKl64,
                "l1=1e-4",
                "no penalty takes the place of another unasked",
            ),
            (SparseKl64, "l1=0", "objective.sparsity.kind=l1"),
            (
                Vanilla64,
                "beta=4",
                "“KL weight β” belongs to the prior “variational”",
            ),
            (
                Vanilla64,
                "beta=4",
                "--set objective.prior.kind=variational",
            ),
            (
                Vae20,
                "adversarial=3",
                "“adversarial weight λ” belongs to the prior “adversarial”, and the prior of this experiment is “variational”",
            ),
            (
                Vae20,
                "objective.prior.encoder_learning_rate=1e-3",
                "belongs to the prior “adversarial”",
            ),
            (
                Aae2,
                "objective.prior.updates=three_phases",
                "choose one of one_step, two_phases",
            ),
            (Aae2, "warm_up=3", "--set objective.prior.kind=variational"),
            (
                Vanilla64,
                "code=12.5",
                "code size is 12.5: choose a whole number from 1 to 2048",
            ),
            (
                Vanilla64,
                "code=many",
                "code size is many: choose a whole number",
            ),
            (
                Vanilla64,
                "code=-3",
                "code size is -3: choose a value from 1 to 2048",
            ),
            (Conv4, "code=8", "architecture.waist"),
            (Conv4, "hidden=8", "--set architecture.kind=dense"),
            (Vanilla64, "hidden=8.5", "whole numbers from 1 to 2048"),
            (
                Vanilla64,
                "optimizer.kind=adagrad",
                "choose one of adam, adamw, sgd, rmsprop",
            ),
            (Vanilla64, "architecture.tied=maybe", "choose true or false"),
            (Vanilla64, "seed=-1", "seed is -1: choose a whole number"),
            (Multilayer64, "plan.fine_tuning.epochs=3", "it on first"),
        ] {
            let message = refusal(preset, &[assignment]);
            assert!(
                message.contains(expected),
                "{preset} {assignment}: {message}"
            );
            assert!(!message.contains("missing field"), "{message}");
        }
    }

    #[test]
    fn each_way_of_updating_an_adversary_brings_its_own_setting() {
        let aae = PresetId::Aae2.preset().experiment();
        let set = |assignments: &[&str]| {
            let assignments: Vec<String> = assignments.iter().map(ToString::to_string).collect();
            set_values(&aae, &assignments)
        };
        let updates = |assignments: &[&str]| {
            let changed = set(assignments).expect("valid changes");
            changed.objective.prior.adversarial().map(|of| of.updates)
        };
        let one_step = "objective.prior.updates=one_step";
        let two_phases = "objective.prior.updates=two_phases";
        let rate = "objective.prior.encoder_learning_rate=0.002";
        assert_eq!(
            updates(&[one_step, "adversarial=3"]),
            Some(Updates::OneStep { weight: 3.0 })
        );
        assert_eq!(
            updates(&[two_phases, rate]),
            Some(Updates::TwoPhases {
                encoder_learning_rate: 0.002
            })
        );
        for (way, other, expected) in [
            (
                two_phases,
                "adversarial=3",
                "“adversarial weight λ” belongs to the adversarial update “one step of the sum”, and the adversarial \
                 update of this experiment is “two phases”",
            ),
            (one_step, rate, "--set objective.prior.updates=two_phases"),
        ] {
            let error = set(&[way, other]).expect_err("of the other way");
            assert!(error.to_string().contains(expected), "{error}");
        }
    }

    #[test]
    fn what_would_change_nothing_is_refused_unless_another_change_gives_it_effect() {
        use PresetId::{DenoiseDense, StackedDenoising, Vae20, Vanilla64};
        for (preset, assignment, expected) in [
            (Vanilla64, "optimizer.momentum=0.9", "choose SGD or RMSProp"),
            (Vanilla64, "test_noise=0.4", "there is no corruption"),
            (
                Vae20,
                "objective.prior.likelihood_sigma=0.5",
                "choose the mean squared error",
            ),
            (
                Vanilla64,
                "architecture.hidden_activation=tanh",
                "there is no hidden layer",
            ),
            (StackedDenoising, "contraction=0.1", "0 epochs"),
            (StackedDenoising, "corruption.kind=masking", "0 epochs"),
            (StackedDenoising, "loss=mse", "0 epochs"),
            (StackedDenoising, "training.held_out=100", "0 epochs"),
            (
                Vae20,
                "objective.prior.capacity_epochs=5",
                "the capacity C is 0",
            ),
            (Vanilla64, "n_classes=5", "without fine-tuning"),
        ] {
            let message = refusal(preset, &[assignment]);
            assert!(
                message.contains("has no effect here"),
                "{assignment}: {message}"
            );
            assert!(message.contains(expected), "{assignment}: {message}");
        }
        let both = |assignments: [&str; 2]| {
            set_values(&vanilla(), &assignments.map(str::to_owned))
                .expect("they make sense together")
        };
        let with_momentum = both(["optimizer.momentum=0.9", "optimizer.kind=sgd"]);
        assert!((with_momentum.optimizer.momentum - 0.9).abs() < 1e-6);
        // What a switch leaves behind goes with it, and does no harm.
        let back = set_values(&with_momentum, &["optimizer.kind=adam".to_owned()]);
        assert_eq!(back, Ok(vanilla()));
        let same = DenoiseDense.preset().experiment();
        assert_eq!(
            set_values(&same, &["optimizer.momentum=0".to_owned()]),
            Ok(same)
        );
    }

    #[test]
    fn choices_are_made_by_their_names_in_files_or_for_people() {
        let variational = with("objective.prior.kind=variational");
        assert_eq!(
            variational.problems(),
            [],
            "with the linear code that it needs"
        );
        assert_eq!(with("optimizer.kind=SGD"), with("optimizer.kind=sgd"));
        let decayed = with("optimizer.kind=adamw").optimizer;
        assert!(
            (decayed.weight_decay - 0.01).abs() < 1e-9,
            "without it, it would be Adam"
        );
        assert_eq!(
            with("corruption.kind=masking").corruption,
            Corruption::KINDS[1]
        );
        let few = with("train_samples=100");
        assert_eq!(set_value(&few, "train_samples=all"), Ok(vanilla()));
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

    fn is_in_a_list_of_layers(field: &Field, place: &str) -> bool {
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
            let of_a_layer = |field: &Field| is_in_a_list_of_layers(field, place);
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
    fn every_option_of_every_choice_is_named_as_files_name_it() {
        for experiment in experiments() {
            let choices = field::fields().filter(|row| matches!(row.kind, Kind::Choice(_)));
            for row in choices.filter(|row| row.get(&experiment).is_some()) {
                for (name, setting) in options_of(row, &experiment) {
                    let mut chosen = experiment.clone();
                    row.set(&mut chosen, &setting);
                    let written = set_raw(&chosen, row.path, row.path, Value::String(name.clone()));
                    assert_eq!(written.as_ref(), Ok(&chosen), "{row:?} = {name}");
                }
            }
        }
    }

    #[test]
    fn an_unknown_key_is_answered_with_the_nearest() {
        let error = set_value(&vanilla(), "epoch=3").expect_err("no such setting");
        assert!(error.to_string().contains("epochs"), "{error}");
        for (end, place) in [
            ("momentum=0.9", "did you mean optimizer.momentum?"),
            ("nesterov=true", "did you mean optimizer.nesterov?"),
            (
                "training.learning_rate=1",
                "did you mean optimizer.learning_rate?",
            ),
            ("learning_rte=1", "did you mean learning_rate?"),
        ] {
            let error = set_value(&vanilla(), end).expect_err("no such setting");
            assert!(error.to_string().contains(place), "{error}");
        }
        assert!(set_value(&vanilla(), "code").is_err());
        assert!(set_value(&vanilla(), "code=many").is_err());
    }
}
