//! The first word of the command line: a command, or the name of something to open.

use std::ffi::OsStr;
use std::path::Path;

use anyhow::{Result, bail};
use clap::CommandFactory;

use hourglass_manual::nearest;

use super::Cli;

/// Refuses a word that is neither. Otherwise a misspelt command would be a file to open, and its options would be called
/// wrong.
///
/// # Errors
/// When there is no such command, file or folder.
pub fn check(word: Option<&OsStr>) -> Result<()> {
    let Some(word) = word.filter(|word| !Path::new(word).exists()) else {
        return Ok(());
    };
    let program = Cli::command();
    let commands = || program.get_subcommands().map(clap::Command::get_name);
    let shown = word.to_string_lossy();
    if shown.starts_with('-') || commands().any(|name| shown == name) {
        return Ok(());
    }
    let hint = match nearest(&shown, commands()) {
        Some(name) => format!("did you mean `hourglass {name}`? "),
        None => String::new(),
    };
    bail!(
        "there is no command, file or folder “{shown}”: {hint}`hourglass --help` lists the commands"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_command_is_no_file_to_open() {
        let check = |word: &str| check(Some(OsStr::new(word)));
        for fine in ["train", "--theme", "-h", "src", "Cargo.toml"] {
            check(fine).expect(fine);
        }
        let message = check("trian").expect_err("no command").to_string();
        assert!(
            message.contains("did you mean `hourglass train`?"),
            "{message}"
        );
        let message = check("nowhere.png").expect_err("no file").to_string();
        assert!(message.contains("no command, file or folder"), "{message}");
    }
}
