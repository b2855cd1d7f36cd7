//! `hourglass sweep status`: how far the runs are, also while they run.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::path::Path;

use anyhow::Result;

use hourglass_sweep::Table;

use super::folder::read;

/// Prints how many runs are in which state, and what those lack that are not done.
pub(super) fn run(folder: &Path) -> Result<()> {
    let table = Table::read(&read(folder)?, folder);
    write!(io::stdout(), "{}", text(&table))?;
    Ok(())
}

/// How many runs are in which state, and the first of those that are not done.
pub(super) fn text(table: &Table) -> String {
    let counts: Vec<String> = table
        .counts()
        .into_iter()
        .map(|(word, n)| format!("{n} {word}"))
        .collect();
    let mut text = format!("{} runs: {}\n", table.rows.len(), counts.join(", "));
    let (lacking, n) = table.lacking();
    for line in &lacking {
        writeln!(text, "  {line}").expect("a string takes everything");
    }
    if n > lacking.len() {
        writeln!(text, "  and {} more", n - lacking.len()).expect("a string takes everything");
    }
    text
}
