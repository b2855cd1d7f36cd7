//! `hourglass reproduce`: trains presets and compares their results with the published ones.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::Args;

use hourglass_experiment::{Bound, Expectation, Experiment, PresetId, Stated, Verdict};
use hourglass_files::whole_file;
use hourglass_protocol::{Command, DataSetId, DataSource, DatasetDescription, DeviceChoice, RunId};
use hourglass_run_folder::{self as run_folder, EXPERIMENT_FILE, SavedFiles, Summary};
use hourglass_train::threads;

use super::args::data_source;
use super::engine::Engine;
use super::machine::processor_name;
use super::occupied::check_writable;
use super::progress::Progress;
use super::run::{self, Begun, Ending};
use super::shell::{absolute, program, quoted};

/// Presets whose run takes less than five minutes are trained with three seeds, the others with one.
const SHORT_SECS: f64 = 300.0;

/// Seeds of a short preset.
const N_SEEDS: u64 = 3;

/// Name of the table for people.
const TABLE_FILE: &str = "reproduce.md";

/// Name of the table for programs.
const CSV_FILE: &str = "reproduce.csv";

/// Trains presets and writes a table of what they reach.
#[derive(Clone, Debug, Args)]
pub struct ReproduceArgs {
    /// Which presets and variants; all if none is named (`hourglass presets` lists them)
    presets: Vec<PresetId>,
    /// Folder for the table and the runs; finished runs of the same experiment in it are not trained again
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Seeds of each preset; by default three if a run takes less than five minutes, otherwise one, and three with --list
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..=100))]
    seeds: Option<u64>,
    /// Print a command for each run instead, a line each, for a scheduler; the same command without --list gathers them
    #[arg(long)]
    list: bool,
    /// Do one run, by its name in the list
    #[arg(long, value_name = "NAME", conflicts_with = "list")]
    task: Option<String>,
    /// Change a setting of every preset, as in `hourglass train`; results are then no longer comparable with the source
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// Images to learn from: a folder with the four files, or a name of `hourglass data list`; the published
    /// figures are for MNIST
    #[arg(long, value_name = "DIR|NAME", value_parser = data_source, default_value = "mnist")]
    data: DataSource,
    /// Device to train on: `auto`, `cpu`, `gpu`, or a graphics card by name, part of it, or number (see `doctor`)
    #[arg(long, default_value_t)]
    device: DeviceChoice,
}

/// One line of the table.
#[derive(Clone, Debug)]
struct Row {
    preset: PresetId,
    seed: u64,
    expectation: Expectation,
    measured: Option<f64>,
    verdict: Verdict,
    seconds: f64,
}

/// Runs that are trained at most once.
struct Bench<'a> {
    engine: Engine,
    dataset: DatasetDescription,
    progress: &'a Progress,
    args: &'a ReproduceArgs,
    n_runs: u64,
    done: HashMap<String, Summary>,
}

/// A run that the table needs.
#[derive(Clone, Debug)]
struct Job {
    /// Of its folder.
    name: String,
    experiment: Experiment,
    /// Whether it learns from the pen digits, whatever the others learn from.
    on_pen_digits: bool,
}

fn chosen(args: &ReproduceArgs) -> Vec<PresetId> {
    match args.presets.as_slice() {
        [] => PresetId::ALL.to_vec(),
        named => named.to_vec(),
    }
}

/// Every run that the table needs, once.
fn jobs(args: &ReproduceArgs) -> Result<Vec<Job>> {
    let mut jobs: Vec<Job> = Vec::new();
    for preset in chosen(args) {
        for seed in 1..=args.seeds.unwrap_or(N_SEEDS) {
            let mut needed = vec![own_job(args, preset, seed)?];
            for &expectation in preset.preset().expectations {
                needed.push(job_of(args, preset, seed, expectation)?);
                needed.extend(compared_job(args, preset, seed, expectation)?);
            }
            for job in needed {
                if !jobs.iter().any(|known| known.name == job.name) {
                    jobs.push(job);
                }
            }
        }
    }
    Ok(jobs)
}

