//! Digits on their way through the network: original, corrupted, reconstructed, difference, and the error of each.

use hourglass_protocol::DigitView;

use crate::csv::Csv;
use crate::drawing::Figure;
use crate::facts::Entries;
use crate::font::{self, Weight};
use crate::page::{Anchor, Page, Rect, Stroke};
use crate::palette::{Rgb, difference, diverging, image_pixel};
use crate::plot;
use crate::{Facts, Look, TypeSizes, number};

/// Room for the names of the rows, in pixels; this and the rooms below are for type of the usual size.
const NAMES: f32 = 66.0;

/// Distance of neighbouring pictures, in pixels.
const GAP: f32 = 3.0;

/// Room above and under the pictures of a band: the class, the error.
const ABOVE: f32 = 13.0;
const UNDER: f32 = 16.0;

/// Room under all bands for the legend of the differences.
const LEGEND: f32 = 22.0;

/// A row of pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Row {
    Original,
    Corrupted,
    Rebuilt,
    Difference,
}

impl Row {
    /// The rows of an experiment, from top to bottom.
    fn all(is_altered: bool) -> &'static [Self] {
        if is_altered {
            &[
                Self::Original,
                Self::Corrupted,
                Self::Rebuilt,
                Self::Difference,
            ]
        } else {
            &[Self::Original, Self::Rebuilt, Self::Difference]
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Original => "original",
            Self::Corrupted => "input",
            Self::Rebuilt => "reconstructed",
            Self::Difference => "difference",
        }
    }

    /// Pixels of one picture.
    fn pixels(self, view: &DigitView, idx: usize, dark: bool) -> Vec<Rgb> {
        let shape = view.shape;
        let of = |values| shape.of::<f32>(values, idx).unwrap_or_default();
        let pixels = |values| -> Vec<Rgb> {
            let pixels = 0..shape.n_pixels();
            pixels
                .map(|pixel| image_pixel(dark, shape, of(values), pixel))
                .collect()
        };
        match self {
            Self::Original => pixels(&view.originals),
            Self::Corrupted => pixels(&view.corrupted),
            Self::Rebuilt => pixels(&view.reconstructions),
            Self::Difference => {
                let images = [of(&view.reconstructions), of(&view.originals)];
                let pixels = 0..shape.n_pixels();
                pixels
                    .map(|pixel| difference(dark, shape, images, pixel))
                    .collect()
            }
        }
    }
}

/// A name, cut where there is no room for all of it.
fn shortened(name: String, room: f32, t: TypeSizes) -> String {
    let width = |text: &str| font::width(text, t.label, Weight::Regular);
    if width(&name) <= room {
        return name;
    }
    let mut short = name;
    while short.pop().is_some() && width(&format!("{short}…")) > room {}
    format!("{short}…")
}

impl Figure for DigitView {
    fn title(&self) -> String {
        let n = number::count_of(self.samples.len());
        format!("{n} test images and their reconstructions")
    }

