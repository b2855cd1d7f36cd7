//! The table of what the runs of a sweep reached, for programs and for people.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;

use hourglass_experiment::number;
use hourglass_run_folder::Summary;

use crate::column::{Column, column_named, figures_of, rank};
use crate::median::{Median, MedianRow};
use crate::state::State;
use crate::sweep::Sweep;
use crate::task::Task;

/// Figures that people see first, where the runs have them; the file for programs has them all.
const SHOWN: [&str; 7] = [
    "test.mse_per_pixel",
    "test.bce_per_pixel",
    "test.negative_elbo_nats_per_image",
    "test.error_percent",
    "code.mean_activation",
    "code.dead_units",
    "code.linear_probe_accuracy",
];

/// Runs of a sweep that are named where many are not done.
const MAX_NAMED: usize = 12;

/// A run of the table.
#[derive(Clone, Debug, PartialEq)]
pub struct RunRow {
    pub task: Task,
    pub state: State,
    /// Its figures; none before it is done.
    pub figures: BTreeMap<Column, f64>,
}

impl RunRow {
    fn summary(&self) -> Option<&Summary> {
        match &self.state {
            State::Done(summary) => Some(summary),
            _ => None,
        }
    }

    /// The names of what was noticed about its model.
    fn noticed(&self, between: &str) -> String {
        let noticed = self
            .summary()
            .into_iter()
            .flat_map(|summary| &summary.noticed);
        let names: Vec<&str> = noticed.map(|noticed| noticed.what.as_str()).collect();
        names.join(between)
    }
}

/// What the runs of a sweep reached.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// The settings that vary.
    pub settings: Vec<String>,
    /// Every figure that a run has.
    pub columns: Vec<Column>,
    /// A row for each run, in the order of the tasks.
    pub rows: Vec<RunRow>,
    n_seeds: usize,
}

impl Table {
    /// Reads what there is of a sweep.
    #[must_use]
    pub fn read(sweep: &Sweep, folder: &Path) -> Self {
        let row = |task: &Task| {
            let state = State::of(task, folder);
            let figures = match &state {
                State::Done(summary) => figures_of(summary),
                _ => BTreeMap::new(),
            };
            RunRow {
                task: task.clone(),
                state,
                figures,
            }
        };
        let rows: Vec<RunRow> = sweep.tasks().iter().map(row).collect();
        let columns: BTreeSet<&Column> = rows.iter().flat_map(|row| row.figures.keys()).collect();
        let mut columns: Vec<Column> = columns.into_iter().cloned().collect();
        columns.sort_by_key(|column| rank(column)); // among those of a part, by their names
        Self {
            settings: sweep.settings(),
            columns,
            rows,
            n_seeds: sweep.n_seeds(),
        }
    }

