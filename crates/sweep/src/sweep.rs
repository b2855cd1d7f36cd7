//! The file of a sweep: an experiment, what varies in it, the seeds, the images; and the tasks that follow.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};
use toml::Table;

use hourglass_experiment::{DataSetId, Experiment};
use hourglass_files::plain_file::{self, PlainFileError};
use hourglass_files::whole_file::{self, WriteError};
use hourglass_protocol::{DataSource, Fitting};
use hourglass_run_folder::{self as run_folder, ExperimentError};

use crate::folder::{LOGS_FOLDER, SWEEP_FILE};
use crate::task::Task;
use crate::vary::{Variation, VaryError};

/// Number of the layout of `sweep.toml`.
const FORMAT: i64 = 1;

/// Most bytes of it.
const MAX_BYTES: u64 = 256 << 10;

/// Most runs of a sweep.
const MAX_TASKS: usize = 10_000;

/// Combinations that are named where many make no sense.
const MAX_NAMED: usize = 8;

/// How `sweep.toml` begins.
const PREFACE: &str = "\
# A sweep of Hourglass: a run for every combination of what varies, with every seed.
# Values and seeds can be added here at any time; what is done is not done again.
";

/// Many runs of one experiment.
#[derive(Clone, Debug, PartialEq)]
pub struct Sweep {
    /// What all runs have in common.
    experiment: Experiment,
    vary: Vec<Variation>,
    seeds: Vec<u64>,
    images: Images,
    tasks: Vec<Task>,
}

/// The images that all runs learn from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Images {
    /// A name of the catalogue, or a folder or file.
    pub place: String,
    /// How they are made to fit, if they are a person's own.
    pub fitting: Option<Fitting>,
    /// The name of the data set, which says what is in it.
    pub data_set: String,
}

impl Images {
    #[must_use]
    pub fn source(&self) -> DataSource {
        match (DataSource::of_text(&self.place), &self.fitting) {
            (DataSource::Path(path, _), Some(fitting)) => DataSource::Path(path, fitting.clone()),
            (source, _) => source,
        }
    }
}

/// `sweep.toml`
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    format: i64,
    data: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    fit: Option<Fitting>,
    data_set: String,
    vary: Vec<String>,
    seeds: Vec<u64>,
    experiment: Table,
}

/// Why there is no such sweep.
#[derive(Debug, thiserror::Error)]
pub enum SweepError {
    #[error("it has no {SWEEP_FILE}: make a sweep with `hourglass sweep new`, or name its folder")]
    Missing,
    #[error("{SWEEP_FILE} cannot be read: {0}")]
    Unreadable(PlainFileError),
    /// Not TOML, or not a sweep.
    #[error(
        "{SWEEP_FILE}: {0}. Mend it, or write the sweep anew with `hourglass sweep new … --force`, which keeps its runs"
    )]
    Text(String),
    #[error(
        "{SWEEP_FILE} has format {found}, but this version reads format {FORMAT}: use a newer version of Hourglass"
    )]
    Newer { found: i64 },
    #[error("the experiment: {0}")]
    Experiment(#[from] ExperimentError),
    #[error(transparent)]
    Vary(#[from] VaryError),
    #[error("{0} varies twice: write all its values at once")]
    Twice(String),
    #[error("{found} runs are more than {MAX_TASKS}: take fewer values or seeds")]
    TooMany { found: usize },
    #[error("there is no seed: give at least one")]
    NoSeeds,
    #[error("seed {0} is there twice")]
    SeedTwice(u64),
    #[error("seed {0} is too large: choose whole numbers up to {max}", max = i64::MAX)]
    SeedTooLarge(u64),
    #[error("{0}")]
    NoSense(Refused),
    #[error("{one} and {other} are the same experiment: leave one of them out")]
    Same { one: String, other: String },
}

/// Combinations that are no experiments, each with the reason.
#[derive(Debug)]
pub struct Refused {
    of: usize,
    found: Vec<(String, String)>,
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let n = self.found.len();
        write!(f, "{n} of {} combinations make no sense:", self.of)?;
        for (cell, reason) in self.found.iter().take(MAX_NAMED) {
            write!(f, "\n  {cell}: {reason}")?;
        }
        match n.saturating_sub(MAX_NAMED) {
            0 => Ok(()),
            more => write!(f, "\n  and {more} more"),
        }
    }
}

