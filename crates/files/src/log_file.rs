//! A file to which lines are added: what was said is kept whatever happens next.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

/// A file that grows by lines.
#[derive(Debug)]
pub struct LogFile(File);

impl LogFile {
    /// Opens a file to add to it; the file and its folder are made where they are missing.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn at(path: &Path) -> io::Result<Self> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let file = OpenOptions::new().append(true).create(true).open(path)?;
        Ok(Self(file))
    }

    /// Adds a line. One that cannot be written is left out: what is logged goes on.
    pub fn line(&self, text: &str) {
        let mut file = &self.0;
        file.write_all(format!("{text}\n").as_bytes()).ok();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_added_to_what_is_there() {
        let home = tempfile::tempdir().expect("a temporary folder");
        let path = home.path().join("logs").join("a.log");
        for text in ["first", "second"] {
            LogFile::at(&path).expect("writable").line(text);
        }
        let text = crate::plain_file::read_text(&path, 100).expect("readable");
        assert_eq!(text, "first\nsecond\n");
        assert!(LogFile::at(home.path()).is_err(), "a folder");
    }
}