    fn page(&self, facts: &Facts, look: &Look, title: &str) -> Page {
        let (mut page, room) = plot::begin(look, title, &facts.line());
        let (paper, t) = (look.paper(), look.type_sizes());
        let rows = Row::all(facts.experiment.alters_input());
        let n = self.samples.len().max(1);
        let pictures = room.within([t.room(NAMES), 0.0, 0.0, t.room(LEGEND)]);
        let (above, under) = (t.room(ABOVE), t.room(UNDER));
        let (n_columns, side) = fitted(n, rows.len(), pictures, above + under);
        let edge = Stroke::new(paper.border, 0.6);
        let band_height = above + rows.len() as f32 * (side + GAP) + under;
        let mut bottom = pictures.top;
        for (band, columns) in (0..n).collect::<Vec<_>>().chunks(n_columns).enumerate() {
            let top = pictures.top + band as f32 * band_height;
            let at = |row: usize, column: usize| {
                let [row, column] = [row as f32, column as f32];
                Rect {
                    left: pictures.left + column * (side + GAP),
                    top: top + above + row * (side + GAP),
                    width: side,
                    height: side,
                }
            };
            page.text(
                [room.left, top + t.room(9.0)],
                "class",
                t.small,
                paper.text_dim,
            );
            for (row, kind) in rows.iter().enumerate() {
                let middle = at(row, 0).center()[1] + t.label * 0.36;
                page.text([room.left, middle], kind.name(), t.label, paper.text);
                for (column, &idx) in columns.iter().enumerate() {
                    let pixels = kind.pixels(self, idx, look.dark);
                    let picture = at(row, column).holding(self.shape);
                    page.image(picture, self.shape.width, pixels, &edge);
                }
            }
            bottom = at(rows.len() - 1, 0).bottom() + under;
            let base = bottom - t.room(4.0);
            page.text([room.left, base], "MSE per pixel", t.small, paper.text_dim);
            for (column, &idx) in columns.iter().enumerate() {
                let [middle, _] = at(0, column).center();
                let class = self.labels.get(idx);
                let class = class.map_or_else(String::new, |class| facts.data.class_name(*class));
                let class = shortened(class, side + GAP, t);
                page.text_at(
                    [middle, top + t.room(9.0)],
                    class,
                    t.label,
                    paper.text,
                    Anchor::Middle,
                );
                let error = self.mse_per_pixel.get(idx).copied().unwrap_or(f32::NAN);
                let error = format!("{error:.4}");
                page.text_at([middle, base], error, t.small, paper.text, Anchor::Middle);
            }
        }
        difference_legend(&mut page, look, [pictures.left, bottom + t.room(6.0)]);
        page
    }

    fn table(&self, facts: &Facts, entries: &Entries) -> String {
        let first = ["sample", "label", "mse (per pixel)", "picture"];
        let pixels = (0..self.shape.n_values()).map(|pixel| format!("p{pixel}"));
        let columns: Vec<String> = first.map(str::to_owned).into_iter().chain(pixels).collect();
        let mut csv = Csv::new(entries, &columns);
        for (idx, sample) in self.samples.iter().enumerate() {
            for row in Row::all(facts.experiment.alters_input()) {
                let values = match row {
                    Row::Original => &self.originals,
                    Row::Corrupted => &self.corrupted,
                    Row::Rebuilt => &self.reconstructions,
                    Row::Difference => continue, // follows from the others
                };
                let first = [
                    sample.to_string(),
                    self.labels[idx].to_string(),
                    self.mse_per_pixel[idx].to_string(),
                    row.name().to_owned(),
                ];
                let pixels = self.shape.of(values, idx).unwrap_or_default();
                csv.row(first.into_iter().chain(pixels.iter().map(f32::to_string)));
            }
        }
        csv.into_text()
    }
}

/// Columns and the side of a picture, as large as fits with the texts of each band.
fn fitted(n: usize, n_rows: usize, room: Rect, texts: f32) -> (usize, f32) {
    let fits = (1..=n).map(|n_columns| {
        let n_bands = n.div_ceil(n_columns) as f32;
        let across = room.width / n_columns as f32 - GAP;
        let up = ((room.height / n_bands - texts) / n_rows as f32) - GAP;
        (n_columns, across.min(up).max(4.0))
    });
    fits.max_by(|(_, a), (_, b)| a.total_cmp(b))
        .unwrap_or((1, 4.0))
}

fn difference_legend(page: &mut Page, look: &Look, [left, top]: [f32; 2]) {
    let (paper, t) = (look.paper(), look.type_sizes());
    let bar = Rect {
        left,
        top,
        width: t.room(120.0),
        height: 5.0,
    };
    plot::color_bar(page, look, bar, ["−1", "0", "+1"], |value| {
        diverging(look.dark, value)
    });
    let at = [bar.right() + 10.0, bar.bottom()];
    page.text(
        at,
        "difference: reconstructed − original",
        t.small,
        paper.text_dim,
    );
}
