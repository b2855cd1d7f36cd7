//! `hourglass sweep`: many runs of one experiment, on this machine or on any scheduler.

mod crew;
mod estimate;
mod folder;
mod gather;
mod list;
mod new;
mod run;
mod slurm;
mod status;
mod task;

use std::path::PathBuf;

use anyhow::Result;
use clap::Subcommand;

/// What to do with a sweep.
#[derive(Clone, Debug, Subcommand)]
pub enum SweepCommand {
    /// Write down a sweep: an experiment, the settings that vary, the seeds, the images
    New(Box<new::NewArgs>),
    /// Do the runs of a sweep on this machine, several side by side
    Run(run::RunArgs),
    /// Do one run of a sweep by its number, as every scheduler calls it; what is done is not done again
    Task(task::TaskArgs),
    /// Print a command for each run, a line each, for GNU parallel, xargs or `HyperQueue`
    List(list::ListArgs),
    /// Print a script for SLURM's `sbatch` that does all runs as an array
    Slurm(slurm::SlurmArgs),
    /// Say how far the runs of a sweep are
    Status {
        /// The folder of the sweep
        #[arg(value_name = "DIR")]
        sweep: PathBuf,
    },
    /// Gather what the runs reached into tables
    Gather(gather::GatherArgs),
}

/// Does it.
///
/// # Errors
/// What is wrong, and what to do.
pub fn run(command: &SweepCommand) -> Result<()> {
    match command {
        SweepCommand::New(args) => new::run(args),
        SweepCommand::Run(args) => run::run(args),
        SweepCommand::Task(args) => task::run(args),
        SweepCommand::List(args) => list::run(args),
        SweepCommand::Slurm(args) => slurm::run(args),
        SweepCommand::Status { sweep } => status::run(sweep),
        SweepCommand::Gather(args) => gather::run(args),
    }
}