/// A preset's own run.
fn own_job(args: &ReproduceArgs, preset: PresetId, seed: u64) -> Result<Job> {
    Ok(Job {
        name: format!("{preset}-seed-{seed}"),
        experiment: adjusted(args, preset.preset().experiment(), seed)?,
        on_pen_digits: false,
    })
}

/// The run that has the figure of an expectation.
fn job_of(
    args: &ReproduceArgs,
    preset: PresetId,
    seed: u64,
    expectation: Expectation,
) -> Result<Job> {
    let own = own_job(args, preset, seed)?;
    let is_elsewhere = args.data != DataSource::Named(DataSetId::PEN_DIGITS);
    Ok(if expectation.on_pen_digits && is_elsewhere {
        Job {
            name: format!("{preset}-on-pen-digits-seed-{seed}"),
            on_pen_digits: true,
            ..own
        }
    } else {
        own
    })
}

/// The run that a bound compares with.
fn compared_job(
    args: &ReproduceArgs,
    preset: PresetId,
    seed: u64,
    expectation: Expectation,
) -> Result<Option<Job>> {
    let Some(other) = expectation.bound.compared_with(preset) else {
        return Ok(None);
    };
    let name = match expectation.bound {
        Bound::AtMostTimes(_, other) => other.to_string(),
        _ => format!("{preset}-with-beta-1"),
    };
    Ok(Some(Job {
        name: format!("{name}-seed-{seed}"),
        experiment: adjusted(args, other, seed)?,
        on_pen_digits: false,
    }))
}

/// With a seed, and what was changed for all presets.
fn adjusted(args: &ReproduceArgs, mut experiment: Experiment, seed: u64) -> Result<Experiment> {
    experiment.seed = seed;
    experiment = run_folder::set_values(&experiment, &args.set)?;
    experiment.validate()?;
    Ok(experiment)
}

/// Prints a command for each run.
fn list(args: &ReproduceArgs) -> Result<()> {
    let mut words = vec!["reproduce".to_owned()];
    words.extend(args.presets.iter().map(ToString::to_string));
    let seeds = args.seeds.unwrap_or(N_SEEDS);
    let options = [
        ("--out", absolute(&args.out)?),
        ("--seeds", seeds.to_string()),
        ("--data", place(&args.data)?),
        ("--device", args.device.to_string()),
    ];
    let sets = args.set.iter().map(|set| ("--set", set.clone()));
    for (option, value) in options.into_iter().chain(sets) {
        words.extend([option.to_owned(), value]);
    }
    let words: Vec<String> = words.iter().map(|word| quoted(word)).collect();
    let (program, words) = (program(None)?, words.join(" "));
    let mut out = io::stdout().lock();
    for job in jobs(args)? {
        writeln!(out, "{program} {words} --task {}", quoted(&job.name))?;
    }
    Ok(())
}

/// Images as `--data` takes them from anywhere.
fn place(source: &DataSource) -> Result<String> {
    Ok(match source {
        DataSource::Named(id) => id.name().to_owned(),
        DataSource::Path(path, _) => absolute(path)?,
        DataSource::Auto => bail!("name the images with --data"),
    })
}

/// Trains and writes the table.
///
/// # Errors
/// When something could not be trained or written, or a preset falls short.
pub fn run(args: &ReproduceArgs) -> Result<()> {
    if args.list {
        return list(args);
    }
    check_writable(&args.out)?;
    let progress = Progress::new();
    let engine = Engine::start(args.device)?;
    let dataset = engine.load(args.data.clone(), &progress)?;
    let mut bench = Bench {
        engine,
        dataset,
        progress: &progress,
        args,
        n_runs: 0,
        done: HashMap::new(),
    };
    if let Some(name) = &args.task {
        let jobs = jobs(args)?;
        let job = jobs.iter().find(|job| job.name == *name);
        let job = job.with_context(|| {
            format!("there is no run {name:?} among these: --list prints their commands")
        })?;
        bench.result_of(job)?;
        progress.finish();
        return Ok(());
    }
    let mut rows = Vec::new();
    for preset in chosen(args) {
        rows.extend(bench.reproduce(preset)?);
        bench.write_tables(&rows)?; // what is done is kept, whatever comes
    }
    progress.finish();
    progress.line(&format!(
        "the table is in {}",
        args.out.join(TABLE_FILE).display()
    ));
    let short: Vec<String> = rows
        .iter()
        .filter(|row| row.verdict != Verdict::Reached)
        .map(|row| format!("{} (seed {}): {}", row.preset, row.seed, row.sentence()))
        .collect();
    if short.is_empty() {
        Ok(())
    } else {
        bail!(
            "{} of {} figures are not reached:\n{}",
            short.len(),
            rows.len(),
            short.join("\n")
        )
    }
}

