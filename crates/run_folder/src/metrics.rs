//! The curves of a run as CSV: one row for each recorded step, one column for each term.

use std::fmt::Write;

use hourglass_experiment::{Objective, Term};
use hourglass_protocol::{Evaluation, EvaluationScope, HistoryRow, Measured, StepBatch};

/// Rows of `metrics.csv`, in the order they happened. There are at most [`MetricsTable::MAX_STEPS`] rows of
/// steps: when they are full, every other one goes, and from there on only that many are recorded. There are at most
/// as many rows of evaluations: of those, too, every other one goes when they are full.
#[derive(Clone, Debug)]
pub struct MetricsTable {
    terms: Vec<Term>,
    rows: Vec<HistoryRow>,
    n_steps: usize,
    n_tests: usize,
    /// Only steps that are a multiple of it are recorded.
    stride: u64,
}

/// A text that is no `metrics.csv`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line} {reason}")]
pub struct MetricsError {
    /// Which line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub reason: String,
}

impl MetricsTable {
    /// Most rows of steps: 139 epochs of 60,000 images in batches of 64.
    pub const MAX_STEPS: usize = 1 << 17;

    /// An empty table with a column for each term.
    #[must_use]
    pub fn new(terms: Vec<Term>) -> Self {
        Self {
            terms,
            rows: Vec::new(),
            n_steps: 0,
            n_tests: 0,
            stride: 1,
        }
    }

    /// Makes sure that there is a column for each of these terms.
    pub fn add_terms(&mut self, terms: &[Term]) {
        for term in terms {
            if !self.terms.contains(term) {
                self.terms.push(*term);
            }
        }
    }

    /// Adds a row for each step of a batch; `elapsed_secs` is the time since the start of training.
    pub fn push_steps(&mut self, steps: &StepBatch, elapsed_secs: f64) {
        for (idx, (step, &epoch)) in (steps.first_step..).zip(&steps.epochs).enumerate() {
            let columns = steps.terms.iter();
            let values = columns.filter_map(|(term, column)| {
                let value = f64::from(*column.get(idx)?);
                Some((*term, value))
            });
            self.push(HistoryRow {
                step,
                epoch,
                measured: Measured::Step,
                values: values.collect(),
                elapsed_secs,
            });
        }
    }

    /// Adds a row for an evaluation, unless there is one of the same step and the same images.
    pub fn push_evaluation(&mut self, evaluation: &Evaluation, elapsed_secs: f64) {
        let measured = Measured::Test(evaluation.scope);
        let newest = self.rows.iter().rev();
        let is_known = newest
            .take_while(|row| row.step >= evaluation.step)
            .any(|row| row.measured == measured);
        if !is_known {
            self.push(HistoryRow {
                step: evaluation.step,
                epoch: evaluation.epoch,
                measured,
                values: evaluation.terms.clone(),
                elapsed_secs,
            });
        }
    }

    /// Everything recorded, in the order it happened.
    #[must_use]
    pub fn rows(&self) -> &[HistoryRow] {
        &self.rows
    }

    /// Forgets what was recorded after a step.
    pub fn cut_after(&mut self, step: u64) {
        self.rows.retain(|row| row.step <= step);
        self.count();
    }

    /// The whole table as text, with each term's unit in the header.
    #[must_use]
    pub fn to_csv(&self, objective: &Objective) -> String {
        let mut text = "step,epoch,split".to_owned();
        let whole = "a string takes everything";
        for &term in &self.terms {
            write!(text, ",{} ({})", term.key(), objective.unit(term)).expect(whole);
        }
        text.push_str(",elapsed (s)\n");
        for row in &self.rows {
            write!(text, "{},{},{}", row.step, row.epoch, split(row.measured)).expect(whole);
            for term in &self.terms {
                text.push(',');
                let value = row.values.iter().find(|(candidate, _)| candidate == term);
                match (value, row.measured) {
                    (None, _) => {}
                    (Some((_, value)), Measured::Step) => {
                        // Steps are reported in single precision: more digits would be made up.
                        let value = *value as f32;
                        write!(text, "{value}").expect(whole);
                    }
                    (Some((_, value)), Measured::Test(_)) => write!(text, "{value}").expect(whole),
                }
            }
            writeln!(text, ",{:.3}", row.elapsed_secs).expect(whole);
        }
        text
    }

