//! The documents: how long they are, where they link to, and how they are written.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use clap::Parser;
use hourglass::cli::Cli;
use hourglass::manual::{PAGES, anchor};
use hourglass::ui::shortcuts;

/// Words that the glossary has replaced, and idioms that are no English, each with what to write.
const RETIRED: [(&str, &str); 22] = [
    ("waist", "bottleneck"),
    ("yardstick", "baseline"),
    ("landmark", "baseline"),
    ("recipe", "experiment"),
    ("rival", "comparison run"),
    ("deed", "action"),
    ("wish", "action"),
    ("kept aside", "backed up"),
    ("so many", "this many"),
    ("held against", "compared with"),
    ("hold against", "compare with"),
    ("whoever", "a sentence with a subject"),
    ("nobody", "a positive sentence"),
    ("one's own", "your own"),
    ("images of your own", "your own images"),
    ("pictures of your own", "your own images"),
    ("none where", "no … if"),
    ("none while", "no … while"),
    ("by now", "current"),
    ("dear ", "expensive"),
    ("rebuil", "reconstruct"),
    ("ending of the file", "file extension"),
];

struct Document {
    /// `docs/files.md`
    name: String,
    text: String,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn document(name: &str) -> Document {
    let text = fs::read_to_string(root().join(name)).expect("a readable document");
    Document {
        name: name.to_owned(),
        text,
    }
}

fn documents() -> Vec<Document> {
    let pages = PAGES.iter().map(|page| format!("docs/{}.md", page.topic));
    let others = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"];
    let names = others.into_iter().map(str::to_owned).chain(pages);
    names.map(|name| document(&name)).collect()
}

/// The lines outside blocks of code, with their numbers.
fn prose(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut is_code = false;
    text.lines().enumerate().filter_map(move |(idx, line)| {
        let is_fence = line.starts_with("```");
        is_code ^= is_fence;
        (!is_code && !is_fence).then_some((idx + 1, line))
    })
}

/// The targets of the links and pictures of a line.
fn targets(line: &str) -> impl Iterator<Item = &str> {
    let parts = line.split("](").skip(1);
    parts.filter_map(|rest| rest.split(')').next())
}

#[test]
fn the_first_page_and_the_map_are_short() {
    for (name, most) in [("README.md", 6_000), ("ARCHITECTURE.md", 15_000)] {
        let bytes = document(name).text.len();
        assert!(bytes <= most, "{name} has {bytes} bytes, at most {most}");
    }
}

#[test]
fn every_file_of_the_manual_is_a_page_of_the_program_and_linked_on_the_first_page() {
    let entries = fs::read_dir(root().join("docs")).expect("a readable folder");
    let files = entries.map(|entry| entry.expect("a readable entry").file_name());
    let files: BTreeSet<String> = files.map(|name| name.to_string_lossy().into()).collect();
    let pages = PAGES.iter().map(|page| format!("{}.md", page.topic));
    assert_eq!(files, pages.collect());
    let readme = document("README.md").text;
    for page in PAGES {
        let link = format!("[{}](docs/{}.md)", page.title(), page.topic);
        assert!(readme.contains(&link), "the README lacks {link}");
    }
}

#[test]
fn every_link_leads_somewhere() {
    for Document { name, text } in documents() {
        let folder = root().join(&name);
        let folder = folder.parent().expect("a folder");
        for (number, line) in prose(&text) {
            for target in targets(line) {
                if target.starts_with("https://") {
                    continue;
                }
                let (file, heading) = target.split_once('#').unwrap_or((target, ""));
                let path: PathBuf = match file {
                    "" => root().join(&name),
                    file => folder.join(file),
                };
                assert!(path.exists(), "{name}:{number} links to {target}");
                if !heading.is_empty() {
                    let page = fs::read_to_string(path).expect("a readable page");
                    let mut headings = prose(&page).filter(|(_, line)| line.starts_with('#'));
                    let is_there = headings
                        .any(|(_, line)| anchor(line.trim_start_matches(['#', ' '])) == heading);
                    assert!(is_there, "{name}:{number} links to {target}");
                }
            }
        }
    }
}

/// A line without the sign of an item; tables, headings and pictures are no sentences.
fn sentence(line: &str) -> Option<&str> {
    let line = line.trim();
    if line.is_empty() || line.starts_with(['|', '#', '!']) {
        return None;
    }
    let item = line.strip_prefix("- ").unwrap_or(line);
    let number = item.split_once(". ");
    Some(match number {
        Some((number, rest)) if number.parse::<u32>().is_ok() => rest,
        _ => item,
    })
}

/// Where a second sentence begins in a line.
fn second_sentence(line: &str) -> Option<&str> {
    let ends = line.match_indices(['.', '!', '?']).map(|(at, _)| at + 1);
    ends.map(|end| line[end..].trim_start_matches(['*', ')', '"', '”']))
        .find(|rest| {
            let mut letters = rest.chars();
            letters.next() == Some(' ') && letters.next().is_some_and(char::is_uppercase)
        })
}

#[test]
fn a_line_has_one_sentence_and_a_sentence_one_line() {
    for Document { name, text } in documents() {
        let lines: Vec<(usize, &str)> = prose(&text).collect();
        for (idx, (number, line)) in lines.iter().enumerate() {
            let Some(words) = sentence(line) else {
                continue;
            };
            let second = second_sentence(words);
            assert!(second.is_none(), "{name}:{number} goes on with{second:?}");
            let next = lines.get(idx + 1).map_or("", |(_, next)| next);
            let goes_on = sentence(next).is_some_and(|rest| rest == next.trim());
            let ends = words
                .trim_end_matches(['*', ')', '"', '”', '`'])
                .ends_with(['.', ':', '!', '?']);
            assert!(
                ends || !goes_on,
                "{name}:{number} is broken within a sentence"
            );
        }
    }
}

#[test]
fn sentences_are_told_apart() {
    assert_eq!(second_sentence("One. Two."), Some(" Two."));
    assert_eq!(second_sentence("**One.** Two."), Some(" Two."));
    assert_eq!(
        second_sentence("`a.rs`, 0.5 and Ctrl+P, et al. 2016."),
        None
    );
    assert_eq!(sentence("12. Press it"), Some("Press it"));
    assert_eq!(sentence("| a. B |"), None);
}

#[test]
fn retired_words_and_idioms_are_not_written() {
    for Document { name, text } in documents() {
        for (number, line) in prose(&text) {
            let mut words = String::new();
            for part in line.split('`').step_by(2) {
                words.push_str(part);
            }
            let words = words.to_lowercase();
            for (retired, instead) in RETIRED {
                assert!(
                    !words.contains(retired),
                    "{name}:{number} says “{retired}”: write “{instead}”"
                );
            }
        }
    }
}

/// Words of [`RETIRED`] that are also names in the code, or idioms of its comments and texts. The others have a second
/// meaning there.
const RETIRED_IN_CODE: [&str; 14] = [
    "yardstick",
    "landmark",
    "rival",
    "deed",
    "wish",
    "kept aside",
    "so many",
    "held against",
    "hold against",
    "whoever",
    "one's own",
    "none where",
    "none while",
    "waist",
];

/// A bottleneck is called so in files that have to be read for ever.
fn is_key_of_a_file(file: &Path, line: &str) -> bool {
    file.ends_with("stack/named.rs") || line.contains("\"waist") || line.contains(".waist")
}

#[test]
fn retired_words_are_not_in_the_code() {
    for folder in ["benches", "crates", "src", "tests"] {
        for file in rust_files(&root().join(folder)) {
            if file.ends_with(file!()) {
                continue;
            }
            let text = fs::read_to_string(&file).expect("a readable source");
            for (idx, line) in text.lines().enumerate() {
                let words = line.to_lowercase();
                let found = RETIRED_IN_CODE.iter().find(|word| has_word(&words, word));
                let Some(found) = found.filter(|_| !is_key_of_a_file(&file, line)) else {
                    continue;
                };
                let instead = RETIRED.iter().find(|(retired, _)| retired == found);
                let instead = instead.map_or("", |(_, instead)| instead);
                let place = format!("{}:{}", file.display(), idx + 1);
                panic!("{place} says “{found}”: write “{instead}”");
            }
        }
    }
}

/// Whether a word begins in a line: `rival` does in `the_rival`, and not in `arrival`.
fn has_word(line: &str, word: &str) -> bool {
    line.match_indices(word)
        .any(|(at, _)| !line[..at].ends_with(|before: char| before.is_alphabetic()))
}

#[test]
fn words_are_told_from_parts_of_others() {
    assert!(has_word("the_rival", "rival") && has_word("so many", "so many"));
    assert!(!has_word("arrival", "rival") && !has_word("also many", "so many"));
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a readable folder") {
        let path = entry.expect("a readable entry").path();
        if path.is_dir() {
            found.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}

#[test]
fn the_glossary_is_short_and_in_order() {
    let glossary = document("docs/glossary.md").text;
    let words: Vec<&str> = glossary
        .lines()
        .filter_map(|line| line.strip_prefix("- **")?.split_once("**"))
        .map(|(word, _)| word)
        .collect();
    assert!((20..=45).contains(&words.len()), "{} entries", words.len());
    assert!(words.is_sorted_by_key(|word| word.to_lowercase()));
}

/// The words of a command, without its comment and what a shell does with it; a quoted word may hold spaces.
fn command_words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut is_quoted = false;
    for letter in line.chars() {
        match letter {
            '"' => is_quoted = !is_quoted,
            '#' | '|' | '>' | '&' if !is_quoted => break,
            ' ' if !is_quoted => words.push(String::new()),
            _ => words.last_mut().expect("there is one").push(letter),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Options that were renamed, or never were, are found here and not by a reader.
#[test]
fn every_command_of_the_documents_is_understood() {
    let mut n_commands = 0;
    for Document { name, text } in documents() {
        for (idx, line) in text.lines().enumerate() {
            if !line.starts_with("hourglass ") || line.contains('…') {
                continue;
            }
            n_commands += 1;
            if let Err(error) = Cli::try_parse_from(command_words(line)) {
                panic!("{name}:{}: {line}\n{error}", idx + 1);
            }
        }
    }
    assert!(n_commands > 30, "only {n_commands} were found");
}

/// The table of keys in the manual is the one that the window listens to.
#[test]
fn the_manual_has_every_key() {
    let ctx = egui::Context::default();
    ctx.set_os(egui::os::OperatingSystem::Nix);
    let keys = shortcuts::ALL.iter().map(|shortcut| {
        let keys = shortcut.keys_text(&ctx);
        format!("| {keys} | {} |", shortcut.text)
    });
    let keys: Vec<String> = keys.collect();
    let panels = document("docs/panels.md").text;
    let rows = panels
        .lines()
        .skip_while(|line| *line != "## Keyboard")
        .skip_while(|line| !line.starts_with("|---"))
        .skip(1);
    let rows: Vec<&str> = rows.take_while(|line| line.starts_with('|')).collect();
    assert_eq!(rows, keys);
}
