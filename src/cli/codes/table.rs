//! Codes as text: a table for pandas, and the two files of the Embedding Projector.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use hourglass_protocol::Encodings;

use super::rows::rows;
use crate::cli::cell::cell;

/// A row for each image: split, position in it, label, class, error, units.
pub(super) fn csv(encodings: &Encodings, n_test: usize) -> String {
    let mut text = "split,index,label,class,mse_per_pixel".to_owned();
    for unit in 0..encodings.size {
        put(&mut text, format_args!(",h{unit}"));
    }
    text.push('\n');
    for row in rows(encodings, n_test) {
        let class = cell(&row.class);
        put(
            &mut text,
            format_args!(
                "{},{},{},{class},{}",
                row.split, row.index, row.label, row.error
            ),
        );
        for value in row.code {
            put(&mut text, format_args!(",{value}"));
        }
        text.push('\n');
    }
    text
}

/// The codes alone, without a header.
pub(super) fn vectors(encodings: &Encodings) -> String {
    let mut text = String::new();
    for code in encodings.codes.chunks(encodings.size.max(1)) {
        for (unit, value) in code.iter().enumerate() {
            let tab = if unit == 0 { "" } else { "\t" };
            put(&mut text, format_args!("{tab}{value}"));
        }
        text.push('\n');
    }
    text
}

/// What is known of each code, with a header.
pub(super) fn metadata(encodings: &Encodings, n_test: usize) -> String {
    let mut text = "class\tsplit\tindex\tmse_per_pixel\n".to_owned();
    for row in rows(encodings, n_test) {
        let class = row.class.replace(['\t', '\n', '\r'], " ");
        put(
            &mut text,
            format_args!("{class}\t{}\t{}\t{}\n", row.split, row.index, row.error),
        );
    }
    text
}

/// `codes-metadata.tsv` beside `codes.tsv`.
pub(super) fn metadata_beside(path: &Path) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!("{stem}-metadata.tsv"))
}

fn put(text: &mut String, what: std::fmt::Arguments<'_>) {
    text.write_fmt(what).expect("a string takes everything");
}
