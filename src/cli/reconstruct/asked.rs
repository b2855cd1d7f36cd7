//! What was asked for, and what became of it.

use std::path::PathBuf;
use std::sync::Arc;

use hourglass_protocol::{ImageNote, Prepared};

/// A picture that was asked for, or one digit of it.
pub struct Asked {
    /// As it was named.
    pub path: PathBuf,
    /// Which digit of it, counted from 1, where each is taken and there are several.
    pub number: Option<usize>,
    /// The digit it became, or what was wrong with it. No more is kept, so that a folder may have any number of
    /// pictures.
    pub digit: Result<Digit, String>,
}

/// A picture as the model sees it.
pub struct Digit {
    pub pixels: Arc<[u8]>,
    /// What was decided and noticed on the way.
    pub note: String,
    /// What there is to know of the picture itself.
    pub notes: Vec<ImageNote>,
}

impl Digit {
    pub fn of(prepared: Prepared, said: Option<String>) -> Self {
        let notes = notes(&prepared);
        let said = said.into_iter().chain((!notes.is_empty()).then_some(notes));
        Self {
            note: said.collect::<Vec<String>>().join("; "),
            pixels: prepared.pixels,
            notes: prepared.notes,
        }
    }
}

/// What was decided and noticed.
pub(super) fn notes(prepared: &Prepared) -> String {
    let mut notes: Vec<String> = prepared.notes.iter().map(ImageNote::to_string).collect();
    if prepared.decisions.invert {
        notes.push("inverted".to_owned());
    }
    notes.join("; ")
}