    /// Reads a table that [`Self::to_csv`] wrote.
    ///
    /// # Errors
    /// Which line is no row, and why.
    pub fn read_csv(text: &str) -> Result<Self, MetricsError> {
        let mut lines = (1..).zip(text.lines());
        let (_, header) = lines.next().unwrap_or((1, ""));
        let terms = read_header(header).map_err(|reason| MetricsError { line: 1, reason })?;
        let mut table = Self::new(terms);
        for (line, row) in lines {
            let row =
                read_row(row, &table.terms).map_err(|reason| MetricsError { line, reason })?;
            table.push(row);
        }
        Ok(table)
    }

    fn push(&mut self, row: HistoryRow) {
        if row.measured == Measured::Step {
            if self.n_steps == Self::MAX_STEPS {
                self.thin();
            }
            if !row.step.is_multiple_of(self.stride) {
                return;
            }
            self.n_steps += 1;
        } else {
            if self.n_tests == Self::MAX_STEPS {
                self.thin_tests();
            }
            self.n_tests += 1;
        }
        self.rows.push(row);
    }

    fn thin(&mut self) {
        self.stride *= 2;
        let stride = self.stride;
        self.rows
            .retain(|row| row.measured != Measured::Step || row.step.is_multiple_of(stride));
        self.count();
    }

    fn thin_tests(&mut self) {
        let mut is_kept = false;
        self.rows.retain(|row| {
            if row.measured == Measured::Step {
                return true;
            }
            is_kept = !is_kept;
            is_kept
        });
        self.count();
    }

    fn count(&mut self) {
        let is_step = |row: &&HistoryRow| row.measured == Measured::Step;
        self.n_steps = self.rows.iter().filter(is_step).count();
        self.n_tests = self.rows.len() - self.n_steps;
    }
}

fn split(measured: Measured) -> &'static str {
    match measured {
        Measured::Step => "train",
        Measured::Test(EvaluationScope::Full) => "test",
        Measured::Test(EvaluationScope::Running) => "test-sample",
    }
}

/// The terms of `step,epoch,split,total (unit),…,elapsed (s)`.
fn read_header(line: &str) -> Result<Vec<Term>, String> {
    let middle = line
        .strip_prefix("step,epoch,split,")
        .and_then(|rest| rest.strip_suffix(",elapsed (s)"))
        .ok_or("is not the header of a metrics.csv")?;
    let mut terms = Vec::new();
    for column in middle.split(',') {
        let key = column.split(' ').next().unwrap_or(column);
        let known = Term::of_key(key);
        let term = known.ok_or_else(|| format!("has a column {key:?} that is not known"))?;
        if terms.contains(&term) {
            return Err(format!("has the column {key:?} twice"));
        }
        terms.push(term);
    }
    Ok(terms)
}

fn read_row(line: &str, terms: &[Term]) -> Result<HistoryRow, String> {
    // One more than there may be, so that a line of nothing but commas takes no memory.
    let cells: Vec<&str> = line.splitn(terms.len() + 5, ',').collect();
    let [step, epoch, split, values @ .., elapsed] = cells.as_slice() else {
        return Err("has too few columns".to_owned());
    };
    if values.len() != terms.len() {
        let (n, expected) = (values.len(), terms.len());
        return Err(format!("has {n} values for {expected} columns"));
    }
    let measured = match *split {
        "train" => Measured::Step,
        "test" => Measured::Test(EvaluationScope::Full),
        "test-sample" => Measured::Test(EvaluationScope::Running),
        other => return Err(format!("is of the split {other:?}, which is not known")),
    };
    let mut read = Vec::with_capacity(values.len());
    for (term, cell) in terms.iter().zip(values) {
        if cell.is_empty() {
            continue;
        }
        let value = match measured {
            Measured::Step => number::<f32>(cell).map(f64::from),
            Measured::Test(_) => number(cell),
        };
        read.push((*term, value?));
    }
    Ok(HistoryRow {
        step: number(step)?,
        epoch: number(epoch)?,
        measured,
        values: read,
        elapsed_secs: number(elapsed)?,
    })
}

