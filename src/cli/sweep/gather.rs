//! `hourglass sweep gather`: tables of what the runs reached.

use std::path::PathBuf;

use anyhow::{Result, anyhow, bail};
use clap::Args;

use hourglass_files::whole_file;
use hourglass_sweep::{MEDIANS_FILE, REPORT_FILE, RUNS_FILE, Table};

use crate::cli::progress::Progress;

use super::folder::read;
use super::status;

/// Gathers what the runs reached.
#[derive(Clone, Debug, Args)]
pub struct GatherArgs {
    /// The folder of the sweep
    #[arg(value_name = "DIR")]
    sweep: PathBuf,
    /// Folder for the tables, instead of that of the sweep
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Figures of the table for people, by their columns or the beginnings of their words, such as `test_mse`; the tables
    /// for programs have them all
    #[arg(long, value_name = "NAME,…", value_delimiter = ',')]
    figures: Vec<String>,
}

/// Writes the tables of what there is, whether or not all runs are done.
///
/// # Errors
/// When a run is not done, which is named, or a table cannot be written.
pub fn run(args: &GatherArgs) -> Result<()> {
    let sweep = read(&args.sweep)?;
    let table = Table::read(&sweep, &args.sweep);
    let columns = table
        .chosen(&args.figures)
        .map_err(|reason| anyhow!(reason))?;
    let out = args.out.as_ref().unwrap_or(&args.sweep);
    let title = sweep.title();
    let files = [
        (RUNS_FILE, table.runs_csv()?),
        (MEDIANS_FILE, table.medians_csv()?),
        (REPORT_FILE, table.report(&title, &columns).into_bytes()),
    ];
    for (name, content) in &files {
        whole_file::write(&out.join(name), content)?;
    }
    let text = status::text(&table);
    if table.n_lacking() > 0 {
        bail!("the tables in {} are not complete: {}", out.display(), text);
    }
    let progress = Progress::new();
    progress.line(&text);
    progress.line(&format!(
        "the tables are in {}: {RUNS_FILE}, {MEDIANS_FILE} and {REPORT_FILE}",
        out.display()
    ));
    Ok(())
}
