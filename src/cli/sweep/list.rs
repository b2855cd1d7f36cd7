//! `hourglass sweep list`: a command for each run.

use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use anyhow::Result;
use clap::Args;

use hourglass_sweep::State;

use crate::cli::shell::{absolute, program, quoted};

use super::folder::read;

/// Prints a command for each run.
#[derive(Clone, Debug, Args)]
pub struct ListArgs {
    /// The folder of the sweep
    #[arg(value_name = "DIR")]
    sweep: PathBuf,
    /// Leave out the runs that are done
    #[arg(long)]
    left: bool,
    /// The program on the machines that run them, if it lies elsewhere there
    #[arg(long, value_name = "PATH")]
    program: Option<PathBuf>,
}

/// Prints them.
///
/// # Errors
/// When there is no such sweep, or nobody reads what is printed.
pub fn run(args: &ListArgs) -> Result<()> {
    let sweep = read(&args.sweep)?;
    let program = program(args.program.as_deref())?;
    let folder = quoted(&absolute(&args.sweep)?);
    let mut out = BufWriter::new(io::stdout().lock());
    for task in sweep.tasks() {
        if args.left && matches!(State::of(task, &args.sweep), State::Done(_)) {
            continue;
        }
        writeln!(out, "{program} sweep task {folder} {}", task.number)?;
    }
    out.flush()?;
    Ok(())
}
