//! Where tiles are.

use std::ops::Range;

use egui::{Pos2, Rect, Ui, Vec2, vec2};

use super::bank::Bank;

/// Distance of tiles, in points.
pub const GAP: f32 = 3.0;

/// Where tiles are.
pub struct TilePlaces {
    pub origin: Pos2,
    pub side: f32,
    pub n_columns: usize,
    pub n_tiles: usize,
}

impl TilePlaces {
    fn pitch(&self) -> f32 {
        self.side + GAP
    }

    #[must_use]
    pub fn rect(&self, place: usize) -> Rect {
        let (row, column) = (place / self.n_columns, place % self.n_columns);
        let corner = vec2(column as f32, row as f32) * self.pitch();
        Rect::from_min_size(self.origin + corner, Vec2::splat(self.side))
    }

    #[must_use]
    pub fn n_rows(&self) -> usize {
        self.n_tiles.div_ceil(self.n_columns)
    }

    #[must_use]
    pub fn size(&self) -> Vec2 {
        vec2(self.n_columns as f32, self.n_rows() as f32) * self.pitch()
    }

    /// The rows or columns that a stretch of the content touches.
    #[must_use]
    pub fn touched(&self, from: f32, to: f32, n: usize) -> Range<usize> {
        let first = (from / self.pitch()).floor().max(0.0) as usize;
        let end = (to / self.pitch()).ceil().max(0.0) as usize;
        first.min(n)..end.min(n)
    }
}

/// Columns that fit, or those of a table; sides are whole pixels, so that all tiles are alike.
#[must_use]
pub fn places(ui: &Ui, bank: &Bank<'_>, side: f32, width: f32) -> TilePlaces {
    let per_point = ui.pixels_per_point();
    let side = (side * per_point).round().max(1.0) / per_point;
    let fitting = ((width - ui.spacing().scroll.bar_width) / (side + GAP)).max(1.0) as usize;
    TilePlaces {
        origin: ui.max_rect().min,
        side,
        n_columns: bank.table_columns().unwrap_or(fitting).max(1),
        n_tiles: bank.len(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::pos2;

    #[test]
    fn only_what_the_viewport_touches_is_drawn() {
        let places = TilePlaces {
            origin: pos2(0.0, 0.0),
            side: 27.0,
            n_columns: 10,
            n_tiles: 1024,
        };
        assert_eq!(places.n_rows(), 103);
        assert_eq!(places.touched(0.0, 90.0, 103), 0..3);
        assert_eq!(places.touched(45.0, 75.0, 103), 1..3);
        assert_eq!(places.touched(3_000.0, 9_000.0, 103), 100..103);
        assert!(places.touched(9_000.0, 9_100.0, 103).is_empty());
    }
}