impl Sweep {
    /// Every combination of what varies, with every seed.
    ///
    /// # Errors
    /// The combinations that make no sense, with the reasons; too many runs, or the same one twice.
    pub fn new(
        experiment: Experiment,
        vary: Vec<Variation>,
        seeds: Vec<u64>,
        images: Images,
    ) -> Result<Self, SweepError> {
        check_names(&vary)?;
        let mut known = HashSet::new();
        if let Some(seed) = seeds.iter().find(|seed| !known.insert(**seed)) {
            return Err(SweepError::SeedTwice(*seed));
        }
        if let Some(seed) = seeds.iter().find(|seed| i64::try_from(**seed).is_err()) {
            return Err(SweepError::SeedTooLarge(*seed)); // TOML has no room for it
        }
        if seeds.is_empty() {
            return Err(SweepError::NoSeeds);
        }
        let counts = vary.iter().map(|variation| variation.points().len());
        let found = counts
            .chain([seeds.len()])
            .fold(1_usize, usize::saturating_mul);
        if found > MAX_TASKS {
            return Err(SweepError::TooMany { found });
        }
        let tasks = tasks(&experiment, &vary, &seeds)?;
        Ok(Self {
            experiment,
            vary,
            seeds,
            images,
            tasks,
        })
    }

    /// The sweep in a folder.
    ///
    /// # Errors
    /// What is wrong with its file.
    pub fn read(folder: &Path) -> Result<Self, SweepError> {
        let path = folder.join(SWEEP_FILE);
        if !path.exists() {
            return Err(SweepError::Missing);
        }
        let text = plain_file::read_text(&path, MAX_BYTES).map_err(SweepError::Unreadable)?;
        Self::of_text(&text)
    }

    fn of_text(text: &str) -> Result<Self, SweepError> {
        let wrong = |error| SweepError::Text(run_folder::in_one_line(&error, text));
        let table: Table = toml::from_str(text).map_err(wrong)?;
        if let Some(found) = table.get("format").and_then(toml::Value::as_integer)
            && found > FORMAT
        {
            return Err(SweepError::Newer { found });
        }
        let file: File = toml::from_str(text).map_err(wrong)?;
        let experiment = file.experiment.to_string();
        let experiment = run_folder::read_experiment(&experiment)?;
        let vary = file.vary.iter().map(|text| text.parse());
        Self::new(
            experiment,
            vary.collect::<Result<_, VaryError>>()?,
            file.seeds,
            Images {
                place: file.data,
                fitting: file.fit,
                data_set: file.data_set,
            },
        )
    }

    fn to_text(&self) -> String {
        let experiment = run_folder::to_short_toml(&self.experiment);
        let file = File {
            format: FORMAT,
            data: self.images.place.clone(),
            fit: self.images.fitting.clone(),
            data_set: self.images.data_set.clone(),
            vary: self.vary.iter().map(ToString::to_string).collect(),
            seeds: self.seeds.clone(),
            experiment: experiment.parse().expect("an experiment is a table"),
        };
        let text = toml::to_string(&file).expect("made of tables, numbers and names");
        format!("{PREFACE}{text}")
    }

    /// Writes its file into a folder, and makes the folder of the logs: a scheduler may write there before any run does.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, folder: &Path) -> Result<(), WriteError> {
        let logs = folder.join(LOGS_FOLDER);
        fs::create_dir_all(&logs).map_err(|error| WriteError::new(&logs, &error))?;
        whole_file::write(&folder.join(SWEEP_FILE), self.to_text().as_bytes())
    }

    /// The runs, those that differ in the seed alone beside each other.
    #[must_use]
    pub fn tasks(&self) -> &[Task] {
        &self.tasks
    }

    #[must_use]
    pub fn images(&self) -> &Images {
        &self.images
    }

    #[must_use]
    pub fn experiment(&self) -> &Experiment {
        &self.experiment
    }

    /// What its runs have in common: `basic-32 · MNIST`.
    #[must_use]
    pub fn title(&self) -> String {
        let preset = self.experiment.preset.map(|preset| preset.to_string());
        let experiment = preset.unwrap_or_else(|| self.experiment.architecture.summary());
        let name = self.images.data_set.as_str();
        let data = match DataSetId::of_name(name) {
            Some(id) => id.label(),
            None => name,
        };
        format!("{experiment} · {data}")
    }

    /// The keys of the settings that vary, as they were written.
    #[must_use]
    pub fn settings(&self) -> Vec<String> {
        let keys = self.vary.iter().flat_map(Variation::settings);
        keys.cloned().collect()
    }

    #[must_use]
    pub fn n_seeds(&self) -> usize {
        self.seeds.len()
    }

    /// The first task of each combination.
    pub fn combinations(&self) -> impl Iterator<Item = &Task> {
        self.tasks.iter().step_by(self.seeds.len())
    }
}

