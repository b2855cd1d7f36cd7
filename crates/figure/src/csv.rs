//! Tables as CSV: what is known about them in lines that begin with `#`, then a header, then rows.

use std::fmt::{Display, Write};

use super::facts::Entries;

/// A table that is being written.
#[derive(Clone, Debug)]
pub struct Csv {
    text: String,
}

impl Csv {
    /// A table with its facts and its columns. Most readers are told to pass over `#`: pandas with
    /// `comment="#"`, R with `comment.char = "#"`.
    #[must_use]
    pub fn new<S: AsRef<str>>(entries: &Entries, columns: &[S]) -> Self {
        let mut text = String::new();
        for (key, value) in entries {
            let value = value.replace(['\n', '\r'], " ");
            writeln!(text, "# {key}: {value}").expect("a string takes everything");
        }
        let mut csv = Self { text };
        csv.row(columns.iter().map(AsRef::as_ref));
        csv
    }

    /// Adds a row.
    pub fn row<T: Display>(&mut self, values: impl IntoIterator<Item = T>) {
        for (idx, value) in values.into_iter().enumerate() {
            if idx > 0 {
                self.text.push(',');
            }
            let start = self.text.len();
            write!(self.text, "{value}").expect("a string takes everything");
            if self.text[start..].contains([',', '"', '\n']) {
                let quoted = format!("\"{}\"", self.text[start..].replace('"', "\"\""));
                self.text.replace_range(start.., &quoted);
            }
        }
        self.text.push('\n');
    }

    /// The whole table.
    #[must_use]
    pub fn into_text(self) -> String {
        self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_with_commas_are_quoted_and_facts_stay_on_their_lines() {
        let entries = vec![("Title", "two\nlines".to_owned())];
        let mut csv = Csv::new(&entries, &["name", "mse (per pixel)"]);
        csv.row(["a, \"b\"", "0.5"]);
        assert_eq!(
            csv.into_text(),
            "# Title: two lines\nname,mse (per pixel)\n\"a, \"\"b\"\"\",0.5\n"
        );
    }
}
