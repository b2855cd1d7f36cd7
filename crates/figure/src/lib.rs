//! Figures: data in, pictures and tables out.
//!
//! A [`Content`] holds plain numbers, a [`Look`] says how large and in which theme they are drawn, [`Facts`] say where
//! they are from. From these comes one [`Page`] of marks, texts and pictures at their places, which is
//! written as SVG; PNG, GIF and PDF are that SVG, drawn with the fonts that are compiled in. A page for browsers (`html`)
//! is put together from the same numbers. The window and the command line export the same way. What window and figures
//! share lies here too: the palette, the ticks, how numbers read.
//!
//! A [`FigureRequest`] says what to draw. `Command::Gather` has the worker gather
//! the numbers, which changes nothing in the run.

mod csv;
mod decimals;
mod drawing;
mod error;
mod escape;
mod facts;
mod figures;
mod file_name;
pub mod font;
mod format;
mod gif;
mod html;
mod interval;
mod look;
pub mod marks;
pub mod page;
pub mod palette;
mod pdf;
mod plot;
mod png;
pub mod reference;
mod request;
mod size;
mod svg;
pub mod sweep;
pub mod system_fonts;
pub mod ticks;
mod type_sizes;

use std::ops::ControlFlow;

pub use error::{FigureError, UnknownEnding};
pub use facts::{Entries, Facts};
pub use figures::film::Film;
pub use figures::html_page::HtmlPage;
pub use figures::loss::{self, Curve, Loss, OtherRun, Split};
pub use figures::scatter::Scatter;
pub use figures::{Content, FigureKind};
pub use format::Format;
pub use hourglass_experiment::{Group, number};
pub use interval::Interval;
pub use look::{Look, SCALES};
pub use png::Drawn;
pub use request::FigureRequest;
pub use size::{InvalidSize, PIXELS_PER_INCH, Size};
pub use type_sizes::{TYPE_POINTS, TypeSizes, USUAL_TYPE};

use page::Page;

impl Content {
    /// Its own title.
    #[must_use]
    pub fn title(&self) -> String {
        self.figure().title()
    }

    /// The picture; of a film the last frame.
    #[must_use]
    pub fn page(&self, facts: &Facts, look: &Look) -> Page {
        self.figure().page(facts, look, &self.title_in(look))
    }

    /// The picture in pixels.
    ///
    /// # Errors
    /// When they would be too many.
    pub fn picture(&self, facts: &Facts, look: &Look) -> Result<Drawn, FigureError> {
        let page = self.page(facts, look);
        let svg = svg::write(&page, look.size, &Entries::new())?;
        png::draw(&svg, &page, look.scale)
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
            (Format::Html, Self::Page(page)) => html::write(page, facts, &title),
            (Format::Csv, _) => Ok(self.figure().table(facts, &entries).into_bytes()),
            (Format::Svg | Format::Pdf | Format::Png | Format::Gif | Format::Html, _) => {
                written(format, &self.page(facts, look), look, &entries)
            }
        }
    }

    /// A page with the curves of its run, where it has recorded any; every other figure as it is.
    #[must_use]
    pub fn with_curves(mut self, loss: Option<Loss>) -> Self {
        if let Self::Page(page) = &mut self {
            page.loss = loss;
        }
        self
    }

    fn title_in(&self, look: &Look) -> String {
        let own = look.title.as_ref().filter(|title| !title.trim().is_empty());
        own.cloned().unwrap_or_else(|| self.title())
    }
}

/// A page as the file of a picture.
fn written(
    format: Format,
    page: &Page,
    look: &Look,
    entries: &Entries,
) -> Result<Vec<u8>, FigureError> {
    let svg = svg::write(page, look.size, entries)?;
    match format {
        Format::Pdf => pdf::write(&svg, page, entries),
        Format::Png | Format::Gif => {
            png::file(&png::draw(&svg, page, look.scale)?, look.scale, entries)
        }
        Format::Svg | Format::Csv | Format::Html => Ok(svg.into_bytes()),
    }
}
