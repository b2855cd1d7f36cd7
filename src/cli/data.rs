//! `hourglass data`: fetch, list and check the digits to learn from.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, Result, bail};
use clap::Subcommand;

use hourglass_data::{self as data, LoadError, mnist};
use hourglass_protocol::{DataSource, DeviceChoice};
use hourglass_train::{classify, device};

use super::args::data_source;
use super::progress::Progress;

/// What to do with data sets.
#[derive(Clone, Debug, Subcommand)]
pub enum DataCommand {
    /// Fetch MNIST (11 MB) into the cache or a folder; continues where an earlier fetch stopped
    Fetch {
        /// Folder to keep the four files in, instead of the user's cache
        #[arg(long, value_name = "DIR")]
        into: Option<PathBuf>,
    },
    /// List the data sets and where they are kept
    List,
    /// Read a data set from end to end and compare it with what it should be
    Check {
        /// A folder with the four MNIST files, `mnist`, or `pen-digits`
        #[arg(value_name = "DIR|mnist|pen-digits", value_parser = data_source, default_value = "mnist")]
        data: DataSource,
    },
    /// Train two small classifiers on the pen digits alone and test them on MNIST: how real are they?
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
        DataCommand::Fetch { into } => fetch(into.as_deref()),
        DataCommand::List => list(),
        DataCommand::Check { data } => check(data),
        DataCommand::Realism { data, seed, device } => realism(data, *seed, *device),
    }
}

/// Set by Ctrl-C; asked for twice, the process ends at once.
fn cancel_on_ctrl_c() -> Result<Arc<AtomicBool>> {
    let cancel = Arc::new(AtomicBool::new(false));
    let seen_by_handler = Arc::clone(&cancel);
    ctrlc::set_handler(move || {
        if seen_by_handler.swap(true, Ordering::Relaxed) {
            std::process::exit(130);
        }
    })
    .context("Ctrl-C cannot be caught")?;
    Ok(cancel)
}

fn fetch(into: Option<&Path>) -> Result<()> {
    let cancel = cancel_on_ctrl_c()?;
    let progress = Progress::new();
    progress.line("fetching MNIST, 11 MB");
    let fetched = data::fetch(into, &mut |state| progress.set_loading(&state), &cancel);
    progress.finish();
    match fetched {
        Ok(folder) => {
            progress.line(&format!("MNIST is whole, in {}", folder.display()));
            Ok(())
        }
        Err(LoadError::Cancelled) => bail!(
            "cancelled; what has arrived is kept, and the next `hourglass data fetch` goes on from there"
        ),
        Err(error) => bail!(error),
    }
}

fn list() -> Result<()> {
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "mnist        60,000 + 10,000 handwritten digits of 28×28 (LeCun & Cortes, CC BY-SA 3.0)"
    )?;
    match mnist::locate(None) {
        Ok(Some(folder)) => writeln!(out, "             in {}", folder.display())?,
        Ok(None) => writeln!(
            out,
            "             not here yet; `hourglass data fetch` gets it (11 MB)"
        )?,
        Err(error) => writeln!(out, "             {error}")?,
    }
    if let Some(folder) = mnist::cache_folder() {
        writeln!(out, "             cache: {}", folder.display())?;
    }
    writeln!(
        out,
        "pen-digits   60,000 + 10,000 digits the program draws itself; always here"
    )?;
    Ok(())
}

fn check(source: &DataSource) -> Result<()> {
    let cancel = cancel_on_ctrl_c()?;
    let progress = Progress::new();
    let dataset = data::load(source, &mut |state| progress.set_loading(&state), &cancel)?;
    progress.finish();
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "whole: {}, {} + {} images, {}",
        dataset.kind.label(),
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
    let pen = data::load(&DataSource::PenDigits, &mut report, &cancel)?;
    let device = device::open(choice).map_err(anyhow::Error::msg)?;
    let mut out = io::stdout().lock();
    for hidden in [vec![256], Vec::new()] {
        let recipe = classify::Recipe {
            seed,
            hidden,
            ..classify::Recipe::default()
        };
        let name = recipe.name();
        let mut each_epoch = |epoch: usize| {
            let fraction = epoch as f64 / recipe.epochs as f64;
            progress.set(fraction, format!("{name}, epoch {epoch}/{}", recipe.epochs));
            !cancel.load(Ordering::Relaxed)
        };
        let classifier = classify::train(&recipe, &pen.train, &device.device, &mut each_epoch)?;
        if cancel.load(Ordering::Relaxed) {
            bail!("interrupted");
        }
        progress.finish();
        writeln!(out, "{name}, trained on the pen digits alone, gets right")?;
        for (data, split) in [("pen digits", &pen.test), ("MNIST", &mnist.test)] {
            let result = classify::test(&classifier, split, &device.device)?;
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