fn check_names(vary: &[Variation]) -> Result<(), SweepError> {
    let mut known = HashSet::new();
    let mut settings = vary.iter().flat_map(Variation::settings);
    match settings.find(|setting| !known.insert(*setting)) {
        Some(setting) => Err(SweepError::Twice(setting.clone())),
        None => Ok(()),
    }
}

fn tasks(
    experiment: &Experiment,
    vary: &[Variation],
    seeds: &[u64],
) -> Result<Vec<Task>, SweepError> {
    let mut cells: Vec<Vec<(String, String)>> = vec![Vec::new()];
    for variation in vary {
        let extended = |cell: &Vec<(String, String)>| {
            let cell = cell.clone();
            variation.points().iter().map(move |point| {
                let keys = variation.settings().iter().cloned();
                let added = keys.zip(point.iter().cloned());
                cell.iter().cloned().chain(added).collect()
            })
        };
        cells = cells.iter().flat_map(extended).collect();
    }
    let (mut tasks, mut refused) = (Vec::new(), Vec::new());
    let of = cells.len();
    for settings in cells {
        let assignments: Vec<String> = settings
            .iter()
            .map(|(key, value)| format!("{key}={value}"))
            .collect();
        let changed = run_folder::set_values(experiment, &assignments).and_then(|changed| {
            changed.validate()?;
            Ok(changed)
        });
        match changed {
            Ok(changed) => tasks.extend(seeds.iter().map(|&seed| {
                let experiment = Experiment {
                    seed,
                    ..changed.clone()
                };
                (settings.clone(), experiment)
            })),
            Err(error) => refused.push((named(&assignments), error.to_string())),
        }
    }
    if !refused.is_empty() {
        let found = refused;
        return Err(SweepError::NoSense(Refused { of, found }));
    }
    let numbered = tasks.into_iter().zip(1..);
    let tasks: Vec<Task> = numbered
        .map(|((settings, experiment), number)| Task {
            number,
            settings,
            experiment,
        })
        .collect();
    check_distinct(&tasks)?;
    Ok(tasks)
}

/// "code=8, l1=1e-4"
fn named(assignments: &[String]) -> String {
    if assignments.is_empty() {
        "the experiment".to_owned()
    } else {
        assignments.join(", ")
    }
}

