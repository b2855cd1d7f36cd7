//! Figures: data in, pictures and tables out.
//!
//! A [`Content`] holds plain numbers, a [`Look`] says how large and in which theme they are drawn, [`Facts`] say where
//! they are from. From these comes one [`Page`] of marks, texts and pictures at their places, which is
//! written as SVG; PNG and GIF are that SVG, drawn with the fonts that are compiled in. The window and the command
//! line export the same way. What window and figures share lies here too: the palette, the ticks, how numbers read.
//!
//! An `Order` says what to draw. `Command::Gather` has the worker gather
//! the numbers, which changes nothing in the run.

mod csv;
mod decimals;
mod digits;
mod error;
mod facts;
mod film;
mod filters;
pub mod font;
mod gif;

mod histogram;
mod interval;
mod kind;
mod look;
pub mod loss;
mod manifold;
pub mod marks;
pub mod number;
pub mod page;
pub mod palette;
mod plot;
mod png;
pub mod reference;
mod request;
mod scatter;
mod size;
mod svg;
pub mod system_fonts;
pub mod ticks;

use std::ops::ControlFlow;

use hourglass_protocol::{ActivationView, DigitView, FilterBank, Manifold};

pub use error::{FigureError, UnknownEnding};
pub use facts::{Entries, Facts};
pub use film::Film;
pub use hourglass_experiment::Group;
pub use interval::Interval;
pub use kind::{FigureKind, Format};
pub use look::{Look, SCALES};
pub use loss::{Curve, Loss, Split};
pub use request::FigureRequest;
pub use scatter::Scatter;
pub use size::{InvalidSize, Size};

use page::Page;

/// What a figure shows.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// The latent scatter.
    Scatter(Scatter),
    /// The curves of training.
    Loss(Loss),
    /// Digits on their way through the network.
    Digits(DigitView),
    /// What the decoder draws over a plane of codes.
    Manifold(Manifold),
    /// Weights as tiles.
    Filters(Vec<FilterBank>),
    Histogram(Vec<ActivationView>),
    /// The latent scatter over a run.
    Film(Film),
}

impl Content {
    #[must_use]
    pub fn kind(&self) -> FigureKind {
        match self {
            Self::Scatter(_) => FigureKind::Scatter,
            Self::Loss(_) => FigureKind::Loss,
            Self::Digits(_) => FigureKind::Digits,
            Self::Manifold(_) => FigureKind::Manifold,
            Self::Filters(_) => FigureKind::Filters,
            Self::Histogram(_) => FigureKind::Histogram,
            Self::Film(_) => FigureKind::Film,
        }
    }

    /// Its own title.
    #[must_use]
    pub fn title(&self) -> String {
        match self {
            Self::Scatter(scatter) => scatter::title(scatter),
            Self::Loss(_) => "Training and test error".to_owned(),
            Self::Digits(digits) => digits::title(digits),
            Self::Manifold(_) => "What the decoder draws across the latent plane".to_owned(),
            Self::Filters(_) => "Weights of encoder and decoder".to_owned(),
            Self::Histogram(_) => "Activations over the test images".to_owned(),
            Self::Film(_) => "Latent space during training".to_owned(),
        }
    }

    /// The picture; of a film the last frame.
    #[must_use]
    pub fn page(&self, facts: &Facts, look: &Look) -> Page {
        let title = self.title_in(look);
        match self {
            Self::Scatter(scatter) => scatter::page(scatter, facts, look, &title),
            Self::Loss(loss) => loss::page(loss, facts, look, &title),
            Self::Digits(digits) => digits::page(digits, facts, look, &title),
            Self::Manifold(manifold) => manifold::page(manifold, facts, look, &title),
            Self::Filters(banks) => filters::page(banks, facts, look, &title),
            Self::Histogram(layers) => histogram::page(layers, facts, look, &title),
            Self::Film(film) => match film.frames.len().checked_sub(1) {
                Some(last) => film::Screening::new(film, facts).page(last, facts, look, &title),
                None => plot::begin(look, &title, facts).0,
            },
        }
    }

    /// The file of the figure. `progress` hears the share that is done, and may end it.
    ///
    /// # Errors
    /// When it was ended, is too large, or the figure has no such format.
    pub fn file(
        &self,
        format: Format,
        facts: &Facts,
        look: &Look,
        progress: &mut dyn FnMut(f32) -> ControlFlow<()>,
    ) -> Result<Vec<u8>, FigureError> {
        let title = self.title_in(look);
        let entries = facts.entries(&title);
        match (format, self) {
            (Format::Gif, Self::Film(film)) => {
                gif::write(film, facts, look, &title, &entries, progress)
            }
            (Format::Csv, _) => Ok(self.table(facts, &entries).into_bytes()),
            (Format::Svg | Format::Png | Format::Gif, _) => {
                let page = self.page(facts, look);
                let svg = svg::write(&page, look.size, &entries)?;
                if format == Format::Svg {
                    return Ok(svg.into_bytes());
                }
                png::file(&png::draw(&svg, &page, look.scale)?, look.scale, &entries)
            }
        }
    }

    fn table(&self, facts: &Facts, entries: &Entries) -> String {
        match self {
            Self::Scatter(scatter) => scatter::table(scatter, entries),
            Self::Loss(loss) => loss::table(loss, &facts.experiment, entries),
            Self::Digits(digits) => digits::table(digits, facts, entries),
            Self::Manifold(manifold) => manifold::table(manifold, entries),
            Self::Filters(banks) => filters::table(banks, entries),
            Self::Histogram(layers) => histogram::table(layers, entries),
            Self::Film(_) => String::new(), // has no such format
        }
    }

    fn title_in(&self, look: &Look) -> String {
        let own = look.title.as_ref().filter(|title| !title.trim().is_empty());
        own.cloned().unwrap_or_else(|| self.title())
    }
}
