//! Reads the command line, then opens the window or runs a command.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;

use hourglass::cli::Cli;

fn main() -> ExitCode {
    // Drivers that are tried and found missing are no news: `hourglass doctor` lists what is there.
    let filter = env_logger::Env::default().default_filter_or("warn,wgpu_hal=off,wgpu_core=error");
    env_logger::Builder::from_env(filter).init();
    let cli = Cli::parse();
    let result = match cli.command {
        Some(command) => command.run(),
        None => Ok(()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            writeln!(io::stderr(), "error: {error:#}").ok(); // nobody reads stderr: nothing is lost
            ExitCode::FAILURE
        }
    }
}
