//! An experiment as TOML text: complete, as a run folder keeps it, or short, as people share it.
//!
//! A short text is laid over its preset. `read_experiment` is the one reader, for files, the clipboard and the
//! command line.

use toml::{Table, Value};

use super::ExperimentError;
use super::experiment_toml::{check_effect, nearest, none_table, set_values};
use hourglass_experiment::{Experiment, Optimizer, PresetId, field};

/// Number of the layout. 1 had no number and was always complete.
const FORMAT: i64 = 2;

/// The entry that holds the number.
const FORMAT_KEY: &str = "format";

/// Says of an experiment that it is complete, and how it ends: one that was cut is told from a short one.
const COMPLETE: &str = "# complete: the last line is \"# end\"";

/// The last line of a complete experiment.
const END: &str = "# end";

/// Most bytes of an experiment; the longest that makes sense has two thousand.
const MAX_BYTES: usize = 64 << 10;

/// The complete experiment as TOML.
///
/// # Panics
/// Never: an experiment is made of tables, numbers and names.
#[must_use]
pub fn to_toml(experiment: &Experiment) -> String {
    let recipe =
        toml::to_string(experiment).expect("an experiment is made of tables, numbers and names");
    format!("{FORMAT_KEY} = {FORMAT}\n{COMPLETE}\n{recipe}{END}\n")
}

/// The experiment as short as it can be: what differs from its preset, or from the preset the window starts with
/// where it names none. What cannot be said so is said completely.
#[must_use]
pub fn to_short_toml(experiment: &Experiment) -> String {
    let short = differences(experiment).and_then(|table| {
        let text = toml::to_string(&table).ok()?;
        let text = format!("{FORMAT_KEY} = {FORMAT}\n{text}");
        (read_experiment(&text).as_ref() == Ok(experiment)).then_some(text)
    });
    short.unwrap_or_else(|| to_toml(experiment))
}

/// Reads and checks an experiment. What a short one leaves out is its preset's, or that of the preset the window
/// starts with; a text that has every part of an experiment is taken as it is.
///
/// # Errors
/// What is wrong; a key that does not exist is named with the nearest that does.
pub fn read_experiment(text: &str) -> Result<Experiment, ExperimentError> {
    let (size, most) = (text.len(), MAX_BYTES);
    if size > most {
        return Err(ExperimentError::TooLong { size, most });
    }
    if text.lines().any(|line| line == COMPLETE) && text.lines().last() != Some(END) {
        return Err(ExperimentError::Cut);
    }
    let wrong = |error: toml::de::Error| ExperimentError::Text(in_one_line(&error, text));
    let mut table: Table = toml::from_str(text).map_err(wrong)?;
    match table.remove(FORMAT_KEY) {
        None | Some(Value::Integer(1..=FORMAT)) => {} // without a number: format 1, or written by hand
        Some(Value::Integer(found)) if found > FORMAT => {
            let known = FORMAT;
            return Err(ExperimentError::Newer { found, known });
        }
        Some(other) => {
            let reason = format!("{FORMAT_KEY} = {other} is not a format number");
            return Err(ExperimentError::Text(reason));
        }
    }
    if table.is_empty() {
        return Err(ExperimentError::Nothing);
    }
    let shorts = take_short_forms(&mut table);
    if let Some(key) = unknown_key(&table, "") {
        let nearest = nearest(&key);
        return Err(ExperimentError::UnknownKey { key, nearest });
    }
    let complete: Result<Experiment, _> = Table::try_into(table.clone());
    let experiment = if let Ok(complete) = complete {
        complete
    } else {
        let base = base_of(&table)?;
        let mut whole = base.clone();
        merge(&mut whole, with_decay_of_adamw(table.clone(), &base));
        let experiment = Table::try_into(whole).map_err(wrong)?;
        let before = Table::try_into(base).map_err(wrong)?;
        // A short text says what a person wants; a complete one may carry what another choice left behind.
        check_effect(&before, &experiment, keys_of(&table, "").into_iter())?;
        experiment
    };
    let experiment = set_values(&experiment, &shorts)?;
    experiment.validate()?;
    Ok(experiment)
}

