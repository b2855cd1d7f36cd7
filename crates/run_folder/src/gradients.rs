//! How gradients reached the layers of a run, as CSV: one row for each layer at each step where it was measured.

use std::fmt::Write;

use hourglass_experiment::network::Place;
use hourglass_protocol::{GradientFigures, GradientRow, LayerSpread, WeightUpdate};

/// Rows of `gradients.csv`, in the order they were measured. There are at most [`GradientTable::MAX_ROWS`]: when they
/// are full, every other step goes, but never what was measured before the first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GradientTable {
    rows: Vec<GradientRow>,
}

/// A text that is no `gradients.csv`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line} {reason}")]
pub struct GradientsError {
    /// Which line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub reason: String,
}

/// The header. Only rows of step 0, before the first, have the first two figures, and only the others the last two.
const HEADER: &str =
    "step,epoch,layer,activation_std,backpropagated_gradient_std,gradient_norm,update_ratio";

impl GradientTable {
    /// Most rows: ten steps an epoch of eight layers, for 819 epochs.
    pub const MAX_ROWS: usize = 1 << 16;

    /// Everything recorded, in the order it was measured.
    #[must_use]
    pub fn rows(&self) -> &[GradientRow] {
        &self.rows
    }

    /// Adds rows in the order of their steps. What was recorded of these steps and later ones goes: the run went back.
    pub fn push(&mut self, rows: &[GradientRow]) {
        if let Some(first) = rows.first() {
            self.rows.retain(|row| row.step < first.step);
        }
        self.rows.extend_from_slice(rows);
        while self.rows.len() > Self::MAX_ROWS && self.thin() {}
    }

    /// Forgets what was recorded after a step.
    pub fn cut_after(&mut self, step: u64) {
        self.rows.retain(|row| row.step <= step);
    }

    /// The newest figures of each layer up to a step, in the order in which the layers came.
    #[must_use]
    pub fn newest(&self, up_to: u64) -> Vec<GradientRow> {
        let mut newest: Vec<GradientRow> = Vec::new();
        let updates = self
            .rows
            .iter()
            .filter(|row| 0 < row.step && row.step <= up_to);
        for &row in updates {
            match newest.iter_mut().find(|known| known.layer == row.layer) {
                Some(known) => *known = row,
                None => newest.push(row),
            }
        }
        newest
    }

    /// The whole table as text.
    #[must_use]
    pub fn to_csv(&self) -> String {
        let mut text = format!("{HEADER}\n");
        for row in &self.rows {
            let GradientRow {
                step, epoch, layer, ..
            } = row;
            let layer = layer.label();
            let whole = "a string takes everything";
            write!(text, "{step},{epoch},{layer}").expect(whole);
            match row.figures {
                GradientFigures::Spread(LayerSpread {
                    activations,
                    gradients,
                }) => writeln!(text, ",{activations},{gradients},,").expect(whole),
                GradientFigures::Update(WeightUpdate {
                    gradient_norm,
                    ratio,
                }) => writeln!(text, ",,,{gradient_norm},{ratio}").expect(whole),
            }
        }
        text
    }

    /// Reads a table that [`Self::to_csv`] wrote.
    ///
    /// # Errors
    /// Which line is no row, and why.
    pub fn read_csv(text: &str) -> Result<Self, GradientsError> {
        let mut lines = (1..).zip(text.lines());
        let error = |line, reason| GradientsError { line, reason };
        if lines.next() != Some((1, HEADER)) {
            return Err(error(1, "is not the header of a gradients.csv".to_owned()));
        }
        let mut table = Self::default();
        let mut newest = 0;
        for (line, row) in lines {
            let row = read_row(row).map_err(|reason| error(line, reason))?;
            if row.step < newest {
                return Err(error(
                    line,
                    "is of an earlier step than the one before".to_owned(),
                ));
            }
            newest = row.step;
            table.rows.push(row);
        }
        while table.rows.len() > Self::MAX_ROWS && table.thin() {}
        Ok(table)
    }

    /// Drops every other step but the first; tells whether there was any to drop.
    fn thin(&mut self) -> bool {
        let before = self.rows.len();
        let (mut step, mut is_kept) = (0, false);
        self.rows.retain(|row| {
            if row.step == 0 {
                return true;
            }
            if row.step != step {
                (step, is_kept) = (row.step, !is_kept);
            }
            is_kept
        });
        self.rows.len() < before
    }
}

