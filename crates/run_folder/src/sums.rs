//! The list of checksums that is saved with a run's files.

use std::fmt::Write;

use sha2::{Digest, Sha256};

use super::files::RESUME_FILE;

/// Name of the list, which `sha256sum --check` reads too.
pub const CHECKSUMS_FILE: &str = "SHA256SUMS";

/// The list of checksums of these files. The file that every run has comes last: without its line, the list was cut.
pub(super) fn checksums(files: &[(&str, Option<&[u8]>)]) -> String {
    let mut list = String::new();
    let (resume, others): (Vec<_>, Vec<_>) =
        files.iter().partition(|(name, _)| *name == RESUME_FILE);
    for (name, content) in others.into_iter().chain(resume) {
        if let Some(content) = content {
            writeln!(list, "{}  {name}", checksum(content)).expect("a string takes everything");
        }
    }
    list
}

/// Name and checksum of each file in a list, as `sha256sum` writes it.
pub(super) fn parse(list: &str) -> Option<Vec<(String, String)>> {
    let line = |line: &str| {
        let (sum, name) = line.split_once("  ")?;
        let is_sum = sum.len() == 64 && sum.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_sum.then(|| (name.to_owned(), sum.to_owned()))
    };
    let sums: Option<Vec<_>> = list.lines().map(line).collect();
    sums.filter(|sums| sums.iter().any(|(name, _)| name == RESUME_FILE) && list.ends_with('\n'))
}

pub(super) fn checksum(content: &[u8]) -> String {
    let digest = Sha256::digest(content);
    digest.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a string takes everything");
        text
    })
}