/// The short forms that `--set` knows, as it takes them, out of the table.
fn take_short_forms(table: &mut Table) -> Vec<String> {
    let mut found = Vec::new();
    for (short, field) in field::short_forms() {
        if short != field.path
            && let Some(value) = table.remove(short)
        {
            found.push(format!("{short}={value}"));
        }
    }
    found
}

/// What is wrong with a text, and in which line.
#[must_use]
pub fn in_one_line(error: &toml::de::Error, text: &str) -> String {
    let before = error.span().and_then(|span| text.get(..span.start));
    let (line, said) = match before {
        Some(before) => {
            let line = before.matches('\n').count() + 1;
            (format!("line {line}: "), error.message().to_owned())
        }
        None => (String::new(), error.to_string()), // with the place
    };
    format!("{line}{}", said.trim().replace('\n', " "))
}

/// `AdamW` comes with a decay where it is chosen and none is named.
fn with_decay_of_adamw(mut table: Table, base: &Table) -> Table {
    let is_adamw = |optimizer: Option<&Value>| {
        optimizer.and_then(|optimizer| optimizer.get("kind")) == Some(&Value::from("adamw"))
    };
    if is_adamw(table.get("optimizer"))
        && !is_adamw(base.get("optimizer"))
        && let Some(optimizer) = table.get_mut("optimizer").and_then(Value::as_table_mut)
    {
        let decay = Optimizer::ADAMW_DECAY.to_string().parse();
        optimizer
            .entry("weight_decay")
            .or_insert(Value::Float(decay.unwrap_or_default()));
    }
    table
}

/// The places of everything that a table says.
fn keys_of(table: &Table, path: &str) -> Vec<String> {
    let places = table.iter().map(|(key, value)| {
        let place = format!("{path}{key}");
        match value {
            Value::Table(inner) => keys_of(inner, &format!("{place}.")),
            _ => vec![place],
        }
    });
    places.flatten().collect()
}

/// The experiment that a short one starts from.
fn base_of(table: &Table) -> Result<Table, ExperimentError> {
    let base = match table.get("preset") {
        None => Experiment {
            preset: None,
            ..Experiment::default()
        },
        Some(Value::String(name)) => {
            let id: PresetId = name
                .parse()
                .map_err(|error| ExperimentError::Text(format!("{error}")))?;
            id.preset().experiment()
        }
        Some(_) => {
            let reason = "preset is not the name of a preset".to_owned();
            return Err(ExperimentError::Text(reason));
        }
    };
    Table::try_from(&base).map_err(|error| ExperimentError::Text(error.to_string()))
}

/// Puts what a table says over what is there. A table of another kind replaces the one there: its settings
/// would not fit.
fn merge(base: &mut Table, over: Table) {
    for (key, value) in over {
        match (base.get_mut(&key), value) {
            (Some(Value::Table(below)), Value::Table(above))
                if shares_settings(&key, below, &above) =>
            {
                merge(below, above);
            }
            (_, value) => {
                base.insert(key, value);
            }
        }
    }
}

/// Whether two tables have the same settings. Those of an optimizer do not depend on its rule.
fn shares_settings(key: &str, below: &Table, above: &Table) -> bool {
    let is_same = |choice| {
        let above: Option<&Value> = above.get(choice);
        above.is_none_or(|above| below.get(choice) == Some(above))
    };
    key == "optimizer" || ["kind", "updates"].into_iter().all(is_same)
}

/// What the experiment says otherwise than what it starts from.
fn differences(experiment: &Experiment) -> Option<Table> {
    let own = Table::try_from(experiment).ok()?;
    let base = base_of(&own).ok()?;
    let mut found = differing(&own, &base);
    if let Some(preset) = own.get("preset") {
        found.insert("preset".to_owned(), preset.clone());
    }
    if found.is_empty() {
        let seed = own.get("seed").cloned()?; // an experiment without any setting would be taken for one that was cut
        found.insert("seed".to_owned(), seed);
    }
    // Plain values first, then the tables, as TOML wants them.
    let (tables, values): (Vec<_>, Vec<_>) = found.into_iter().partition(|(_, v)| v.is_table());
    Some(values.into_iter().chain(tables).collect())
}

