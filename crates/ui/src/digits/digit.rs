//! One digit: what it is called, and its pictures larger than in the table.

use egui::{Sense, Stroke, StrokeKind, Ui, vec2};

use crate::number;
use crate::theme::{self, space};
use crate::tile_atlas::TileAtlas;
use hourglass_protocol::{DataSetId, SampleIdx};

use super::layout::DigitLayout;
use super::paint::{self, DigitRow, Views};

pub struct ShownDigit {
    /// Which test image.
    pub sample: SampleIdx,
    /// The name of its class.
    pub class: String,
    /// What it shows, for people.
    pub title: String,
    /// Mean squared error per pixel.
    pub mse_per_pixel: f32,
    /// That of the comparison run, where two runs are compared.
    pub comparison_mse: Option<f32>,
}

impl ShownDigit {
    /// A digit of the views; none past their end.
    #[must_use]
    pub fn of(views: &Views, idx: usize, id: DataSetId) -> Option<Self> {
        let Views { own, comparison } = views;
        let comparison = comparison.as_ref();
        let label = *own.labels.get(idx)?;
        Some(Self {
            sample: *own.samples.get(idx)?,
            class: id.class_name(label),
            title: id.class_title(label),
            mse_per_pixel: *own.mse_per_pixel.get(idx)?,
            comparison_mse: comparison
                .and_then(|comparison| comparison.mse_per_pixel.get(idx).copied()),
        })
    }

    /// Its errors, each with the name of its run where there are two.
    pub fn errors(&self) -> impl Iterator<Item = (&'static str, f32)> {
        let own = if self.comparison_mse.is_some() {
            "A "
        } else {
            ""
        };
        let comparison = self.comparison_mse.map(|mse| ("B ", mse));
        [(own, self.mse_per_pixel)].into_iter().chain(comparison)
    }

    /// `MSE 0.012345 per pixel`, or `MSE A 0.012345, B 0.011111 per pixel`.
    fn error_words(&self) -> String {
        let errors = self.errors();
        let errors = errors.map(|(of, mse)| format!("{of}{}", number::five_digits(f64::from(mse))));
        format!("MSE {} per pixel", errors.collect::<Vec<_>>().join(", "))
    }

    /// What a screen reader says of it.
    #[must_use]
    pub fn summary(&self) -> String {
        let image = number::count(u64::from(self.sample));
        format!("{}, test image {image}, {}", self.title, self.error_words())
    }
}

/// `0.012`, or `<.001` where that would be all zeros: there is no room for more.
#[must_use]
pub fn error_text(mse: f32, decimals: usize) -> String {
    let least = 0.1_f32.powi(i32::try_from(decimals).unwrap_or(0));
    if mse > 0.0 && mse < least {
        format!("<{}", format!("{least:.decimals$}").trim_start_matches('0'))
    } else if mse >= 10.0 {
        number::two_digits(f64::from(mse))
    } else {
        format!("{mse:.decimals$}")
    }
}

/// The pictures of a digit, four times as large.
pub fn enlarged(
    ui: &mut Ui,
    atlas: &TileAtlas,
    layout: &DigitLayout,
    rows: &[DigitRow],
    idx: usize,
    digit: &ShownDigit,
) {
    // In points: four for each pixel, or three where there are many pictures.
    let side = if rows.len() > 4 { 84.0 } else { 112.0 };
    ui.set_max_width((side + space::S) * rows.len().max(4) as f32);
    ui.horizontal(|ui| {
        ui.label(theme::title(ui, digit.title.as_str()));
        let image = number::count(u64::from(digit.sample));
        ui.label(theme::dim(ui, format!("test image {image}")));
    });
    ui.horizontal(|ui| {
        for (row_idx, row) in rows.iter().enumerate() {
            ui.vertical(|ui| {
                let (rect, _) = ui.allocate_exact_size(vec2(side, side), Sense::hover());
                let (atlas_row, column) = paint::atlas_place(layout, row_idx, idx);
                atlas.paint(ui.painter(), rect, atlas_row, column);
                let border = Stroke::new(1.0, theme::tokens_of(ui).border);
                ui.painter()
                    .rect_stroke(rect, 0.0, border, StrokeKind::Outside);
                ui.label(theme::dim(ui, row.label()));
            });
        }
    });
    ui.label(digit.error_words());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_as_long_as_there_is_room() {
        let texts = [(0.015, 3), (0.0004, 3), (0.0004, 4), (0.0, 3), (12.3, 3)];
        let texts = texts.map(|(mse, decimals)| error_text(mse, decimals));
        assert_eq!(texts, ["0.015", "<.001", "0.0004", "0.000", "12"]);
    }
}
