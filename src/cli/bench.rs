//! `hourglass bench`: how fast this machine trains and opens the window, as tables, CSV and JSON, and beside another
//! build.

mod against;
mod compare;
mod report;
mod row;
mod training;
mod window;

use std::io::{self, Write as _};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use anyhow::{Result, bail};

use hourglass_data::{Dataset, load};
use hourglass_experiment::PresetId;
use hourglass_files::whole_file;
use hourglass_protocol::{DataSource, DeviceKind};
use hourglass_simd::peak_flops;
use hourglass_train::{device, threads};

use super::progress::Progress;
use against::Other;
use report::Report;
pub use row::BenchArgs;
use row::Row;

/// How long the processor's peak is measured, twice: before and after.
const PEAK_TIME: Duration = Duration::from_millis(250);

/// Measures and writes the tables.
///
/// # Errors
/// When the device, the data or a file is not fit, a step fails, or a figure is much worse than the one it is compared
/// with.
pub fn run(args: &BenchArgs) -> Result<()> {
    if !(0.1..=600.0).contains(&args.secs) {
        bail!("--secs takes 0.1 to 600 seconds");
    }
    if let Some(file) = &args.out {
        whole_file::check(file)?; // before minutes are spent
    }
    let before = args.compare.as_deref().map(Report::read).transpose()?;
    let chosen = match args.presets.as_slice() {
        [] => PresetId::originals().collect(),
        named => named.to_vec(),
    };
    for &preset in &chosen {
        for &batch_size in &args.batch {
            training::experiment(preset, batch_size)?; // also before minutes are spent
        }
    }
    let other = args
        .against
        .as_deref()
        .map(|program| Other::new(program, args));
    let other = other.transpose()?;
    let progress = Progress::new();
    let opened = device::open(args.device).map_err(anyhow::Error::msg)?;
    let never = AtomicBool::new(false);
    let source = args.data.clone().unwrap_or(DataSource::Auto);
    let dataset = load(&source, &mut |state| progress.set_loading(&state), &never)?;
    let dataset: Arc<Dataset> = Arc::new(dataset);
    let is_processor = opened.info.kind == DeviceKind::Cpu;
    let peak = || is_processor.then(|| peak_flops(PEAK_TIME) / 1e9);
    let mut report = Report::new(
        opened.info.name.clone(),
        dataset.id.label().to_owned(),
        threads::in_use().get(),
        args.secs,
    );
    report.peak_gigaflops = peak();
    progress.line(&report.about());

    let window = if args.window {
        Some(window::Bench::start(args, &progress)?)
    } else {
        None
    };
    let budget = Duration::from_secs_f64(args.secs);
    let mut rows = Vec::new();
    let mut before_rows = before.map(|report| report.rows);
    for &preset in &chosen {
        for &batch_size in &args.batch {
            let earlier = other
                .as_ref()
                .map(|other| other.measure(preset, batch_size));
            let earlier = earlier.transpose()?;
            let measured = training::measure(preset, batch_size, budget, &dataset, &opened)?;
            for row in &measured {
                progress.line(&row.sentence());
            }
            if let (Some(other), Some(earlier)) = (&other, earlier) {
                let later = other.measure(preset, batch_size)?;
                let rows = before_rows.get_or_insert_default();
                rows.extend(against::means(earlier, &later));
            }
            rows.extend(measured);
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
    // Processors grow faster and slower; what they could do at their best is the peak.
    report.peak_gigaflops = report.peak_gigaflops.zip(peak()).map(|(a, b)| a.max(b));
    report.rows = with_shares(rows, report.peak_gigaflops);
    let mut out = io::stdout();
    writeln!(out, "{}", report.markdown()).ok(); // nobody reads stdout: the file has it
    if let Some(file) = &args.out {
        report.write(file)?;
    }
    let Some(before) = before_rows else {
        return Ok(());
    };
    let changes = compare::changes(&report.rows, &before);
    writeln!(out, "{}", compare::markdown(&changes)).ok();
    match compare::n_worse(&changes) {
        0 => Ok(()),
        n => bail!(
            "{n} of {} figures are more than 10 % worse than before",
            changes.len()
        ),
    }
}

/// The same rows, with the share of the processor's peak behind each speed in units of arithmetic.
fn with_shares(rows: Vec<Row>, peak_gigaflops: Option<f64>) -> Vec<Row> {
    let both = rows.into_iter().flat_map(|row| {
        let share = peak_gigaflops
            .filter(|_| row.figure == row::Figure::Gigaflops)
            .map(|peak| Row {
                figure: row::Figure::ShareOfPeak,
                value: 100.0 * row.value / peak,
                ..row.clone()
            });
        [Some(row), share]
    });
    both.flatten().collect()
}
