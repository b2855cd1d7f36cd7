//! The sweep in a folder.

use std::path::Path;

use anyhow::{Context, Result};

use hourglass_sweep::Sweep;

/// Reads it.
pub(super) fn read(folder: &Path) -> Result<Sweep> {
    Sweep::read(folder).with_context(|| format!("{} is no sweep", folder.display()))
}