fn number<T: std::str::FromStr>(cell: &str) -> Result<T, String> {
    cell.parse()
        .map_err(|_| format!("has {cell:?} instead of a number"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use hourglass_experiment::{PresetId, Reconstruction};

    fn steps(first_step: u64, n: usize) -> StepBatch {
        let count = |idx: usize| f64::from(u32::try_from(idx).expect("few"));
        StepBatch {
            first_step,
            epochs: (0..n).map(|idx| count(idx) / 10.0).collect(),
            terms: vec![
                (Term::Objective, vec![0.3; n]),
                (Term::Reconstruction(Reconstruction::Mse), vec![0.1; n]),
            ],
            n_images: 64,
            elapsed_secs: 0.1,
        }
    }

    fn table() -> (MetricsTable, Objective) {
        let objective = PresetId::Sparse64.preset().experiment().objective;
        (MetricsTable::new(objective.terms()), objective)
    }

    #[test]
    fn what_was_written_is_read_again() {
        let (mut table, objective) = table();
        table.push_steps(&steps(1, 3), 0.25);
        let text = table.to_csv(&objective);
        assert!(text.contains("\n2,0.1,train,0.3,0.1,,0.250\n"), "{text}");
        let read = MetricsTable::read_csv(&text).expect("a table");
        assert_eq!(read.rows(), table.rows());
        assert_eq!(read.to_csv(&objective), text);
    }

    #[test]
    fn rows_of_steps_stay_bounded_and_even() {
        let (mut table, _) = table();
        let n = MetricsTable::MAX_STEPS + 1000;
        table.push_steps(&steps(1, n), 0.0);
        assert!(table.rows().len() <= MetricsTable::MAX_STEPS);
        let numbers: Vec<u64> = table.rows().iter().map(|row| row.step).collect();
        assert!(numbers.windows(2).all(|pair| pair[1] - pair[0] == 2));
        table.cut_after(10);
        assert_eq!(table.rows().len(), 5);
    }

    #[test]
    fn rows_of_evaluations_stay_bounded_and_reach_over_the_run() {
        let (mut table, _) = table();
        let n = MetricsTable::MAX_STEPS as u64 + 2;
        for step in 0..n {
            let evaluation = Evaluation {
                step,
                epoch: 0.0,
                scope: EvaluationScope::Running,
                terms: Vec::new(),
                mse_per_pixel: 0.0,
                bce_per_pixel: None,
                squared_error_per_image: 0.0,
                code: None,
                psnr: None,
                variational: None,
                adversarial: None,
                classification: None,
                noise_image_mse: None,
                best: None,
                diagnoses: Vec::new(),
            };
            table.push_evaluation(&evaluation, 0.0);
        }
        assert!(table.rows().len() <= MetricsTable::MAX_STEPS);
        let ends = [table.rows().first(), table.rows().last()];
        assert_eq!(ends.map(|row| row.expect("rows").step), [0, n - 1]);
    }

    #[test]
    fn a_line_or_a_header_without_end_is_refused() {
        let (table, objective) = table();
        let header = table.to_csv(&objective);
        let commas = header.clone() + &",".repeat(1 << 20);
        let error = MetricsTable::read_csv(&commas).expect_err("too many columns");
        assert_eq!(error.line, 2, "{error}");
        let twice = header.replacen("total (", "total (a),total (", 1);
        let error = MetricsTable::read_csv(&twice).expect_err("a column twice");
        assert!(error.to_string().contains("twice"), "{error}");
    }

    #[test]
    fn a_damaged_line_is_named() {
        let (mut table, objective) = table();
        table.push_steps(&steps(1, 3), 0.0);
        let text = table.to_csv(&objective);
        for (from, to, line) in [
            ("step,", "stop,", 1),
            ("mse (", "msi (", 1),
            ("1,0,train", "1,0,trian", 2),
            ("2,0.1,", "2,0.x,", 3),
            ("3,0.2,", "3,", 4),
        ] {
            let damaged = text.replacen(from, to, 1);
            let error = MetricsTable::read_csv(&damaged).expect_err("damaged");
            assert_eq!(error.line, line, "{error}");
        }
    }
}
