//! Arguments that several commands have.

use std::path::Path;

use anyhow::{Context, Result, bail};

use hourglass_experiment::Experiment;
use hourglass_protocol::{DataSetId, DataSource, Fitting};
use hourglass_run_folder as run_folder;

/// Which images to learn from.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct DataArgs {
    /// Images to learn from: a name of `hourglass data list`, or a folder or file of your own images (`hourglass help
    /// data-sets`); by default MNIST where it is found, otherwise the pen digits, and for a run the images it learned
    /// from
    #[arg(long, value_name = "PATH|NAME", value_parser = data_source)]
    data: Option<DataSource>,
    /// How your own images are made to fit, such as "32x32 crop gray test=10 limit=5000"
    #[arg(long, value_name = "WORDS", requires = "data")]
    fit: Option<Fitting>,
}

impl DataArgs {
    /// What was asked for; none if nothing was.
    ///
    /// # Errors
    /// When it says how images are made to fit that are not a person's own.
    pub fn source(&self) -> Result<Option<DataSource>> {
        Ok(match (self.data.clone(), self.fit.clone()) {
            (Some(DataSource::Path(path, _)), Some(fit)) => Some(DataSource::Path(path, fit)),
            (Some(DataSource::Named(id)), Some(_)) => {
                bail!(
                    "--fit is for your own images, and {} fits already",
                    id.label()
                )
            }
            (data, _) => data,
        })
    }
}

/// The experiment in a TOML file.
///
/// # Errors
/// When there is no such file, or what is wrong with it.
pub(super) fn experiment_in(path: &Path) -> Result<Experiment> {
    let text = run_folder::read_text(path)?
        .with_context(|| format!("{} does not exist", path.display()))?;
    run_folder::read_experiment(&text)
        .with_context(|| format!("{} is not an experiment", path.display()))
}

/// A theme of the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Theme {
    /// Dark text on a light ground.
    Light,
    /// Light text on a dark ground.
    Dark,
}

/// Reads `--data`.
pub(super) fn data_source(text: &str) -> Result<DataSource, String> {
    if text.is_empty() {
        let names: Vec<_> = DataSetId::all().map(DataSetId::name).collect();
        return Err(format!(
            "it is empty: give a folder or file, or one of {}",
            names.join(", ")
        ));
    }
    Ok(DataSource::of_text(text))
}