impl Bench<'_> {
    /// One preset with its seeds.
    fn reproduce(&mut self, preset: PresetId) -> Result<Vec<Row>> {
        let mut rows = Vec::new();
        let mut n_seeds = self.args.seeds.unwrap_or(1);
        let mut seed = 1;
        while seed <= n_seeds {
            let own = own_job(self.args, preset, seed)?;
            let summary = self.result_of(&own)?;
            if seed == 1 && self.args.seeds.is_none() && summary.seconds < SHORT_SECS {
                n_seeds = N_SEEDS;
            }
            for &expectation in preset.preset().expectations {
                let summary = self.result_of(&job_of(self.args, preset, seed, expectation)?)?;
                let other = match compared_job(self.args, preset, seed, expectation)? {
                    Some(job) => self.result_of(&job)?.figure(expectation.figure),
                    None => None,
                };
                let measured = summary.figure(expectation.figure);
                rows.push(Row {
                    preset,
                    seed,
                    expectation,
                    measured,
                    verdict: expectation.judge(measured, other),
                    seconds: summary.seconds,
                });
                if let Some(row) = rows.last() {
                    self.progress
                        .line(&format!("{preset}, seed {seed}: {}", row.sentence()));
                }
            }
            seed += 1;
        }
        Ok(rows)
    }

    fn use_digits(&mut self, source: DataSource) -> Result<()> {
        self.dataset = self.engine.load(source, self.progress)?;
        Ok(())
    }

    /// What a run reaches: from this call, from an earlier one, or by training it now.
    fn result_of(&mut self, job: &Job) -> Result<Summary> {
        if let Some(summary) = self.done.get(&job.name) {
            return Ok(summary.clone());
        }
        if job.on_pen_digits {
            self.use_digits(DataSource::Named(DataSetId::PEN_DIGITS))?;
        }
        let folder = self.args.out.join(&job.name);
        let summary = match self.finished_run(&job.experiment, &folder) {
            Some(summary) => Ok(summary),
            None => self.train(&job.experiment, &folder),
        };
        if job.on_pen_digits {
            self.use_digits(self.args.data.clone())?;
        }
        let summary = summary?;
        self.done.insert(job.name.clone(), summary.clone());
        Ok(summary)
    }

    /// A run in a folder that followed this very experiment on this data set to its end.
    fn finished_run(&self, experiment: &Experiment, folder: &Path) -> Option<Summary> {
        let summary = Summary::of_folder(folder)?;
        let is_same = saved_experiment(folder).as_ref() == Some(experiment)
            && summary.epochs == experiment.total_epochs()
            && summary.compression.is_some() // its code was judged, too
            && summary.changes.is_empty() // nothing was changed on the way and changed back
            && summary.data == self.dataset.id.name();
        is_same.then_some(summary)
    }

    fn train(&mut self, experiment: &Experiment, folder: &Path) -> Result<Summary> {
        check_writable(folder)?;
        let is_begun = run_folder::is_run_folder(folder)
            && saved_experiment(folder).as_ref() == Some(experiment);
        let ended = if is_begun {
            run::from_where_it_is(&self.engine, folder, self.progress)?
        } else {
            self.n_runs += 1;
            let (run, experiment) = (RunId(self.n_runs), experiment.clone());
            let begun = Begun::new(experiment.clone());
            self.engine.send(Command::StartRun { run, experiment })?;
            run::to_its_end(&self.engine, begun, folder, self.progress)?
        };
        match ended.ending {
            Ending::Finished => {
                run::conclude(ended.summary.as_ref(), &ended.folder, self.progress);
                ended.summary.context("the run ended without results")
            }
            Ending::Interrupted => Err(self.engine.interruption("; what is done is kept")),
            Ending::Failed(failure) => bail!(failure),
        }
    }

    fn write_tables(&self, rows: &[Row]) -> Result<()> {
        let markdown = self.markdown(rows);
        whole_file::write(&self.args.out.join(TABLE_FILE), markdown.as_bytes())?;
        whole_file::write(&self.args.out.join(CSV_FILE), csv(rows).as_bytes())?;
        Ok(())
    }

    fn markdown(&self, rows: &[Row]) -> String {
        let mut text = format!(
            "Trained on {} by {}, {} threads{}, {}. Hourglass {}.\n\n",
            self.dataset.id.label(),
            self.engine.device_name(),
            threads::in_use(),
            processor_name().map_or_else(String::new, |name| format!(" of {name}")),
            jiff::Timestamp::now().strftime("%Y-%m-%d"),
            env!("CARGO_PKG_VERSION"),
        );
        text.push_str(&markdown_table(rows));
        text
    }
}