fn differing(own: &Table, base: &Table) -> Table {
    let mut found = Table::new();
    for (key, value) in own {
        match (value, base.get(key)) {
            (Value::Table(own), Some(Value::Table(base))) if shares_settings(key, base, own) => {
                let inner = differing(own, base);
                if !inner.is_empty() {
                    found.insert(key.clone(), Value::Table(inner));
                }
            }
            (value, below) if Some(value) != below => {
                found.insert(key.clone(), value.clone());
            }
            _ => {}
        }
    }
    // What is switched off is left out of a complete experiment, and has to be said in a short one.
    for (key, value) in base.iter().filter(|(key, _)| !own.contains_key(*key)) {
        let off = match (key.as_str(), value) {
            ("sparsity" | "prior", _) => none_table(),
            ("target", _) => {
                let kind = ("kind".to_owned(), Value::from("same_image"));
                Value::Table(Table::from_iter([kind]))
            }
            ("schedule", _) => Value::from("constant"),
            (_, Value::Float(_)) => Value::Float(0.0),
            (_, Value::Boolean(_)) => Value::Boolean(false),
            _ => continue,
        };
        found.insert(key.clone(), off);
    }
    found
}

/// The first key that is no setting's place.
fn unknown_key(table: &Table, path: &str) -> Option<String> {
    table.iter().find_map(|(key, value)| {
        let place = match path {
            "" => key.clone(),
            path => format!("{path}.{key}"),
        };
        let is_known = field::places().contains(&place.as_str());
        match value {
            _ if !is_known => Some(place),
            Value::Table(inner) => unknown_key(inner, &place),
            _ => None,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use hourglass_experiment::{OptimizerKind, Prior, Sparsity, Updates};

    fn vanilla() -> Experiment {
        PresetId::Vanilla64.preset().experiment()
    }

    #[test]
    fn every_preset_survives_the_round_trip() {
        for id in PresetId::ALL {
            let experiment = id.preset().experiment();
            let text = to_toml(&experiment);
            assert_eq!(read_experiment(&text), Ok(experiment.clone()), "{text}");
            let short = to_short_toml(&experiment);
            assert_eq!(short, format!("format = 2\npreset = \"{id}\"\n"));
            assert_eq!(read_experiment(&short), Ok(experiment));
        }
    }

    #[test]
    fn text_shows_numbers_as_people_write_them() {
        let text = to_toml(&PresetId::DenoiseDense.preset().experiment());
        assert!(text.contains("fraction = 0.3\n"), "{text}");
        assert!(text.contains("learning_rate = 0.001\n"), "{text}");
    }

    #[test]
    fn a_short_experiment_says_what_differs_and_what_was_switched_off() {
        let mut experiment = PresetId::Sparse64.preset().experiment();
        experiment.objective.sparsity = Sparsity::None;
        experiment.training.epochs = 2;
        experiment.seed = 7;
        let text = to_short_toml(&experiment);
        let expected = "format = 2\npreset = \"sparse-64\"\nseed = 7\n\n[objective.sparsity]\nkind = \
                        \"none\"\n\n[training]\nepochs = 2\n";
        assert_eq!(text, expected);
        assert_eq!(read_experiment(&text), Ok(experiment));
    }

    #[test]
    fn a_complete_experiment_takes_nothing_from_its_preset() {
        let mut experiment = PresetId::Sparse64.preset().experiment();
        experiment.objective.sparsity = Sparsity::None;
        let text = to_toml(&experiment);
        assert!(!text.contains("sparsity"), "{text}");
        assert_eq!(read_experiment(&text), Ok(experiment));
    }

    #[test]
    fn a_file_of_the_first_format_opens_and_one_of_a_later_is_refused() {
        let text = to_toml(&vanilla());
        let first = text.replace("format = 2\n", "");
        assert_eq!(read_experiment(&first), Ok(vanilla()));
        let later = text.replace("format = 2", "format = 3");
        let error = read_experiment(&later).expect_err("of a later version");
        assert!(
            error.to_string().contains("open it with a newer version"),
            "{error}"
        );
        let odd = text.replace("format = 2", "format = \"new\"");
        assert!(read_experiment(&odd).is_err());
    }

    fn with_updates(updates: Updates) -> Experiment {
        let mut experiment = PresetId::Aae2.preset().experiment();
        if let Prior::Adversarial(prior) = &mut experiment.objective.prior {
            prior.updates = updates;
        }
        experiment
    }

    #[test]
    fn an_adversary_from_before_there_were_two_phases_is_updated_in_one_step() {
        let one_step = with_updates(Updates::OneStep { weight: 3.0 });
        let text = to_toml(&one_step);
        let older = text.replace("updates = \"one_step\"\n", "");
        assert_ne!(older, text);
        assert_eq!(read_experiment(&older), Ok(one_step));
    }

    #[test]
    fn each_way_of_updating_has_its_own_number_and_no_other() {
        for updates in Updates::KINDS {
            let experiment = with_updates(updates);
            for text in [to_toml(&experiment), to_short_toml(&experiment)] {
                assert_eq!(read_experiment(&text), Ok(experiment.clone()), "{text}");
            }
        }
        let refusal = |updates, from: &str, to: &str| {
            let text = to_toml(&with_updates(updates)).replace(from, to);
            let error = read_experiment(&text).expect_err("not an experiment");
            error.to_string()
        };
        let [one_step, two_phases] = Updates::KINDS;
        let both = "encoder_learning_rate = 0.0003\nweight = 10.0";
        let error = refusal(one_step, "weight = 10.0", both);
        assert!(
            error.contains("belongs to updates = \"two_phases\""),
            "{error}"
        );
        let error = refusal(two_phases, "encoder_learning_rate = 0.0003", both);
        assert!(error.contains("two phases add nothing up"), "{error}");
    }

    #[test]
    fn a_complete_experiment_that_is_cut_is_refused_wherever_it_is() {
        for id in PresetId::ALL {
            let experiment = id.preset().experiment();
            let text = to_toml(&experiment);
            for length in 0..text.len() {
                let read = read_experiment(&text[..length]);
                if length + 1 == text.len() {
                    assert_eq!(
                        read,
                        Ok(experiment.clone()),
                        "only the last line end is gone"
                    );
                } else {
                    let error = read.expect_err("cut");
                    assert!(!error.to_string().is_empty(), "{id} cut to {length}");
                }
            }
        }
    }

    #[test]
    fn a_complete_experiment_may_be_changed_by_hand_and_needs_no_marks() {
        let text = to_toml(&vanilla());
        let changed = text.replace("seed = 1\n", "seed = 1 # mine\n# and a line more\n");
        assert_eq!(read_experiment(&changed), Ok(vanilla()));
        assert_eq!(read_experiment(&text.replace('\n', "\r\n")), Ok(vanilla()));
        let without = text
            .replace(&format!("{COMPLETE}\n"), "")
            .replace("# end\n", "");
        assert_eq!(read_experiment(&without), Ok(vanilla()));
    }

    #[test]
    fn keys_that_do_not_exist_are_named_with_the_nearest() {
        for (text, key, nearest) in [
            ("[training]\nepoch = 3", "training.epoch", "training.epochs"),
            ("learning-rate = 0.1", "learning-rate", "learning_rate"),
            (
                "[training]\nlearning_rate = 0.1",
                "training.learning_rate",
                "optimizer.learning_rate",
            ),
            (
                "[objective.sparsty]\nkind = \"l1\"",
                "objective.sparsty",
                "objective.sparsity",
            ),
        ] {
            let message = read_experiment(text).expect_err("no such key").to_string();
            assert!(message.contains(&format!("{key:?}")), "{message}");
            assert!(message.contains(nearest), "{message}");
        }
    }

    #[test]
    fn short_forms_stand_in_a_file_as_on_the_command_line() {
        let text = "code = 8\npreset = \"vanilla-64\"\nlearning_rate = 0.01\nl1 = 1e-4\nhidden = [128, 32]\n";
        let mut expected = vanilla();
        for change in ["code=8", "learning_rate=0.01", "l1=1e-4", "hidden=128,32"] {
            expected = super::super::set_value(&expected, change).expect("a valid change");
        }
        assert_eq!(read_experiment(text), Ok(expected));
        let refused = read_experiment("code = 0")
            .expect_err("too small")
            .to_string();
        assert!(refused.starts_with("code size is 0: choose"), "{refused}");
    }

    #[test]
    fn what_is_no_toml_is_said_in_one_line() {
        for (text, expected) in [
            ("preset = \"vanilla-64\"\nhello\n", "line 2: "),
            ("training = 3", "training"),
        ] {
            let said = read_experiment(text)
                .expect_err("no experiment")
                .to_string();
            assert!(said.contains(expected) && !said.contains('\n'), "{said}");
        }
    }

    #[test]
    fn another_kind_replaces_the_settings_of_the_one_before() {
        let text = "preset = \"denoise-dense\"\n[corruption]\nkind = \"gaussian\"\nsigma = 0.2";
        let experiment = read_experiment(text).expect("an experiment");
        let sigma = hourglass_experiment::Corruption::Gaussian { sigma: 0.2 };
        assert_eq!(experiment.corruption, sigma);
    }

    #[test]
    fn another_rule_of_the_optimizer_keeps_its_other_settings() {
        let text = "preset = \"vae-20\"\n[optimizer]\nkind = \"adamw\"\nweight_decay = 0.01";
        let experiment = read_experiment(text).expect("an experiment");
        let mut expected = PresetId::Vae20.preset().experiment();
        expected.optimizer.kind = OptimizerKind::AdamW;
        expected.optimizer.weight_decay = 0.01;
        assert_eq!(experiment, expected);
        let short = to_short_toml(&expected);
        assert!(!short.contains("learning_rate"), "{short}");
        assert_eq!(read_experiment(&short), Ok(expected));
    }

    #[test]
    fn a_short_text_that_asks_for_nothing_is_refused_and_a_complete_one_carries_what_was_left() {
        let short = "preset = \"vanilla-64\"\n[optimizer]\nmomentum = 0.9";
        let error = read_experiment(short)
            .expect_err("Adam has none")
            .to_string();
        assert!(
            error.contains("optimizer.momentum has no effect here"),
            "{error}"
        );
        let with = format!("{short}\nkind = \"sgd\"");
        assert!(read_experiment(&with).is_ok());
        let mut carried = vanilla();
        carried.optimizer.momentum = 0.9;
        assert_eq!(carried.left_over().len(), 1);
        for text in [to_toml(&carried), to_short_toml(&carried)] {
            assert_eq!(read_experiment(&text), Ok(carried.clone()), "{text}");
        }
    }

    #[test]
    fn adamw_comes_with_its_decay_and_may_be_without() {
        let chosen = "preset = \"vanilla-64\"\n[optimizer]\nkind = \"adamw\"";
        let decay = |text: &str| read_experiment(text).map(|read| read.optimizer.weight_decay);
        assert_eq!(decay(chosen), Ok(0.01));
        assert_eq!(decay(&format!("{chosen}\nweight_decay = 0.0")), Ok(0.0));
        let mut without = vanilla();
        without.optimizer.kind = OptimizerKind::AdamW;
        for text in [to_toml(&without), to_short_toml(&without)] {
            assert_eq!(decay(&text), Ok(0.0), "{text}");
        }
    }

    #[test]
    fn texts_that_are_no_experiment_are_refused_whatever_they_are() {
        let deep = "[".repeat(50_000);
        let nested = format!("a = {}1{}", "[".repeat(20_000), "]".repeat(20_000));
        let tables = format!("[{}a]", "a.".repeat(20_000));
        let long = "# no end of it\n".repeat(10_000);
        for text in [
            &deep,
            &nested,
            &tables,
            &long,
            "\0",
            "preset = 3",
            "preset = \"../../etc\"",
        ] {
            let error = read_experiment(text).expect_err("no experiment");
            assert!(!error.to_string().is_empty());
        }
    }
}
