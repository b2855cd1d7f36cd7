//! Changing a recipe by `key=value`, and the names of its settings.

use toml::{Table, Value};

use hourglass_experiment::{Experiment, InvalidExperiment};

/// Why a text or a change is no recipe.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ExperimentError {
    /// The text is not TOML, or not a recipe.
    #[error("{0}")]
    Text(String),
    /// A complete recipe without its end.
    #[error("its end is missing: it was cut short. Take it from a backup")]
    Cut,
    /// A text that says nothing, as what is left of a recipe that was cut.
    #[error("it is empty: a recipe names at least one setting, such as preset = \"vanilla-64\"")]
    Nothing,
    /// A text too long to be a recipe.
    #[error("it has {} kB, and no recipe has more than {most} kB", .size >> 10, most = .most >> 10)]
    TooLong {
        /// Its bytes.
        size: usize,
        /// Most bytes.
        most: usize,
    },
    /// A recipe in a layout of a later version.
    #[error(
        "it is of format {found}, and this version reads formats up to {known}: open it with a newer one"
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
    /// A setting that the recipe has no place for.
    #[error("{key} cannot be set here: {reason}")]
    NoPlace {
        /// As it was given.
        key: String,
        /// Why, and what to do.
        reason: String,
    },
    /// A recipe that makes no sense.
    #[error(transparent)]
    Invalid(#[from] InvalidExperiment),
}

/// Short names of settings, with their places in the recipe.
const SHORT_FORMS: [(&str, &str); 14] = [
    ("code", "architecture.code"),
    ("hidden", "architecture.hidden"),
    ("channels", "architecture.channels"),
    ("learning_rate", "optimizer.learning_rate"),
    ("batch_size", "training.batch_size"),
    ("epochs", "training.epochs"),
    ("train_samples", "training.train_samples"),
    ("loss", "objective.reconstruction"),
    ("l1", "objective.sparsity.weight"),
    ("noise", "corruption"),
    ("contraction", "objective.contraction"),
    ("beta", "objective.prior.beta"),
    ("warm_up", "objective.prior.warm_up_epochs"),
    ("adversarial", "objective.prior.weight"),
];

/// Every setting's place, those of absent tables included.
pub(super) const PLACES: [&str; 51] = [
    "preset",
    "seed",
    "test_noise",
    "architecture.kind",
    "architecture.hidden",
    "architecture.code",
    "architecture.tied",
    "architecture.channels",
    "architecture.waist",
    "architecture.encoder",
    "architecture.decoder",
    "architecture.hidden_activation",
    "architecture.code_activation",
    "architecture.output_activation",
    "corruption",
    "corruption.kind",
    "corruption.fraction",
    "corruption.sigma",
    "target",
    "target.kind",
    "target.hidden",
    "target.degrees",
    "objective.reconstruction",
    "objective.contraction",
    "objective.sparsity",
    "objective.sparsity.kind",
    "objective.sparsity.weight",
    "objective.sparsity.target",
    "objective.prior",
    "objective.prior.kind",
    "objective.prior.beta",
    "objective.prior.warm_up_epochs",
    "objective.prior.capacity",
    "objective.prior.likelihood_sigma",
    "objective.prior.distribution",
    "objective.prior.weight",
    "objective.prior.discriminator_learning_rate",
    "optimizer.kind",
    "optimizer.learning_rate",
    "optimizer.schedule",
    "optimizer.momentum",
    "optimizer.weight_decay",
    "optimizer.gradient_clip",
    "training.batch_size",
    "training.epochs",
    "training.train_samples",
    "plan.pretraining",
    "plan.fine_tuning",
    "plan.fine_tuning.epochs",
    "plan.fine_tuning.learning_rate",
    "plan",
];

/// Applies `key=value` to a recipe; the key is a place in `experiment.toml` or a short form. The result is
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
        "corruption" if key == "noise" => set_noise(&mut table, key, value)?,
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
    let short = SHORT_FORMS.iter().find(|(short, _)| *short == key);
    let place = PLACES.into_iter().find(|place| *place == key);
    short
        .map(|&(_, place)| place)
        .or(place)
        .ok_or_else(|| ExperimentError::UnknownKey {
            key: key.to_owned(),
            nearest: nearest(key),
        })
}

/// The three settings with the most similar names.
pub(super) fn nearest(key: &str) -> Vec<String> {
    let names = SHORT_FORMS.iter().map(|&(short, _)| short).chain(PLACES);
    let mut ranked: Vec<(f64, &str)> = names
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
        let Value::Table(next) = entry else { return };
        inner = next;
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
                reason: "this recipe does not corrupt; choose the kind as well, such as --set \
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
    use super::*;
    use hourglass_experiment::{Corruption, PresetId, Sparsity};

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

    #[test]
    fn an_unknown_key_is_answered_with_the_nearest() {
        let error = set_value(&vanilla(), "epoch=3").expect_err("no such setting");
        assert!(error.to_string().contains("epochs"), "{error}");
        assert!(set_value(&vanilla(), "code").is_err());
        assert!(set_value(&vanilla(), "code=many").is_err());
    }
}