/// The experiment of the run in a folder, if there is one.
fn saved_experiment(folder: &Path) -> Option<Experiment> {
    let saved = SavedFiles::read(folder, &[EXPERIMENT_FILE]).ok()?;
    run_folder::read_experiment(saved.text(EXPERIMENT_FILE).ok()??).ok()
}

/// A line for each figure of a preset, over all its seeds.
fn markdown_table(rows: &[Row]) -> String {
    let mut text = "| preset | figure | published, ideal or count | required | measured | seeds | verdict | time per run (s) |\n\
                    |---|---|---|---|---|---|---|---|\n"
        .to_owned();
    let mut lines: Vec<Vec<&Row>> = Vec::new();
    for row in rows {
        let is_same = |line: &&mut Vec<&Row>| line.iter().all(|other| other.is_same_figure(row));
        match lines.iter_mut().find(is_same) {
            Some(line) => line.push(row),
            None => lines.push(vec![row]),
        }
    }
    for line in lines {
        let Some(&first) = line.first() else { continue };
        let stated = first.expectation.stated;
        let verdict = verdict(&line);
        writeln!(
            text,
            "| `{}` | {} | {} | {} | {} | {} | {verdict} | {} |",
            first.preset,
            first.figure(),
            stated.map_or_else(String::new, |stated| stated.to_string()),
            first.expectation.bound.label(),
            range(line.iter().map(|row| row.measured), number),
            line.len(),
            range(line.iter().map(|row| Some(row.seconds)), |secs| format!(
                "{secs:.0}"
            )),
        )
        .expect("a string takes everything");
    }
    text
}

/// What became of a figure over its seeds: one verdict where all agree, else which ones were not reached, and how often.
fn verdict(line: &[&Row]) -> String {
    let count = |verdict: Verdict| line.iter().filter(|row| row.verdict == verdict).count();
    let others = [
        Verdict::FallsShort,
        Verdict::NotMeasured,
        Verdict::NothingToCompare,
    ];
    let all = line.len();
    if let Some(first) = line.first()
        && count(first.verdict) == all
    {
        return first.verdict.label().to_owned();
    }
    let others = others.into_iter().filter(|verdict| count(*verdict) > 0);
    let others =
        others.map(|verdict| format!("{} with {} of {all}", verdict.label(), count(verdict)));
    others.collect::<Vec<String>>().join(", ")
}

/// The least and the greatest of some values; one where they read alike, `none` where one is missing.
fn range(values: impl Iterator<Item = Option<f64>>, label: impl Fn(f64) -> String) -> String {
    let Some(mut values) = values.collect::<Option<Vec<f64>>>() else {
        return "none".to_owned();
    };
    values.sort_by(f64::total_cmp);
    let ends = [values.first(), values.last()].map(|end| end.map(|&value| label(value)));
    match ends {
        [Some(least), Some(greatest)] if least != greatest => format!("{least} to {greatest}"),
        [Some(only), _] => only,
        _ => "none".to_owned(),
    }
}

