//! `hourglass data describe`: what is found where a person's own images lie, and what becomes of it.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::Args;
use image::{ImageFormat, RgbImage};

use hourglass_data::{self as data, Dataset};
use hourglass_figure::number::count_of;
use hourglass_files::whole_file;
use hourglass_protocol::{DataReport, DataSource, Fitting, samples_of};

use super::cancel::cancel_on_ctrl_c;
use super::progress::Progress;

/// Images of a class in the picture of samples.
const N_SAMPLES: usize = 12;

/// Between two samples, in pixels.
const GAP: usize = 2;

/// Most lines of what was left out; all of them go into `--skipped`.
const MAX_SKIPPED: usize = 10;

/// What to look at.
#[derive(Clone, Debug, Args)]
pub struct DescribeArgs {
    /// Folder, file or ZIP with the images
    #[arg(value_name = "PATH")]
    path: PathBuf,
    /// How they are made to fit, such as "32x32 crop gray test=10 limit=5000"
    #[arg(
        long,
        value_name = "WORDS",
        default_value = "",
        hide_default_value = true
    )]
    fit: Fitting,
    /// Picture of twelve images of each class, as they will be trained on
    #[arg(long, value_name = "FILE.png")]
    samples: Option<PathBuf>,
    /// Table of everything that was left out, with reasons
    #[arg(long, value_name = "FILE.csv")]
    skipped: Option<PathBuf>,
}

/// Reads it and says what it is.
///
/// # Errors
/// What is wrong with it, and what to do.
pub(super) fn run(args: &DescribeArgs) -> Result<()> {
    let cancel = cancel_on_ctrl_c()?;
    let progress = Progress::new();
    let source = DataSource::Path(args.path.clone(), args.fit.clone());
    let dataset = data::load(&source, &mut |state| progress.set_loading(&state), &cancel)?;
    progress.finish();
    let text = match &dataset.report {
        Some(report) => described(&dataset, report),
        None => known(&dataset),
    };
    io::stdout().lock().write_all(text.as_bytes())?;
    if let Some(file) = &args.samples {
        save_samples(&dataset, file)?;
    }
    if let Some(file) = &args.skipped {
        let Some(report) = &dataset.report else {
            bail!(
                "{} has all of its images: nothing was left out",
                dataset.id.label()
            );
        };
        let table = report.skipped_csv();
        whole_file::write(file, table.as_bytes())
            .with_context(|| format!("{} cannot be written", file.display()))?;
    }
    Ok(())
}

/// A data set of the catalogue.
fn known(dataset: &Dataset) -> String {
    format!(
        "{}, complete: {} + {} images of {}, from {}\n",
        dataset.id.label(),
        count_of(dataset.train.len()),
        count_of(dataset.test.len()),
        dataset.train.shape().describe(),
        dataset.origin
    )
}

fn described(dataset: &Dataset, report: &DataReport) -> String {
    let mut text = String::new();
    let mut row = |name: &str, value: &str| {
        writeln!(text, "{name:13}{value}").ok(); // a String takes everything
    };
    let (n_train, n_test) = (dataset.train.len(), dataset.test.len());
    row(
        "data set",
        &format!(
            "{}, {} in {}",
            dataset.id.name(),
            report.kind,
            dataset.origin
        ),
    );
    row(
        "images",
        &format!(
            "{} of {}",
            count_of(n_train + n_test),
            dataset.train.shape().describe()
        ),
    );
    let how = if report.is_split {
        "as it was found".to_owned()
    } else {
        let Fitting {
            test_percent, seed, ..
        } = &report.place.fitting;
        format!("{test_percent} % of each class, drawn with seed {seed}")
    };
    row(
        "split",
        &format!(
            "{} to learn from, {} to test with ({how})",
            count_of(n_train),
            count_of(n_test)
        ),
    );
    row("sizes found", &report.sizes_found());
    let [n_constant, of] = report.n_constant;
    row(
        "constant",
        &format!(
            "{} of {} values are the same in all training images",
            count_of(n_constant),
            count_of(of)
        ),
    );
    let same = report.duplicates;
    row(
        "duplicates",
        &format!(
            "{} training images equal another one, {} test images equal another one, {} equal a training image",
            count_of(same.train),
            count_of(same.test),
            count_of(same.between)
        ),
    );
    row("memory", &format!("{:.1} MB", report.n_bytes as f64 / 1e6));
    row("SHA-256", &report.sha256);
    for note in &report.notes {
        row("note", note);
    }
    let classes = dataset.id.spec().classes;
    let width = classes
        .iter()
        .map(|name| name.chars().count())
        .max()
        .unwrap_or(0)
        .max(5);
    writeln!(
        text,
        "\n{:width$}  {:>9}  {:>9}",
        "class", "training", "test"
    )
    .ok();
    for (name, [n_train, n_test]) in classes.iter().zip(&report.counts) {
        let (n_train, n_test) = (count_of(*n_train), count_of(*n_test));
        writeln!(text, "{name:width$}  {n_train:>9}  {n_test:>9}").ok();
    }
    if !report.skipped.is_empty() {
        writeln!(text, "\n{} left out:", count_of(report.skipped.len())).ok();
        for skipped in report.skipped.iter().take(MAX_SKIPPED) {
            writeln!(text, "  {}: {}", skipped.name, skipped.reason).ok();
        }
        if report.skipped.len() > MAX_SKIPPED {
            let more = report.skipped.len() - MAX_SKIPPED;
            writeln!(
                text,
                "  and {} more: --skipped FILE.csv lists them all",
                count_of(more)
            )
            .ok();
        }
    }
    text
}

/// A row of training images for each class.
fn save_samples(dataset: &Dataset, file: &Path) -> Result<()> {
    let shape = dataset.train.shape();
    let classes: Vec<u8> = dataset.id.classes().collect();
    let side = |n: usize, of: usize| n * (of + GAP) + GAP;
    let (width, height) = (
        side(N_SAMPLES, shape.width),
        side(classes.len(), shape.height),
    );
    let mut sheet = RgbImage::from_pixel(
        u32::try_from(width)?,
        u32::try_from(height)?,
        image::Rgb([96; 3]),
    );
    for (row, class) in classes.into_iter().enumerate() {
        for (column, sample) in samples_of(dataset.train.labels(), class, N_SAMPLES)
            .into_iter()
            .enumerate()
        {
            let image = dataset.train.image(sample);
            let (left, top) = (side(column, shape.width), side(row, shape.height));
            for at in 0..shape.height * shape.width {
                let (x, y) = (left + at % shape.width, top + at / shape.width);
                sheet.put_pixel(
                    u32::try_from(x)?,
                    u32::try_from(y)?,
                    image::Rgb(shape.rgb_of(image, at)),
                );
            }
        }
    }
    let mut bytes = io::Cursor::new(Vec::new());
    sheet.write_to(&mut bytes, ImageFormat::Png)?;
    whole_file::write(file, bytes.get_ref())
        .with_context(|| format!("{} cannot be written", file.display()))
}
