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
    /// Its class.
    pub label: u8,
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
            label,
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

/// `0.012`, or `2e-5` where that would be all zeros.
#[must_use]
pub fn error_text(mse: f32, decimals: usize) -> String {
    if mse != 0.0 && !(1e-3..10.0).contains(&mse) {
        return format!("{mse:.0e}");
    }
    format!("{mse:.decimals$}")
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