impl Row {
    fn is_same_figure(&self, other: &Self) -> bool {
        self.preset == other.preset && self.expectation == other.expectation
    }

    /// The figure's name, with the digits it was measured on where they are not the table's.
    fn figure(&self) -> String {
        let label = self.expectation.figure.label();
        if self.expectation.on_pen_digits {
            format!("{label}, on pen digits")
        } else {
            label.to_owned()
        }
    }

    fn sentence(&self) -> String {
        format!(
            "{} {}, required {}: {}",
            self.figure(),
            self.measured.map_or_else(|| "none".to_owned(), number),
            self.expectation.bound.label(),
            self.verdict.label()
        )
    }
}

fn csv(rows: &[Row]) -> String {
    let mut text =
        "preset,seed,figure,stated_as,stated,place,bound,measured,verdict,seconds\n".to_owned();
    for row in rows {
        let optional = |value: Option<f64>| value.map_or_else(String::new, |v| v.to_string());
        let stated = row.expectation.stated;
        writeln!(
            text,
            "{},{},\"{}\",{},{},\"{}\",\"{}\",{},{},{:.3}",
            row.preset,
            row.seed,
            row.figure(),
            stated.map_or("", Stated::label),
            optional(stated.and_then(Stated::value)),
            stated.map_or_else(String::new, Stated::place),
            row.expectation.bound.label(),
            optional(row.measured),
            row.verdict.label(),
            row.seconds,
        )
        .expect("a string takes everything");
    }
    text
}

/// Four significant digits, whole numbers whole.
fn number(value: f64) -> String {
    if value.fract() == 0.0 && value.abs() < 1e9 {
        return format!("{value:.0}");
    }
    let magnitude = value.abs().log10().floor() as i32;
    let decimals = usize::try_from(3 - magnitude).unwrap_or(0).min(9);
    format!("{value:.decimals$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_of_a_figure_share_a_line() {
        let row = |preset: PresetId, seed, measured| {
            let expectation = preset.preset().expectations[1]; // vanilla-64: MSE of at most 0.0102
            Row {
                preset,
                seed,
                expectation,
                measured,
                verdict: expectation.judge(measured, None),
                seconds: 4.2,
            }
        };
        let rows = [
            row(PresetId::Vanilla64, 1, Some(0.0099)),
            row(PresetId::Vanilla64, 2, Some(0.0103)),
            row(PresetId::Multilayer64, 1, Some(0.0140)),
            row(PresetId::Multilayer64Keras3, 1, None),
        ];
        let table = markdown_table(&rows);
        let lines: Vec<&str> = table.lines().skip(2).collect();
        assert_eq!(
            lines,
            [
                "| `vanilla-64` | test MSE per pixel |  | ≤ 0.0102 | 0.009900 to 0.01030 | 2 | falls short with 1 of 2 | 4 |",
                "| `multilayer-64` | test MSE per pixel |  | ≤ 0.022 | 0.01400 | 1 | reached | 4 |",
                "| `multilayer-64-keras-3` | test MSE per pixel |  | ≤ 0.015 | none | 1 | not measured | 4 |",
            ]
        );
        let mixed = [
            row(PresetId::Vanilla64, 1, Some(0.0103)),
            row(PresetId::Vanilla64, 2, None),
            row(PresetId::Vanilla64, 3, Some(0.0099)),
        ];
        assert_eq!(
            verdict(&mixed.each_ref()),
            "falls short with 1 of 3, not measured with 1 of 3"
        );
        assert_eq!(range([Some(1.0), None].into_iter(), number), "none");
    }

    #[test]
    fn numbers_have_four_digits() {
        assert_eq!(number(0.009_912_3), "0.009912");
        assert_eq!(number(101_200.0), "101200");
        assert_eq!(number(105.593_1), "105.6");
        assert_eq!(number(1.299_9), "1.300");
    }
}
