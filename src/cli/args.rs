//! Arguments that several commands have.

use std::path::PathBuf;

use hourglass_protocol::DataSource;

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
    match text {
        "" => Err("it is empty: give a folder, mnist, or pen-digits".to_owned()),
        "mnist" => Ok(DataSource::Mnist),
        "pen-digits" => Ok(DataSource::PenDigits),
        folder => Ok(DataSource::Folder(PathBuf::from(folder))),
    }
}
