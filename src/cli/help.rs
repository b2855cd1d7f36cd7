//! `hourglass help`: the options of a command, or a page of the manual.

use std::io::{self, Write};

use anyhow::{Result, bail};
use clap::Args;

use hourglass_manual::{PAGES, Page, nearest, plain};

/// Asks for the list of pages.
const TOPICS: &str = "topics";

#[derive(Debug, Args)]
pub struct HelpArgs {
    /// A command, a page of the manual, or `topics` for the list of pages
    #[arg(value_name = "COMMAND|TOPIC")]
    about: Vec<String>,
}

/// What stands below the options of the program.
#[must_use]
pub fn topics() -> String {
    let names: Vec<&str> = PAGES.iter().map(|page| page.topic).collect();
    format!(
        "Manual (`hourglass help TOPIC` prints a page):\n  {}",
        names.join(", ")
    )
}

/// Prints what is known about a command of the program, a topic, or both where they share a name.
///
/// # Errors
/// When nothing is known about it.
pub fn run(args: &HelpArgs, mut program: clap::Command) -> Result<()> {
    let about: Vec<&str> = args.about.iter().map(String::as_str).collect();
    let mut out = io::stdout().lock();
    if about == [TOPICS] {
        for page in PAGES {
            writeln!(out, "{:<13} {}", page.topic, page.title())?;
        }
        return Ok(());
    }
    program.build(); // names the commands within it in full
    let command = command(&mut program, &about);
    let page = match about[..] {
        [topic] => Page::of(topic),
        _ => None,
    };
    if command.is_none() && page.is_none() {
        bail!(unknown(&about.join(" "), &program));
    }
    if let Some(command) = command {
        write!(out, "{}", command.render_long_help())?;
    }
    if let Some(page) = page {
        write!(out, "{}", plain(&page.blocks()))?;
    }
    Ok(())
}

/// The command of these words, one within the other; the program itself for none.
fn command<'a>(program: &'a mut clap::Command, words: &[&str]) -> Option<&'a mut clap::Command> {
    words
        .iter()
        .try_fold(program, |command, word| command.find_subcommand_mut(word))
}

fn unknown(typed: &str, program: &clap::Command) -> String {
    let commands = program.get_subcommands().map(clap::Command::get_name);
    let topics = PAGES.iter().map(|page| page.topic);
    let hint = match nearest(typed, topics.chain(commands)) {
        Some(name) => format!("did you mean `{name}`? "),
        None => String::new(),
    };
    format!("there is no help about “{typed}”: {hint}`hourglass help topics` lists the pages")
}
