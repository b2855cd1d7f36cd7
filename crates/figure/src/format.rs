//! What a figure can be written as.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::FigureKind;
use super::error::UnknownEnding;

/// What a figure is written as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// A picture of pixels.
    #[default]
    Png,
    /// A picture of lines, marks and text.
    Svg,
    /// A table.
    Csv,
    /// Pictures one after another.
    Gif,
}

impl Format {
    /// The ending of its files.
    #[must_use]
    pub fn ending(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Svg => "svg",
            Self::Csv => "csv",
            Self::Gif => "gif",
        }
    }

    /// The same for people.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Png => "PNG",
            Self::Svg => "SVG",
            Self::Csv => "CSV",
            Self::Gif => "GIF",
        }
    }

    /// Whether it is a picture of pixels, which has a scale.
    #[must_use]
    pub fn has_pixels(self) -> bool {
        matches!(self, Self::Png | Self::Gif)
    }

    /// What a file is to hold, by its ending.
    ///
    /// # Errors
    /// When the figure has no format with that ending.
    pub fn of(path: &Path, kind: FigureKind) -> Result<Self, UnknownEnding> {
        let ending = path
            .extension()
            .map(|ending| ending.to_string_lossy().to_lowercase());
        let mut formats = kind.formats().iter().copied();
        let found = formats.find(|format| ending.as_deref() == Some(format.ending()));
        found.ok_or_else(|| {
            let endings: Vec<String> = kind
                .formats()
                .iter()
                .map(|format| format!(".{}", format.ending()))
                .collect();
            UnknownEnding {
                file: path.display().to_string(),
                figure: kind.label().to_lowercase(),
                endings: endings.join(", ").replace(", .csv", " or .csv"),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ending_says_what_to_write() {
        let of = |name: &str, kind| Format::of(Path::new(name), kind);
        assert_eq!(of("a/b.PNG", FigureKind::Loss), Ok(Format::Png));
        assert_eq!(of("b.gif", FigureKind::Film), Ok(Format::Gif));
        let error = of("b.pdf", FigureKind::Scatter).expect_err("no PDF");
        assert_eq!(
            error.to_string(),
            "b.pdf has no extension of a format for the latent scatter: use .png, .svg or .csv"
        );
        assert!(of("b.gif", FigureKind::Loss).is_err());
        assert!(of("b.png", FigureKind::Film).is_err());
        assert!(of("png", FigureKind::Loss).is_err());
    }
}
