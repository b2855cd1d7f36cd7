//! The figures, a row each: what they are called, how they are written, which numbers they need, and what draws them.

pub(crate) mod digits;
pub(crate) mod film;
mod filters;
mod histogram;
pub(crate) mod html_page;
pub mod loss;
mod manifold;
pub(crate) mod scatter;

use std::path::Path;

use serde::{Deserialize, Serialize};

use hourglass_protocol::{
    ActivationView, DigitView, FilterBank, Gather, Manifold, Numbers, SampleIdx,
};

use film::Film;
use html_page::HtmlPage;
use loss::Loss;
use scatter::Scatter;

use crate::drawing::Figure;
use crate::error::UnknownEnding;
use crate::format::Format;
use crate::interval::Interval;
use crate::size::Size;

/// Pictures along each axis of a manifold: an odd number, so that the middle of the prior is among them.
const MANIFOLD_SIDE: usize = 21;

/// As what figures are written that are drawn once, the usual format first.
const DRAWN: &[Format] = &[Format::Png, Format::Svg, Format::Pdf, Format::Csv];

/// What is known of a figure before there are numbers.
struct Info {
    /// On the command line.
    name: &'static str,
    /// In the name of its file.
    file: &'static str,
    label: &'static str,
    /// What it shows, in a sentence.
    help: &'static str,
    formats: &'static [Format],
    size: Size,
    /// What the model has to be asked for, given the chosen images; `None` if the figure is of what is known already.
    gather: fn(&[SampleIdx]) -> Option<Gather>,
}

