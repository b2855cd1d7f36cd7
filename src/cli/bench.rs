//! `hourglass bench`: how fast this machine trains and opens the window, as a table and as CSV.

mod row;
mod training;
mod window;

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use hourglass_data::{Dataset, load};
use hourglass_experiment::PresetId;
use hourglass_files::whole_file;
use hourglass_protocol::DataSource;
use hourglass_train::device;

use super::cell::cell;
use super::progress::Progress;
pub use row::BenchArgs;
use row::{Row, number};

/// Measures and writes the table.
///
/// # Errors
/// When the device, the data or the file is not fit, or a step fails.
pub fn run(args: &BenchArgs) -> Result<()> {
    if !(0.1..=600.0).contains(&args.secs) {
        bail!("--secs takes 0.1 to 600 seconds");
    }
    if let Some(file) = &args.out {
        whole_file::check(file)?; // before minutes are spent
    }
    let chosen = match args.presets.as_slice() {
        [] => PresetId::originals().collect(),
        named => named.to_vec(),
    };
    for &preset in &chosen {
        for &batch_size in &args.batch {
            training::experiment(preset, batch_size)?; // also before minutes are spent
        }
    }
    let progress = Progress::new();
    let opened = device::open(args.device).map_err(anyhow::Error::msg)?;
    let never = AtomicBool::new(false);
    let source = args.data.clone().unwrap_or(DataSource::Auto);
    let dataset = load(&source, &mut |state| progress.set_loading(&state), &never)?;
    let dataset: Arc<Dataset> = Arc::new(dataset);
    progress.line(&format!(
        "{} on {}, {} threads",
        dataset.describe().id.label(),
        opened.info.name,
        std::thread::available_parallelism().map_or(1, usize::from)
    ));

    let window = if args.window {
        Some(window::Bench::start(args, &progress)?)
    } else {
        None
    };
    let budget = Duration::from_secs_f64(args.secs);
    let mut rows = Vec::new();
    for &preset in &chosen {
        for &batch_size in &args.batch {
            for measured in training::measure(preset, batch_size, budget, &dataset, &opened)? {
                progress.line(&measured.sentence());
                rows.push(measured);
            }
        }
        if let Some(window) = &window {
            let measured = window.measure(preset)?;
            for row in &measured {
                progress.line(&row.sentence());
            }
            rows.extend(measured);
        }
    }
    progress.finish();
    writeln!(io::stdout(), "{}", markdown(&rows)).ok(); // nobody reads stdout: the file has it
    if let Some(file) = &args.out {
        whole_file::write(file, csv(&rows).as_bytes())
            .with_context(|| "the figures were not written")?;
    }
    Ok(())
}

fn markdown(rows: &[Row]) -> String {
    let mut text = "| preset | part | batch | figure | value |\n|---|---|---|---|---|\n".to_owned();
    for row in rows {
        let value = number(row.value);
        let Row {
            preset,
            part,
            batch_size,
            figure,
            ..
        } = row;
        writeln!(
            text,
            "| `{preset}` | {part} | {batch_size} | {figure} | {value} |"
        )
        .expect("a string takes everything");
    }
    text
}

fn csv(rows: &[Row]) -> String {
    let mut text = "preset,part,batch_size,figure,value\n".to_owned();
    for row in rows {
        let Row {
            preset,
            part,
            batch_size,
            figure,
            value,
        } = row;
        let [part, figure] = [part.as_str(), figure].map(cell);
        writeln!(text, "{preset},{part},{batch_size},{figure},{value}")
            .expect("a string takes everything");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_separated() {
        assert_eq!(number(3.216), "3.22");
        assert_eq!(number(999.4), "999");
        assert_eq!(number(107_000.2), "107,000");
        assert_eq!(number(1_234_567.0), "1,234,567");
    }

    #[test]
    fn a_table_has_a_line_for_each_figure() {
        let rows = [Row {
            preset: PresetId::Vanilla64,
            part: "all layers".to_owned(),
            batch_size: 64,
            figure: "images/s",
            value: 100_000.5,
        }];
        assert!(
            markdown(&rows).ends_with("| `vanilla-64` | all layers | 64 | images/s | 100,000 |\n")
        );
        assert_eq!(
            csv(&rows).lines().last(),
            Some("vanilla-64,all layers,64,images/s,100000.5")
        );
        let frame = Row {
            figure: "frame, median (ms)",
            ..rows[0].clone()
        };
        assert_eq!(
            csv(&[frame]).lines().last(),
            Some("vanilla-64,all layers,64,\"frame, median (ms)\",100000.5"),
            "a comma is no end"
        );
    }
}
