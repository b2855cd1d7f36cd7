//! Filters: weights of encoder and decoder as tiles, from negative to positive.

use hourglass_experiment::ImageShape;
use hourglass_protocol::FilterBank;

use crate::csv::Csv;
use crate::drawing::Figure;
use crate::facts::Entries;
use crate::page::{Page, Rect, Stroke};
use crate::palette::{Rgb, diverging};
use crate::plot;
use crate::{Facts, Look, number};

/// Tiles of a bank that are drawn at most.
const MAX_TILES: usize = 144;

/// Rows and columns of a convolution's kernels that are drawn at most.
const MAX_KERNELS: usize = 16;

/// Tiles are drawn with at least this many pixels, so that gaps between 3×3 kernels are not wider than their weights.
const MIN_TILE_PIXELS: usize = 24;

/// Distance of tiles, in pixels of the picture.
const GAP: usize = 2;

/// Room above a bank for its name, under it for its scale, both for type of the usual size, and between banks.
const NAME: f32 = 27.0;
const SCALE: f32 = 24.0;
const BETWEEN: f32 = 18.0;

/// Banks of square tiles are about as wide as high.
const ASPECT: f32 = 1.0;

/// Tiles of a bank in rows and columns.
struct Tiles {
    n_rows: usize,
    n_columns: usize,
    /// Of the tiles that are drawn: output and input.
    places: Vec<[usize; 2]>,
}

impl Tiles {
    /// Kernels of several inputs in a table of outputs by inputs, everything else in rows that fill a room of the
    /// given shape.
    fn of(bank: &FilterBank, width_by_height: f32) -> Self {
        if bank.n_inputs > 1 {
            let (n_rows, n_columns) = (
                bank.n_outputs.min(MAX_KERNELS),
                bank.n_inputs.min(MAX_KERNELS),
            );
            let places =
                (0..n_rows).flat_map(|row| (0..n_columns).map(move |column| [row, column]));
            return Self {
                n_rows,
                n_columns,
                places: places.collect(),
            };
        }
        let n = bank.n_outputs.min(MAX_TILES);
        let n_columns = ((n as f32 * width_by_height).sqrt().round() as usize).clamp(1, n.max(1));
        // As many columns as the rows that are needed anyway can share evenly.
        let n_rows = n.div_ceil(n_columns);
        Self {
            n_rows,
            n_columns: n.div_ceil(n_rows.max(1)),
            places: (0..n).map(|output| [output, 0]).collect(),
        }
    }
}

impl Figure for Vec<FilterBank> {
    fn title(&self) -> String {
        "Weights of encoder and decoder".to_owned()
    }

    fn page(&self, facts: &Facts, look: &Look, title: &str) -> Page {
        let (mut page, room) = plot::begin(look, title, &facts.line());
        let cells = room.cells(self.len(), BETWEEN, ASPECT);
        for (bank, cell) in self.iter().zip(cells) {
            draw(
                &mut page,
                bank,
                facts.experiment.architecture.image(),
                look,
                cell,
            );
        }
        page
    }

    fn table(&self, _: &Facts, entries: &Entries) -> String {
        let mut csv = Csv::new(
            entries,
            &["layer", "output", "input", "row", "column", "weight"],
        );
        for bank in self {
            let (width, n_values) = (bank.shape.width.max(1), bank.shape.n_values().max(1));
            for (idx, weight) in bank.weights.iter().enumerate() {
                let (picture, pixel) = (idx / n_values, idx % n_values);
                let (output, input) = (
                    picture / bank.n_inputs.max(1),
                    picture % bank.n_inputs.max(1),
                );
                let place = [output, input, pixel / width, pixel % width].map(|n| n.to_string());
                let row = [bank.name.clone()]
                    .into_iter()
                    .chain(place)
                    .chain([weight.to_string()]);
                csv.row(row);
            }
        }
        csv.into_text()
    }
}

fn draw(page: &mut Page, bank: &FilterBank, image: ImageShape, look: &Look, cell: Rect) {
    let (paper, t) = (look.paper(), look.type_sizes());
    let room = cell.within([0.0, t.room(NAME), 0.0, t.room(SCALE)]);
    let tiles = Tiles::of(bank, room.width / room.height.max(1.0));
    page.text(
        [cell.left, cell.top + t.room(8.0)],
        bank.name.clone(),
        t.label,
        paper.text,
    );
    let at = [cell.left, cell.top + t.room(20.0)];
    page.text(at, shape(bank, &tiles, image), t.small, paper.text_dim);
    let end = bank.end_of_scale();
    let (pixels, width) = mosaic(bank, &tiles, end, look);
    let height = pixels.len() / width.max(1);
    let [wide, high] = [width as f32, height as f32];
    let per_pixel = (room.width / wide).min(room.height / high);
    let area = Rect {
        left: room.left,
        top: room.top,
        width: wide * per_pixel,
        height: high * per_pixel,
    };
    page.image(area, width, pixels, &Stroke::new(paper.background, 0.1));
    let bar = Rect {
        left: room.left,
        top: area.bottom() + 8.0,
        width: (0.5 * area.width).clamp(t.room(90.0).min(room.width), t.room(140.0)),
        height: 5.0,
    };
    let end = number::three_digits(f64::from(end));
    let labels = [&*format!("≤ −{end}"), "0", &*format!("≥ {end}")];
    plot::color_bar(page, look, bar, labels, |value| diverging(look.dark, value));
    let at = [bar.right() + 8.0, bar.bottom()];
    page.text(at, "weight", t.small, paper.text_dim);
}

/// `64 units`, `16 of 32 × 16 of 32 kernels`
fn shape(bank: &FilterBank, tiles: &Tiles, image: ImageShape) -> String {
    let of = |drawn: usize, all: usize| {
        if drawn == all {
            all.to_string()
        } else {
            format!("{drawn} of {all}")
        }
    };
    if bank.n_inputs > 1 {
        let (rows, columns) = (
            of(tiles.n_rows, bank.n_outputs),
            of(tiles.n_columns, bank.n_inputs),
        );
        format!("{rows} out (rows) × {columns} in (columns)")
    } else {
        let what = if bank.shape == image {
            "units"
        } else {
            "kernels"
        };
        format!("{} {what}", of(tiles.places.len(), bank.n_outputs))
    }
}

/// All tiles as one picture, and its width.
fn mosaic(bank: &FilterBank, tiles: &Tiles, end: f32, look: &Look) -> (Vec<Rgb>, usize) {
    let shape @ ImageShape {
        height: tile_height,
        width: tile_width,
        ..
    } = bank.shape;
    let zoom = MIN_TILE_PIXELS.div_ceil(tile_width.max(tile_height).max(1));
    let [down, across] = [tile_height, tile_width].map(|side| side * zoom + GAP);
    let width = (tiles.n_columns * across).saturating_sub(GAP).max(1);
    let height = (tiles.n_rows * down).saturating_sub(GAP).max(1);
    let mut pixels = vec![look.paper().background; width * height];
    for (idx, [output, input]) in tiles.places.iter().enumerate() {
        let Some(weights) = shape.of(&bank.weights, output * bank.n_inputs + input) else {
            continue;
        };
        let (top, left) = (idx / tiles.n_columns * down, idx % tiles.n_columns * across);
        for row in 0..tile_height * zoom {
            for column in 0..tile_width * zoom {
                let weight = weights[row / zoom * tile_width + column / zoom];
                pixels[(top + row) * width + left + column] = diverging(look.dark, weight / end);
            }
        }
    }
    (pixels, width)
}
