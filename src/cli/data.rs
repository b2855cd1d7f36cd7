//! `hourglass data`: fetch, list and check data sets.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use anyhow::{Result, bail};
use clap::Subcommand;

use hourglass_data::{self as data, LoadError, mnist};
use hourglass_figure::number::count_of;
use hourglass_protocol::{DataSetId, DataSource, DeviceChoice};
use hourglass_train::{classify, device};

use super::args::data_source;
use super::cancel::cancel_on_ctrl_c;
use super::describe::{self, DescribeArgs};
use super::progress::Progress;

/// What to do with data sets.
#[derive(Clone, Debug, Subcommand)]
pub enum DataCommand {
    /// Fetch a data set into the cache or a folder; continues where an earlier fetch stopped
    Fetch {
        /// Which one, by its name in `hourglass data list`
        #[arg(value_name = "NAME", value_parser = fetchable, default_value = "mnist")]
        data: DataSetId,
        /// Folder to keep its files in, instead of the user's cache
        #[arg(long, value_name = "DIR")]
        into: Option<PathBuf>,
    },
    /// List the data sets and where they are kept
    List,
    /// Look at your own images before training: classes, sizes, what was left out and why, duplicates
    Describe(DescribeArgs),
    /// Read a data set from end to end and compare it with what it should be
    Check {
        /// A folder or file, or a name in `hourglass data list`
        #[arg(value_name = "PATH|NAME", value_parser = data_source, default_value = "mnist")]
        data: DataSource,
    },
    /// Train two small classifiers on the pen digits alone and test them on MNIST: how realistic are the pen digits?
    Realism {
        /// A folder with the four MNIST files, or `mnist`
        #[arg(long, value_name = "DIR|mnist", value_parser = data_source, default_value = "mnist")]
        data: DataSource,
        /// Seed of the classifiers' weights and order
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Device to train on: `auto`, `cpu`, `gpu`, or a graphics card by name, part of it, or number (see `doctor`)
        #[arg(long, default_value_t)]
        device: DeviceChoice,
    },
}

/// Does it.
///
/// # Errors
/// What is missing or damaged, and what to do.
pub fn run(command: &DataCommand) -> Result<()> {
    match command {
        DataCommand::Fetch { data, into } => fetch(*data, into.as_deref()),
        DataCommand::List => list(),
        DataCommand::Describe(args) => describe::run(args),
        DataCommand::Check { data } => check(data),
        DataCommand::Realism { data, seed, device } => realism(data, *seed, *device),
    }
}

/// Reads the name of a data set that has files.
fn fetchable(name: &str) -> Result<DataSetId, String> {
    let found = DataSetId::fetchable().find(|id| id.name() == name);
    found.ok_or_else(|| {
        let names: Vec<_> = DataSetId::fetchable().map(DataSetId::name).collect();
        format!("choose one of {}", names.join(", "))
    })
}

fn fetch(id: DataSetId, into: Option<&Path>) -> Result<()> {
    let cancel = cancel_on_ctrl_c()?;
    let progress = Progress::new();
    let (label, size) = (id.label(), id.spec().download_size().unwrap_or_default());
    progress.line(&format!("fetching {label}, {size}"));
    let fetched = data::fetch(id, into, &mut |state| progress.set_loading(&state), &cancel);
    progress.finish();
    match fetched {
        Ok(folder) => {
            progress.line(&format!("{label} is complete, in {}", folder.display()));
            Ok(())
        }
        Err(LoadError::Cancelled) => bail!(
            "cancelled; what has been downloaded is kept, and the next `hourglass data fetch {}` continues from there",
            id.name()
        ),
        Err(error) => bail!(error),
    }
}

fn list() -> Result<()> {
    let mut out = io::stdout().lock();
    let width = DataSetId::all().map(|id| id.name().len()).max();
    let width = width.unwrap_or(0) + 3;
    for id in DataSetId::all() {
        let spec = id.spec();
        let (n_train, n_test) = (count_of(spec.n_train), count_of(spec.n_test));
        let (shape, about) = (spec.shape.describe(), spec.about);
        let licence = spec
            .licence
            .map_or_else(String::new, |name| format!("; {name}"));
        let name = spec.name;
        writeln!(
            out,
            "{name:width$}{about}, {n_train} + {n_test} of {shape}{licence}"
        )?;
        writeln!(out, "{:width$}{}", "", whereabouts(id))?;
        if !spec.files().is_empty()
            && let Some(folder) = mnist::cache_folder(id)
        {
            writeln!(out, "{:width$}cache: {}", "", folder.display())?;
        }
    }
    Ok(())
}

/// Where a data set is on this machine, or how it gets there.
pub fn whereabouts(id: DataSetId) -> String {
    let Some(size) = id.spec().download_size() else {
        return "always available".to_owned();
    };
    match mnist::locate(id, None) {
        Ok(Some(folder)) => format!("in {}", folder.display()),
        Ok(None) => format!(
            "not downloaded; `hourglass data fetch {}` downloads it ({size})",
            id.name()
        ),
        Err(error) => error.to_string(),
    }
}

fn check(source: &DataSource) -> Result<()> {
    let cancel = cancel_on_ctrl_c()?;
    let progress = Progress::new();
    let dataset = data::load(source, &mut |state| progress.set_loading(&state), &cancel)?;
    progress.finish();
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "complete: {}, {} + {} images, {}",
        dataset.id.label(),
        dataset.train.len(),
        dataset.test.len(),
        dataset.origin
    )?;
    Ok(())
}

fn realism(source: &DataSource, seed: u64, choice: DeviceChoice) -> Result<()> {
    let cancel = cancel_on_ctrl_c()?;
    let progress = Progress::new();
    let mut report = |state| progress.set_loading(&state);
    let mnist = data::load(source, &mut report, &cancel)?;
    let pen = data::load(
        &DataSource::Named(DataSetId::PEN_DIGITS),
        &mut report,
        &cancel,
    )?;
    let device = device::open(choice).map_err(anyhow::Error::msg)?;
    let mut out = io::stdout().lock();
    for hidden in [vec![256], Vec::new()] {
        let settings = classify::ProbeSettings {
            seed,
            hidden,
            ..classify::ProbeSettings::default()
        };
        let n_classes = pen.n_classes();
        let sizes = settings.sizes(pen.train.shape(), n_classes);
        let sizes: Vec<String> = sizes.iter().map(ToString::to_string).collect();
        let name = sizes.join("-");
        let mut each_epoch = |epoch: usize| {
            let fraction = epoch as f64 / settings.epochs as f64;
            progress.set(
                fraction,
                format!("{name}, epoch {epoch}/{}", settings.epochs),
            );
            !cancel.load(Ordering::Relaxed)
        };
        let classifier = classify::train(
            &settings,
            (&pen.train, n_classes),
            &device.device,
            &mut each_epoch,
        )?;
        if cancel.load(Ordering::Relaxed) {
            bail!("interrupted");
        }
        progress.finish();
        writeln!(
            out,
            "{name}, trained on the pen digits alone, classifies correctly"
        )?;
        for (data, split) in [("pen digits", &pen.test), ("MNIST", &mnist.test)] {
            let result = classify::test(&classifier, (split, n_classes), &device.device)?;
            let of_classes = result.accuracy_of_classes();
            let of_classes = of_classes.iter().enumerate();
            let words: Vec<String> = of_classes
                .map(|(class, share)| format!("{class}: {:.1}", 100.0 * share))
                .collect();
            writeln!(
                out,
                "    {:.2} % of the test split of {data} ({})",
                100.0 * result.accuracy(),
                words.join("  ")
            )?;
        }
    }
    Ok(())
}
