//! The manual: the pages under `docs/`, compiled in, the same for the window and for `hourglass help`.

pub mod markdown;
mod plain;

use markdown::Block;
pub use plain::plain;

/// Two names are offered for one another from this Jaro–Winkler similarity on.
const SIMILAR: f64 = 0.7;

/// A page of the manual.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// Its name in `docs/` and for `hourglass help`.
    pub topic: &'static str,
    /// Its Markdown.
    pub text: &'static str,
}

macro_rules! pages {
    ($($topic:literal),* $(,)?) => {
        [$(Page {
            topic: $topic,
            text: include_str!(concat!("../../../docs/", $topic, ".md")),
        }),*]
    };
}

/// Every page, in the order in which the window and the command line list them.
pub const PAGES: [Page; 12] = pages![
    "panels",
    "command-line",
    "sweeps",
    "files",
    "figures",
    "presets",
    "objective",
    "data-sets",
    "own-images",
    "performance",
    "trouble",
    "glossary",
];

impl Page {
    /// Its first heading.
    #[must_use]
    pub fn title(&self) -> &'static str {
        let first = self.text.lines().next().unwrap_or_default();
        first.trim_start_matches(['#', ' '])
    }

    /// What it says, to be drawn or printed.
    ///
    /// # Panics
    /// Never: a test reads every page.
    #[must_use]
    pub fn blocks(&self) -> Vec<Block> {
        markdown::parse(self.text).expect("a test reads every page")
    }

    #[must_use]
    pub fn of(topic: &str) -> Option<&'static Self> {
        PAGES.iter().find(|page| page.topic == topic)
    }

    /// The page that a link within the manual leads to, such as `files.md#pytorch`.
    #[must_use]
    pub fn linked(target: &str) -> Option<&'static Self> {
        let file = target.split('#').next()?;
        Self::of(file.strip_suffix(".md")?)
    }
}

/// What a heading is called in links: `#running-on-a-server`.
#[must_use]
pub fn anchor(heading: &str) -> String {
    let letters = heading.chars().flat_map(char::to_lowercase);
    let kept =
        letters.filter(|letter| letter.is_alphanumeric() || [' ', '-', '_'].contains(letter));
    kept.collect::<String>().replace(' ', "-")
}

/// The name among several that is most like a mistyped one.
#[must_use]
pub fn nearest<'a>(typed: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let similarity = |name: &'a str| (strsim::jaro_winkler(typed, name), name);
    let best = names.into_iter().map(similarity);
    let best = best.max_by(|one, other| one.0.total_cmp(&other.0))?;
    (best.0 >= SIMILAR).then_some(best.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistyped_topic_finds_its_page() {
        let topics = || PAGES.iter().map(|page| page.topic);
        assert_eq!(nearest("figurs", topics()), Some("figures"));
        assert_eq!(nearest("commandline", topics()), Some("command-line"));
        assert_eq!(nearest("zzz", topics()), None);
    }

    #[test]
    fn every_page_has_a_title_and_is_written_in_the_subset_that_is_drawn() {
        for page in PAGES {
            assert!(page.text.starts_with("# "), "{}", page.topic);
            if let Err(error) = markdown::parse(page.text) {
                panic!("docs/{}.md, {error}", page.topic);
            }
        }
    }
}
