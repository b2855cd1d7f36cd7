//! Which figures there are, and as what each can be written.

use super::error::UnknownEnding;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::Size;

/// A figure.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum FigureKind {
    /// The latent scatter.
    #[default]
    Scatter,
    /// The curves of training.
    Loss,
    /// Digits on their way through the network.
    Digits,
    /// What the decoder draws over a plane of codes.
    Manifold,
    /// Weights as tiles.
    Filters,
    /// Histograms of activations.
    Histogram,
    /// The latent scatter over a run.
    Film,
}

impl FigureKind {
    /// All of them, in the order a menu shows them.
    pub const ALL: [Self; 7] = [
        Self::Scatter,
        Self::Loss,
        Self::Digits,
        Self::Manifold,
        Self::Filters,
        Self::Histogram,
        Self::Film,
    ];

    /// Its name on the command line and in file names.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Scatter => "scatter",
            Self::Loss => "loss",
            Self::Digits => "digits",
            Self::Manifold => "manifold",
            Self::Filters => "filters",
            Self::Histogram => "histogram",
            Self::Film => "gif",
        }
    }

    /// Its name for people.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Scatter => "Latent scatter",
            Self::Loss => "Loss",
            Self::Digits => "Digits",
            Self::Manifold => "Manifold",
            Self::Filters => "Filters",
            Self::Histogram => "Histograms",
            Self::Film => "Animation",
        }
    }

    /// What it shows, in a sentence.
    #[must_use]
    pub fn help(self) -> &'static str {
        match self {
            Self::Scatter => {
                "The code of every test image as a point; as a table with every code unit and error"
            }
            Self::Loss => "Training and test curves; as a table with every term",
            Self::Digits => {
                "The test images of the Digits panel: original, input, reconstruction, difference, error"
            }
            Self::Manifold => "What the decoder draws over a grid of codes",
            Self::Filters => {
                "Weights as tiles: what units look for and draw, and convolution kernels"
            }
            Self::Histogram => "Histograms of the activations of every layer over the test images",
            Self::Film => {
                "The latent scatter over the run as an animated GIF; frames are recorded during training"
            }
        }
    }

    /// As what it can be written, the usual format first.
    #[must_use]
    pub fn formats(self) -> &'static [Format] {
        match self {
            Self::Film => &[Format::Gif],
            _ => &[Format::Png, Format::Svg, Format::Csv],
        }
    }

    /// The default size.
    #[must_use]
    pub fn default_size(self) -> Size {
        match self {
            Self::Scatter => Size::Millimetres([140.0, 120.0]),
            Self::Loss | Self::Histogram => Size::Millimetres([140.0, 90.0]),
            Self::Digits => Size::Millimetres([160.0, 68.0]),
            Self::Manifold => Size::Millimetres([130.0, 136.0]),
            Self::Filters => Size::Millimetres([160.0, 98.0]),
            Self::Film => Size::Pixels([560.0, 480.0]),
        }
    }
}

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
