//! The figure of a sweep: what its runs reached, over one of the settings that vary.

use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};

use hourglass_experiment::field;
use hourglass_figure::sweep::{Line, Point, Quantity, SIZE, SweepFigure};
use hourglass_files::whole_file;
use hourglass_sweep::{Median, RunRow, State, Sweep, Table, column_named, label_of};

use crate::cli::occupied;
use crate::cli::progress::Progress;

use super::args::ExportArgs;

/// Figures with what PCA reaches of the same.
const BASELINES: [[&str; 2]; 3] = [
    ["test.mse_per_pixel", "pca.mse_per_pixel"],
    ["code.linear_probe_accuracy", "pca.linear_probe_accuracy"],
    [
        "code.nearest_neighbour_accuracy",
        "pca.nearest_neighbour_accuracy",
    ],
];

/// Draws it and writes it.
pub(super) fn export(args: &ExportArgs, folder: &Path) -> Result<()> {
    let format = SweepFigure::format_of(&args.out)?;
    occupied::check_file(&args.out, args.force)?;
    let sweep = Sweep::read(folder).with_context(|| format!("{} is no sweep", folder.display()))?;
    let table = Table::read(&sweep, folder);
    let figure = figure(args, &sweep, &table)?;
    let file = figure.file(format, &args.look(SIZE))?;
    whole_file::write(&args.out, &file)?;
    let progress = Progress::new();
    if table.n_lacking() > 0 {
        progress.line(&format!(
            "{} of {} runs are not done and left out",
            table.n_lacking(),
            table.rows.len()
        ));
    }
    progress.line(&format!("{}: {}", args.out.display(), figure.from));
    Ok(())
}

fn figure(args: &ExportArgs, sweep: &Sweep, table: &Table) -> Result<SweepFigure> {
    let many = &args.many;
    let x = match &many.x {
        Some(asked) => setting_named(&table.settings, asked)?,
        None => table.settings.first().context(
            "no setting varies in this sweep, so there is nothing to draw a figure over",
        )?,
    };
    let done: Vec<&RunRow> = table
        .rows
        .iter()
        .filter(|row| matches!(row.state, State::Done(_)))
        .collect();
    if done.is_empty() {
        bail!("no run of this sweep is done: `hourglass sweep status` says how far they are");
    }
    let y = column_named(&table.columns, &many.y).map_err(|reason| anyhow!(reason))?;
    let groups: Vec<&String> = if many.group.is_empty() {
        table
            .settings
            .iter()
            .filter(|setting| *setting != x)
            .collect()
    } else {
        let named = many.group.iter();
        named
            .map(|asked| setting_named(&table.settings, asked))
            .collect::<Result<_>>()?
    };
    let mut lines: Vec<Line> = Vec::new();
    for row in &done {
        let Some(&value) = row.figures.get(y) else {
            continue; // this run has no such figure
        };
        let at = number_of(row, x)?;
        let name = name_of(row, &groups);
        let line = find_or_add(
            &mut lines,
            |line| line.name == name,
            || Line {
                name: name.clone(),
                points: Vec::new(),
            },
        );
        let is_there = |point: &Point| point.x.total_cmp(&at).is_eq();
        let point = find_or_add(&mut line.points, is_there, || Point {
            x: at,
            runs: Vec::new(),
            median: f64::NAN,
        });
        point.runs.push((row.task.experiment.seed, value));
    }
    for line in &mut lines {
        line.points.sort_by(|a, b| a.x.total_cmp(&b.x));
        for point in &mut line.points {
            let values = point.runs.iter().map(|(_, value)| *value);
            point.median = Median::of(values).map_or(f64::NAN, |of| of.median);
        }
    }
    let from = format!(
        "{} · {} runs, {} {} each",
        sweep.title(),
        done.len(),
        sweep.n_seeds(),
        if sweep.n_seeds() == 1 {
            "seed"
        } else {
            "seeds"
        }
    );
    Ok(SweepFigure {
        from,
        x: Quantity {
            key: x.clone(),
            label: setting_label(x),
        },
        y: Quantity {
            key: y.to_owned(),
            label: label_of(y),
        },
        baseline: baseline(&done, x, y)?,
        lines,
        is_linear: args.linear,
    })
}

fn find_or_add<T>(all: &mut Vec<T>, is_it: impl Fn(&T) -> bool, new: impl FnOnce() -> T) -> &mut T {
    let idx = all.iter().position(is_it).unwrap_or_else(|| {
        all.push(new());
        all.len() - 1
    });
    &mut all[idx]
}

/// What PCA reaches at each value of the setting, where that is one value.
fn baseline(done: &[&RunRow], x: &str, y: &str) -> Result<Vec<[f64; 2]>> {
    let Some([_, column]) = BASELINES.iter().find(|[of, _]| *of == y) else {
        return Ok(Vec::new());
    };
    let mut points: Vec<[f64; 2]> = Vec::new();
    for row in done {
        let Some(&value) = row.figures.get(*column) else {
            continue;
        };
        let at = number_of(row, x)?;
        match points.iter().find(|[x, _]| x.total_cmp(&at).is_eq()) {
            None => points.push([at, value]),
            Some([_, known]) if (known - value).abs() <= 1e-9 * known.abs() => {}
            Some(_) => return Ok(Vec::new()), // the lines have baselines of their own
        }
    }
    points.sort_by(|a, b| a[0].total_cmp(&b[0]));
    Ok(points)
}

fn number_of(row: &RunRow, setting: &str) -> Result<f64> {
    let value = value_of(row, setting);
    value.parse().map_err(|_| {
        anyhow!(
            "{setting} is no number in run {} ({value}): draw over another setting with --x, and name this one with --group",
            row.task.number
        )
    })
}

fn value_of<'a>(row: &'a RunRow, setting: &str) -> &'a str {
    let mut settings = row.task.settings.iter();
    settings
        .find(|(key, _)| key == setting)
        .map_or("", |(_, value)| value)
}

/// "L1 weight λ 1e-4, code size 8"
fn name_of(row: &RunRow, groups: &[&String]) -> String {
    let parts = groups
        .iter()
        .map(|setting| format!("{} {}", setting_label(setting), value_of(row, setting)));
    parts.collect::<Vec<String>>().join(", ")
}

fn setting_label(setting: &str) -> String {
    let label = field::named(setting).next().map(|field| field.label);
    label.unwrap_or(setting).to_owned()
}

/// The setting of a sweep that a person means, by its place or its short name.
fn setting_named<'a>(settings: &'a [String], asked: &str) -> Result<&'a String> {
    let is_meant = |setting: &&String| {
        *setting == asked || field::named(setting).any(|of| field::named(asked).any(|by| by == of))
    };
    settings.iter().find(is_meant).with_context(|| {
        format!(
            "{asked} does not vary in this sweep: choose one of {}",
            settings.join(", ")
        )
    })
}