    /// How many runs are in each state: "12 runs: 11 done, 1 missing".
    #[must_use]
    pub fn counts(&self) -> String {
        let count = |word: &&'static str| {
            let of = self.rows.iter().filter(|row| row.state.word() == *word);
            (of.count(), *word)
        };
        let counts = State::WORDS.iter().map(count).filter(|(n, _)| *n > 0);
        let counts: Vec<String> = counts.map(|(n, word)| format!("{n} {word}")).collect();
        format!("{} runs: {}", self.rows.len(), counts.join(", "))
    }

    /// How many runs are not done.
    #[must_use]
    pub fn n_lacking(&self) -> usize {
        let lacking = self
            .rows
            .iter()
            .filter(|row| !matches!(row.state, State::Done(_)));
        lacking.count()
    }

    /// A line for each of the first runs that are not done, with what is in the way, and one for how many more there
    /// are.
    #[must_use]
    pub fn lacking(&self) -> Vec<String> {
        let sentence = |row: &RunRow| {
            let explanation = row.state.explanation(&row.task)?;
            let (number, word) = (row.task.number, row.state.word());
            Some(format!("{word} {number} ({}): {explanation}", row.task))
        };
        let all = self.rows.iter().filter_map(sentence);
        let mut lines: Vec<String> = all.take(MAX_NAMED).collect();
        if self.n_lacking() > lines.len() {
            lines.push(format!("and {} more", self.n_lacking() - lines.len()));
        }
        lines
    }

    /// The runs of each combination.
    fn combinations(&self) -> impl Iterator<Item = &[RunRow]> {
        self.rows.chunks(self.n_seeds.max(1))
    }

    /// Median and range of each figure over the seeds of each combination.
    #[must_use]
    pub fn medians(&self) -> Vec<MedianRow> {
        let mut medians = Vec::new();
        for rows in self.combinations() {
            for figure in &self.columns {
                let values = rows.iter().filter_map(|row| row.figures.get(figure));
                if let Some(values) = Median::of(values.copied())
                    && let Some(first) = rows.first()
                {
                    medians.push(MedianRow {
                        settings: values_of(&first.task),
                        figure: figure.clone(),
                        values,
                    });
                }
            }
        }
        medians
    }

    /// A row for each run with its number, its settings, its seed, its state and its figures.
    ///
    /// # Errors
    /// Never but where there is no memory left.
    pub fn runs_csv(&self) -> csv::Result<Vec<u8>> {
        let mut csv = csv::Writer::from_writer(Vec::new());
        let mut head = vec!["task"];
        head.extend(self.settings.iter().map(String::as_str));
        head.extend(["seed", "state"]);
        head.extend(self.columns.iter().map(String::as_str));
        head.extend(["device", "noticed", "folder"]);
        csv.write_record(head)?;
        for row in &self.rows {
            let mut cells = vec![row.task.number.to_string()];
            cells.extend(values_of(&row.task));
            cells.push(row.task.experiment.seed.to_string());
            cells.push(row.state.word().to_owned());
            for column in &self.columns {
                let value = row.figures.get(column);
                cells.push(value.map_or_else(String::new, f64::to_string));
            }
            let device = row.summary().map_or("", |summary| &summary.device);
            cells.extend([device.to_owned(), row.noticed(" "), row.task.name()]);
            csv.write_record(cells)?;
        }
        csv.into_inner().map_err(|error| error.into_error().into())
    }

    /// A row for each combination and figure.
    ///
    /// # Errors
    /// Never but where there is no memory left.
    pub fn medians_csv(&self) -> csv::Result<Vec<u8>> {
        let mut csv = csv::Writer::from_writer(Vec::new());
        let mut head: Vec<&str> = self.settings.iter().map(String::as_str).collect();
        head.extend(["figure", "runs", "median", "least", "greatest"]);
        csv.write_record(head)?;
        for row in self.medians() {
            let of = row.values;
            let mut cells = row.settings;
            cells.extend([row.figure, of.n.to_string()]);
            cells.extend([of.median, of.least, of.greatest].map(|value| value.to_string()));
            csv.write_record(cells)?;
        }
        csv.into_inner().map_err(|error| error.into_error().into())
    }

    /// The columns that people asked for, or those that are usual.
    ///
    /// # Errors
    /// A name that is none, with the nearest.
    pub fn chosen(&self, asked: &[String]) -> Result<Vec<Column>, String> {
        if asked.is_empty() {
            let shown = SHOWN.iter().map(|column| (*column).to_owned());
            return Ok(shown
                .filter(|column| self.columns.contains(column))
                .collect());
        }
        let named = |asked: &String| column_named(&self.columns, asked).map(str::to_owned);
        asked.iter().map(named).collect()
    }

    /// Both tables for people, with these figures: what each combination reached over its seeds, then each run.
    #[must_use]
    pub fn report(&self, title: &str, columns: &[Column]) -> String {
        let mut text = format!("# {title}\n\n");
        text.push_str(&self.counts());
        text.push('.');
        let lacking = self.lacking();
        if !lacking.is_empty() {
            text.push('\n');
        }
        for line in &lacking {
            write!(text, "\n- {}", line.replace('\n', " ")).expect("a string takes everything");
        }
        text.push_str("\n\n## Over the seeds\n\nMedian (least to greatest).\n\n");
        self.medians_table(&mut text, columns);
        text.push_str("\n## Runs\n\n");
        self.runs_table(&mut text, columns);
        text
    }

    fn medians_table(&self, text: &mut String, columns: &[Column]) {
        let mut head: Vec<String> = self.settings.clone();
        head.push("runs".to_owned());
        head.extend(columns.iter().cloned());
        table_head(text, &head);
        for rows in self.combinations() {
            let Some(first) = rows.first() else { continue };
            let mut cells = values_of(&first.task);
            let done = rows.iter().filter_map(RunRow::summary);
            cells.push(format!("{} of {}", done.count(), rows.len()));
            for column in columns {
                let values = rows.iter().filter_map(|row| row.figures.get(column));
                cells.push(match Median::of(values.copied()) {
                    None => "—".to_owned(),
                    Some(of) if of.least.total_cmp(&of.greatest).is_eq() => digits(of.median),
                    Some(of) => {
                        let [median, least, greatest] =
                            [of.median, of.least, of.greatest].map(digits);
                        format!("{median} ({least} to {greatest})")
                    }
                });
            }
            table_row(text, &cells);
        }
    }

    fn runs_table(&self, text: &mut String, columns: &[Column]) {
        let mut head = vec!["task".to_owned()];
        head.extend(self.settings.iter().cloned());
        head.extend(["seed", "state"].map(str::to_owned));
        head.extend(columns.iter().cloned());
        head.push("noticed".to_owned());
        table_head(text, &head);
        for row in &self.rows {
            let mut cells = vec![row.task.number.to_string()];
            cells.extend(values_of(&row.task));
            cells.push(row.task.experiment.seed.to_string());
            cells.push(row.state.word().to_owned());
            for column in columns {
                let value = row.figures.get(column);
                cells.push(value.map_or_else(|| "—".to_owned(), |value| digits(*value)));
            }
            cells.push(row.noticed(", "));
            table_row(text, &cells);
        }
    }
}

fn values_of(task: &Task) -> Vec<String> {
    let values = task.settings.iter().map(|(_, value)| value.clone());
    values.collect()
}

/// As people read it: whole numbers whole.
fn digits(value: f64) -> String {
    if value.fract() == 0.0 && value.abs() < 1e9 {
        return format!("{value:.0}");
    }
    number::five_digits(value)
}

fn table_head(text: &mut String, cells: &[String]) {
    table_row(text, cells);
    let rule: Vec<String> = cells.iter().map(|_| "---".to_owned()).collect();
    table_row(text, &rule);
}

fn table_row(text: &mut String, cells: &[String]) {
    let cells: Vec<String> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
    writeln!(text, "| {} |", cells.join(" | ")).expect("a string takes everything");
}
