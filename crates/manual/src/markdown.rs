//! The Markdown that the pages are written in: headings, paragraphs, lists, tables, code, pictures; bold, code and
//! links within a line. Anything else is an error, so that no page shows its markup as text.

/// A part of a page, from top to bottom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// Level 1 is the title of the page.
    Heading(usize, String),
    Paragraph(Vec<Span>),
    /// An item of a list.
    Item(Marker, Vec<Span>),
    /// The first row is the head.
    Table(Vec<Vec<Vec<Span>>>),
    Code(String),
    /// A picture by its file and what it shows.
    Picture {
        file: String,
        shows: String,
    },
}

/// What stands before an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Marker {
    Bullet,
    Number(u32),
}

/// A stretch of text in one style.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    pub text: String,
    pub style: Style,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Style {
    Plain,
    Strong,
    Code,
    /// Leads to a page of the manual, a file of the project or an address.
    Link(String),
}

/// Reads a page.
///
/// # Errors
/// With the line that is outside the subset.
pub fn parse(text: &str) -> Result<Vec<Block>, String> {
    let mut reader = Reader::default();
    for (idx, line) in text.lines().enumerate() {
        reader
            .take(line)
            .map_err(|why| format!("line {}: {why}: {line}", idx + 1))?;
    }
    reader.end_block()?;
    if reader.code.is_some() {
        return Err("code that does not end".to_owned());
    }
    Ok(reader.blocks)
}

#[derive(Default)]
struct Reader {
    blocks: Vec<Block>,
    /// The lines of the paragraph or item in progress.
    lines: Vec<String>,
    /// Of the item in progress.
    item: Option<Marker>,
    rows: Vec<Vec<Vec<Span>>>,
    code: Option<Vec<String>>,
}

impl Reader {
    fn take(&mut self, line: &str) -> Result<(), String> {
        if let Some(mut code) = self.code.take() {
            if line == "```" {
                self.blocks.push(Block::Code(code.join("\n")));
            } else {
                code.push(line.to_owned());
                self.code = Some(code);
            }
            return Ok(());
        }
        if line.starts_with("```") {
            self.end_block()?;
            self.code = Some(Vec::new());
        } else if line.trim().is_empty() {
            self.end_block()?;
        } else if line.starts_with('#') {
            self.heading(line)?;
        } else if line.starts_with('|') {
            self.row(line)?;
        } else if let Some((marker, rest)) = item(line) {
            self.end_block()?;
            self.item = Some(marker);
            self.lines.push(rest.to_owned());
        } else if let Some(picture) = picture(line) {
            self.end_block()?;
            self.blocks.push(picture);
        } else {
            self.text(line)?;
        }
        Ok(())
    }

    fn heading(&mut self, line: &str) -> Result<(), String> {
        self.end_block()?;
        let words = line.trim_start_matches('#');
        let level = line.len() - words.len();
        if level > 3 || !words.starts_with(' ') || words.contains(['`', '*', '[']) {
            return Err("a heading has one to three signs, a space and plain words".to_owned());
        }
        let words = words.trim().to_owned();
        self.blocks.push(Block::Heading(level, words));
        Ok(())
    }

    fn text(&mut self, line: &str) -> Result<(), String> {
        if line.starts_with(['>', '<', '+', '*', '=']) && !line.starts_with("**") {
            return Err("the manual draws no such block".to_owned());
        }
        if line.starts_with(' ') != self.item.is_some() {
            return Err("only lines that go on with an item are indented".to_owned());
        }
        self.lines.push(line.trim().to_owned());
        Ok(())
    }

    fn row(&mut self, line: &str) -> Result<(), String> {
        if self.rows.is_empty() {
            self.end_block()?;
        }
        let inside = line.trim().strip_prefix('|');
        let inside = inside.and_then(|inside| inside.strip_suffix('|'));
        let inside = inside.ok_or("a row ends with a bar")?;
        if inside.chars().all(|c| "|-: ".contains(c)) {
            return Ok(()); // the line under the head
        }
        let cells: Result<Vec<_>, _> = cells(inside).iter().map(|cell| spans(cell)).collect();
        let cells = cells?;
        if self
            .rows
            .first()
            .is_some_and(|head| head.len() != cells.len())
        {
            return Err("a row has as many cells as the head".to_owned());
        }
        self.rows.push(cells);
        Ok(())
    }

    fn end_block(&mut self) -> Result<(), String> {
        if !self.rows.is_empty() {
            let rows = std::mem::take(&mut self.rows);
            self.blocks.push(Block::Table(rows));
        }
        if !self.lines.is_empty() {
            let spans = spans(&std::mem::take(&mut self.lines).join(" "))?;
            self.blocks.push(match self.item.take() {
                Some(marker) => Block::Item(marker, spans),
                None => Block::Paragraph(spans),
            });
        }
        Ok(())
    }
}

