//! One run of a sweep.

use std::fmt::{self, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use hourglass_experiment::Experiment;

use crate::folder::{LOGS_FOLDER, RUNS_FOLDER};

/// Most bytes of a folder's name, so that a path stays short enough for every system.
const MAX_NAME: usize = 100;

/// One run of a sweep.
#[derive(Clone, Debug, PartialEq)]
pub struct Task {
    /// From 1; it changes when the sweep is extended.
    pub number: usize,
    /// What the settings that vary are set to: key and value, as `--set` takes them.
    pub settings: Vec<(String, String)>,
    /// All of it, with the seed.
    pub experiment: Experiment,
}

impl Task {
    /// Its folder's name: its settings and its seed, which it keeps when the sweep is extended.
    #[must_use]
    pub fn name(&self) -> String {
        let mut name = String::new();
        for (key, value) in &self.settings {
            write!(name, "{key}-{value}_").expect("a string takes everything");
        }
        write!(name, "seed-{}", self.experiment.seed).expect("a string takes everything");
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        let plain: String = name
            .chars()
            .map(|c| if is_plain(c) { c } else { '-' })
            .collect();
        if plain.len() <= MAX_NAME && plain == name {
            return plain;
        }
        // What was replaced or cut off told it from others.
        let digest = Sha256::digest(name.as_bytes());
        let digits = format!(
            "{:08x}",
            digest
                .iter()
                .take(4)
                .fold(0_u32, |all, &byte| all << 8 | u32::from(byte))
        );
        let kept: String = plain.chars().take(MAX_NAME - digits.len() - 1).collect();
        format!("{kept}-{digits}")
    }

    /// Where its run is, or will be.
    #[must_use]
    pub fn folder(&self, sweep: &Path) -> PathBuf {
        sweep.join(RUNS_FOLDER).join(self.name())
    }

    /// Where what is said of it goes, with this ending.
    pub(crate) fn log(&self, sweep: &Path, ending: &str) -> PathBuf {
        let name = format!("{}.{ending}", self.name());
        sweep.join(LOGS_FOLDER).join(name)
    }
}

impl fmt::Display for Task {
    /// "code=8, l1=1e-4, seed=2"
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (key, value) in &self.settings {
            write!(f, "{key}={value}, ")?;
        }
        write!(f, "seed={}", self.experiment.seed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(settings: &[(&str, &str)]) -> Task {
        let own = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
        Task {
            number: 1,
            settings: settings.iter().map(own).collect(),
            experiment: Experiment::default(),
        }
    }

    #[test]
    fn folders_are_named_after_settings_and_differ_where_the_settings_do() {
        let seed = Experiment::default().seed;
        let plain = task(&[("code", "8"), ("l1", "1e-4")]);
        assert_eq!(plain.name(), format!("code-8_l1-1e-4_seed-{seed}"));
        assert_eq!(plain.to_string(), format!("code=8, l1=1e-4, seed={seed}"));
        let names = ["[256,128]", "[256.128]", "[256-128]"];
        let mut names: Vec<String> = names
            .iter()
            .map(|value| task(&[("hidden", value)]).name())
            .collect();
        let long = "9".repeat(300);
        names.push(task(&[("hidden", &long)]).name());
        names.push(task(&[("hidden", &format!("{long}1"))]).name());
        for (idx, name) in names.iter().enumerate() {
            assert!(name.len() <= MAX_NAME, "{name}");
            assert!(!names[..idx].contains(name), "{name}");
            assert!(!name.contains(['[', ',', '/']), "{name}");
        }
    }
}
