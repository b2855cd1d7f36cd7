//! Cells of a table as CSV.

/// A text in quotes where it needs them (RFC 4180).
#[must_use]
pub fn cell(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}
