//! A page as text for a terminal.

use super::markdown::{Block, Marker, Span};

/// Signs in a line, at most.
const WIDTH: usize = 88;
/// Between the columns of a table.
const GAP: &str = "  ";

/// Sets a page for a terminal. Pictures are left out.
#[must_use]
pub fn plain(blocks: &[Block]) -> String {
    let mut out = String::new();
    let mut was_item = false;
    let blocks = blocks
        .iter()
        .filter(|block| !matches!(block, Block::Picture { .. }));
    for block in blocks {
        let is_item = matches!(block, Block::Item(..));
        let continues_list = is_item && was_item;
        if !out.is_empty() && !continues_list {
            out.push('\n');
        }
        was_item = is_item;
        match block {
            Block::Heading(level, words) => {
                let sign = if *level == 1 { "=" } else { "-" };
                let line = sign.repeat(words.chars().count());
                out.extend([words.as_str(), "\n", line.as_str(), "\n"]);
            }
            Block::Paragraph(spans) => wrapped(&mut out, &words(spans), "", ""),
            Block::Item(marker, spans) => {
                let begin = match marker {
                    Marker::Bullet => "- ".to_owned(),
                    Marker::Number(number) => format!("{number}. "),
                };
                let indent = " ".repeat(begin.len());
                wrapped(&mut out, &words(spans), &begin, &indent);
            }
            Block::Table(rows) => table(&mut out, rows),
            Block::Code(code) => {
                for line in code.lines() {
                    out.push_str(format!("    {line}").trim_end());
                    out.push('\n');
                }
            }
            Block::Picture { .. } => {}
        }
    }
    out
}

fn words(spans: &[Span]) -> String {
    spans.iter().map(|span| span.text.as_str()).collect()
}

/// Breaks a text between words.
fn wrapped(out: &mut String, text: &str, begin: &str, indent: &str) {
    let mut line = begin.to_owned();
    let mut is_empty = true;
    for word in text.split_whitespace() {
        let length = line.chars().count() + 1 + word.chars().count();
        if !is_empty && length > WIDTH {
            out.push_str(&line);
            out.push('\n');
            indent.clone_into(&mut line);
            is_empty = true;
        }
        if !is_empty {
            line.push(' ');
        }
        line.push_str(word);
        is_empty = false;
    }
    out.push_str(&line);
    out.push('\n');
}

/// In columns where all of it fits; otherwise each row is its first cell with the others below it.
fn table(out: &mut String, rows: &[Vec<Vec<Span>>]) {
    let rows: Vec<Vec<String>> = rows
        .iter()
        .map(|row| row.iter().map(|cell| words(cell)).collect())
        .collect();
    let n_columns = rows.first().map_or(0, Vec::len);
    let widths: Vec<usize> = (0..n_columns)
        .map(|column| {
            let widths = rows.iter().map(|row| row[column].chars().count());
            widths.max().unwrap_or(0)
        })
        .collect();
    let total = widths.iter().sum::<usize>() + GAP.len() * n_columns.saturating_sub(1);
    if total > WIDTH {
        for row in rows.iter().skip(1) {
            wrapped(out, &row[0], "", "");
            for cell in row[1..].iter().filter(|cell| !cell.is_empty()) {
                wrapped(out, cell, "    ", "    ");
            }
        }
        return;
    }
    for row in &rows {
        let cells = row.iter().zip(&widths);
        let cells = cells.map(|(cell, width)| format!("{cell:<width$}"));
        let line = cells.collect::<Vec<_>>().join(GAP);
        out.push_str(line.trim_end());
        out.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::super::{PAGES, markdown};
    use super::*;

    #[test]
    fn a_page_reads_well_without_its_markup() {
        let text = "# Title\n\nSee `code` and [this](files.md).\n\n- one\n- two\n\n\
                    | a | bb |\n|---|---|\n| ccc | d |\n\n```\ncode\n```\n";
        let blocks = markdown::parse(text).expect("in the subset");
        assert_eq!(
            plain(&blocks),
            "Title\n=====\n\nSee code and this.\n\n- one\n- two\n\na    bb\nccc  d\n\n    code\n"
        );
    }

    #[test]
    fn wide_tables_become_lists_and_text_is_broken_between_words() {
        let long = "word ".repeat(30);
        let text = format!("{long}\n\n| a | b |\n|---|---|\n| one | {long} |\n");
        let set = plain(&markdown::parse(&text).expect("in the subset"));
        assert!(set.lines().all(|line| line.chars().count() <= WIDTH));
        assert!(set.contains("\none\n    word word"), "{set}");
    }

    #[test]
    fn every_page_says_something_within_the_width_of_a_terminal() {
        for page in PAGES {
            let set = plain(&page.blocks());
            assert!(set.len() > 500, "{}", page.topic);
            assert!(!set.contains("**"), "{}", page.topic);
        }
    }
}
