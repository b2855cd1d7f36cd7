//! What a figure can be written as.

use serde::{Deserialize, Serialize};

/// What a figure is written as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// A picture of pixels.
    #[default]
    Png,
    /// A picture of lines, marks and text.
    Svg,
    /// The same as a page of a document.
    Pdf,
    /// A table.
    Csv,
    /// Pictures one after another.
    Gif,
    /// A page for a browser.
    Html,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Png,
        Self::Svg,
        Self::Pdf,
        Self::Csv,
        Self::Gif,
        Self::Html,
    ];

    /// The ending of its files.
    #[must_use]
    pub fn ending(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Svg => "svg",
            Self::Pdf => "pdf",
            Self::Csv => "csv",
            Self::Gif => "gif",
            Self::Html => "html",
        }
    }

    /// The same for people.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Png => "PNG",
            Self::Svg => "SVG",
            Self::Pdf => "PDF",
            Self::Csv => "CSV",
            Self::Gif => "GIF",
            Self::Html => "HTML",
        }
    }

    /// Whether it is drawn at a size and in a theme that a person chooses: a table has neither, and a page takes on the
    /// browser's.
    #[must_use]
    pub fn is_drawn(self) -> bool {
        !matches!(self, Self::Csv | Self::Html)
    }

    /// Whether it is a picture of pixels, which has a scale.
    #[must_use]
    pub fn has_pixels(self) -> bool {
        matches!(self, Self::Png | Self::Gif)
    }
}