macro_rules! figures {
    ($($(#[$doc:meta])* $kind:ident($content:ty): $info:expr,)+) => {
        /// A figure.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum FigureKind {
            $($(#[$doc])* $kind,)+
        }

        /// What a figure shows.
        #[derive(Clone, Debug, PartialEq)]
        pub enum Content {
            $($(#[$doc])* $kind($content),)+
        }

        impl FigureKind {
            /// All of them, in the order a menu shows them.
            pub const ALL: &[Self] = &[$(Self::$kind),+];

            fn info(self) -> &'static Info {
                match self {
                    $(Self::$kind => const { &$info },)+
                }
            }
        }

        impl Content {
            #[must_use]
            pub fn kind(&self) -> FigureKind {
                match self {
                    $(Self::$kind(_) => FigureKind::$kind,)+
                }
            }

            pub(crate) fn figure(&self) -> &dyn Figure {
                match self {
                    $(Self::$kind(content) => content,)+
                }
            }
        }
    };
}

figures! {
    /// The latent scatter.
    Scatter(Scatter): Info {
        name: "scatter",
        file: "scatter",
        label: "Latent scatter",
        help: "The code of every test image as a point; as a table with every code unit and error",
        formats: DRAWN,
        size: Size::Millimetres([140.0, 120.0]),
        gather: |_| Some(Gather::Codes),
    },
    /// The curves of training.
    Loss(Loss): Info {
        name: "loss",
        file: "loss",
        label: "Loss",
        help: "Training and test curves; as a table with every term",
        formats: DRAWN,
        size: Size::Millimetres([140.0, 90.0]),
        gather: |_| None,
    },
    /// Digits on their way through the network.
    Digits(DigitView): Info {
        name: "digits",
        file: "digits",
        label: "Images",
        help: "Some of the test images: original, input, reconstruction, difference, error",
        formats: DRAWN,
        size: Size::Millimetres([160.0, 68.0]),
        gather: |samples| Some(Gather::Digits(samples.to_vec())),
    },
    /// What the decoder draws over a plane of codes.
    Manifold(Manifold): Info {
        name: "manifold",
        file: "manifold",
        label: "Manifold",
        help: "What the decoder draws over a grid of codes",
        formats: DRAWN,
        size: Size::Millimetres([130.0, 136.0]),
        gather: |_| Some(Gather::Manifold(MANIFOLD_SIDE)),
    },
    /// Weights as tiles.
    Filters(Vec<FilterBank>): Info {
        name: "filters",
        file: "filters",
        label: "Filters",
        help: "Weights as tiles: what units look for and draw, and convolution kernels",
        formats: DRAWN,
        size: Size::Millimetres([160.0, 98.0]),
        gather: |_| Some(Gather::Filters),
    },
    /// Histograms of activations.
    Histogram(Vec<ActivationView>): Info {
        name: "histogram",
        file: "histogram",
        label: "Histograms",
        help: "Histograms of the activations of every layer over the test images",
        formats: DRAWN,
        size: Size::Millimetres([140.0, 90.0]),
        gather: |_| Some(Gather::Activations),
    },
    /// The latent scatter over a run.
    Film(Film): Info {
        name: "gif",
        file: "latent-space",
        label: "Animation",
        help: "The latent scatter over the run as an animated GIF; frames are recorded during training",
        formats: &[Format::Gif],
        size: Size::Pixels([560.0, 480.0]),
        gather: |_| None,
    },
    /// A page for a browser.
    Page(HtmlPage): Info {
        name: "page",
        file: "page",
        label: "Page",
        help: "A page for any browser, without network: the latent scatter, the decoder to play with, images, curves, experiment and numbers",
        formats: &[Format::Html],
        size: Size::Millimetres([140.0, 120.0]),
        gather: |samples| Some(Gather::Page(samples.to_vec())),
    },
}

/// What a figure shows, once that was gathered.
pub(crate) fn content(
    numbers: Numbers,
    hidden: &[u8],
    samples: &[SampleIdx],
    part: Option<[Interval; 2]>,
) -> Content {
    match numbers {
        Numbers::Codes(table) => Content::Scatter(Scatter {
            table,
            hidden: hidden.to_vec(),
            selected: samples.to_vec(),
            part,
        }),
        Numbers::Digits(view) => Content::Digits(view),
        Numbers::Manifold(manifold) => Content::Manifold(manifold),
        Numbers::Filters(banks) => Content::Filters(banks),
        Numbers::Activations(layers) => Content::Histogram(layers),
        Numbers::Page(numbers) => Content::Page(HtmlPage {
            numbers,
            hidden: hidden.to_vec(),
            loss: None,
        }),
    }
}

#[expect(
    clippy::derivable_impls,
    reason = "a row has no room for the attribute"
)]
impl Default for FigureKind {
    fn default() -> Self {
        Self::Scatter
    }
}

impl FigureKind {
    /// Its name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.info().name
    }

    /// Its name in those of its files.
    #[must_use]
    pub fn file_name(self) -> &'static str {
        self.info().file
    }

    /// Its name for people.
    #[must_use]
    pub fn label(self) -> &'static str {
        self.info().label
    }

    /// What it shows, in a sentence.
    #[must_use]
    pub fn help(self) -> &'static str {
        self.info().help
    }

    /// As what it can be written, the usual format first.
    #[must_use]
    pub fn formats(self) -> &'static [Format] {
        self.info().formats
    }

    #[must_use]
    pub fn default_size(self) -> Size {
        self.info().size
    }

    /// What the model has to be asked for; `None` if the figure is of what is known already.
    pub(crate) fn gather(self, samples: &[SampleIdx]) -> Option<Gather> {
        (self.info().gather)(samples)
    }
}

impl Format {
    /// What a file is to hold, by its ending.
    ///
    /// # Errors
    /// When the figure has no format with that ending.
    pub fn of(path: &Path, kind: FigureKind) -> Result<Self, UnknownEnding> {
        Self::among(path, kind.formats(), &kind.label().to_lowercase())
    }

    /// The one of these formats that a file's ending stands for.
    ///
    /// # Errors
    /// When none of them has that ending.
    pub(crate) fn among(
        path: &Path,
        formats: &[Self],
        figure: &str,
    ) -> Result<Self, UnknownEnding> {
        let ending = path
            .extension()
            .map(|ending| ending.to_string_lossy().to_lowercase());
        let mut all = formats.iter().copied();
        let found = all.find(|format| ending.as_deref() == Some(format.ending()));
        found.ok_or_else(|| {
            let endings: Vec<String> = formats
                .iter()
                .map(|format| format!(".{}", format.ending()))
                .collect();
            UnknownEnding {
                file: path.display().to_string(),
                figure: figure.to_owned(),
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
        let error = of("b.txt", FigureKind::Scatter).expect_err("no text");
        assert_eq!(
            error.to_string(),
            "b.txt has no extension of a format for the latent scatter: use .png, .svg, .pdf or .csv"
        );
        assert!(of("b.gif", FigureKind::Loss).is_err());
        assert!(of("b.png", FigureKind::Film).is_err());
        assert!(of("png", FigureKind::Loss).is_err());
    }
}
