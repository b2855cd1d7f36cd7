//! Arguments that several commands have.

use hourglass_protocol::{DataSetId, DataSource};

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
            "it is empty: give a folder, or one of {}",
            names.join(", ")
        ));
    }
    Ok(DataSource::of_text(text))
}