fn read_row(line: &str) -> Result<GradientRow, String> {
    // One more than there may be, so that a line of nothing but commas takes no memory.
    let cells: Vec<&str> = line.splitn(8, ',').collect();
    let [step, epoch, layer, ref figures @ ..] = cells[..] else {
        return Err("has too few columns".to_owned());
    };
    let step = number(step)?;
    let figures = match (step, figures) {
        (0, &[activations, gradients, "", ""]) => GradientFigures::Spread(LayerSpread {
            activations: number(activations)?,
            gradients: number(gradients)?,
        }),
        (1.., &["", "", gradient_norm, ratio]) => GradientFigures::Update(WeightUpdate {
            gradient_norm: number(gradient_norm)?,
            ratio: number(ratio)?,
        }),
        _ => return Err(format!("has not the figures of step {step}")),
    };
    let place = Place::of_label(layer);
    Ok(GradientRow {
        step,
        epoch: number(epoch)?,
        layer: place.ok_or_else(|| format!("is of {layer:?}, which is no layer"))?,
        figures,
    })
}

fn number<T: std::str::FromStr>(cell: &str) -> Result<T, String> {
    cell.parse()
        .map_err(|_| format!("has {cell:?} instead of a number"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use hourglass_experiment::LayerName;

    const LAYERS: [Place; 3] = [
        Place::Layer(LayerName::Encoder(0)),
        Place::LogVariance,
        Place::Output,
    ];

    fn spread() -> Vec<GradientRow> {
        let row = |layer| GradientRow {
            step: 0,
            epoch: 0.0,
            layer,
            figures: GradientFigures::Spread(LayerSpread {
                activations: 0.25,
                gradients: 1.5e-7,
            }),
        };
        LAYERS.map(row).to_vec()
    }

    fn updates(step: u64) -> Vec<GradientRow> {
        let row = |layer| GradientRow {
            step,
            epoch: step as f64 / 10.0,
            layer,
            figures: GradientFigures::Update(WeightUpdate {
                gradient_norm: step as f32 / 3.0,
                ratio: 1e-3,
            }),
        };
        LAYERS.map(row).to_vec()
    }

    fn table(n_steps: u64) -> GradientTable {
        let mut table = GradientTable::default();
        table.push(&spread());
        for step in 1..=n_steps {
            table.push(&updates(step));
        }
        table
    }

    #[test]
    fn what_was_written_is_read_again() {
        let mut written = table(3);
        if let GradientFigures::Update(update) = &mut written.rows[4].figures {
            update.gradient_norm = f32::INFINITY;
        }
        let text = written.to_csv();
        assert!(text.contains("\n0,0,ln σ²,0.25,0.00000015,,\n"), "{text}");
        assert!(text.contains("\n3,0.3,output,,,1,0.001\n"), "{text}");
        assert_eq!(GradientTable::read_csv(&text), Ok(written));
    }

    #[test]
    fn a_run_that_went_back_has_each_step_once() {
        let mut table = table(5);
        table.push(&updates(4));
        let steps: Vec<u64> = table.rows.iter().map(|row| row.step).collect();
        assert_eq!(steps, [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4]);
        table.cut_after(2);
        assert_eq!(table, self::table(2));
        assert_eq!(table.newest(1), updates(1));
        assert_eq!(table.newest(9), updates(2));
    }

    #[test]
    fn rows_stay_bounded_even_and_keep_the_beginning() {
        let n_steps = GradientTable::MAX_ROWS as u64 / 3 + 100;
        let table = table(n_steps);
        assert!(table.rows.len() <= GradientTable::MAX_ROWS);
        assert_eq!(table.rows[..3], spread());
        let numbers: Vec<u64> = table.rows[3..]
            .iter()
            .step_by(3)
            .map(|row| row.step)
            .collect();
        assert_eq!((numbers[0], numbers[1]), (1, 3));
        assert_eq!(numbers.last(), Some(&n_steps));
        assert!(
            table.rows[3..]
                .chunks(3)
                .all(|step| step[0].step == step[2].step)
        );
    }

    #[test]
    fn a_damaged_line_is_named() {
        let text = table(2).to_csv();
        for (from, to, line) in [
            ("step,", "stop,", 1),
            ("0,0,encoder 1", "0,0,encoder 0", 2),
            ("0,0,ln σ²,0.25,", "0,0,ln σ²,,", 3),
            ("1,0.1,encoder 1,,", "1,0.1,encoder 1,0.5,", 5),
            ("2,0.2,encoder 1", "0,0.2,encoder 1", 8),
            ("2,0.2,output,,,", "2,0.2,output,,", 10),
        ] {
            let damaged = text.replacen(from, to, 1);
            assert_ne!(damaged, text, "{from}");
            let error = GradientTable::read_csv(&damaged).expect_err("damaged");
            assert_eq!(error.line, line, "{error}");
        }
        let commas = format!("{text}{}", ",".repeat(1 << 20));
        assert_eq!(
            GradientTable::read_csv(&commas).expect_err("commas").line,
            11
        );
    }
}
