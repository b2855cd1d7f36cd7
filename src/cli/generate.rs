//! `hourglass generate`: what packages install beside the program, made of the same description of its commands.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::{Args, Command, Subcommand};
use clap_complete::Shell;
use clap_mangen::Man;

use hourglass_files::whole_file;

#[derive(Debug, Subcommand)]
pub enum GenerateCommand {
    /// Write a man page of each command into a folder
    Man(ManArgs),
    /// Print completions for a shell
    Completions(CompletionsArgs),
}

#[derive(Debug, Args)]
pub struct ManArgs {
    /// The folder, such as ~/.local/share/man/man1
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// The shell
    shell: Shell,
}

/// Writes them.
///
/// # Errors
/// When they cannot be written.
pub fn run(command: &GenerateCommand, mut program: Command) -> Result<()> {
    match command {
        GenerateCommand::Man(args) => {
            program.build(); // names the commands within it in full
            write_pages(&program, &args.folder)
        }
        GenerateCommand::Completions(args) => {
            let name = program.get_name().to_owned();
            let mut text = Vec::new();
            clap_complete::generate(args.shell, &mut program, name, &mut text);
            io::stdout().lock().write_all(&text)?;
            Ok(())
        }
    }
}

fn write_pages(command: &Command, folder: &Path) -> Result<()> {
    let page = Man::new(command.clone());
    let mut text = Vec::new();
    page.render(&mut text)?;
    whole_file::write(&folder.join(page.get_filename()), &text)?;
    let shown = command
        .get_subcommands()
        .filter(|inner| !inner.is_hide_set());
    shown
        .filter(|inner| inner.get_name() != "help")
        .try_for_each(|inner| write_pages(inner, folder))
}
