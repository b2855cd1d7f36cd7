//! Words of a command line that a shell is to read.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// The program as a shell takes it: this one, unless another is named.
///
/// # Errors
/// When the system does not say where this one is, or its name is not Unicode.
pub fn program(named: Option<&Path>) -> Result<String> {
    let program = match named {
        Some(program) => program.to_owned(),
        None => this_program()?,
    };
    Ok(quoted(&unicode(&program)?))
}

/// Where this program is.
///
/// # Errors
/// When the system does not say.
pub fn this_program() -> Result<PathBuf> {
    std::env::current_exe().context("the system does not say where this program is")
}

/// A path that other machines can take: they do not start where this one did.
///
/// # Errors
/// When it is not Unicode.
pub fn absolute(path: &Path) -> Result<String> {
    unicode(&std::path::absolute(path)?)
}

fn unicode(path: &Path) -> Result<String> {
    let text = path.to_str().map(str::to_owned);
    text.with_context(|| format!("{} has no Unicode name: rename it", path.display()))
}

/// A word as a POSIX shell reads it back.
#[must_use]
pub fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./+:@%".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_reach_the_shell_as_they_are() {
        for (word, expected) in [
            ("/home/a/runs", "/home/a/runs"),
            ("/home/my runs", "'/home/my runs'"),
            ("it's $HOME", r"'it'\''s $HOME'"),
            ("", "''"),
        ] {
            assert_eq!(quoted(word), expected);
        }
    }
}
