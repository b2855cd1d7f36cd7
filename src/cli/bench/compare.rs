//! Figures beside those of another build or another day.

use std::fmt::Write as _;

use super::row::{Row, number};

/// Share of a figure that may be lost to the moods of the machine.
const SLACK: f64 = 0.1;

/// A figure and what it was.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Change {
    row: Row,
    before: f64,
}

impl Change {
    /// How many times better it is: above 1 better, below worse.
    fn gain(&self) -> f64 {
        let ratio = self.row.value / self.before;
        if self.row.figure.is_better_high() {
            ratio
        } else {
            ratio.recip()
        }
    }

    fn is_worse(&self) -> bool {
        self.gain() < 1.0 - SLACK
    }
}

/// The figures that both have, the worst first. What follows from others is left out.
pub(super) fn changes(rows: &[Row], before: &[Row]) -> Vec<Change> {
    let measured = rows.iter().filter(|row| !row.figure.is_derived());
    let both = measured.filter_map(|row| {
        let before = before.iter().find(|other| other.is_of(row))?;
        Some(Change {
            row: row.clone(),
            before: before.value,
        })
    });
    let mut all: Vec<Change> = both.collect();
    all.sort_by(|a, b| a.gain().total_cmp(&b.gain()));
    all
}

/// How many are worse than the machine's moods explain.
pub(super) fn n_worse(changes: &[Change]) -> usize {
    changes.iter().filter(|change| change.is_worse()).count()
}

/// All changes as a table.
pub(super) fn markdown(changes: &[Change]) -> String {
    let mut text = "| preset | part | batch | figure | before | now | better | |\n|---|---|---:|---|---:|---:|---:|---|\n"
        .to_owned();
    for change in changes {
        let Row {
            preset,
            part,
            batch_size,
            figure,
            value,
        } = &change.row;
        writeln!(
            text,
            "| `{preset}` | {part} | {batch_size} | {} | {} | {} | {:.2}× | {} |",
            figure.label(),
            number(change.before),
            number(*value),
            change.gain(),
            if change.is_worse() { "worse" } else { "" },
        )
        .expect("a string takes everything");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::row::Figure;
    use super::*;
    use hourglass_experiment::PresetId;

    fn row(preset: PresetId, figure: Figure, value: f64) -> Row {
        Row {
            preset,
            part: "all layers".to_owned(),
            batch_size: 64,
            figure,
            value,
        }
    }

    #[test]
    fn the_worst_come_first_and_only_large_losses_count() {
        let (speed, frame) = (Figure::ImagesPerSec, Figure::Frame);
        let before = [
            row(PresetId::Vanilla64, speed, 100.0),
            row(PresetId::Basic32, speed, 100.0),
            row(PresetId::Basic32, frame, 2.0),
            row(PresetId::Vae20, speed, 50.0),
            row(PresetId::Vae20, Figure::Gigaflops, 50.0),
        ];
        let now = [
            row(PresetId::Vanilla64, speed, 91.0),
            row(PresetId::Basic32, speed, 89.0),
            row(PresetId::Basic32, frame, 4.0), // twice as long is half as good
            row(PresetId::Vae20, speed, 100.0),
            row(PresetId::Vae20, Figure::Gigaflops, 1.0),
            row(PresetId::Conv4, speed, 1.0), // not known before
        ];
        let changes = changes(&now, &before);
        let gains: Vec<f64> = changes.iter().map(Change::gain).collect();
        assert_eq!(gains, [0.5, 0.89, 0.91, 2.0]);
        assert_eq!(n_worse(&changes), 2);
        let table = markdown(&changes);
        let worst =
            "| `basic-32` | all layers | 64 | frame, median (ms) | 2.00 | 4.00 | 0.50× | worse |";
        assert_eq!(table.lines().nth(2), Some(worst));
        assert!(table.ends_with("| 50.00 | 100 | 2.00× |  |\n"), "{table}");
    }
}