/// The marker and the text of a line that begins an item.
fn item(line: &str) -> Option<(Marker, &str)> {
    if let Some(rest) = line.strip_prefix("- ") {
        return Some((Marker::Bullet, rest));
    }
    let (number, rest) = line.split_once(". ")?;
    Some((Marker::Number(number.parse().ok()?), rest))
}

fn picture(line: &str) -> Option<Block> {
    let (shows, file) = line.strip_prefix("![")?.split_once("](")?;
    Some(Block::Picture {
        file: file.strip_suffix(')')?.to_owned(),
        shows: shows.to_owned(),
    })
}

/// The cells of a row; `\|` is a bar within one.
fn cells(inside: &str) -> Vec<String> {
    let bar = '\u{1}';
    let escaped = inside.replace("\\|", &bar.to_string());
    let cells = escaped.split('|');
    cells.map(|cell| cell.trim().replace(bar, "|")).collect()
}

/// The stretches of a line.
///
/// # Errors
/// When markup is opened and not closed, or is none of the subset.
pub fn spans(line: &str) -> Result<Vec<Span>, String> {
    let mut spans: Vec<Span> = Vec::new();
    let mut rest = line;
    while !rest.is_empty() {
        let (text, style, after) = if let Some(after) = rest.strip_prefix('`') {
            let (text, after) = after.split_once('`').ok_or("code that does not end")?;
            (text, Style::Code, after)
        } else if let Some(after) = rest.strip_prefix("**") {
            let (text, after) = after.split_once("**").ok_or("bold that does not end")?;
            (text, Style::Strong, after)
        } else if let Some((text, target, after)) = link(rest) {
            (text, Style::Link(target.to_owned()), after)
        } else {
            // Any sign that begins no markup is text itself.
            let first = rest.chars().next().map_or(0, char::len_utf8);
            let end = rest[first..].find(['`', '*', '[']);
            let (text, after) = rest.split_at(end.map_or(rest.len(), |end| first + end));
            if text.starts_with('*') {
                return Err("the manual draws no italics".to_owned());
            }
            (text, Style::Plain, after)
        };
        let text = match style {
            Style::Link(_) => text.replace('`', ""),
            _ => text.to_owned(),
        };
        match spans.last_mut() {
            Some(last) if last.style == Style::Plain && style == Style::Plain => {
                last.text.push_str(&text);
            }
            _ => spans.push(Span { text, style }),
        }
        rest = after;
    }
    Ok(spans)
}

/// The words, the target and what follows of a link that stands first.
fn link(rest: &str) -> Option<(&str, &str, &str)> {
    let (text, after) = rest.strip_prefix('[')?.split_once("](")?;
    if text.contains(['[', ']']) {
        return None; // a bracket in the text, before a link
    }
    let (target, after) = after.split_once(')')?;
    Some((text, target, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> Span {
        Span {
            text: text.to_owned(),
            style: Style::Plain,
        }
    }

    #[test]
    fn lines_of_a_paragraph_and_of_an_item_are_joined() {
        let text = "# Title\n\nOne.\nTwo.\n\n- three,\n  four\n2. five\n";
        let blocks = parse(text).expect("in the subset");
        assert_eq!(
            blocks,
            [
                Block::Heading(1, "Title".to_owned()),
                Block::Paragraph(vec![plain("One. Two.")]),
                Block::Item(Marker::Bullet, vec![plain("three, four")]),
                Block::Item(Marker::Number(2), vec![plain("five")]),
            ]
        );
    }

    #[test]
    fn markup_within_a_line_becomes_styles() {
        let found = spans("a `b*` **c** [`d`](e.md) [0, 1] |h|").expect("in the subset");
        let texts: Vec<&str> = found.iter().map(|span| span.text.as_str()).collect();
        assert_eq!(texts, ["a ", "b*", " ", "c", " ", "d", " [0, 1] |h|"]);
        assert_eq!(found[5].style, Style::Link("e.md".to_owned()));
    }

    #[test]
    fn a_table_keeps_bars_within_cells_and_code_its_lines() {
        let text = "| a | b |\n|---|---|\n| \\|h\\| | 2 |\n```\nx | y\n\nz\n```\n";
        let blocks = parse(text).expect("in the subset");
        let row = |one: &str, other: &str| vec![vec![plain(one)], vec![plain(other)]];
        assert_eq!(
            blocks,
            [
                Block::Table(vec![row("a", "b"), row("|h|", "2")]),
                Block::Code("x | y\n\nz".to_owned()),
            ]
        );
    }

    #[test]
    fn what_is_not_drawn_is_an_error_with_its_line() {
        for text in [
            "> quoted",
            "* item",
            "<b>bold</b>",
            "#### deep",
            "an *italic* word",
            "open `code",
            "- item\nnot indented",
            "| a | b |\n|---|---|\n| 1 |",
            "```\nno end",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
