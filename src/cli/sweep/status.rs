//! `hourglass sweep status`: how far the runs are, also while they run.

use std::io::{self, Write};
use std::path::Path;

use anyhow::Result;

use hourglass_sweep::Table;

use super::folder::read;

/// Prints how many runs are in which state, and what those lack that are not done.
pub(super) fn run(folder: &Path) -> Result<()> {
    let table = Table::read(&read(folder)?, folder);
    writeln!(io::stdout(), "{}", text(&table))?;
    Ok(())
}

/// How many runs are in which state, and the first of those that are not done.
pub(super) fn text(table: &Table) -> String {
    let lacking = table.lacking().into_iter();
    let lines = [table.counts()]
        .into_iter()
        .chain(lacking.map(|line| format!("  {line}")));
    lines.collect::<Vec<String>>().join("\n")
}
