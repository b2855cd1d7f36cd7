//! The manifold: what the decoder draws over a plane of codes.

use hourglass_experiment::{ImageShape, LatentPrior};
use hourglass_protocol::{Axes, Manifold, Spacing};

use super::scatter::axis_titles;
use crate::csv::Csv;
use crate::drawing::Figure;
use crate::facts::Entries;
use crate::page::{Anchor, Item, Page, Rect, Stroke, Text};
use crate::palette::{Rgb, image_pixel};
use crate::plot;
use crate::{Facts, Look};

/// Room for labels and titles at the left of the pictures and under them, in pixels, with type of the usual size.
const LEFT: f32 = 52.0;
const UNDER: f32 = 34.0;

/// Places that are labelled along an axis.
const MAX_LABELS: usize = 5;

impl Figure for Manifold {
    fn title(&self) -> String {
        "What the decoder draws across the latent plane".to_owned()
    }

    fn page(&self, facts: &Facts, look: &Look, title: &str) -> Page {
        let Manifold { xs, ys, .. } = self;
        let (mut page, room) = plot::begin(look, title, &facts.line());
        let (paper, t) = (look.paper(), look.type_sizes());
        let left = t.room(LEFT);
        let caption = spacing(self.spacing, self.axes);
        page.text(
            [room.left, room.top + t.room(2.0)],
            caption,
            t.small,
            paper.text_dim,
        );
        let room = room.within([left, t.room(12.0), 4.0, t.room(UNDER)]);
        let [n_columns, n_rows] = [xs.len().max(1) as f32, ys.len().max(1) as f32];
        let [high, wide] = self.shape.proportions();
        let side = (room.width / (n_columns * wide)).min(room.height / (n_rows * high));
        let [high, wide] = [high, wide].map(|share| share * side); // of one picture
        let area = Rect {
            left: room.left + (room.width - left - wide * n_columns).max(0.0) / 2.0,
            top: room.top,
            width: wide * n_columns,
            height: high * n_rows,
        };
        let edge = Stroke::new(paper.border, 0.6);
        page.image(
            area,
            xs.len() * self.shape.width,
            mosaic(self, look.dark),
            &edge,
        );

        let [x_title, y_title] = axis_titles(self.axes, [0, usize::from(ys.len() > 1)]);
        let below = area.bottom();
        for (idx, label) in labelled(xs) {
            let at = area.left + (idx as f32 + 0.5) * wide;
            page.line(
                [at, below],
                [at, below + 3.5],
                &Stroke::new(paper.text, 0.75),
            );
            page.text_at(
                [at, below + t.room(14.0)],
                label,
                t.small,
                paper.text,
                Anchor::Middle,
            );
        }
        let [middle, _] = area.center();
        page.text_at(
            [middle, below + t.room(28.0)],
            x_title,
            t.label,
            paper.text,
            Anchor::Middle,
        );
        if ys.len() < 2 {
            return page; // a code of one unit has one axis
        }
        for (idx, label) in labelled(ys) {
            let at = area.bottom() - (idx as f32 + 0.5) * high;
            page.line(
                [area.left - 3.5, at],
                [area.left, at],
                &Stroke::new(paper.text, 0.75),
            );
            let place = [area.left - 6.0, at + t.small * 0.36];
            page.text_at(place, label, t.small, paper.text, Anchor::End);
        }
        let at = [area.left - t.room(40.0), area.center()[1]];
        page.add(Item::Text(Text {
            anchor: Anchor::Middle,
            is_upright: true,
            ..Text::new(at, y_title, t.label, paper.text)
        }));
        page
    }

    fn table(&self, _: &Facts, entries: &Entries) -> String {
        let n_pixels = self.shape.n_values();
        let pixels = (0..n_pixels).map(|pixel| format!("p{pixel}"));
        let columns: Vec<String> = ["x", "y"]
            .map(str::to_owned)
            .into_iter()
            .chain(pixels)
            .collect();
        let mut csv = Csv::new(entries, &columns);
        let places = self
            .ys
            .iter()
            .flat_map(|y| self.xs.iter().map(move |x| [*x, *y]));
        for (place, pixels) in places.zip(self.images.chunks_exact(n_pixels)) {
            csv.row(place.iter().chain(pixels));
        }
        csv.into_text()
    }
}

/// All pictures as one, the highest places at the top.
fn mosaic(manifold: &Manifold, dark: bool) -> Vec<Rgb> {
    let (n_columns, n_rows) = (manifold.xs.len(), manifold.ys.len());
    let shape @ ImageShape { height, width, .. } = manifold.shape;
    let mut pixels = Vec::with_capacity(manifold.images.len());
    for row in (0..n_rows).rev() {
        for line in 0..height {
            for column in 0..n_columns {
                let image = shape.of(&manifold.images, row * n_columns + column);
                let image = image.unwrap_or_default();
                let places = line * width..(line + 1) * width;
                pixels.extend(places.map(|pixel| image_pixel(dark, shape, image, pixel)));
            }
        }
    }
    pixels
}

/// A few places, the first and the last among them, as people read them.
fn labelled(places: &[f32]) -> Vec<(usize, String)> {
    let last = places.len().saturating_sub(1);
    let n = places.len().min(MAX_LABELS);
    let indices = (0..n).map(|nth| (nth * last + (n - 1) / 2) / (n - 1).max(1));
    let label = |idx: usize| match format!("{:.2}", places[idx]) {
        zero if zero == "-0.00" => "0.00".to_owned(),
        text => text.replace('-', "−"),
    };
    indices.map(|idx| (idx, label(idx))).collect()
}

/// Where the codes of the grid are from.
fn spacing(spacing: Spacing, axes: Axes) -> String {
    let plane = match axes {
        Axes::Raw => "",
        Axes::Pca { .. } | Axes::Turned { .. } => {
            " in the plane of the first two principal components"
        }
    };
    match spacing {
        Spacing::Quantiles(LatentPrior::Gaussian) => {
            "Codes at the quantiles of the prior N(0, I): each picture stands for an equal share of it".to_owned()
        }
        Spacing::Quantiles(prior) | Spacing::Extent(prior) => {
            format!("Codes evenly over the extent of the prior ({})", prior.label())
        }
        Spacing::Codes => format!("Codes evenly over the middle 98 % of the test images' codes{plane}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_stand_at_both_ends_and_between() {
        let places: Vec<f32> = (0..20_u8).map(|idx| f32::from(idx) - 9.5).collect();
        let labels = labelled(&places);
        assert_eq!(labels.first(), Some(&(0, "−9.50".to_owned())));
        assert_eq!(labels.last(), Some(&(19, "9.50".to_owned())));
        assert_eq!(labels.len(), MAX_LABELS);
        assert_eq!(labelled(&[0.5]), [(0, "0.50".to_owned())]);
        assert_eq!(labelled(&[-1e-9]), [(0, "0.00".to_owned())]);
    }
}
