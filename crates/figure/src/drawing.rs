//! What every figure can do.

use super::facts::{Entries, Facts};
use super::look::Look;
use super::page::Page;

/// What draws a figure, from numbers alone.
pub(crate) trait Figure {
    /// Its title, unless the person gives it another.
    fn title(&self) -> String;

    /// The picture; of a film the last frame.
    fn page(&self, facts: &Facts, look: &Look, title: &str) -> Page;

    /// The same as a table; empty if it has no such format.
    fn table(&self, facts: &Facts, entries: &Entries) -> String;
}