/// No two runs share an experiment or a folder, on systems either that do not tell capitals.
fn check_distinct(tasks: &[Task]) -> Result<(), SweepError> {
    let (mut experiments, mut folders) = (HashMap::new(), HashMap::new());
    for task in tasks {
        let same = experiments.insert(run_folder::to_toml(&task.experiment), task);
        let at_same_place = folders.insert(task.name().to_lowercase(), task);
        if let Some(other) = same.or(at_same_place) {
            return Err(SweepError::Same {
                one: other.to_string(),
                other: task.to_string(),
            });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use hourglass_experiment::PresetId;

    fn images() -> Images {
        Images {
            place: "pen-digits".to_owned(),
            fitting: None,
            data_set: "pen-digits".to_owned(),
        }
    }

    fn sweep(preset: PresetId, vary: &[&str], seeds: &[u64]) -> Result<Sweep, SweepError> {
        let vary = vary.iter().map(|text| text.parse().expect("it varies"));
        Sweep::new(
            preset.preset().experiment(),
            vary.collect(),
            seeds.to_vec(),
            images(),
        )
    }

    #[test]
    fn a_run_for_every_combination_and_seed_in_the_order_of_the_file() {
        let sweep = sweep(
            PresetId::Sparse64,
            &["code=2,4", "l1+batch_size=1e-3:32,1e-4:64"],
            &[1, 7],
        )
        .expect("a sweep");
        let tasks: Vec<String> = sweep.tasks().iter().map(ToString::to_string).collect();
        assert_eq!(
            tasks,
            [
                "code=2, l1=1e-3, batch_size=32, seed=1",
                "code=2, l1=1e-3, batch_size=32, seed=7",
                "code=2, l1=1e-4, batch_size=64, seed=1",
                "code=2, l1=1e-4, batch_size=64, seed=7",
                "code=4, l1=1e-3, batch_size=32, seed=1",
                "code=4, l1=1e-3, batch_size=32, seed=7",
                "code=4, l1=1e-4, batch_size=64, seed=1",
                "code=4, l1=1e-4, batch_size=64, seed=7",
            ]
        );
        let last = sweep.tasks().last().expect("a task");
        assert_eq!((last.number, last.experiment.seed), (8, 7));
        assert_eq!(last.experiment.training.batch_size, 64);
        assert_eq!(last.experiment.architecture.code_size(), 4);
        assert_eq!(sweep.combinations().count(), 4);
        assert_eq!(sweep.settings(), ["code", "l1", "batch_size"]);
        let only = self::sweep(PresetId::Vae2, &[], &[1, 2, 3]).expect("seeds alone vary");
        assert_eq!(only.tasks().len(), 3);
    }

    #[test]
    fn its_file_reads_back_and_says_what_is_wrong() {
        let folder = tempfile::tempdir().expect("a folder");
        let written = sweep(PresetId::Basic32, &["code=2,4,8"], &[1, 2]).expect("a sweep");
        written.write(folder.path()).expect("a writable folder");
        assert!(folder.path().join("logs").is_dir());
        assert_eq!(Sweep::read(folder.path()).expect("as written"), written);

        let text = written.to_text();
        for (from, to, expected) in [
            ("format = 1", "format = 9", "newer version"),
            ("vary =", "varies =", "varies"),
            ("code=2,4,8", "cod=2,4", "did you mean"),
            ("code=2,4,8", "code=2,4,2.0", "same experiment"),
            ("code=2,4,8", "code", "does not say what varies"),
            ("[1, 2]", "[]", "no seed"),
            ("[1, 2]", "[2, 2]", "seed 2 is there twice"),
            ("basic-32", "basic-33", "basic-32"),
        ] {
            assert!(text.contains(from), "{text}");
            let error = Sweep::of_text(&text.replace(from, to)).expect_err(to);
            assert!(error.to_string().contains(expected), "{to}: {error}");
        }
        for cut in 1..text.len() {
            if let Some(start) = text.get(..cut)
                && let Err(error) = Sweep::of_text(start)
            {
                let said = error.to_string();
                assert_eq!(said.lines().count(), 1, "{cut}: {said}");
            }
        }
        let nothing = tempfile::tempdir().expect("a folder");
        let error = Sweep::read(nothing.path()).expect_err("nothing there");
        assert!(error.to_string().contains("sweep new"), "{error}");
    }

    #[test]
    fn combinations_that_make_no_sense_are_named_with_the_reason() {
        let error = sweep(
            PresetId::Vanilla64,
            &["code=2,4096", "optimizer.momentum=0,0.9"],
            &[1],
        )
        .expect_err("two reasons")
        .to_string();
        assert!(
            error.starts_with("3 of 4 combinations make no sense:"),
            "{error}"
        );
        assert!(
            error.contains("code=4096, optimizer.momentum=0: code size is 4096"),
            "{error}"
        );
        assert!(
            error.contains("code=2, optimizer.momentum=0.9: optimizer.momentum has no effect here"),
            "{error}"
        );
        let many: Vec<String> = (3_000..3_020).map(|code| code.to_string()).collect();
        let many = format!("code={}", many.join(","));
        let error = sweep(PresetId::Vanilla64, &[&many], &[1]).expect_err("too large");
        assert!(error.to_string().ends_with("and 12 more"), "{error}");
    }

    #[test]
    fn what_would_run_twice_or_never_end_is_refused() {
        let refused = |vary: &[&str], seeds: &[u64]| {
            let error = sweep(PresetId::Vanilla64, vary, seeds).expect_err("refused");
            error.to_string()
        };
        assert!(refused(&["code=2,4", "code=8"], &[1]).contains("varies twice"));
        assert!(refused(&["code=2,2.0"], &[1]).contains("same experiment"));
        let short_and_long = ["code=2,4", "architecture.code=8,16"];
        assert!(refused(&short_and_long, &[1]).contains("same experiment"));
        let seeds: Vec<u64> = (1..=100).collect();
        let huge = ["code=1..2048:1000", "learning_rate=log:1e-5..1e-1:1000"];
        assert!(refused(&huge, &seeds).contains("100000000 runs are more than 10000"));
    }
}
